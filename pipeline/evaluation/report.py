"""What a scoring found, as one `Report`: made from the store, drawn by the page, written as JSON and as Markdown.

In: a run's answers and scores. Out: scores with intervals, the test of the pair, shares by level, table and kind, each
question with both answers. One limit: levels and tables are read from the golds, so other golds give other shares.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlglot import exp

from pipeline.database.answers import COMPARISON
from pipeline.database.schema import Schema
from pipeline.database.sql import level, parse_select
from pipeline.errors import SqlError
from pipeline.evaluation.scoring import EARLIER_KIND, KINDS
from pipeline.evaluation.statistics import SURE, mcnemar, questions_for, wilson
from pipeline.records import Score
from pipeline.store import Store
from pipeline.student.bases import public_base

VERSION = 1
"""Of the report's form; the next one is read by other code."""
MODELS = ("base", "tuned")
LEVELS = ("one-table", "join", "nested")
AIM = 0.05
"""An interval of ± 5 points is narrow enough to tell models apart that matter."""


@dataclass(frozen=True)
class Share:
    """How many of n questions were answered right, with the 95% Wilson interval; fractions from 0 to 1."""

    right: int
    n: int
    accuracy: float
    low: float
    high: float


Shares = Mapping[str, Mapping[str, Share]]
"""Level or table → model → share."""


@dataclass(frozen=True)
class Paired:
    """Both models on the questions that both answered: McNemar's exact test on those that one alone got right."""

    both: int
    gained: int
    """Right by the tuned model alone."""
    lost: int
    """Right by the base alone."""
    neither: int
    p: float

    @property
    def verdict(self) -> str:
        """`better` or `worse` (the tuned model), or `unproved` where chance could be the reason."""
        if self.p >= SURE:
            return "unproved"
        return "better" if self.gained > self.lost else "worse"


