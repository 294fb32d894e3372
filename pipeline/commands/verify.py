"""`verify`: check the certificates of pairs again, anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.common import follow


def verify(
    folder: Annotated[Path, typer.Argument(help="A run, an unpacked zip, or a data set from the Hub.")],
) -> None:
    """Make the databases of certified pairs again and prove each pair once more."""
    from pipeline.dataset.certificates import verify

    follow(verify(folder))
