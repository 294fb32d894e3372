"""The Scores tab's pictures from plain reports: what they say, in both languages, and that nothing in them is markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.evaluation.report import Question, Report
from pipeline.evaluation.statistics import wilson
from pipeline.records import Score
from space.i18n import Words
from space.view import scores
from space.view.html import SHOWN_ROWS

EVIL = '<img src=x onerror="alert(1)"> ${1+1} {{value}} {0} {name} %s \''
EN, JA = Words("en"), Words("ja")
KINDS = {"r": "", "w": "wrong-rows", "u": "unknown-name", "o": "does-not-run"}


def report(base: str, tuned: str, **questions: str) -> Report:
    """A report of questions whose answers have these kinds, a letter of `KINDS` each."""
    given = {model: [KINDS[letter] for letter in letters] for model, letters in (("base", base), ("tuned", tuned))}
    asked = tuple(
        Question(n, f"q{n}", "SELECT 1", ("one-table", "join")[n % 2], ("orders",), {
            model: {"sql": "SELECT x", "right": not found[n], "failure": found[n], "detail": "x" if found[n] else ""}
            for model, found in given.items() if n < len(found)
        }) for n in range(max(map(len, given.values())))
    )  # fmt: skip
    counts = {model: (sum(not kind for kind in found), len(found)) for model, found in given.items() if found}
    marks = {
        model: Score(model, right / n, right / n, right / n, *wilson(right, n), n, 3, "CPU, 2 cores", 4)
        for model, (right, n) in counts.items()
    }
    return Report("shop", "SmolLM2", questions, {}, marks, asked)


def test_scores_show_n_the_interval_and_what_changed() -> None:
    drawn = scores.scores(report("wrw" * 20, "rwr" * 20), EN)
    assert "n = 60" in drawn and "54–77" in drawn and "Tuned: 67%, 95% interval 54 to 77, n = 60" in drawn
    assert "right on <b>40</b> questions the base misses, and misses <b>20</b> the base gets right (p = 0.013)" in drawn
    assert "学習後だけが正解 <b>40</b>問、学習前だけが正解 <b>20</b>問（p = 0.013）。" in scores.scores(
        report("wrw" * 20, "rwr" * 20), JA
    )
    assert "Interval is ±12 points. About 350 questions" in drawn and "Not proved" not in drawn


def test_what_is_not_proved_is_called_so_and_what_is_worse_too() -> None:
    assert "Not proved yet" in scores.scores(report("wwwr", "rwwr"), EN)
    assert "on <b>1</b> question the base misses" in scores.scores(report("wwwr", "rwwr"), EN)
    assert "worse than its base" in scores.scores(report("r" * 9, "w" * 9), EN)
    close = scores.scores(report("r" * 20 + "w" * 28, "r" * 30 + "w" * 18), EN)
    assert "(p = 0.002)" in close and "The intervals overlap, but question by question" in close
    assert "まだ差があるとはいえません" in scores.scores(report("wwwr", "rwwr"), JA)


def test_while_scoring_an_interval_starts_as_wide_as_can_be_and_no_conclusion_is_drawn() -> None:
    assert scores.scores(None, EN, running=True).count('style="left:0;width:100%"') == 2
    half = scores.scores(report("wwr", ""), EN, running=True)
    assert half.count('style="left:0;width:100%"') == 1 and "n = 3 / 0" in half
    assert "Tuned: no answer yet" in half and "points" not in half


def test_misses_are_named_with_their_number_and_an_old_run_with_its_own_word() -> None:
    drawn = scores.misses(report("wwwu", "rrwu"), EN)
    assert 'aria-label="wrong rows 3, unknown name 1"' in drawn and "does not run" not in drawn
    old = scores.misses(report("wwoo", "rrwo"), JA)
    assert "実行できない" in old and "存在しない名前" not in old


def test_shares_by_level_and_table_stand_beside_their_number() -> None:
    found = report("wwwr", "rwwr")
    assert scores.levels(found, EN).count("<small>n = 2</small>") == 2 and "join or group" in scores.levels(found, EN)
    assert "orders" in scores.tables(found, EN) and "n = 4" in scores.tables(found, EN)


def test_questions_are_chosen_by_the_tuned_answer_and_by_a_difference() -> None:
    found = report("wrwr", "rwwr")
    numbers = {which: [each.number for each in scores.chosen(found, which)] for which in scores.CHOICES}
    assert numbers == {"all": [0, 1, 2, 3], "right": [0, 3], "wrong": [1, 2], "differ": [0, 1]}
    assert [each.number for each in scores.chosen(report("wr", ""), "right")] == [1]
    drawn = scores.each_question(found, EN, "differ")
    assert "2 of 4 questions" in drawn and drawn.count("<details>") == 2
    assert "No such question" in scores.each_question(report("r", "r"), EN, "wrong")


def test_how_answers_were_compared_is_told_with_whose_questions_and_on_what() -> None:
    drawn = scores.how(report("w", "r", questions="mine.jsonl"), EN)
    for said in ("Questions: mine.jsonl.", "on every one of 4 databases", "3 questions without an answer", "2 cores"):
        assert said in drawn


EVIL_ANSWER = {"sql": EVIL, "right": False, "failure": "error", "detail": EVIL}
EVIL_REPORT = Report(
    EVIL, EVIL, {"questions": EVIL}, {}, {"base": Score("base", 0.1, 0.1, 0.1, 0.05, 0.2, 10, 1, EVIL)},
    (Question(0, EVIL, EVIL, "join", (EVIL,), {"base": EVIL_ANSWER}),),
)  # fmt: skip


@pytest.mark.parametrize("draw", [scores.tables, scores.how, scores.each_question])
@pytest.mark.parametrize("words", [EN, JA])
def test_a_hostile_name_stays_text(draw: Callable[[Report, Words], str], words: Words) -> None:
    drawn = draw(EVIL_REPORT, words)
    assert "<img" not in drawn and 'onerror="' not in drawn
    assert "&lt;img src=x" in drawn


def test_a_long_list_of_questions_is_cut_and_says_so() -> None:
    drawn = scores.each_question(report("w" * 300, "r" * 300), EN)
    assert drawn.count("<details>") == SHOWN_ROWS and "The first 200. The report has all of them." in drawn


def test_a_wrong_answer_says_what_was_wrong_with_it() -> None:
    drawn = scores.each_question(report("u", "r"), JA)
    assert '存在しない名前 (<code translate="no">x</code>)' in drawn
    late = Question(
        0, "q", "s", "join", (), {"base": {"sql": "s", "right": False, "failure": "error", "detail": "timeout"}}
    )
    assert "実行時エラー (5秒で打ち切り)" in scores.each_question(replace(report("w", ""), questions=(late,)), JA)
