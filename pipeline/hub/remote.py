"""A training on a rented machine, as its job runs it.

In: a private repository with `order.json` and what an earlier part left; the token of its owner in HF_TOKEN. Out: the
training's events on stdout, one numbered JSON object a line, and in the same repository, in one commit, what it made.
One limit: a machine that dies leaves nothing; one whose time runs out ends in time with what it has.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Pair
from pipeline.student.train import Order, train_adapter

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ORDER, STOP, CODE, DONE = "order.json", "stop", "code.zip", "done.json"
BEFORE, AFTER = "before", "after"
"""Folders of the repository: what an earlier part left, and what this one made."""
FOLDERS = ("adapter", "checks", "checkpoints")
"""What a training makes in a run's folder."""
SAVE_SECONDS = 120.0
"""Left at the end of the time paid for, to save and upload. An estimate: not measured on Hugging Face Jobs."""
ASK_SECONDS = 5.0
"""Between two questions whether somebody asked to stop."""


def order_text(order: Order) -> str:
    """An order as JSON, without the folder, which is another on each machine."""
    told = asdict(order)
    del told["folder"]
    return json.dumps(told, ensure_ascii=False)


def read_order(text: str, folder: Path) -> Order:
    """The order that `order_text` wrote, into a folder of this machine."""
    told = json.loads(text)
    told |= {name: [Pair(**pair) for pair in told[name]] for name in ("pairs", "heldout") if name in told}
    return Order(**told | {"folder": folder, "config": TrainConfig(**told["config"])})


def main(repo: str, started: str, seconds: str) -> int:
    """Train what `repo` orders within `seconds` from `started` (Unix time); gives the job's exit code."""
    from huggingface_hub import HfApi

    api, folder = HfApi(), Path(tempfile.mkdtemp())
    api.snapshot_download(repo, repo_type="dataset", local_dir=folder, allow_patterns=[ORDER, f"{BEFORE}/*"])
    for kept in folder.glob(f"{BEFORE}/*"):
        kept.rename(folder / kept.name)
    order = read_order((folder / ORDER).read_text(encoding="utf-8"), folder)
    asked = Asked(api, repo, float(started) + float(seconds) - SAVE_SECONDS)
    try:
        for number, event in enumerate(train_adapter(order, asked)):
            if isinstance(event, Done):
                (folder / DONE).write_text(json.dumps(event.as_dict()), encoding="utf-8")
                _upload(api, repo, folder)
            _say({"n": number, **event.as_dict()})
    except UserError as error:
        _say({"n": -1, "event": "error", "template": error.template, "values": error.values})
        return 2
    return 0


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class Asked:
    """Whether the training is to end: its time is over, or a file named `stop` is in the repository."""

    def __init__(self, api: HfApi, repo: str, end: float) -> None:
        self._api, self._repo, self._end = api, repo, end
        self._next = 0.0
        self._over = False

    def __call__(self) -> bool:
        """Asks the Hub now and then; a Hub that does not answer has not asked to stop."""
        import httpx2
        from huggingface_hub.errors import HfHubHTTPError

        now = time.time()
        self._over = self._over or now > self._end
        if not self._over and now > self._next:
            self._next = now + ASK_SECONDS
            try:
                self._over = self._api.file_exists(self._repo, STOP, repo_type="dataset")
            except (HfHubHTTPError, httpx2.HTTPError):
                return False
        return self._over


def _upload(api: HfApi, repo: str, folder: Path) -> None:
    from huggingface_hub import CommitOperationAdd

    files = [folder / DONE, *(file for name in FOLDERS for file in (folder / name).rglob("*") if file.is_file())]
    places = [(f"{AFTER}/{file.relative_to(folder).as_posix()}", file) for file in files]
    additions = [CommitOperationAdd(place, file) for place, file in places]
    api.create_commit(repo, additions, commit_message="Trained", repo_type="dataset")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ["STARTED"], sys.argv[2]))
