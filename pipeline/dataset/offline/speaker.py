"""What both languages share: templates with choices, filled with words.

A template is plain text with `{slots}` and `[one|another|]` choices; `fill` picks, fills and tidies. Words of people and
values are put in after the choices, so that nothing in them is taken for a choice.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from random import Random

from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import Verb
from pipeline.dataset.offline.sets import Subset


class Speaker(ABC):
    """One language. `code` is `en` or `ja`."""

    code: str
    templates: Mapping[str, Sequence[str]]

    def __init__(self, rng: Random, shared: frozenset[str] = frozenset()) -> None:
        self.rng = rng
        self.shared = shared
        """Names of things of more than one kind: they are not mentioned without their noun."""

    def fill(self, key: str, **slots: str) -> str:
        """A phrase: one of the templates of that key, its choices made and its slots filled."""
        return tidy(self.expand(self.rng.choice(self.templates[key])).format(**slots))

    def expand(self, template: str) -> str:
        """The template with each `[…|…]` replaced by one of its choices, innermost first."""
        while "[" in template:
            template = re.sub(r"\[([^\[\]]*)\]", lambda found: self.rng.choice(found[1].split("|")), template)
        return template

    def ask(self, key: str, **slots: str) -> str:
        """A whole question."""
        return self.finish(self.fill(key, **slots))

    @abstractmethod
    def finish(self, text: str) -> str:
        """The text as a sentence of its own."""

    @abstractmethod
    def noun(self, entity: Entity, many: bool = False) -> str:
        """What the rows of an entity are called."""

    @abstractmethod
    def word(self, words: str) -> str:
        """A noun that is not an entity's: a role, what a label names."""

    @abstractmethod
    def plural(self, link: Link) -> str:
        """What the parents are called from the child's side."""

    @abstractmethod
    def field(self, one: Field, many: bool = False) -> str:
        """What a column is called."""

    @abstractmethod
    def join(self, words: Sequence[str], last: str = "and") -> str:
        """Words in a row: "a, b and c"; `last` is `and` or `or`."""

    @abstractmethod
    def mention(self, entity: Entity, value: str) -> str:
        """A thing called by its name."""

    @abstractmethod
    def phrase(self, subset: Subset, many: bool = True, things: bool = False) -> str:
        """The subset as a noun phrase without article; `things` names what the label names."""

    @abstractmethod
    def asked(self, subset: Subset) -> tuple[str, str]:
        """Noun and predicate of "which rivers run through texas"; the predicate is empty when there is none."""

    @abstractmethod
    def definite(self, phrase: str) -> str:
        """The noun phrase as something known."""

    @abstractmethod
    def indefinite(self, phrase: str) -> str:
        """The noun phrase as some single one."""

    @abstractmethod
    def one_of(self, one: Field) -> str:
        """The column with its article: "a price"."""

    @abstractmethod
    def verb(self, verb: Verb) -> dict[str, str]:
        """The slots of a relation's verb: base, third, ing, and verb without its preposition."""

    @abstractmethod
    def done(self, participle: str) -> str:
        """The participle of a date column."""

    @abstractmethod
    def happened(self, participle: str) -> str:
        """The participle as a restriction after its noun: "hired", "who joined"."""

    @abstractmethod
    def name_word(self) -> str:
        """What a name is called."""

    @abstractmethod
    def superlative(self, subset: Subset, one: Field, high: bool) -> str:
        """The thing in the subset that has most or least of something, definite."""

    @abstractmethod
    def ask_extreme(self, subset: Subset, one: Field, high: bool) -> str:
        """The question for the thing that has most or least of something."""

    @abstractmethod
    def extreme_word(self, one: Field, high: bool) -> str:
        """`highest`, `lowest` before the name of the column."""

    @abstractmethod
    def how(self, entity: Entity, one: Field, x: str) -> str:
        """A question about a column of a thing in words of its own ("how long is x"); empty when there are none."""

    @abstractmethod
    def count(self, number: int) -> str:
        """A small number of things: digits, or a word now and then."""

    @abstractmethod
    def amount(self, one: Field, value: float) -> str:
        """A value of a numeric column, with its unit where the schema tells it."""

    @abstractmethod
    def day(self, date: str) -> str:
        """An ISO date as people write it."""

    @abstractmethod
    def month(self, number: int, year: str) -> str:
        """A month of a year; of every year where `year` is empty."""

    @abstractmethod
    def quarter(self, number: int, year: str) -> str:
        """A quarter of a year."""

    @abstractmethod
    def weekday(self, number: int) -> str:
        """A weekday; 0 is Sunday."""

    @abstractmethod
    def period(self, unit: str) -> str:
        """What `month`, `quarter` or `weekday` is called."""

    @abstractmethod
    def than(self, entity: Entity, one: Field, more: bool) -> str:
        """A comparative before "than" ("longer"); empty when there is none."""


def tidy(text: str) -> str:
    """Single spaces, none before a comma or at the ends."""
    return re.sub(r"\s+([,?.])", r"\1", " ".join(text.split()))


def agree(phrase: str, many: bool) -> str:
    """`that <run/runs> through` for one or for many."""
    return re.sub(r"<([^/<>]*)/([^/<>]*)>", r"\1" if many else r"\2", phrase)
