"""The page's two registries: which component shows which text, and which is drawn from the store.

In: components as the tabs make them. Out: one function for every event of the page: do something, then redraw what
changed. A language switch is the same redraw with all texts. No text field is ever drawn, so typing is not disturbed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import gradio as gr

from pipeline.errors import UserError
from space import jobs, runs, zerogpu
from space.i18n import Words
from space.scene import Problem, Scene, Session

C = TypeVar("C")
Draw = Callable[[Scene], dict[str, Any]]
Texts = Mapping[str, str | dict[str, str]]
"""Property → key of its text; `choices` → value → key of the choice's text."""


@dataclass
class Piece:
    """One component with what it says and how it is drawn."""

    component: Any
    texts: Texts = field(default_factory=dict)
    draw: Draw | None = None


@dataclass
class Seen:
    """How this browser tab looks: a mark for each drawn piece, and for how many ticks nothing has moved."""

    marks: dict[int, int] = field(default_factory=dict)
    idle: int = 0


def spoken(texts: Texts, words: Words) -> dict[str, Any]:
    """A component's texts in one language."""
    return {
        name: [(words(label), value) for value, label in key.items()] if isinstance(key, dict) else words(key)
        for name, key in texts.items()
    }


class Page:
    """Everything on the page that speaks or is drawn. Tabs add to it; `finish` ties it to the clock."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.session = gr.State(Session())
        self.seen = gr.State(Seen())
        self._drawing = threading.Lock()
        self.timer = gr.Timer(1, active=False)
        self.tabs: gr.Tabs
        self.language: gr.Radio
        self.quiet = QUIET
        self.reloaded: list[Any] = []
        """The fields that `reload` fills, for a page that was loaded and for another run."""
        self._reloads: list[Callable[[Session], list[Any]]] = []
        self._acts: list[tuple[Any, Callable[..., Iterator[Any]], list[Any], dict[str, Any]]] = []
        self._empty = Scene(Session(), Words("en"))

    def add(self, make: Callable[..., C], texts: Texts | None = None, draw: Draw | None = None, **props: Any) -> C:
        """Make a component whose texts are keys and whose drawn properties come from the scene."""
        piece = Piece(None, texts or {}, draw)
        drawn = draw(self._empty) if draw else {}
        component = make(**(props | spoken(piece.texts, self._empty.words) | drawn))
        piece.component = component
        self.pieces.append(piece)
        return component

    def html(self, draw: Callable[[Scene], str], **props: Any) -> gr.HTML:
        """A block of HTML drawn from the scene."""
        classes = ["still", *props.pop("elem_classes", [])]
        return self.add(
            gr.HTML,
            draw=lambda scene: {"value": str(draw(scene))},
            padding=False,
            js_on_load=None,
            elem_classes=classes,
            **props,
        )

    def act(self, trigger: Any, tab: str, do: Callable[..., Any], inputs: Sequence[Any] = (), **event: Any) -> None:
        """When `trigger` fires: `do(scene, *inputs)`, then redraw. A refusal is told on `tab`.

        `do` may be a generator: the page is redrawn at each of its yields, or of the page what `during` names.
        `then=(fill, field)` puts `fill(session)` into a field, or a list of them, afterwards. With `signed_in`, the
        token of the visitor's own sign-in comes before the inputs, empty where there is none.
        """
        during = event.pop("during", None)

        def run(session: Session, language: str, seen: Seen, *values: Any) -> Iterator[list[Any]]:
            session.problem = None
            scene = Scene(session, Words(language))
            try:
                for _pause in do(scene, *values) or ():
                    yield [session, *self.redraw(session, language, seen, only=during)]
            except UserError as error:
                session.problem = Problem(tab, error.template, dict(error.values))
            finally:
                scene.close()
            yield [session, *self.redraw(session, language, seen)]

        def run_signed_in(
            session: Session, language: str, seen: Seen, token: gr.OAuthToken | None, *values: Any
        ) -> Iterator[list[Any]]:
            yield from run(session, language, seen, token.token if token else "", *values)

        self._acts.append((trigger, run_signed_in if event.pop("signed_in", False) else run, list(inputs), event))

    def redraw(
        self, session: Session, language: str, seen: Seen, texts_too: bool = False, only: Sequence[Any] | None = None
    ) -> list[Any]:
        """What was seen, the clock, and an update for each piece: nothing for one that looks as it did, or not in `only`.

        One redraw at a time, so that an older look at the store never overtakes a newer one.
        """
        with self._drawing:
            scene = Scene(session, Words(language))
            try:
                moves = scene.any_busy  # asked first: what ends while we draw is drawn once more
                updates = [
                    self._update(place, piece, scene, seen, texts_too)
                    if only is None or piece.component in only
                    else gr.skip()
                    for place, piece in enumerate(self.pieces)
                    if texts_too or piece.draw
                ]
            finally:
                scene.close()
            seen.idle = 0 if moves else seen.idle
            return [seen, gr.Timer(active=True) if moves else gr.skip(), *updates]

    def _tick(self, session: Session, language: str, seen: Seen) -> list[Any]:
        """A redraw by the clock, which alone may stop itself: a click that starts something is never overruled."""
        seen.idle += 1
        redrawn = self.redraw(session, language, seen)
        if seen.idle > IDLE_TICKS:
            redrawn[1] = gr.Timer(active=False)
        return redrawn

    def _update(self, place: int, piece: Piece, scene: Scene, seen: Seen, texts_too: bool) -> Any:
        drawn = piece.draw(scene) if piece.draw else {}
        mark = hash(repr(drawn))
        if not texts_too and seen.marks.get(place) == mark:
            return gr.skip()
        seen.marks[place] = mark
        return gr.update(**(spoken(piece.texts, scene.words) if texts_too else {}) | drawn)

    @property
    def live(self) -> list[Any]:
        """What a redraw puts out: what was seen, the timer, every drawn component."""
        return [self.seen, self.timer, *(piece.component for piece in self.pieces if piece.draw)]

    @property
    def all(self) -> list[Any]:
        """What a switch of language puts out."""
        return [self.seen, self.timer, *(piece.component for piece in self.pieces)]

    def on_reload(self, fill: Callable[[Session], list[Any]], outputs: list[Any]) -> None:
        """When a run comes onto the page, fields that belong to it are filled once."""
        self._reloads.append(fill)
        self.reloaded += outputs

    def reload(self, session: Session) -> list[Any]:
        """The fields of `reloaded`, as the run has them."""
        return [value for fill in self._reloads for value in fill(session)]

    def finish(self) -> None:
        """Tie every trigger, the language switch and the clock to the finished page."""
        inputs = [self.session, self.language, self.seen]
        for trigger, run, widgets, event in self._acts:
            fill = event.pop("then", None)
            done = trigger(run, [*inputs, *widgets], [self.session, *self.live], **QUIET, **event)
            if fill:
                done.then(fill[0], self.session, fill[1], **QUIET)
        self.timer.tick(self._tick, inputs, self.live, **QUIET)
        if zerogpu.ON:
            self.timer.tick(self._turn, self.session, None, concurrency_id="gpu", concurrency_limit=GPU_EVENTS, **QUIET)
        self.language.input(self._speak, inputs, self.all, **QUIET)
        self.language.change(None, self.language, None, js=SET_LANGUAGE, **QUIET)

    def _turn(self, session: Session) -> Iterator[None]:
        """The visitor's own event in which a stage of their run asks for a GPU; the clock makes the next one after it."""
        if session.run:
            yield from jobs.turn(runs.home() / session.run, session.visitor)

    def _speak(self, session: Session, language: str, seen: Seen) -> list[Any]:
        return self.redraw(session, language, seen, texts_too=True)

    def go(self, trigger: Any, tab: str) -> None:
        """When `trigger` fires: show another tab, from its top."""
        trigger(
            lambda: gr.Tabs(selected=tab), None, self.tabs, js="() => {window.scrollTo(0, 0)}", queue=False, **QUIET
        )


GPU_EVENTS = 20
"""Visitors who may be served by, or wait for, a lent GPU at once; how many are lent is for ZeroGPU to say."""
IDLE_TICKS = 3
"""Ticks without anything at work before the clock stops."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
SET_LANGUAGE = "(language) => {document.documentElement.lang = language}"
