"""What visitors spend of somebody's money: never more than the caps, whoever asks, and nothing forgotten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.store import Store
from pipeline.store.ledger import Caps, Ledger
from tests.conftest import ROOT

REQUEST = {"hash": "h", "number": 0, "model": "m"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, Caps(visitor=1.0, day=2.5))


def test_a_visitor_stops_at_their_cap_and_others_at_that_of_the_day(ledger: Ledger) -> None:
    for visitor in "ab":
        ledger.purse(visitor, "run").reserve(1, 0.9)
        with pytest.raises(UserError, match=r"Your part of today's budget of this Space, \$1.00, is used up"):
            ledger.purse(visitor, "run").reserve(2, 0.2)
    ledger.purse("c", "run").reserve(1, 0.6)
    with pytest.raises(UserError, match="Today's budget of this Space is used up"):
        ledger.purse("c", "run").reserve(2, 0.2)
    assert ledger.left("a") == pytest.approx(0.1) and ledger.left("c") == ledger.left("new") == pytest.approx(0.1)


def test_what_was_cheaper_than_feared_can_be_spent_again(ledger: Ledger) -> None:
    purse = ledger.purse("a", "run")
    purse.reserve(1, 0.9)
    purse.settle(1, 0.1)
    purse.settle(1, 0.0)  # settled once is settled
    assert ledger.left("a") == pytest.approx(0.9)
    purse.reserve(1, 0.8)  # another request under the same row: the store had deleted the first
    assert ledger.left("a") == pytest.approx(0.1)


def test_it_survives_a_restart_and_knows_no_visitor_by_name(ledger: Ledger, tmp_path: Path) -> None:
    ledger.purse("visitor-with-a-name", "run").reserve(1, 0.7)
    ledger.close()
    again = Ledger(tmp_path, Caps(visitor=1.0, day=2.5))
    assert again.left("visitor-with-a-name") == pytest.approx(0.3)
    again.purse("visitor-with-a-name", "run").settle(1, 0.2)
    assert again.left("visitor-with-a-name") == pytest.approx(0.8)
    assert all(b"visitor-with-a-name" not in file.read_bytes() for file in tmp_path.iterdir())


def test_each_day_begins_anew_and_a_late_settlement_belongs_to_its_day(tmp_path: Path) -> None:
    days = ["2026-11-22"]
    ledger = Ledger(tmp_path, Caps(1.0, 1.0), lambda: days[-1])
    purse = ledger.purse("a", "run")
    purse.reserve(1, 1.0)
    days.append("2026-11-23")
    assert ledger.left("a") == 1.0
    purse.reserve(2, 0.5)
    purse.settle(1, 0.4)
    assert ledger.left("a") == pytest.approx(0.5)
    days.append("2026-11-22")
    assert ledger.left("a") == pytest.approx(0.6)


def test_check_refuses_where_nothing_is_left(ledger: Ledger) -> None:
    ledger.check("a")
    ledger.purse("a", "run").reserve(1, 1.0)
    with pytest.raises(UserError, match="Your part"):
        ledger.check("a")
    ledger.check("b")


SPENDER = """
import sys
from pathlib import Path
from pipeline.errors import UserError
from pipeline.store.ledger import Caps, Ledger
purse = Ledger(Path(sys.argv[1]), Caps(10.0, 1.0)).purse(sys.argv[2], sys.argv[2])
spent = 0
for row in range(200):
    try:
        purse.reserve(row, 0.02)
    except UserError:
        continue
    purse.settle(row, 0.01)
    spent += 1
print(spent)
"""


def test_two_processes_at_once_do_not_pass_the_cap_together(tmp_path: Path) -> None:
    Ledger(tmp_path, Caps(10.0, 1.0)).left("a")
    order = [sys.executable, "-c", SPENDER, str(tmp_path)]
    both = [subprocess.Popen([*order, name], cwd=ROOT, stdout=subprocess.PIPE, text=True) for name in "ab"]
    counts = [int(process.communicate(timeout=60)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert 98 <= sum(counts) <= 100  # each takes 0.01; the last one needs room for 0.02, and maybe beside another's
    assert Ledger(tmp_path, Caps(10.0, 1.0)).left("a") == pytest.approx(1.0 - 0.01 * sum(counts))


def test_a_store_asks_its_purse_before_it_sets_anything_aside(ledger: Ledger, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", "a")
    store.purse = ledger.purse("a", "run")
    row = store.reserve(REQUEST, 0.6, 5.0)
    assert row and ledger.left("a") == pytest.approx(0.4)
    with pytest.raises(UserError, match="Your part"):
        store.reserve(REQUEST, 0.6, 5.0)
    assert store.spent(reserved=True) == pytest.approx(0.6) and len(store.replies()) == 1
    store.settle(row, "end_turn", "", {}, 0.1)
    assert ledger.left("a") == pytest.approx(0.9)
    other = store.reserve(REQUEST, 0.5, 5.0)
    assert other
    store.release(other)
    assert ledger.left("a") == pytest.approx(0.9)


def test_a_batch_is_as_large_as_the_purse_has_room_for(ledger: Ledger, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", "a")
    store.purse = ledger.purse("a", "run")
    batch = store.open_batch([({**REQUEST, "hash": str(n)}, 0.3) for n in range(4)], "", 5.0)
    assert batch and batch.requests == 3 == len(store.replies()) and ledger.left("a") == pytest.approx(0.1)
    with pytest.raises(UserError, match="Your part"):
        store.open_batch([({**REQUEST, "hash": "again"}, 0.3)], "", 5.0)
    assert len(store.replies()) == 3 and len(store.open_batches()) == 1
    store.drop_batch(batch)
    assert store.replies() == [] and store.spent(reserved=True) == 0 and ledger.left("a") == 1.0
