"""A run's memory: facts, events, pairs, replies, answers and scores in one SQLite file, `run.db` in the run's folder.

The store is the contract between the stages and whoever watches them: a stage's events go in, and the command line, the
page, a reload and a second browser read the same rows. A run belongs to one visitor from its first row; opening it as
somebody else fails as if it did not exist. Secrets never come here. Each kind of thing has its file in this room.

One limit: a store object serves many threads of one process; two processes may read at once, one of them writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UserError
from pipeline.store.answers import Answers
from pipeline.store.asked import Asked
from pipeline.store.base import FILE
from pipeline.store.batches import Batches
from pipeline.store.events import Events
from pipeline.store.opinions import Opinions
from pipeline.store.orders import Orders
from pipeline.store.pairs import Pairs
from pipeline.store.unanswerable import Unanswered

__all__ = ["FILE", "Store", "find_runs"]


class Store(Events, Pairs, Batches, Opinions, Orders, Unanswered, Answers, Asked):
    """One run. Create it with `Store.create`, open it again with `Store.open`; both close with `close()`."""


def find_runs(root: Path, visitor: str) -> Iterator[Path]:
    """A visitor's run folders under `root`, newest first."""
    folders = [file.parent for file in root.glob(f"*/{FILE}")]
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            Store.open(folder, visitor).close()
        except UserError:
            continue
        yield folder
