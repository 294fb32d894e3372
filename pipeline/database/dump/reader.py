"""One statement at a time into tables under construction: CREATE TABLE, ALTER TABLE, COMMENT ON, CREATE INDEX, TYPE, EXEC.

Only the syntax tree is read. An unreadable CREATE TABLE raises `UnreadableTableError`; any other statement that cannot be
read is skipped.
"""

from __future__ import annotations

import re

from sqlglot import Token, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from pipeline.database.dump.body import MAX_STATEMENT, read_body
from pipeline.database.dump.dialects import native
from pipeline.database.dump.drafts import DraftColumn, DraftKey, DraftTable, check_name
from pipeline.database.dump.plain_words import plain_words
from pipeline.database.dump.properties import default_for, description, single_actions
from pipeline.database.dump.statements import Statement
from pipeline.errors import UserError

MAX_COLUMNS = 20_000
"""Of a whole schema; what a prompt holds is cut from it (`database/closure.py`)."""

_DOMAIN = re.compile(
    r"CREATE\s+(?:DOMAIN\s+(?P<domain>\S+)\s+AS|TYPE\s+(?P<type>\S+)\s+FROM)\s+(?P<base>.+?)"
    r"(?=\s+(?:CHECK|NOT|NULL|DEFAULT|CONSTRAINT|COLLATE)\b|$)",
    re.I | re.S,
)


