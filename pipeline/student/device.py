"""Where the student runs: device and dtype, decided once for training, scoring and asking.

CUDA cards from Ampere on compute in bfloat16, older ones (T4) in float16 and never in bfloat16, which they only emulate.
A CPU with bfloat16 instructions keeps the frozen base in bfloat16 (the adapter stays float32), any other is float32.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UserError

DTYPES = ("float32", "bfloat16", "float16")


@dataclass(frozen=True)
class Device:
    """A place to run: `kind` is `cuda` or `cpu`; `dtype` the name of the base's torch dtype; `name` is for people."""

    kind: str
    dtype: str
    name: str

    def torch_dtype(self) -> Any:
        """The dtype as torch knows it."""
        import torch

        return getattr(torch, self.dtype)

    def label(self) -> str:
        """What stands beside a measured number, such as `AMD EPYC, 2 cores, float32`."""
        return f"{self.name}, {self.dtype}"


def choose_device(dtype: str = "") -> Device:
    """The best device of this machine, in the dtype asked for or the one that suits it.

    Raises UserError for a dtype that does not exist, or that the device only emulates.
    """
    import torch

    if dtype not in ("", *DTYPES):
        raise UserError("There is no dtype {dtype}. Choose float32, bfloat16 or float16.", dtype=dtype)
    if torch.cuda.is_available():
        major, _ = torch.cuda.get_device_capability()
        name = torch.cuda.get_device_name()
        if dtype == "bfloat16" and major < 8:
            raise UserError("The {name} only emulates bfloat16. Choose float16 or float32.", name=name)
        return Device("cuda", dtype or ("bfloat16" if major >= 8 else "float16"), name)
    if dtype == "float16":
        raise UserError("A CPU computes float16 very slowly. Choose float32 or bfloat16.")
    return Device("cpu", dtype or usual_on_cpu(), f"{_processor()}, {cores()} cores")


def usual_on_cpu() -> str:
    """The dtype of a base on this CPU when none is asked for."""
    return "bfloat16" if _cpu_has_bfloat16() else "float32"


def _cpu_has_bfloat16() -> bool:
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 — not a file that Path could cache
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
