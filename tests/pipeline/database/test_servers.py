"""What SQL Server, BigQuery and Snowflake export becomes a schema that SQLite takes and that rows can be made for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.dump.dialects import DIALECTS, candidates
from pipeline.database.instances import build_instances
from pipeline.database.schema import ForeignKey, Schema
from pipeline.errors import UserError

DATA = Path(__file__).parent / "data"
SERVERS = {"tsql": "ssms.sql", "bigquery": "bigquery.sql", "snowflake": "snowflake.sql"}


def read(dialect: str) -> Schema:
    return read_schema_file(DATA / SERVERS[dialect])


def types(dialect: str, *names: str) -> list[str]:
    columns = ", ".join(f"c{number} {name}" for number, name in enumerate(names))
    return [column.type for column in parse_schema(f"CREATE TABLE t ({columns})", dialect).tables[0].columns]


@pytest.mark.parametrize("dialect", SERVERS)
def test_an_export_is_recognised_and_gives_databases_with_rows(dialect: str, tmp_path: Path) -> None:
    schema = read(dialect)
    assert schema.dialect == dialect
    for path in build_instances(schema, tmp_path, InstanceConfig(count=1, rows=8)):
        with closing(sqlite3.connect(path)) as connection:
            for table in schema.tables:
                (count,) = connection.execute(f'SELECT COUNT(*) FROM "{table.name}"').fetchone()
                assert count > 0, table.name


@pytest.mark.parametrize("dialect", SERVERS)
def test_windows_line_ends_change_nothing(dialect: str) -> None:
    text = (DATA / SERVERS[dialect]).read_text(encoding="utf-8").replace("\n", "\r\n")
    assert parse_schema(text).to_sql() == read(dialect).to_sql()


def test_a_script_of_sql_server_gives_tables_keys_checks_comments_and_samples() -> None:
    schema = read("tsql")
    assert [table.name for table in schema.tables] == ["Patients", "Departments", "Visits", "Prescriptions"]
    patients, departments, visits, prescriptions = schema.tables
    assert patients.comment == "患者。'本人' のみ; 家族は除く"
    assert departments.comment == ""  # not what Management Studio writes above each object
    assert patients.primary_key == ("PatientID",) and patients.unique == (("FullName", "BirthDate"),)
    assert "Label" not in [column.name for column in patients.columns]
    name = patients.column("FullName")
    assert (name.type, name.comment, name.nullable) == ("TEXT", "氏名", False)
    assert name.samples == ("山田 花子", "O'Neil; Sam\nGO")
    assert (patients.column("Member").type, patients.column("Insured").default) == ("BOOLEAN", "1")
    assert (patients.column("Sex").default, patients.column("Sex").allowed) == ("'F'", ("M", "F"))
    assert patients.column("RowGuid").default is None and patients.column("BirthDate").samples[0] == "1980-02-29"
    assert departments.column("Name").unique and not patients.column("Mail").unique
    assert visits.column("Fee").comment == "診察料（円）" and visits.comment == ""
    assert visits.column("VisitedAt").default == "CURRENT_TIMESTAMP"
    assert visits.column("VisitedAt").samples == ("2024-03-01 09:30:00",)
    assert visits.checks[1:] == ("Fee >= 0.00", "Fee <= 500000")
    assert visits.foreign_keys == (
        ForeignKey(("PatientID",), "Patients", ("PatientID",)),
        ForeignKey(("DepartmentID",), "Departments", ("DepartmentID",)),
    )
    assert prescriptions.primary_key == ("VisitID", "Line No")


def test_bigquerys_statements_give_tables_keys_comments_and_samples() -> None:
    schema = read("bigquery")
    assert [table.name for table in schema.tables] == ["stations", "bikes", "riders", "trips"]
    stations, bikes, riders, trips = schema.tables
    assert stations.comment == "貸し出し場所 (one row each, `docks` included)"
    assert stations.column("station_id").comment == 'the "public" number; not reused'
    assert stations.column("name").samples == ('Kawa\'s "Gate"', "みなと")
    assert bikes.comment == "bikes are never removed" and bikes.column("model").allowed == ("city", "cargo", "e-bike")
    assert riders.column("nickname").default == "'it''s me'"
    assert riders.column("nickname").samples == ('a "quoted" one',)
    assert trips.column("to_station").comment == "到着; NULL while under way"
    assert [key.table for key in trips.foreign_keys] == ["bikes", "riders", "stations", "stations"]
    assert trips.primary_key == ("trip_id",) and trips.column("legs").type == "TEXT"


def test_snowflakes_ddl_gives_tables_keys_comments_and_samples() -> None:
    schema = read("snowflake")
    assert [table.name for table in schema.tables] == ["SUPPLIERS", "ITEMS", "SHELVES", "Stock Levels", "SCANS"]
    suppliers, items, shelves, levels, scans = schema.tables
    assert suppliers.comment == "誰から買うか" and suppliers.column("NAME").comment == "仕入先の名前"
    assert suppliers.column("COUNTRY").comment == "ISO's code; two letters"
    assert suppliers.column("NAME").samples == ("O'Hara & Sons", "東京部品")
    assert items.column("KIND").allowed == ("tool", "part", "spare")
    assert items.unique == (("SUPPLIER_ID", "TITLE"),) and items.column("ITEM_ID").default is None
    assert items.foreign_keys == (ForeignKey(("SUPPLIER_ID",), "SUPPLIERS", ("SUPPLIER_ID",)),)
    assert (shelves.column("FLOOR").comment, shelves.column("AREA").comment) == ("階", "区画")
    assert levels.primary_key == ("SHELF_CODE", "ITEM_ID") and levels.column("QUANTITY").default == "0"
    assert scans.comment == "what the scanners send; kept a week"


def test_types_of_the_servers_become_sqlites() -> None:
    assert types(
        "tsql", "nvarchar(max)", "bit", "money", "datetime2", "datetimeoffset", "uniqueidentifier", "decimal",
        "decimal(10, 2)", "[smallint]", "rowversion", "image", "ntext", "hierarchyid", "float(53)", "xml(CONTENT dbo.S)",
    ) == [
        *("TEXT", "BOOLEAN", "REAL", "DATETIME", "DATETIME", "TEXT", "INTEGER"),
        *("REAL", "INTEGER", "BLOB", "BLOB", "TEXT", "TEXT", "REAL", "TEXT"),
    ]  # fmt: skip
    assert types(
        "bigquery", "INT64", "STRING(10)", "NUMERIC", "NUMERIC(9)", "BIGNUMERIC(40, 3)", "BYTES", "ARRAY<STRING>",
        "STRUCT<a INT64, b ARRAY<DATE>>", "JSON", "GEOGRAPHY", "BOOL", "FLOAT64", "DATETIME", "DATE", "TIME", "INTERVAL",
    ) == [
        *("INTEGER", "TEXT", "REAL", "INTEGER", "REAL", "BLOB", "TEXT"),
        *("TEXT", "TEXT", "TEXT", "BOOLEAN", "REAL", "DATETIME", "DATE", "TEXT", "TEXT"),
    ]  # fmt: skip
    assert types(
        "snowflake", "NUMBER(38,0)", "NUMBER", "DECIMAL", "NUMBER(10,2)", "TIMESTAMP_NTZ(9)", "TIMESTAMP_TZ", "VARIANT",
        "OBJECT", "ARRAY", "BINARY(8)", "BOOLEAN", "FLOAT", "VARCHAR(16777216)", "TIME(9)", "MAP(VARCHAR, INT)",
    ) == [
        *("INTEGER", "INTEGER", "INTEGER", "REAL", "DATETIME", "DATETIME", "TEXT"),
        *("TEXT", "TEXT", "BLOB", "BOOLEAN", "REAL", "TEXT", "TEXT", "TEXT"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("CREATE TABLE Orders (Id INT IDENTITY(1,1) PRIMARY KEY, Name NVARCHAR(50))", "tsql"),
        ("CREATE TABLE [dbo].[A] ([Id] [int] NOT NULL)\nGO\n", "tsql"),
        ("CREATE TABLE a (n NVARCHAR(MAX), d DATETIME2)", "tsql"),
        ("CREATE TABLE `p.d.t` (a STRING)", "bigquery"),
        ("CREATE TABLE d.t (a INT64, b STRING)", "bigquery"),
        ("create or replace TABLE T (ID NUMBER(38,0) autoincrement, A VARIANT);", "snowflake"),
        ("create or replace TRANSIENT TABLE T (ID INT COMMENT 'x') COMMENT='y';", "snowflake"),
        ("CREATE TABLE [Album] ([AlbumId] INTEGER NOT NULL, [Title] NVARCHAR(160) NOT NULL)", "sqlite"),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name STRING)", "sqlite"),
        ("CREATE TABLE `a` (`id` int(11) NOT NULL COMMENT 'x') COMMENT='y'", "mysql"),
        ("CREATE OR REPLACE TABLE a (id INT AUTO_INCREMENT KEY) ENGINE=Aria", "mysql"),
        ("CREATE TABLE a (id SERIAL, at TIMESTAMPTZ DEFAULT now()); COMMENT ON TABLE a IS $$x$$;", "postgres"),
        ("CREATE TABLE a (id INT, name TEXT)", "sqlite"),
    ],
)
def test_the_dialect_is_told_by_words_that_only_it_has(text: str, dialect: str) -> None:
    assert candidates(text, "auto")[0] == dialect
    assert parse_schema(text).dialect == dialect


def test_statements_without_semicolons_and_go_are_cut_where_the_next_begins() -> None:
    schema = parse_schema(
        "SET ANSI_NULLS ON\ncreate table A (Id int identity(1,1) primary key clustered,\n  [GO] int null,\n"
        "  Kind nvarchar(9) not null default N'x'\n    references B (Kind)\n    on delete set null)\n"
        "insert into A ([GO]) values (5)\ncreate table B (Kind nvarchar(9) not null unique nonclustered)\n"
        "exec sp_addextendedproperty 'MS_Description', 'about; B', 'schema', 'dbo', 'table', 'B'\n"
    )
    assert schema.dialect == "tsql"
    a, b = schema.tables
    assert (a.column("go").samples, a.column("kind").default, b.comment) == (("5",), "'x'", "about; B")
    assert a.foreign_keys == (ForeignKey(("Kind",), "B", ("Kind",)),) and b.columns[0].unique


@pytest.mark.parametrize(
    ("dialect", "text", "told"),
    [
        (
            "tsql",
            "CREATE TABLE [dbo].[A](\n\t[Id] [int] NOT NULL\n\t[Name] [nvarchar](5) NULL\n)\nGO\n",
            "Line 3: this CREATE TABLE cannot be read near '[Name]'",
        ),
        (
            "tsql",
            "CREATE TABLE [dbo].[A]([Id] [int])\nGO\nINSERT [dbo].[A] VALUES (N'oops)\nGO\n",
            "Line 3: the quote ' opened here is never closed.",
        ),
        (
            "tsql",
            "CREATE TABLE [dbo].[A]([Id] [int])\nGO\nALTER TABLE [dbo].[A] WITH CHECK ADD CONSTRAINT [F] FOREIGN KEY([Id])\n"
            "REFERENCES [dbo].[Gone] ([Id])\nGO\n",
            "Line 4: the table A refers to the table Gone, which is not defined.",
        ),
        (
            "tsql",
            "CREATE TABLE [dbo].[A]([Id] [int])\nGO\nCREATE TABLE [x].[A]([Id] [int])\nGO",
            "Line 3: dbo and x both hold a table A",
        ),
        ("tsql", "CREATE TABLE [dbo].[A](\n\t[Id] [int],\nGO\n", "Line 1: CREATE TABLE A is not finished"),
        (
            "bigquery",
            "CREATE TABLE `p.d.t` (\n  a INT64,\n  b STRING OPTIONS(description=\"never ends\n);\n",
            'Line 3: the quote " opened here is never closed.',
        ),
        ("bigquery", "CREATE TABLE `p.d.t`\n(\n  a INT64\n  b STRING\n);", "Line 4: this CREATE TABLE cannot be read near 'b'"),
        (
            "bigquery",
            "CREATE TABLE `p.d.t`\nPARTITION BY d\nAS SELECT 1 AS d",
            "Line 1: the table t takes its columns from elsewhere (PARTITION BY …).",
        ),
        (
            "snowflake",
            "create or replace TABLE A (\n\tID NUMBER(38,0),\n\tNAME VARCHAR(5) COMMENT 'it's'\n);",
            "Line 3: the quote ' opened here is never closed.",
        ),
        (
            "snowflake",
            "create or replace TABLE A CLONE B;",
            "Line 1: the table A takes its columns from elsewhere (CLONE …).",
        ),
        (
            "snowflake",
            "create or replace TABLE A (ID NUMBER(38,0)\n\tNAME VARCHAR(5)\n);",
            "Line 2: this CREATE TABLE cannot be read near 'NAME'",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_gets_one_line_with_its_place(dialect: str, text: str, told: str) -> None:
    for chosen in (dialect, "auto"):
        with pytest.raises(UserError) as caught:
            parse_schema(text, chosen)
        assert told in str(caught.value) and "\n" not in str(caught.value)


def test_the_page_and_the_error_name_every_dialect() -> None:
    with pytest.raises(UserError) as caught:
        parse_schema("CREATE TABLE a (x INT)", "oracle")
    assert all(dialect in str(caught.value) for dialect in ("auto", *DIALECTS))
