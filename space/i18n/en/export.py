"""The Dataset tab's files of pairs, in and out, in English."""

TEXTS = {
    "export.title": "Pairs as a file",
    "export.about": "The kept pairs for other tools. CSV and Parquet say of each its writer, level, template, split and "
    "how sharply it was proved.",
    "export.form": "Format",
    "export.part": "Which pairs",
    "export.lines": "JSON Lines",
    "export.csv": "CSV (opens in Excel)",
    "export.parquet": "Parquet",
    "export.messages": "Conversations (messages)",
    "export.sharegpt": "Conversations (ShareGPT)",
    "export.all": "All kept",
    "export.train": "Training",
    "export.heldout": "Held out",
    "export.make": "Make the file",
    "export.download": "Download {file} ({size})",
    "export.held": "{file}: {n} pairs, proved with “Prove these pairs”. It is too large for the field above.",
    "export.away": "Leave this file out",
}
