"""English: more out of the kept pairs, and what the held-out part shares with training."""

TEXTS: dict[str, str] = {
    "extend.title": "More out of these pairs",
    "extend.about": (
        "The kept training questions are asked about other values and in other words; each new pair is proved like the rest."
    ),
    "extend.values": "Value sets per SQL pattern",
    "extend.paraphrases": "Other questions per query",
    "extend.by": "Worded by",
    "extend.offline": "Grammar",
    "extend.languages": "In (none: the pair’s own language)",
    "extend.make": "Make more pairs",
    "extend.cost": "{n} queries go to {model}: about {dollars}; stops before {cap} for the whole run.",
    "extend.cost.one": "{n} query goes to {model}: about {dollars}; stops before {cap} for the whole run.",
    "leaks.none": (
        "No question of the held-out part resembles one in training: {heldout} × {train} compared, 13-grams {ngrams}, "
        "near-duplicates {near}."
    ),
    "leaks.some": (
        "Some questions of the held-out part resemble one in training: {heldout} × {train} compared, 13-grams {ngrams}, "
        "near-duplicates {near}."
    ),
}
