"""The Dataset tab's glossary in English."""

TEXTS = {
    "glossary.title": "Words for tables and columns",
    "glossary.about": "What the questions call them. Edit a word, then keep the words; the next writing uses them.",
    "glossary.own": "{n} tables and columns have words of yours. The next writing uses them.",
    "glossary.own.one": "{n} table or column has words of yours. The next writing uses them.",
    "glossary.keep": "Keep the words",
}
