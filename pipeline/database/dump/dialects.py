"""Which SQL a text is written in, and what its types are called in SQLite.

The dialect is guessed from words that only one of them knows; where nothing tells, SQLite is tried first, then the
others.
"""

from __future__ import annotations

import re

from sqlglot import exp

from pipeline.errors import UserError

DIALECTS = ("sqlite", "postgres", "mysql", "tsql", "bigquery", "snowflake")

_SKIP = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^'\\]|\\.|'')*+(?:'|\Z)|\"[^\"]*\"", re.DOTALL)
_SIGNS = {
    "sqlite": r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\)\s*STRICT\b|\bPRAGMA\s+\w|\bsqlite_sequence\b|[\s(]\[\w",
    "postgres": (
        r"\w[ \t]+(?:BIG|SMALL)?SERIAL\b|::\s*\w|\$\$|\bFROM\s+STDIN\b|"
        r"\bCREATE\s+(?:TYPE|DOMAIN|SCHEMA|SEQUENCE|EXTENSION)\b|"
        r"\bCOMMENT\s+ON\b|\bTIMESTAMPTZ\b|\bBYTEA\b|\bJSONB\b|\bAS\s+IDENTITY\b|\bWITH(?:OUT)?\s+TIME\s+ZONE\b|"
        r"\bCHARACTER\s+VARYING\b|\bTABLE\s+ONLY\b|\bUSING\s+btree\b|\bINTERVAL\s+'|\bDATE_TRUNC\(|\bNOW\(\)|"
        r"\bOWNER\s+TO\b|\bTEXT\s*\[\]|\bSET\s+search_path\b"
    ),
    "mysql": (
        r"\bENGINE\s*=|\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bLOCK\s+TABLES\b|\bON\s+UPDATE\s+CURRENT_TIMESTAMP\b|"
        r"[\s(]`\w|[\s)]ENUM\s*\(|\b(?:TINY|SMALL|MEDIUM|BIG)?INT\(\d+\)|\bCHARSET\b|\bMEDIUMTEXT\b|\bLONGTEXT\b|"
        r"\bUNIQUE\s+KEY\b|\bDELIMITER\s|\bCOMMENT\s+'"
    ),
    "tsql": (
        r"[\s(]\[\w|^[ \t]*GO[ \t]*$|\bIDENTITY\s*\(\d|bo\]\.\[|\bdbo\.|[\s(=,]N''|\b(?:NON)?CLUSTERED\b|VARCHAR\]?\s*\(MAX\)|"
        r"\bGETDATE\(\)|\bSYS(?:UTC)?DATETIME\(\)|\bNEWID\(\)|\bSET\s+(?:ANSI_|QUOTED_|NOCOUNT|IDENTITY_INSERT)|"
        r"\bWITH\s+(?:NO)?CHECK\s+ADD\b|\bsp_addextendedproperty\b|\bROWGUIDCOL\b|ATETIME2\b|ATETIMEOFFSET\b|"
        r"NIQUEIDENTIFIER\b|\bON\s+\[PRIMARY\]"
    ),
    "bigquery": (
        r"[\s(]`\w|\.[\w-]+`|\bINT64\b|\bFLOAT64\b|\bBIGNUMERIC\b|\bOPTIONS\s*\(|\bARRAY\s*<|\bSTRUCT\s*<|"
        r"\bSTRING\(\d+\)|\bNOT\s+ENFORCED\b|\)\s*(?:PARTITION|CLUSTER)\s+BY\b|\bGENERATE_UUID\(|\bEXTERNAL\s+TABLE\b"
    ),
    "snowflake": (
        r"::\s*\w|\$\$|\bCREATE\s+(?:SCHEMA|SEQUENCE)\b|\bTIMESTAMPTZ\b|\bCOMMENT\s+'|\bAUTOINCREMENT\b|\bCOMMENT\s+ON\b|"
        r"\bAUTOINCREMENT\s+(?:START\b|\()|\bNUMBER\s*\(|\bVARIANT\b|\bTIMESTAMP_(?:NTZ|LTZ|TZ)\b|\bTRANSIENT\b|"
        r"\bHYBRID\s+TABLE\b|\bVARCHAR\(16777216\)|\)\s*CLUSTER\s+BY\s*\(|\bMASKING\s+POLICY\b|\bNOT\s+ENFORCED\s+RELY\b|"
        r"\bOR\s+REPLACE\s+(?:TABLE|SCHEMA|DATABASE)\b|\bFILE\s+FORMAT\b"
    ),
}
"""Signs that two share stand with both, so that they tell nothing between them: brackets, backticks, `$$`. A bracket takes
the first letter of the name in it along, so that words which may stand in brackets are looked for without theirs.
"""
_PATTERNS = {dialect: re.compile(signs, re.IGNORECASE | re.MULTILINE) for dialect, signs in _SIGNS.items()}
_LOOKED_AT = 200_000
"""Characters of a dump that are looked at: the tables stand before or between the rows."""


def candidates(text: str, dialect: str) -> list[str]:
    """The dialects to try, the likeliest first; one alone where it was chosen. Raises UserError for an unknown one."""
    if dialect in DIALECTS:
        return [dialect]
    if dialect != "auto":
        raise UserError(
            "The dialect {dialect} is not known. Choose auto, sqlite, postgres, mysql, tsql, bigquery or snowflake.",
            dialect=repr(dialect),
        )
    bare = _SKIP.sub("''", text[:_LOOKED_AT])
    signs = {name: len({found.upper() for found in pattern.findall(bare)}) for name, pattern in _PATTERNS.items()}
    return sorted(DIALECTS, key=lambda name: -signs[name])


_T = exp.DataType.Type
_INTEGERS = exp.DataType.INTEGER_TYPES | {_T.SERIAL, _T.BIGSERIAL, _T.SMALLSERIAL, _T.YEAR}
_REALS = exp.DataType.REAL_TYPES | {_T.MONEY, _T.SMALLMONEY}
_BLOBS = {_T.BINARY, _T.VARBINARY, _T.BLOB, _T.TINYBLOB, _T.MEDIUMBLOB, _T.LONGBLOB, _T.ROWVERSION, _T.IMAGE}
_DATES = {_T.DATE, _T.DATE32}
_TIMES = {_T.TIME, _T.TIMETZ, _T.TIME_NS}


def native(kind: exp.DataType, dialect: str) -> exp.DataType:
    """The type as other dialects would write it: SQL Server's `bit` is a BOOLEAN, its bare `decimal` has no places."""
    if dialect == "tsql" and kind.this == _T.BIT:
        return exp.DataType.build("BOOLEAN")
    if dialect in ("tsql", "snowflake") and kind.this == _T.DECIMAL and not kind.expressions:
        return exp.DataType.build("DECIMAL(38, 0)")
    return kind


def sqlite_type(kind: exp.DataType | None) -> str:
    """One of the spellings of `Column.type` for a type of any dialect; what SQLite has no word for is TEXT."""
    if kind is None:
        return "TEXT"
    found = kind.this
    if found == _T.USERDEFINED:
        return _by_affinity(kind.sql())
    if found == _T.BOOLEAN or (found == _T.TINYINT and _parameters(kind) == ["1"]):
        return "BOOLEAN"
    if found in exp.DataType.NUMERIC_TYPES - _REALS or found in _INTEGERS:
        return "INTEGER"
    if found in _REALS:
        whole = found == _T.DECIMAL and len(_parameters(kind)) in (1, 2) and (_parameters(kind) + ["0"])[1] == "0"
        return "INTEGER" if whole else "REAL"
    if found in _DATES:
        return "DATE"
    if found in exp.DataType.TEMPORAL_TYPES - _TIMES:
        return "DATETIME"
    return "BLOB" if found in _BLOBS else "TEXT"


def _parameters(kind: exp.DataType) -> list[str]:
    return [parameter.name for parameter in kind.expressions]


def _by_affinity(name: str) -> str:
    """SQLite's own rules for a type name it has never seen (sqlite.org/datatype3.html §3.1)."""
    upper = name.upper()
    for signs, type_name in ((("INT",), "INTEGER"), (("CHAR", "CLOB", "TEXT"), "TEXT"), (("BLOB",), "BLOB")):
        if any(sign in upper for sign in signs):
            return type_name
    return "REAL" if any(sign in upper for sign in ("REAL", "FLOA", "DOUB")) else "TEXT"
