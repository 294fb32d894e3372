"""The last step and its way back: a run to a zip or the Hub, and an adapter from the Hub or a folder into a run.

In: a run with an adapter, or the name of one that somebody shared. Out: a zip or repositories; or a run that can be asked.
Tokens are arguments and nothing else.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pipeline.config import PublishConfig
from pipeline.database.ddl import parse_schema
from pipeline.errors import UserError
from pipeline.hub.adapters import Found
from pipeline.hub.bundle import WEIGHTS
from pipeline.hub.client import NO_ANSWER
from pipeline.records import Done, Event, Note, Progress
from pipeline.run.schema import adopt, forget_made, schema_done, schema_of
from pipeline.stages import keep
from pipeline.store import Store


def publish(store: Store, config: PublishConfig | None = None, token: str = "") -> Iterator[Event]:
    """Without a repository in `config`, bundle the run as one zip; with one, upload adapter and pairs to the Hub.

    The last event is `Done` with `file` and `bytes`, or with `adapter`, `dataset` (addresses), `repo` and `private`.
    Raises UserError with what to do; pressing again goes on.
    """
    return keep(store, "publish", _publish(store, config or PublishConfig(), token))


def _publish(store: Store, config: PublishConfig, token: str) -> Iterator[Event]:
    from pipeline.hub.bundle import bundle
    from pipeline.hub.upload import upload

    if config.repo.strip():
        yield from upload(store, schema_of(store), config, token)
        return
    file = bundle(store, schema_of(store))
    yield Note("publish", "The run is in {file}.", {"file": file.name})
    yield Done("publish", {"file": str(file), "bytes": file.stat().st_size})


def open_adapter(store: Store, source: str, token: str = "", schema_text: str = "") -> Iterator[Event]:
    """Make an adapter from the Hub (`user/name`, `user/name@revision`) or a folder the run's own, with its schema.

    `schema_text` is used where the source brings no schema.sql. Nothing is fetched twice, and what was fetched before is
    used when the Hub does not answer. Raises UserError when the adapter cannot be had or is not safe to load.
    """
    return keep(store, "schema", _open(store, source.strip().rstrip("/"), token, schema_text))


def adapter_run(source: str) -> Path:
    """The folder in the app's cache where the run of an adapter is kept."""
    from pipeline.student.embedded import cache_folder

    plain = re.sub(r"[^A-Za-z0-9]+", "-", source).strip("-")[-60:] or "adapter"
    return cache_folder() / "adapters" / f"{plain}-{sha256(source.encode()).hexdigest()[:8]}"


def _open(store: Store, source: str, token: str, schema_text: str) -> Iterator[Event]:
    from pipeline.hub import adapters

    if not source:
        raise UserError("The adapter has no name. Give its id on the Hub, such as user/name, or a folder.")
    with tempfile.TemporaryDirectory(dir=store.folder) as place:
        scratch = Path(place)
        if adapters.is_folder(source):
            yield from _take_over(store, source, adapters.from_folder(source, scratch), schema_text)
            return
        try:
            head = adapters.head_of(source, token)
        except UserError as error:
            if error.template != NO_ANSWER or not _has(store, source):
                raise
            yield Note(
                "schema", "The Hugging Face Hub does not answer. The copy fetched before is used.", level="warning"
            )
            yield schema_done(store, schema_of(store))
            return
        if not _has(store, source, head.commit):
            for done, total in adapters.fetch(head, token, scratch):
                yield Progress("schema", done, total, "Fetching the adapter")
            yield from _take_over(store, source, adapters.checked(head.repo, head.commit, scratch), schema_text)
        else:
            yield schema_done(store, schema_of(store))


def _has(store: Store, source: str, commit: str = "") -> bool:
    """Whether the run's adapter is that of `source`, as of a commit or any."""
    known = store.get("adapter_source", {})
    there = (store.folder / "adapter" / WEIGHTS).exists()
    return there and known.get("asked") == source and commit in ("", known.get("commit"))


def _take_over(store: Store, source: str, found: Found, schema_text: str) -> Iterator[Event]:
    """Make a checked adapter and its schema the run's own; what was there before is dropped."""
    ddl = found.text("schema.sql") or schema_text
    if not ddl.strip():
        raise UserError(
            "{source} brings no schema.sql. Read its schema first, then open the adapter.", source=found.source
        )
    name = found.source.rpartition("/")[2]
    schema = parse_schema(ddl, "auto", name)
    forget_made(store)
    adopt(store, schema, name)
    found.move_to(store.folder / "adapter")
    store.set(base=found.base, adapter_source={"asked": source, "source": found.source, "commit": found.commit})
    if found.text("schema.prompt.txt") not in ("", schema.to_prompt()):
        yield Note("schema", "The adapter was trained with the schema written in another way. Its answers may be worse.",
                   level="warning")  # fmt: skip
    yield schema_done(store, schema)
