"""Types of several words, such as `UNSIGNED BIG INT`, cut to one word for sqlglot: tokens in, tokens out.

SQLite takes any words as a type; here, those that people use. The word that stays is the one that decides the affinity
(sqlite.org/datatype3.html §3.1).
"""

from __future__ import annotations

from sqlglot import Token, TokenType

CONSTRAINTS = frozenset(
    {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "KEY", "INDEX", "FULLTEXT", "SPATIAL"}
) | {
    "LIKE",
    "EXCLUDE",
    "PERIOD",
}
"""Words with which an element of a table begins that is no column."""

_TYPE_WORDS = frozenset(
    {
        "UNSIGNED",
        "SIGNED",
        "BIG",
        "SMALL",
        "TINY",
        "MEDIUM",
        "LONG",
        "INT",
        "INTEGER",
        "DOUBLE",
        "PRECISION",
        "FLOAT",
        "REAL",
    }
    | {"NATIVE", "NATIONAL", "VARYING", "CHARACTER", "CHAR", "VARCHAR", "NVARCHAR", "TEXT", "BINARY", "LARGE", "OBJECT"}
    | {"DECIMAL", "NUMERIC", "ZEROFILL", "AUTO_INCREMENT"}
)
"""Others are not left out, so that a forgotten comma stays an error (SQLite itself reads `a INT b TEXT` as one column)."""

_DECIDING = ("INT", "CHAR", "CLOB", "TEXT", "BLOB", "REAL", "FLOA", "DOUB")


def one_word_types(tokens: list[Token]) -> list[Token]:
    """The tokens of a CREATE TABLE with all but one word of each column's type left out; their comments stay."""
    kept: list[Token] = []
    depth = position = 0
    while position < len(tokens):
        token = tokens[position]
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        kept.append(token)
        position += 1
        starts_element = depth == 1 and token.token_type in (TokenType.L_PAREN, TokenType.COMMA)
        if not starts_element or position >= len(tokens) or tokens[position].text.upper() in CONSTRAINTS:
            continue
        end = position + 1
        while end < len(tokens) and _is_type_word(tokens[end]):
            end += 1
        if end > position + 2:
            kept += [tokens[position], _deciding(tokens[position + 1 : end])]
            position = end
    return kept


def _is_type_word(token: Token) -> bool:
    return token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) and token.text.upper() in _TYPE_WORDS


def _deciding(words: list[Token]) -> Token:
    """The word with the first sign of SQLite's list, or the first word, with the comments of all."""
    signed = [word for sign in _DECIDING for word in words if sign in word.text.upper()]
    chosen = (signed or words)[0]
    chosen.comments = [comment for word in words for comment in word.comments]
    return chosen
