"""Our training beside TRL's SFTTrainer at its best: the same pairs, tokens, LoRA and batch, at four sizes of the schema.

`ratio_N` is TRL's seconds a step by ours under a schema of about N tokens, `ceiling_N` how many fewer tokens we compute
(attention and the logits that only TRL computes stand aside). Each side runs in a process of its own. TRL's micro-batch is
the fastest of those that memory allows. `--device cuda` adds a whole training of Qwen3-0.6B's shape with random weights.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from benchmarks import finish
from benchmarks.gradients import embedded_tokenizer, errors
from benchmarks.lengths import DUMPS, pairs_about, schema_of_size
from benchmarks.made_bases import SHAPES, random_base
from benchmarks.sides import Side, run_apart
from pipeline.config import TrainConfig
from pipeline.database.examples import example_schema
from pipeline.student.bases import EMBEDDED

SIZES = "200,500,1000,2000"
SPEED = TrainConfig(epochs=1, typed=False, checks=0, patience=0, save_every=100_000)
"""Rank 32 on all linear layers, 16 pairs a step, as everywhere; nothing between the steps but the steps."""
WHOLE_PAIRS, WHOLE_EPOCHS = 600, 3
SAFE = 0.8
"""Share of the free memory that a larger micro-batch may be expected to take."""


def main() -> None:
    """Print ratios, ceilings, seconds a step, peaks in MB and `gradient_error`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options.add_argument("--base", default="", help=f"id, folder, or with random weights one of {', '.join(SHAPES)}")
    options.add_argument("--tokenizer", type=Path, help="folder with a tokenizer for random weights")
    options.add_argument("--sizes", default=SIZES, help="tokens of the schemas; empty leaves them out")
    options.add_argument("--steps", type=int, help="steps measured after the first (3 on a CPU, else 10)")
    options.add_argument("--dtype", choices=("float32", "bfloat16", "float16"), help="float32 on a CPU, else bfloat16")
    options.add_argument("--micro", default="1,4,16", help="TRL's micro-batches to try, smallest first")
    options.add_argument("--dumps", type=Path, default=DUMPS, help="folder of real schemas; else made ones")
    options.add_argument("--no-gradients", action="store_true", help="leave the difference of the gradients out")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        finish(measure(chosen, Path(scratch)))


