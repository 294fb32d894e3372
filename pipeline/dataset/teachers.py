"""Who writes pairs: the Protocol that all teachers share, and the choice between them by name.

A teacher hands out pairs as long as it is asked to; it proves nothing, that is the gate's work. Claude by its API is not
among them yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from pipeline.database.schema import Schema
from pipeline.dataset.pasted import PastedTeacher
from pipeline.errors import UserError
from pipeline.records import Pair

TEACHERS = ("offline", "pasted")


class Teacher(Protocol):
    """Writes pairs of a question and its SQL."""

    @property
    def name(self) -> str:
        """`offline` or `pasted`."""

    def pairs(self, schema: Schema, wanted: int, languages: Sequence[str]) -> Iterator[Pair]:
        """Pairs one by one, about `wanted` of them, in these languages (`en`, `ja`)."""


def check_teacher(name: str) -> None:
    """Raises UserError when there is no teacher of that name."""
    if name not in TEACHERS:
        raise UserError("There is no teacher {name}. Choose offline or pasted.", name=repr(name))


def make_teacher(name: str, paste: str = "", seed: int = 0, databases: Sequence[Path] = ()) -> Teacher:
    """The teacher of that name. Raises UserError for another name, and when `paste` holds no pairs.

    `databases` are where the offline teacher takes its values from.
    """
    check_teacher(name)
    if name == "pasted":
        return PastedTeacher(paste)
    from pipeline.dataset.offline import OfflineTeacher

    return OfflineTeacher(seed, databases)
