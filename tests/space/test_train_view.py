"""The Train tab's pictures from plain events: one training, several in one plot, what is learned."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.student.preview import Piece
from space.i18n import Words
from space.view import compare, learned, train
from space.view.curves import LETTERS, loss_plot
from space.view.train import Training

EN, JA = Words("en"), Words("ja")
EVIL = '<img src=x onerror="alert(1)"> {0} {name} %s'


def step(number: int, loss: float = 1.0, steps: int = 72) -> dict[str, Any]:
    return {
        "step": number, "steps": steps, "epoch": 3 * number / steps, "loss": loss, "tokens_per_second": 1840.4,
        "seconds_left": 240.0, "id": number,
    }  # fmt: skip


def check(number: int, right: int = 0, n: int = 0, best: bool = False, **more: Any) -> dict[str, Any]:
    told = {"step": number, "steps": 72, "loss": 0.5, "right": right, "n": n, "best": best, "id": number + 0.5}
    return told | more


def training(upto: int = 72, *checks: dict[str, Any], **more: Any) -> Training:
    return Training(more.pop("run", "shop-01"), [step(n, 2.0 - n / 40) for n in range(1, upto + 1)], checks, **more)


def text(markup: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", markup).split())


def test_a_training_that_goes_on_replaces_the_steps_it_repeats() -> None:
    first, again = [step(n) for n in range(1, 39)], [step(n, 0.5) for n in range(21, 60)]
    kept = train.one_training(first + again)
    assert [each["step"] for each in kept] == list(range(1, 60))
    assert train.one_training(first + [step(1, steps=10)]) == [step(1, steps=10)]


def test_a_check_of_a_step_that_is_repeated_or_of_another_training_is_gone() -> None:
    steps = [step(n) | {"id": n} for n in range(1, 21)] + [step(n) | {"id": 100 + n} for n in range(21, 41)]
    kept, lost, again = check(18, id=19.5), check(36, id=50), check(36, 9, 24, id=136.5)
    assert train.checks_of(steps, [kept, lost]) == [kept]
    assert train.checks_of(steps, [kept, lost, again]) == [kept, again]
    assert train.checks_of(steps, [check(18, steps=10, id=150)]) == []
    assert train.checks_of([step(n) | {"id": 200 + n} for n in range(1, 30)], [kept]) == []
    assert train.checks_of([], [kept]) == []


def test_the_loss_curve_ends_where_the_training_is_and_speaks() -> None:
    drawn = loss_plot([training(36)], EN)
    x = float(re.findall(r'<b style="left:([\d.]+)%', drawn)[0])
    assert x == pytest.approx(100 * 35 / 71, abs=0.01)
    assert "Loss fell from 1.98 to 1.10 by step 36" in drawn
    assert loss_plot([Training("a", [step(1, 0.0, steps=1)])], EN)  # one step, no loss: still a picture


def test_held_out_checks_are_dots_on_a_dashed_line_with_the_kept_one_ringed() -> None:
    drawn = loss_plot([training(60, check(18, 9, 24, loss=3.0), check(36, 17, 24, True))], EN)
    assert drawn.count("<polyline") == 2 and drawn.count('<u class="c0') == 2 and drawn.count("best") == 1
    assert "9/24" in drawn and "17/24" in drawn and "on held-out pairs 3.00, 0.50" in drawn
    tops = [float(each) for each in re.findall(r'<u class="c0[^"]*" style="left:[\d.]+%;top:([\d.]+)%', drawn)]
    assert 0 <= tops[0] < tops[1] <= 100, "the axis holds the highest held-out loss too"
    assert "held-out pairs" not in loss_plot([training(60)], EN)


def test_several_trainings_are_told_apart_by_letters_as_well_as_by_colours() -> None:
    others = [training(40, check(36), run=f"shop-0{n}") for n in range(2, 7)]
    drawn = loss_plot([training(72), *others], EN)
    letters = re.findall(r'<em class="c(\d)" style="left:[\d.]+%;top:(-?[\d.]+)%">(\w)</em>', drawn)
    assert sorted(letter for _, _, letter in letters) == list(LETTERS)
    tops = sorted(float(top) for _, top, _ in letters)
    assert all(b - a > 6.9 for a, b in zip(tops, tops[1:], strict=False)), "letters do not lie on each other"
    assert "shop-06: loss from 1.98 to 1.00 by step 40, on held-out pairs 0.50" in drawn


def test_the_right_answers_come_with_their_count_interval_and_comparison() -> None:
    running = training(60, check(18, 9, 24, True), check(36, 17, 24, True))
    said = text(train.held_out(running, 6, EN))
    assert "17 of 24 held-out questions right at step 36, rows equal on 6 databases; loss 0.50." in said
    assert "71% 51–85" in said and "Step 36 is the one kept so far." in said
    assert "24問中17問正解" in text(train.held_out(running, 6, JA))
    assert "on every database" in text(train.held_out(running, 0, EN))
    assert train.held_out(training(60), 6, EN) == ""


def test_which_step_is_kept_is_told_with_the_reason() -> None:
    checks = check(36, 21, 24, True), check(54, 15, 24), check(72, 12, 24)
    earlier = text(train.held_out(training(72, *checks, result={"kept_step": 36}), 6, EN))
    assert "21 of 24" in earlier and "Step 36 of 72 is kept" in earlier and "the final score counts them too" in earlier
    assert "The last check, at step 72, had 12 of 24 right" in earlier
    last = text(train.held_out(training(72, *checks, result={"kept_step": 72}), 6, EN))
    assert "12 of 24" in last and "The last step, 72, is kept" in last and "counts them" not in last
    ended = {"kept_step": 54, "early": True}
    early = text(train.held_out(training(54, *checks[:2], result=ended, settings={"patience": 2}), 6, EN))
    assert "Ended early: 2 checks in a row" in early


def test_a_loss_alone_has_no_interval() -> None:
    drawn = train.held_out(training(60, check(36, best=True)), 6, EN)
    assert "Loss on the held-out pairs 0.50 at step 36." in drawn and "interval" not in drawn


def test_the_table_lists_what_each_training_was_and_came_to() -> None:
    result = {"seconds": 192, "hardware": "AMD EPYC, 2 cores, bfloat16", "kept_step": 72}
    settings = {"rank": 32, "learning_rate": 7e-4, "epochs": 8.0}
    whole = training(72, check(72, 20, 24, True), settings=settings, result=result, base="SmolLM2-135M")
    drawn = compare.table([whole, training(5, run=EVIL)], EN)
    cells = re.findall(r"<td>(.*?)</td>", drawn)
    assert cells[:10] == [
        "SmolLM2-135M", "32", "0.0007", "8", "72 / 72", "0.200", "0.500", "20 / 24", "3 min 12 s",
        "AMD EPYC, 2 cores, bfloat16",
    ]  # fmt: skip
    assert cells[10:14] == ["–"] * 4 and "<img" not in drawn
    assert "<img" not in loss_plot([whole, training(5, run=EVIL)], EN)


def test_the_learned_tokens_are_marked_and_counted_and_a_long_schema_is_cut_in_the_middle() -> None:
    schema = "".join(f"CREATE TABLE t{n} (id INTEGER);\n" for n in range(40))
    pieces = [Piece(f"{schema}<|user|>\nHow many?\n", False, 700), Piece(f"SELECT {EVIL}<|end|>", True, 8)]
    drawn = learned.learned([pieces], EN)
    assert "8 of 708 tokens are learned" in drawn and drawn.count("<mark>") == 1 and "<img" not in drawn
    assert "How many?" in drawn and "t0 " in drawn and "t20 " not in drawn and "34 more lines of the schema" in drawn
    short = learned.learned([[Piece("a\nb\n", False, 2), Piece("SELECT 1", True, 2)]], EN)
    assert "more lines" not in short


def test_the_place_in_the_training_is_told_in_both_languages() -> None:
    assert train.where(step(38), EN) == "Epoch 2 of 3 · step 38 of 72 · about 4 min left"
    assert train.where(step(38), JA) == "エポック 2/3 · ステップ 38/72 · 残り約4分"
