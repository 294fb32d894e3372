"""A run to the Hub: its adapter in one repository, its pairs in another, each in one commit, so never half there.

In: a run with an adapter, a repository's name, a token. Out: events, the last one `Done` with the addresses. An existing
repository is written to only if this tool made it, or it is empty; who can see it is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.config import PublishConfig
from pipeline.database.schema import Schema
from pipeline.errors import UserError
from pipeline.hub.bundle import ADAPTER_FILES, adapter_files
from pipeline.hub.card import MADE_BY, model_card
from pipeline.hub.client import TAKEN, endpoint, plain_errors, sign_in
from pipeline.hub.dataset_card import dataset_card, dataset_files
from pipeline.records import Done, Event, Note, Progress
from pipeline.store import Store
from pipeline.student.bases import short_name

if TYPE_CHECKING:
    from huggingface_hub import HfApi

NAME_LENGTH = 90  # the Hub takes 96, and the pairs' name is six longer
MESSAGE = "Uploaded by SQL Distillery"
OURS = {"model": {*ADAPTER_FILES, "report.json"}, "dataset": {"data/train.jsonl", "data/heldout.jsonl"}}
"""Files that a later upload takes away again when the run no longer has them."""

SEEN_BY_ALL = (
    "Everyone can see {repo}, and you asked for a private upload. Choose “Everyone”, or another name, or make it private "
    "at {settings}"
)
SEEN_BY_FEW = (
    "{repo} is private, and you asked for an upload that everyone can see. Choose “Only me”, or make it public at "
    "{settings}"
)
NOTHING = "Nothing is half-written: a repository gets all its files at once, or none. Upload again to go on."
ONLY_ADAPTER = "The adapter is at {adapter}. Upload again, and only what is missing is sent."


@dataclass(frozen=True)
class Target:
    """One repository to write to, and what is in it now."""

    kind: str
    """`model` or `dataset`."""
    name: str
    head: str | None = None
    """The commit it stands at; None when there is no such repository."""
    files: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"{endpoint()}/{'datasets/' if self.kind == 'dataset' else ''}{self.name}"


def suggested_name(store: Store, schema: Schema) -> str:
    """A name for the adapter's repository: `shop-sql-smollm2-135m`."""
    words = f"{schema.name} sql {short_name(str(store.get('base', '') or ''))}".lower()
    return "-".join(re.findall(r"[a-z0-9.]+", words))[:NAME_LENGTH].strip("-.")


def upload(store: Store, schema: Schema, config: PublishConfig, token: str) -> Iterator[Event]:
    """Write what `config` asks for to the Hub. Raises UserError with what to do; what is there already is told first."""
    adapter_files(store)  # refuses a run without an adapter before anybody is asked
    yield Progress("publish", 0, 3, "Asking the Hub")
    api, user = sign_in(token)
    name = _full_name(config.repo, user)
    parts: list[tuple[Target, Callable[[Target], Mapping[str, bytes]]]] = []
    pairs = f"{name}-pairs" if config.dataset and dataset_files(store) else ""
    if config.adapter:
        parts.append((_look(api, Target("model", name), config.public), lambda at: _model(store, schema, at, pairs)))
    if pairs:
        adapter = name if config.adapter else ""
        parts.append((_look(api, Target("dataset", pairs), config.public),
                      lambda at: _pairs(store, schema, at, adapter)))  # fmt: skip
    if not parts:
        raise UserError("There is nothing to upload. Choose the adapter, or write pairs first.")
    sent: dict[str, str] = {}
    for place, (target, files) in enumerate(parts, start=1):
        yield Progress("publish", place, 3, WHAT[target.kind])
        try:
            _send(api, target, files(target), (user, config.public))
        except UserError:
            kept = {"adapter": sent["model"]} if "model" in sent else {}
            yield Note("publish", ONLY_ADAPTER if kept else NOTHING, kept, "warning")
            raise
        sent[target.kind] = target.url
    yield Progress("publish", 3, 3, "Asking the Hub")
    yield Done("publish", {"adapter": sent.get("model", ""), "dataset": sent.get("dataset", ""), "repo": name,
                           "private": not config.public})  # fmt: skip


WHAT = {"model": "Uploading the adapter", "dataset": "Uploading the pairs"}


def _full_name(asked: str, user: str) -> str:
    """`user/name` out of a name alone, a full one, or the repository's address."""
    name = asked.strip().removeprefix(endpoint()).removeprefix("https://huggingface.co").strip("/")
    return name if "/" in name else f"{user}/{name}"


def _look(api: HfApi, target: Target, public: bool) -> Target:
    """The target with what is there now. Raises UserError when that is somebody's own work, or seen by others than asked."""
    from huggingface_hub.errors import RepositoryNotFoundError

    with plain_errors(target.name):
        try:
            info = (api.dataset_info if target.kind == "dataset" else api.model_info)(target.name)
        except RepositoryNotFoundError:
            return target
    files = frozenset(file.rfilename for file in info.siblings or ())
    empty = files <= {".gitattributes"}
    if not empty and MADE_BY not in (info.tags or ()):
        raise UserError(TAKEN, repo=target.name)
    if bool(info.private) == public:
        raise UserError(SEEN_BY_FEW if public else SEEN_BY_ALL, repo=target.name, settings=f"{target.url}/settings")
    return Target(target.kind, target.name, info.sha, files)


def _send(api: HfApi, target: Target, files: Mapping[str, bytes], who: tuple[str, bool]) -> None:
    """Make the repository where there is none, and give it all its files in one commit."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    user, public = who
    gone = sorted((target.files & OURS[target.kind]) - files.keys())
    with plain_errors(target.name, user):
        if target.head is None:
            api.create_repo(target.name, repo_type=target.kind, private=not public)
        api.create_commit(
            target.name,
            [
                *(CommitOperationAdd(path, data) for path, data in files.items()),
                *(CommitOperationDelete(path, is_folder=False) for path in gone),
            ],
            commit_message=MESSAGE,
            repo_type=target.kind,
            parent_commit=target.head,
        )


def _model(store: Store, schema: Schema, target: Target, pairs: str) -> dict[str, bytes]:
    card = model_card(store, schema, target.name, pairs)
    return {
        **adapter_files(store),
        "README.md": card.encode(),
        "schema.sql": (store.folder / "schema.sql").read_bytes(),
        "schema.prompt.txt": schema.to_prompt().encode(),
        **{name: (store.folder / name).read_bytes() for name in ("report.json",) if (store.folder / name).exists()},
    }


def _pairs(store: Store, schema: Schema, target: Target, adapter: str) -> dict[str, bytes]:
    card = dataset_card(store, schema, target.name, adapter)
    return {"README.md": card.encode(), **dataset_files(store)}
