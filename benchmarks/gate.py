"""The gate: pairs a second on one core, planted wrong pairs caught by each layer and by all, good pairs lost.

`--data` is geography's folder; without it the samples' pairs alone are used. `caught` and `opinion` rest on a SIMULATED
second opinion: a solver that is right with the probability `--solver`, nobody is asked. Time is measured on one core
(this process and its sandbox worker), with the load of the machine beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import finish
from benchmarks.corpora import DATA, Corpus, good_pairs, made
from benchmarks.layers import LAYERS, Layers, Solver, apart
from benchmarks.planted import DAMAGES, Ground, Planted, plant
from pipeline.config import InstanceConfig
from pipeline.database.sandbox import Sandbox
from pipeline.dataset.gate import open_gate
from pipeline.dataset.opinion import Bench

SIZES = (2, 5, 10, 20, 40)
"""Tables of the made schemas."""
PAIRS_A_SIZE = 60
REPEATS = ("near-duplicate", "contradiction")
"""Reasons that tell of an earlier pair, not of the pair itself: counted apart from what is lost."""
SAME = 0.25
"""Share of the solver's mistakes that are the pair's own in the harder simulation."""


def main() -> None:
    """Print `pairs_per_s`, the growth, what is caught by layer and by kind of damage, and what is lost and why."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--planted", type=int, default=200, help="wrong pairs to plant")
    options.add_argument("--solver", type=float, default=0.8, help="accuracy of the simulated second opinion")
    options.add_argument("--seed", type=int, default=4)
    options.add_argument("--parts", default="speed,growth,caught", help="which of speed, growth, caught")
    chosen = options.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures: dict[str, Any] = {"databases": InstanceConfig.count, "cores": 1}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        corpora = good_pairs(folder, chosen.data)
        parts = chosen.parts.split(",")
        figures |= speed(corpora, folder) if "speed" in parts else {}
        figures |= growth(folder, chosen.seed) if "growth" in parts else {}
        figures |= caught(corpora, folder, chosen) if "caught" in parts else {}
    finish(figures | {"load": [round(load, 1) for load in os.getloadavg()]})


def speed(corpora: list[Corpus], folder: Path) -> dict[str, Any]:
    """Every pair judged once, mutants included: pairs a second, and the good pairs lost."""
    lost: dict[str, Any] = {}
    count = kept = dropped = 0
    wall = cpu = 0.0
    for corpus in corpora:
        reasons, seconds, spent = judge_all(corpus, folder / corpus.name)
        wall, cpu, count = wall + seconds, cpu + spent, count + len(corpus.pairs)
        repeated = sum(reasons[reason] for reason in REPEATS)
        gone = sum(reasons.values()) - reasons[""] - repeated
        kept, dropped = kept + reasons[""], dropped + gone
        lost[corpus.name] = {"pairs": len(corpus.pairs), "lost": gone, "repeated": repeated}
        lost[corpus.name]["why"] = {reason: n for reason, n in reasons.items() if reason}
    return {
        "pairs_per_s": round(count / wall, 1), "pairs_per_cpu_s": round(count / cpu, 1), "pairs": count, "kept": kept,
        "lost": round(dropped / count, 4), "lost_by": lost,
    }  # fmt: skip


def judge_all(corpus: Corpus, folder: Path) -> tuple[Counter[str], float, float]:
    """How often each reason (empty is kept), seconds on the clock, and seconds of the processor, worker included."""
    databases = corpus.databases(folder, InstanceConfig())
    before = _processor()
    with open_gate(corpus.schema, databases, InstanceConfig(), corpus.uploaded) as gate:
        started = time.monotonic()
        reasons = Counter(gate.judge(pair).verdict.reason for pair in corpus.pairs)
        seconds = time.monotonic() - started
    return reasons, seconds, _processor() - before


