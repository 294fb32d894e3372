"""What the certificates and the audit say to people, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "{folder} has no {name}. Name a run's folder, or an unpacked one.": (
        "{folder}に{name}がありません。実行のフォルダか、展開したフォルダを指定してください。"
    ),
    "The certificates in {folder} are broken ({why}). Fetch them again.": (
        "{folder}の証明書が壊れています（{why}）。もう一度取得してください。"
    ),
    "The certificate of “{question}” does not hold ({reason}).": "「{question}」の証明書は成り立ちません（{reason}）。",
    "Proving the pairs again": "ペアを確かめ直しています",
    "There are no kept pairs yet. Write some first.": "採用されたペアがまだありません。先に作ってください。",
    "This pair is not in the audit. Begin a new one.": "このペアは検査の対象ではありません。新しい検査を始めてください。",
    'Line {line} of the sheet is no mark. Write "right": true or "right": false beside its id.': (
        '判定表の{line}行目が読めません。idの横に"right": trueか"right": falseと書いてください。'
    ),
    "No audit was begun. Write its sheet first.": "検査が始まっていません。先に判定表を書き出してください。",
    "The run in {folder} has pairs of its own. Name a new folder.": (
        "{folder}の実行にはすでにペアがあります。新しいフォルダを指定してください。"
    ),
    "The schema is the same as the run's. Paste the changed one.": (
        "スキーマがこの実行のものと同じです。変更後のスキーマを貼り付けてください。"
    ),
    "Proving the pairs on the changed schema": "変更後のスキーマでペアを確かめています",
}
