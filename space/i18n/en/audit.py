"""The Dataset tab's blind audit in English."""

TEXTS = {
    "audit.title": "Blind audit: how many kept pairs are wrong?",
    "audit.about": "Judge 50 randomly drawn pairs without seeing how they were proved. "
    "The error rate with its interval goes onto the card.",
    "audit.begin": "Begin the audit",
    "audit.again": "Draw other pairs",
    "audit.right": "Right",
    "audit.wrong": "Wrong",
    "audit.back": "Take the last one back",
    "audit.question": "Pair {n} of {all}: does the SQL answer the question?",
    "audit.rows": "{shown} of {n} rows on the first test database",
    "audit.found": "{wrong} of {judged} judged pairs are wrong: {share} (95% interval {low}–{high}), "
    "drawn from {kept} kept pairs.",
}
