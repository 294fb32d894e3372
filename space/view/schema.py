"""The Schema tab's pictures: the summary, the diagram of tables and references, and its text twin.

In: a `Schema`. Out: HTML; the diagram is an SVG at natural size in a box that scrolls. Above 25 tables it draws keys
only, above 60 nothing: then the list speaks alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.database.schema import Column, Schema, Table
from space.i18n import Words
from space.view.html import join, shorten, tag

KEYS_ONLY_ABOVE = 25
LIST_ONLY_ABOVE = 60
SMALLEST = 0.8
"""A diagram that is too wide is drawn at this scale at least, where its letters are still 10 px, and scrolls beyond."""
CARD, ROW, HEAD, GAP_X, GAP_Y, EDGE = 160, 19, 27, 40, 18, 12
"""Pixels: a card's width, a row, a card's head, the gaps between cards, the margin around all."""


def summary(schema: Schema, tokens: int, words: Words) -> Markup:
    """How much there is: tables, columns, foreign keys, tokens of the prompt."""
    columns = sum(len(table.columns) for table in schema.tables)
    keys = sum(len(table.foreign_keys) for table in schema.tables)
    counts = words("schema.counts", tables=len(schema.tables), columns=columns, keys=keys)
    return tag('<p class="sum"><b>{}</b> · {}</p>', counts, words("schema.tokens", n=tokens))


def listing(schema: Schema, words: Words) -> Markup:
    """Every table as text: the diagram's twin, and all there is on a phone."""
    return tag('<div class="tables">{}</div>', join(_listed(table, words) for table in schema.tables))


def _listed(table: Table, words: Words) -> Markup:
    rows = join(_listed_column(table, column, words) for column in table.columns)
    comment = tag("<p>{}</p>", table.comment) if table.comment else Markup("")
    return tag("<section><h3>{}</h3>{}<ul>{}</ul></section>", table.name, comment, rows)


def _listed_column(table: Table, column: Column, words: Words) -> Markup:
    marks = [words("schema.key")] if column.name in table.primary_key else []
    for key in table.foreign_keys:
        if column.name in key.columns:
            target = key.references[key.columns.index(column.name)] if key.references else ""
            marks.append("→ " + (f"{key.table}.{target}" if target else key.table))
    if column.nullable and column.name not in table.primary_key:
        marks.append(words("schema.nullable"))
    if column.allowed:
        marks.append(", ".join(column.allowed))
    if column.comment:
        marks.append(column.comment)
    more = tag("<small>{}</small>", " · ".join(marks)) if marks else Markup("")
    return tag("<li><code>{}</code> <span>{}</span> {}</li>", column.name, column.type, more)


# The diagram


@dataclass(frozen=True)
class Card:
    """A table's place in the diagram, in pixels."""

    table: Table
    columns: tuple[Column, ...]
    x: int
    y: int

    @property
    def height(self) -> int:
        """Pixels from the top of the head to the bottom."""
        return HEAD + ROW * len(self.columns) + 6

    def row(self, name: str) -> int:
        """The height of a column's middle; the head's where the column is not drawn."""
        for place, column in enumerate(self.columns):
            if column.name.lower() == name.lower():
                return self.y + HEAD + ROW * place + ROW // 2 + 2
        return self.y + HEAD // 2


def depths(schema: Schema) -> dict[str, int]:
    """How far each table stands from tables that refer to nothing; a reference that closes a circle is not followed."""
    found: dict[str, int] = {}
    names = {table.name.lower(): table for table in schema.tables}

    def depth(name: str, above: frozenset[str]) -> int:
        if name in found:
            return found[name]
        parents = {key.table.lower() for key in names[name].foreign_keys} - above - {name}
        deep = max((1 + depth(parent, above | {name}) for parent in parents if parent in names), default=0)
        if not above:
            found[name] = deep
        return deep

    for name in names:
        depth(name, frozenset())
    return found


