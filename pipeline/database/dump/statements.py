"""Cuts a dump into statements without reading them: text in, `Statement` (SQL, line, comment above, COPY data) out.

One regular expression walks over quotes, comments and dollar quotes, so that the rows of a large dump cost little.
It knows no grammar: a trigger's body comes out as several statements, which nobody asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import UserError

CREATE_TABLE = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL)\s+)?"
    r"(?:(?:TEMP(?:ORARY)?|UNLOGGED|TRANSIENT|VOLATILE|HYBRID|ICEBERG|EXTERNAL)\s+)?TABLE\b",
    re.IGNORECASE,
)

_PLAIN = r"[^;'\"`$/\-#\[\n]++"
# A statement whose semicolon was forgotten ends where the next CREATE TABLE starts a line.
_NEWLINE = rf"\n(?![ \t]*{CREATE_TABLE.pattern})"
# SQL Server's scripts have no semicolons: a statement ends at a line GO, or where a reserved word begins the next one.
_GO = r"GO[ \t]*\d*[ \t]*(?=\n|\Z)"
_BATCH_NEWLINE = (
    rf"\n(?![ \t]*(?:{_GO}|(?:CREATE|ALTER[ \t]+TABLE|INSERT|EXEC(?:UTE)?|DROP|USE|PRINT|IF|BEGIN|END|DECLARE|GRANT"
    r"|SET[ \t]+(?:ANSI_|QUOTED_|IDENTITY_|NOCOUNT|XACT_|ARITHABORT|CONCAT_|NUMERIC_)\w*)\b))"
)
# What is never closed runs to the end of the text: trying again at each opening would take quadratic time.
_COMMENT = r"--[^\n]*+|/\*.*?(?:\*/|\Z)"
_DOUBLED = r"'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|`[^`]*+`"
_ESCAPED = r"'(?:[^'\\]|\\.|'')*+'"
_TRIPLED = r"\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}"
ATOMS = {
    "sqlite": rf"{_PLAIN}|{_NEWLINE}|{_DOUBLED}|{_COMMENT}|\[[^\]\n]*+\]|[$/\-#\[]",
    "postgres": rf"{_PLAIN}|{_NEWLINE}|(?<=\W[eE]){_ESCAPED}|{_DOUBLED}|{_COMMENT}|\$(\w*)\$.*?(?:\$\1\$|\Z)|[$/\-#\[]",
    "mysql": rf"{_PLAIN}|{_NEWLINE}|{_ESCAPED}|\"(?:[^\"\\]|\\.|\"\")*+\"|`[^`]*+`|{_COMMENT}|#[^\n]*+|[$/\-#\[]",
    "tsql": (
        rf"{_PLAIN}|{_BATCH_NEWLINE}|'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|{_COMMENT}|\[(?:[^\]\n]|\]\])*+\]|[$/\-#\[`]"
    ),
    "bigquery": (
        rf"{_PLAIN}|{_NEWLINE}|{_TRIPLED}|'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`|{_COMMENT}|#[^\n]*+"
        r"|[$/\-#\[]"
    ),
    "snowflake": (
        rf"{_PLAIN}|{_NEWLINE}|{_ESCAPED}|\"(?:[^\"]|\"\")*+\"|{_COMMENT}|//[^\n]*+|\$\$.*?(?:\$\$|\Z)|[$/\-#\[`]"
    ),
}
"""One piece of a statement in each dialect: a quoted thing, a comment, or a run of anything else."""

_STATEMENT = {dialect: re.compile(f"(?:{atoms})*+", re.DOTALL | re.IGNORECASE) for dialect, atoms in ATOMS.items()}
_BETWEEN = r"[\s;]++|--[^\n]*+|/\*.*?(?:\*/|\Z)|#[^\n]*+|\\[^\n]*+"
_MORE_BETWEEN = {"tsql": rf"|{_GO}", "snowflake": r"|//[^\n]*+"}
_LEAD = {
    dialect: re.compile(f"(?:{_BETWEEN}{_MORE_BETWEEN.get(dialect, '')})*+", re.DOTALL | re.IGNORECASE)
    for dialect in ATOMS
}
_COMMENT_ABOVE = re.compile(r"(?:^|\n)((?:[ \t]*(?:(?:--|#|//)[^\n]*|/\*(?!!)(?:[^*]|\*(?!/))*+\*/)[ \t]*\n)+)[ \t]*\Z")
_COMMENT_TEXT = re.compile(r"(?:--|#|//)([^\n]*)|/\*(.*?)\*/", re.DOTALL)
_SCRIPTED = re.compile(r"Object: .*Script Date:", re.DOTALL)
"""What Management Studio writes above each object."""
_COPY = re.compile(r"COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_DELIMITER = re.compile(r"DELIMITER[ \t]+\S+", re.IGNORECASE)
_DELIMITER_BACK = re.compile(r"^DELIMITER[ \t]+;", re.IGNORECASE | re.MULTILINE)
_ROUTINE = re.compile(r"(?:CREATE(?:\s+OR\s+ALTER)?|ALTER)\s+(?:PROC(?:EDURE)?|FUNCTION|TRIGGER|VIEW)\b", re.IGNORECASE)
_ROUTINE_BACK = re.compile(rf"^[ \t]*{_GO}", re.IGNORECASE | re.MULTILINE)
_HEAD = 5_000
"""Characters at the start of a COPY or just above a statement that are looked at."""
_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon. `line` counts from 1; `comment` stood above; `data` follows a COPY."""

    line: int
    sql: str
    comment: str = ""
    data: str = ""


