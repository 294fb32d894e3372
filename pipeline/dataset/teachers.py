"""Who writes pairs: the Protocol that all teachers share, and the choice between them by name.

A teacher hands out pairs as long as it is asked to, and events where there is something to tell; it proves nothing, that
is the gate's work. Claude by its API needs the run's store and a key, so the stage itself makes that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.database.schema import Schema
from pipeline.dataset.claude.complaints import check_key
from pipeline.dataset.pasted import PastedTeacher
from pipeline.errors import UserError
from pipeline.records import Event, Pair

if TYPE_CHECKING:
    from pipeline.dataset.offline.terms import Term

TEACHERS = ("claude", "offline", "pasted")


class Teacher(Protocol):
    """Writes pairs of a question and its SQL."""

    @property
    def name(self) -> str:
        """`claude`, `offline` or `pasted`."""

    def pairs(self, schema: Schema, wanted: int, languages: Sequence[str]) -> Iterator[Pair | Event]:
        """Pairs one by one, about `wanted` of them, in these languages (`en`, `ja`)."""


def check_teacher(name: str, key: str = "") -> None:
    """Raises UserError when there is no teacher of that name, and for Claude when `key` cannot be one."""
    if name == "claude":
        check_key(key)
    if name not in TEACHERS:
        raise UserError("There is no teacher {name}. Choose claude, offline or pasted.", name=repr(name))


def make_teacher(
    name: str, paste: str = "", seed: int = 0, databases: Sequence[Path] = (), terms: Sequence[Term] = ()
) -> Teacher:
    """The teacher `offline` or `pasted`. Raises UserError for another name, and when `paste` holds no pairs.

    `databases` are where the offline teacher takes its values from, `terms` what it calls tables and columns.
    """
    check_teacher(name)
    if name == "pasted":
        return PastedTeacher(paste)
    from pipeline.dataset.offline import OfflineTeacher

    return OfflineTeacher(seed, databases, terms)