def diagram(schema: Schema, words: Words) -> Markup:
    """Cards in columns by depth of reference, parents left, a curve from each reference to its key."""
    if not schema.tables or len(schema.tables) > LIST_ONLY_ABOVE:
        return Markup("")
    cards = _place(schema)
    right = max(card.x for card in cards.values()) + CARD + EDGE
    bottom = max(card.y + card.height for card in cards.values()) + EDGE
    edges = join(_edges(card, cards) for card in cards.values())
    drawn = join(_card(card) for card in cards.values())
    label = words("schema.diagram") + ": " + "; ".join(_spoken(table) for table in schema.tables)
    return tag(
        '<div class="diagram" tabindex="0" role="group" aria-label="{label}"><svg role="img" aria-label="{label}" '
        'width="{w}" height="{h}" viewBox="0 0 {w} {h}" style="max-width:max(100%,{least:.0f}px);height:auto">'
        "{edges}{cards}</svg></div>",
        label=label,
        w=right,
        h=bottom,
        least=SMALLEST * right,
        edges=edges,
        cards=drawn,
    )


def _place(schema: Schema) -> dict[str, Card]:
    keys_only = len(schema.tables) > KEYS_ONLY_ABOVE
    deep = depths(schema)
    bottoms: dict[int, int] = {}
    cards: dict[str, Card] = {}
    for table in sorted(schema.tables, key=lambda each: deep[each.name.lower()]):
        column = deep[table.name.lower()]
        y = bottoms.get(column, EDGE)
        shown = _keys(table) if keys_only else table.columns
        card = Card(table, shown, EDGE + column * (CARD + GAP_X), y)
        bottoms[column] = y + card.height + GAP_Y
        cards[table.name.lower()] = card
    return cards


def _keys(table: Table) -> tuple[Column, ...]:
    named = {name.lower() for name in table.primary_key}
    named |= {name.lower() for key in table.foreign_keys for name in key.columns}
    return tuple(column for column in table.columns if column.name.lower() in named)


def _edges(card: Card, cards: dict[str, Card]) -> Markup:
    lines = []
    for key in card.table.foreign_keys:
        parent = cards.get(key.table.lower())
        if parent is None or parent is card:
            continue
        target = key.references[0] if key.references else ""
        x1, y1, x2, y2 = parent.x + CARD, parent.row(target), card.x, card.row(key.columns[0])
        if x2 <= x1:  # a circle: leave on the left, bow around
            x1, x2 = parent.x, card.x
        bend = GAP_X * 0.6 if x2 > x1 else -GAP_X * 0.6
        path = f"M{x1} {y1}C{x1 + bend:.0f} {y1} {x2 - abs(bend):.0f} {y2} {x2} {y2}"
        lines.append(tag('<path d="{}"/><rect x="{}" y="{}" width="5" height="5" rx="1"/>', path, x1 - 1, y1 - 2))
    return join(lines)


def _card(card: Card) -> Markup:
    keys = {name.lower() for name in card.table.primary_key}
    references = {name.lower() for key in card.table.foreign_keys for name in key.columns}
    rows = []
    for column in card.columns:
        y, name = card.row(column.name) + 4, column.name.lower()
        style = "pk" if name in keys else "fk" if name in references else ""
        style = "pk fk" if name in keys and name in references else style
        kind = shorten(column.type, 10)
        shown = shorten(column.name, 21 - len(kind) * 3 // 4)
        rows.append(tag('<text class="{}" x="{}" y="{}">{}</text>', style, card.x + 10, y, shown))
        rows.append(tag('<text class="type" x="{}" y="{}">{}</text>', card.x + CARD - 10, y, kind))
    frame = tag('<rect class="card" x="{}" y="{}" width="{}" height="{}" rx="7"/>', card.x, card.y, CARD, card.height)
    line = tag('<line x1="{0}" y1="{2}" x2="{1}" y2="{2}"/>', card.x, card.x + CARD, card.y + HEAD)
    name = tag('<text class="name" x="{}" y="{}">{}</text>', card.x + 10, card.y + 18, shorten(card.table.name, 19))
    return tag("<g><title>{}</title>{}{}{}{}</g>", card.table.name, frame, line, name, join(rows))


def _spoken(table: Table) -> str:
    targets = ", ".join(key.table for key in table.foreign_keys)
    return f"{table.name} → {targets}" if targets else table.name
