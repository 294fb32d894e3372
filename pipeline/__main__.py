"""`python -m pipeline`: the command line and its exit codes: 0 done, 2 the input is wrong (one line on stderr), 1 a bug."""

from __future__ import annotations

import sys
from typing import Any

import typer

from pipeline.commands import app
from pipeline.errors import UserError

UsageError: type[Any] = typer.BadParameter.__mro__[1]
"""What typer raises for a wrong option; it brings a click of its own and names only the leaves."""


def entry() -> int:
    """Run the command line and give its exit code."""
    try:
        code = app(standalone_mode=False)
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except UsageError as error:
        said = " ".join(error.format_message().split()).rstrip(".")
        print(f"Error: {said}. See python -m pipeline --help.", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(entry())