def measure(chosen: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """All figures asked for."""
    on_gpu = chosen.device == "cuda"
    dtype = chosen.dtype or ("bfloat16" if on_gpu else "float32")
    base = chosen.base or ("qwen3-0.6b" if on_gpu else EMBEDDED)
    if base in SHAPES:
        base = str(random_base(base, scratch / base, chosen.tokenizer or embedded_tokenizer(), dtype))
    config = replace(SPEED, base=base, dtype=dtype)
    figures: dict[str, Any] = {"base": chosen.base or Path(base).name, "dtype": dtype, "device": chosen.device}
    figures["schemas"] = "real" if chosen.dumps.is_dir() else "made"
    micros = [int(micro) for micro in chosen.micro.split(",")]
    for size in (int(size) for size in chosen.sizes.split(",") if size):
        figures |= at_size(size, chosen, config, micros)
        micros = [micro for micro in micros if micro <= figures.pop("micro", micros[-1])]
    if on_gpu:
        figures |= whole_training(config)
    if not chosen.no_gradients:
        figures |= errors(chosen.tokenizer or embedded_tokenizer())
    return figures


def at_size(size: int, chosen: argparse.Namespace, config: TrainConfig, micros: list[int]) -> dict[str, Any]:
    """Both sides under one schema; `micro` is TRL's best: rows only get longer, so no larger one is tried after it."""
    schema = schema_of_size(size, chosen.dumps)
    steps = chosen.steps or (3 if chosen.device == "cpu" else 10)
    pairs = pairs_about(schema, config.batch * (steps + 1))
    ours = run_apart(Side("ours", schema.to_prompt(), pairs, config), chosen.device)
    if "failed" in ours:
        raise SystemExit(f"Ours at {size} tokens: {ours['failed']}")
    plain = Side("trl", schema.to_prompt(), pairs, config)
    tried = try_micros(plain, micros, chosen.device)
    figures = {f"seconds_ours_{size}": round(ours["seconds"], 3), f"peak_ours_{size}": ours["peak_mb"],
               f"tried_trl_{size}": {name: each.get("seconds", each.get("failed")) for name, each in tried.items()},
               "hardware": ours["hardware"]}  # fmt: skip
    done = {name: each for name, each in tried.items() if "failed" not in each}
    if not done:
        return figures
    setting = min(done, key=lambda name: done[name]["seconds"])
    trl, tokens = done[setting], done[setting]["tokens"]
    return figures | {
        f"ratio_{size}": round(trl["seconds"] / ours["seconds"], 2),
        f"ceiling_{size}": round(tokens["plain"] / tokens["shared"], 2),
        f"seconds_trl_{size}": round(trl["seconds"], 3),
        f"peak_trl_{size}": trl["peak_mb"],
        f"setting_trl_{size}": setting,
        f"prefix_tokens_{size}": tokens["prefix"],
        "micro": int(setting.split("x")[0]),
    }


def try_micros(side: Side, micros: list[int], device: str) -> dict[str, dict[str, Any]]:
    """What TRL does with each micro-batch, smallest first, until one is slower than the one before or does not fit.

    On a GPU the largest is also tried without padding under flash attention, where that is installed.
    """
    tried: dict[str, dict[str, Any]] = {}
    last: dict[str, Any] = {}
    for micro in (each for each in micros if side.config.batch % each == 0):
        if device == "cpu" and last and not expected_to_fit(last, micro / last["micro"]):
            tried[replace(side, micro=micro).setting()] = {"failed": "would not fit"}
            break
        found = run_apart(replace(side, micro=micro), device) | {"micro": micro}
        tried[replace(side, micro=micro).setting()] = found
        if "failed" in found or (last and found["seconds"] > last["seconds"]):
            break
        last = found
    if device == "cuda" and last and find_spec("flash_attn"):
        flash = replace(side, micro=last["micro"], flash=True)
        tried[flash.setting()] = run_apart(flash, device)
    return tried


def expected_to_fit(last: dict[str, Any], times: float) -> bool:
    """Whether a micro-batch so many times larger stays within this machine's free memory."""
    more = (last["peak_mb"] - last["before_mb"]) * times
    return bool(last["before_mb"] + more < SAFE * psutil.virtual_memory().available / 1e6)


def whole_training(config: TrainConfig) -> dict[str, Any]:
    """A training as the product does it, on the sample shop; and its peak with the base in 4 bit, where that works.

    `seconds` count from before the base is loaded to the written adapter; `tokens_per_s` are tokens that were computed.
    """
    schema = example_schema("shop")
    pairs = pairs_about(schema, WHOLE_PAIRS)
    whole = replace(config, epochs=WHOLE_EPOCHS, typed=TrainConfig.typed, save_every=TrainConfig.save_every)
    done = run_apart(Side("ours", schema.to_prompt(), pairs, whole), "cuda")
    if "failed" in done:
        raise SystemExit(f"The whole training: {done['failed']}")
    figures = {"seconds": done["result"]["seconds"], "steps_seconds": round(done["steps_s"], 1),
               "steps": done["result"]["steps"], "peak_mb": done["peak_mb"], "hardware": done["hardware"],
               "tokens_per_s": round(done["tokens_per_s"]), "prefix_tokens": done["result"]["prefix_tokens"]}  # fmt: skip
    if not find_spec("bitsandbytes"):
        return figures
    few = replace(whole, four_bit=True, epochs=1)
    small = run_apart(Side("ours", schema.to_prompt(), pairs[: config.batch * 3], few), "cuda")
    return figures | {"peak_4bit_mb": small.get("peak_mb"), "peak_4bit": small.get("failed", "measured")}


if __name__ == "__main__":
    main()
