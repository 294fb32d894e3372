"""The Dataset tab: have a teacher write pairs, or paste Claude's; see which were proved and why others were dropped.

In: teacher, key, number, languages, pasted JSONL. Out: a `dataset` job; everything shown comes from the store. The key goes
from its field into the job and nowhere else. Pasting is `paste.py`, the list of pairs `pairs.py`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.dataset.coverage import coverage_of
from pipeline.errors import UserError
from pipeline.run.dataset import MOST_UNANSWERABLE
from space.page import Page
from space.scene import Scene
from space.tabs import batch, glossary, improve, pairs, paste
from space.tabs.claude import asking, budget_left, dollars_of, first_teacher, key_field, prices, teacher_of
from space.tabs.common import next_button, note_of, primary, progress_of, stop_button
from space.tabs.pairs import rows_of
from space.view import coverage as covered
from space.view import dataset as view
from space.view import html, proof
from space.view.unanswerable import unanswerable

TEACHERS = {"claude": "dataset.claude", "pasted": "dataset.pasted", "offline": "dataset.offline"}
LANGUAGES = {"en": "dataset.english", "ja": "dataset.japanese"}
MOST_PAIRS = 2000
KEPT_OF_ASKED = "{kept} of {asked} pairs were kept."
"""The stage's own note, which the summary says already."""


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            teacher = page.add(gr.Radio, {"label": "dataset.teacher", "choices": TEACHERS}, value=first_teacher(),
                               interactive=True, elem_classes="seg", elem_id="teacher")  # fmt: skip
            with page.add(gr.Column, draw=_with("claude"), elem_classes="paste"):
                key = key_field(page, "key")
                page.html(budget_left, elem_id="budget")
            choices = _choices(page)
            pasted = paste.build(page)
            page.html(_estimate, elem_id="estimate")
            to_schema = next_button(page, "schema.read", "schema", lambda scene: scene.schema is None)
            onward = next_button(page, "dataset.train", "train", _can_train)
            write = page.add(gr.Button, draw=_write_button, elem_classes="act", elem_id="write-pairs")
            stop_button(page, "dataset.stop", "dataset")
            batch.build(page, key)
            advanced = _advanced(page)
            glossary.build(page)
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "dataset", "dataset") or _summary(scene))
            page.html(batch.told, elem_id="batch")
            page.html(_picture, elem_id="dataset-picture")
            page.html(_coverage, elem_id="coverage")
            pairs.build(page)
            page.html(_unanswerable, elem_id="unanswerable")
            improve.build(page, key)
    page.go(to_schema.click, "schema")
    page.go(onward.click, "train")
    settings = [teacher, *choices, *advanced]
    for widget in settings:
        page.act(widget.release if isinstance(widget, gr.Slider) else widget.input, "dataset", choose, settings)
    page.act(write.click, "dataset", write_pairs, [pasted, key, *settings])
    page.on_reload(lambda session: [list(session.languages)], choices[1:])


def _choices(page: Page) -> list[Any]:
    number = page.add(
        gr.Slider, {"label": "dataset.pairs"}, minimum=20, maximum=MOST_PAIRS, step=20, value=DatasetConfig.pairs,
        interactive=True, buttons=[],
    )  # fmt: skip
    languages = page.add(
        gr.CheckboxGroup, {"label": "dataset.languages", "choices": LANGUAGES}, value=["en"], interactive=True,
        elem_classes="plain",
    )  # fmt: skip
    return [number, languages]


def _advanced(page: Page) -> list[Any]:
    with page.add(gr.Accordion, {"label": "page.advanced"}, draw=_with("claude"), open=False):
        model = page.add(gr.Dropdown, {"label": "dataset.model", "info": "dataset.model_info"}, choices=prices(),
                         value=DatasetConfig.model, interactive=True)  # fmt: skip
        dollars = page.add(gr.Number, {"label": "dataset.cap", "info": "dataset.cap_info"}, minimum=0, step=0.5,
                           value=DatasetConfig.max_dollars, interactive=True)  # fmt: skip
        half = page.add(gr.Checkbox, {"label": "batch.choice", "info": "batch.info"}, value=False, interactive=True,
                        elem_id="batches")  # fmt: skip
        first = page.add(
            gr.Slider, {"label": "dataset.sql_first", "info": "dataset.sql_first_info"}, minimum=0, maximum=1, step=0.05,
            value=DatasetConfig.sql_first, interactive=True, buttons=[],
        )  # fmt: skip
        without = page.add(
            gr.Slider, {"label": "dataset.unanswerable", "info": "dataset.unanswerable_info"}, minimum=0,
            maximum=MOST_UNANSWERABLE, step=0.05, value=DatasetConfig.unanswerable, interactive=True, buttons=[],
        )  # fmt: skip
    return [model, dollars, half, first, without]


def config_of(  # noqa: PLR0913 - a parameter for each widget
    teacher: str, number: float, languages: list[str], model: str, dollars: float, batches: bool = False,
    sql_first: float = DatasetConfig.sql_first, unanswerable: float = DatasetConfig.unanswerable,
) -> DatasetConfig:  # fmt: skip
    """The widgets' values as settings. Raises UserError for what cannot be asked for."""
    if not languages:
        raise UserError("No question language is chosen. Choose English, Japanese or both.")
    config = DatasetConfig(
        teacher=teacher, pairs=min(int(number), MOST_PAIRS), languages=tuple(languages), model=model,
        max_dollars=float(dollars or 0), batches=bool(batches), sql_first=sql_first, unanswerable=unanswerable,
    )  # fmt: skip
    run.check_dataset(config)
    return config


