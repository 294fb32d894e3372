"""What making more of the pairs tells and refuses, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "Asking about other values": "ほかの値の質問を作成中",
    "Asking in other words": "言い換えを作成中",
    "The grammar looks for other words.": "文法から別の言い方を探しています。",
    "{values} sets of values for a pattern are out of range. Give 0 to {most}.": (
        "1つの型に{values}組の値は範囲外です。0から{most}までで指定してください。"
    ),
    "{paraphrases} other questions for a pair are out of range. Give 0 to {most}.": (
        "1つのペアに{paraphrases}個の言い換えは範囲外です。0から{most}までで指定してください。"
    ),
    "There is no teacher {name} for other words. Choose offline or claude.": (
        "言い換えに{name}という作り手は使えません。offlineまたはclaudeを指定してください。"
    ),
}
