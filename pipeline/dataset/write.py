"""The dataset stage: a teacher writes, the gate judges, the kept are split and written as the recipe's JSONL.

Each judged pair is in the store before the next is asked for, so a killed stage goes on where it was when it is started
again with the same input. New pairs join those that are there; the result counts all of them.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.teacher import ClaudeTeacher, Needs
from pipeline.dataset.databases import make_databases, values_of
from pipeline.dataset.gate import Gate, open_gate
from pipeline.dataset.glossary import glossary_of
from pipeline.dataset.pasted import PastedTeacher
from pipeline.dataset.result import result_of
from pipeline.dataset.split import deal
from pipeline.dataset.teachers import Teacher, check_teacher, make_teacher
from pipeline.dataset.unanswerable import write_unanswerable
from pipeline.errors import UserError
from pipeline.records import Done, Event, Judged, JudgedPair, Note, Pair, Progress, Verdict
from pipeline.store import Store

Drawn = Generator[Pair | Event, None, None]

DRAWS = 5
"""A teacher that can always write more is asked for at most so many pairs for each one wanted."""
PROGRESS_SECONDS = 0.5
PROGRESS_PAIRS = 10


@dataclass(frozen=True)
class _Job:
    """What is to be done: fresh, or the rest of a stage that did not end."""

    wanted: int
    """Pairs to keep; 0 is all that pass."""
    total: int
    """Pairs there are to judge; 0 where it is the kept that count."""
    before: int
    """Pairs the run had kept when the job began."""
    judged: Counter[tuple[str, str, str]]
    """Pairs an unfinished start of the same job has judged: they are passed over."""


def write_pairs(  # noqa: PLR0913 - the stage's inputs, all of them needed
    store: Store,
    schema: Schema,
    config: DatasetConfig,
    paste: str,
    uploaded: Path | None,
    stop: Callable[[], bool],
    key: str = "",
) -> Iterator[Event]:
    """Judge pairs until enough are kept, the teacher ends or `stop()` is true; then split and write them.

    Yields Note, Judged, Progress and Spent, and Done with the counts of DESIGN §3. Raises UserError for an unknown teacher,
    no key and no pairs before anything is changed; when Claude cannot go on, after the pairs proved so far are written.
    """
    check_teacher(config.teacher, key)
    pasted = PastedTeacher(paste) if config.teacher == "pasted" else None
    job = _open_job(store, config, paste, len(pasted.read) if pasted else 0)
    store.forget_stage("dataset")
    yield Note("dataset", "Making {count} test databases.", {"count": config.instances.count})
    pastes = pasted.read if pasted else []
    databases = make_databases(store, schema, config.instances, values_of(pair.sql for pair in pastes), uploaded)
    _keep_unreadable(store, pasted, job)
    clock = _Clock(job)
    teacher: Teacher = pasted or (
        ClaudeTeacher(store, config, key, Needs(clock.missing, stop, databases))
        if config.teacher == "claude"
        else make_teacher(config.teacher, "", config.seed + job.before, databases, glossary_of(store, schema))
    )
    with open_gate(schema, databases, config.instances, uploaded, config.gate) as gate:
        for judged in store.pairs(ok=True):
            gate.remember(judged)
        drawn = cast(Drawn, teacher.pairs(schema, job.wanted * DRAWS, config.languages))
        try:
            with closing(drawn):
                stopped = yield from _judge_all(store, gate, drawn, clock, stop)
        except UserError:
            _write_files(store, schema, config)  # what is proved can be trained on
            raise
    _write_files(store, schema, config)
    yield from _finish(store, config, job, stopped)


def _open_job(store: Store, config: DatasetConfig, paste: str, total: int) -> _Job:
    """The job this input makes, or what an unfinished start of the same job left to do."""
    model = (config.model,) if config.teacher == "claude" else ()
    words = (store.get("glossary"),) if config.teacher == "offline" and store.get("glossary") else ()
    told = repr((config.teacher, config.languages, config.seed, paste, *model, *words))
    key = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    open_job = store.get("dataset_job") or {}
    kept = len(store.pairs(ok=True))
    judged: Counter[tuple[str, str, str]] = Counter()
    if open_job.get("key") != key:
        open_job = {"key": key, "kept": kept}
        store.set(dataset_job=open_job)
    else:
        judged.update(map(_identity, store.pairs()))
    before = open_job["kept"]
    wanted = 0 if total else max(0, config.pairs - (kept - before))
    return _Job(wanted, total, before, judged)


def _identity(judged: JudgedPair) -> tuple[str, str, str]:
    unread = judged.verdict.detail if judged.verdict.reason == "unreadable-line" else ""
    question, sql = judged.certificate.get("was") or (judged.pair.question, judged.pair.sql)  # an edited one as it came
    return question, sql, unread


def _keep_unreadable(store: Store, pasted: PastedTeacher | None, job: _Job) -> None:
    lines = [
        JudgedPair(Pair("", "", source="pasted"), Verdict(False, "unreadable-line", f"line {line}: {why}"))
        for line, why in (pasted.unreadable if pasted else ())
    ]
    store.add_pairs([line for line in lines if not _passed_over(line, job)])


def _passed_over(judged: JudgedPair, job: _Job) -> bool:
    """Whether the unfinished start had this one; each of its judgements excuses one pair."""
    key = _identity(judged)
    job.judged[key] -= 1
    return job.judged[key] >= 0


def _judge_all(
    store: Store, gate: Gate, drawn: Drawn, clock: _Clock, stop: Callable[[], bool]
) -> Generator[Event, None, bool]:
    """Judge one after the other and pass on what the teacher tells; returns whether `stop()` ended it."""
    position = 0
    for pair in drawn:
        if isinstance(pair, Event):
            yield pair
            continue
        if stop():
            return True
        if clock.enough():
            return False
        position += 1
        if _passed_over(JudgedPair(pair, Verdict(True)), clock.job):
            continue
        judged = gate.judge(pair)
        store.add_pairs([judged])
        progress = clock.tick(position, judged.verdict.ok)
        yield Judged.of(judged)
        if progress:
            yield progress
    return not clock.enough() and stop()


class _Clock:
    """Counts what was judged and says now and then how long the rest will take."""

    def __init__(self, job: _Job) -> None:
        self.job = job
        self.judged = self.kept = 0
        self.started = self.told = time.monotonic()

    def missing(self) -> int:
        """Pairs still to be kept; none where it is not the kept that count."""
        return max(0, self.job.wanted - self.kept)

    def enough(self) -> bool:
        """Whether all that were wanted are kept."""
        return not self.job.total and self.kept >= self.job.wanted

    def tick(self, position: int, kept: bool) -> Progress | None:
        """Count one more pair, the `position`th of all; the progress to tell, if it is time to."""
        self.judged += 1
        self.kept += kept
        now = time.monotonic()
        if now - self.told < PROGRESS_SECONDS and self.judged % PROGRESS_PAIRS:
            return None
        self.told = now
        if self.job.total:
            done, total, made = position, self.job.total, self.judged
        else:
            done, total, made = self.kept, self.job.wanted, self.kept
        left = (now - self.started) / made * (total - done) if made else None
        what = "Proving the pasted pairs" if self.job.total else "Writing and proving pairs"
        return Progress("dataset", done, total, what, left)


def _write_files(store: Store, schema: Schema, config: DatasetConfig) -> None:
    """Split all pairs of the run, and write them and the questions without an answer."""
    deal(store, config)
    write_unanswerable(store, schema, config)


def _finish(store: Store, config: DatasetConfig, job: _Job, stopped: bool) -> Iterator[Event]:
    """Say what came of it."""
    kept = len(store.pairs(ok=True))
    if not stopped and (config.teacher != "claude" or kept - job.before >= config.pairs):
        store.set(dataset_job=None)  # else a higher cap goes on towards the same number
    result = result_of(store)
    yield from _warnings(result, config, job)
    yield Done("dataset", result, stopped)


def _warnings(result: dict[str, Any], config: DatasetConfig, job: _Job) -> Iterator[Note]:
    kept, wanted = (result["kept"], result["asked"]) if job.total else (result["kept"] - job.before, config.pairs)
    if kept < wanted:
        yield Note("dataset", "{kept} of {asked} pairs were kept.", {"kept": kept, "asked": wanted}, "warning")
    if result["kept"] and not result["heldout"] and config.heldout_share > 0:
        text = "No pair is held out: all have one SQL pattern. Add pairs of other patterns before scoring."
        yield Note("dataset", text, level="warning")
