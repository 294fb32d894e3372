"""What goes to a rented machine and comes back, by way of one private repository, and the note that a run keeps of it.

In: an order. Out: its folder with the adapter, the checks and the checkpoints that the machine made. What goes: the order,
what an earlier part of it left, and of our code the part that trains. No token is ever written.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import shutil
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.hub.client import plain_errors
from pipeline.hub.remote import AFTER, BEFORE, CODE, DONE, ORDER, STOP, order_text
from pipeline.hub.rental import job_errors
from pipeline.records import Done, event_of
from pipeline.student.train import Order

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ROOT = Path(__file__).parents[2]
TRAINING = ("__init__.py", "config.py", "errors.py", "records.py", "hub/__init__.py", "hub/remote.py", "student/*.py")
"""The part of our code that trains."""
LIBRARIES = (
    "torch", "transformers", "peft", "trl", "accelerate", "datasets", "huggingface-hub", "gguf", "psutil", "bitsandbytes",
)  # fmt: skip
"""What that part needs of requirements.txt."""
FILE = "rented.json"


@dataclass
class Kept:
    """What a run remembers of its rented machine, so that a command that is killed and given again pays once."""

    order: str
    """The order's digest: another order is another training."""
    user: str
    repo: str
    dollars_per_hour: float
    seconds: float
    job: str = ""
    url: str = ""
    told: int = 0
    """Events that were handed on."""

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What the run in `folder` remembers, if anything."""
        file = folder / FILE
        return cls(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    def save(self, folder: Path) -> None:
        """Remember it: all of it or what was there before."""
        fresh = (folder / FILE).with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        fresh.replace(folder / FILE)


def requirements() -> list[str]:
    """The libraries with their ranges, as requirements.txt has them."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.split(r"[^\w-]", line)[0].lower() in LIBRARIES]


def send(api: HfApi, order: Order, repo: str) -> None:
    """Make the private repository and put the order into it, in one commit. Raises UserError."""
    from huggingface_hub import CommitOperationAdd

    before = [file for file in (order.folder / "checkpoints").rglob("*") if file.is_file()]
    places = [(f"{BEFORE}/{file.relative_to(order.folder).as_posix()}", file) for file in before]
    additions = [
        CommitOperationAdd(ORDER, order_text(order).encode()),
        CommitOperationAdd(CODE, _code()),
        *(CommitOperationAdd(place, file) for place, file in places),
    ]
    with job_errors(repo):
        api.create_repo(repo, repo_type="dataset", private=True)
        api.create_commit(repo, additions, commit_message="A training to be done", repo_type="dataset")


def new_name(user: str) -> str:
    """A name that no repository has."""
    return f"{user}/sql-distillery-{secrets.token_hex(4)}"


def _code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for pattern in TRAINING:
            for file in sorted((ROOT / "pipeline").glob(pattern)):
                archive.write(file, file.relative_to(ROOT).as_posix())
    return buffer.getvalue()


def ask_to_stop(api: HfApi, repo: str) -> None:
    """Have the machine end with what it has."""
    from huggingface_hub import CommitOperationAdd

    with plain_errors(repo):
        api.create_commit(repo, [CommitOperationAdd(STOP, b"")], commit_message="Stop", repo_type="dataset")


def bring_back(api: HfApi, repo: str, folder: Path) -> Done | None:
    """Put what the machine made into the run's folder; gives its `Done`, or None where it made nothing."""
    place = folder / "rented"
    shutil.rmtree(place, ignore_errors=True)
    with plain_errors(repo):
        if not api.file_exists(repo, f"{AFTER}/{DONE}", repo_type="dataset"):
            return None
        api.snapshot_download(repo, repo_type="dataset", local_dir=place, allow_patterns=f"{AFTER}/*")
    made = place / AFTER
    for name in ("adapter", "checkpoints"):
        shutil.rmtree(folder / name, ignore_errors=True)
        if (made / name).exists():
            (made / name).rename(folder / name)
    (folder / "checks").mkdir(exist_ok=True)  # beside what the run noted there of each check
    for weights in made.glob("checks/*"):
        weights.replace(folder / "checks" / weights.name)
    done = event_of(json.loads((made / DONE).read_text(encoding="utf-8")))
    shutil.rmtree(place)
    return done if isinstance(done, Done) else None
