"""What 1,000 kept pairs cost in dollars and time, per model, singly and as batches, with and without a second opinion.

The real requests are built and their tokens counted offline by `tokens_of` (2.5 characters of ASCII a token, any other letter
a token); what Claude writes is as long as the recorded pairs. Every assumption is printed. No model is asked: the time is
taken against the server of the tests, which answers at a stated speed, so it is a simulation of all but the client.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import finish
from pipeline.config import DatasetConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.examples import SAMPLES
from pipeline.database.schema import Schema
from pipeline.dataset.claude.estimate import KEPT, texts, tokens_of, usages
from pipeline.dataset.claude.models import BATCH, MODELS, cost, find_model
from pipeline.dataset.claude.opinion_cost import SPLITS, estimate_opinions
from pipeline.dataset.claude.orders import Orders
from pipeline.dataset.claude.request import PAIRS, build
from pipeline.dataset.claude.teacher import ClaudeTeacher, Needs
from pipeline.dataset.pasted import read_pairs
from pipeline.records import Pair
from pipeline.store import Store

GEOGRAPHY = Path("../shared/benchmarks/geography")
WANTED = 1_000
PIECE = 90
"""Characters of one piece that the server of the tests streams."""
FRAME = 10
"""Tokens of JSON around one item of a reply, the names of its fields among them."""
CATEGORY = 5
"""Tokens of the category that an unanswerable question is given."""


@dataclass(frozen=True)
class Tokens:
    """Means of one request."""

    requests: int
    """For 1,000 kept pairs."""
    prefix: int
    """Rules, schema and the reply's JSON schema: the same for all, and cached."""
    order: float
    written: float
    """Without thinking."""


