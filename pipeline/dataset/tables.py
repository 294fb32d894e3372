"""Pairs as other tools keep them: CSV and TSV of any spreadsheet, Parquet, Arrow, JSON, folders of `datasets`, the Hub.

In: a file, a folder, or a data set's name on the Hub. Out: text for the pasted teacher, JSONL with one line a row, so that
all of it passes the same gate. All splits come together. Limit: 20 million characters of questions and SQL.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.dataset.cells import unguarded
from pipeline.dataset.pasted import (
    LANGUAGES,
    LARGEST_PASTE,
    QUESTION_NAMES,
    SQL_NAMES,
    TURNS_NAMES,
    names_pairs,
    question_and_sql,
    read_pairs,
)
from pipeline.errors import UserError
from pipeline.records import Pair

SEPARATED = (".csv", ".tsv")
ENDINGS = (".jsonl", ".json", ".txt", *SEPARATED, ".parquet", ".arrow")
"""What a file with pairs may end in; one that ends otherwise is read as JSONL."""
LARGEST_TEXT = 8 * LARGEST_PASTE
"""Bytes of a text file; other columns and three bytes a letter make it larger than its pairs."""
SHOWN_COLUMNS, SHOWN_LETTERS = 12, 40
BATCH = 1_000
"""Rows of a Parquet file in memory at once."""
SEPARATORS = (",", "\t", ";", "|")
_KANA = re.compile("[\u3041-\u30ff]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")

NO_COLUMNS = (
    "{file} has no columns for questions and SQL. It has: {columns}. "
    "Call one instruction or question, and one output or sql."
)
NO_ROWS = "{file} has no rows with pairs. Give a file with at least one question and its SQL."
TOO_LARGE = "{file} is larger than {limit} MB, the most that is read. Split it, and give the parts one after the other."
BAD_CELL = (
    "Line {line} of {file} is not CSV ({why}). "
    "Put the cell into quotation marks and double those inside it, or give JSONL."
)
BROKEN = "{file} cannot be read as {kind}: {why}. Save it again, or give it as JSONL."


def read_table(path: Path) -> tuple[list[Pair], list[tuple[int, str]]]:
    """The pairs of a file or folder, and each row that gave none with its number (in CSV as spreadsheets count) and why.

    Raises UserError where there is nothing to read.
    """
    return read_pairs(table_text(path))


def table_text(path: Path) -> str:
    """A file or a folder as text for `read_pairs`. Raises UserError for what is not there, not readable or has no pairs."""
    if path.is_dir():
        return _rows_text(_folder_rows(path), path.name)
    if not path.is_file():
        raise UserError(
            "There is no file {file}. Name a file with instruction and output: JSONL, CSV or Parquet.", file=path
        )
    ending = path.suffix.lower()
    if ending in (".parquet", ".arrow"):
        return _rows_text(_parquet_rows(path) if ending == ".parquet" else _arrow_rows(path), path.name)
    if path.stat().st_size > LARGEST_TEXT:
        raise UserError(TOO_LARGE, file=path.name, limit=LARGEST_TEXT // 10**6)
    text = _decoded(path.read_bytes(), path.name)
    if ending in SEPARATED or (ending == ".txt" and _separator(text)[1]):
        return _separated_text(text, path.name)
    return text


def hub_text(name: str, part: str = "", token: str | None = None) -> str:
    """All splits of a data set on the Hub, `user/name`, as text for `read_pairs`; `part` names one of its configurations.

    Raises UserError for one without pairs, and what `datasets` raises where it cannot be had.
    """
    from datasets import load_dataset

    with quietly():
        found = load_dataset(name, part or None, streaming=True, token=token or False)
        return _rows_text((row for split in found.values() for row in split), name)


def _decoded(data: bytes, name: str) -> str:
    """Text in UTF-8, UTF-16, or what Excel writes in Japan (cp932) and in the West (cp1252)."""
    high, low = (data[start:BATCH:2].count(0) for start in (0, 1))  # Latin letters have a zero byte in UTF-16
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif high or low:
        encodings = ("utf-16-be" if high > low else "utf-16-le",)
    else:
        encodings = ("utf-8-sig", "cp932", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp932" or _KANA.search(text):
            if _NOT_TEXT.search(text, 0, BATCH):
                break
            return text
    raise UserError("{file} is not a text file. Save it as JSONL, as CSV in UTF-8, or as Parquet.", file=name)


def _separator(text: str) -> tuple[str, bool]:
    """What stands between the cells of the first line, and whether they name questions and SQL."""
    first = next((line for line in io.StringIO(text) if line.strip()), "").strip("\ufeff\r\n")
    found = {each: next(csv.reader([first], delimiter=each), []) for each in SEPARATORS}
    best = max(found, key=lambda each: (names_pairs(found[each]), len(found[each])))
    return best, names_pairs(found[best])


def _separated_text(text: str, name: str) -> str:
    """Line 5 of the text is row 5 of the table, whatever line breaks stand in its cells."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=_separator(text)[0], strict=True)
    lines: list[str] = []
    header: list[str] = []
    begun = 1
    try:
        for cells in reader:
            filled = any(cell.strip() for cell in cells)
            fields = {column: unguarded(cell) for column, cell in zip(header, cells, strict=False)}
            lines.append(_line(fields) if header and filled else "")
            if not header and filled:
                header = cells
                _check_columns(header, name)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise UserError(BAD_CELL, line=begun, file=name, why=error) from error
    return _checked(lines, name)