def split(text: str, dialect: str) -> Iterator[Statement]:
    """The statements of a dump in order. Raises UserError where a quote is never closed."""
    text = _FENCE.sub("", text)
    position, counted, line = 0, 0, 1
    while True:
        start = _lead_end(text, position, dialect)
        if start == len(text):
            return
        line, counted = line + text.count("\n", counted, start), start
        end = _statement_end(text, start, dialect)
        sql, comment = text[start:end], _comment_above(text[position:start], first=position == 0)
        position = end + (text[end : end + 1] == ";")
        data = ""
        if _COPY.match(sql[:_HEAD]):
            data_end = text.find("\n\\.", position)
            data_end = len(text) if data_end < 0 else data_end
            data, position = text[position:data_end], min(data_end + 3, len(text))
        yield Statement(line, sql, comment, data)


def _lead_end(text: str, position: int, dialect: str) -> int:
    """Where the next statement starts: after blanks, comments, psql's backslash lines, MySQL's DELIMITER blocks, GO and
    SQL Server's routines, which reach to the next GO.
    """
    opening, closing = (_ROUTINE, _ROUTINE_BACK) if dialect == "tsql" else (_DELIMITER, _DELIMITER_BACK)
    while True:
        lead = _LEAD[dialect].match(text, position)
        start = lead.end() if lead else position
        if not opening.match(text, start):
            return start
        back = closing.search(text, start + 1)
        position = back.end() if back else len(text)


def _statement_end(text: str, start: int, dialect: str) -> int:
    match = _STATEMENT[dialect].match(text, start)
    end = match.end() if match else start
    if end < len(text) and text[end] in "'\"`":
        raise UserError(
            "Line {line}: the quote {quote} opened here is never closed. Close it, or choose the dialect yourself.",
            line=text.count("\n", 0, end) + 1,
            quote=text[end],
        )
    return end


def _comment_above(lead: str, *, first: bool) -> str:
    """The comment lines directly above a statement; what trails the statement before is not one of them."""
    if not first:
        lead = lead[lead.find("\n") :] if "\n" in lead else ""
    above = _COMMENT_ABOVE.search(lead[-_HEAD:])
    if not above:
        return ""
    texts = (found[1] or found[2] or "" for found in _COMMENT_TEXT.finditer(above[1]))
    return " ".join(text for text in texts if not _SCRIPTED.search(text))
