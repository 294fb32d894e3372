"""What a fresh clone shows before anybody has done anything; then Claude through its API, and the Hub, on this machine.

Both outside services are real HTTP servers of the tests. The recorded run is asked with the real SmolLM2-135M. The
pictures of `docs/walk` are these tests': `SCREENSHOTS=docs/walk pytest tests/browser/test_recorded_walk.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit, serve
from tests.browser.walker import Walk
from tests.claude_server import KEY, ClaudeServer
from tests.hub_server import HubServer

pytestmark = pytest.mark.browser
LEFT_BEHIND = "JSON.stringify([{...localStorage}, {...sessionStorage}]) + document.documentElement.outerHTML"
TOKEN = "hf_write"


@pytest.fixture(scope="module")
def claude() -> Iterator[ClaudeServer]:
    server = ClaudeServer(pause=0.02)
    yield server
    server.close()


@pytest.fixture(scope="module")
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        server.tokens[TOKEN] = ("mei", "write")
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fresh")


@pytest.fixture(scope="module")
def fresh(home: Path, claude: ClaudeServer, hub: HubServer) -> Iterator[str]:
    """The page as a fresh clone opens it, beside the two services."""
    with serve(home, ANTHROPIC_BASE_URL=claude.url, HF_ENDPOINT=hub.url, HF_HUB_OFFLINE="0", HF_TOKEN="") as address:
        yield address


@pytest.fixture
def walk(request: pytest.FixtureRequest, chromium: Any, fresh: str) -> Iterator[Walk]:
    language, width = request.param
    visit = Visit(chromium, fresh, viewport={"width": width, "height": 850}, locale="en-US")
    visit.open(f"?lang={language}")
    yield Walk(visit, language)
    visit.close()


EACH = pytest.mark.parametrize("walk", [("en", 1280), ("ja", 1280), ("en", 390), ("ja", 390)], indirect=True)
BOTH = pytest.mark.parametrize("walk", [("en", 1280), ("ja", 390)], indirect=True)


@EACH
def test_a_fresh_clone_opens_with_a_true_report_that_says_what_it_is(walk: Walk) -> None:
    page = walk.page
    assert walk.say("head.recorded") in page.locator(".fact-run").inner_text()
    walk.look("recorded-schema")
    for number, name in ((1, "dataset"), (2, "train"), (3, "scores"), (4, "share"), (5, "ask")):
        walk.visit.tab(number)
        assert len(walk.visit.filled()) == 1
        walk.look(f"recorded-{name}")
    walk.visit.tab(3)
    picture = page.locator("#scores-picture").inner_text()
    assert "n = 198" in picture
    assert walk.say("scores.recorded")[:20] in page.locator(".tabitem:visible").inner_text()


@pytest.mark.slow
@EACH
def test_the_recorded_model_is_asked_beside_its_base_before_anybody_trains(walk: Walk) -> None:
    page = walk.page
    walk.visit.tab(5)
    page.locator(".examples button").first.click()
    page.wait_for_function("document.querySelector('#question textarea, #question input').value")
    page.locator("#ask").click()
    page.wait_for_selector("#stop-asking:visible", timeout=60_000)
    page.wait_for_selector("#stop-asking", state="hidden", timeout=300_000)
    assert "SELECT" in page.locator("#written pre.sql").inner_text().upper()
    assert page.locator("#beside .who b").inner_text() == walk.say("scores.base")
    page.wait_for_selector("#rows td, #rows .notice")
    walk.look("recorded-asked")


@BOTH
def test_claude_writes_pairs_with_the_cost_in_view_and_the_key_stays_nowhere(
    walk: Walk, claude: ClaudeServer, home: Path
) -> None:
    page = walk.page
    page.locator("#read-schema").click()
    page.locator(".fact-pairs", has_text=walk.say("head.not_yet")).wait_for()
    page.locator("#to-dataset").click()
    walk.choose("dataset.claude")
    claude.faults.append("401")
    page.locator("#key input").fill("sk-ant-wrong")
    page.locator("input[type=number]:visible").first.fill("40")
    page.keyboard.press("Tab")
    page.get_by_text("$1.00").first.wait_for()
    page.locator("#write-pairs").click()
    page.get_by_role("alert").wait_for()
    assert "401" in walk.told()
    walk.look("claude-refused")
    page.locator("#key input").fill(KEY)
    page.locator("#write-pairs").click()
    page.wait_for_selector("#to-train:visible", timeout=120_000)
    assert "$" in walk.told()
    assert page.locator("#pairs .kept").count() >= 40
    walk.look("claude-done")
    assert KEY not in page.evaluate(LEFT_BEHIND)
    kept = [file for file in home.rglob("*") if file.is_file()]
    assert kept and not [file for file in kept if KEY.encode() in file.read_bytes()]
    assert claude.bill > 0


@BOTH
def test_the_adapter_reaches_the_hub_and_comes_back_into_another_run(walk: Walk, hub: HubServer, home: Path) -> None:
    page, name = walk.page, f"mei/shop-{walk.language}"
    walk.visit.open(f"?run=shop-00&lang={walk.language}")
    walk.visit.tab(4)
    page.locator("#repo input, #repo textarea").fill(name)
    walk.choose("share.everyone")
    page.locator("#token input").fill(TOKEN)
    walk.press("share.upload")
    page.get_by_text(walk.say("share.uploaded_public", repo=name)[:20]).wait_for(timeout=60_000)
    walk.look("shared")
    assert {"adapter_model.safetensors", "README.md", "schema.sql"} <= hub.files("model", name).keys()
    assert {"data/train.jsonl", "README.md"} <= hub.files("dataset", f"{name}-pairs").keys()
    assert TOKEN not in page.evaluate(LEFT_BEHIND)
    assert not [file for file in home.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    before = page.locator(".fact-run").inner_text()
    walk.visit.tab(5)
    walk.unfold("ask.other")
    page.locator("#adapter-source input, #adapter-source textarea").fill(name)
    page.locator("#load-adapter").click()
    page.wait_for_function("before => document.querySelector('.fact-run').innerText !== before", arg=before)
    assert walk.say("head.recorded") not in page.locator(".fact-run").inner_text()
    assert walk.visit.filled() == [walk.say("ask.ask")]
    walk.look("adapter-opened")