class Reader:
    """All tables of a dump under construction, by lower-cased name without its schema, and the ENUM types."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.tables: dict[str, DraftTable] = {}
        self.types: dict[str, exp.DataType] = {}

    def create_table(self, statement: Statement) -> None:
        """Add the table. Raises UnreadableTableError, or UserError for a name or a size that will not do."""
        body = read_body(statement, self.dialect)
        if body is None:
            return
        name = body.tree.this.this
        if name.this.args.get("temporary"):
            return  # of a routine
        table = DraftTable(name.name, name.text("db"), _line(statement, name.this), comments=[statement.comment])
        self._check_new(table)
        table.comments += body.table_comments
        for position, element in enumerate(body.tree.this.expressions):
            notes = body.comments[position] if position < len(body.comments) else []
            self._add_element(table, element, statement, notes)
        if not table.columns:
            raise UserError(
                "Line {line}: the table {table} has no columns. Name them between the parentheses.",
                line=table.line,
                table=table.name,
            )
        self.tables[table.name.lower()] = table
        total = sum(len(each.columns) for each in self.tables.values())
        if total > MAX_COLUMNS:
            raise UserError(
                "Line {line}: with the table {table} the schema has {total} columns; the limit is {limit}. "
                "Leave out tables and columns that nobody asks about.",
                line=table.line,
                table=table.name,
                total=f"{total:,}",
                limit=f"{MAX_COLUMNS:,}",
            )

    def read(self, statement: Statement) -> None:
        """Take what any other statement says about tables, columns or types; skip what cannot be read."""
        sql = statement.sql
        if len(sql) > MAX_STATEMENT:
            return
        domain = _DOMAIN.match(sql[:500])
        try:
            if domain:
                name, base = domain["domain"] or domain["type"], domain["base"]
                self.types[_bare(name)] = exp.DataType.build(re.sub(r"[\[\]]", "", base), dialect=self.dialect)
                return
            dialect = Dialect.get_or_raise(self.dialect)
            tokens = dialect.tokenize(sql)
            if self.dialect == "tsql" and self._is_of_sql_server(tokens):
                return
            trees = [dialect.parser().parse(part, sql)[0] for part in single_actions(plain_words(tokens, self.dialect))]
        except (SqlglotError, RecursionError, IndexError):
            return
        for tree in trees:
            self._take(tree, statement)

    def _take(self, tree: exp.Expr | None, statement: Statement) -> None:
        if isinstance(tree, exp.Alter):
            self._alter(tree, statement)
        elif isinstance(tree, exp.Comment):
            self._comment(tree)
        elif isinstance(tree, exp.Create) and tree.kind == "TYPE" and isinstance(tree.expression, exp.DataType):
            self.types[tree.this.name.lower()] = tree.expression
        elif isinstance(tree, exp.Create) and isinstance(tree.this, exp.Index) and tree.args.get("unique"):
            self._unique_index(tree.this)

    def _is_of_sql_server(self, tokens: list[Token]) -> bool:
        """Take a description or a default that SQL Server scripts on its own; whether it was one."""
        said, default = description(tokens), default_for(tokens)
        if said and said.table.lower() in self.tables:
            table = self.tables[said.table.lower()]
            column = table.columns.get(said.column.lower())
            if column or not said.column:
                (column or table).comments.append(said.text)
        if default and default[0].lower() in self.tables:
            column = self.tables[default[0].lower()].columns.get(default[1].lower())
            value = Dialect.get_or_raise("tsql").parser().parse(default[2], "")[0]
            if column and value:
                column.default = value
        return bool(said or default)

    def _check_new(self, table: DraftTable) -> None:
        check_name(table.name, table.line)
        other = self.tables.get(table.name.lower())
        if other is None:
            return
        if other.namespace.lower() != table.namespace.lower():
            raise UserError(
                "Line {line}: {one} and {two} both hold a table {table}, and names are used without their schema. "
                "Keep one of the two.",
                line=table.line,
                one=other.namespace or "the text",
                two=table.namespace or "the text",
                table=table.name,
            )
        raise UserError(
            "Line {line}: the table {table} is defined twice. Remove one of them.", line=table.line, table=table.name
        )

    def _add_element(self, table: DraftTable, element: exp.Expr, statement: Statement, notes: list[str]) -> None:
        if isinstance(element, exp.ColumnDef | exp.Identifier | exp.Column):
            identifier = element.this if isinstance(element, exp.ColumnDef) else element
            if self.dialect == "tsql" and element.find(exp.ComputedColumnConstraint):
                table.computed.add(element.name.lower())
                return
            column = DraftColumn(element.name, self._kind(element), _line(statement, identifier), comments=notes)
            table.add_column(column)
            for constraint in element.args.get("constraints") or ():
                self._constrain_column(table, column, constraint.args.get("kind") or constraint, statement)
        elif isinstance(element, exp.Constraint):
            for constraint in element.expressions:
                self._constrain_table(table, constraint, statement)
        else:
            self._constrain_table(table, element, statement)

    def _kind(self, element: exp.Expr) -> exp.DataType | None:
        kind = element.args.get("kind")
        if not isinstance(kind, exp.DataType):
            return None
        known = self.types.get(_bare(kind.sql())) if kind.this == exp.DataType.Type.USERDEFINED else None
        return native(known or kind, self.dialect)

    def _constrain_column(self, table: DraftTable, column: DraftColumn, kind: exp.Expr, statement: Statement) -> None:
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            table.primary_key = [column.name]
        elif isinstance(kind, exp.NotNullColumnConstraint):
            column.nullable = bool(kind.args.get("allow_null"))
        elif isinstance(kind, exp.UniqueColumnConstraint):
            column.unique = True
        elif isinstance(kind, exp.DefaultColumnConstraint):
            column.default = kind.this
        elif isinstance(kind, exp.CheckColumnConstraint):
            table.checks.append(kind.this)
        elif isinstance(kind, exp.CommentColumnConstraint):
            column.comments.append(kind.this.name)
        elif isinstance(kind, exp.Properties):
            column.comments += [each.args["value"].name for each in kind.expressions if each.name == "description"]
        elif isinstance(kind, exp.Reference):
            table.keys.append(_key([column.name], kind, statement))

    def _constrain_table(self, table: DraftTable, kind: exp.Expr, statement: Statement) -> None:
        if isinstance(kind, exp.PrimaryKey):
            table.primary_key = _names(kind.expressions) or []
        elif isinstance(kind, exp.UniqueColumnConstraint) and isinstance(kind.this, exp.Schema):
            names = _names(kind.this.expressions)
            table.unique += [names] if names else []
        elif isinstance(kind, exp.CheckColumnConstraint):
            table.checks.append(kind.this)
        elif isinstance(kind, exp.ForeignKey) and kind.args.get("reference"):
            table.keys.append(_key(_names(kind.expressions) or [], kind.args["reference"], statement))

    def _alter(self, tree: exp.Alter, statement: Statement) -> None:
        table = self.tables.get(tree.this.name.lower())
        for action in tree.args.get("actions") or ():
            if table and isinstance(action, exp.AlterColumn) and action.args.get("comment"):
                column = table.columns.get(action.name.lower())
                (column or table).comments.append(action.args["comment"].name if column else "")
            elements = action.expressions if isinstance(action, exp.AddConstraint) else [action]
            for element in elements:
                if table and isinstance(action, exp.AddConstraint | exp.ColumnDef):
                    self._add_element(table, element, statement, [])

    def _comment(self, tree: exp.Comment) -> None:
        target, text = tree.this, tree.expression.name if isinstance(tree.expression, exp.Literal) else ""
        if isinstance(target, exp.Table) and target.name.lower() in self.tables:
            self.tables[target.name.lower()].comments.append(text)
        elif isinstance(target, exp.Column) and target.table.lower() in self.tables:
            column = self.tables[target.table.lower()].columns.get(target.name.lower())
            if column:
                column.comments.append(text)

    def _unique_index(self, index: exp.Index) -> None:
        table = self.tables.get(index.args["table"].name.lower()) if index.args.get("table") else None
        params = index.args.get("params")
        if table and params and not params.args.get("where"):
            names = _names(params.args.get("columns") or [])
            table.unique += [names] if names else []


def _key(columns: list[str], reference: exp.Expr, statement: Statement) -> DraftKey:
    target = reference.this
    table = target.this if isinstance(target, exp.Schema) else target
    references = _names(target.expressions) if isinstance(target, exp.Schema) else []
    return DraftKey(columns, table.name, references or [], _line(statement, table.this))


def _names(expressions: list[exp.Expr]) -> list[str] | None:
    """Plain column names, also as `name DESC`; None where one is an expression or a prefix such as `lower(name)`."""
    plain = [node.this if isinstance(node, exp.Ordered) else node for node in expressions]
    return [node.name for node in plain] if all(isinstance(n, exp.Identifier | exp.Column) for n in plain) else None


def _line(statement: Statement, node: exp.Expr) -> int:
    identifier = node.find(exp.Identifier)
    return statement.line + int(identifier.meta.get("line", 1) if identifier else 1) - 1


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[-1].strip('"`[] ').lower()
