"""What is told before the first request, with a key and without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.dataset.claude.blueprints import draw
from pipeline.dataset.claude.estimate import tokens_at_most
from pipeline.dataset.claude.request import build
from pipeline.errors import UserError
from pipeline.store import Store
from tests.claude_server import KEY, ClaudeServer, tokens
from tests.pipeline.dataset.claude.conftest import SCHEMA

CLAUDE = DatasetConfig("claude", pairs=360, sql_first=0.0, unanswerable=0.0)


@pytest.fixture
def shop(store: Store) -> Store:
    list(run.read_example(store, "shop"))
    return store


def test_with_a_key_claude_counts_and_without_one_length_decides(server: ClaudeServer, shop: Store) -> None:
    counted, judged = run.estimate_dataset(shop, CLAUDE, KEY), run.estimate_dataset(shop, CLAUDE)
    assert counted.counted and not judged.counted and server.counted == 1 and not server.calls
    assert counted.requests == judged.requests == 40 and counted.output_tokens == 40 * 1200
    assert 0.02 < counted.dollars < 0.05
    assert judged.dollars == pytest.approx(counted.dollars, rel=0.5)
    assert run.estimate_dataset(shop, DatasetConfig("claude", model="claude-opus-5-5", pairs=360)).dollars > 1


def test_two_languages_are_counted_both(server: ClaudeServer, shop: Store) -> None:
    both = run.estimate_dataset(shop, replace(CLAUDE, languages=("en", "ja")), KEY)
    assert both.counted and server.counted == 2 and both.requests == 40


def test_questions_without_an_answer_are_more_requests_and_sql_of_ours_less_output(shop: Store) -> None:
    plain, worded, more = (
        run.estimate_dataset(shop, replace(CLAUDE, sql_first=first, unanswerable=share))
        for first, share in ((0.0, 0.0), (1.0, 0.0), (0.0, 0.1))
    )
    assert worded.requests == plain.requests == 40 and more.requests == 45
    assert worded.dollars < 0.8 * plain.dollars < plain.dollars < more.dollars


def test_a_refused_key_is_told_and_one_that_cannot_reach_claude_is_judged_by_length(
    server: ClaudeServer, shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="refused the key"):
        run.estimate_dataset(shop, CLAUDE, "sk-wrong")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    assert not run.estimate_dataset(shop, CLAUDE, KEY).counted


@pytest.mark.parametrize("counted", [True, False])
def test_no_prompt_has_more_tokens_than_are_reserved(counted: bool) -> None:
    first = build(SCHEMA, CLAUDE.model, draw(SCHEMA, 7, 0, ("en",)))
    size = tokens(str(first.params["system"]) + str(first.params["messages"]))
    for number in range(40):
        request = build(SCHEMA, CLAUDE.model, draw(SCHEMA, 7, number, ("en",)))
        now = tokens(str(request.params["system"]) + str(request.params["messages"]))
        assert now <= tokens_at_most(request, {"en": (first, size if counted else None)})


def test_a_run_of_an_earlier_version_has_no_replies_and_opens(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "old")
    store._db["replies"].drop()
    store.close()
    again = Store.open(tmp_path / "old")
    assert again.replies() == [] and again.spent() == 0
    again.close()
