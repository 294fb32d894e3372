"""Cells of a CSV file that a spreadsheet shows as text, whatever they begin with.

A cell that would be read as a formula gets an apostrophe in front; reading takes one away again. Limit: an apostrophe
before such a sign that stood in somebody else's file is taken for one of these.
"""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r＝＋－＠]")


def guarded(cell: str) -> str:
    """The cell as a spreadsheet may open it: `=1+1` becomes `'=1+1`."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell
