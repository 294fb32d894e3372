"""The processes of one training: which this one is, and what they tell each other. One process alone is a world too.

In: the environment of `torchrun`. Limit: the process group is the trainer's; before it has begun, nothing can be told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def rank() -> int:
    """The number of this process, from 0."""
    return int(os.environ.get("RANK", "0"))


def size() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this process is the one that tells, saves and answers for all."""
    return rank() == 0


def local_rank() -> int:
    """The number of this process on its machine, which is that of its card."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def take_card() -> int:
    """Settle on one card for this process, before CUDA begins; gives how many cards then lie idle.

    The trainer refuses a process that sees several. On ZeroGPU the platform decides.
    """
    cards = len(list(Path("/proc/driver/nvidia/gpus").glob("*")))
    if size() > 1 or cards < 2 or os.environ.get("SPACES_ZERO_GPU") or "CUDA_VISIBLE_DEVICES" in os.environ:
        return 0
    os.environ["CUDA_VISIBLE_DEVICES"] = "0"
    return cards - 1


def add_up(parameters: Iterable[Any]) -> None:
    """Give every process the sum of all gradients."""
    if size() == 1:
        return
    import torch.distributed as dist

    for parameter in parameters:
        if parameter.grad is None:  # no pair of this step was this process's
            parameter.grad = parameter.new_zeros(parameter.shape)
        dist.all_reduce(parameter.grad)


def any_of(here: bool, device: Any) -> bool:
    """Whether it is so in any process."""
    if size() == 1:
        return here
    import torch
    import torch.distributed as dist

    told = torch.tensor(int(here), device=device)
    dist.all_reduce(told)
    return bool(told.item())


def wait() -> None:
    """Until every process is here."""
    if size() > 1:
        import torch.distributed as dist

        dist.barrier()
