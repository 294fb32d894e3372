"""A question and its query taken apart once, for all checks of the wording.

`Asked` holds what the question says (folded text, stems, numbers, dates), `Told` what the query does (nodes by kind,
values, numbers, the tables it reads); `Case` is both, with the schema and the values that columns are known to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from sqlglot import exp

from pipeline.database.schema import Column, Schema, Table
from pipeline.dataset.grounding import Known, Question, fold, stem, stems_of

Node = TypeVar("Node", bound=exp.Expr)

_LATIN = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_WORD_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class Told:
    """What a query does. The tree is read, never changed."""

    def __init__(self, tree: exp.Query, schema: Schema) -> None:
        self.tree = tree
        self._nodes: dict[type[exp.Expr], list[exp.Expr]] = {}
        for node in tree.walk():
            self._nodes.setdefault(type(node), []).append(node)
        by_name = {table.name.lower(): table for table in schema.tables}
        names = {table.name.lower() for table in self.all(exp.Table)}
        self.tables = tuple(by_name[name] for name in sorted(names) if name in by_name)
        self.columns = frozenset(column.name.lower() for column in self.all(exp.Column))
        self.strings = tuple(fold(str(one.this)) for one in self.all(exp.Literal) if one.is_string)
        self.numbers = frozenset(_numbers(self.all(exp.Literal), self.strings))

    def all(self, kind: type[Node]) -> list[Node]:
        """All nodes of exactly that class."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def has(self, *kinds: type[exp.Expr]) -> bool:
        """Whether a node of one of these classes is there."""
        return any(kind in self._nodes for kind in kinds)

    def calls(self, name: str) -> bool:
        """Whether a function that has no class of its own is called."""
        return any(node.name.lower() == name for node in self.all(exp.Anonymous))

    @cached_property
    def outermost(self) -> exp.Select | None:
        """The query whose columns are the answer; None for a set operation."""
        return self.tree if isinstance(self.tree, exp.Select) else None

    @cached_property
    def shown(self) -> list[exp.Expr]:
        """What the outermost query selects, without aliases."""
        return [item.unalias() for item in self.tree.selects]

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words of all tables, columns and aliases in the query."""
        return frozenset(one for node in self.all(exp.Identifier) for one in stems_of_name(node.name))

    @cached_property
    def stems_of_tables(self) -> frozenset[str]:
        """The stems of the words of all columns of the tables that are read."""
        return frozenset(one for table in self.tables for own in table.columns for one in stems_of_name(own.name))

    def source(self, column: exp.Column) -> tuple[Table, Column] | None:
        """The table and column of the schema that a column of the query is; None for what a subquery made."""
        select = column.parent_select
        while select is not None:
            for table in self._sources(select):
                if column.table and column.table.lower() != table[0]:
                    continue
                own = next((one for one in table[1].columns if one.name.lower() == column.name.lower()), None)
                if own is not None:
                    return table[1], own
            select = select.parent_select
        return None

    def _sources(self, select: exp.Expr) -> Iterator[tuple[str, Table]]:
        for node in self.all(exp.Table):
            if node.parent_select is select:
                found = next((table for table in self.tables if table.name.lower() == node.name.lower()), None)
                if found is not None:
                    yield node.alias_or_name.lower(), found


@dataclass(frozen=True)
class Case:
    """One pair to be judged: the question, the query, and what is known of the database."""

    asked: Question
    told: Told
    language: str
    schema: Schema
    known: Known

    @property
    def text(self) -> str:
        """The question, folded."""
        return self.asked.text

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the question has such words."""
        return bool(pattern.search(self.asked.text))


@lru_cache(maxsize=1024)
def taken_apart(question: str) -> Question:
    """The question taken apart; several questions follow each other for one text."""
    return Question.of(question)


@lru_cache(maxsize=4096)
def words_of_name(name: str) -> tuple[str, ...]:
    """`unit_price`, `unitPrice` → (`unit`, `price`)."""
    return tuple(word.lower() for word in _WORD_OF_NAME.findall(name))


@lru_cache(maxsize=4096)
def stems_of_name(name: str) -> frozenset[str]:
    """The stems of the words of an identifier."""
    return frozenset(map(stem, words_of_name(name))) | stems_of(name)


def latin_words(text: str) -> list[str]:
    """The Latin words and digits of a folded text, in order."""
    return _LATIN.findall(text)


def number_of(node: exp.Expr | None) -> float | None:
    """The number a literal stands for, its minus included; None for anything else."""
    if isinstance(node, exp.Neg):
        value = number_of(node.this)
        return None if value is None else -value
    if isinstance(node, exp.Paren):
        return number_of(node.this)
    if isinstance(node, exp.Literal) and re.fullmatch(r"\d+(\.\d+)?([eE][+-]?\d+)?|\.\d+", str(node.this)):
        return float(node.this)
    return None


def _numbers(literals: list[exp.Literal], strings: tuple[str, ...]) -> Iterator[float]:
    for literal in literals:
        if not literal.is_string:
            yield float(literal.this)
    for text in strings:
        yield from map(float, _DIGITS.findall(text))
