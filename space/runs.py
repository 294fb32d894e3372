"""Where runs live and whose they are: a root folder with one folder a run.

In: a visitor and a run's name as the browser sends it. Out: an open `Store`, or None. The root is
`SQL_DISTILLERY_HOME`, else `runs/` beside the app. Off a Space there is one visitor, `local`. The recorded run, which
comes with the app, is everybody's to look at; who works on it gets a copy.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import threading
from itertools import count, islice
from pathlib import Path

from pipeline.config import LOCAL_VISITOR
from pipeline.errors import UserError
from pipeline.store import Store, find_runs

RECORDED = "shop-00"
"""The run that a page opens with as long as its visitor has none."""
RECORDED_SOURCE = Path(__file__).parents[1] / "sample_db" / "recorded"
RECORDED_VISITOR = "recorded"
_unpacking = threading.Lock()
LISTED = 30
"""Earlier runs offered to choose from."""


def home() -> Path:
    """The root folder of all runs."""
    return Path(os.environ.get("SQL_DISTILLERY_HOME") or "runs")


def on_space() -> bool:
    """Whether strangers share this server."""
    return bool(os.environ.get("SPACE_ID"))


def visitor_id(kept: str | None) -> str:
    """Who is here: `local` off a Space; on one, the id the browser kept, or a new one nobody can guess."""
    if not on_space():
        return LOCAL_VISITOR
    return kept if kept and re.fullmatch(r"[\w-]{20,60}", kept) else secrets.token_urlsafe(24)


def open_run(name: str, visitor: str) -> Store | None:
    """A visitor's run by its folder's name; None when there is none, or it is somebody else's."""
    if not re.fullmatch(r"[\w][\w.-]{0,80}", name or ""):
        return None
    if name == RECORDED:
        return _recorded()
    try:
        return Store.open(home() / name, visitor)
    except UserError:
        return None


def _recorded() -> Store | None:
    """The recorded run. It is read from a copy, because opening a store writes beside it."""
    if not (RECORDED_SOURCE / "run.db").exists():
        return None
    place = home() / RECORDED
    with _unpacking:
        if not _same(place / "report.json", RECORDED_SOURCE / "report.json"):
            _copy(RECORDED_SOURCE, place)
    store = Store.open(place, RECORDED_VISITOR)
    store.freeze()  # it is everybody's: who forgets to take a copy fails at once
    return store


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def _copy(source: Path, target: Path) -> None:
    """Copy a run whole or not at all."""
    fresh = target.with_name(f".{target.name}.new")
    for old in (fresh, target):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(source, fresh)
    fresh.rename(target)


def own_recorded(visitor: str) -> str:
    """Copy the recorded run for a visitor who is about to work on it; returns the new run's name.

    The adapter's files are links, so that all who ask the recorded model ask one and the same in memory.
    """
    store = _recorded()
    assert store is not None, "only a page that shows the recorded run asks for a copy"
    name = new_run(str(store.get("schema_name")), visitor)
    for file in store.folder.rglob("*"):
        target = home() / name / file.relative_to(store.folder)
        if file.is_dir():
            target.mkdir(exist_ok=True)
        elif file.parent.name == "adapter":
            _link(file, target)
        elif not file.name.startswith("run.db"):
            shutil.copyfile(file, target)
    store.copy_to(home() / name, visitor)
    store.close()
    return name


def _link(file: Path, target: Path) -> None:
    try:
        target.symlink_to(file.resolve())
    except OSError:  # Windows without the right to make links
        shutil.copyfile(file, target)


def new_run(schema_name: str, visitor: str) -> str:
    """Make a run named after its schema, `shop-01`; returns its folder's name."""
    stem = re.sub(r"[^a-z0-9_-]+", "-", schema_name.lower()).strip("-")[:40] or "schema"
    for number in count(1):
        folder = home() / f"{stem}-{number:02d}"
        try:
            folder.mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            continue
        Store.create(folder, visitor).close()
        return folder.name
    raise AssertionError("count() does not end")


def earlier_runs(visitor: str) -> list[str]:
    """A visitor's runs by name, newest first."""
    return [folder.name for folder in islice(find_runs(home(), visitor), LISTED)]
