"""The command line: one sub-command per stage over a run folder.

`--json` prints one JSON object per event on stdout, the last one the stage's result; without it, sentences. Exit codes: 0
done, 2 the input is wrong (one line on stderr), 1 a bug.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.database.examples import NAMES
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Progress, Step
from pipeline.store import Store

UsageError: type[Any] = typer.BadParameter.__mro__[1]
"""What typer raises for a wrong option; it brings a click of its own and names only the leaves."""


def _folder(text: str | Path) -> Path:
    if not str(text).strip():
        raise UserError("The run's folder has no name. Give one, such as --run runs/shop.")
    return Path(text)


app = typer.Typer(
    help="Tiny text-to-SQL models made from nothing but a schema.", no_args_is_help=True, add_completion=False
)
RunOption = typer.Option("--run", help="The run's folder.", parser=_folder, metavar="DIR")
RunFolder = Annotated[Path, RunOption]
Pairs = Annotated[int, typer.Option(help="How many pairs to aim at (offline).")]
Paste = Annotated[Path | None, typer.Option(help="A file with pasted JSONL: the pasted teacher.")]
Lang = Annotated[str, typer.Option(help="en, ja, or en,ja.")]
Heldout = Annotated[float, typer.Option(help="Share held out, by SQL template.")]
Base = Annotated[str, typer.Option(help="A base's id or folder; empty chooses one that fits here.")]
Epochs = Annotated[float, typer.Option(help="How often each pair is seen.")]
Minutes = Annotated[float, typer.Option(help="Training ends with what it has; 0 is no limit.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1)]
DEFAULT_RUN = Path("runs/command-line")
AS_JSON = False


@app.callback()
def main(json_events: Annotated[bool, typer.Option("--json", help="One JSON object per event.")] = False) -> None:
    """Options of all sub-commands."""
    global AS_JSON  # noqa: PLW0603 — typer hands the option to the callback, the commands need it
    AS_JSON = json_events


@app.command()
def schema(
    ddl: Annotated[
        str, typer.Argument(help="A .sql file, a SQLite file, - for standard input, or a sample: shop, sales.")
    ],
    run_folder: Annotated[Path | None, RunOption] = None,
    dialect: Annotated[str, typer.Option(help="auto, sqlite, postgres or mysql.")] = "auto",
) -> None:
    """Show the parsed schema, and make it a run's when --run is given."""
    if run_folder is None:
        import tempfile

        with tempfile.TemporaryDirectory() as scratch:
            _show_schema(_read(Path(scratch), ddl, dialect))
    else:
        _show_schema(_read(run_folder, ddl, dialect))


def _read(folder: Path, ddl: str, dialect: str) -> Store:
    """Make a file, standard input or a sample the schema of the run in `folder`; a refused one leaves no new folder."""
    new = not folder.exists()
    store = Store.create(folder)
    try:
        if ddl in NAMES and not Path(ddl).exists():
            _follow(run.read_example(store, ddl))
        elif ddl == "-":
            _follow(run.read_schema(store, sys.stdin.buffer.read().decode("utf-8", errors="replace"), dialect))
        else:
            _follow(run.read_schema(store, Path(ddl), dialect, Path(ddl).stem))
    except UserError:
        store.close()
        if new:
            shutil.rmtree(folder)
        raise
    return store


def _show_schema(store: Store) -> None:
    if not AS_JSON:
        print(run.schema_of(store).to_prompt())
        print(f"\n{len(run.schema_of(store).tables)} tables, about {store.get('prompt_tokens')} prompt tokens")
    store.close()


@app.command()
def dataset(
    run_folder: RunFolder = DEFAULT_RUN,
    ddl: Annotated[str, typer.Option("--schema", help="Read this schema first.")] = "",
    teacher: Annotated[str, typer.Option(help="offline or pasted; claude is not there yet.")] = "",
    pairs: Pairs = DatasetConfig.pairs,
    paste: Paste = None,
    lang: Lang = "en",
    heldout_share: Heldout = DatasetConfig.heldout_share,
) -> None:
    """Have a teacher write pairs and prove each by running it."""
    config, pasted = _dataset_order(teacher, paste, pairs, lang, heldout_share)
    store = _read(run_folder, ddl, "auto") if ddl else Store.open(run_folder)
    _follow(run.write_dataset(store, config, pasted, _stop_on_signal()))


def _dataset_order(
    teacher: str, paste: Path | None, pairs: int, lang: str, heldout_share: float
) -> tuple[DatasetConfig, str]:
    """The settings and the pasted text; wrong ones are refused before anything is changed."""
    teacher = teacher or ("pasted" if paste else "offline")
    languages = tuple(part.strip() for part in lang.split(","))
    config = DatasetConfig(teacher, pairs, languages, heldout_share)
    run.check_dataset(config)
    if (teacher == "pasted") != (paste is not None):
        raise UserError("Pasted pairs need a file. Give --teacher pasted --paste FILE together.")
    return config, _text(paste) if paste else ""


def _text(file: Path) -> str:
    if not file.is_file():
        raise UserError("There is no file {file}. Name a JSONL file with instruction and output.", file=file)
    return file.read_text(encoding="utf-8", errors="replace")


