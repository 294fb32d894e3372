"""English: a batch of requests at Anthropic, and the budget of a Space."""

TEXTS: dict[str, str] = {
    "batch.choice": "Half price, within a day",
    "batch.info": "Sends all requests as one batch; most are back within an hour.",
    "batch.waiting": "Waiting for a batch of {n} requests · sent {time} ago · back within a day",
    "batch.away": (
        "A batch of {n} requests is at Anthropic, sent {time} ago. “Go on with the batch” fetches its pairs; "
        "give the key again."
    ),
    "batch.go_on": "Go on with the batch",
    "batch.cancel": "Cancel the batch",
    "budget.key": "Empty: this Space’s key is used",
    "budget.left": "This Space pays: {left} of today’s {cap} is left for you.",
}
