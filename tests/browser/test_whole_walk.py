"""The whole walk through real training, scoring, sharing and asking, with a base so tiny that it learns in seconds.

In English on a desk, with a reload, a stop and questions of one's own; in Japanese on a phone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.walker import Walk, jsonl
from tests.parrot import parrot_base

pytestmark = pytest.mark.browser

SALES, VISITS = "SELECT COUNT(*) FROM sales", "SELECT COUNT(*) FROM visits"
QUESTIONS = {
    "en": (
        *("How many sales were there?", "number of sales", "count all transactions"),
        *("How often was something sold?", "total of all rows", "How large is our table of sales?"),
        *("sales ever made", "What is the overall number of purchases?", "entries in the sales table"),
        *("Tell me how many transactions we have.", "quantity of receipts", "size of the list"),
    ),
    "ja": (
        *("訪問は何件ありますか？", "アクセス数", "記録された行の総数は？"),
        *("これまでの来訪回数を教えて", "全部で何回？", "件数を数えてください"),
    ),
}
OTHERS = {
    "en": {
        "What is the average price?": "SELECT AVG(price) FROM sales",
        "dearest sale": "SELECT MAX(price) FROM sales",
    },
    "ja": {"平均滞在秒数は？": "SELECT AVG(seconds) FROM visits", "最長の滞在": "SELECT MAX(seconds) FROM visits"},
}
DDL = "CREATE TABLE visits (id INTEGER PRIMARY KEY, place TEXT NOT NULL, seconds INTEGER NOT NULL);"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base that can learn to count two tables."""
    return parrot_base(tmp_path_factory.mktemp("models") / "parrot", [SALES, VISITS])


@pytest.fixture
def walk(request: pytest.FixtureRequest, chromium: Any, address: str) -> Iterator[Walk]:
    language, width = request.param
    visit = Visit(chromium, address, viewport={"width": width, "height": 850}, locale="en-US", accept_downloads=True)
    visit.open(f"?lang={language}")
    yield Walk(visit, language)
    visit.close()


@pytest.mark.parametrize("walk", [("en", 1280)], indirect=True)
def test_from_a_sample_to_an_answer_with_a_stop_on_the_way(walk: Walk, base: Path, tmp_path: Path) -> None:
    walk.choose("schema.start_sales")
    walk.page.locator("#ddl .cm-content", has_text="sale_date").wait_for()
    walk.page.locator("#read-schema").click()
    walk.page.locator("#to-dataset").click()
    walk.paste([*((question, SALES) for question in QUESTIONS["en"]), *OTHERS["en"].items()])
    walk.page.locator("#to-train").click()
    _train_with_a_stop(walk, base)
    walk.page.locator("#to-scores").click()
    _score(walk)
    _score_own_questions(walk, tmp_path / "own.jsonl")
    walk.page.locator("#to-share").click()
    _share(walk, tmp_path)
    walk.visit.tab(5)
    walk.ask("How many sales were there?")
    assert walk.page.locator("#written pre.sql").inner_text() == SALES
    assert walk.page.locator("#rows td").all_inner_texts() == ["80"]
    walk.look("ask")
    _edit_and_run(walk, "SELECT DISTINCT product_name FROM sales WHERE price > 200")
    walk.ask("How many sales were there in all?")
    assert walk.page.locator("#written .who b").inner_text() == "Tuned"
    assert walk.page.locator("#beside .who b").inner_text() == "Base"


def _train_with_a_stop(walk: Walk, base: Path) -> None:
    """Train one pair a step; reload, stop and resume on the way."""
    walk.set_up_training(base, 1)
    walk.press("train.start")
    walk.page.wait_for_selector("#train-picture .prog")
    walk.visit.come_back()
    page = walk.page
    walk.visit.tab(2)
    walk.wait_for_steps()
    assert page.locator("#base input").input_value() == str(base)
    walk.look("train-running")
    walk.press("train.stop")
    page.wait_for_selector("#train:visible")
    assert re.search(r"Stopped at step \d+ of \d+\. Saved\.", walk.told())
    assert walk.visit.filled() == ["Resume training"]
    walk.look("train-stopped")
    stopped_at = _step(page)
    walk.press("train.resume")
    page.wait_for_selector("#to-scores:visible")
    assert walk.told().startswith("Trained in")
    assert _step(page) > stopped_at
    assert "parrot, tuned" in page.locator(".facts").inner_text()
    walk.look("train")


