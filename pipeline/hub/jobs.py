"""A training on a machine rented from Hugging Face Jobs, told as if it ran here.

In: an order, and a token of who pays. Out: the events of the training, then its adapter in the run's folder; on the Hub
nothing stays. A command that is killed leaves the job at work and follows it when it is given again; one that is stopped
has the machine end with what it has. Limit: a machine with several cards is not used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.hub.client import NO_ANSWER, TROUBLE, endpoint, sign_in
from pipeline.hub.following import AT_WORK, Following, cancel, forget, look
from pipeline.hub.parcel import Kept, new_name, requirements, send
from pipeline.hub.remote import order_text
from pipeline.hub.rental import Offer, Rental, job_errors, offer_of
from pipeline.records import Event, Note, Progress
from pipeline.student.train import Order

if TYPE_CHECKING:
    from huggingface_hub import HfApi, JobInfo

Stop = Callable[[], bool]

IMAGE = "ghcr.io/astral-sh/uv:python3.12-bookworm"
"""The image that Hugging Face itself runs scripts in: Python and an installer."""
SHELL = 'export STARTED=$(date +%s); exec "$@"'
"""The time paid for begins before the libraries are installed."""
ENTRY = (
    "import os, sys, tempfile, zipfile; from huggingface_hub import hf_hub_download; code = tempfile.mkdtemp(); "
    "zipfile.ZipFile(hf_hub_download(sys.argv[1], 'code.zip', repo_type='dataset')).extractall(code); "
    "sys.path.insert(0, code); from pipeline.hub.remote import main; "
    "sys.exit(main(sys.argv[1], os.environ['STARTED'], sys.argv[2]))"
)
"""One line, because nothing promises that a command's lines stay apart on their way."""
LABEL = "sql-distillery"
NO_FOLDER = (
    "The base {base} is a folder of this machine, which a rented one cannot see. Name a base by its id on the Hub."
)
NO_TRACKIO = "trackio logs to the machine that trains, and a rented one is given back. Leave it out, or train here."


def rented(
    rental: Rental, token: str = "", agree: Callable[[Offer], None] = lambda offer: None
) -> Callable[[Order, Stop], Iterator[Event]]:
    """What trains an order on a rented machine: as `train_adapter`, given to `pipeline.run.train` as `tune`.

    `agree` is called with the price before a new job is paid for, and raises UserError to refuse; a job that is still at
    work on the same order is followed without a question. What goes wrong at the Hub, at Jobs or in the training there is
    a UserError; after one that leaves the job at work, the same call follows it.
    """

    def tune(order: Order, stop: Stop) -> Iterator[Event]:
        _check(order.config)
        api, user = sign_in(token)
        digest = hashlib.sha256(order_text(order).encode()).hexdigest()
        kept = yield from _remembered(api, order, digest)
        if kept is None:
            price = offer_of(api, rental)
            agree(price)
            if stop():
                return
            yield Progress("train", 0, 0, "Sending the run to the rented machine")
            kept = Kept(digest, user, new_name(user), price.dollars_per_hour, rental.seconds)
            yield from _begin(api, order, kept, rental)
        yield Note("train", "The training runs at {url}", {"url": kept.url})
        yield from Following(api, order, kept).events(stop)

    return tune


def _check(config: TrainConfig) -> None:
    if config.base and (config.base.startswith(("/", ".", "~")) or Path(config.base).is_dir()):
        raise UserError(NO_FOLDER, base=config.base)
    if config.trackio:
        raise UserError(NO_TRACKIO)


def _begin(api: HfApi, order: Order, kept: Kept, rental: Rental) -> Iterator[Event]:
    """Send the order and start the job. It is remembered before it is there, to be found should the answer be lost."""
    kept.save(order.folder)
    try:
        send(api, order, kept.repo)
        job: JobInfo | None = _run(api, kept, rental)
    except UserError as error:
        job = _find(api, kept) if error.template in (NO_ANSWER, TROUBLE) else None
        if job is None:
            yield from forget(api, order, kept)
            raise
    if job:
        kept.job, kept.url = job.id, job.url
        kept.save(order.folder)


def _run(api: HfApi, kept: Kept, rental: Rental) -> JobInfo:
    packages = [part for each in requirements() for part in ("--with", each)]
    seconds = int(kept.seconds)
    with job_errors(kept.repo):
        return api.run_job(
            image=IMAGE,
            command=["bash", "-c", SHELL, "job", "uv", "run", "--no-project", *packages,
                     "python", "-c", ENTRY, kept.repo, str(seconds)],
            flavor=rental.flavor,
            timeout=seconds,
            env={"HF_ENDPOINT": endpoint(), "HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONUNBUFFERED": "1"},
            secrets={"HF_TOKEN": api.token},
            name=kept.repo.rpartition("/")[2],
            labels={LABEL: kept.repo.rpartition("-")[2]},
            namespace=kept.user,
        )  # fmt: skip


def _find(api: HfApi, kept: Kept) -> JobInfo | None:
    """The job of a repository, where nobody knows whether it was started."""
    with job_errors():
        return next(iter(api.list_jobs(labels={LABEL: kept.repo.rpartition("-")[2]}, namespace=kept.user)), None)


def _remembered(api: HfApi, order: Order, digest: str) -> Generator[Event, None, Kept | None]:
    """The job that an earlier call left at work on the same order; one on another order is cancelled."""
    kept = Kept.load(order.folder)
    if kept is None:
        return None
    if not kept.job and (job := _find(api, kept)):
        kept.job, kept.url = job.id, job.url
        kept.save(order.folder)
    if kept.job and kept.order == digest:
        return kept
    if kept.job and look(api, kept).stage in AT_WORK:
        cancel(api, kept)
        yield Note("train", "The job at {url}, which trained with other settings, is cancelled.", {"url": kept.url})
    yield from forget(api, order, kept)
    return None
