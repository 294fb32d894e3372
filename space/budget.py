"""The owner's key on a Space, and how much of the owner's money visitors may spend with it.

In: `ANTHROPIC_API_KEY` as a secret of the Space, and two caps in dollars a day. Out: the key where it may be used, and a run's
store that asks the ledger before each request. Limit: a visitor is a browser, so only the cap of all visitors is firm.
"""

from __future__ import annotations

import math
import os
import threading

from pipeline.store import Store
from pipeline.store.ledger import Caps, Ledger
from space import runs

KEY = "ANTHROPIC_API_KEY"
VISITOR = "SQL_DISTILLERY_VISITOR_DOLLARS"
DAY = "SQL_DISTILLERY_DAY_DOLLARS"

_ledgers: dict[tuple[str, Caps], Ledger] = {}
_opening = threading.Lock()


def caps() -> Caps | None:
    """Dollars a day for each visitor and for all; None where not both are set to more than nothing."""
    visitor, day = (_dollars(os.environ.get(name, "")) for name in (VISITOR, DAY))
    return Caps(visitor, day) if visitor and day else None


def _dollars(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        return 0.0
    return amount if 0 < amount < math.inf else 0.0


def known_key() -> str:
    """The key from the surroundings: for whoever runs the app themselves; on a Space only together with both caps."""
    usable = not runs.on_space() or caps() is not None
    return os.environ.get(KEY, "").strip() if usable else ""


def owner_pays() -> bool:
    """Whether a visitor without a key of their own spends the owner's money."""
    return runs.on_space() and bool(known_key())


def left(visitor: str) -> float:
    """Dollars that this visitor may still spend today; raises KeyError where no owner pays."""
    return _ledger().left(visitor)


def check(visitor: str) -> None:
    """Raises UserError where nothing is left of today's budget for this visitor."""
    _ledger().check(visitor)


def charged(store: Store) -> Store:
    """The store, whose every request is charged to its visitor from now on."""
    store.purse = _ledger().purse(store.visitor, store.folder.name)
    return store


def _ledger() -> Ledger:
    """The one of this home folder and these caps: they may change only with a restart, but tests have several."""
    found = caps()
    if found is None:
        raise KeyError(f"{VISITOR} and {DAY}")
    with _opening:
        return _ledgers.setdefault((str(runs.home()), found), Ledger(runs.home(), found))
