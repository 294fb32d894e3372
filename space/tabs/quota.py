"""The Train tab's line about GPU time, on ZeroGPU only: what the visitor has used, has left, and will be asked for.

In: the `Lent` events of the visitor's run and the chosen settings. Out: one dim line.
"""

from __future__ import annotations

import time
from dataclasses import replace

from markupsafe import Markup

from space import zerogpu
from space.quota import Account, account
from space.scene import Scene
from space.slices import Pace
from space.view.quota import quota_line


def line(scene: Scene) -> str:
    """The line, or nothing where no GPU is lent, or there is nothing to train."""
    if not zerogpu.ON or not any(each.split == "train" for each in scene.pairs):
        return Markup("")
    now, running = time.time(), scene.busy("train")
    known = account(scene.events("train", "lent"), now)
    if not running:
        known = replace(known, following=0)
    slices = 0 if running else _slices(scene, known)
    return quota_line(known, slices, scene.words, now - known.told, zerogpu.factor())


def _slices(scene: Scene, known: Account) -> int:
    """How many slices the chosen training takes, by the pace of the last one; 0 where that had another base or batch."""
    config, last = scene.train, scene.trained_with
    if last is None or not known.step:
        return 0
    if replace(config, epochs=0, max_minutes=0) != replace(last, epochs=0, max_minutes=0):
        return 0
    pairs = sum(each.split == "train" for each in scene.pairs)
    return Pace(loading=known.loading, step=known.step).slices(round(-(-pairs // config.batch) * config.epochs))
