"""A job at work, followed by its log until its end: each event once, whatever becomes of the connection or of this process.

In: a job that a run remembers. Out: the remote training's events, and what it made in the run's folder; on the Hub nothing
stays. Stopped, the machine is asked to end with what it has; left, its job is cancelled; killed, it is followed again.
"""

from __future__ import annotations

import json
import queue
import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import UserError
from pipeline.hub.client import endpoint
from pipeline.hub.parcel import FILE, Kept, ask_to_stop, bring_back
from pipeline.hub.rental import job_errors
from pipeline.records import Done, Event, Note, Progress, Step, event_of
from pipeline.student.train import Order

if TYPE_CHECKING:
    from huggingface_hub import HfApi

AT_WORK = ("SCHEDULING", "RUNNING")
LOOK_SECONDS = 0.2
"""Between two looks at whether somebody asked to stop."""
AGAIN_SECONDS = (1.0, 5.0, 15.0, 60.0)
"""Before the log is asked for again, after the library's own tries."""
GRACE_SECONDS = 180.0
"""Left to a machine that was asked to stop, to save and upload; then its job is cancelled."""

LOST = "The Hub no longer tells how the job goes, but it goes on at {url}. Start the training again to follow it."
NOT_CANCELLED = "The job at {url} could not be cancelled. Cancel it there, so that it costs no more."
OVER_TIME = "The {minutes:.0f} min paid for were over before anything was saved. Rent a faster machine, or for longer."
FAILED = "The job ended as {stage}: {why}. Its log is at {url}. Start the training again to pay for another."
CUT = (
    "The {minutes:.0f} min paid for were over at step {step}, and what was learned is here. Start the training again to "
    "pay for the rest."
)


@dataclass(frozen=True)
class Look:
    """Where a job stands: its stage at Jobs, what is said of it, and how many seconds it has run."""

    stage: str
    said: str
    seconds: float


def look(api: HfApi, kept: Kept) -> Look:
    """Where a job stands now. Raises UserError when the Hub does not tell."""
    from huggingface_hub.errors import JobNotFoundError

    with job_errors():
        try:
            info = api.inspect_job(job_id=kept.job, namespace=kept.user)
        except JobNotFoundError:
            return Look("DELETED", "it is no longer there", 0.0)
    seconds = info.durations.running_secs if info.durations else None
    return Look(str(info.status.stage), info.status.message or "", seconds or 0.0)


def cancel(api: HfApi, kept: Kept) -> None:
    """End a job that nobody wants any more. Raises UserError when it may go on costing."""
    try:
        with job_errors():
            api.cancel_job(job_id=kept.job, namespace=kept.user)
    except UserError as error:
        raise UserError(NOT_CANCELLED, url=kept.url) from error


def forget(api: HfApi, order: Order, kept: Kept) -> Iterator[Event]:
    """Leave nothing on the Hub, and nothing to follow; a Note says what could not be deleted."""
    (order.folder / FILE).unlink(missing_ok=True)
    try:
        with job_errors(kept.repo, kept.user):
            api.delete_repo(kept.repo, repo_type="dataset", missing_ok=True)
    except UserError:
        template = "The private repository of this training could not be deleted. Delete it at {url}"
        yield Note("train", template, {"url": f"{endpoint()}/datasets/{kept.repo}/settings"}, "warning")


