"""Which training settings are best: the defaults, and each variation that changes one thing, on the same pairs and questions.

Each is trained in a process of its own, so that its peak memory is its own; results stay in `--run` and are not made
again, and a training that was cut goes on, so the table can be made in parts. Accuracy is by execution, strict.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import finish, follow
from benchmarks.exams import DATA, NAMES, Exam, exam_of, geography, sampled, shop
from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.records import Event, HeldOut, Step
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED

ROOT = Path(__file__).parent.parent
DEFAULT = TrainConfig(base=EMBEDDED, checks=1, check_questions=0, patience=0)
"""The product's, with one look at the held-out pairs at the end: for their loss, and so that nothing is chosen by them."""
_RATE = DEFAULT.learning_rate
GRID: dict[str, dict[str, Any]] = {
    "default": {},
    "rank-8": {"rank": 8, "alpha": 16}, "rank-16": {"rank": 16, "alpha": 32}, "rank-64": {"rank": 64, "alpha": 128},
    "attention": {"targets": "attention"},
    "rate-x0.3": {"learning_rate": 0.3 * _RATE}, "rate-x2": {"learning_rate": 2 * _RATE},
    "epochs-4": {"epochs": 4}, "epochs-12": {"epochs": 12},
    "batch-8": {"batch": 8}, "batch-32": {"batch": 32},
    "float32": {"dtype": "float32"}, "bfloat16": {"dtype": "bfloat16"},
    "rslora": {"rslora": True},
}  # fmt: skip
"""Name → what differs from `DEFAULT`. With the rank the alpha goes along, so that the scale stays."""
COLUMNS = ("variation", "right", "95%", "held-out loss", "loss", "s/step", "steps", "minutes", "peak MB")


def main() -> None:
    """Print the table as Markdown, then one JSON object: `rows` by variation, `n`, `pairs`, `schema`, `missing`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--schema", choices=NAMES, default="geography")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--grid", default=",".join(GRID), help="variations to train, in this order")
    options.add_argument("--pairs", type=int, default=0, help="pairs of the dataset (geography: all; shop: 400)")
    options.add_argument("--questions", type=int, default=0, help="a seeded sample of so many; 0 is all")
    options.add_argument("--minutes", type=float, default=0, help="begin no variation after so many; 0 is no limit")
    options.add_argument("--epochs", type=float, default=DEFAULT.epochs, help="of the default, and of what keeps it")
    options.add_argument("--base", default=EMBEDDED)
    options.add_argument("--run", type=Path, help="keep runs and results in this folder, and go on there")
    options.add_argument("--only", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    unknown = [name for name in chosen.grid.split(",") if name not in GRID]
    if unknown:
        raise SystemExit(f"There is no variation {unknown[0]}. Choose from {', '.join(GRID)}.")
    if chosen.only:
        one(chosen, chosen.only)
        return
    with tempfile.TemporaryDirectory() as scratch:
        chosen.run = chosen.run or Path(scratch)
        finish(measure(chosen))


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Train and score what is asked for and not there yet; gives all that is."""
    started = time.monotonic()
    names = chosen.grid.split(",")
    for name in names:
        if known(chosen, name) is None and not 0 < chosen.minutes * 60 < time.monotonic() - started:
            prepare(chosen)
            command = [
                sys.executable,
                "-m",
                "benchmarks.settings",
                *sys.argv[1:],
                "--run",
                str(chosen.run),
                "--only",
                name,
            ]
            subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr)  # one that fails is `missing`
            print(table(rows_of(chosen, names)), file=sys.stderr)
    rows = rows_of(chosen, names)
    print(table(rows))
    first: dict[str, Any] = next(iter(rows.values()), {})
    return {"rows": rows, "schema": chosen.schema, "n": first.get("n", 0), "pairs": first.get("pairs", 0),
            "missing": [name for name in names if name not in rows], "hardware": first.get("hardware", "")}  # fmt: skip


def config_of(chosen: argparse.Namespace, name: str) -> TrainConfig:
    """The settings of a variation."""
    return replace(replace(DEFAULT, base=chosen.base, epochs=chosen.epochs), **GRID[name])


