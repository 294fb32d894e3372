"""Tokens of a statement without the words that say how a server stores or guards a table: tokens in, tokens out.

`CLUSTERED`, `ON [PRIMARY]`, `WITH (PAD_INDEX = OFF)`, `NOT FOR REPLICATION`: sqlglot does not know all of them in every
place, and none of them matters to a query. Words in quotes or brackets are names and stay.
"""

from __future__ import annotations

from sqlglot import Token, TokenType

from pipeline.database.dump.sqlite_types import one_word_types

_STORAGE = {
    "tsql": frozenset({"ROWGUIDCOL", "SPARSE", "CLUSTERED", "NONCLUSTERED", "HASH", "ASC", "DESC", "FILESTREAM"}),
    "snowflake": frozenset({"RELY", "NORELY", "VALIDATE", "NOVALIDATE", "HYBRID", "LOCAL", "GLOBAL"}),
}
"""Words that are left out wherever they stand."""
_OF_A_COLUMN = (TokenType.COMMA, TokenType.L_PAREN)


def plain_words(tokens: list[Token], dialect: str) -> list[Token]:
    """The tokens of a CREATE TABLE, ALTER TABLE or CREATE INDEX as sqlglot can read them; their comments stay."""
    if dialect == "sqlite":
        return one_word_types(tokens)
    if dialect not in _STORAGE:
        return tokens
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        end = _left_out(tokens, position, dialect)
        if end == position:
            kept.append(tokens[position])
            end += 1
        elif kept:
            kept[-1].comments = [
                *kept[-1].comments,
                *(note for token in tokens[position:end] for note in token.comments),
            ]
        position = end
    return kept


def _left_out(tokens: list[Token], position: int, dialect: str) -> int:
    """The position behind what is left out here; `position` itself where nothing is."""
    words = [_word(token) for token in tokens[position : position + 3]] + ["", "", ""]
    before = tokens[position - 1].token_type if position else None
    if words[0] in _STORAGE[dialect] and before not in _OF_A_COLUMN and before != TokenType.DOT:
        return position + 1
    if words[0] == "INDEX" and before == TokenType.COMMA:
        return _element_end(tokens, position)
    if dialect == "snowflake" and tokens[position].token_type == TokenType.CLUSTER_BY:
        return _closed(tokens, position + (1 if words[1] == "(" else 2))
    if dialect == "tsql":
        return _of_sql_server(tokens, position, words)
    return position


def _of_sql_server(tokens: list[Token], position: int, words: list[str]) -> int:
    if words[:3] == ["NOT", "FOR", "REPLICATION"]:
        return position + 3
    if words[0] == "WITH" and words[1] in ("CHECK", "NOCHECK"):
        return position + 2
    if words[0] == "WITH" and words[1] == "(":
        return _closed(tokens, position + 1)
    if words[:3] == ["MASKED", "WITH", "("]:
        return _closed(tokens, position + 2)
    if words[0] == "(" and position and tokens[position - 1].text.upper() == "XML":
        return _closed(tokens, position)
    on_filegroup = words[0] == "ON" and words[1] not in ("DELETE", "UPDATE") and position > 3
    if on_filegroup and tokens[position - 1].token_type in (TokenType.R_PAREN, TokenType.IDENTIFIER):
        is_target = _word(tokens[0]) == "CREATE" and "INDEX" in [_word(token) for token in tokens[:position]]
        first_on = "ON" not in [_word(token) for token in tokens[:position]]
        return position if is_target and first_on else _closed(tokens, position + 2, optional=True)
    return position


def _word(token: Token) -> str:
    """A word in upper case; nothing for a quoted name and a string."""
    return "" if token.token_type in (TokenType.IDENTIFIER, TokenType.STRING) else token.text.upper()


def _closed(tokens: list[Token], position: int, *, optional: bool = False) -> int:
    """The position behind the parentheses that open here; the end of the text where they stay open."""
    if optional and (position >= len(tokens) or tokens[position].token_type != TokenType.L_PAREN):
        return position
    depth = 0
    for place in range(position, len(tokens)):
        depth += (tokens[place].token_type == TokenType.L_PAREN) - (tokens[place].token_type == TokenType.R_PAREN)
        if depth == 0:
            return place + 1
    return len(tokens)


def _element_end(tokens: list[Token], position: int) -> int:
    """The position of the comma or parenthesis that ends this element of a table."""
    while position < len(tokens) and tokens[position].token_type not in (TokenType.COMMA, TokenType.R_PAREN):
        position = _closed(tokens, position) if tokens[position].token_type == TokenType.L_PAREN else position + 1
    return position
