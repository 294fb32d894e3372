"""Adapters that somebody else made, from the Hub or a folder, into a run: files checked, settings rebuilt, nothing executed.

In: `user/name`, `user/name@revision` or a folder (PEFT's layout, or our unpacked zip). Out: a `Found` whose files are
ready to become the run's `adapter/`. Only safetensors, JSON and text are read; a pickle or code beside them stays where it is.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.hub.bundle import ADAPTER_FILES, SETTINGS, WEIGHTS
from pipeline.hub.client import client, on_space, plain_errors, reading_token

TEXTS = ("schema.sql", "schema.prompt.txt")
MOST_WEIGHTS, MOST_TEXT = 1_000_000_000, 40_000_000
"""Bytes. A rank-64 adapter of a 7B base has 320 MB in half precision; Qwen's tokenizer.json has 11 MB."""
PLAIN_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
PLAIN_MODULE = re.compile(r"[\w.]{1,200}", re.ASCII)
TRUTHS = ("fan_in_fan_out", "use_rslora", "use_dora", "lora_bias")
NAMES = ("target_modules", "modules_to_save")
NUMBERS = ("rank_pattern", "alpha_pattern")
MOST_RANK = 1024

NO_FOLDERS = "{source} is a folder of the server. Name an adapter by its id on the Hub."
NO_ADAPTER = "There is no adapter in {source}: {file} is missing. Name a folder or a repository in PEFT layout."
TOO_LARGE = "{file} of {source} has {megabytes} MB, more than the {most} MB that an adapter may have. Choose another."
BAD_SETTINGS = "The adapter in {source} cannot be used: its {name} is {value}. Only plain LoRA adapters are loaded."
BAD_WEIGHTS = "The weights in {source} cannot be read: {why}. Download or copy the adapter again."


@dataclass(frozen=True)
class Head:
    """An adapter on the Hub: its repository, the commit, and the bytes of each file we take."""

    repo: str
    commit: str
    sizes: dict[str, int]


