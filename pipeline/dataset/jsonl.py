"""JSON objects out of text as people paste it, and the recipe's JSONL to disk.

`find_objects` takes JSONL, a JSON array, pretty-printed objects, fences and prose around them, trailing commas, smart
quotes and full-width punctuation. An object it cannot mend costs that object alone: reading goes on at the next line.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.records import Pair

OBJECT_LENGTH = 20_000
"""Characters one object may have when the text as a whole is not JSON: keeps reading linear on hostile input."""

MOST_BROKEN = 2_000
"""Reading ends after so many objects beyond mending: what comes then is not a list of pairs."""

_STRUCTURE = str.maketrans({"｛": "{", "｝": "}", "＂": '"', "“": '"', "”": '"', "„": '"', "［": "[", "］": "]"})
_FULL_WIDTH_PUNCTUATION = re.compile(r'(?<=")\s*([：，、])\s*(?=["{\[])')
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'"[ \t]*\n\s*(?="[^"\n]{1,40}"\s*:)')
_LOOKS_LIKE_A_PAIR = re.compile(r'^\s*[{｛]|["“＂](instruction|question|output|sql)["”＂]', re.IGNORECASE)
_BRACE = re.compile("[{｛]")
_WRAPPER = re.compile(r'\{\s*"\w+"\s*:\s*\[')
_DECODER = json.JSONDecoder(strict=False)
"""`strict=False` lets a string run over a line break, as happens when text is copied out of a narrow box."""


def find_objects(text: str) -> tuple[list[tuple[int, dict[str, Any]]], list[int]]:
    """The JSON objects in `text` with the line each starts on (from 1), and the lines of those beyond mending.

    A list of objects, and an object that only wraps such a list, are opened.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    breaks = [match.start() for match in re.finditer("\n", text)]
    found: list[tuple[int, dict[str, Any]]] = []
    broken: list[int] = []
    at = 0
    while len(broken) < MOST_BROKEN and (brace := _BRACE.search(text, at)):
        start = brace.start()
        line = bisect_right(breaks, start) + 1
        end_of_line = breaks[line - 1] if line <= len(breaks) else len(text)
        value, at = _read_object(text, start, end_of_line)
        if value is not None:
            found += [(line, item) for item in _open_wrapper(value)]
            continue
        if cut_off := _WRAPPER.match(text, start):
            at = cut_off.end()  # a list that was cut off before its end: its whole objects are good
            continue
        line_start = breaks[line - 2] + 1 if line > 1 else 0
        if _LOOKS_LIKE_A_PAIR.search(text[line_start : min(end_of_line, line_start + OBJECT_LENGTH)]):
            broken.append(line)
        at = end_of_line
    return found, broken


def _read_object(text: str, start: int, end_of_line: int) -> tuple[Any, int]:
    """The object that begins at `start` and where it ends; (None, start) when it cannot be read."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass  # mended below
    for end in _likely_ends(text, start, end_of_line):
        value = _mend(text[start:end])
        if value is not None:
            return value, end
    return None, start


def _likely_ends(text: str, start: int, end_of_line: int) -> Iterator[int]:
    """The end of the line, then of the next few lines that close a brace, up to the next line that opens one."""
    yield from _after_last_brace(text, start, min(end_of_line, start + OBJECT_LENGTH))
    end = end_of_line
    for _ in range(12):
        if end >= len(text) or end - start > OBJECT_LENGTH:
            return
        following = text.find("\n", end + 1)
        following = len(text) if following < 0 else following
        if text[end:following].lstrip().startswith(("{", "｛")):
            return
        end = following
        yield from _after_last_brace(text, start, min(end, start + OBJECT_LENGTH))


def _after_last_brace(text: str, start: int, end: int) -> Iterator[int]:
    last = max(text.rfind("}", start, end), text.rfind("｝", start, end))
    if last > start:
        yield last + 1


def _mend(text: str) -> dict[str, Any] | None:
    """An object out of nearly-JSON: each repair is tried on top of the one before."""
    repairs = (
        lambda t: t,
        lambda t: _TRAILING_COMMA.sub(r"\1", t),
        lambda t: _FULL_WIDTH_PUNCTUATION.sub(lambda m: ":" if m[1] == "：" else ",", t.translate(_STRUCTURE)),
        lambda t: _TRAILING_COMMA.sub(r"\1", t),
        lambda t: _MISSING_COMMA.sub('",\n', t),
    )
    for repair in repairs:
        text = repair(text)
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    try:
        value = ast.literal_eval(text)  # a Python dict, single-quoted
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return value if isinstance(value, dict) else None


def _open_wrapper(value: dict[str, Any]) -> list[dict[str, Any]]:
    for inner in value.values():
        if isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner):
            return [value] if {"role", "from"} & inner[0].keys() else inner  # a conversation is a pair itself
    return [value]


def write_recipe(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs as the recipe's JSONL, `{"instruction": …, "output": …}`, whole or not at all."""
    write_lines(
        path, (json.dumps({"instruction": pair.question, "output": pair.sql}, ensure_ascii=False) for pair in pairs)
    )


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file of lines, whole or not at all."""
    with whole(path) as part:
        part.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it takes the place of `path` once all is written, and is gone if that fails."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        part.unlink(missing_ok=True)
