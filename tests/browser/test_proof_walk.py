"""What proves the pairs, on the page: altered queries told apart, the blind audit, and a schema that changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.walker import Walk

pytestmark = pytest.mark.browser

DDL = """CREATE TABLE owners (owner_id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT, phone TEXT);
CREATE TABLE pets (pet_id INTEGER PRIMARY KEY, name TEXT NOT NULL, weight REAL,
  owner_id INTEGER REFERENCES owners (owner_id));"""
ASKED = {
    "en": ("How many pets are there?", "The average weight of the pets", "Names of the pets heavier than 4",
           "How many pets has each owner?", "The phones of the owners", "Names of pets without an owner"),
    "ja": ("ペットは何匹いますか？", "ペットの平均体重", "体重が4を超えるペットの名前",
           "飼い主ごとのペットの数は？", "飼い主の電話番号の一覧", "飼い主のいないペットの名前"),
}  # fmt: skip
ANSWERS = (
    "SELECT COUNT(*) FROM pets", "SELECT AVG(weight) FROM pets", "SELECT name FROM pets WHERE weight > 4",
    "SELECT o.name, COUNT(p.pet_id) FROM owners o LEFT JOIN pets p ON p.owner_id = o.owner_id GROUP BY o.owner_id",
    "SELECT phone FROM owners", "SELECT name FROM pets WHERE owner_id IS NULL",
)  # fmt: skip


@pytest.fixture
def walk(request: pytest.FixtureRequest, chromium: Any, address: str) -> Iterator[Walk]:
    language, width = request.param
    visit = Visit(chromium, address, viewport={"width": width, "height": 850}, locale="en-US")
    visit.open(f"?lang={language}")
    yield Walk(visit, language)
    visit.close()


@pytest.mark.parametrize("walk", [("en", 1280), ("ja", 390)], indirect=True)
def test_pairs_are_proved_audited_and_taken_over_to_a_changed_schema(walk: Walk) -> None:
    page, say = walk.page, walk.say
    walk.visit.write("#ddl", DDL)
    walk.press("schema.read") if page.locator("#read-schema", has_text=say("schema.read")).count() else walk.press(
        "schema.anew"
    )
    page.wait_for_selector("#to-dataset:visible")
    walk.visit.tab(1)
    asked = ASKED[walk.language]
    walk.paste(list(zip(asked, ANSWERS, strict=True)))
    page.locator("#dataset-picture .kills").wait_for()
    page.locator("#pairs tbody tr", has_text=asked[2]).click()
    page.locator(".pairpanel .proof li", has_text=say("certificate.mutants", killed="", all="")[:4]).first.wait_for()
    walk.look("proof-pair")
    walk.press("pairs.close")  # on a phone the open pair lies over the page
    walk.unfold("audit.title")
    page.locator("#audit-begin").click()
    for number in range(1, 7):
        page.locator("#audit", has_text=say("audit.question", n=number, all=6)).wait_for()
        walk.press("audit.right" if number > 1 else "audit.wrong")
    page.locator("#audit", has_text="17%").wait_for()
    walk.look("proof-audit")
    walk.visit.tab(0)
    walk.visit.write("#ddl", DDL.replace("phone TEXT", "mobile TEXT"))
    walk.press("drift.take")
    page.locator("#drift .drift", has_text="5").wait_for(timeout=60_000)
    assert say("reason.unknown-name") in page.locator("#drift").inner_text()
    assert "owners.mobile" in page.locator("#drift").inner_text()
    walk.look("proof-drift")
