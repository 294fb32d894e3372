"""`Asker`: Claude's own answers to questions, several in a request, handed on while further requests are under way.

In: the run's store, settings, the key; then questions of one family. Out: answers, notes and the meter, lazily. What was
paid for before is handed on first and free. Limit: a question that a reply left out is not asked twice in one start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Self

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.client import Reply
from pipeline.dataset.claude.estimate import tokens_at_most
from pipeline.dataset.claude.flight import Flight
from pipeline.dataset.claude.line import TICK, Line
from pipeline.dataset.claude.models import worst
from pipeline.dataset.claude.opinion_request import QUESTIONS, about, answers_to, build_opinions
from pipeline.dataset.claude.pace import Patience
from pipeline.dataset.claude.request import Request
from pipeline.errors import UserError
from pipeline.records import Note, Spent
from pipeline.store import Store


@dataclass(frozen=True)
class Answer:
    """What Claude said to a question: its SQL, or what else was asked for."""

    question: str
    text: str


class Asker(Flight[Sequence[str]]):
    """Asks for opinions: one start. Use it in `with`. Who asks for something else overrides the four below."""

    size = QUESTIONS
    """Questions in one request."""

    def about(self, family: str) -> str:
        """What an answer holds for."""
        return about(self.schema, self.config.model, family)

    def request(self, family: str, questions: Sequence[str]) -> Request:
        """The request for these questions."""
        return build_opinions(self.schema, self.config.model, family, questions)

    def found(self, questions: Sequence[str], text: str) -> dict[str, str]:
        """What a reply says, by question."""
        return answers_to(questions, text)

    def __init__(
        self, store: Store, schema: Schema, config: DatasetConfig, key: str, patience: Patience | None = None
    ) -> None:
        """Raises UserError for a key that cannot be one, and for an unknown model."""
        super().__init__(store, config, key, patience)
        self.schema = schema

    def __enter__(self) -> Self:
        self.store.write_off()  # what a killed process had under way
        self._line = Line(self.client.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self.store.write_off()

    def answers(
        self, family: str, questions: Sequence[str], stop: Callable[[], bool]
    ) -> Iterator[Answer | Note | Spent]:
        """Answers to the questions in any order, until all are there, the cap is reached or `stop()` is true.

        Raises UserError when Claude refuses the key, the account or the model, and when it cannot be reached, but first
        hands on what the other requests under way bring.
        """
        known: dict[str, str] = {}
        for asked, text in self.store.answered_questions(self.about(family)):
            known |= self.found(asked, text)
        yield from (Answer(question, known[question]) for question in questions if question in known)
        missing = [question for question in dict.fromkeys(questions) if question not in known]
        requests = iter([missing[start : start + self.size] for start in range(0, len(missing), self.size)])
        try:
            yield from self._all(family, requests, stop)
        except UserError as error:
            raise self._with_kept(error) from None

    def _all(
        self, family: str, requests: Iterator[Sequence[str]], stop: Callable[[], bool]
    ) -> Iterator[Answer | Note | Spent]:
        while not stop():
            yield from self._send(family, requests)
            while self.client.notes:
                yield self.client.notes.popleft()
            if not self._flying:
                break
            for done in wait(self._flying, TICK, FIRST_COMPLETED).done:
                yield from self._take(done)
        if self._failure and not stop():
            raise self._failure

    def _send(self, family: str, requests: Iterator[Sequence[str]]) -> Iterator[Note]:
        """As many requests as may be under way; tells when money ends."""
        pace = self.client.pace
        while not self._over and len(self._flying) < pace.limit:
            questions = next(requests, None)
            if questions is None:
                return
            request = self.request(family, questions)
            tokens, output = tokens_at_most(request, {}), request.params["max_tokens"]
            pace.size = tokens + output
            price = worst(request.model, tokens, output)
            try:
                row = self.store.reserve(request.row, price, self.config.max_dollars)
            except UserError as error:  # whoever pays has no more
                self._over, self._failure = True, error
                return
            if row is None:
                yield from self._end_of_money(self._no_room(price))
                return
            self._remember(request, family, questions)
            self._flying[self._line.send(self.client.ask(request, row, price))] = questions

    def _remember(self, request: Request, family: str, questions: Sequence[str]) -> None:
        self.store.keep_questions(request.hash, self.about(family), questions)

    def _take(self, done: Future[Reply]) -> Iterator[Answer | Note | Spent]:
        """Hand on what one request brought, and the meter."""
        questions = self._flying.pop(done)
        reply = yield from self._land(done)
        if reply is not None:
            found = self.found(questions, reply.text)
            self._handed += len(found)
            yield self._meter()
            yield from (Answer(question, text) for question, text in found.items())