@dataclass(frozen=True)
class Question:
    """One question with its gold and what each model made of it (`sql`, `right`, `failure`, `detail`)."""

    number: int
    question: str
    gold: str
    level: str
    tables: tuple[str, ...]
    answers: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Report:
    """Everything a scoring found out about one run."""

    schema: str
    base_model: str
    asked: Mapping[str, str]
    """Names of the `questions` file and its `database`; empty for the run's held-out pairs and its own databases."""
    settings: Mapping[str, Any]
    scores: Mapping[str, Score]
    questions: tuple[Question, ...]

    @property
    def main(self) -> Score:
        """The score that the report is about: the tuned model's, or the base's where nothing is tuned."""
        return self.scores.get("tuned") or self.scores["base"]

    @property
    def paired(self) -> Paired | None:
        """The test of both models; None where no question has two answers."""
        both = [each.answers for each in self.questions if len(each.answers) == len(MODELS)]
        if not both:
            return None
        found = Counter((bool(given["base"]["right"]), bool(given["tuned"]["right"])) for given in both)
        gained, lost = found[False, True], found[True, False]
        return Paired(found[True, True], gained, lost, found[False, False], mcnemar(gained, lost))

    @property
    def half_width(self) -> float:
        """Half of the widest interval, as a fraction."""
        return max((score.high - score.low) / 2 for score in self.scores.values())

    @property
    def overlapping(self) -> bool:
        """Whether the intervals of both models have values in common."""
        base, tuned = (self.scores.get(model) for model in MODELS)
        return bool(base and tuned and base.low <= tuned.high and tuned.low <= base.high)

    @property
    def questions_needed(self) -> int:
        """About how many questions would make both intervals ± 5 points, up to the next 50; 0 where they are that narrow."""
        if self.half_width <= AIM:
            return 0
        return -(-max(questions_for(score.accuracy, AIM) for score in self.scores.values()) // 50) * 50

    @property
    def by_level(self) -> Shares:
        """Shares by difficulty, as the gate tells it, from easy to hard."""
        return _shares(self.questions, LEVELS, lambda question: (question.level,))

    @property
    def by_table(self) -> Shares:
        """Shares by table, most asked first; a question counts for each table that its gold reads."""
        asked = Counter(table for question in self.questions for table in question.tables)
        return _shares(self.questions, [name for name, _ in asked.most_common()], lambda question: question.tables)

    @property
    def by_kind(self) -> Mapping[str, Mapping[str, int]]:
        """Model → kind → how many; kinds from right to worst, that of earlier runs only where there is one."""
        found = {
            model: Counter(each.answers[model]["failure"] for each in self.questions if model in each.answers)
            for model in self.scores
        }
        earlier = (EARLIER_KIND,) if any(counts[EARLIER_KIND] for counts in found.values()) else ()
        kinds = (*KINDS[:2], *earlier, *KINDS[2:])
        return {model: {kind: counts[kind] for kind in kinds} for model, counts in found.items()}

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-able values; `base` and `tuned` are the scores as `evaluate` tells them."""
        score = self.main
        return {
            "version": VERSION,
            "schema": self.schema,
            "base_model": self.base_model,
            "asked": dict(self.asked),
            "settings": dict(self.settings),
            "n": score.n,
            "excluded": score.excluded,
            "databases": score.databases,
            "hardware": score.hardware,
            "comparison": COMPARISON.format(databases=score.databases),
            **{model: asdict(each) for model, each in self.scores.items()},
            "paired": {**asdict(self.paired), "verdict": self.paired.verdict} if self.paired else None,
            "half_width": self.half_width,
            "questions_needed": self.questions_needed,
            "by_level": _plain(self.by_level),
            "by_table": _plain(self.by_table),
            "by_kind": {
                model: {kind or "right": n for kind, n in counts.items()} for model, counts in self.by_kind.items()
            },
            "questions": [{**asdict(each), "tables": list(each.tables)} for each in self.questions],
        }


def make_report(store: Store, schema: Schema) -> Report | None:
    """The report of a run's newest scoring; None before there is a score. Runs of earlier versions have one too."""
    scores = {model: score for model in MODELS if (score := store.scores().get(model))}
    if not scores:
        return None
    given = {model: {each["number"]: each for each in store.answers(model)} for model in scores}
    questions = []
    for number in sorted(set().union(*given.values())):
        answers = {model: found[number] for model, found in given.items() if number in found}
        first = next(iter(answers.values()))
        questions.append(
            Question(
                number,
                first["question"],
                first["gold"],
                *_read(first["gold"], schema),
                {model: _given(answer) for model, answer in answers.items()},
            )
        )
    settings = {"decoding": "greedy", **(store.get("scored_with") or {})}
    base = public_base(store.get("base", ""))
    return Report(schema.name, base, store.get("scored_on", {}), settings, scores, tuple(questions))


def to_json(report: Report) -> str:
    """The report as `report.json` holds it."""
    return json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n"


def _given(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name, "") for name in ("sql", "right", "failure", "detail")}


def _read(gold: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
    """A gold's level and the tables it reads, as the schema spells them; nothing of one that cannot be read."""
    found, names = _level_and_names(gold)
    return found, tuple(table.name for table in schema.tables if table.name.lower() in names)


@lru_cache(maxsize=4096)
def _level_and_names(gold: str) -> tuple[str, frozenset[str]]:
    """Kept, because the page asks at each redraw: reading 150 golds takes 0.5 s."""
    try:
        return level(gold), frozenset(table.name.lower() for table in parse_select(gold).find_all(exp.Table))
    except SqlError:
        return "", frozenset()


def _shares(
    questions: Sequence[Question], names: Sequence[str], of: Callable[[Question], Collection[str]]
) -> dict[str, dict[str, Share]]:
    found: dict[str, dict[str, Share]] = {}
    for name in names:
        mine = [question.answers for question in questions if name in of(question)]
        shares = {model: _share([given[model] for given in mine if model in given]) for model in MODELS}
        found[name] = {model: share for model, share in shares.items() if share.n}
    return {name: shares for name, shares in found.items() if shares}


def _share(answers: Sequence[Mapping[str, Any]]) -> Share:
    right, n = sum(bool(answer["right"]) for answer in answers), len(answers)
    return Share(right, n, right / n if n else 0.0, *wilson(right, n))


def _plain(shares: Shares) -> dict[str, dict[str, dict[str, float]]]:
    return {name: {model: asdict(share) for model, share in models.items()} for name, models in shares.items()}
