"""What the stages hand on: pairs, verdicts, answers, scores, and the events that tell of their progress.

Everything here is frozen and JSON-able through `as_dict`, because the store keeps it and both the page and the command
line read it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: passed, or a short kebab-case reason that is counted where the user sees it."""

    ok: bool
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Pair:
    """A question in plain language and the SQL that answers it."""

    question: str
    sql: str
    language: str = "en"
    """`en` or `ja`."""
    source: str = "pasted"
    """Who wrote it: `pasted`, `offline` or `claude`."""


CATEGORIES = (
    "missing-column", "missing-table", "out-of-scope", "ambiguous", "subjective", "outside-knowledge", "prediction", "write",
)  # fmt: skip
"""Why a schema cannot answer a question."""


@dataclass(frozen=True)
class Unanswerable:
    """A question in plain language that no query on the schema answers."""

    question: str
    category: str
    """One of `CATEGORIES`."""
    language: str = "en"
    source: str = "offline"
    """Who wrote it: `offline` or `claude`."""
    split: str = ""
    """`train` or `heldout`, once dealt."""


@dataclass(frozen=True)
class JudgedPair:
    """A pair with the gate's verdict and what the gate learned about it."""

    pair: Pair
    verdict: Verdict
    template: str = ""
    """The SQL with its literals masked and aliases canonical: the unit of the split."""
    level: str = ""
    """`one-table`, `join` or `nested`."""
    split: str = ""
    """`train`, `heldout`, or empty for a rejected pair."""
    certificate: dict[str, Any] = field(default_factory=dict)
    """How it was proved: seeds of the instances, rows it gave on each."""
    id: int = field(default=0, compare=False)
    """Its name in the store, kept as long as the pair is there; 0 before it is."""


@dataclass(frozen=True)
class Rows:
    """The answer of one query on one database."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool = False
    """True where the row cap of the sandbox cut the answer."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Score:
    """Execution accuracy of one model on n questions, with its 95% Wilson interval; fractions from 0 to 1."""

    model: str
    """`base` or `tuned`."""
    accuracy: float
    """Multiset of rows equal on every instance (DESIGN §2); the headline."""
    accuracy_set: float
    """Rows as a set, as BIRD compares."""
    accuracy_single: float
    """Multiset of rows on the first database alone, as most publish."""
    low: float
    high: float
    n: int
    excluded: int
    """Questions left out because their gold is empty on every database, or does not run."""
    hardware: str = ""
    databases: int = 1
    """How many databases an answer had to be right on."""


@dataclass(frozen=True)
class Estimate:
    """What Claude is likely to cost, told before the first request."""

    dollars: float
    requests: int
    input_tokens: int
    output_tokens: int
    counted: bool
    """Whether Claude counted the input; otherwise it is judged by its length."""


@dataclass(frozen=True)
class Event:
    """Something a stage tells. The store keeps it as JSON, in order."""

    kind: ClassVar[str] = "event"
    stage: str
    """`schema`, `dataset`, `train`, `evaluate`, `publish` or `ask`."""

    def as_dict(self) -> dict[str, Any]:
        """The event as one JSON object; `event` names its kind."""
        return {"event": self.kind, **asdict(self)}


@dataclass(frozen=True)
class Progress(Event):
    """`done` of `total` units (pairs, questions, bytes); `what` is an English template for people."""

    kind: ClassVar[str] = "progress"
    done: int
    total: int
    what: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True)
class Judged(Event):
    """One pair went through the gate."""

    kind: ClassVar[str] = "judged"
    question: str
    sql: str
    ok: bool
    reason: str
    level: str = ""

    @classmethod
    def of(cls, judged: JudgedPair) -> Self:
        """What is told of a pair that was just judged."""
        pair, verdict = judged.pair, judged.verdict
        return cls("dataset", pair.question, pair.sql, verdict.ok, verdict.reason, judged.level)


@dataclass(frozen=True)
class Spent(Event):
    """The meter of Claude's API: told with each reply, amounts in US dollars."""

    kind: ClassVar[str] = "spent"
    dollars: float
    """What the run has cost so far, every start together."""
    cap: float
    requests: int
    """Requests that this start had answered."""
    asked: int
    """Pairs that Claude has written in this start."""


@dataclass(frozen=True)
class Waiting(Event):
    """A batch is at work at Anthropic and nothing is to do here; told until something is."""

    kind: ClassVar[str] = "waiting"
    requests: int
    seconds: float
    """Since the batch was sent."""


@dataclass(frozen=True)
class Step(Event):
    """One optimizer step of the training."""

    kind: ClassVar[str] = "step"
    step: int
    steps: int
    epoch: float
    loss: float
    learning_rate: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Tried(Event):
    """What a student in training writes for held-out questions; told to the run, which scores it and tells `HeldOut`."""

    kind: ClassVar[str] = "tried"
    step: int
    steps: int
    loss: float
    """On the SQL of the held-out pairs."""
    texts: tuple[str, ...]
    """In the order of the questions asked; empty where none were."""


@dataclass(frozen=True)
class HeldOut(Event):
    """How a student in training does on pairs it does not learn from."""

    kind: ClassVar[str] = "heldout"
    step: int
    steps: int
    loss: float
    right: int = 0
    """Answers with the right rows on every database, of `n`."""
    n: int = 0
    """Questions answered; 0 where only the loss was taken."""
    best: bool = False
    """Whether this is the step to be kept, as far as is known."""


@dataclass(frozen=True)
class Answered(Event):
    """A model answered one question of the held-out set; `right` is the strict comparison."""

    kind: ClassVar[str] = "answered"
    model: str
    question: str
    sql: str
    right: bool
    failure: str = ""
    """`no-sql`, `does-not-run`, `wrong-rows`, or empty when right."""


@dataclass(frozen=True)
class Note(Event):
    """A sentence for people: an English template and its values; `level` is `info` or `warning`."""

    kind: ClassVar[str] = "note"
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    level: str = "info"

    def text(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Done(Event):
    """The stage ended; `result` is its machine-readable outcome (DESIGN §3)."""

    kind: ClassVar[str] = "done"
    result: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False
    """True when a person stopped it; what was made so far is kept."""


def event_of(told: Mapping[str, Any]) -> Event:
    """The event that `as_dict` told, also after JSON has made lists of its tuples. Raises KeyError for no known kind."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    kinds = {kind.kind: kind for kind in Event.__subclasses__()}
    return kinds[values.pop("event")](**values)
