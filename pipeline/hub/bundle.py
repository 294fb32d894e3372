"""The run as one zip: adapter in PEFT layout, card, pairs in the recipe's form, schema and report.

Reads the run's folder and store; writes `cards/README.md` and `<schema>.zip` in it. No key, no token, no path of this
machine goes in.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from pipeline.database.schema import Schema
from pipeline.dataset.certificates import CERTIFICATES, INSTANCES
from pipeline.errors import UserError
from pipeline.hub.card import model_card
from pipeline.store import Store
from pipeline.student.bases import public_base

PAIRS = ("train.jsonl", "heldout.jsonl")
LONGEST_NAME = 80
"""Letters; file systems take 255 bytes, and one letter may be three of them."""

WEIGHTS, SETTINGS, TOKENIZER = "adapter_model.safetensors", "adapter_config.json", "tokenizer_config.json"
ADAPTER_FILES = (
    WEIGHTS, SETTINGS, TOKENIZER, "tokenizer.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "merges.txt", "chat_template.jinja",
)  # fmt: skip
"""What an adapter is made of; nothing else is handed out or taken in."""
OF_THIS_MACHINE = ("is_local", "local_files_only", "name_or_path")
"""What transformers notes in a tokenizer's settings about where it was loaded from."""


def bundle(store: Store, schema: Schema) -> Path:
    """Write the zip and return its path. Raises UserError when there is no adapter yet."""
    folder, files = store.folder, adapter_files(store)
    card = folder / "cards" / "README.md"
    card.parent.mkdir(exist_ok=True)
    card.write_text(model_card(store, schema), encoding="utf-8")
    target = folder / f"{file_name(schema.name)}.zip"
    fresh = target.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(card, "README.md")
        archive.writestr("schema.prompt.txt", schema.to_prompt())
        for name in ("schema.sql", "report.json", *PAIRS, CERTIFICATES, INSTANCES):
            if (folder / name).exists():
                archive.write(folder / name, name)
        for name, data in files.items():
            archive.writestr(f"adapter/{name}", data)
    fresh.replace(target)
    return target


def adapter_files(store: Store) -> dict[str, bytes]:
    """The adapter's files by name, as they may be handed out. Raises UserError when there is no adapter yet."""
    adapter = store.folder / "adapter"
    if not (adapter / SETTINGS).exists():
        raise UserError("Nothing to share yet. Train a model first.")
    found = {name: (adapter / name).read_bytes() for name in ADAPTER_FILES if (adapter / name).exists()}
    return found | {name: _public(data) for name, data in found.items() if name in (SETTINGS, TOKENIZER)}


def _public(data: bytes) -> bytes:
    """Settings without what they say of this machine; a base that is a folder of it goes by its name alone."""
    settings = {name: value for name, value in json.loads(data).items() if name not in OF_THIS_MACHINE}
    if "base_model_name_or_path" in settings:
        settings["base_model_name_or_path"] = public_base(settings["base_model_name_or_path"])
    return (json.dumps(settings, indent=2, ensure_ascii=False) + "\n").encode()


def file_name(name: str) -> str:
    """A name that any file system takes."""
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    return plain.strip("-")[:LONGEST_NAME] or "run"
