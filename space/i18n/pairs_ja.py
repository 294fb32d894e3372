"""What a change of a single pair by hand refuses, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "This pair has just been changed elsewhere. Look at it again.": (
        "このペアはほかの画面で変更されました。もう一度開いて確かめてください。"
    ),
    "This pair is no longer there. Look at the list again.": (
        "このペアはもうありません。一覧をもう一度確かめてください。"
    ),
}