def known(chosen: argparse.Namespace, name: str) -> dict[str, Any] | None:
    """The result of a variation, where it was made with the same settings, pairs and questions."""
    file = chosen.run / f"{name}.json"
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return told["figures"] if told.get("made_with") == _made_with(chosen, name) else None


def _made_with(chosen: argparse.Namespace, name: str) -> dict[str, Any]:
    given = {"schema": chosen.schema, "pairs": chosen.pairs, "questions": chosen.questions}
    return {**asdict(config_of(chosen, name)), **given}


def rows_of(chosen: argparse.Namespace, names: list[str]) -> dict[str, dict[str, Any]]:
    """The results there are, by variation."""
    return {name: figures for name in names if (figures := known(chosen, name))}


def prepare(chosen: argparse.Namespace) -> None:
    """The run that all variations begin with, `pairs/`, and the questions, `questions.jsonl`; made once."""
    file = chosen.run / "questions.jsonl"
    made = chosen.run / "prepared.json"
    given = [chosen.schema, chosen.pairs, chosen.questions]
    if made.exists() and json.loads(made.read_text()) == given:
        return
    folder = chosen.run / "pairs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if chosen.schema == "shop":
        store, _ = shop(folder, DatasetConfig(pairs=chosen.pairs or DatasetConfig.pairs))
    else:
        lines = (chosen.data / "claude_pairs.jsonl").read_text(encoding="utf-8").splitlines()
        paste = "\n".join(lines[: chosen.pairs or None])
        store, _ = geography(folder, chosen.data, DatasetConfig("pasted"), paste)
    store.close()
    sampled(exam_of(chosen.schema, chosen.data).questions, chosen.questions, file)
    made.write_text(json.dumps(given))


def one(chosen: argparse.Namespace, name: str) -> None:
    """Train and score one variation in a copy of the run, and keep what came of it."""
    folder, mark = chosen.run / name, json.dumps(_made_with(chosen, name))
    if not (folder / "made_with.json").exists() or (folder / "made_with.json").read_text() != mark:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(chosen.run / "pairs", folder)
        (folder / "made_with.json").write_text(mark)
    exam = Exam(chosen.run / "questions.jsonl", exam_of(chosen.schema, chosen.data).database)
    figures = trained_and_scored(Store.create(folder), config_of(chosen, name), exam)
    told = {"made_with": _made_with(chosen, name), "figures": figures}
    (chosen.run / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")


def trained_and_scored(store: Store, config: TrainConfig, exam: Exam) -> dict[str, Any]:
    """Train the run's student and ask it the questions; a row of the table."""
    seen: list[tuple[float, Event]] = []
    trained = follow(_timed(run.train(store, config), seen))
    ends = [second for second, event in seen if isinstance(event, Step)]
    heldout = [event.loss for _, event in seen if isinstance(event, HeldOut)]
    options = replace(EvaluateConfig(), base_too=False)
    tuned = follow(run.evaluate(store, options, exam.questions, exam.database))["tuned"]
    each = [after - before for before, after in zip(ends, ends[1:], strict=False)]
    return {
        "accuracy": round(tuned["accuracy"], 4), "low": round(tuned["low"], 4), "high": round(tuned["high"], 4),
        "n": tuned["n"], "heldout_loss": round(heldout[-1], 4) if heldout else None,
        "loss": round(trained["loss_last"], 4), "steps": trained["steps"],
        "step_s": round(median(each), 2) if each else None, "seconds": trained["seconds"],
        "peak_mb": round(trained.get("peak_bytes", 0) / 1e6) or None, "pairs": trained["pairs"],
        "hardware": trained["hardware"],
    }  # fmt: skip


def _timed(events: Iterator[Event], seen: list[tuple[float, Event]]) -> Iterator[Event]:
    for event in events:
        seen.append((time.monotonic(), event))
        yield event


def table(rows: dict[str, dict[str, Any]]) -> str:
    """The results as a Markdown table, the best accuracy first."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    for name, row in sorted(rows.items(), key=lambda item: -item[1]["accuracy"]):
        cells = [name, f"{row['accuracy']:.1%}", f"{row['low']:.1%}–{row['high']:.1%}", row["heldout_loss"],
                 row["loss"], row["step_s"], row["steps"], round(row["seconds"] / 60, 1), row["peak_mb"]]  # fmt: skip
        lines.append("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