@dataclass(frozen=True)
class Found:
    """An adapter in a folder of our own, checked."""

    source: str
    """The id on the Hub, or the folder's name alone."""
    commit: str
    """The commit on the Hub; empty for a folder."""
    folder: Path
    settings: dict[str, Any] = field(repr=False)

    @property
    def base(self) -> str:
        """The id of the base it was trained on."""
        return str(self.settings["base_model_name_or_path"])

    def text(self, name: str) -> str:
        """A text file that came along, or nothing."""
        file = self.folder / name
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def move_to(self, adapter: Path) -> None:
        """Make it the adapter in that folder: settings rebuilt from what was checked, everything else as it came."""
        fresh = adapter.with_name("adapter.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in ADAPTER_FILES:
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, fresh / name)
        (fresh / SETTINGS).write_text(json.dumps(self.settings, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(adapter, ignore_errors=True)
        fresh.rename(adapter)


def is_folder(source: str) -> bool:
    """Whether `source` names a folder rather than a repository. Raises UserError for a folder on a public Space."""
    looks = source.startswith(("/", ".", "~")) or "\\" in source
    if on_space():
        if looks:
            raise UserError(NO_FOLDERS, source=source)
        return False
    return looks or Path(source).is_dir()


def from_folder(source: str, scratch: Path) -> Found:
    """Copy an adapter out of a folder. Raises UserError when there is none that can be used."""
    top = Path(source).expanduser()
    home = top if (top / SETTINGS).is_file() else top / "adapter"
    _need(home / SETTINGS, top.name or source)
    _need(home / WEIGHTS, top.name or source)
    files = [home / name for name in ADAPTER_FILES] + [top / name for name in TEXTS]
    for file in (each for each in files if each.is_file()):
        _check_size(file.name, file.stat().st_size, top.name)
        shutil.copyfile(file, scratch / file.name)
    return checked(top.resolve().name, "", scratch)


def _need(file: Path, source: str) -> None:
    if not file.is_file():
        raise UserError(NO_ADAPTER, source=source, file=file.name)


def head_of(source: str, token: str) -> Head:
    """What there is to fetch. Raises UserError when there is no such adapter, or it is too large."""
    repo, _, revision = source.partition("@")
    with plain_errors(repo):
        info = client(reading_token(token)).model_info(repo, revision=revision or None, files_metadata=True)
    there = {each.rfilename: int(each.size or 0) for each in info.siblings or ()}
    top = "" if SETTINGS in there else "adapter/"
    sizes = {name: there[name] for name in (*(top + each for each in ADAPTER_FILES), *TEXTS) if name in there}
    for need in (SETTINGS, WEIGHTS):
        if top + need not in sizes:
            raise UserError(NO_ADAPTER, source=repo, file=need)
    for path, size in sizes.items():
        _check_size(Path(path).name, size, repo)
    return Head(repo, str(info.sha), sizes)


def fetch(head: Head, token: str, scratch: Path) -> Iterator[tuple[int, int]]:
    """Download the files of `head` into a folder; after each, the bytes done and all there are. Raises UserError."""
    api, done = client(reading_token(token)), 0
    for path, size in head.sizes.items():
        with plain_errors(head.repo):
            place = api.hf_hub_download(head.repo, path, revision=head.commit, local_dir=scratch / "fetched")
        file = Path(place).rename(scratch / Path(path).name)
        _check_size(file.name, file.stat().st_size, head.repo)
        done += size
        yield done, sum(head.sizes.values())


def _check_size(name: str, size: int, source: str) -> None:
    most = MOST_WEIGHTS if name == WEIGHTS else MOST_TEXT
    if size > most:
        raise UserError(TOO_LARGE, file=name, source=source, megabytes=size // 1_000_000, most=most // 1_000_000)


def checked(source: str, commit: str, folder: Path) -> Found:
    """The adapter whose files are in `folder`. Raises UserError when it is not a plain LoRA adapter."""
    try:
        given = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(BAD_SETTINGS, source=source, name=SETTINGS, value="not JSON") from error
    settings = _plain_lora(source, given if isinstance(given, dict) else {})
    _check_weights(folder / WEIGHTS, source)
    return Found(source, commit, folder, settings)


def _plain_lora(source: str, given: dict[str, Any]) -> dict[str, Any]:
    """The settings of a plain LoRA adapter, rebuilt: what is not named here never reaches PEFT."""

    def need(name: str, good: bool) -> Any:
        if not good:
            raise UserError(BAD_SETTINGS, source=source, name=name, value=json.dumps(given.get(name))[:80])
        return given.get(name)

    def plain(name: str, value: object) -> Any:
        fine = isinstance(value, list) and all(isinstance(each, str) and PLAIN_MODULE.fullmatch(each) for each in value)
        return need(name, fine or value in (None, "all-linear"))

    rank, alpha, base = given.get("r"), given.get("lora_alpha"), given.get("base_model_name_or_path")
    settings = {
        "peft_type": need("peft_type", given.get("peft_type") == "LORA"),
        "task_type": need("task_type", given.get("task_type") in ("CAUSAL_LM", None)) or "CAUSAL_LM",
        "base_model_name_or_path": need("base_model_name_or_path", bool(PLAIN_ID.fullmatch(str(base)))),
        "r": need("r", isinstance(rank, int) and 0 < rank <= MOST_RANK),
        "lora_alpha": need("lora_alpha", isinstance(alpha, int | float) and 0 < alpha < 1e6),
        "bias": need("bias", given.get("bias", "none") in ("none", "all", "lora_only")) or "none",
        "inference_mode": True,
    }
    need("auto_mapping", given.get("auto_mapping") is None)
    for name in TRUTHS:
        settings[name] = need(name, isinstance(given.get(name, False), bool)) or False
    for name in NAMES:
        settings[name] = plain(name, given.get(name))
    for name in NUMBERS:
        pattern = given.get(name) or {}
        fine = isinstance(pattern, dict) and all(PLAIN_MODULE.fullmatch(str(key)) for key in pattern)
        need(name, fine and all(isinstance(value, int | float) for value in pattern.values()))
        settings[name] = pattern
    return settings


def _check_weights(file: Path, source: str) -> None:
    """Raises UserError unless this is a safetensors file with LoRA tensors in it."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as weights:
            names = list(weights.keys())
    except SafetensorError as error:
        raise UserError(BAD_WEIGHTS, source=source, why=str(error)) from error
    if not any("lora_" in name for name in names):
        raise UserError(BAD_WEIGHTS, source=source, why="no LoRA tensor is in it")