@dataclass
class Following:
    """One job on its way to its end."""

    api: HfApi
    order: Order
    kept: Kept
    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)
    """Of the log; None is its end."""
    last: str = ""
    """The last line that is no event: what a crash ends with."""
    step: int = 0
    """The last one told, so that there is something to save."""
    asked: float | None = None
    """When the machine was asked to stop, by the monotonic clock."""
    refusal: UserError | None = None
    """What the remote training was refused with."""

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """What the job tells, then what it made; the last event is `Done`, except of a job that was cancelled.

        Raises UserError: of the remote training, of a job that failed, or of a Hub that no longer tells.
        """
        threading.Thread(target=self._read, daemon=True).start()
        try:
            finished = yield from self._tell(stop)
        except (GeneratorExit, KeyboardInterrupt):  # nobody listens any more, and it would go on costing
            cancel(self.api, self.kept)
            list(forget(self.api, self.order, self.kept))
            raise
        if not finished:
            cancel(self.api, self.kept)
            yield from forget(self.api, self.order, self.kept)
            yield Note("train", "The job at {url} is cancelled.", {"url": self.kept.url})
            return
        yield from self._end()

    def _read(self) -> None:
        """Hand on the log. A reading that breaks off is begun again from the first line; what was told is not told again."""
        for wait in (*AGAIN_SECONDS, 0.0):
            try:
                with job_errors(self.kept.repo):
                    for line in self.api.fetch_job_logs(job_id=self.kept.job, namespace=self.kept.user, follow=True):
                        self.lines.put(line.replace(str(self.api.token), "…"))
                break
            except UserError:
                time.sleep(wait)
        self.lines.put(None)

    def _tell(self, stop: Callable[[], bool]) -> Generator[Event, None, bool]:
        """The log's events; gives False where the job is to be cancelled."""
        while True:
            try:
                line = self.lines.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                line = ""
            if line is None:
                return True
            event = self._event(line)
            if isinstance(event, Done):
                return True
            if event:
                yield event
            if self.asked is None and stop():
                if not self.step:
                    return False
                ask_to_stop(self.api, self.kept.repo)
                self.asked = time.monotonic()
                yield Progress("train", 0, 0, "The rented machine saves what it has")
            elif self.asked and time.monotonic() - self.asked > GRACE_SECONDS:
                return False

    def _event(self, line: str) -> Event | None:
        """The event of a line, unless it was told before; `Done` is always given, because it is the end."""
        try:
            told = json.loads(line) if line.startswith('{"n": ') else {}
        except ValueError:  # cut on its way; what matters is also among the results
            told = {}
        if not told:
            self.last = line.strip() or self.last
            return None
        number = told.pop("n")
        if told["event"] == "error":
            self.refusal = UserError(told["template"], **told["values"])
            return None
        event = event_of(told)
        if isinstance(event, Step):
            self.step = event.step
        if isinstance(event, Done):
            return event
        if number < self.kept.told:
            return None
        if isinstance(event, Step) and event.step == 1:  # anew: checks of other settings are no longer its own
            shutil.rmtree(self.order.folder / "checks", ignore_errors=True)
        self.kept.told = number + 1
        self.kept.save(self.order.folder)
        return event

    def _end(self) -> Iterator[Event]:
        """Bring back what the job made. Raises UserError where it made nothing, or where nobody can tell."""
        try:
            now = look(self.api, self.kept)
            yield Progress("train", 0, 0, "Fetching the adapter")
            done = bring_back(self.api, self.kept.repo, self.order.folder)
        except UserError as error:
            raise UserError(LOST, url=self.kept.url) from error
        if done is None and now.stage in AT_WORK and not self.refusal:
            raise UserError(LOST, url=self.kept.url)
        yield from forget(self.api, self.order, self.kept)
        if done is None:
            raise self.refusal or self._failure(now)
        dollars = self.kept.dollars_per_hour * now.seconds / 3600
        template = "The rented machine ran for {minutes:.0f} min, which costs about ${dollars:.2f}."
        yield Note("train", template, {"minutes": now.seconds / 60, "dollars": dollars})
        if done.stopped and self.asked is None and not self.order.config.max_minutes:
            yield Note("train", CUT, {"minutes": self.kept.seconds / 60, "step": done.result["steps"]}, "warning")
        yield done

    def _failure(self, now: Look) -> UserError:
        if now.seconds >= self.kept.seconds or "time" in now.said.lower():
            return UserError(OVER_TIME, minutes=self.kept.seconds / 60)
        why = ", ".join(said[:200].rstrip(". ") for said in (self.last, now.said) if said) or "it says nothing"
        return UserError(FAILED, stage=now.stage, why=why, url=self.kept.url)
