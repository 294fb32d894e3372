"""The whole offline loop on the sample shop: 400 offline pairs, training, base and tuned scored on the written questions.

The questions (`sample_db/shop/heldout.jsonl`) were written by hand, apart from any pair. An answer counts when its rows are
right on the shop's own database and on freshly made ones.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import finish, follow
from benchmarks.exams import exam_of, shop
from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.student.bases import EMBEDDED


def main() -> None:
    """Print `minutes`, `base` and `tuned` (execution accuracy), and what took how long."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--pairs", type=int, default=400)
    options.add_argument("--epochs", type=float, default=TrainConfig.epochs)
    options.add_argument("--learning-rate", type=float, default=TrainConfig.learning_rate)
    options.add_argument("--run", type=Path, help="keep the run in this folder")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(TrainConfig(), base=EMBEDDED, epochs=chosen.epochs, learning_rate=chosen.learning_rate)
        finish(measure(chosen.run or Path(scratch) / "run", chosen.pairs, settings))


def measure(folder: Path, pairs: int, settings: TrainConfig) -> dict[str, object]:
    """Run the stages in `folder` and time each."""
    started = time.monotonic()
    store, written = shop(folder, DatasetConfig(pairs=pairs))
    dataset = time.monotonic()
    trained = follow(run.train(store, settings))
    training = time.monotonic()
    scored = follow(run.evaluate(store, EvaluateConfig(), exam_of("shop").questions))
    ended = time.monotonic()
    return {
        "minutes": round((ended - started) / 60, 1),
        "base": round(scored["base"]["accuracy"], 3),
        "tuned": round(scored["tuned"]["accuracy"], 3),
        "low": round(scored["tuned"]["low"], 3),
        "high": round(scored["tuned"]["high"], 3),
        "tuned_single": round(scored["tuned"]["accuracy_single"], 3),
        "n": scored["tuned"]["n"],
        "databases": scored["tuned"]["databases"],
        "kept": written["kept"],
        "epochs": settings.epochs,
        "learning_rate": settings.learning_rate,
        "dataset_s": round(dataset - started),
        "train_s": round(training - dataset),
        "score_s": round(ended - training),
        "hardware": trained["hardware"],
    }


if __name__ == "__main__":
    main()
