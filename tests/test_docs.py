"""What the documentation says is so: the tree, the commands and their options, versions and requirements."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import typer.core
import typer.main

from pipeline.__main__ import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = [name for name in ("README.md", "README.ja.md", "CONTRIBUTING.md") if (ROOT / name).exists()]
OTHERS_OPTIONS = {"--no-deps", "--help", "--nproc-per-node"}
"""Of pip, of every command, and of torchrun."""
TEST_COMMAND = "pip install -r requirements.txt -r requirements-dev.txt && pytest"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def tracked() -> list[str]:
    """The project's files as git knows them."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def command_line() -> typer.core.TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return group


def tree() -> set[str]:
    """The paths that the README's tree names: two spaces of indentation a level, then a name, then a phrase."""
    block = next(block for block in code_blocks(text_of("README.md"), "text") if "app.py" in block)
    paths, parents = set(), [""]
    for line in block.splitlines():
        name, depth = line.split()[0], (len(line) - len(line.lstrip())) // 2
        parents[depth + 1 :] = [f"{parents[depth]}{name}"]
        paths.add(parents[-1])
    return paths


def test_the_tree_names_every_top_level_entry_and_every_room() -> None:
    expected = set()
    for file in tracked():
        top, _, rest = file.partition("/")
        expected.add(f"{top}/" if rest else top)
        inner, _, deeper = rest.partition("/")
        if deeper:
            expected.add(f"{top}/{inner}/")
        elif inner and top in ("pipeline", "space"):
            expected.add(file)
    assert expected - tree() == set()


def test_what_the_tree_names_exists() -> None:
    assert [path for path in sorted(tree()) if not (ROOT / path).exists()] == []


def commands(module: str) -> Iterator[list[str]]:
    """The arguments of each `python -m MODULE …` in code blocks and inline code."""
    for document in DOCUMENTS:
        text = text_of(document)
        pieces = [line for block in code_blocks(text, "bash") for line in block.splitlines()]
        pieces += re.findall(r"`(python -m [^`\n]+)`", text)
        for piece in pieces:
            if piece.startswith(f"python -m {module}"):
                yield shlex.split(piece.removeprefix(f"python -m {module}"), comments=True)


def test_the_command_line_takes_every_command_as_it_is_written() -> None:
    """Parsed by the command line itself, without running anything."""
    group = command_line()
    seen = set()
    for arguments in commands("pipeline"):
        place = next((place for place, word in enumerate(arguments) if word in group.commands), len(arguments))
        assert place < len(arguments), f"no sub-command in {arguments}"
        name, rest = arguments[place], arguments[place + 1 :]
        group.make_context("pipeline", [*arguments[:place], name])
        if "--help" not in rest:
            group.commands[name].make_context(name, list(rest))
        seen.add(name)
    assert seen == set(group.commands), "each sub-command is shown"


def test_every_option_that_is_mentioned_exists() -> None:
    group = command_line()
    known = {option for command in (group, *group.commands.values()) for one in command.params for option in one.opts}
    for file in (ROOT / "benchmarks").glob("*.py"):
        known |= set(re.findall(r'add_argument\("(--[a-z-]+)"', file.read_text(encoding="utf-8")))
    for document in DOCUMENTS:
        inline = " ".join(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text_of(document), flags=re.DOTALL)))
        mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", inline))
        assert mentioned <= known | OTHERS_OPTIONS, document


def test_every_benchmark_that_is_mentioned_exists() -> None:
    mentioned = {name for document in DOCUMENTS for name in re.findall(r"benchmarks\.(\w+)", text_of(document))}
    assert [name for name in sorted(mentioned) if not (ROOT / "benchmarks" / f"{name}.py").exists()] == []


def test_every_file_that_is_linked_exists() -> None:
    for document in DOCUMENTS:
        links = re.findall(r"\]\(([^)#]+)\)", text_of(document))
        assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == [], document


def test_every_environment_variable_is_explained() -> None:
    named = set()
    for file in [ROOT / "app.py", *(ROOT / "pipeline").rglob("*.py"), *(ROOT / "space").rglob("*.py")]:
        named |= set(re.findall(r"\bSQL_DISTILLERY_[A-Z_]+\b", file.read_text(encoding="utf-8")))
    assert {name for name in named if f"`{name}`" not in text_of("README.md")} == set()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert f"`{TEST_COMMAND}`" in text_of("README.md")
    assert TEST_COMMAND in text_of(".ci/run")


def test_requirements_are_the_projects_dependencies_with_bounds_on_both_sides() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.txt"]}
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in text_of(file).splitlines() if line and not line.startswith("#")]
        assert lines and not [line for line in lines if not re.match(r"[\w-]+(\[\w+\])?>=[\d.]+,<[\d.]+(;|$)", line)], (
            file
        )


def test_the_changelog_has_the_version() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\]", text_of("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "README.ja.md"])
def test_the_figures_of_the_recorded_run_are_those_of_its_report(document: str) -> None:
    report = json.loads(text_of("sample_db/recorded/report.json"))
    row = next(line for line in text_of(document).splitlines() if "`python -m scripts.record`" in line)
    shares = [
        (f"{report[model]['accuracy']:.0%}", *(f"{100 * report[model][end]:.0f}" for end in ("low", "high")))
        for model in ("base", "tuned")
    ]
    assert f"n = {report['n']}" in row
    assert re.findall(r"\| (\d+%)[ （(]+(\d+)[–〜](\d+)[)）]", row) == shares
