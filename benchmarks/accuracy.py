"""People's questions about a schema nobody here wrote, answered by SmolLM2-135M tuned on pairs for that schema alone.

The folder given by `--data` holds `schema.sql`, `geography.sqlite`, `claude_pairs.jsonl` (pairs that Claude wrote from the
schema and the data) and `questions.jsonl` (people's questions with gold SQL). Trained on the pairs, scored on the questions
with the one database; beside it the base alone, and the base with five of the pairs in its prompt.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import finish, follow
from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.database.sandbox import Sandbox
from pipeline.dataset.pasted import read_pairs
from pipeline.evaluation.scoring import mark, run_gold
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED
from pipeline.student.model import load_student

DATA = Path("../shared/benchmarks/geography")
SHOTS = 5


def main() -> None:
    """Print `claude`, `offline`, `base`, `base_fewshot` (share of questions answered right) with intervals and settings."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--sides", default="claude,offline,fewshot", help="which of claude, offline, fewshot")
    options.add_argument("--offline-pairs", type=int, default=DatasetConfig.pairs)
    options.add_argument("--epochs", type=float, default=TrainConfig.epochs)
    options.add_argument("--learning-rate", type=float, default=TrainConfig.learning_rate)
    options.add_argument("--rank", type=int, default=TrainConfig.rank)
    options.add_argument("--batch", type=int, default=TrainConfig.batch)
    options.add_argument("--run", type=Path, help="keep the runs in this folder")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        finish(measure(chosen, chosen.run or Path(scratch)))


def measure(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train and score each side asked for."""
    config = replace(
        TrainConfig(), base=EMBEDDED, epochs=chosen.epochs, learning_rate=chosen.learning_rate, rank=chosen.rank,
        alpha=2 * chosen.rank, batch=chosen.batch,
    )  # fmt: skip
    figures: dict[str, Any] = {"settings": {"epochs": config.epochs, "learning_rate": config.learning_rate,
                                            "rank": config.rank, "batch": config.batch}}  # fmt: skip
    paste = (chosen.data / "claude_pairs.jsonl").read_text(encoding="utf-8")
    for side in chosen.sides.split(","):
        if side == "fewshot":
            figures["base_fewshot"] = fewshot(chosen.data, folder / side, paste)
            continue
        teacher = "pasted" if side == "claude" else "offline"
        dataset = DatasetConfig(teacher, chosen.offline_pairs, heldout_share=0.0)
        figures |= one_side(side, chosen.data, folder / side, (dataset, paste if side == "claude" else "", config))
    return figures


def one_side(side: str, data: Path, folder: Path, how: tuple[DatasetConfig, str, TrainConfig]) -> dict[str, Any]:
    """Pairs, training and score of one teacher; the base is scored with the first."""
    dataset, paste, config = how
    store = Store.create(folder)
    follow(run.read_schema(store, data / "geography.sqlite", name="geography"))
    written = follow(run.write_dataset(store, dataset, paste))
    trained = follow(run.train(store, config))
    options = replace(EvaluateConfig(), base_too=side == "claude")
    scored = follow(run.evaluate(store, options, data / "questions.jsonl", data / "geography.sqlite"))
    tuned = scored["tuned"]
    figures = {
        side: round(tuned["accuracy"], 3),
        f"{side}_interval": [round(tuned["low"], 3), round(tuned["high"], 3)],
        f"{side}_set": round(tuned["accuracy_set"], 3),
        f"{side}_asked": written["asked"],
        f"{side}_kept": written["kept"],
        f"{side}_reasons": written["reasons"],
        f"{side}_train_s": trained["seconds"],
        "n": tuned["n"],
        "hardware": tuned["hardware"],
    }
    return figures | ({"base": round(scored["base"]["accuracy"], 3)} if "base" in scored else {})


def fewshot(data: Path, folder: Path, paste: str) -> float:
    """The untuned base with the first pairs of five different beginnings in its prompt."""
    store = Store.create(folder)
    follow(run.read_schema(store, data / "geography.sqlite", name="geography"))
    pairs = read_pairs(paste)[0]
    shots = "\n".join(f"Question: {pair.question}\nSQL: {pair.sql}" for pair in pairs[:: len(pairs) // SHOTS][:SHOTS])
    schema = run.schema_of(store)
    prompt = f"{schema.to_prompt()}\n\n{shots}"
    student, database = load_student(folder, EMBEDDED), [data / "geography.sqlite"]
    questions = read_pairs((data / "questions.jsonl").read_text(encoding="utf-8"))[0]
    with Sandbox() as sandbox:
        golds = [gold for pair in questions if (gold := run_gold(pair, database, sandbox, schema))]
        right = 0
        for first in range(0, len(golds), EvaluateConfig.batch):
            batch = golds[first : first + EvaluateConfig.batch]
            texts = student.write(prompt, [gold.pair.question for gold in batch], tuned=False, max_new_tokens=80)
            right += sum(mark(text, gold, sandbox).right for text, gold in zip(texts, batch, strict=True))
    return round(right / len(golds), 3)


if __name__ == "__main__":
    main()
