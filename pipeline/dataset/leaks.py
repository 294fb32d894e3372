"""No question of the examination may resemble one that is learned from: which SQL templates belong on one side, and a count.

Judged pairs in → groups of templates that share nearly the same question, and `Leaks` between the two sides. Questions are
compared with their values masked, so that another city makes no other question. One limit: words, not meanings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.dataset.duplicates import SIMILAR
from pipeline.dataset.masked import masked
from pipeline.records import JudgedPair

NEAR = SIMILAR
"""Of 100, by edits, values masked: what the gate calls a repeat. 1,000 offline pairs of 588 templates: at 95 the largest
joined group has 3 templates and 8 templates are joined to others; at 90 it has 6, at 80 117 (different questions)."""
GRAM = 13
"""Words in a row that two questions may not share: the length that GPT-3's and later reports look for."""
GRAM_JA = 26
"""The same in Japanese letters, about two to a word."""
CHUNK = 1_000
"""Questions compared at once: 1,000 by 1,000 take a megabyte."""

_TOKEN = re.compile(r"[a-z0-9<>=.%-]+|[^\x00-\x7f\s]")


@dataclass(frozen=True)
class Leaks:
    """What the held-out questions share with the training questions: counts of held-out questions."""

    heldout: int
    train: int
    templates: int
    """Their SQL template is trained on."""
    ngrams: int
    """They share 13 words in a row."""
    near: int
    """They are nearly the same but for values."""


def joined(judged: Sequence[JudgedPair]) -> dict[str, str]:
    """Template → the first template of its group: those with nearly the same question, or 13 words in a row, are one.

    So are those of which two languages have pairs with the same answer on every database.
    """
    home: dict[str, str] = {}
    for one in judged:
        if one.verdict.ok:
            home.setdefault(one.template, one.template)
    for first, second in _alike([one for one in judged if one.verdict.ok]):
        old, new = home[second], home[first]
        if old != new:
            home.update({template: new for template, group in home.items() if group == old})
    return home


def leaks(judged: Sequence[JudgedPair]) -> Leaks:
    """What is shared between the sides of dealt pairs."""
    sides = {side: [one for one in judged if one.verdict.ok and one.split == side] for side in ("heldout", "train")}
    heldout, train = sides["heldout"], sides["train"]
    known = {one.template for one in train}
    grams = {gram for one in train for gram in _grams(one)}
    return Leaks(
        len(heldout),
        len(train),
        templates=sum(one.template in known for one in heldout),
        ngrams=sum(any(gram in grams for gram in _grams(one)) for one in heldout),
        near=len({first for first, _ in _near([_asked(one) for one in heldout], [_asked(one) for one in train])}),
    )


def _alike(kept: Sequence[JudgedPair]) -> Iterator[tuple[str, str]]:
    """Pairs of templates that share a question."""
    asked: dict[tuple[str, str], str] = {}
    by_gram: dict[tuple[str, ...], str] = {}
    by_answer: dict[str, JudgedPair] = {}
    for one in kept:
        yield asked.setdefault(_asked(one), one.template), one.template
        for gram in _grams(one):
            yield by_gram.setdefault(gram, one.template), one.template
        if key := _answers(one):
            twin = by_answer.setdefault(key, one)
            if twin.pair.language != one.pair.language:
                yield twin.template, one.template
    questions = list(asked)
    for first, second in _near(questions, questions):
        yield asked[questions[first]], asked[questions[second]]


def _asked(one: JudgedPair) -> tuple[str, str]:
    return one.pair.language, masked(one.pair)


def _answers(one: JudgedPair) -> str:
    """Its answers on all common databases, where it has one on each."""
    answers = one.certificate.get("answers") or []
    told = len(answers) > 1 and all(answers) and not one.certificate.get("own")
    return "/".join(map(str, answers)) if told else ""


def _grams(one: JudgedPair) -> Iterable[tuple[str, ...]]:
    tokens = _TOKEN.findall(masked(one.pair))
    size = GRAM_JA if one.pair.language == "ja" else GRAM
    return {tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)}


def _near(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Places of questions (language, text) that are nearly the same, in both lists."""
    import numpy as np
    from rapidfuzz import fuzz, process

    for language in sorted({language for language, _ in some}):
        rows = [place for place, each in enumerate(some) if each[0] == language]
        columns = [place for place, each in enumerate(others) if each[0] == language]
        texts = [others[place][1] for place in columns]
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            scores = process.cdist(
                [some[place][1] for place in chunk], texts, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8
            )
            yield from ((chunk[row], columns[column]) for row, column in np.argwhere(scores))
