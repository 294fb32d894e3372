"""The two samples that come with the project: a shop and the recipe's one-table sales, with rows and written pairs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.database.ddl import parse_schema
from pipeline.database.rows import load_rows
from pipeline.database.schema import Schema

SAMPLES = Path(__file__).parents[2] / "sample_db"
NAMES = ("shop", "sales")


def example_sql(name: str) -> str:
    """The DDL of a sample, `shop` or `sales`, as it stands in its file."""
    return (SAMPLES / name / "schema.sql").read_text(encoding="utf-8")


@cache
def example_schema(name: str) -> Schema:
    """The parsed schema of a sample."""
    return parse_schema(example_sql(name), "sqlite", name)


def example_database(name: str, path: Path) -> None:
    """Write a sample's database, rows included, to `path` (0.2 s)."""
    rows = (SAMPLES / name / "rows.sql").read_text(encoding="utf-8")
    load_rows(example_schema(name), rows, path)


def example_pairs(name: str, language: str = "en") -> str:
    """The pairs written for a sample as JSONL in the recipe's form; empty where there are none in that language."""
    file = SAMPLES / name / ("pairs.jsonl" if language == "en" else f"pairs_{language}.jsonl")
    return file.read_text(encoding="utf-8") if file.exists() else ""
