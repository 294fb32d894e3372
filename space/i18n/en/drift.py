"""The Schema tab's words for a changed schema in English."""

TEXTS = {
    "drift.take": "Keep the pairs that still hold",
    "drift.held": "{held} of {all} pairs of {run} hold on this schema.",
    "drift.changes": "What changed",
    "drift.new_tables": "New tables",
    "drift.gone_tables": "Tables that are gone",
    "drift.new_columns": "New columns",
    "drift.gone_columns": "Columns that are gone",
    "drift.changed_columns": "Columns of another type or with other values",
    "drift.changed_keys": "Tables with other keys",
    "drift.broke": "{n} pairs broke",
    "drift.broke.one": "{n} pair broke",
    "drift.uncovered": "No pair uses:",
    "drift.next": "The broken pairs are in the list of the Dataset tab, each with its reason. "
    "Write about {n} more pairs, then train again.",
    "drift.next.one": "The broken pair is in the list of the Dataset tab with its reason. "
    "Write a few more pairs, then train again.",
}
