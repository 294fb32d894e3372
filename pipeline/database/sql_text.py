"""SQL out of a text, and its syntax tree.

What a model or a person wrote in → the first statement in it, or a tree of sqlglot's; `SqlError` where that is no single
SELECT. One limit: SQL in the middle of a sentence is only recognised by its FROM.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline.config import SandboxLimits
from pipeline.errors import SqlError

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of each statement it only half knows

LONGEST = SandboxLimits().sql_length

THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
SPECIAL_TOKEN = re.compile(r"<\|\w+\|>|</s>")
FROM = re.compile(r"\bFROM\b", re.IGNORECASE)
PARAGRAPH = re.compile(r"\n\s*\n|\n```")
PROSE_LINES = 12
"""How many lines behind a statement are tried as prose; each costs one try to parse."""
START = re.compile(
    r"\b(?P<reads>SELECT\b|WITH\s+(?:RECURSIVE\s+)?[\w\"`\[\]]+\s*(?:\([^()]*\)\s*)?AS\s*(?:NOT\s+|MATERIALIZED\s*)*\()"
    r"|^[ \t]*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\s+[\w\"`.]+\s+SET|DELETE\s+FROM|ALTER\s+TABLE"
    r"|DROP\s+(?:TABLE|VIEW|INDEX|TRIGGER)|CREATE\s+(?:\w+\s+)?(?:TABLE|VIEW|INDEX|TRIGGER)|PRAGMA\s+\w+|ATTACH\s+(?:DATABASE|\')|VACUUM\b"
    r"|EXPLAIN\s+(?:QUERY|SELECT|WITH)\b)",
    re.IGNORECASE | re.MULTILINE,
)
STATEMENT = re.compile(r"(?:--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|[^;])*", re.DOTALL)
"""Up to the semicolon that ends a statement; one inside quotes or a comment does not."""

WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into)


def extract_sql(text: str) -> str | None:
    """The first SQL statement in what a model or a person wrote, without its semicolon; None where there is none.

    Looks into ``` fences first, skips <think>…</think>, prefixes and prose before and after.
    """
    text = THOUGHT.sub("\n", text.replace("\ufeff", "")).rpartition("</think>")[2]
    text = SPECIAL_TOKEN.split(text)[0]
    for body in (*FENCE.findall(text), text):
        for start in START.finditer(body):
            if statement := _statement_at(body, start):
                return statement
    return None


def _statement_at(body: str, start: re.Match[str]) -> str | None:
    """The statement that begins there, without the prose behind it; None where the word is prose itself."""
    begin = start.start()
    if body[:begin].endswith("`"):  # inline code
        body = body[:begin] + body[begin:].partition("`")[0]
    found = STATEMENT.match(body, begin)
    whole = found.group().strip() if found else ""
    begins_line = _begins_line(body[:begin])
    lines = whole.splitlines()
    for count in range(len(lines), max(0, len(lines) - PROSE_LINES), -1):
        if count > 1 and lines[count - 1].rstrip().endswith((".", "。")):
            continue  # a sentence: its first word could pass for an alias
        shorter = "\n".join(lines[:count]).strip().rstrip(".。")
        if _parses(shorter):
            return shorter if begins_line or FROM.search(shorter) else None
    word = start.group().split()[0]
    meant = begins_line and (word.isupper() or FROM.search(whole))
    return PARAGRAPH.split(whole)[0].strip() if meant else None  # SQL with a mistake in it is SQL all the same


def _begins_line(before: str) -> bool:
    line = before.rpartition("\n")[2].strip()
    return not line or line.endswith((":", "：", "(", "`", "*/"))


def _parses(sql: str) -> bool:
    try:
        return bool(sql) and bool(_trees(sql))
    except SqlError:
        return False


@lru_cache(maxsize=4096)
def _trees(sql: str) -> tuple[exp.Expression, ...]:
    """The statements of `sql`, shared by all callers: copy before changing one. Raises SqlError `does-not-parse`."""
    if len(sql) > LONGEST:
        template = "The SQL is {length} characters long; {limit} are allowed. Make it shorter."
        raise SqlError("does-not-parse", template, length=len(sql), limit=LONGEST)
    try:
        return tuple(tree for tree in sqlglot.parse(sql, read="sqlite") if isinstance(tree, exp.Expression))
    except (SqlglotError, RecursionError) as error:
        detail = str(error).splitlines()[0].split(". Line")[0] if str(error) else "too deeply nested"
        raise SqlError("does-not-parse", "This SQL cannot be parsed ({detail}). Correct it.", detail=detail) from error


def shared_select(sql: str) -> exp.Query:
    """The tree that all callers share: not to be changed. Raises as `parse_select`."""
    trees = _trees(sql)
    if len(trees) > 1:
        raise SqlError("several-statements", "There are {count} statements. Keep one SELECT.", count=len(trees))
    if not trees:
        raise SqlError("does-not-parse", "There is no SQL here. Write one SELECT.")
    tree = trees[0]
    if not isinstance(tree, (exp.Select, exp.SetOperation)) or tree.find(*WRITES):
        raise SqlError("not-a-select", "This is not a SELECT but {kind}. Write one SELECT.", kind=tree.key.upper())
    return tree


def parse_select(sql: str) -> exp.Query:
    """The syntax tree of one SELECT, the caller's own. Raises SqlError.

    Its reasons: `does-not-parse`, `not-a-select`, `several-statements`.
    """
    return shared_select(sql).copy()
