"""How long a slice of lent GPU time is, and what is not begun in it any more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.records import Pair, Step, Tried
from pipeline.student.train import Order
from space import slices, zerogpu
from space.slices import Pace
from tests.parrot import LESSONS


def step(number: int, left: float = 10.0, steps: int = 100) -> Step:
    return Step("train", number, steps, 1.0, 0.5, 1e-3, 100.0, seconds_left=left)


def test_a_slice_asks_for_no_more_than_is_left_to_do() -> None:
    part = zerogpu.Part(Order(Path(), "", [], LESSONS))
    assert part.seconds(1e9) == slices.SLICE_SECONDS
    part.pace = Pace(loading=8.0, last=step(5))
    assert part.seconds(1e9) == 20.0
    part.spent = 50.0
    assert part.seconds(60.0) == 10.0
    part.order = replace(part.order, heldout=[Pair("Who?", "SELECT 1")])
    assert part.seconds(1e9) == 20.0 + slices.CHECK_SECONDS


def test_no_step_is_begun_that_would_not_end_in_time_nor_a_check() -> None:
    pace = Pace().begin(100.0)
    assert pace.ahead(130.0, 0) == 10.0, "of an unknown step the time since loading is the best guess"
    pace.see(step(1, 99 * 3.0), 130.0)
    assert (pace.loading, pace.step, pace.ahead(130.0, 0)) == (30.0, 3.0, 3.0)
    pace.see(step(2), 137.0)
    assert pace.ahead(137.0, 0) == pace.step == 7.0
    assert pace.ahead(137.0, 4) == 7.0, "the check is far"
    pace.see(step(23), 140.0)
    assert pace.ahead(140.0, 4) == 7.0 + slices.CHECK_SECONDS
    pace.see(Tried("train", 25, 100, 0.5, ("SELECT 1",)), 142.0)
    pace.see(step(25), 160.0)
    assert (pace.check, pace.step) == (13.0, 7.0), "a step with a check is no measure of a step"
    later = pace.begin(500.0)
    later.see(step(26), 512.0)
    assert (later.loading, pace.loading, later.step) == (12.0, 30.0, 7.0)


def test_a_small_rest_of_the_quota_is_asked_for_only_where_steps_fit() -> None:
    pace = Pace(loading=20.0, step=2.0)
    assert pace.fitting(45.9, 0) == 35 and pace.fitting(39.0, 0) == 0.0 and pace.fitting(-5.0, 0) == 0.0
    assert pace.slices(100) == 7 and Pace().slices(100) == 0 and Pace(loading=60.0, step=1.0).slices(9) == 0


def test_the_factor_is_where_we_look_for_it() -> None:
    from spaces.zero.config import get_config

    assert get_config()["duration_factor"] >= 1 and zerogpu.factor() == slices.TODAYS_FACTOR
