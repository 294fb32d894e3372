"""What is known of a visitor's GPU time, and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.config import TrainConfig
from pipeline.store import Store
from space import zerogpu
from space.i18n import Words
from space.quota import Account, Lent, account
from space.scene import Scene, Session
from space.tabs.quota import line
from space.view.quota import quota_line
from tests.parrot import lesson


def told(
    at: float, asked: int, used: float | None = None, left: int | None = None, wait: float = 0.0
) -> dict[str, Any]:
    return Lent("train", asked, used, left, wait, 90, 12.0, 0.5).as_dict() | {"at": at}


def test_the_account_counts_what_is_used_and_what_a_refusal_told_until_it_is_filled_up() -> None:
    first = [told(0, 90), told(60, 90, 80.5)]
    assert account(first, 61).used == 80.5 and account(first, 61).left is None
    assert (account(first, 61).slices, account(first, 61).following, account(first, 61).step) == (1, 90, 0.5)
    refused = [*first, told(100, 90, 0.0, 60, 3600.0), told(101, 60), told(130, 60, 45.0)]
    assert (account(refused, 200).used, account(refused, 200).left, account(refused, 200).told) == (125.5, 15.0, 100)
    assert account(refused, 3700).left is None
    lost = [told(0, 90), told(500, 90), told(560, 90, 40.0)]
    assert account(lost, 600).used == 130.0, "a slice whose end nobody saw counts as it was asked for"
    assert account([told(0, 90)], 10).used == 0.0 and account([told(0, 90)], 95).used == 90.0
    assert account([], 0).slices == 0


def test_the_line_tells_a_days_allowance_first_and_then_what_is_used_and_left() -> None:
    words = Words("en")
    assert "2 min of GPU time without login, 5 min" in quota_line(Account(), 0, words, 0, 1.5)
    assert "counts as 1.5." in quota_line(Account(), 0, words, 0, 1.5)
    assert "About 3 slices of GPU time. A day has" in quota_line(Account(), 3, words, 0, 1.5)
    known = Account(used=130.0, slices=2, following=90, left=20.0, told=5.0)
    line = (
        "GPU time used by this run: 2 min 10 s. Left: about 20 s, told 10 min ago. The next slice asks for 1 min 30 s."
    )
    assert line in quota_line(known, 0, words, 600, 1.5)
    assert "残り約20秒（10分前の情報）。" in quota_line(known, 0, Words("ja"), 600, 1.5)


def test_a_visitor_sees_the_line_of_their_own_run_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    store = Store.create(tmp_path / "shop-01", "one-visitor")
    store.add_pairs(lesson("SELECT 1", *(f"Question {number}?" for number in range(160))))
    store.set(training=TrainConfig(epochs=1).__dict__)
    config = TrainConfig(epochs=8)
    mine, other = (
        Scene(Session(visitor=visitor, run="shop-01", train=config), Words("en"))
        for visitor in ("one-visitor", "another")
    )
    assert line(mine) == "", "no GPU is lent here"
    monkeypatch.setattr(zerogpu, "ON", True)
    assert "A day has 2 min" in line(mine) and "slices" not in line(mine) and line(other) == ""
    store.add_event(Lent("train", 90))
    store.add_event(Lent("train", 90, 70.0, None, 0.0, 90, loading=10.0, step=1.0))
    assert "About 2 slices of GPU time. GPU time used by this run: 1 min 10 s." in line(mine)
    assert "next slice" not in line(mine) and line(other) == ""
    mine.session.train = TrainConfig(epochs=8, batch=4)
    assert "slices" not in line(mine), "of another batch no step was measured"
    for each in (mine, other, store):
        each.close()  # type: ignore[attr-defined]
