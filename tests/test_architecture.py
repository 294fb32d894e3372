"""The shape of the code, read from its syntax trees: who may import whom, one owner per library, sizes, types, docstrings.

The rule is the one in `pipeline/__init__.py`. Imports inside functions count too.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef

ROOMS = {
    "pipeline.records": 0, "pipeline.config": 0, "pipeline.errors": 0,
    "pipeline.store": 1,
    "pipeline.database": 2,
    "pipeline.student": 3, "pipeline.dataset": 3,
    "pipeline.evaluation": 4, "pipeline.hub": 4, "pipeline.stages": 4,
    "pipeline.run": 5,
    "pipeline.commands": 6, "space": 6,
    "pipeline.__main__": 7, "app": 7,
}  # fmt: skip
"""The height of each room; imports go down, and rooms of one height do not know each other (records, config, errors may)."""

OWNERS = {
    "gradio": ("space/",),
    "spaces": ("space/",),
    "anthropic": ("pipeline/dataset/",),
    **dict.fromkeys(("torch", "transformers", "peft", "trl", "xllamacpp"), ("pipeline/student/",)),
    "sqlite_utils": ("pipeline/store/",),
    "sqlite3": ("pipeline/store/", "pipeline/database/"),
    "huggingface_hub": ("pipeline/hub/", "pipeline/student/bases.py"),
    "typer": ("pipeline/commands/", "pipeline/__main__.py"),
}
HUB_READS = {"constants", "get_session", "hf_hub_download", "snapshot_download", "model_info"}
BROAD_EXCEPTS = {"pipeline/student/train.py": 1, "space/jobs.py": 1}
"""Handlers of everything that do not raise it again; each carries its reason in a `noqa: BLE001`."""

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES, BUILD_LINES = 300, 400, 40, 70


def product_files() -> list[str]:
    """All Python files of the product, relative to the project, in a stable order."""
    folders = ("pipeline", "space", "benchmarks", "scripts")
    return ["app.py", *sorted(str(file.relative_to(ROOT)) for name in folders for file in (ROOT / name).rglob("*.py"))]


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(file: str) -> Iterator[str]:
    """Everything a file imports as dotted names, `from a import b` as both `a` and `a.b`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{file}:{node.lineno} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), None)


def may_import(mine: str, other: str) -> bool:
    return mine == other or ROOMS[other] < ROOMS[mine] or ROOMS[other] == ROOMS[mine] == 0


def functions(file: str) -> Iterator[Function]:
    return (node for node in ast.walk(tree(file)) if isinstance(node, Function))


def public_definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Public functions, classes and methods. A method of a class with a base inherits its docstring, as `help()` shows."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef) and not node.bases:
                yield from public_definitions(node.body)


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def rooms_used(file: str) -> set[str]:
    return {room for name in imports(file) if (room := room_of(name))}


def test_imports_point_one_way() -> None:
    wrong = [
        f"{file} → {other}"
        for file in product_files()
        if (mine := room_of(module_name(file)))
        for other in sorted(rooms_used(file))
        if not may_import(mine, other)
    ]
    assert not wrong, wrong


def test_every_module_of_the_product_is_in_a_room() -> None:
    outside = ("benchmarks/", "scripts/", "pipeline/__init__.py")
    homeless = [file for file in product_files() if not file.startswith(outside) and not room_of(module_name(file))]
    assert not homeless, homeless


@pytest.mark.parametrize("library", OWNERS)
def test_each_outside_library_has_one_owner(library: str) -> None:
    users = {file for file in product_files() for name in imports(file) if name.split(".")[0] == library}
    strangers = [file for file in users if not file.startswith((*OWNERS[library], "benchmarks/"))]
    assert not strangers, strangers


def test_outside_hub_the_hugging_face_hub_is_only_read() -> None:
    """By name, too: `import huggingface_hub` would bring its writes along."""
    for file in (each for each in product_files() if not each.startswith("pipeline/hub/")):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("huggingface_hub") for alias in node.names), file
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("huggingface_hub"):
                assert {alias.name for alias in node.names} <= HUB_READS, file


