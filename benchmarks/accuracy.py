"""People's questions about a schema nobody here wrote, answered by SmolLM2-135M tuned on pairs for that schema alone.

The folder given by `--data` holds `schema.sql`, `geography.sqlite`, `claude_pairs.jsonl` (pairs that Claude wrote from the
schema and the data) and `questions.jsonl` (people's questions with gold SQL). Trained on the pairs, scored on the questions
with the one database; beside it the base alone, and the base with five of the pairs in its prompt. The side `resampled` is
Claude's pairs with siblings of other values, at the optimizer steps of the side `claude`.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import finish, follow
from benchmarks.exams import DATA, exam_of, geography
from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, ExtendConfig, TrainConfig
from pipeline.database.sandbox import Sandbox
from pipeline.dataset.pasted import read_pairs
from pipeline.evaluation.scoring import mark, run_gold
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED
from pipeline.student.model import load_student

SHOTS = 5


def main() -> None:
    """Print `claude`, `resampled`, `offline`, `base`, `base_fewshot`: shares answered right, with intervals and settings."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--sides", default="claude,offline,fewshot", help="of claude, resampled, offline, fewshot")
    options.add_argument("--values", type=int, default=0, help="sets of values per SQL template (resampled: 5)")
    options.add_argument("--same-steps", action="store_true", help="as many steps as without --values (resampled: yes)")
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
        dataset = DatasetConfig("offline" if side == "offline" else "pasted", chosen.offline_pairs, heldout_share=0.0)
        values = chosen.values or (ExtendConfig.values if side == "resampled" else 0)
        how = How(dataset, "" if side == "offline" else paste, config, values, chosen.same_steps or side == "resampled")
        figures |= one_side(side, chosen.data, folder / side, how)
    return figures


@dataclass(frozen=True)
class How:
    """What one side is made of."""

    dataset: DatasetConfig
    paste: str
    train: TrainConfig
    values: int = 0
    """Sets of values each SQL template is to have; 0 leaves the pairs as they are."""
    same_steps: bool = False
    """Lower the epochs so that siblings add no optimizer steps."""


def one_side(side: str, data: Path, folder: Path, how: How) -> dict[str, Any]:
    """Pairs, training and score of one teacher; the base is scored beside Claude's pairs as they are."""
    store, written = geography(folder, data, how.dataset, how.paste)
    config, plain = how.train, written["kept"]
    if how.values:
        written = follow(run.extend(store, ExtendConfig(how.values)))
    if how.same_steps:
        config = replace(config, epochs=config.epochs * plain / written["kept"])
    trained = follow(run.train(store, config))
    options = replace(EvaluateConfig(), base_too=side == "claude")
    exam = exam_of("geography", data)
    scored = follow(run.evaluate(store, options, exam.questions, exam.database))
    tuned = scored["tuned"]
    figures = {
        side: round(tuned["accuracy"], 3),
        f"{side}_interval": [round(tuned["low"], 3), round(tuned["high"], 3)],
        f"{side}_set": round(tuned["accuracy_set"], 3),
        f"{side}_asked": written["asked"],
        f"{side}_kept": written["kept"],
        f"{side}_reasons": written["reasons"],
        f"{side}_epochs": round(config.epochs, 2),
        f"{side}_steps": trained["steps"],
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
