"""What Claude's API as a teacher refuses or reports, in Japanese: English template → Japanese template."""

KEPT = "確認済みで残っているペアは{kept}件です。"

MESSAGES: dict[str, str] = {
    "There is no price for the model {name}. Choose one of {known}.": (
        "モデル {name} の料金が分かりません。{known} から選んでください。"
    ),
    "A cap of {dollars} dollars is no cap. Give more than 0, such as 1.": (
        "上限 {dollars} ドルは使えません。1のように、0より大きい数を指定してください。"
    ),
    "There is no key for Claude's API. Paste one that starts with sk-ant-, or set ANTHROPIC_API_KEY.": (
        "ClaudeのAPIキーがありません。sk-ant- で始まるキーを貼り付けるか、ANTHROPIC_API_KEY を設定してください。"
    ),
    "The key for Claude holds characters that no key has. Paste it again, without spaces around it.": (
        "APIキーに、キーには使われない文字が含まれています。前後に空白を入れずに貼り付け直してください。"
    ),
    "Claude refused the key (401). Paste a key that starts with sk-ant-, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.": (
        "APIキーが受け付けられませんでした（401）。sk-ant- で始まるキーを入れ直すか、「Claudeから貼り付け」を選んでください。"
        + KEPT
    ),
    "The account of this key has no credit (402). Add some in the Anthropic Console, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.": (
        "このキーのアカウントには残高がありません（402）。Anthropic Consoleで追加するか、"
        "「Claudeから貼り付け」を選んでください。" + KEPT
    ),
    "This key may not be used for that (403). Take a key of a workspace that may, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.": (
        "このキーには必要な権限がありません（403）。権限のあるワークスペースのキーを使うか、"
        "「Claudeから貼り付け」を選んでください。" + KEPT
    ),
    "Claude knows no model {model} (404). Choose another model. Proved and kept so far: {kept} pairs.": (
        "モデル {model} はClaudeのAPIにありません（404）。別のモデルを選んでください。" + KEPT
    ),
    "The spend limit of this key is reached (429). Raise it in the Anthropic Console, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.": (
        "このキーの利用上限に達しています（429）。Anthropic Consoleで上限を上げるか、"
        "「Claudeから貼り付け」を選んでください。" + KEPT
    ),
    "Claude refused the request ({status}: {said}). Choose another model, or “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.": (
        "リクエストが受け付けられませんでした（{status}：{said}）。別のモデルか「Claudeから貼り付け」を選んでください。"
        + KEPT
    ),
    "Claude could not answer in {tries} tries ({status}). Start again later: it goes on from here. "
    "Proved and kept so far: {kept} pairs.": (
        "{tries}回試しましたが、Claudeから返事がありませんでした（{status}）。"
        "しばらくして始め直すと、続きから進みます。" + KEPT
    ),
    "Claude's answer broke off {tries} times. Start again later: it goes on from here. "
    "Proved and kept so far: {kept} pairs.": (
        "Claudeの返事が{tries}回途切れました。しばらくして始め直すと、続きから進みます。" + KEPT
    ),
    "Claude's API cannot be reached. Check this computer's connection, then start again: it goes on from here. "
    "Proved and kept so far: {kept} pairs.": (
        "ClaudeのAPIにつながりません。このコンピューターの接続を確かめて始め直すと、続きから進みます。" + KEPT
    ),
    "Claude declined {n} requests in a row. Look for wording in the schema that it may object to, or choose another "
    "model. Proved and kept so far: {kept} pairs.": (
        "Claudeが続けて{n}回断りました。スキーマに問題になりそうな言葉がないか確かめるか、別のモデルを選んでください。"
        + KEPT
    ),
    "The next request may cost up to ${worst:.3f}, and ${spent:.3f} of the cap of ${cap:.2f} are spent. "
    "Raise the cap to go on. Proved and kept so far: {kept} pairs.": (
        "次のリクエストは最大${worst:.3f}かかり、上限${cap:.2f}のうち${spent:.3f}を使いました。"
        "続けるには上限を上げてください。" + KEPT
    ),
    "Claude knows no batch {name} for this key (404). Give the key that sent it, or cancel the batch to ask anew. "
    "Proved and kept so far: {kept} pairs.": (
        "このキーではバッチ {name} が見つかりません（404）。"
        "送信したときのキーを入れるか、「バッチを取り消す」でやり直してください。" + KEPT
    ),
    "None of the {n} requests of a batch was answered ({said}). Start again later, or without batches. "
    "Proved and kept so far: {kept} pairs.": (
        "バッチの{n}件のリクエストには一つも返事がありませんでした（{said}）。"
        "しばらくして始め直すか、「半額（最長1日）」を外してください。" + KEPT
    ),
    "The batch of {n} requests goes on at Anthropic and will be paid for. Start again to fetch it, or cancel it.": (
        "{n}件のリクエストのバッチはAnthropicで続いていて、費用がかかります。"
        "もう一度始めると結果を受け取れます。取り消すこともできます。"
    ),
    "No batch of this run is at Anthropic. There is nothing to cancel.": (
        "この実行のバッチはAnthropicにありません。取り消すものはありません。"
    ),
    "The batch of an earlier start had not arrived. Its requests are drawn anew.": (
        "前回のバッチは届いていませんでした。リクエストを作り直します。"
    ),
    "The batch has ended: {answered} of {n} requests are answered.": (
        "バッチが終わりました。{n}件のうち{answered}件に返事がありました。"
    ),
    "Claude declined {n} requests of the batch.": "Claudeがバッチのうち{n}件のリクエストを断りました。",
    "{n} requests of the batch came back without an answer and cost nothing.": (
        "バッチのうち{n}件は返事がないまま戻りました。費用はかかっていません。"
    ),
    "The results of {n} requests are no longer at Anthropic. They count at the most they can have cost.": (
        "{n}件の結果がAnthropicに残っていません。かかり得た最大の費用として数えます。"
    ),
    "Today's budget of this Space is used up. Give a key of your own, choose “Offline”, or come back after 00:00 UTC.": (
        "このSpaceの今日の予算を使い切りました。"
        "ご自分のキーを入れるか、「オフライン」を選ぶか、日本時間の午前9時以降にお試しください。"
    ),
    "Your part of today's budget of this Space, ${cap:.2f}, is used up. "
    "Give a key of your own, choose “Offline”, or come back after 00:00 UTC.": (
        "このSpaceの今日の予算のうち、あなたの分（${cap:.2f}）を使い切りました。"
        "ご自分のキーを入れるか、「オフライン」を選ぶか、日本時間の午前9時以降にお試しください。"
    ),
    "Claude declined a request ({category}). The next one goes on.": (
        "Claudeがリクエストを一つ断りました（{category}）。次のリクエストに進みます。"
    ),
    "Claude is busy. The next try is in {seconds:.0f} s.": "Claudeが混み合っています。{seconds:.0f}秒後にもう一度試します。",
    "About {requests} requests to {model}, about ${dollars:.3f}. It stops before ${cap:.2f}.": (
        "{model} へのリクエストは約{requests}回、費用は約${dollars:.3f}です。${cap:.2f}に達する前に止まります。"
    ),
    "About {requests} requests to {model}, about ${dollars:.3f} by the length of the schema. It stops before ${cap:.2f}.": (
        "{model} へのリクエストは約{requests}回、費用はスキーマの長さから見て約${dollars:.3f}です。"
        "${cap:.2f}に達する前に止まります。"
    ),
}
