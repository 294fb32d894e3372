"""The walk of a newcomer, in a real browser against a real server: Schema → Dataset → what the other tabs say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Visit]:
    opened = Visit(chromium, address, viewport={"width": 1280, "height": 900}, locale="en-US")
    yield opened
    opened.close()


def test_a_newcomer_reads_the_shop_and_writes_pairs_offline(visit: Visit) -> None:
    page = visit.page
    visit.open()
    assert page.get_by_role("tab", selected=True).inner_text() == "Schema"
    assert visit.filled() == ["Write pairs"]  # the recorded run is shown
    page.locator("#read-schema").click()
    page.locator(".fact-run", has_text="shop-01").wait_for()
    page.wait_for_selector(".diagram svg")
    assert visit.filled() == ["Write pairs"]
    assert "9 tables" in page.locator(".facts").inner_text()
    visit.shoot("schema")
    page.get_by_role("button", name="Write pairs").click()
    page.wait_for_selector("#write-pairs")
    assert page.get_by_role("tab", selected=True).inner_text() == "Dataset"
    page.locator("input[type=number]:visible").first.fill("40")
    page.locator("input[type=number]:visible").first.press("Enter")
    page.locator("#write-pairs").click()
    page.wait_for_selector("#to-train:visible", timeout=90_000)
    kept = int(re.findall(r"(\d+) of \d+ pairs kept", page.locator(".notice.done").inner_text())[0])
    assert kept >= 40
    assert visit.filled() == ["Train on these pairs"]
    assert page.locator("#pairs tbody tr").count() >= kept
    visit.shoot("dataset")


def test_a_reload_and_a_second_tab_show_the_same_run(visit: Visit) -> None:
    visit.open()
    visit.tab(1)
    first = visit.page.locator(".facts").inner_text()
    assert "shop-01" in first
    other = visit.context.new_page()
    other.goto(visit.address + "?run=shop-01")
    other.wait_for_selector(".diagram svg")
    assert other.locator(".facts").inner_text() == first
    other.close()


def test_pairs_are_searched_and_the_dropped_can_be_looked_at(visit: Visit) -> None:
    page = visit.page
    visit.open()
    visit.tab(1)
    everything = page.locator("#pairs tbody tr").count()
    page.locator("#pairs .kept button").first.press("Enter")
    page.get_by_text("Kept", exact=True).and_(page.locator(".filter label span")).click()
    page.wait_for_function("!document.querySelector('#pairs .dropped')")
    page.locator(".pairpanel pre.sql").wait_for()  # the list is drawn anew, and the pair still open
    page.locator("#pairs .kept.picked").wait_for()
    page.locator("#find textarea, #find input").fill("count(*)")
    page.wait_for_function(f"document.querySelectorAll('#pairs tbody tr').length < {everything}")
    page.locator("#find textarea, #find input").fill("no pair says this")
    page.get_by_text("No pair matches.").wait_for()


def test_a_pair_is_edited_proved_again_and_dropped(visit: Visit) -> None:
    page = visit.page
    visit.open()
    visit.tab(1)
    page.locator("#pairs .kept").first.click()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.locator("#pair-sql textarea").fill("SELECT nothing FROM nowhere")
    page.get_by_role("button", name="Prove it again").click()
    page.locator(".pairpanel [role=alert]", has_text="Not proved: Unknown table or column.").wait_for()
    visit.shoot("pair-refused")
    page.locator(".pairpanel textarea").first.fill("Which different cities have a store?")
    page.locator("#pair-sql textarea").fill("SELECT DISTINCT city FROM stores")
    page.get_by_role("button", name="Prove it again").click()
    page.locator(".pairpanel h3", has_text="Which different cities have a store?").wait_for()
    page.get_by_role("button", name="Drop", exact=True).click()
    page.locator("#pairs .dropped.picked", has_text="Dropped by hand").wait_for()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator("#pairs .kept.picked").wait_for()
    assert visit.filled() == ["Train on these pairs"]


def test_each_later_tab_says_what_is_missing_and_has_one_filled_button(visit: Visit) -> None:
    visit.open()
    said, filled = [], []
    for number in range(2, 6):
        visit.tab(number)
        said.append(visit.page.locator(".empty:visible, .notice:visible").first.inner_text())
        filled.append(visit.filled())
        visit.shoot(f"tab-{number}")
    assert "Nothing trained yet" in said[0]
    assert "No tuned model to score yet" in said[1]
    assert "Nothing to share yet" in said[2]
    assert "There is no tuned model yet: the base answers." in said[3]
    assert filled == [["Train the model"], ["Train the model"], ["Train the model"], ["Ask"]]


def test_switching_to_japanese_changes_every_word_of_the_frame(visit: Visit) -> None:
    page = visit.page
    visit.open()
    page.get_by_text("日本語", exact=True).first.click()
    page.get_by_role("tab", name="スキーマ").wait_for()
    assert page.evaluate("document.documentElement.lang") == "ja"
    for number in range(6):
        visit.tab(number)
        visit.open_folds()
        visit.speaks_japanese()
        visit.shoot(f"ja-{number}")


def test_a_japanese_browser_and_an_address_open_the_page_in_japanese(chromium: Any, address: str) -> None:
    for locale, query in (("ja-JP", ""), ("en-US", "?lang=ja")):
        visit = Visit(chromium, address, locale=locale)
        visit.open(query)
        visit.page.get_by_role("tab", name="スキーマ").wait_for()
        assert visit.page.evaluate("document.documentElement.lang") == "ja"
        visit.close()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ja", "dark")])
def test_a_phone_shows_all_tabs_in_one_row_and_never_scrolls_sideways(
    chromium: Any, address: str, language: str, theme: str
) -> None:
    visit = Visit(chromium, address, viewport={"width": 390, "height": 844}, locale="en-US")
    visit.open(f"?lang={language}&__theme={theme}")
    visit.page.wait_for_function(f"document.documentElement.lang === '{language}'")
    tops = {round(tab.bounding_box()["y"]) for tab in visit.page.get_by_role("tab").all()}
    assert len(tops) == 1
    for number in range(6):
        visit.tab(number)
        visit.fits(390)
        visit.shoot(f"phone-{theme}-{language}-{number}")
    visit.close()


def test_a_wrong_schema_is_told_at_the_top_with_its_line(visit: Visit) -> None:
    page = visit.page
    visit.open()
    page.get_by_text("My own", exact=True).click()
    page.locator("#ddl .cm-content", has_not_text="CREATE").wait_for()
    visit.write("#ddl", "CREATE TABLE a (id INTEGER);\nCREATE TABLE a (id INTEGER);")
    page.locator("#read-schema").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "Line 2: the table a is defined twice." in alert.inner_text()
    visit.shoot("schema-error")


def test_arrow_keys_move_between_the_tabs(visit: Visit) -> None:
    visit.open()
    tabs = visit.page.get_by_role("tab")
    tabs.first.focus()
    for key, place in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", 5), ("ArrowRight", 0)):
        visit.page.keyboard.press(key)
        visit.page.wait_for_function(
            "place => document.querySelectorAll('[role=tab]')[place].ariaSelected === 'true'", arg=place
        )
        assert tabs.nth(place).evaluate("tab => tab === document.activeElement")
