"""One side of `training` in a process of its own, so that its peak memory is its own and an end for want of memory its end.

`run_apart(side, device)` in the measuring process; `python -m benchmarks.sides FILE` is the process started. Seconds a step
are the median of the times between steps, the first of which warms up.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.plain import Plain, train_plainly
from pipeline.config import TrainConfig
from pipeline.records import Done, Note, Pair, Step

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Side:
    """What one process trains: `ours`, or TRL in micro-batches of `micro` pairs."""

    trainer: str
    schema_text: str
    pairs: Sequence[Pair]
    config: TrainConfig
    micro: int = 0
    flash: bool = False
    as_ours: bool = False

    def setting(self) -> str:
        """TRL's setting in short: `4x4` is four pairs at once, four times."""
        return f"{self.micro}x{self.config.batch // self.micro}{' flash' * self.flash}" if self.micro else "ours"


@dataclass
class Clock:
    """When each step ended, and its loss."""

    ends: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    def tick(self, loss: float) -> None:
        """A step ended."""
        self.ends.append(time.monotonic())
        self.losses.append(loss)
        print(f"step {len(self.ends)} loss {loss:.4f}", file=sys.stderr)

    def figures(self) -> dict[str, Any]:
        """Seconds a step (None with one step alone), of all but the first, and the losses."""
        steps = [after - before for before, after in zip(self.ends, self.ends[1:], strict=False)]
        return {"seconds": median(steps) if steps else None, "steps_s": sum(steps), "losses": self.losses}


def run_apart(side: Side, device: str) -> dict[str, Any]:
    """What `measure` finds, in a fresh process; `failed` alone where it ended early. `device` is `cpu` or `cuda`."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "side.json"
        file.write_text(json.dumps(asdict(side)), encoding="utf-8")
        hidden = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {}
        command = [sys.executable, "-m", "benchmarks.sides", str(file)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **hidden}, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return {"failed": f"ended with {done.returncode}"}
    return dict(json.loads(lines[-1]))


def main() -> None:
    """Measure the side in the file named, and print what was found as one JSON object."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    told |= {"config": TrainConfig(**told["config"]), "pairs": [Pair(**pair) for pair in told["pairs"]]}
    try:
        print(json.dumps(measure(Side(**told))))
    except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError, and so is a CPU's
        if "memory" not in str(error).lower():
            raise
        print(json.dumps({"failed": "out of memory"}))


def measure(side: Side) -> dict[str, Any]:
    """Train; gives seconds a step, losses, megabytes before training and at the peak, and more of each side."""
    clock = Clock()
    found = _ours(side, clock) if side.trainer == "ours" else _plain(side, clock)
    return {**clock.figures(), **found, "peak_mb": peak_mb(), "setting": side.setting()}


def _ours(side: Side, clock: Clock) -> dict[str, Any]:
    from pipeline.student.train import Order, train_adapter

    result: dict[str, Any] = {}
    rates = []
    with tempfile.TemporaryDirectory() as scratch:
        for event in train_adapter(Order(Path(scratch), side.schema_text, side.pairs, side.config), lambda: False):
            if isinstance(event, Step):
                clock.tick(event.loss)
                rates.append(event.tokens_per_second)
            elif isinstance(event, Note):
                print(event.text(), file=sys.stderr)
            elif isinstance(event, Done):
                result = event.result
    return {"hardware": result["hardware"], "tokens_per_s": rates[-1], "result": result}


def _plain(side: Side, clock: Clock) -> dict[str, Any]:
    from pipeline.student.bases import load_base
    from pipeline.student.device import choose_device

    device = choose_device()
    device = replace(device, dtype=side.config.dtype or device.dtype)
    loaded = load_base(side.config.base, device, lambda done, total: None)
    before = peak_mb()
    plain = Plain(side.schema_text, side.pairs, side.config, side.micro, side.flash, side.as_ours)
    _, tokens = train_plainly(plain, device, loaded, clock.tick)
    return {"hardware": device.label(), "before_mb": before, "tokens": asdict(tokens)}


def peak_mb() -> int:
    """The most memory this process has held: allocated on the GPU where it used one, else resident."""
    torch, status = sys.modules.get("torch"), Path("/proc/self/status")
    if torch and torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated() / 1e6)
    if status.exists():  # ru_maxrss would count what the starting process held when it forked
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024 // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


if __name__ == "__main__":
    main()
