"""Which base models there are, which one fits here and why, and how a base is loaded.

An id is one of the list below, any causal LM's id on the Hub, or a local folder. The embedded base needs no Hub.
Never imports torch before `load_base`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.student.device import Device
from pipeline.student.memory import KNOWN_SHAPES, Shape, free_bytes, shape_of

EMBEDDED = "HuggingFaceTB/SmolLM2-135M-Instruct"
DEFAULT_ON_GPU = "Qwen/Qwen3-0.6B"
FOR_CARDS = "defog/sqlcoder-7b-2"
"""7 billion weights, 27 GB in float32: for a card, and for one of 16 GB in 4 bit."""

KNOWN_BASES: tuple[tuple[str, str], ...] = (
    (EMBEDDED, "SmolLM2-135M"),
    ("HuggingFaceTB/SmolLM2-360M-Instruct", "SmolLM2-360M"),
    ("Qwen/Qwen2.5-Coder-0.5B-Instruct", "Qwen2.5-Coder-0.5B"),
    (DEFAULT_ON_GPU, "Qwen3-0.6B"),
    (FOR_CARDS, "SQLCoder-7B-2"),
)
"""Ids and short names. SmolLM-v0.2-600M, which the recipe's first write-up names, does not exist on the Hub."""


BASE_FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]
"""What of a Hub repository is read: weights that cannot run code, settings, tokenizer."""


@dataclass(frozen=True)
class BaseChoice:
    """A base and the reason for it, as an English template and its values."""

    id: str
    reason: str
    values: dict[str, object] = field(default_factory=dict)


def known_bases() -> list[tuple[str, str]]:
    """Ids and short names of the bases offered first; the large one only where there is a card."""
    return [(base, name) for base, name in KNOWN_BASES if base != FOR_CARDS or has_gpu()]


def licence(base: str) -> str | None:
    """The licence of a known base, as the Hub names it; None for any other, of which nothing is known."""
    if base == FOR_CARDS:
        return "cc-by-sa-4.0"
    return "apache-2.0" if base in dict(KNOWN_BASES) else None


def short_name(base: str) -> str:
    """The short name people see: `SmolLM2-135M` for the embedded base."""
    return dict(KNOWN_BASES).get(base, base.rstrip("/").rsplit("/", 1)[-1])


def public_base(base: str) -> str:
    """A base's id; of a folder on this machine its name alone, because where it lies is nobody else's business."""
    place = Path(base)
    return place.name if base and (place.is_absolute() or place.is_dir()) else base


def choose_base() -> BaseChoice:
    """The default student here: Qwen3-0.6B where there is a GPU and the Hub answers, else the embedded one."""
    if not has_gpu():
        return BaseChoice(EMBEDDED, "SmolLM2-135M, because this machine has no GPU: it trains in minutes on a CPU.")
    if not hub_answers():
        return BaseChoice(EMBEDDED, "SmolLM2-135M, because the Hugging Face Hub does not answer: it needs no Hub.")
    return BaseChoice(DEFAULT_ON_GPU, "Qwen3-0.6B, because there is a GPU and the Hugging Face Hub answers.")


def has_gpu() -> bool:
    """Whether an NVIDIA driver or ZeroGPU is here, told without loading torch (which takes seconds)."""
    return Path("/proc/driver/nvidia/version").exists() or bool(os.environ.get("SPACES_ZERO_GPU"))


def hub_answers(timeout: float = 3.0) -> bool:
    """Whether the Hub can be asked; False when the environment says offline."""
    from huggingface_hub import constants, get_session

    if constants.HF_HUB_OFFLINE:
        return False
    import httpx2

    try:
        return bool(get_session().head(constants.ENDPOINT, timeout=timeout).status_code < 500)
    except httpx2.HTTPError:
        return False


def locate(base: str, progress: Callable[[int, int], None]) -> str:
    """Where transformers can load `base` from: a Hub id, or a folder. Fetches the embedded base when needed.

    `progress(done, total)` is called with bytes. Raises UserError when the base cannot be had, and for a folder on a public
    Space, where visitors must not probe the server's disk.
    """
    from pipeline.student.embedded import embedded_folder

    if base == EMBEDDED:
        return str(embedded_folder(progress))
    if os.environ.get("SPACE_ID") and (base.startswith(("/", ".", "~")) or Path(base).exists()):
        raise UserError("{base} is a folder of the server. Name a base by its id on the Hub.", base=base)
    return base