def _processor() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def growth(folder: Path, seed: int) -> dict[str, Any]:
    """Pairs a second for made schemas of 2 to 40 tables, on offline pairs."""
    rates = {}
    for tables in SIZES:
        corpus = made(tables, PAIRS_A_SIZE, seed)
        reasons, seconds, spent = judge_all(corpus, folder / corpus.name)
        rates[str(tables)] = {
            "pairs_per_s": round(len(corpus.pairs) / seconds, 1),
            "pairs_per_cpu_s": round(len(corpus.pairs) / spent, 1),
            "kept": reasons[""],
            "pairs": len(corpus.pairs),
        }
    return {"growth": rates}


def caught(corpora: list[Corpus], folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """Planted wrong pairs caught by each layer and kind, and what a second opinion costs in good pairs."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox())
        layers = {}
        for corpus in corpora:
            place = folder / f"caught-{corpus.name}"
            databases = corpus.databases(place, InstanceConfig())
            gate = stack.enter_context(open_gate(corpus.schema, databases, InstanceConfig(), corpus.uploaded))
            truth = Bench(corpus.schema, corpus.databases(place / "apart", apart(InstanceConfig()), own=True), sandbox)
            layers[corpus.name] = Layers(gate, truth, place, corpus.uploaded is not None)
        grounds = [Ground(corpus.pairs, layers[corpus.name].truth) for corpus in corpora]
        planted = plant(grounds, chosen.planted, chosen.seed)
        print(f"{len(planted)} wrong pairs planted", file=sys.stderr)
        figures = count_layers(planted, layers, Solver(chosen.solver, 0.0, Random(chosen.seed)))
        figures |= harder(planted, layers, chosen)
        return figures | doubted(corpora, layers, chosen)


def count_layers(planted: list[Planted], layers: dict[str, Layers], solver: Solver) -> dict[str, Any]:
    """Shares caught by each layer, by kind of damage, by reason of the gate, and by check of the wording."""
    share: Counter[str] = Counter()
    kinds = {kind: Counter[str]() for kind in DAMAGES}
    reasons: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    for one in planted:
        at = layers[one.corpus]
        found, reason = at.catching(one, solver)
        share.update(found)
        kinds[one.kind].update({"planted": 1, **dict.fromkeys(found, 1)})
        reasons[reason or "kept"] += 1
        checks.update(at.checks(one.pair))
    return {
        "planted": len(planted),
        "caught": round(share["all"] / len(planted), 3),
        "caught_by": {layer: round(share[layer] / len(planted), 3) for layer in LAYERS},
        "caught_of": {kind: {name: counts[name] for name in ("planted", *LAYERS)} for kind, counts in kinds.items()},
        "reasons": dict(reasons.most_common()),
        "wording": dict(checks.most_common()),
        "solver": f"simulated, right {solver.accuracy:.0%}",
    }


def harder(planted: list[Planted], layers: dict[str, Layers], chosen: argparse.Namespace) -> dict[str, Any]:
    """The same with a solver that makes the pair's own mistake in a quarter of its mistakes."""
    solver = Solver(chosen.solver, SAME, Random(chosen.seed + 1))
    agreed = [layers[one.corpus].agreed(one.pair.sql, one.good, solver) for one in planted]
    let_by = [
        one for one, yes in zip(planted, agreed, strict=True) if yes and not layers[one.corpus].reason_of(one.pair)
    ]
    return {
        "caught_same_mistakes": round(1 - len(let_by) / len(planted), 3),
        "opinion_same_mistakes": round(1 - sum(agreed) / len(planted), 3),
    }


def doubted(corpora: list[Corpus], layers: dict[str, Layers], chosen: argparse.Namespace) -> dict[str, Any]:
    """The share of good pairs that the simulated second opinion speaks against, for a person to look at."""
    solver = Solver(chosen.solver, 0.0, Random(chosen.seed + 2))
    agreed = [layers[corpus.name].agreed(pair.sql, pair.sql, solver) for corpus in corpora for pair in corpus.pairs]
    return {"doubted_by_opinion": round(1 - sum(agreed) / len(agreed), 3)}


if __name__ == "__main__":
    main()
