"""日本語: 採用されたペアからさらに作る部分と、評価用と学習用の重なり。"""

TEXTS: dict[str, str] = {
    "extend.title": "このペアからさらに作る",
    "extend.about": "採用された学習用の質問を、ほかの値とほかの言い方で作り直します。新しいペアも同じように検証します。",
    "extend.values": "SQLの型ごとの値の組",
    "extend.paraphrases": "SQLごとの言い換え",
    "extend.by": "言い換え方",
    "extend.offline": "文法",
    "extend.languages": "言語（なしは元のペアと同じ）",
    "extend.make": "ペアを増やす",
    "extend.cost": "{n}件のSQLを{model}に送ります。約{dollars}です。実行全体で{cap}になる前に止まります。",
    "extend.cost.one": "{n}件のSQLを{model}に送ります。約{dollars}です。実行全体で{cap}になる前に止まります。",
    "leaks.none": (
        "評価用の質問に、学習用の質問と似たものはありません（{heldout}×{train}を比較、13-gram {ngrams}、ほぼ同じ質問 {near}）。"
    ),
    "leaks.some": (
        "評価用の質問に、学習用の質問と似たものがあります（{heldout}×{train}を比較、13-gram {ngrams}、ほぼ同じ質問 {near}）。"
    ),
}
