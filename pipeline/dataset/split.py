"""Train or held-out, by SQL template: a query's pattern is learned or examined, never both.

Paraphrases and the twins of two languages share their template and stay together, and so do templates with nearly the same
question (`leaks`). What was dealt before keeps its side, so that adding pairs does not let the examination leak into training;
where a held-out question turns out to resemble one in training, its whole group goes to training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from random import Random

from pipeline.config import DatasetConfig
from pipeline.dataset.certificates import write_certificates
from pipeline.dataset.jsonl import write_recipe
from pipeline.dataset.leaks import joined, leaks
from pipeline.records import JudgedPair
from pipeline.store import Store

SIDES = ("train", "heldout")

GROUP_SHARE = 1 / 3
"""A group larger than this part of the held-out set goes to training, or one pattern would be the examination."""


def deal(store: Store, config: DatasetConfig) -> list[JudgedPair]:
    """Split all pairs of the run, write `train.jsonl`, `heldout.jsonl` and the certificates.

    Scores are forgotten where a pair moves. What the sides share all the same is kept as the fact `leaks`.
    """
    before = store.pairs()
    pairs = split(before, config.heldout_share, config.seed)
    if [pair.split for pair in pairs] != [pair.split for pair in before]:
        store.forget_scores()
        store.replace_pairs(pairs)
    for side in SIDES:
        write_recipe(store.folder / f"{side}.jsonl", [pair.pair for pair in pairs if pair.split == side])
    write_certificates(store, pairs)
    shared = asdict(leaks(pairs))
    store.set(dataset_split={"heldout_share": config.heldout_share, "seed": config.seed}, leaks=shared)
    return pairs


def deal_anew(store: Store) -> list[JudgedPair]:
    """`deal` with the settings of the last time, after pairs have changed."""
    return deal(store, DatasetConfig(**store.get("dataset_split", {})))


def split(judged: Sequence[JudgedPair], share: float, seed: int) -> list[JudgedPair]:
    """The kept pairs in their order with `split` set: about `share` of them held out, at least one where two groups
    allow it, and each level about as often as among all. Rejected pairs are handed back without a split.
    """
    home = joined(judged)
    groups: dict[str, list[JudgedPair]] = defaultdict(list)
    for one in judged:
        if one.verdict.ok:
            groups[home[one.template]].append(one)
    side = {name: found for name, group in groups.items() if (found := _side_of(group))}
    if 0 < share < 1 and len(groups) > 1:
        _hold_out(groups, side, share, Random(seed))
    return [replace(one, split=side.get(home[one.template], "train") if one.verdict.ok else "") for one in judged]


def _side_of(group: Sequence[JudgedPair]) -> str:
    """The side a group was dealt to; training where it is on both, because what was learned cannot be examined."""
    sides = {one.split for one in group} - {""}
    return "train" if len(sides) > 1 else "".join(sides)


def _hold_out(groups: dict[str, list[JudgedPair]], side: dict[str, str], share: float, rng: Random) -> None:
    """Put new templates on the held-out side, level by level, until each level has its share."""
    total = sum(len(group) for group in groups.values())
    largest = max(1.0, GROUP_SHARE * share * total)
    by_level: dict[str, list[str]] = defaultdict(list)
    for name, group in groups.items():
        by_level[group[0].level].append(name)
    owed = 0.0
    for _, names in sorted(by_level.items()):
        owed += share * sum(len(groups[name]) for name in names)
        owed -= sum(len(groups[name]) for name in names if side.get(name) == "heldout")
        new = sorted(name for name in names if name not in side)
        rng.shuffle(new)
        for name in new:
            size = len(groups[name])
            if size <= largest and size / 2 <= owed:
                side[name] = "heldout"
                owed -= size
    if "heldout" not in side.values() and (free := sorted((len(groups[n]), n) for n in groups if n not in side)):
        side[free[0][1]] = "heldout"
    for name in groups:
        side.setdefault(name, "train")
    if "train" not in side.values():
        side[max(groups, key=lambda name: len(groups[name]))] = "train"