def _step(page: Any) -> int:
    return int(page.locator("#train-picture .metrics dd").nth(1).inner_text().split("/")[0])


def _score(walk: Walk) -> None:
    walk.page.locator("#score").click()
    walk.page.wait_for_selector("#to-share:visible")
    picture = walk.page.locator("#scores-picture").inner_text()
    for said in ("95% interval · n = 1", "0–79", "on every one of 6 databases", "Greedy decoding on", "float"):
        assert said in picture
    walk.unfold("scores.each")
    walk.page.locator(".each summary").click()
    each = walk.page.locator(".each details[open]")
    assert each.locator("h4").all_inner_texts()[0] == "Gold"
    assert each.locator("summary b").inner_text() in OTHERS["en"]
    walk.look("scores")


def _score_own_questions(walk: Walk, file: Path) -> None:
    file.write_text(jsonl([(question.lower(), SALES) for question in QUESTIONS["en"]]))
    walk.unfold("page.advanced")
    walk.choose("scores.own")
    with walk.page.expect_file_chooser() as chooser:
        walk.press("scores.upload_questions")
    chooser.value.set_files(file)
    walk.page.get_by_text("own.jsonl").wait_for()
    walk.press("scores.again")
    walk.page.locator(".interval.tuned", has_text="100%").wait_for()
    walk.page.wait_for_selector("#to-share:visible")
    assert "n = 12" in walk.page.locator("#scores-picture").inner_text()
    assert "0% → 100%" in walk.page.locator(".fact-accuracy").inner_text()
    walk.look("scores-own")


def _share(walk: Walk, folder: Path) -> None:
    walk.press("share.pack")
    walk.page.wait_for_selector("#download:visible")
    with walk.page.expect_download() as download:
        walk.page.locator("#download").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".zip"
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        assert {"README.md", "adapter/adapter_config.json"} <= set(packed.namelist())
    walk.look("share")


def _edit_and_run(walk: Walk, sql: str) -> None:
    walk.unfold("ask.edit")
    walk.visit.write("#edit-sql", sql)
    walk.press("ask.run")
    walk.page.locator("#rows th", has_text="product_name").wait_for()
    assert set(walk.page.locator("#rows td").all_inner_texts()) == {"Laptop", "Monitor", "Tablet"}
    assert walk.page.locator("#written .who b").inner_text() == "Your SQL"
    walk.look("ask-edited")


@pytest.mark.parametrize("walk", [("ja", 390)], indirect=True)
def test_the_same_in_japanese_on_a_phone_with_a_schema_of_ones_own(walk: Walk, base: Path, tmp_path: Path) -> None:
    page = walk.page
    walk.choose("schema.start_own")
    page.locator("#ddl .cm-content", has_not_text="CREATE").wait_for()
    walk.visit.write("#ddl", DDL)
    walk.page.locator("#read-schema").click()
    page.locator("#schema-picture", has_text="visits").wait_for()
    walk.look("schema")
    page.locator("#to-dataset").click()
    walk.paste([*((question, VISITS) for question in QUESTIONS["ja"]), *OTHERS["ja"].items()])
    page.locator("#to-train").click()
    walk.set_up_training(base, 2)
    walk.press("train.start")
    walk.wait_for_steps()
    walk.look("train-running")
    page.wait_for_selector("#to-scores:visible")
    walk.look("train")
    page.locator("#to-scores").click()
    page.locator("#score").click()
    page.wait_for_selector("#to-share:visible")
    walk.unfold("scores.each")
    walk.look("scores")
    page.locator("#to-share").click()
    _share(walk, tmp_path)
    walk.visit.tab(5)
    walk.ask("訪問は何件ありますか？")
    assert page.locator("#written pre.sql").inner_text() == VISITS
    assert page.locator("#rows td").count() == 1
    walk.look("ask")


@pytest.mark.parametrize("walk", [("en", 1280)], indirect=True)
def test_a_base_that_cannot_be_had_is_told_with_what_to_do(walk: Walk) -> None:
    walk.visit.tab(2)
    walk.page.locator("#base input").fill("nobody/nothing")
    walk.page.keyboard.press("Enter")
    walk.page.locator("#train").click()
    alert = walk.page.get_by_role("alert")
    alert.wait_for()
    said = alert.inner_text()
    assert "nobody/nothing could not be loaded" in said
    assert "Choose SmolLM2-135M, which needs no Hub, or check the id." in said
    walk.page.wait_for_selector("#train:visible")
    walk.look("train-error")
