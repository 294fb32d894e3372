"""Changes to single pairs by hand, between the stages: edit, keep, drop.

In: a run that no stage is at work on, and a pair's id. Out: the changed pair in the store, the split and its files dealt
anew; scores of before are forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.errors import UserError
from pipeline.records import JudgedPair
from pipeline.run.schema import database_of, schema_of
from pipeline.stages import refuse_busy
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.dataset.databases import Place

Amend = Callable[[JudgedPair], JudgedPair]


def edit_pair(store: Store, number: int, question: str, sql: str) -> JudgedPair:
    """Have the gate judge the pair with another text; where it passes, that takes the old one's place.

    The verdict of what is handed back says why it did not pass, and the run is as before. Raises UserError while a stage
    is running and where there is no such pair.
    """
    from pipeline.dataset.amend import edited
    from pipeline.dataset.gate import open_gate

    place = place_of(store)

    def edit(before: JudgedPair) -> JudgedPair:
        with open_gate(place.schema, place.databases, place.instances, place.uploaded) as gate:
            return edited(gate, store.pairs(), before, question, sql)

    return _amend(store, number, edit)


def keep_pair(store: Store, number: int) -> JudgedPair:
    """Keep a dropped pair by hand. Raises UserError as `edit_pair`, and where its SQL does not run."""
    from pipeline.dataset.amend import kept

    return _amend(store, number, lambda before: kept(before, place_of(store).databases))


def drop_pair(store: Store, number: int) -> JudgedPair:
    """Drop a kept pair by hand. Raises UserError as `edit_pair`."""
    from pipeline.dataset.amend import dropped

    return _amend(store, number, dropped)


def place_of(store: Store) -> Place:
    """Where the pairs were proved: the databases are made again where they are gone."""
    from pipeline.dataset.databases import Place, databases_of

    schema, uploaded = schema_of(store), database_of(store)
    return Place(schema, databases_of(store, schema, uploaded), uploaded)


def _amend(store: Store, number: int, make: Amend) -> JudgedPair:
    from pipeline.dataset.gate import BY_HAND

    refuse_busy(store)
    before = _find(store, number)
    after = make(before)
    if after == before or after.verdict.reason not in ("", BY_HAND):
        return after
    with store.alone():  # a stage that begins meanwhile waits, and finds all of it done
        refuse_busy(store)
        if _find(store, number) != before:
            raise UserError("This pair has just been changed elsewhere. Look at it again.")
        _put(store, after)
    return _find(store, number)


def _put(store: Store, after: JudgedPair) -> None:
    from pipeline.dataset.split import deal_anew

    store.replace_pairs([after if one.id == after.id else one for one in store.pairs()])
    deal_anew(store)
    store.forget_scores()
    store.set(status_evaluate=None, recorded=None)


def _find(store: Store, number: int) -> JudgedPair:
    found = store.pair(number)
    if found is None:
        raise UserError("This pair is no longer there. Look at the list again.")
    return found