def main() -> None:
    """Print dollars per 1,000 kept pairs by schema, model and way, the seconds, and what was assumed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument(
        "--data", type=Path, default=GEOGRAPHY, help="schema.sql and claude_pairs.jsonl beside the shop's"
    )
    options.add_argument("--kept", type=float, default=KEPT, help="share of Claude's pairs that the gate keeps")
    options.add_argument(
        "--tokens-a-second", type=float, default=150.0, help="of one reply, in the simulation; 0: none"
    )
    chosen = options.parse_args()
    figures: dict[str, Any] = {"assumed": assumptions(chosen.kept)}
    folders = {"shop": (SAMPLES / "shop", "pairs.jsonl"), "geography": (chosen.data, "claude_pairs.jsonl")}
    for name, (folder, pairs) in folders.items():
        if (folder / "schema.sql").exists():
            figures[name] = dollars(folder / "schema.sql", recorded(folder / pairs), chosen.kept)
    if chosen.tokens_a_second:
        figures["time"] = simulated(figures["shop"]["tokens"], chosen.tokens_a_second)
    finish(figures)


def assumptions(kept: float) -> dict[str, object]:
    """What is not measured here."""
    return {
        "tokens": "characters / 2.5 of ASCII, 1 for any other letter; Claude's own count differs",
        "written": "as long as the recorded pairs of that schema, without line breaks",
        "kept": kept,
        "unanswerable_requests": DatasetConfig.unanswerable,
        "thinking_tokens_a_request": {name: model.thinks // 4 for name, model in MODELS.items()},
        "single": "the first request fills the cache, all others read it",
        "batch": "between all requests of a batch reading the cache and each filling it: Anthropic promises neither",
        "second_opinion": f"every kept pair asked once, {SPLITS:.0%} twice; not in batches",
    }


def recorded(file: Path) -> Sequence[Pair]:
    """The pairs of a file."""
    return read_pairs(file.read_text(encoding="utf-8"))[0]


def dollars(ddl: Path, pairs: Sequence[Pair], kept: float) -> dict[str, Any]:
    """Dollars per 1,000 kept pairs of a schema, by model and way, and the tokens they come from."""
    schema = parse_schema(ddl.read_text(encoding="utf-8"))
    tokens = counted(schema, pairs, kept)
    asked = [pairs[number % len(pairs)] for number in range(WANTED)]
    found: dict[str, Any] = {"recorded_pairs": len(pairs), "tokens": vars(tokens)}
    for name in MODELS:
        first, again = (cost(name, usage) for usage in of_requests(name, tokens))
        single = first + (tokens.requests - 1) * again
        opinion = estimate_opinions(schema, DatasetConfig("claude", model=name), {"plan": asked, "direct": ()}, {})
        ways = {"single": single, "batch": BATCH * single, "batch_uncached": BATCH * tokens.requests * first}
        found[name] = {way: round(amount, 3) for way, amount in ways.items()}
        found[name] |= {f"{way}+opinion": round(amount + opinion.dollars, 3) for way, amount in ways.items()}
    return found


def counted(schema: Schema, pairs: Sequence[Pair], kept: float) -> Tokens:
    """The tokens of the real requests, and of replies as long as the recorded pairs."""
    config = DatasetConfig("claude")
    requests = math.ceil(WANTED / (PAIRS * kept) / (1 - config.unanswerable))
    question, query = (mean(tokens_of(json.dumps(text, ensure_ascii=False)) for text in column)
                       for column in zip(*((pair.question, pair.sql) for pair in pairs), strict=True))  # fmt: skip
    item = {"pairs": question + query, "queries": question + 1, "unanswerable": question + CATEGORY}
    orders, prefixes, kinds = [], [], Counter[str]()
    with tempfile.TemporaryDirectory() as scratch, closing(Store.create(Path(scratch) / "run")) as store:
        drawn = Orders(store, config, schema)
        for number in range(requests):
            blueprint = drawn.order(number)
            request = build(schema, config.model, blueprint)
            system, order = texts(request)
            prefixes.append(tokens_of(system) + tokens_of(json.dumps(request.params["output_config"])))
            orders.append(tokens_of(order))
            kinds[blueprint.kind] += 1
    written = sum(number * PAIRS * (item[kind] + FRAME) for kind, number in kinds.items()) / requests
    return Tokens(requests, round(mean(prefixes)), round(mean(orders), 1), round(written, 1))


def of_requests(model: str, tokens: Tokens) -> tuple[dict[str, int], dict[str, int]]:
    """The usage of the first request and of each that follows."""
    return usages(tokens.prefix, round(tokens.order), round(tokens.written) + find_model(model).thinks // 4)


def simulated(tokens: dict[str, Any], speed: float) -> dict[str, object]:
    """Seconds of the client and its pace for as many replies as 1,000 kept pairs take, each at a stated speed."""
    seconds = tokens["written"] / speed
    with serving(seconds) as url, tempfile.TemporaryDirectory() as scratch:
        os.environ["ANTHROPIC_BASE_URL"] = url
        with closing(Store.create(Path(scratch) / "run")) as store:
            taken, replies = write(store, tokens["requests"])
    said = "simulated: one reply takes so long, no limit of the account is met, no pair is judged"
    return {"what": said, "reply_s": round(seconds, 1), "requests": replies, "seconds": round(taken, 1),
            "at_once": round(replies * seconds / taken, 1)}  # fmt: skip


def write(store: Store, requests: int) -> tuple[float, int]:
    """Have the teacher send so many requests; seconds from the first to the last, and how many were answered."""
    config = DatasetConfig("claude", max_dollars=100.0, sql_first=0.0, unanswerable=0.0)
    teacher = ClaudeTeacher(store, config, "sk-ant-nobodys", Needs(lambda: WANTED, lambda: False))
    schema = parse_schema((SAMPLES / "shop" / "schema.sql").read_text(encoding="utf-8"))
    started = time.monotonic()
    for _ in teacher.pairs(schema, requests * PAIRS, ["en"]):
        pass
    return time.monotonic() - started, sum(row["ending"] == "end_turn" for row in store.replies())


@contextmanager
def serving(seconds: float) -> Iterator[str]:
    """The server of the tests, each of whose replies takes about `seconds`; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pieces = PAIRS * 177 / PIECE  # a line of the recorded pairs of the shop has 177 characters on average
    order = [sys.executable, "-m", "tests.claude_server", "--port", str(port), "--pause", str(seconds / pieces)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
