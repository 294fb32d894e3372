"""An answer's rows as a picture, where they make one: bars, or a line.

In: columns and rows. Out: a `Chart` or None, and its HTML. Chartable are 2 to 30 rows of a text and one number (bars, in
the order of the SQL), or of a date or ordered number and one number (a line). The figures are in the aria-label.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from pipeline.records import Rows
from space.view.html import join, number, tag

FEWEST, MOST = 2, 30
DATE = re.compile(r"\d{4}(-\d\d(-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?)?)?")
ID = re.compile(r"(.*[_.])?id", re.I)
LABELS = 6
"""Labels under a line: on a phone that many dates have room."""


@dataclass(frozen=True)
class Chart:
    """What to draw: labels and figures of the same count; `places` are x positions 0 to 1 of a line, empty for bars."""

    label: str
    figure: str
    labels: tuple[str, ...]
    figures: tuple[float, ...]
    places: tuple[float, ...] = ()


def chart_of(rows: Rows) -> Chart | None:
    """The chart of an answer, or None where it makes none. A column of ids is no figure."""
    if not FEWEST <= len(rows.rows) <= MOST or rows.truncated:
        return None
    columns = [(name, [row[at] for row in rows.rows]) for at, name in enumerate(rows.columns)]
    shown = [column for column in columns if not ID.fullmatch(column[0])]
    if len(shown) != 2:
        return None
    (label, labels), (figure, figures) = shown if _figures(shown[1][1]) else shown[::-1]
    if not _figures(figures) or any(value is None for value in labels):
        return None
    if places := _places(labels):
        order = sorted(range(len(places)), key=places.__getitem__)
        return Chart(label, figure, tuple(str(labels[at]) for at in order), tuple(figures[at] for at in order),
                     tuple(places[at] for at in order))  # fmt: skip
    if all(isinstance(value, str) for value in labels):
        return Chart(label, figure, tuple(labels), tuple(figures))
    return None


def _figures(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _places(labels: Sequence[Any]) -> list[float]:
    """Where dates or numbers that only rise, or only fall, stand between the first and the last; else nothing."""
    spots = [_spot(value) for value in labels]
    known = [spot for spot in spots if spot is not None]
    if len(known) < len(spots):
        return []
    steps = [later - earlier for earlier, later in zip(known, known[1:], strict=False)]
    if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return []
    low, high = min(known), max(known)
    return [(spot - low) / (high - low) for spot in known]


def _spot(value: Any) -> float | None:
    """A date's or number's place on its axis; a text of digits such as a month's `07` is a number."""
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    if re.fullmatch(r"\d{1,3}", value):
        return float(value)
    if not DATE.fullmatch(value):
        return None
    try:
        when = datetime.fromisoformat(f"{value}-01-01"[:10] if len(value) <= 7 else value)
        return when.replace(tzinfo=UTC).timestamp()
    except ValueError:  # the 31st of February
        return None


def chart(rows: Rows, quiet: bool = False) -> Markup:
    """The chart of an answer as HTML, or nothing; `quiet` draws in the base's grey."""
    found = chart_of(rows)
    if found is None:
        return Markup("")
    twin = "; ".join(f"{label} {number(figure)}" for label, figure in zip(found.labels, found.figures, strict=True))
    drawn = _line(found) if found.places else _bars(found)
    return tag(
        '<figure class="chart {}{}" role="img" aria-label="{}, {}: {}">{}</figure>',
        "line" if found.places else "bars", " quiet" if quiet else "", found.label, found.figure, twin, drawn,
    )  # fmt: skip


def _bars(found: Chart) -> Markup:
    low, high = min(0.0, *found.figures), max(0.0, *found.figures)
    span = high - low or 1.0
    return join(
        tag(
            '<div><span title="{0}">{0}</span><i><b style="left:{1:.2f}%;width:{2:.2f}%"></b></i><em>{3}</em></div>',
            label, 100 * (min(figure, 0.0) - low) / span, 100 * abs(figure) / span, number(figure),
        )
        for label, figure in zip(found.labels, found.figures, strict=True)
    )  # fmt: skip


def _line(found: Chart) -> Markup:
    low, high = _range(found.figures)
    points = [(100 * x, 100 - 100 * (y - low) / (high - low)) for x, y in zip(found.places, found.figures, strict=True)]
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    grid = join(
        tag('<s style="top:{:.2f}%"><em>{}</em></s>', 100 * part, number(high - part * (high - low)))
        for part in (0, 0.5, 1)
    )
    dots = join(
        tag('<b style="left:{:.2f}%;top:{:.2f}%" title="{} · {}"></b>', x, y, label, number(figure))
        for (x, y), label, figure in zip(points, found.labels, found.figures, strict=True)
    )
    return tag(
        '<small>{}</small><div class="plot">{}<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}"/></svg>{}</div><div class="axis">{}</div>',
        found.figure, grid, path, dots, _axis(found),
    )  # fmt: skip


def _axis(found: Chart) -> Markup:
    """The first, the last and some labels between them that stand far enough apart."""
    chosen, room = [0], 1 / (LABELS - 1)
    last = len(found.labels) - 1
    for at in range(1, last):
        if found.places[at] - found.places[chosen[-1]] >= room and 1 - found.places[at] >= room:
            chosen.append(at)
    return join(
        tag('<span style="left:{:.2f}%">{}</span>', 100 * found.places[at], found.labels[at]) for at in [*chosen, last]
    )


def _range(figures: Sequence[float]) -> tuple[float, float]:
    """A round range that holds zero and all figures."""
    low, high = min(0.0, *figures), max(0.0, *figures)
    step = 10.0 ** math.floor(math.log10(max(high, -low))) / 2 if high > low else 1.0
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return (low, high) if high > low else (0.0, 1.0)
