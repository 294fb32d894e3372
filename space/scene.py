"""What a visitor looks at: their run, read from its store, and the little that only this browser tab knows.

In: a `Session` and a language. Out: a `Scene`, whose properties read the store when first asked. A scene lives for one
event and is thrown away; the page is drawn from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline import run
from pipeline.config import DatasetConfig, ExtendConfig, TrainConfig
from pipeline.database.examples import example_schema
from pipeline.database.schema import Schema
from pipeline.errors import PipelineError, UserError
from pipeline.evaluation.report import Report, make_report
from pipeline.records import JudgedPair, Score
from pipeline.run import Status
from pipeline.store import Store
from pipeline.student.bases import short_name
from space import jobs, runs, trainings, zerogpu
from space.asking import Talk
from space.i18n import Words
from space.view.train import Training


@dataclass
class Problem:
    """A click that was refused, to be told on its tab."""

    tab: str
    template: str
    values: dict[str, object]


@dataclass
class Session:
    """What only this browser tab knows; all else is in the store."""

    visitor: str = ""
    run: str = ""
    problem: Problem | None = None
    teacher: str = ""
    """Empty as long as none was chosen."""
    pairs: int = DatasetConfig.pairs
    languages: tuple[str, ...] = ("en",)
    model: str = DatasetConfig.model
    max_dollars: float = DatasetConfig.max_dollars
    batches: bool = DatasetConfig.batches
    sql_first: float = DatasetConfig.sql_first
    unanswerable: float = DatasetConfig.unanswerable
    check_model: str = DatasetConfig.model
    """Who is asked for a second opinion."""
    check_dollars: float = DatasetConfig.max_dollars
    """The cap for that where Claude is not the teacher."""
    extend: ExtendConfig = ExtendConfig()
    """What is to be made of the kept pairs."""
    train: TrainConfig | None = None
    """Chosen for the next training; None as long as nothing was chosen."""
    learned: int = 0
    """A mark of the pairs and the base whose learned tokens are shown; 0 where they are folded away."""
    compared: tuple[str, ...] = ()
    """Runs whose training is laid over this one's."""
    shown: str = "all"
    """Which pairs: `kept`, `dropped` or `all`."""
    find: str = ""
    pair: int = 0
    """The pair that is open, by its id."""
    editing: bool = False
    proving: bool = False
    """Whether the gate is at work on an edit."""
    refused: JudgedPair | None = None
    """An edit that the gate did not let pass."""
    answers: str = "all"
    """Which scored questions are listed: one of `view.scores.CHOICES`."""
    talk: Talk = field(default_factory=Talk)
    """The question asked last, and what came of it."""
    database: str = ""
    """The one that is asked: empty for the run's own, `test-1`, `upload`."""
    fetching: tuple[str, float] = ("", 0.0)
    """An adapter that is being opened, and how much of it has come, 0 to 1."""
    uploads: dict[str, str] = field(default_factory=dict)
    """Files given for asking and scoring: what for → file."""
    file: str = ""
    """An uploaded file of pairs that is too large for the field, and how many it holds."""
    file_pairs: int = 0
    filled: str = ""
    """A small file's text on its way into the field."""
    exported: tuple[str, int] = ("", 0)
    """The file of pairs made last, and a mark of the pairs in it."""


