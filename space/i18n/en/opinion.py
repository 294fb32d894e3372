"""English: the second opinion under the list of pairs, and what it says of the open pair."""

TEXTS: dict[str, str] = {
    "opinion.title": "A second opinion",
    "opinion.about": (
        "Claude answers the questions of the kept pairs anew, without seeing their SQL. "
        "A pair that it contradicts, and does not confirm when asked once more, is dropped and shown with both."
    ),
    "opinion.cost": "{n} pairs have not been asked about. About {dollars}; stops before {cap} for the whole run.",
    "opinion.cost.one": "{n} pair has not been asked about. About {dollars}; stops before {cap} for the whole run.",
    "opinion.all": "Every kept pair has been asked about.",
    "opinion.found": "So far {agreed} agreed, {settled} by one more vote, {disagreed} disagreed, {unanswered} not decided.",
    "opinion.ask": "Ask Claude again",
    "opinion.model": "Model that is asked",
    "opinion.agreed": "Claude’s own answer to the question gives the same rows ({model}).",
    "opinion.settled": "One of Claude’s answers gave other rows, one more the same as this pair ({model}).",
    "opinion.disagreed": "Claude’s own answers give other rows ({model}). Keep this SQL, use the other one, or edit it.",
    "opinion.original": "It is a pair with other values, and Claude contradicted that one:",
    "opinion.unanswered": "Claude was asked, but its answers decide nothing yet.",
    "opinion.no_vote": "One of Claude’s answers was no vote: {why}.",
    "opinion.this": "This pair’s SQL",
    "opinion.other": "Claude’s other answer",
    "opinion.third": "Claude’s answer when asked once more",
    "opinion.use": "Use the other SQL",
    "reason.disagreement": "Claude disagrees",
}
