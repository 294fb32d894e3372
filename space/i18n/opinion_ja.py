"""What asking for a second opinion tells, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "Asking Claude again: {n} questions.": "Claudeにもう一度聞きます：質問{n}件。",
    "Asking Claude again": "Claudeにもう一度聞いています",
}
