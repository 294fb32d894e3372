"""Pairs as files that other tools read: JSONL, CSV, Parquet, a folder of `datasets`, conversations for trainers.

In: kept pairs, a format, where to. Out: the file or folder, whole or not at all. A table has the columns `COLUMNS`; CSV
opens in Excel with its Japanese whole and its cells as text, and `tables.read_table` reads all of them back.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.dataset.cells import guarded
from pipeline.dataset.jsonl import whole, write_lines
from pipeline.dataset.split import SIDES
from pipeline.dataset.tables import quietly
from pipeline.records import JudgedPair

if TYPE_CHECKING:
    from datasets import Dataset

COLUMNS = ("instruction", "output", "language", "source", "level", "template", "split", "kill", "databases")
"""`kill` is the share of the query's mutants that its databases tell apart, empty where none was tried."""
FORMATS = {
    "jsonl": ".jsonl", "csv": ".csv", "parquet": ".parquet", "messages": ".jsonl", "sharegpt": ".jsonl", "datasets": "",
}  # fmt: skip
"""Format → what its file ends in; `datasets` is a folder."""
SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt"}

Row = dict[str, Any]


def export_pairs(pairs: Sequence[JudgedPair], form: str, out: Path, system: str) -> None:
    """Write the pairs to `out` in one of `FORMATS`; `system` is the prompt with the schema that conversations begin with.

    Raises OSError where that cannot be written, and KeyError for an unknown format.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    _WRITERS[form](out, pairs, system)


def row_of(judged: JudgedPair) -> Row:
    """A pair as a row of a table, one value for each of `COLUMNS`."""
    pair, proof = judged.pair, judged.certificate
    kill, databases = proof.get("kill"), proof.get("databases")
    told = (pair.question, pair.sql, pair.language, pair.source, judged.level, judged.template, judged.split)
    return dict(zip(COLUMNS, (*told, kill, databases), strict=True))


def _turns(judged: JudgedPair, system: str) -> list[tuple[str, str]]:
    return [("system", system), ("user", judged.pair.question), ("assistant", judged.pair.sql)]


def _jsonl(out: Path, pairs: Sequence[JudgedPair], _system: str) -> None:
    write_lines(out, _json(map(row_of, pairs)))


def _messages(out: Path, pairs: Sequence[JudgedPair], system: str) -> None:
    """As TRL and most trainers take them."""
    told = ([{"role": role, "content": text} for role, text in _turns(each, system)] for each in pairs)
    write_lines(out, _json({"messages": turns} for turns in told))


def _sharegpt(out: Path, pairs: Sequence[JudgedPair], system: str) -> None:
    told = ([{"from": SHAREGPT[role], "value": text} for role, text in _turns(each, system)] for each in pairs)
    write_lines(out, _json({"conversations": turns} for turns in told))


def _json(values: Iterable[Row]) -> Iterator[str]:
    return (json.dumps(value, ensure_ascii=False) for value in values)


def _csv(out: Path, pairs: Sequence[JudgedPair], _system: str) -> None:
    """With a byte order mark, without which Excel takes Japanese for something else."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for judged in pairs:
        table.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row_of(judged).values()])
    with whole(out) as part:
        part.write_bytes(text.getvalue().encode("utf-8-sig"))


def _parquet(out: Path, pairs: Sequence[JudgedPair], _system: str) -> None:
    from pyarrow import parquet

    with whole(out) as part:
        parquet.write_table(_table(pairs), part)


def _table(pairs: Sequence[JudgedPair]) -> Any:
    import pyarrow as pa

    types = {"kill": pa.float64(), "databases": pa.int32()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    return pa.Table.from_pylist([row_of(judged) for judged in pairs], schema=schema)


def _datasets(out: Path, pairs: Sequence[JudgedPair], _system: str) -> None:
    """What `datasets.load_from_disk` reads: a split each for training and held-out pairs, or the only one alone."""
    from datasets import Dataset, DatasetDict

    sides = {side: [judged for judged in pairs if judged.split == side] for side in SIDES}
    tables: dict[str, Dataset] = {side: Dataset(_table(each)) for side, each in sides.items() if each}
    found = DatasetDict(tables) if len(tables) > 1 else next(iter(tables.values()), Dataset(_table(pairs)))
    with quietly(), whole(out) as part:
        found.save_to_disk(str(part))


_WRITERS: dict[str, Callable[[Path, Sequence[JudgedPair], str], None]] = {
    "jsonl": _jsonl, "csv": _csv, "parquet": _parquet, "messages": _messages, "sharegpt": _sharegpt, "datasets": _datasets,
}  # fmt: skip