def _check_columns(columns: Iterable[str], name: str) -> None:
    if not names_pairs(columns):
        shown = [" ".join(column.split())[:SHOWN_LETTERS] for column in islice(columns, SHOWN_COLUMNS)]
        raise UserError(NO_COLUMNS, file=name, columns=", ".join(shown))


def _line(fields: Mapping[str, Any]) -> str:
    """A row as a line of the recipe's JSONL; without a question or SQL it is one that `read_pairs` will name."""
    question, sql = question_and_sql(fields)
    given = fields.get("language")
    language = {"language": given} if given in LANGUAGES else {}
    return json.dumps({"instruction": question, "output": sql, **language}, ensure_ascii=False)


def _checked(lines: list[str], name: str) -> str:
    """The lines as one text, if there are any and not too many."""
    if not any(lines):
        raise UserError(NO_ROWS, file=name)
    text = "\n".join(lines)
    if len(text) > LARGEST_PASTE:
        raise UserError(TOO_LARGE, file=name, limit=LARGEST_PASTE // 10**6)
    return text


def _rows_text(rows: Iterable[Mapping[str, Any]], name: str) -> str:
    """Rows with named values as text; reading ends where it would become too large."""
    lines: list[str] = []
    size = 0
    for fields in rows:
        if not lines and not (names_pairs(fields) or _has_turns(fields)):
            _check_columns(fields, name)
        lines.append(_line(fields))
        size += len(lines[-1]) + 1
        if size > LARGEST_PASTE:
            break
    return _checked(lines, name)


def _has_turns(columns: Iterable[str]) -> bool:
    return any(column in TURNS_NAMES for column in columns)


def _wanted(columns: Iterable[str]) -> list[str]:
    """The columns worth reading; all, where none is known, for the error to name them."""
    known = {name.casefold() for name in (*QUESTION_NAMES, *SQL_NAMES, *TURNS_NAMES, "language")}
    columns = list(columns)
    return [column for column in columns if column.strip().casefold() in known] or columns


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    from pyarrow.parquet import ParquetFile

    with _plain(path.name, "Parquet"), ParquetFile(path) as file:
        names = file.schema_arrow.names
        if not (names_pairs(names) or _has_turns(names)):
            _check_columns(names, path.name)
        for batch in file.iter_batches(BATCH, columns=_wanted(names)):
            yield from batch.to_pylist()


def _arrow_rows(path: Path) -> Iterator[dict[str, Any]]:
    """A file in Arrow's streaming form, as `datasets` writes it, or in its file form."""
    from pyarrow import ArrowInvalid, ipc, memory_map

    with _plain(path.name, "Arrow"), memory_map(str(path)) as source:
        try:
            batches = iter(ipc.open_stream(source))
        except ArrowInvalid:
            file = ipc.open_file(source)
            batches = map(file.get_batch, range(file.num_record_batches))
        for batch in batches:
            yield from batch.select(_wanted(batch.schema.names)).to_pylist()


def _folder_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """A folder that `datasets` saved, or one that it can load, such as a data set fetched from the Hub."""
    from datasets import Dataset, load_dataset, load_from_disk

    saved = any((path / name).is_file() for name in ("dataset_dict.json", "state.json"))
    with _plain(path.name, "Hugging Face datasets"), quietly():
        found = load_from_disk(str(path)) if saved else load_dataset(str(path), streaming=True)
        for split in [found] if isinstance(found, Dataset) else found.values():
            yield from split


@contextmanager
def _plain(name: str, kind: str) -> Iterator[None]:
    """What goes wrong in a file of this kind as one line."""
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError, ValueError, RuntimeError) as error:
        why = " ".join(str(error).split()).rstrip(".")[:200]
        raise UserError(BROKEN, file=name, kind=kind, why=why) from error


@contextmanager
def quietly() -> Iterator[None]:
    """Without the bars that `datasets` draws; the events tell what goes on."""
    from datasets import disable_progress_bars, enable_progress_bars, is_progress_bar_enabled

    drawn = is_progress_bar_enabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if drawn:
            enable_progress_bars()