class Scene:
    """One look at a run, in one language."""

    def __init__(self, session: Session, words: Words) -> None:
        self.session = session
        self.words = words
        self.store: Store | None = runs.open_run(session.run, session.visitor) if session.run else None

    def close(self) -> None:
        """Let the run's file go."""
        if self.store:
            self.store.close()

    def need(self) -> Store:
        """The run, to be worked on: of the recorded one, a copy of one's own. Raises UserError when there is none yet."""
        if self.store is None:
            raise UserError("This run has no schema yet. Read one first.")
        if self.session.run == runs.RECORDED:
            self.close()
            self.session.run = runs.own_recorded(self.session.visitor)
            self.store = runs.open_run(self.session.run, self.session.visitor)
            assert self.store is not None
        return self.store

    @property
    def recorded(self) -> bool:
        """Whether all that is shown came with the app: nobody has worked on it yet."""
        return bool(self.fact("recorded"))

    @cached_property
    def schema(self) -> Schema | None:
        """The run's schema, once read."""
        if self.store is None or not (self.store.folder / "schema.sql").exists():
            return None
        return run.schema_of(self.store)

    @cached_property
    def sample(self) -> bool:
        """Whether it is the sample shop."""
        named = self.fact("schema_name") == "shop" and self.schema is not None
        return named and self.schema == example_schema("shop")

    def fact(self, name: str, default: Any = None) -> Any:
        """A fact of the run, or `default`."""
        return self.store.get(name, default) if self.store else default

    def events(self, stage: str, kind: str) -> list[dict[str, Any]]:
        """A stage's events of one kind, in order."""
        return self.store.events(stage, kind=kind) if self.store else []

    def last(self, stage: str, kind: str) -> dict[str, Any] | None:
        """The newest event of a kind, or None."""
        return self.store.last_event(stage, kind) if self.store else None

    def status(self, stage: str) -> Status:
        """Where a stage stands; `waiting` while it is in the queue behind another job."""
        if self.store is None:
            return Status()
        kept = run.status(self.store, stage)
        if jobs.waiting(self.store.folder, stage):
            return Status("waiting")
        begun = stage in jobs.running(self.store.folder)  # also just before its first event and just after its last
        return Status("running") if begun and kept.state != "running" else kept

    def busy(self, stage: str) -> bool:
        """Whether a stage is at work or in the queue."""
        return self.status(stage).state in {"running", "waiting"}

    @property
    def any_busy(self) -> bool:
        """Whether anything of this run moves, so that the page has to follow."""
        return any(self.busy(stage) for stage in run.STAGES)

    @cached_property
    def pairs(self) -> list[JudgedPair]:
        """All pairs, kept and dropped."""
        return self.store.pairs() if self.store else []

    @cached_property
    def kept(self) -> int:
        """How many pairs are kept."""
        return sum(pair.verdict.ok for pair in self.pairs)

    def notes(self, stage: str, level: str, but: str = "") -> list[str]:
        """What a stage had to say since it last ended, or at its end; `level` is `info` or `warning`, `but` left out."""
        if self.store is None:
            return []
        ends = [event["id"] for event in self.store.events(stage, kind="done")]
        live = self.busy(stage)
        after = (ends[-1] if live else ends[-2] if len(ends) > 1 else 0) if ends else 0
        found = self.store.events(stage, after, "note")
        chosen = [note for note in found if note["level"] == level and note["template"] != but]
        return list(dict.fromkeys(self.words.message(note["template"], note["values"]) for note in chosen))

    @property
    def train(self) -> TrainConfig:
        """The settings chosen for the next training, else those of the run's last one, else the recipe's."""
        return self.session.train or self.trained_with or TrainConfig()

    @property
    def trained_with(self) -> TrainConfig | None:
        """The settings of the run's last training, finished or not."""
        kept = self.fact("training")
        known = TrainConfig.__dataclass_fields__.keys()  # another version may have kept others
        return TrainConfig(**{name: kept[name] for name in known & kept.keys()}) if kept else None

    @cached_property
    def training(self) -> Training | None:
        """The run's newest training, as far as it has come."""
        return trainings.training_of(self.store) if self.store else None

    @cached_property
    def earlier(self) -> list[str]:
        """The visitor's runs by name, newest first."""
        return runs.earlier_runs(self.session.visitor) if self.session.visitor else []

    @cached_property
    def scores(self) -> dict[str, Score]:
        """Scores by model."""
        return self.store.scores() if self.store else {}

    @cached_property
    def answered(self) -> list[dict[str, Any]]:
        """What the tuned model answered when it was scored."""
        return self.store.answers("tuned") if self.store else []

    @cached_property
    def report(self) -> Report | None:
        """What the newest scoring found; None before there is a score."""
        return make_report(self.store, self.schema) if self.store and self.schema else None

    @property
    def tuned(self) -> bool:
        """Whether the run has an adapter."""
        return self.store is not None and (self.store.folder / "adapter" / "adapter_config.json").exists()

    @cached_property
    def model_name(self) -> str:
        """The short name of the run's base, or nothing."""
        base = str(self.fact("base", "") or "")
        return short_name(base) if base else ""

    def start(self, stage: str, make_events: jobs.MakeEvents) -> None:
        """Begin a stage: in the background, or in turns where it needs a lent GPU. Raises UserError when it refuses."""
        in_turns = zerogpu.ON and stage in ("train", "evaluate")
        jobs.start(self.need().folder, self.session.visitor, stage, make_events, in_turns)

    def stop(self, stage: str) -> None:
        """Ask a stage to end with what it has."""
        jobs.stop(self.need().folder, stage)

    def stopping(self, stage: str) -> bool:
        """Whether a stage was asked to stop and has not yet."""
        return self.store is not None and jobs.stopping(self.store.folder, stage)

    def refused(self, stage: str) -> PipelineError | None:
        """Why a stage could not begin, such as a run that another process is at work on."""
        return jobs.refused(self.store.folder, stage) if self.store else None
