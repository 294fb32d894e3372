"""`schema`: show a parsed schema, and make it a run's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import RunOption, output, read
from pipeline.config import SchemaConfig
from pipeline.store import Store


def schema(
    ddl: Annotated[
        str, typer.Argument(help="A .sql file, a SQLite file, - for standard input, or a sample: shop, sales.")
    ],
    run_folder: Annotated[Path | None, RunOption] = None,
    dialect: Annotated[str, typer.Option(help="auto, sqlite, postgres, mysql, tsql, bigquery or snowflake.")] = "auto",
    tables: Annotated[
        str, typer.Option(help="Tables to keep of a schema that is too large, such as orders,customers.")
    ] = "",
    tokens: Annotated[
        int, typer.Option(min=1, help="Tokens that the schema may take of the prompt.")
    ] = SchemaConfig.tokens,
) -> None:
    """Show the parsed schema, and make it a run's when --run is given."""
    config = SchemaConfig(tokens, tuple(name.strip() for name in tables.split(",") if name.strip()))
    if run_folder is None:
        import tempfile

        with tempfile.TemporaryDirectory() as scratch:
            _show_schema(read(Path(scratch), ddl, dialect, config))
    else:
        _show_schema(read(run_folder, ddl, dialect, config))


def _show_schema(store: Store) -> None:
    if not output.as_json:
        print(run.schema_of(store).to_prompt())
        print(f"\n{len(run.schema_of(store).tables)} tables, about {store.get('prompt_tokens')} prompt tokens")
    store.close()
