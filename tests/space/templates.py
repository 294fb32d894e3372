"""Finds every sentence that the pipeline may show to people, by reading its source.

In: the source trees. Out: English templates with the place of each. A template is the literal argument of a raised error, a
Note, a Progress or a BaseChoice; where the argument is a name, every text that the module gives to that name, and where
it is looked up in a dict of the module, every value of that dict.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = {"UserError": 0, "Refusal": 0, "PipelineError": 0, "SqlError": 1, "Note": 1, "Progress": 3, "BaseChoice": 1}
"""Call → position of its template."""


def templates() -> dict[str, str]:
    """Template → `file:line` of one place that says it."""
    found: dict[str, str] = {}
    for file in [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "space").rglob("*.py")]:
        if "commands" in file.parts or file.name == "__main__.py":
            continue  # the command line speaks English, and the page never runs it
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (name := _name(call.func)) in PLACE:
                for text in _texts(call, PLACE[name], tree):
                    found.setdefault(text, f"{file.relative_to(ROOT)}:{call.lineno}")
    return found


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(call: ast.Call, place: int, tree: ast.Module) -> Iterator[str]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    argument = call.args[place] if len(call.args) > place else given.get("template") or given.get("what")
    if argument is not None:
        yield from _literals(argument, tree)


def _literals(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body, tree)
        yield from _literals(node.orelse, tree)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        yield from _assigned(node.value.id, tree)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _literals(value, tree)
    elif isinstance(node, ast.Name):
        yield from _assigned(node.id, tree)


def _assigned(name: str, tree: ast.Module) -> Iterator[str]:
    """What a name is set to anywhere in the module: assigned, or passed to the parameter of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                yield from _literals(node.value, tree)
        elif isinstance(node, ast.FunctionDef):
            position = next((at for at, each in enumerate(node.args.args) if each.arg == name), None)
            if position is not None:
                yield from _passed(node.name, position, name, tree)


def _passed(function: str, position: int, name: str, tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call.func) == function:
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            argument = call.args[position] if len(call.args) > position else given.get(name)
            if argument is not None and not (isinstance(argument, ast.Name) and argument.id == name):
                yield from _literals(argument, tree)
