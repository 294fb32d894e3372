"""Comments as people and as `Schema.to_sql` write them: free text, then `possible values: …`, then `samples: …`.

Reading what was written gives the same three things back, whatever the comment and the values contain: a value that is
not plain words is written as a JSON string without semicolons, so a list always begins after the last semicolon.
"""

from __future__ import annotations

import json
import re

_MAX_VALUE = 60
"""Characters; a longer item of a list is a sentence."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_SAMPLES = re.compile(r"^ ?samples: (.+)$")
_BEFORE = r"(?:^ ?|[,.:(] ?|[-–—] )"
_AFTER = r"[:：] ?(.+?)[.)。]?$"
_ALLOWED = re.compile(
    rf"{_BEFORE}(?:(?:possible|allowed|valid|accepted|permitted) values?(?: are)?|取りうる値|可能な値|選択肢){_AFTER}",
    re.IGNORECASE,
)
_PERHAPS_ALLOWED = re.compile(rf"{_BEFORE}(?:values(?: are)?|one of|値){_AFTER}", re.IGNORECASE)
_ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,|、"]+?)\s*(?:[,|、]|$)""")
_PLAIN_VALUE = re.compile(r"[+-]?\w+(?:[ _.:@/+-]\w+)*")
_OPEN_END = {"etc", "etc.", "...", "…", "など"}
_ESCAPED = re.compile(r";|\s{2,}|[^\S ]")
_RULE = re.compile(r"[-=*#~]{2}")
_RULE_CHARACTERS = "-=*#~ "


def read_notes(text: str, type_name: str = "TEXT") -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A comment as (free text on one line, allowed values, sample values) for a column of that SQLite type."""
    text, samples = _peel(clean(text), _SAMPLES)
    rest, allowed = _peel(text, _ALLOWED)
    if not allowed:
        rest, allowed = _peel(text, _PERHAPS_ALLOWED)
        allowed = allowed if len(allowed) > 1 else ()
    if not allowed or not values_fit(allowed, type_name):
        rest, allowed = text, ()
    return clean(rest), allowed, samples


def values_fit(values: tuple[str, ...], type_name: str) -> bool:
    """False for words as the values of a column of numbers."""
    return type_name not in ("INTEGER", "REAL", "BOOLEAN") or all(map(_NUMBER.fullmatch, values))


def write_notes(comment: str, allowed: tuple[str, ...], samples: tuple[str, ...]) -> str:
    """The same three things as one comment line, to be read back by `read_notes`."""
    notes = [comment] if comment else []
    if allowed:
        notes.append("possible values: " + _write_list(allowed))
    if samples:
        notes.append("samples: " + _write_list(samples))
    return "; ".join(notes)


def clean(text: str) -> str:
    """A comment on one line, without rulers such as `-----` at its ends."""
    text = " ".join(text.split())
    inner = text.rstrip(_RULE_CHARACTERS)
    text = inner if _RULE.search(text, len(inner)) else text
    inner = text.lstrip(_RULE_CHARACTERS)
    return inner if _RULE.search(text, 0, len(text) - len(inner)) else text


def _peel(text: str, pattern: re.Pattern[str]) -> tuple[str, tuple[str, ...]]:
    """Take a list off what follows the last semicolon of a comment; the comment as it was where no list stands there."""
    before, semicolon, last = text.rpartition(";")
    match = pattern.search(last)
    values = _read_list(match[1]) if match else ()
    if match is None or not values:
        return text, ()
    rest = last[: match.start()]
    return (before + semicolon + rest if rest.strip() else before), values


def _read_list(text: str) -> tuple[str, ...]:
    values: list[str] = []
    position = 0
    while position < len(text):
        item = _ITEM.match(text, position)
        value = _read_value(item[1]) if item else None
        if item is None or value is None:
            return ()
        values.append(value)
        position = item.end()
    return tuple(dict.fromkeys(values))


def _read_value(item: str) -> str | None:
    if item.startswith('"'):
        try:
            return str(json.loads(item, strict=False))
        except ValueError:
            return None
    if item.startswith("'"):
        return item[1:-1].replace("''", "'") if item.endswith("'") and len(item) > 1 else None
    return item if item.lower() not in _OPEN_END and len(item) <= _MAX_VALUE else None


def _is_plain(value: str) -> bool:
    return bool(_PLAIN_VALUE.fullmatch(value)) and value.lower() not in _OPEN_END and len(value) <= _MAX_VALUE


def _write_list(values: tuple[str, ...]) -> str:
    return ", ".join(value if _is_plain(value) else _quoted(value) for value in values)


def _quoted(value: str) -> str:
    """As JSON, with what a one-line comment would lose (semicolons end lists; runs of blanks shrink) as escapes."""
    return _ESCAPED.sub(lambda run: "".join(f"\\u{ord(c):04x}" for c in run[0]), json.dumps(value, ensure_ascii=False))
