"""The line that says what the training will hold in memory, before it starts.

In: the chosen base and settings. Out: one dim line, and a hint where a card is known to be too small. No library is loaded
for it; of a base whose shape is not known nothing is said.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache

from markupsafe import Markup

from pipeline.student.bases import DEFAULT_ON_GPU, EMBEDDED, has_gpu
from pipeline.student.memory import KNOWN_SHAPES, USABLE, Need, estimate, micro_tokens_for
from pipeline.student.prompt import CHARACTERS_PER_TOKEN
from pipeline.student.train import MICRO_TOKENS
from space.scene import Scene
from space.view import html

MEBIBYTE = 1 << 20
TURN_TOKENS = 12
"""Of the chat template around a question and its SQL, about."""


def line(scene: Scene) -> str:
    """`About 2.1 GB of memory: base 0.5, adapter 0.4, …`; nothing where the base's shape is not known."""
    need = need_of(scene)
    if need is None:
        return Markup("")
    parts = {"base": need.base, "adapter": need.adapter, "step": need.activations + need.working, "own": need.runtime}
    gigabytes = {name: f"{size / 1e9:.1f}" for name, size in parts.items()}
    said = scene.words("train.memory", total=f"{need.total / 1e9:.1f}", **gigabytes)
    card = card_bytes() if has_gpu() else None
    if card and need.total > USABLE * card and not scene.train.four_bit:
        said = scene.words("train.memory_four_bit", said=said, card=f"{card / 1e9:.0f}")
    return html.tag('<p class="dim small">{}</p>', said)


def need_of(scene: Scene) -> Need | None:
    """What the chosen training takes with as many tokens at once as the settings ask for, else as the trainer would take."""
    config, device = scene.train, "cuda" if has_gpu() else "cpu"
    shape = KNOWN_SHAPES.get(config.base or (DEFAULT_ON_GPU if device == "cuda" else EMBEDDED))
    pairs = [each.pair for each in scene.pairs if each.split == "train"]
    if shape is None or not pairs:
        return None
    prefix, card = int(scene.fact("prompt_tokens", 0)), card_bytes() if device == "cuda" else None
    letters = sum(len(pair.question) + len(pair.sql) for pair in pairs) / len(pairs)
    step = round(config.batch * (letters / CHARACTERS_PER_TOKEN + TURN_TOKENS))
    at_once = config.micro_tokens or min(step, MICRO_TOKENS[device])
    if card and not config.micro_tokens:
        at_once = min(at_once, micro_tokens_for(shape, config, device, prefix, card))
    return estimate(shape, config, device, prefix, at_once)


@lru_cache(maxsize=1)
def card_bytes() -> int | None:
    """Memory of the smallest NVIDIA card here, as its driver's tool tells without any library; None where it does not."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    asked = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout
        return min(int(line) * MEBIBYTE for line in told.split())
    except (OSError, subprocess.SubprocessError, ValueError):  # ValueError too where it lists none, or says N/A
        return None
