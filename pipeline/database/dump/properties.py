"""What SQL Server's scripts say of tables and columns outside of CREATE TABLE: tokens in, names and texts out.

Descriptions are calls of `sp_addextendedproperty`, defaults come as `ALTER TABLE … ADD … DEFAULT … FOR column`. Neither is
a statement that sqlglot knows; both are read from their tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import Token, TokenType

_ARGUMENTS = ("name", "value", "level0type", "level0name", "level1type", "level1name", "level2type", "level2name")
_MOST_TOKENS = 200


@dataclass(frozen=True)
class Description:
    """The text of a table, or of its column where one is named."""

    table: str
    column: str
    text: str


def description(tokens: list[Token]) -> Description | None:
    """What an EXEC of sp_addextendedproperty says as MS_Description of a table or a column; None for any other EXEC."""
    words = [token.text.lower() for token in tokens[:_MOST_TOKENS]]
    if "sp_addextendedproperty" not in words:
        return None
    given: dict[str, str] = {}
    for number, argument in enumerate(_arguments(tokens[words.index("sp_addextendedproperty") + 1 : _MOST_TOKENS])):
        name, value = _named(argument, number)
        given[name] = value
    level = given.get("level2type", "").upper()
    if given.get("name", "").upper() != "MS_DESCRIPTION" or given.get("level1type", "").upper() != "TABLE":
        return None
    if level not in ("", "NULL", "COLUMN"):
        return None  # of an index, a trigger or a constraint
    return Description(
        given.get("level1name", ""), given.get("level2name", "") if level == "COLUMN" else "", given["value"]
    )


def _arguments(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.COMMA:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _named(argument: list[Token], number: int) -> tuple[str, str]:
    """`@name = value`, or a value whose name its place tells."""
    texts = [token.text for token in argument]
    value = texts[-1] if texts else ""
    if "=" in texts[:3]:
        return texts[texts.index("=") - 1].lstrip("@").lower(), value
    return (_ARGUMENTS[number] if number < len(_ARGUMENTS) else ""), value


def single_actions(tokens: list[Token]) -> list[list[Token]]:
    """ALTER TABLE with several `ADD FOREIGN KEY …` as so many statements, because sqlglot reads one; others as they are."""
    words = [token.text.upper() for token in tokens]
    if words[:2] != ["ALTER", "TABLE"] or "ADD" not in words:
        return [tokens]
    begin = words.index("ADD")
    starts = [begin] + [place for place in range(begin + 1, len(words)) if words[place - 1 : place + 1] == [",", "ADD"]]
    ends = [start - 1 for start in starts[1:]] + [len(tokens)]
    return [tokens[:begin] + tokens[start:end] for start, end in zip(starts, ends, strict=True)]


def default_for(tokens: list[Token]) -> tuple[str, str, list[Token]] | None:
    """The table, the column and the value's tokens of ALTER TABLE … ADD … DEFAULT value FOR column; None for others."""
    words = [token.text.upper() if token.token_type != TokenType.IDENTIFIER else "" for token in tokens]
    if words[:2] != ["ALTER", "TABLE"] or "ADD" not in words or "DEFAULT" not in words or len(words) < 7:
        return None
    begin = words.index("DEFAULT")
    if words[-2] != "FOR" or begin < words.index("ADD"):
        return None
    return tokens[words.index("ADD") - 1].text, tokens[-1].text, tokens[begin + 1 : -2]