def test_every_outside_library_comes_with_the_requirements() -> None:
    """Named in requirements.txt, or required by a library that is."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {canonical(line) for line in lines if line and not line.startswith("#")}
    needed = {canonical(each) for name in named for each in requires(name)}
    distributions = metadata.packages_distributions()
    own = {"pipeline", "space", "benchmarks", "app"}
    tops = (
        {name.split(".")[0] for file in product_files() for name in imports(file)} - own - set(sys.stdlib_module_names)
    )
    missing = [top for top in tops if not {canonical(each) for each in distributions.get(top, [])} & (named | needed)]
    assert not missing, missing


def canonical(requirement: str) -> str:
    name = requirement.strip()
    for end, letter in enumerate(name):
        if not (letter.isalnum() or letter in "-_."):
            name = name[:end]
            break
    return name.lower().replace("_", "-").replace(".", "-")


def requires(distribution: str) -> list[str]:
    try:
        return metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:  # a line for another platform
        return []


@pytest.mark.parametrize("modules", ["pipeline.run, space.ui", "pipeline.__main__"])
def test_the_page_and_the_command_line_start_without_heavy_libraries(modules: str) -> None:
    heavy = "{'torch', 'transformers', 'peft', 'trl', 'datasets', 'faker', 'anthropic'}"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    assert run_python(code) == "[]"


def test_the_pipeline_knows_no_gradio() -> None:
    assert run_python("import sys, pipeline.run, pipeline.__main__; print('gradio' in sys.modules)") == "False"


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.strip()


def test_files_stay_short() -> None:
    tests = [str(file.relative_to(ROOT)) for file in (ROOT / "tests").rglob("*.py")]
    limits = dict.fromkeys(product_files(), FILE_LINES) | dict.fromkeys(tests, TEST_FILE_LINES)
    sizes = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in limits}
    assert not {file: size for file, size in sizes.items() if size > limits[file]}


def test_functions_stay_short() -> None:
    long = {
        f"{file}:{node.name}": length(node)
        for file in product_files()
        for node in functions(file)
        if length(node) > (BUILD_LINES if file.startswith("space/tabs/") and node.name == "build" else FUNCTION_LINES)
    }
    assert not long, long


def test_every_function_is_typed() -> None:
    untyped = [
        f"{file}:{node.lineno} {node.name}"
        for file in product_files()
        for node in functions(file)
        if node.returns is None or any(arg.annotation is None for arg in arguments(node))
    ]
    assert not untyped, untyped


def arguments(node: Function) -> list[ast.arg]:
    """A function's arguments that need a type: all but `self` and `cls`."""
    given = node.args
    found = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [arg for arg in found if arg and arg.arg not in ("self", "cls")]


def test_nothing_swallows_every_error() -> None:
    assert Counter(file for file in product_files() for node in swallowers(file)) == BROAD_EXCEPTS


def test_the_few_that_take_every_error_say_why() -> None:
    for file in BROAD_EXCEPTS:
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        for node in swallowers(file):
            reason = lines[node.lineno - 1].partition("# noqa: BLE001")[2].strip(" -—")
            assert len(reason.split()) >= 3, f"{file}:{node.lineno} gives no reason"


def swallowers(file: str) -> Iterator[ast.ExceptHandler]:
    """Handlers of `Exception`, `BaseException` or everything whose last statement does not raise."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            caught = (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"Exception"}
            )
            if caught & {"Exception", "BaseException"}:
                yield node


def test_modules_and_what_is_public_have_docstrings() -> None:
    silent = [file for file in product_files() if tree(file).body and not ast.get_docstring(tree(file))]
    silent += [
        f"{file}:{node.lineno} {node.name}"
        for file in product_files()
        for node in public_definitions(tree(file).body)
        if not ast.get_docstring(node)
    ]
    assert not silent, silent
