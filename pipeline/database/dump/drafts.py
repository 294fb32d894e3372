"""Tables under construction while a dump is read; `database/ddl.py` turns them into a `Schema`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from pipeline.errors import UserError


@dataclass
class DraftColumn:
    """A column under construction."""

    name: str
    kind: exp.DataType | None
    line: int
    nullable: bool = True
    unique: bool = False
    default: exp.Expr | None = None
    comments: list[str] = field(default_factory=list)


@dataclass
class DraftKey:
    """A foreign key whose target may not have been read yet; `references` is empty for the target's primary key."""

    columns: list[str]
    table: str
    references: list[str]
    line: int


@dataclass
class DraftTable:
    """A table under construction; columns by lower-cased name."""

    name: str
    namespace: str
    line: int
    columns: dict[str, DraftColumn] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)
    keys: list[DraftKey] = field(default_factory=list)
    unique: list[list[str]] = field(default_factory=list)
    checks: list[exp.Expr] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    computed: set[str] = field(default_factory=set)
    """Columns without a type, reckoned from others: they are left out, with the keys that name them."""

    def drop_computed(self) -> None:
        """Leave out the keys that name a computed column."""
        self.primary_key = [] if self._names_computed(self.primary_key) else self.primary_key
        self.unique = [names for names in self.unique if not self._names_computed(names)]
        self.keys = [key for key in self.keys if not self._names_computed(key.columns)]

    def _names_computed(self, names: list[str]) -> bool:
        return not self.computed.isdisjoint(name.lower() for name in names)

    def add_column(self, column: DraftColumn) -> None:
        """Raises UserError for a name that is empty, unprintable or taken."""
        check_name(column.name, column.line)
        if column.name.lower() in self.columns:
            raise UserError(
                "Line {line}: the table {table} has two columns named {column}. Rename or remove one of them.",
                line=column.line,
                table=self.name,
                column=column.name,
            )
        self.columns[column.name.lower()] = column


def check_name(name: str, line: int) -> None:
    """Raises UserError for a name that nobody could write."""
    if not name.strip() or not name.isprintable():
        raise UserError(
            "Line {line}: the name {name} is empty or has characters that do not print. Give the table or column "
            "a name.",
            line=line,
            name=repr(name),
        )
