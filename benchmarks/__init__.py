"""Commands that measure what the README claims: `python -m benchmarks.NAME [--json]`.

Both sides of a comparison are measured in one run. The last line printed is one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from pipeline.records import Done, Event, Note, Progress, Step


def finish(figures: dict[str, Any]) -> None:
    """Print the figures: a line each, then the JSON object that scripts read."""
    if "--json" not in sys.argv:
        for name, value in figures.items():
            print(f"{name:>20}  {value}")
    print(json.dumps(figures))


def follow(events: Iterator[Event]) -> dict[str, Any]:
    """Run a stage to its end, progress on stderr; gives its result."""
    result: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Done):
            result = event.result
        elif isinstance(event, Note):
            print(event.text(), file=sys.stderr)
        elif isinstance(event, Step) and event.step % 10 == 0:
            print(
                f"step {event.step}/{event.steps} loss {event.loss:.3f} {event.seconds_left:.0f} s left",
                file=sys.stderr,
            )
        elif isinstance(event, Progress) and event.total and event.done % 100 == 0:
            print(f"{event.what} {event.done}/{event.total}", file=sys.stderr)
    return result