def fetch_base(base: str, progress: Callable[[int, int], None]) -> None:
    """Bring a base onto this machine's disk, without loading it and without torch where it is on the Hub.

    Raises UserError as `load_base` does.
    """
    from huggingface_hub import snapshot_download

    place = locate(base, progress)
    if Path(place).is_dir():
        return
    try:
        snapshot_download(place, allow_patterns=BASE_FILES)
    except (OSError, ValueError) as error:
        raise _unloadable(base, error) from error


def load_base(
    base: str, device: Device, progress: Callable[[int, int], None], four_bit: bool = False
) -> tuple[Any, Any]:
    """Model (on `device`, in its dtype, eval mode) and tokenizer of a base.

    In 4 bit the linear layers are held as NF4 and computed in the device's dtype. Only safetensors are read and no remote
    code is run. Raises UserError with the reason when it cannot be loaded.
    """
    from transformers import AutoModelForCausalLM

    tokenizer, place = load_tokenizer(base, progress), locate(base, progress)
    try:
        model = AutoModelForCausalLM.from_pretrained(
            place, dtype=device.torch_dtype(), use_safetensors=True, **(_four_bit(device) if four_bit else {})
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise _unloadable(base, error) from error
    return (model if four_bit else model.to(device.kind)).eval(), tokenizer


def _four_bit(device: Device) -> dict[str, Any]:
    """How transformers loads a base's linear layers as NF4, on the device they stay on."""
    from transformers import BitsAndBytesConfig
    from transformers.utils import is_bitsandbytes_available

    if not is_bitsandbytes_available():  # not there, or too old
        raise UserError(
            "4 bit takes bitsandbytes, which is not installed. Run pip install -U bitsandbytes, or train without 4 bit."
        )
    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=device.torch_dtype(),
    )  # fmt: skip
    return {"quantization_config": config, "device_map": device.kind}


def refuse_four_bit(device: Device) -> None:
    """Raises UserError on a CPU, where 4 bit takes 2.6 times as long (SmolLM2-135M) and memory is not what is short."""
    if device.kind == "cpu":
        raise UserError("4 bit is for NVIDIA cards, and this machine has none. Train without 4 bit.")


WEIGHTS_SHARE = 0.7
"""Share of a card's free memory that the weights may take; the rest is for the keys and values of the questions."""


def needs_four_bit(shape: Shape, device: Device) -> bool:
    """Whether a base is too large for this card in the device's dtype. Never on a CPU, where 4 bit only costs time."""
    free = free_bytes("cuda") if device.kind == "cuda" else None
    return free is not None and shape.weight_bytes(device.dtype) > WEIGHTS_SHARE * free


def base_shape(base: str) -> Shape:
    """The shape of a base, read from its configuration alone where it is not among the known ones.

    Raises UserError as `load_base` does.
    """
    from transformers import AutoConfig

    if base in KNOWN_SHAPES:
        return KNOWN_SHAPES[base]
    try:
        return shape_of(AutoConfig.from_pretrained(locate(base, lambda done, total: None)))
    except (OSError, ValueError, AttributeError) as error:  # an architecture without these sizes has no place here
        raise _unloadable(base, error) from error


def load_tokenizer(base: str, progress: Callable[[int, int], None]) -> Any:
    """The tokenizer of a base alone; fetched when it is not here. Raises UserError as `load_base` does."""
    from transformers import AutoTokenizer

    hush()
    place = locate(base, progress)
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError) as error:
        raise _unloadable(base, error) from error
    if tokenizer.eos_token is None:
        raise UserError(
            "The base {base} has no end token, so it cannot learn where SQL ends. Choose another.", base=base
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def tokenizer_here(base: str) -> bool:
    """Whether the base's tokenizer is on this machine's disk. Nothing is asked of a network."""
    from pipeline.student.embedded import tokenizer_file

    if base == EMBEDDED:
        return tokenizer_file() is not None
    try:
        place = Path(locate(base, lambda done, total: None))
    except UserError:
        return False
    if place.is_dir():
        return (place / "tokenizer_config.json").exists()
    from huggingface_hub import hf_hub_download

    try:
        hf_hub_download(base, "tokenizer_config.json", local_files_only=True)
    except (OSError, ValueError):  # not there; no name a Hub could have
        return False
    return True


def _unloadable(base: str, error: Exception) -> UserError:
    return UserError(
        "The base {base} could not be loaded: {why}. Choose SmolLM2-135M, which needs no Hub, or check the id.",
        base=base,
        why=str(error).strip().splitlines()[0].rstrip("."),
    )


def hush() -> None:
    """Keep transformers' progress bars and notices off stderr: a stage tells what matters as events."""
    import logging as python_logging
    import warnings

    from transformers.utils import logging

    python_logging.getLogger("bitsandbytes").setLevel(
        python_logging.ERROR
    )  # PEFT imports it, and on a CPU it complains
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.")
