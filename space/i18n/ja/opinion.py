"""Japanese: the second opinion under the list of pairs, and what it says of the open pair."""

TEXTS: dict[str, str] = {
    "opinion.title": "もう一つの答え",
    "opinion.about": (
        "採用したペアの質問に、ClaudeがSQLを見ずにもう一度答えます。"
        "答えが食い違い、もう一度聞いても一致しないペアは外し、両方のSQLを並べて見せます。"
    ),
    "opinion.cost": "まだ聞いていないペアが{n}件あります。約{dollars}、実行全体で{cap}に達する前に止まります。",
    "opinion.cost.one": "まだ聞いていないペアが{n}件あります。約{dollars}、実行全体で{cap}に達する前に止まります。",
    "opinion.all": "採用したペアはすべて聞き終えました。",
    "opinion.found": "これまでに一致{agreed}件、もう一票で一致{settled}件、不一致{disagreed}件、決まらず{unanswered}件。",
    "opinion.ask": "Claudeにもう一度聞く",
    "opinion.model": "聞く相手のモデル",
    "opinion.agreed": "質問へのClaudeの答えでも、同じ行が得られます（{model}）。",
    "opinion.settled": "Claudeの答えの一つは別の行になりましたが、もう一票はこのペアと一致しました（{model}）。",
    "opinion.disagreed": "Claudeの答えでは別の行になります（{model}）。採用するか、もう一方を使うか、編集してください。",
    "opinion.original": "次のペアの値を変えたものです。元のペアはClaudeの答えと食い違いました：",
    "opinion.unanswered": "Claudeに聞きましたが、まだ決まっていません。",
    "opinion.no_vote": "Claudeの答えの一つは判断に使えませんでした：{why}。",
    "opinion.this": "このペアのSQL",
    "opinion.other": "Claudeのもう一つの答え",
    "opinion.third": "もう一度聞いたときのClaudeの答え",
    "opinion.use": "もう一方のSQLを使う",
    "reason.disagreement": "Claudeの答えと不一致",
}