def write_pairs(scene: Scene, typed: str, key: str, *settings: Any) -> None:
    """Start the teacher. The key lives in the job alone, as long as that does."""
    config = config_of(*settings)
    text = paste.text_to_prove(scene, typed or "") if config.teacher == "pasted" else ""
    if config.teacher == "claude":
        job = asking(scene, key, lambda store, stop, secret: run.write_dataset(store, config, "", stop, secret))
        scene.start("dataset", job)
    else:
        scene.start("dataset", lambda store, stop: run.write_dataset(store, config, text, stop))


def choose(scene: Scene, *settings: Any) -> None:
    """Remember what is chosen, for the estimate and the buttons."""
    session, teacher = scene.session, str(settings[0])
    session.teacher = teacher  # the form follows it even where the rest cannot be asked for
    config = config_of(*settings)
    session.pairs, session.languages = config.pairs, config.languages
    session.model, session.max_dollars, session.batches = config.model, config.max_dollars, config.batches
    session.sql_first, session.unanswerable = config.sql_first, config.unanswerable


# Drawing


def _write_button(scene: Scene) -> dict[str, Any]:
    pasted = teacher_of(scene.session) == "pasted"
    key = "dataset.prove" if pasted else "dataset.write_more" if scene.kept else "dataset.write"
    key = "batch.go_on" if batch.can_go_on(scene) else key
    visible = scene.schema is not None and not scene.busy("dataset")
    return primary(scene, key, filled=not _can_train(scene), visible=visible)


def _can_train(scene: Scene) -> bool:
    return bool(scene.kept) and not scene.busy("dataset")


def _with(teacher: str) -> Any:
    """Draws what only one teacher needs."""
    return lambda scene: {"visible": teacher_of(scene.session) == teacher}


def _estimate(scene: Scene) -> str:
    session = scene.session
    if scene.store is None or scene.schema is None or teacher_of(session) != "claude":
        return Markup("")
    config = DatasetConfig(
        teacher="claude", pairs=session.pairs, languages=session.languages, model=session.model,
        max_dollars=session.max_dollars, batches=session.batches, sql_first=session.sql_first,
        unanswerable=session.unanswerable,
    )  # fmt: skip
    guess = run.estimate_dataset(scene.store, config)  # without a key: nobody is asked
    spent = scene.store.spent()
    told = {"n": f"{config.pairs:,}", "cap": dollars_of(config.max_dollars), "spent": dollars_of(spent)}
    text = scene.words("dataset.estimate_spent" if spent and not scene.busy("dataset") else "dataset.estimate")
    bold = html.tag("<b>{}</b>", dollars_of(guess.dollars))
    return html.tag(f'<p class="dim small">{text}</p>', dollars=bold, **told)


def _summary(scene: Scene) -> str:
    if scene.busy("dataset") or not scene.pairs:
        return Markup("")
    train, heldout = (sum(each.split == split for each in scene.pairs) for split in ("train", "heldout"))
    if scene.kept and not train + heldout:
        return Markup("")  # the pairs were read just before they were split: the next look has them
    key = "dataset.stopped" if scene.status("dataset").state == "stopped" else "dataset.done"
    said = scene.words(key, kept=scene.kept, asked=len(scene.pairs), train=train, heldout=heldout) + _cost(scene)
    notes = "".join(html.note(text, "warning") for text in scene.notes("dataset", "warning", but=KEPT_OF_ASKED))
    return html.note(said, "done") + _shared(scene) + Markup(notes)


def _shared(scene: Scene) -> Markup:
    """What the held-out questions share with those in training."""
    found = scene.fact("leaks", {})
    if not found.get("heldout"):
        return Markup("")
    key = "leaks.some" if found["near"] or found["ngrams"] or found["templates"] else "leaks.none"
    return html.tag('<p class="dim small">{}</p>', scene.words(key, **found))


def _cost(scene: Scene) -> str:
    """What the last writing took: time, and dollars where Claude wrote."""
    done, first = scene.last("dataset", "done"), scene.events("dataset", "note")[:1]
    if not done or not first:
        return ""
    time = scene.words.duration(done["at"] - first[0]["at"])
    spent = scene.last("dataset", "spent")
    if spent is None:
        return scene.words("dataset.took", time=time)
    return scene.words("dataset.cost", dollars=dollars_of(spent["dollars"]), time=time)


def _picture(scene: Scene) -> str:
    rows, words = rows_of(scene), scene.words
    if scene.schema is None:
        return html.empty(words("dataset.no_schema"))
    pasted = "_pasted" if teacher_of(scene.session) == "pasted" else ""
    spent = scene.last("dataset", "spent")
    meter = words("dataset.spent", dollars=dollars_of(spent["dollars"])) if spent else ""
    running = progress_of(scene, "dataset", meter) if scene.busy("dataset") else Markup("")
    running = Markup("") if batch.away(scene) else running  # it is told of above
    if not rows:
        return running or html.empty(words(f"dataset.empty{pasted}"), words("dataset.empty_hint"))
    return running + view.funnel(rows, words) + proof.kills(scene.pairs, words)


def _coverage(scene: Scene) -> str:
    if scene.schema is None or not scene.kept:
        return Markup("")
    kept = [each.pair for each in scene.pairs if each.verdict.ok]
    return covered.coverage(coverage_of(kept, scene.schema), scene.words)


def _unanswerable(scene: Scene) -> str:
    return unanswerable(scene.store.unanswerable(), scene.words) if scene.store and scene.kept else Markup("")