@app.command()
def train(
    run_folder: RunFolder = DEFAULT_RUN,
    base: Base = "",
    epochs: Epochs = TrainConfig.epochs,
    learning_rate: Annotated[float, typer.Option()] = TrainConfig.learning_rate,
    rank: Annotated[int, typer.Option()] = TrainConfig.rank,
    batch: Annotated[int, typer.Option(help="Pairs in one step.")] = TrainConfig.batch,
    max_minutes: Minutes = TrainConfig.max_minutes,
    seed: Seed = TrainConfig.seed,
) -> None:
    """Tune a small model on the run's pairs; goes on from the last checkpoint."""
    config = TrainConfig(
        base=base, epochs=epochs, learning_rate=learning_rate, rank=rank, alpha=2 * rank, batch=batch,
        max_minutes=max_minutes, seed=seed,
    )  # fmt: skip
    _follow(run.train(Store.open(run_folder), config, _stop_on_signal()))


@app.command()
def evaluate(
    run_folder: RunFolder = DEFAULT_RUN,
    questions: Annotated[Path | None, typer.Option(help="Other people's questions, JSONL.")] = None,
    database: Annotated[Path | None, typer.Option(help="The SQLite file they are about.")] = None,
    base_too: Annotated[bool, typer.Option(help="Score the untuned base beside it.")] = True,
    limit: Annotated[int, typer.Option(help="Only the first questions; 0 is all.")] = 0,
) -> None:
    """Score base and tuned by running their SQL."""
    config = replace(EvaluateConfig(), base_too=base_too, limit=limit)
    _follow(run.evaluate(Store.open(run_folder), config, questions, database, _stop_on_signal()))


@app.command()
def ask(
    question: str,
    run_folder: RunFolder = DEFAULT_RUN,
    database: Annotated[Path | None, typer.Option(help="A SQLite file; else the run's own database.")] = None,
    base: Annotated[bool, typer.Option(help="Ask the untuned base.")] = False,
) -> None:
    """Ask a question in plain language: SQL and rows."""
    run.check_question(question)
    store = Store.open(run_folder)
    answer = run.ask(store, question, run.database_to_ask(store, database), tuned=not base)
    _show_answer(answer)
    if answer.error is not None:
        raise answer.error


def _show_answer(answer: run.Answer) -> None:
    """The SQL and its rows; SQL that does not run is shown without rows."""
    columns, rows = (answer.rows.columns, answer.rows.rows) if answer.rows else ((), ())
    if AS_JSON:
        result = {"sql": answer.sql, "columns": columns, "rows": rows, "seconds": answer.seconds}
        print(json.dumps(result, ensure_ascii=False))
        return
    print(answer.sql)
    if answer.rows:
        print("\t".join(columns))
    for row in rows:
        print("\t".join("NULL" if value is None else str(value) for value in row))


@app.command()
def publish(run_folder: RunFolder = DEFAULT_RUN) -> None:
    """Bundle the run as a zip: adapter, card with the measured scores, pairs."""
    _follow(run.publish(Store.open(run_folder)))


@app.command(name="run")
def all_stages(
    ddl: Annotated[str, typer.Option("--schema", help="The schema: a .sql file, a SQLite file, or -.")],
    run_folder: RunFolder = DEFAULT_RUN,
    teacher: Annotated[str, typer.Option(help="offline or pasted; claude is not there yet.")] = "",
    pairs: Pairs = DatasetConfig.pairs,
    paste: Paste = None,
    lang: Lang = "en",
    heldout_share: Heldout = DatasetConfig.heldout_share,
    base: Base = "",
    epochs: Epochs = TrainConfig.epochs,
    max_minutes: Minutes = TrainConfig.max_minutes,
) -> None:
    """All stages; goes on where it stopped."""
    config, pasted = _dataset_order(teacher, paste, pairs, lang, heldout_share)
    settings = TrainConfig(base=base, epochs=epochs, max_minutes=max_minutes)
    store = _read(run_folder, ddl, "auto")
    stop = _stop_on_signal()
    stages: dict[str, Callable[[], Iterator[Event]]] = {
        "dataset": lambda: run.write_dataset(store, config, pasted, stop),
        "train": lambda: run.train(store, settings, stop),
        "evaluate": lambda: run.evaluate(store, EvaluateConfig(), stop=stop) if store.pairs("heldout") else iter(()),
    }
    for stage, events in stages.items():
        if run.status(store, stage).state != "done" and not stop():
            _follow(events())
    if not stop():
        _follow(run.publish(store))


def _stop_on_signal() -> run.Stop:
    """Ctrl-C or SIGTERM asks the stage to end with what it has; a second Ctrl-C ends it at once."""
    asked: list[int] = []

    def on_signal(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return lambda: bool(asked)


def _follow(events: Iterator[Event]) -> None:
    for event in events:
        if AS_JSON:
            shown = event.result if isinstance(event, Done) else event.as_dict()
            print(json.dumps(shown, ensure_ascii=False), flush=True)
        else:
            _tell(event)


def _tell(event: Event) -> None:
    """One line for people on stderr; results go to stdout."""
    if isinstance(event, Note):
        print(event.text(), file=sys.stderr)
    elif isinstance(event, Progress) and event.total:
        left = f", about {event.seconds_left:.0f} s left" if event.seconds_left is not None else ""
        print(f"{event.what} {event.done}/{event.total}{left}", file=sys.stderr)
    elif isinstance(event, Step):
        print(
            f"step {event.step}/{event.steps}  loss {event.loss:.3f}  {event.tokens_per_second:.0f} tokens/s  "
            f"{event.seconds_left:.0f} s left",
            file=sys.stderr,
        )
    elif isinstance(event, Done) and event.stage != "schema":  # its command shows it as the student reads it
        print(json.dumps(event.result, ensure_ascii=False, indent=2))


def entry() -> int:
    """Run the command line and give its exit code."""
    try:
        code = app(standalone_mode=False)
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except UsageError as error:
        said = " ".join(error.format_message().split()).rstrip(".")
        print(f"Error: {said}. See python -m pipeline --help.", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(entry())
