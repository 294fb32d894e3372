"""Pairs by way of Claude's web page: the text a person sends there in, and the JSONL that comes back out as pairs.

`prompt_for_claude` writes the text, `read_pairs` reads the reply in whatever shape it was copied. The reply is taken
as it is: whether a pair is right is for the gate to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.database.schema import Schema
from pipeline.dataset.jsonl import find_objects
from pipeline.errors import UserError
from pipeline.records import Pair

LARGEST_PASTE = 20_000_000
"""Characters; about 100,000 pairs, far more than one schema needs."""

QUESTION_NAMES = (
    "instruction", "question", "prompt", "input", "user", "nl", "nl_query", "natural_language_query", "sql_prompt",
    "utterance", "text", "質問", "質問文", "指示", "問い",
)  # fmt: skip
SQL_NAMES = (
    "output", "sql", "query", "completion", "answer", "response", "assistant", "sql_query", "gold_sql", "target", "SQL文",
    "出力", "回答", "クエリ",
)  # fmt: skip
TURNS_NAMES = ("messages", "conversations", "conversation")
LANGUAGES = ("en", "ja")

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff々〆]")
_FENCE = re.compile(r"```(?:\w+)?\s*\n?(.*?)```", re.DOTALL)


def prompt_for_claude(schema: Schema, pairs: int, language: str) -> str:
    """What a person copies into Claude's web page to get `pairs` pairs in `language` (`en` or `ja`)."""
    template = Path(__file__).with_name(f"prompt_{language}.md").read_text(encoding="utf-8")
    ddl = schema.to_sql().replace("</schema>", "<\\/schema>")  # a comment must not end the data early
    return template.replace("{pairs}", str(pairs)).replace("{schema}", ddl.strip())


def detect_language(question: str) -> str:
    """`ja` where any kana or kanji stands in the question, else `en`."""
    return "ja" if _JAPANESE.search(question) else "en"


def read_pairs(text: str) -> tuple[list[Pair], list[tuple[int, str]]]:
    """The pairs in pasted text, and for each object that gave none its line (from 1) and why.

    Raises UserError when the text is over 20 MB or holds no pair at all.
    """
    if len(text) > LARGEST_PASTE:
        raise UserError(
            "The pasted text has {size} MB; at most 20 are read. Paste it in parts.", size=len(text) // 10**6
        )
    objects, broken = find_objects(text)
    pairs: list[Pair] = []
    unreadable = [(line, "not JSON") for line in broken]
    for line, fields in objects:
        question, sql = question_and_sql(fields)
        if question and sql:
            language = fields.get("language")
            known = language if language in LANGUAGES else detect_language(question)
            pairs.append(Pair(question, sql, str(known), "pasted"))
        else:
            unreadable.append((line, "no SQL" if question else "no question"))
    if not pairs:
        raise UserError(
            'No pairs in the pasted text. Paste lines such as {{"instruction": "…", "output": "SELECT …"}}; '
            "unreadable lines: {unreadable}.",
            unreadable=len(unreadable),
        )
    return pairs, sorted(unreadable)


def names_pairs(columns: Iterable[str]) -> bool:
    """Whether columns of these names hold questions and SQL."""
    named = {str(name).strip().casefold() for name in columns}
    return all(named & {name.casefold() for name in names} for names in (QUESTION_NAMES, SQL_NAMES))


def question_and_sql(fields: Mapping[str, Any]) -> tuple[str, str]:
    """The question and the SQL of an object, under whatever names; empty where there is none."""
    turns = next((fields[name] for name in TURNS_NAMES if isinstance(fields.get(name), list)), None)
    if isinstance(fields.get("prompt"), list) and isinstance(fields.get("completion"), list):
        turns = fields["prompt"] + fields["completion"]  # TRL's conversations, where the last turn is to be learnt
    if turns is not None:
        fields = _last_turns(turns)
    named = {str(name).strip().casefold(): value for name, value in fields.items()}
    sql = _first_text(named, SQL_NAMES)
    question = _first_text(named, QUESTION_NAMES)
    more = _first_text(named, ("input",))
    if "SQL" in question.upper() and more and "CREATE TABLE" not in more.upper():
        question = more  # Alpaca's form: `instruction` is the standing order, `input` the question
    return _clean(question), _straight(_clean(_unfenced(sql))).rstrip("; \n")


def _last_turns(turns: list[Any]) -> dict[str, Any]:
    """The last question and answer of a conversation in OpenAI's or ShareGPT's form."""
    fields: dict[str, Any] = {}
    for turn in turns:
        if isinstance(turn, dict):
            role = str(turn.get("role", turn.get("from", "")))
            content = turn.get("content", turn.get("value"))
            if role in ("user", "human"):
                fields = {"question": content}
            elif role in ("assistant", "gpt"):
                fields["sql"] = content
    return fields


def _first_text(fields: dict[str, Any], names: Sequence[str]) -> str:
    values = (fields.get(name.casefold()) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _clean(text: str) -> str:
    """Without NULs and lone surrogates, which no database keeps."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()


def _unfenced(sql: str) -> str:
    fenced = _FENCE.search(sql)
    return fenced[1] if fenced else sql


def _straight(sql: str) -> str:
    """Typographic quotes made SQL's own, where the SQL has no straight ones that the others could be inside of."""
    return sql if "'" in sql or '"' in sql else sql.translate(str.maketrans("‘’“”", "''\"\""))


class PastedTeacher:
    """Hands on the pairs a person pasted; `unreadable` lists the lines that gave none."""

    name = "pasted"

    def __init__(self, text: str) -> None:
        """Reads the text at once. Raises UserError as `read_pairs` does."""
        self.read, self.unreadable = read_pairs(text)

    def pairs(self, schema: Schema, wanted: int, languages: Sequence[str]) -> Iterator[Pair]:
        """All pasted pairs, whatever their number and language."""
        yield from self.read
