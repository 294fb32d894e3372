"""Pairs in and out as other tools keep them.

In: a file, a folder or a name on the Hub; out: text for the pasted teacher. Or in: a run with pairs and a format; out: a
file or folder. The token for the Hub is an argument and goes no further than to the Hub.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.dataset.export import FORMATS, export_pairs
from pipeline.dataset.split import SIDES
from pipeline.dataset.tables import ENDINGS, hub_text, table_text
from pipeline.errors import UserError
from pipeline.hub.client import NOT_THERE, plain_errors, reading_token
from pipeline.run.schema import schema_of
from pipeline.store import Store
from pipeline.student.prompt import SYSTEM

ALL = "all"
_HUB = re.compile(r"(?:hf://datasets/)?(?P<name>[\w.-]+/[\w.-]+?)(?::(?P<part>[\w.-]+))?")


def pairs_text(source: str, token: str = "") -> str:
    """What `write_dataset` takes as `paste`: of a file, a folder, or a data set on the Hub, `user/name` or `user/name:part`.

    Raises UserError where there is none or it has no pairs.
    """
    path, named = Path(source), _HUB.fullmatch(source.strip())
    if named is None or path.exists() or path.suffix.lower() in ENDINGS:
        return table_text(path)
    return _from_hub(named["name"], named["part"] or "", token)


def _from_hub(name: str, part: str, token: str) -> str:
    from datasets.exceptions import DatasetNotFoundError, DatasetsError

    with plain_errors(name):
        try:
            return hub_text(name, part, reading_token(token))
        except DatasetNotFoundError as error:
            raise UserError(NOT_THERE, repo=name) from error
        except (DatasetsError, ValueError, RuntimeError) as error:
            why = " ".join(str(error).split()).rstrip(".")[:300]
            raise UserError(
                "{name} on the Hub cannot be read: {why}. Fetch one of its files and give that.", name=name, why=why
            ) from error


def export(store: Store, form: str, out: Path, split: str = ALL) -> int:
    """Write a run's kept pairs to `out`, of one split or all; how many there were. A file that is there is replaced.

    Raises UserError for an unknown format or split, where there are no pairs, and where `out` cannot be written.
    """
    if form not in FORMATS:
        raise UserError("There is no format {name}. Choose one of: {known}.", name=form, known=", ".join(FORMATS))
    if split not in (*SIDES, ALL):
        raise UserError("There is no split {name}. Choose train, heldout or all.", name=split)
    pairs = store.pairs("" if split == ALL else split, ok=True)
    if not pairs:
        raise UserError("There are no kept pairs to export ({split}). Write pairs first.", split=split)
    if out.is_dir() and (FORMATS[form] or any(out.iterdir())):
        raise UserError("{folder} is a folder with files. Give another name for the export.", folder=out)
    try:
        export_pairs(pairs, form, out, SYSTEM + schema_of(store).to_prompt())
    except OSError as error:
        raise UserError(
            "{file} cannot be written ({why}). Choose another place.", file=out, why=error.strerror or error
        ) from error
    return len(pairs)
