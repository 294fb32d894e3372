"""English: the Scores tab."""

TEXTS: dict[str, str] = {
    "scores.purpose": (
        "Base and tuned answer the same held-out questions; an answer counts only if its rows are right on every "
        "test database."
    ),
    "scores.start": "Score base and tuned",
    "scores.start_base": "Score the base alone",
    "scores.again": "Score again",
    "scores.stop": "Stop and keep these",
    "scores.share": "Share it",
    "scores.base": "Base",
    "scores.tuned": "Tuned",
    "scores.gold": "Gold",
    "scores.source": "Questions",
    "scores.heldout": "Held out",
    "scores.own": "My own",
    "scores.upload_questions": "Upload questions (.jsonl)",
    "scores.upload_database": "Upload their database (SQLite)",
    "scores.no_questions": "No held-out questions to score on. Write pairs first.",
    "scores.no_model": "No tuned model to score yet. Train one first.",
    "scores.empty": "Not scored yet. Press “Score base and tuned”.",
    "scores.empty_hint": "Both accuracies with their intervals appear here, on {n} held-out questions.",
    "scores.empty_hint.one": "Both accuracies with their intervals appear here, on {n} held-out question.",
    "scores.accuracy": "Execution accuracy",
    "scores.bar": "bar: 95% interval · n = {n}",
    "scores.said": "{accuracy}%, 95% interval {low} to {high}, n = {n}",
    "scores.paired": "Tuned is right on {gained} questions the base misses, and misses {lost} the base gets right.",
    "scores.from_run": "Questions: the pairs held out of training.",
    "scores.from_file": "Questions: {file}.",
    "scores.how": (
        "Right means the gold’s rows on every one of {databases} databases; row order counts only where the gold sorts."
    ),
    "scores.excluded": "{count} questions without an answer are left out.",
    "scores.hardware": "Greedy decoding on {hardware}.",
    "scores.cores": "{n} cores",
    "scores.cores.one": "{n} core",
    "scores.looser": "As others count it",
    "scores.strict": "Rows, every database",
    "scores.set": "Rows as a set",
    "scores.single": "One database",
    "scores.misses": "Where the misses come from",
    "scores.each": "Each question",
    "kind.right": "right",
    "kind.wrong-rows": "wrong rows",
    "kind.does-not-run": "does not run",
    "kind.no-sql": "not SQL",
}
