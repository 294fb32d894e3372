"""What a run keeps of a schema that is over the token budget: the cut one to work on, the whole one as `schema_whole.sql`.

In: a schema and the tables wanted, or the SQL of pairs. Out: the schema that fits, and a Note that says what is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlglot import exp

from pipeline.config import SchemaConfig
from pipeline.database.closure import cut, find_table, only
from pipeline.database.ddl import parse_schema
from pipeline.database.schema import Schema
from pipeline.database.sql import parse_select
from pipeline.errors import SqlError, UserError
from pipeline.records import Event, Note
from pipeline.store import Store

NAMED = 6
"""Tables left out that a note names."""
WHOLE = "schema_whole.sql"


def count(schema: Schema) -> int:
    """Tokens of the prompt's part that all questions share."""
    from pipeline.student.prompt import count_tokens

    return count_tokens(schema.to_prompt())


def fit(schema: Schema, config: SchemaConfig) -> tuple[Schema, list[str]]:
    """The schema as the run works on it, and the names left out: none where it is within the budget.

    Raises UserError for a chosen table that there is not, and where the chosen ones do not fit.
    """
    chosen = [find_table(schema, name) for name in config.tables]
    if count(schema) <= config.tokens:
        return schema, []
    fitting, left = cut(schema, chosen, config.tokens, count)
    missing = [name for name in chosen if name in left]
    if missing:
        raise UserError(
            "The tables chosen, with all they refer to, are over the limit of {budget:,} tokens: {tables} did not fit. "
            "Choose fewer.",
            budget=config.tokens,
            tables=_some(missing),
        )
    return fitting, left


def fitting_pairs(schema: Schema, sqls: Iterable[str], tokens: int) -> tuple[Schema, list[str]]:
    """As `fit`, with the tables that pairs use as the wanted ones, the most used first, as far as they fit."""
    if count(schema) <= tokens:
        return schema, []
    names = {table.name.lower(): table.name for table in schema.tables}
    used = Counter(names[name] for sql in sqls for name in sorted(_tables(sql)) if name in names)
    return cut(schema, [name for name, _ in used.most_common()], tokens, count)


def whole_of(store: Store, schema: Schema) -> Schema:
    """The schema as it was read, `schema` being what the run works on."""
    file = store.folder / WHOLE
    return parse_schema(file.read_text(encoding="utf-8"), "sqlite", schema.name) if file.exists() else schema


def fit_as_before(store: Store, schema: Schema, config: SchemaConfig) -> tuple[Schema, list[str]]:
    """As `fit`; the same schema read again stays cut as it is, unless other tables are chosen or the budget is another."""
    before, file = store.get("schema_cut"), store.folder / WHOLE
    same = before and before["tokens"] == config.tokens and (not config.tables or _chosen(config) == before["tables"])
    if not same or not file.exists() or file.read_text(encoding="utf-8") != schema.to_sql():
        return fit(schema, config)
    left = list(before["left_out"])
    return only(schema, {table.name for table in schema.tables} - set(left)), left


def remember_cut(store: Store, whole: Schema, left: list[str], config: SchemaConfig) -> Note | None:
    """Keep the whole schema beside the cut one, and say what is left out; nothing of either where nothing is."""
    file = store.folder / WHOLE
    if not left:
        file.unlink(missing_ok=True)
        store.set(schema_cut=None)
        return None
    file.write_text(whole.to_sql(), encoding="utf-8")
    store.set(schema_cut={"tables": _chosen(config), "tokens": config.tokens, "left_out": left})
    template = (
        "The schema has {tokens:,} tokens, and the limit is {budget:,}: {inside} of {all} tables are in. "
        "Left out: {left}. Choose the tables to keep if others matter."
    )
    values = {"tokens": count(whole), "budget": config.tokens, **_amounts(whole, left)}
    return Note("schema", template, values, "warning")


def fit_to_pairs(store: Store, schema: Schema, sqls: Iterable[str]) -> Iterator[Event]:
    """Cut a run's schema anew to the tables that pairs use, the most used first; `schema` is what it works on.

    Does nothing where the schema was not cut, its tables were chosen by hand, or the run has pairs already.
    """
    before = store.get("schema_cut")
    if not before or before["tables"] or store.pairs():
        return
    whole = whole_of(store, schema)
    fitting, left = fitting_pairs(whole, sqls, before["tokens"])
    if left == before["left_out"]:
        return
    (store.folder / "schema.sql").write_text(fitting.to_sql(), encoding="utf-8")
    store.set(schema_cut={**before, "left_out": left}, prompt_tokens=count(fitting), instances=None, instances_now=None)
    template = "The schema is cut to the tables that the pairs use: {inside} of {all} are in. Left out: {left}."
    yield Note("dataset", template, _amounts(whole, left), "warning")


def _chosen(config: SchemaConfig) -> list[str]:
    return [name.strip().lower() for name in config.tables]


def _tables(sql: str) -> set[str]:
    try:
        return {table.name.lower() for table in parse_select(sql).find_all(exp.Table)}
    except SqlError:
        return set()


def _amounts(whole: Schema, left: list[str]) -> dict[str, object]:
    return {"inside": len(whole.tables) - len(left), "all": len(whole.tables), "left": _some(left)}


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
