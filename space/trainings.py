"""The newest training of a run, read from its store.

In: a store, or a run's name and its visitor. Out: a `Training`, or None. What was read of other runs is kept in memory as
long as their files have not changed; a name that is not a run of this visitor is nothing, and the recorded run is nobody's.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.store import Store
from pipeline.student.bases import short_name
from space import runs
from space.view.train import Training, checks_of, one_training

Stamp = tuple[tuple[str, int, int], ...]
"""Path, time of the last change and size of each file of a run's store."""


def training_of(store: Store) -> Training | None:
    """The newest training of a run; None where it has none."""
    steps = one_training(store.events("train", kind="step"))
    if not steps:
        return None
    done = store.last_event("train", "done")
    result = done["result"] if done and done["id"] > steps[-1]["id"] else {}
    settings = result.get("settings") or store.get("training") or {}
    base = short_name(result.get("base") or settings.get("base") or "")
    checks = checks_of(steps, store.events("train", kind="heldout"))
    return Training(store.folder.name, steps, checks, settings, result, base)


def of_run(name: str, visitor: str) -> Training | None:
    """The newest training of one of the visitor's runs."""
    return _read(name, visitor, _stamp(runs.home() / name)) if name != runs.RECORDED else None


def _stamp(folder: Path) -> Stamp:
    files = [file for file in (folder / "run.db", folder / "run.db-wal") if file.is_file()]
    stats = [(str(file), file.stat()) for file in files]
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats if stat.st_size)


@lru_cache(maxsize=64)
def _read(name: str, visitor: str, _stamp: Stamp) -> Training | None:
    store = runs.open_run(name, visitor)
    if store is None:
        return None
    try:
        return training_of(store)
    finally:
        store.close()
