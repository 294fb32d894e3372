"""Questions to click on the Ask tab.

In: a run with held-out questions, scored or not. Out: three of them, in the visitor's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from space.scene import Scene
from space.view.html import width

EXAMPLES, WIDEST = 3, 60
KANA, LATIN = re.compile("[ぁ-んァ-ヶ]"), re.compile("[A-Za-z]")


def example(place: int) -> Callable[[Scene], dict[str, Any]]:
    """How the button of an example is drawn; `place` counts from 0."""

    def draw(scene: Scene) -> dict[str, Any]:
        chosen = examples(scene)
        return {"value": chosen[place], "visible": True} if place < len(chosen) else {"value": "", "visible": False}

    return draw


def examples(scene: Scene) -> list[str]:
    """Three questions in the visitor's language: such as the model answered rightly where it was scored, and unlike.

    Without a score they come from the held-out pairs; where none is in that language, any will do.
    """
    if scene.store is None:
        return []
    right = [(each["question"], each["gold"]) for each in scene.answered if each["right"]]
    held = [(each.pair.question, each.pair.sql) for each in scene.pairs if each.split == "heldout"]
    short = [each for each in right + held if width(each[0]) <= WIDEST]
    spoken = [each for each in short if is_japanese(each[0]) == (scene.words.language == "ja")] or short
    kinds = [[question for question, sql in spoken if word in sql.upper()] for word in ("GROUP BY", " JOIN ", "COUNT(")]
    return list(dict.fromkeys([kind[0] for kind in kinds if kind] + [question for question, _ in spoken]))[:EXAMPLES]


def is_japanese(question: str) -> bool:
    """Whether a question is in Japanese, rather than one that only names something Japanese."""
    return len(KANA.findall(question)) > len(LATIN.findall(question)) / 2
