"""Where runs live and whose they are: a root folder with one folder a run.

In: a visitor and a run's name as the browser sends it. Out: an open `Store`, or None. The root is
`SQL_DISTILLERY_HOME`, else `runs/` beside the app. Off a Space there is one visitor, `local`.
"""

from __future__ import annotations

import os
import re
import secrets
from itertools import count, islice
from pathlib import Path

from pipeline.config import LOCAL_VISITOR
from pipeline.errors import UserError
from pipeline.store import Store, find_runs

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
    try:
        return Store.open(home() / name, visitor)
    except UserError:
        return None


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
