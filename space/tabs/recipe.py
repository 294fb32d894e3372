"""The settings of a training: as fields of the page, as a `TrainConfig`, and as options of the command line.

In: what the fields hold. Out: settings that were checked again here, because a browser may send anything; an emptied
field keeps its default.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from space import runs
from space.page import Page
from space.scene import Scene

FIELDS = (
    "base", "epochs", "learning_rate", "rank", "batch", "max_minutes", "targets", "dtype", "checks", "patience", "seed",
    "trackio", "rslora", "four_bit",
)  # fmt: skip
"""The settings on the page, in the order of its fields; the first two are not among the advanced ones."""
TARGETS = {"all-linear": "train.targets_all", "attention": "train.targets_attention"}
DTYPES = ("float32", "bfloat16", "float16")
CHOICES = {"targets": tuple(TARGETS), "dtype": ("", *DTYPES)}
LIMITS = {"rank": (1, 512), "batch": (1, 1024), "checks": (0, 50), "patience": (0, 50), "seed": (0, 2**32 - 1)}
ABOVE_ZERO = ("epochs", "learning_rate", "rank", "batch")
"""A zero in these means that the field was emptied."""
PROJECT_LETTERS = 60
LABELS = {
    "learning_rate": "train.rate", "rank": "train.rank", "batch": "train.batch", "max_minutes": "train.minutes",
    "checks": "train.checks", "patience": "train.patience", "seed": "train.seed", "rslora": "train.rslora",
    "four_bit": "train.four_bit",
}  # fmt: skip
INFOS = {
    "max_minutes": "train.minutes_info", "checks": "train.checks_info", "patience": "train.patience_info",
    "rslora": "train.rslora_info", "four_bit": "train.four_bit_info",
}  # fmt: skip


def advanced(page: Page) -> list[Any]:
    """The fields that nine of ten people leave alone, in the order of `FIELDS`."""
    with gr.Column(elem_classes="recipe"):
        fields = [_number(page, name) for name in ("learning_rate", "rank", "batch", "max_minutes")]
        fields.append(page.add(gr.Dropdown, {"label": "train.targets", "choices": TARGETS}, value=TrainConfig.targets,
                               filterable=False, interactive=True))  # fmt: skip
        fields.append(page.add(gr.Dropdown, {"label": "train.dtype"}, draw=_dtypes, value=TrainConfig.dtype,
                               filterable=False, interactive=True))  # fmt: skip
        fields += [_number(page, name) for name in ("checks", "patience", "seed")]
        fields.append(page.add(gr.Textbox, {"label": "train.trackio", "info": "train.trackio_info"}, interactive=True,
                               visible=not runs.on_space(), max_length=PROJECT_LETTERS))  # fmt: skip
        for name in ("rslora", "four_bit"):
            fields.append(page.add(gr.Checkbox, {"label": LABELS[name], "info": INFOS[name]}, value=False,
                                   interactive=True, container=False))  # fmt: skip
    return fields


def _number(page: Page, name: str) -> Any:
    texts = {"label": LABELS[name]} | ({"info": INFOS[name]} if name in INFOS else {})
    fine = {"step": 1e-4} if name == "learning_rate" else {} if name == "max_minutes" else {"precision": 0}
    return page.add(gr.Number, texts, value=getattr(TrainConfig, name), minimum=0, interactive=True, **fine)


def _dtypes(scene: Scene) -> dict[str, Any]:
    return {"choices": [(scene.words("train.dtype_auto"), ""), *((name, name) for name in DTYPES)]}


def config_of(*values: Any) -> TrainConfig:
    """The fields' values as settings. Raises UserError for what cannot train."""
    default = TrainConfig()
    chosen: dict[str, Any] = {}
    for name, value in zip(FIELDS, values, strict=False):  # a page that was open while the app changed sends fewer
        usual = getattr(default, name)
        empty = value is None or (name in ABOVE_ZERO and not value)
        chosen[name] = usual if empty else value.strip() if isinstance(value, str) else type(usual)(value)
    for name, (low, high) in LIMITS.items():
        if not low <= chosen.get(name, low) <= high:
            raise _beyond(name, chosen[name], f"{low}–{high}")
    for name, allowed in CHOICES.items():
        if chosen.get(name, allowed[0]) not in allowed:
            raise _beyond(name, chosen[name], ", ".join(filter(None, allowed)))
    if runs.on_space():
        chosen["trackio"] = ""  # the field is not there: whoever filled it is not at the page
    return replace(default, **chosen, alpha=2 * chosen.get("rank", default.rank))


def _beyond(name: str, value: object, allowed: str) -> UserError:
    return UserError(
        "{value} is out of reach for {name}. Choose among {allowed}.", value=value, name=name, allowed=allowed
    )


def values_of(config: TrainConfig) -> list[Any]:
    """The settings as the fields hold them."""
    return [getattr(config, name) for name in FIELDS]


def options(config: TrainConfig) -> list[str]:
    """What of the settings is not the default, as options of `pipeline train`."""
    found: list[str] = []
    for name in FIELDS:
        value = getattr(config, name)
        if value != getattr(TrainConfig, name):
            option = f"--{name.replace('_', '-')}"
            found += [option] if value is True else [option, f"{value}"]
    return found
