"""The schema as somebody who asks questions sees it: things with names and attributes, and how they belong together.

`build_graph` (roles.py) makes it. An `Entity` is a table; a `Link` leads from a child to its parent, declared as a foreign key
or told from equal names or from the data; a `Relation` is a table that only says which things of one kind are neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.database.schema import Table, quote
from pipeline.dataset.offline.lexicon import BUILDINGS, GEOGRAPHIC, PEOPLE, PLACES, Verb
from pipeline.dataset.offline.words import plural


@dataclass(frozen=True)
class Field:
    """One column. `role` is `name`, `category`, `text`, `number`, `date`, `year`, `flag`, `key`,
    `constant` (one value in all rows) or `hidden`."""

    table: str
    name: str
    role: str
    words: str
    """Its English words without those of the table."""
    nullable: bool = False
    cast: bool = False
    """A text column that holds numbers."""
    fixed: bool = False
    """A closed list of values, or few values that repeat."""
    timed: bool = False
    """A date with its time of day."""
    also: tuple[str, ...] = ()
    """Other words for it."""
    unit: str = ""
    """What its numbers count, as its comment says: `yen`."""
    ja: str = ""
    """Its Japanese word, where a comment or the glossary gives one."""

    def at(self, prefix: str = "") -> str:
        """The expression that reads it, with what stands before the column's name."""
        return f"CAST({prefix}{quote(self.name)} AS INTEGER)" if self.cast else f"{prefix}{quote(self.name)}"

    def plain(self, prefix: str = "") -> str:
        """The column as it stands, to be shown."""
        return f"{prefix}{quote(self.name)}"

    def day(self, prefix: str = "") -> str:
        """The expression that reads the date without its time."""
        return f"date({self.at(prefix)})" if self.timed else self.at(prefix)


@dataclass(eq=False)
class Entity:
    """One table and what it is about."""

    table: Table
    noun: str
    key: str | None = None
    """The column that tells its rows apart: a single primary key."""
    label: Field | None = None
    """The column whose value people call a row by."""
    own: bool = True
    """False where the label names another kind of thing (`sales.product_name`)."""
    spread: bool = False
    """One thing fills several rows, so lists and counts need DISTINCT."""
    twin: Link | None = None
    """The link to the entity that these rows only add attributes to."""
    bridge: bool = False
    """Rows only connect two parents."""
    fields: tuple[Field, ...] = ()
    parents: list[Link] = field(default_factory=list)
    children: list[Link] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    relations_only: bool = False
    """The table is itself such a relation."""
    scope: tuple[str, ...] = ()
    """English phrases for what all rows have in common."""
    also: tuple[str, ...] = ()
    """Other English nouns for its rows."""
    ja: str = ""
    """The Japanese noun, where a comment or the glossary gives one."""
    pairs: tuple[tuple[Field, Field], ...] = ()
    """A named extreme and its measure: `highest_point`, `highest_elevation`."""

    @property
    def name(self) -> str:
        """The table's name as SQL."""
        return quote(self.table.name)

    @property
    def nouns(self) -> str:
        """The noun in the plural."""
        return plural(self.noun)

    @property
    def things(self) -> str:
        """What the label names: the entity's own noun, or that of the label."""
        return self.noun if self.own or self.label is None else self.label.words.removesuffix(" name")

    @property
    def kind(self) -> str:
        """`person`, `place` or `thing`."""
        last = self.noun.rpartition(" ")[2]
        return "person" if last in PEOPLE else "place" if last in PLACES else "thing"

    @property
    def geographic(self) -> bool:
        """Whether one asks where it is."""
        return self.noun.rpartition(" ")[2] in GEOGRAPHIC

    @property
    def located(self) -> bool:
        """Whether things are located there, rather than merely belong to it as to a category."""
        last = self.noun.rpartition(" ")[2]
        return last in GEOGRAPHIC or last in BUILDINGS

    @property
    def out(self) -> str | None:
        """The column that answers "which …": the label, else the key."""
        return quote(self.label.name) if self.label else quote(self.key) if self.key else None

    @property
    def distinct(self) -> bool:
        """Whether a list of labels repeats the same thing."""
        return self.label is not None and (self.spread or not self.own)

    def having(self, *roles: str) -> list[Field]:
        """Fields of these roles."""
        return [one for one in self.fields if one.role in roles]


@dataclass(frozen=True, eq=False)
class Link:
    """Rows of `child` belong to one row of `parent`: `child.column = parent.target`."""

    child: Entity
    column: str
    parent: Entity
    target: str
    role: str = ""
    """What the parent is to the child where that is not its noun: `manager`."""
    verbs: tuple[Verb, ...] = ()
    """What the child does to the parent: a river traverses states."""
    nullable: bool = False

    @property
    def named(self) -> bool:
        """Whether the child holds the parent's name itself."""
        return self.parent.label is not None and self.parent.label.name == self.target

    @property
    def noun(self) -> str:
        """What the parent is called from the child's side."""
        return self.role or self.parent.noun


@dataclass(frozen=True, eq=False)
class Relation:
    """A table of pairs of one entity's names: `border_info(state_name, border)`. It holds in both directions."""

    table: str
    left: str
    right: str
    verbs: tuple[Verb, ...]


@dataclass(frozen=True)
class Graph:
    """All entities, the tables nobody asks about left out."""

    entities: tuple[Entity, ...]

    def links(self) -> list[Link]:
        """Every link, once."""
        return [link for entity in self.entities for link in entity.parents]
