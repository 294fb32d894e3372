"""The run as one zip: adapter in PEFT layout, card, pairs in the recipe's form, schema and report.

Reads the run's folder and store; writes `cards/README.md` and `<schema>.zip` in it. No key, no token, no path of this
machine goes in.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from pipeline.database.schema import Schema
from pipeline.errors import UserError
from pipeline.hub.card import model_card, public_base
from pipeline.store import Store

PAIRS = ("train.jsonl", "heldout.jsonl")
LONGEST_NAME = 80
"""Letters; file systems take 255 bytes, and one letter may be three of them."""


def bundle(store: Store, schema: Schema) -> Path:
    """Write the zip and return its path. Raises UserError when there is no adapter yet."""
    folder = store.folder
    adapter = folder / "adapter"
    if not (adapter / "adapter_config.json").exists():
        raise UserError("Nothing to share yet. Train a model first.")
    card = folder / "cards" / "README.md"
    card.parent.mkdir(exist_ok=True)
    card.write_text(model_card(store, schema), encoding="utf-8")
    target = folder / f"{file_name(schema.name)}.zip"
    fresh = target.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(card, "README.md")
        archive.writestr("schema.prompt.txt", schema.to_prompt())
        for name in ("schema.sql", "report.json", *PAIRS):
            if (folder / name).exists():
                archive.write(folder / name, name)
        for file in sorted(adapter.iterdir()):
            if file.name == "adapter_config.json":
                archive.writestr(f"adapter/{file.name}", _public_config(file))
            else:
                archive.write(file, f"adapter/{file.name}")
    fresh.replace(target)
    return target


def _public_config(file: Path) -> str:
    """The adapter's settings; a base that is a folder of this machine goes by its name alone."""
    config = json.loads(file.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = public_base(config["base_model_name_or_path"])
    return json.dumps(config, indent=2) + "\n"


def file_name(name: str) -> str:
    """A name that any file system takes."""
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    return plain.strip("-")[:LONGEST_NAME] or "run"
