"""English: the Share tab."""

TEXTS: dict[str, str] = {
    "share.takes": "adapter, pairs and scores",
    "share.gives": "repositories on the Hub, or a zip",
    "share.purpose": "The adapter, its proved pairs and the measured scores in one file.",
    "share.contents": "In the zip",
    "share.item_adapter": "The adapter, in PEFT layout",
    "share.item_card": "The model card with the measured scores",
    "share.item_pairs": "The pairs, to train and held out",
    "share.item_schema": "The schema and its prompt text",
    "share.pack": "Make the zip",
    "share.download": "Download the zip ({size})",
    "share.ask": "Ask it a question",
    "share.empty": "Nothing to share yet. Train a model first.",
}
