"""Other questions in Claude's words over HTTP: what is asked, what comes of it, what it costs, and what is kept."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, ExtendConfig, GateConfig, InstanceConfig
from pipeline.errors import UserError
from pipeline.hub.dataset_card import dataset_card
from pipeline.records import Done, Event, JudgedPair, Spent
from pipeline.store import Store
from tests.claude_server import KEY, SHOP, ClaudeServer

LINES = (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[:15]
PASTED = DatasetConfig(
    "pasted", heldout_share=0.0, instances=InstanceConfig(count=3, rows=25), gate=GateConfig(mutants=0)
)
TWO = ExtendConfig(values=0, paraphrases=2, teacher="claude", languages=("en",))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store.create(tmp_path_factory.mktemp("written"))
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, PASTED, "\n".join(LINES)))
    store.close()
    return store.folder


@pytest.fixture
def shop(written: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(written, tmp_path / "shop")
    with closing(Store.open(tmp_path / "shop")) as store:
        yield store


def made(store: Store) -> list[JudgedPair]:
    return [one for one in store.pairs() if one.pair.source == "paraphrase"]


def done(events: list[Event]) -> Done:
    last = events[-1]
    assert isinstance(last, Done)
    return last


def test_each_sql_gets_its_questions_twelve_rows_a_request(shop: Store, server: ClaudeServer) -> None:
    originals = shop.pairs(ok=True)
    number = len({one.pair.sql for one in originals})
    events = list(run.extend(shop, TWO, key=KEY))
    kept = [one for one in made(shop) if one.verdict.ok]
    assert done(events).result["paraphrased"] == len(kept) >= 1.5 * number
    assert len(server.calls) == math.ceil(number / 12)
    by_id = {one.id: one for one in originals}
    for one in kept:
        original = by_id[one.certificate["of"]]
        assert one.pair.sql == original.pair.sql and one.template == original.template and one.split == original.split
        assert one.certificate["by"] == "claude" and one.pair.question != original.pair.question
    assert max(Counter(one.pair.sql for one in kept).values()) <= 2
    assert any(isinstance(event, Spent) for event in events) and shop.spent() == pytest.approx(server.bill)
    assert "of them Claude's words" in dataset_card(shop, run.schema_of(shop), "me/pairs")


def test_the_message_shows_question_and_query_in_a_fence_and_the_key_stays_out_of_the_run(
    shop: Store, server: ClaudeServer
) -> None:
    list(run.extend(shop, TWO, key=KEY))
    message = server.calls[0].body["messages"][0]["content"]
    rows = json.loads(message.split("<data>\n")[1].split("\n</data>")[0])["pairs"]
    assert len(rows) == 12 and set(rows["1"]) == {"question", "query"}
    assert "write 2 other questions in English" in message
    assert all(KEY.encode() not in file.read_bytes() for file in shop.folder.rglob("*") if file.is_file())


def test_the_other_language_is_asked_for_in_requests_of_its_own(shop: Store, server: ClaudeServer) -> None:
    both = ExtendConfig(values=0, paraphrases=2, teacher="claude", languages=("en", "ja"))
    list(run.extend(shop, both, key=KEY))
    messages = [call.body["messages"][0]["content"] for call in server.calls]
    assert sum("in Japanese" in message for message in messages) * 2 == len(messages)
    assert {one.pair.language for one in made(shop) if one.verdict.ok} == {"en", "ja"}


def test_a_second_call_pays_nothing_and_adds_nothing(shop: Store, server: ClaudeServer) -> None:
    list(run.extend(shop, TWO, key=KEY))
    before, calls = shop.pairs(), len(server.calls)
    assert done(list(run.extend(shop, TWO, key=KEY))).result["paraphrased"] == 0
    assert shop.pairs() == before and len(server.calls) == calls


def test_what_was_paid_for_before_a_stop_is_judged_by_the_next_call(shop: Store, server: ClaudeServer) -> None:
    events = list(run.extend(shop, TWO, lambda: len(made(shop)) >= 3, KEY))
    assert done(events).stopped and len(made(shop)) == 3
    calls = len(server.calls)
    assert done(list(run.extend(shop, TWO, key=KEY))).result["paraphrased"] > 10
    assert len(server.calls) - calls <= 1  # what was under way at the stop may be asked again
    questions = [(one.pair.question, one.pair.sql) for one in shop.pairs()]
    assert len(questions) == len(set(questions))


def test_a_cap_that_is_reached_is_told_and_what_was_judged_stays(shop: Store, server: ClaudeServer) -> None:
    list(run.extend(shop, TWO, key=KEY))
    before = shop.pairs()
    with pytest.raises(UserError, match="Raise the cap") as refused:
        list(run.extend(shop, replace(TWO, paraphrases=6, max_dollars=1.05 * server.bill), key=KEY))
    assert KEY not in str(refused.value) and shop.pairs() == before
    assert run.status(shop, "dataset").state == "failed"


def test_the_estimate_counts_requests_and_grows_with_the_number(shop: Store) -> None:
    few, many = (run.estimate_extend(shop, replace(TWO, paraphrases=number)) for number in (2, 6))
    assert few.requests == many.requests == math.ceil(len({one.pair.sql for one in shop.pairs(ok=True)}) / 12)
    assert 0 < few.dollars < many.dollars < 1


@pytest.mark.parametrize("config", [
    ExtendConfig(paraphrases=1, teacher="pasted"), ExtendConfig(paraphrases=1, teacher="claude", max_dollars=0),
    ExtendConfig(paraphrases=1, teacher="claude", model="none"),
])  # fmt: skip
def test_wrong_settings_and_no_key_are_refused_at_once(shop: Store, config: ExtendConfig) -> None:
    with pytest.raises(UserError):
        run.extend(shop, config, key=KEY)
    with pytest.raises(UserError):
        run.extend(shop, TWO)
    assert run.status(shop, "dataset").state == "done"
