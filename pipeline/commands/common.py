"""What the sub-commands share: the application, common options, reading a schema, and telling events.

Events go to stdout as JSON with `--json`, else as sentences to stderr; a result is always the last thing on stdout.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import run
from pipeline.config import USUAL_SCHEMA, SchemaConfig
from pipeline.database.examples import NAMES
from pipeline.errors import UserError
from pipeline.records import Done, Event, HeldOut, Note, Progress, Spent, Step, Waiting
from pipeline.store import Store


def named(text: str | Path) -> Path:
    """A run's folder as it is typed. Raises UserError when nothing is."""
    if not str(text).strip():
        raise UserError("The run's folder has no name. Give one, such as --run runs/shop.")
    return Path(text)


app = typer.Typer(
    help="Tiny text-to-SQL models made from nothing but a schema.", no_args_is_help=True, add_completion=False
)
RunOption = typer.Option("--run", help="The run's folder.", parser=named, metavar="DIR")
RunFolder = Annotated[Path, RunOption]
Pairs = Annotated[int, typer.Option(help="How many pairs to aim at (claude, offline).")]
Teacher = Annotated[str, typer.Option(help="claude (key in ANTHROPIC_API_KEY), offline or pasted.")]
Model = Annotated[str, typer.Option(help="The Claude that writes.")]
Dollars = Annotated[float, typer.Option(help="Claude may cost this run so many dollars in all.")]
SqlFirst = Annotated[
    float, typer.Option(help="Share of Claude's requests that word SQL written here, where pairs are few.")
]
Unanswerable = Annotated[float, typer.Option(help="Questions that the schema cannot answer, as a share; 0 is none.")]
Batches = Annotated[
    bool, typer.Option("--batches", help="Half the price, within a day: Anthropic's Batches API (claude).")
]
Paste = Annotated[
    str,
    typer.Option(
        help="Pairs to prove: a JSONL, CSV, TSV, Parquet or Arrow file, a folder of datasets, or user/name on the Hub.",
        metavar="FILE",
    ),
]
Glossary = Annotated[
    Path | None,
    typer.Option(help="A CSV file: name, english, japanese of tables and columns, for the offline teacher."),
]
Lang = Annotated[str, typer.Option(help="en, ja, or en,ja.")]
Heldout = Annotated[float, typer.Option(help="Share held out, by SQL template.")]
Base = Annotated[str, typer.Option(help="A base's id or folder; empty chooses one that fits here.")]
Epochs = Annotated[float, typer.Option(help="How often each pair is seen.")]
Minutes = Annotated[float, typer.Option(help="Training ends with what it has; 0 is no limit.")]
On = Annotated[str, typer.Option("--on", help="hf-jobs trains on a rented machine (token in HF_TOKEN); else here.")]
Flavor = Annotated[str, typer.Option(help="Which machine to rent, such as t4-small or a10g-large.")]
Timeout = Annotated[str, typer.Option(help="The longest time to pay for, such as 90m or 2h.")]
Yes = Annotated[bool, typer.Option("--yes", help="Rent without asking.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1)]
DEFAULT_RUN = Path("runs/command-line")


@dataclass
class Output:
    """How this call of the command line tells its events."""

    as_json: bool = False


output = Output()


@app.callback()
def main(json_events: Annotated[bool, typer.Option("--json", help="One JSON object per event.")] = False) -> None:
    """Options of all sub-commands."""
    output.as_json = json_events


@contextmanager
def to_fill(folder: Path) -> Iterator[Store]:
    """The run in `folder`, to be filled from what was given; input that is refused leaves no new folder."""
    new = not folder.exists()
    store = Store.create(folder)
    try:
        yield store
    except UserError:
        store.close()
        if new:
            shutil.rmtree(folder)
        raise


def read(folder: Path, ddl: str, dialect: str, config: SchemaConfig = USUAL_SCHEMA) -> Store:
    """Make a file, standard input or a sample the schema of the run in `folder`."""
    with to_fill(folder) as store:
        if ddl in NAMES and not Path(ddl).exists():
            follow(run.read_example(store, ddl))
        elif ddl == "-":
            follow(
                run.read_schema(
                    store, sys.stdin.buffer.read().decode("utf-8", errors="replace"), dialect, config=config
                )
            )
        else:
            follow(run.read_schema(store, Path(ddl), dialect, Path(ddl).stem, config))
    return store


def stop_on_signal() -> run.Stop:
    """Ctrl-C or SIGTERM asks the stage to end with what it has; a second Ctrl-C ends it at once."""
    asked: list[int] = []

    def on_signal(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return lambda: bool(asked)


def follow(events: Iterator[Event]) -> None:
    """Run a stage to its end and tell each event."""
    for event in events:
        if output.as_json:
            shown = event.result if isinstance(event, Done) else event.as_dict()
            print(json.dumps(shown, ensure_ascii=False), flush=True)
        else:
            tell(event)


def tell(event: Event) -> None:
    """One line for people on stderr; results go to stdout."""
    if isinstance(event, Note):
        print(event.text(), file=sys.stderr)
    elif isinstance(event, Progress) and event.total:
        left = f", about {event.seconds_left:.0f} s left" if event.seconds_left is not None else ""
        print(f"{event.what} {event.done}/{event.total}{left}", file=sys.stderr)
    elif isinstance(event, Spent):
        print(f"${event.dollars:.4f} of ${event.cap:.2f} spent, {event.requests} requests answered", file=sys.stderr)
    elif isinstance(event, Waiting):
        print(
            f"Waiting for a batch of {event.requests} requests, sent {event.seconds / 60:.0f} min ago", file=sys.stderr
        )
    elif isinstance(event, Step):
        print(
            f"step {event.step}/{event.steps}  loss {event.loss:.3f}  {event.tokens_per_second:.0f} tokens/s  "
            f"{event.seconds_left:.0f} s left",
            file=sys.stderr,
        )
    elif isinstance(event, HeldOut):
        answers = f", {event.right} of {event.n} answers right" if event.n else ""
        print(f"step {event.step}: held-out loss {event.loss:.2f}{answers}", file=sys.stderr)
    elif isinstance(event, Done) and event.stage != "schema":  # its command shows it as the student reads it
        print(json.dumps(event.result, ensure_ascii=False, indent=2))
