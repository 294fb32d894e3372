"""A server that speaks Claude's API, a run with the sample shop's schema, and a teacher on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import DatasetConfig
from pipeline.database.ddl import parse_schema
from pipeline.dataset.claude.pace import Patience
from pipeline.dataset.claude.teacher import ClaudeTeacher, Needs
from pipeline.records import Event, Note, Pair, Spent
from pipeline.store import Store
from tests.claude_server import KEY, SHOP, ClaudeServer

SCHEMA = parse_schema((SHOP / "schema.sql").read_text(encoding="utf-8"))
QUICK = Patience(tries=8, first=0.01, longest=0.2)


@dataclass
class Heard:
    """What a teacher said in one start."""

    pairs: list[Pair] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    stopped: bool = False

    @property
    def questions(self) -> list[str]:
        return [pair.question for pair in self.pairs if pair.question]

    @property
    def notes(self) -> list[Note]:
        return [event for event in self.events if isinstance(event, Note)]

    @property
    def meter(self) -> list[Spent]:
        return [event for event in self.events if isinstance(event, Spent)]


Listen = Callable[..., Heard]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "run")
    yield store
    store.close()


@pytest.fixture
def listen(server: ClaudeServer, store: Store) -> Listen:
    """Runs a teacher: `missing` pairs are wanted, all of them good; `heard` also holds what came before an error."""

    def listen(missing: int = 24, most: int = 1000, patience: Patience = QUICK, **settings: Any) -> Heard:
        heard = settings.pop("heard", None) or Heard()
        key = settings.pop("key", KEY)
        config = DatasetConfig("claude", **{"sql_first": 0.0, "unanswerable": 0.0, **settings})
        needs = Needs(lambda: missing - len(heard.questions), lambda: heard.stopped)
        teacher = ClaudeTeacher(store, config, key, needs, patience)
        for said in teacher.pairs(SCHEMA, most, config.languages):
            if isinstance(said, Pair):
                heard.pairs.append(said)
            else:
                heard.events.append(said)
        return heard

    return listen
