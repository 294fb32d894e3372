"""Which questions have been kept: a repeat, a contradiction, or something new?

The same query under another question is a paraphrase and welcome; nearly the same question with other values too. The
same question again adds nothing, and with another query it teaches two answers to one question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.database.sql import parse_select
from pipeline.dataset.grounding import fold
from pipeline.records import Pair

SIMILAR = 95.0
"""Of 100, by edits: a typo or two in a question of usual length."""

_FILLERS = re.compile(
    r"\b(please|pls|can you|could you|would you|tell me|show me|give me|list|the|a|an|me|i want to know|i'd like to know)\b"
    r"|(を?教えて(ください)?|を?見せて(ください)?|を?お願いします|ください|ですか|ますか|でしょうか)"
)
_NOISE = re.compile(r"[^\w<>=.%-]+|(?<!\d)[.-]|[.-](?!\d)")


@dataclass(frozen=True)
class _Kept:
    question: str
    sql: str
    template: str


class Seen:
    """The kept questions of a run, by language."""

    def __init__(self) -> None:
        self._kept: dict[str, list[_Kept]] = {}
        self._texts: dict[str, list[str]] = {}

    def add(self, pair: Pair, template: str) -> None:
        """Remember a kept pair."""
        kept = _Kept(plain(pair.question), _canonical(pair.sql), template)
        self._kept.setdefault(pair.language, []).append(kept)
        self._texts.setdefault(pair.language, []).append(kept.question)

    def clash(self, pair: Pair, template: str) -> tuple[str, str] | None:
        """The reason why the pair adds nothing or contradicts, and the kept question it meets; None where it is new."""
        from rapidfuzz import fuzz, process

        question, sql = plain(pair.question), _canonical(pair.sql)
        texts = self._texts.get(pair.language, [])
        for _, _, position in process.extract(question, texts, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=20):
            other = self._kept[pair.language][position]
            if other.question == question and other.template != template:
                return "contradiction", other.sql
            if other.question == question or other.sql == sql:
                return "near-duplicate", other.question
        return None


def plain(question: str) -> str:
    """A question without case, width, politeness and punctuation, so that only what is asked is compared."""
    bare = _NOISE.sub(" ", _FILLERS.sub(" ", fold(question)))
    return " ".join(bare.split()) or fold(question)


def _canonical(sql: str) -> str:
    return parse_select(sql).sql(dialect="sqlite", normalize=True, comments=False)
