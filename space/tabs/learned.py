"""What a training will learn, on two of its pairs, before it starts: read only when somebody unfolds it.

In: the base and the training pairs. Out: the rendered prompts with the learned tokens marked. A tokenizer takes seconds to
load, so it is asked for in the event of the unfolding, never while the page is drawn, and what it said is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.errors import UserError
from pipeline.records import Pair
from pipeline.student.bases import choose_base
from pipeline.student.preview import Piece, learned_pieces, tokenizer_here
from space.page import Page
from space.scene import Scene
from space.view import html
from space.view import learned as view

SHOWN = 2
KEPT = 32
"""Answers kept in memory; they are small."""


@dataclass(frozen=True)
class _Told:
    """What became of a look: pieces for each pair, a refusal, or neither where the tokenizer is not here yet."""

    pieces: Sequence[Sequence[Piece]] = ()
    template: str = ""
    values: dict[str, object] = field(default_factory=dict)


_known: dict[int, _Told] = {}


def build(page: Page) -> None:
    """The fold; it closes by itself where what it shows is no more."""
    with page.add(gr.Accordion, {"label": "train.learned"}, draw=_fold, open=False, elem_id="learned-fold") as fold:
        page.html(_shown, elem_id="learned")
    page.act(fold.expand, "train", look)
    page.act(fold.collapse, "train", fold_away)


def look(scene: Scene) -> Iterator[None]:
    """Read the tokenizer and mark the tokens, unless that was done; the page says meanwhile that it is at it."""
    mark = scene.session.learned = _mark(scene)
    known = _known.get(mark)
    if mark and not (known and known.pieces):
        _known.pop(mark, None)
        yield
        while len(_known) >= KEPT:
            _known.pop(next(iter(_known)))
        _known[mark] = _read(scene)


def look_again(scene: Scene) -> Iterator[None]:
    """After another base was chosen: the same for it, where the fold is open."""
    if scene.session.learned:
        yield from look(scene)


def fold_away(scene: Scene) -> None:
    """Forget that it was open."""
    scene.session.learned = 0


def two_of(pairs: Sequence[Pair]) -> list[Pair]:
    """The first English and the first Japanese pair; where there is one language, its first two."""
    firsts = [next((pair for pair in pairs if pair.language == language), None) for language in ("en", "ja")]
    found = [pair for pair in firsts if pair]
    return found if len(found) == SHOWN else list(pairs[:SHOWN])


def _pairs(scene: Scene) -> list[Pair]:
    return two_of([judged.pair for judged in scene.pairs if judged.split == "train"])


def _mark(scene: Scene) -> int:
    """A mark of all that decides what is shown; 0 where there is nothing to show."""
    pairs = _pairs(scene)
    return hash((scene.train.base, scene.schema.to_prompt(), tuple(pairs))) if scene.schema and pairs else 0


def _read(scene: Scene) -> _Told:
    assert scene.schema is not None, "its mark was not 0"
    try:
        base = scene.train.base or choose_base().id
        if not tokenizer_here(base):
            return _Told()
        return _Told(learned_pieces(base, scene.schema.to_prompt(), _pairs(scene)))
    except UserError as error:
        return _Told((), error.template, dict(error.values))


# Drawing


def _fold(scene: Scene) -> dict[str, Any]:
    mark = scene.session.learned
    return {"open": bool(mark) and mark == _mark(scene), "visible": any(each.split == "train" for each in scene.pairs)}


def _shown(scene: Scene) -> str:
    mark, words = scene.session.learned, scene.words
    if not mark:
        return Markup("")
    told = _known.get(mark)
    if told is None:
        return html.tag('<p class="dim" role="status">{}</p>', words("train.learned_reading"))
    if told.template:
        return html.note(words.message(told.template, told.values), "error")
    if not told.pieces:
        return html.tag("<p>{}</p>", words("train.learned_later"))
    return view.learned(told.pieces, words)
