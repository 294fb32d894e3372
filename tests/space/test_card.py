"""The Space's card: its front matter says what the project says."""

from __future__ import annotations

import tomllib
from typing import Any

import gradio
import pytest
from huggingface_hub import RepoCard, SpaceHardware
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from pipeline.student.bases import DEFAULT_ON_GPU, KNOWN_BASES
from tests.conftest import ROOT

CARD = ROOT / "space" / "README.md"
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
"""Those that the Hub takes for a Space's thumbnail."""


@pytest.fixture(scope="module")
def front() -> dict[str, Any]:
    found: dict[str, Any] = RepoCard(CARD.read_text(encoding="utf-8")).data.to_dict()
    return found


def requirement(name: str) -> Requirement:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return next(each for each in found if each.name == name)


def test_the_page_is_built_with_the_gradio_that_is_tested_and_allowed(front: dict[str, Any]) -> None:
    assert front["sdk"] == "gradio" and (ROOT / front["app_file"]).is_file()
    assert front["sdk_version"] in requirement("gradio").specifier
    assert front["sdk_version"].split(".")[:2] == gradio.__version__.split(".")[:2]


def test_python_is_one_that_the_project_and_its_libraries_run_on(front: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(front["python_version"], str), "unquoted, 3.10 would be read as 3.1"
    assert f"{front['python_version']}.0" in SpecifierSet(project["requires-python"])


def test_zerogpus_torch_versions_are_allowed() -> None:
    """Those of ZeroGPU's documentation, 2026-08."""
    allowed = requirement("torch").specifier
    assert {version for version in ("2.8.0", "2.9.1", "2.10.0", "2.11.0") if version in allowed} == {
        "2.8.0", "2.9.1", "2.10.0", "2.11.0",
    }  # fmt: skip
    assert requirement("spaces").specifier and "oauth" in requirement("gradio").extras


def test_it_asks_for_free_hardware_and_for_the_least_rights(front: dict[str, Any]) -> None:
    assert front["suggested_hardware"] == SpaceHardware.ZERO_A10G.value
    assert front["hf_oauth"] is True and front["hf_oauth_scopes"] == ["contribute-repos"]


def test_the_bases_are_those_the_app_offers(front: dict[str, Any]) -> None:
    assert front["models"] == [base for base, _ in KNOWN_BASES]
    assert DEFAULT_ON_GPU in front["preload_from_hub"] and set(front["preload_from_hub"]) <= set(front["models"])


def test_what_the_hub_would_refuse_is_in_order(front: dict[str, Any]) -> None:
    assert 0 < len(front["short_description"]) <= 60
    assert front["license"] == "apache-2.0" and {front["colorFrom"], front["colorTo"]} <= COLOURS
    assert front["title"] and front["emoji"] and front["startup_duration_timeout"] == "1h"


def test_the_page_speaks_both_languages() -> None:
    text = CARD.read_text(encoding="utf-8")
    assert "keep the page open" in text and "ページは開いたまま" in text
