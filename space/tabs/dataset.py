"""The Dataset tab: have a teacher write pairs, or paste Claude's; see which were proved and why others were dropped.

In: teacher, number, languages, pasted JSONL. Out: a `dataset` job; everything shown comes from the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.database.examples import NAMES as SAMPLES
from pipeline.database.examples import example_pairs
from pipeline.dataset.pasted import prompt_for_claude
from pipeline.errors import UserError
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs.common import BARE, next_button, note_of, primary, progress_of, stop_button
from space.view import dataset as view
from space.view import html

TEACHERS = {"offline": "dataset.offline", "pasted": "dataset.pasted"}
LANGUAGES = {"en": "dataset.english", "ja": "dataset.japanese"}
SHOWN = {"kept": "dataset.show_kept", "dropped": "dataset.show_dropped", "all": "dataset.show_all"}
MOST_PAIRS = 2000
KEPT_OF_ASKED = "{kept} of {asked} pairs were kept."
"""The stage's own note, which the summary says already."""


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            inputs = _choices(page)
            paste, buttons = _paste(page)
            to_schema = next_button(page, "schema.read", "schema", lambda scene: scene.schema is None)
            onward = next_button(page, "dataset.train", "train", _can_train)
            write = page.add(gr.Button, draw=_write_button, elem_classes="act", elem_id="write-pairs")
            stop_button(page, "dataset.stop", "dataset")
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "dataset", "dataset") or _summary(scene))
            page.html(_picture, elem_id="dataset-picture")
            with page.add(gr.Row, draw=_when_pairs, elem_classes="filter"):
                shown = page.add(
                    gr.Radio, {"label": "dataset.show", "choices": SHOWN}, value="all", elem_classes="seg", **BARE
                )
                texts = {"label": "dataset.find", "placeholder": "dataset.find"}
                find = page.add(gr.Textbox, texts, max_lines=1, elem_id="find", **BARE)
            page.html(_table, elem_classes=["scroll"], max_height=560, elem_id="pairs")
    page.go(to_schema.click, "schema")
    page.go(onward.click, "train")
    for widget in inputs:
        page.act(widget.release if isinstance(widget, gr.Slider) else widget.input, "dataset", _choose, inputs)
    page.act(write.click, "dataset", write_pairs, [*inputs, paste])
    page.act(shown.input, "dataset", _filter, [shown, find])
    page.act(find.change, "dataset", _filter, [shown, find], trigger_mode="always_last")
    page.on_reload(lambda session: [list(session.languages)], inputs[2:])
    buttons[0].click(sample_pairs, [page.session, page.language], paste, **page.quiet)
    buttons[1].upload(file_text, buttons[1], paste, **page.quiet)


def _choices(page: Page) -> list[Any]:
    teacher = page.add(
        gr.Radio,
        {"label": "dataset.teacher", "choices": TEACHERS},
        value="offline",
        interactive=True,
        elem_classes="seg",
    )
    pairs = page.add(
        gr.Slider, {"label": "dataset.pairs"}, minimum=20, maximum=MOST_PAIRS, step=20, value=DatasetConfig.pairs,
        interactive=True, buttons=[],
    )  # fmt: skip
    languages = page.add(
        gr.CheckboxGroup, {"label": "dataset.languages", "choices": LANGUAGES}, value=["en"], interactive=True,
        elem_classes="plain",
    )  # fmt: skip
    return [teacher, pairs, languages]


def _paste(page: Page) -> tuple[gr.Textbox, tuple[gr.Button, gr.UploadButton]]:
    with page.add(gr.Column, draw=lambda scene: {"visible": scene.session.teacher == "pasted"}, elem_classes="paste"):
        page.add(
            gr.Textbox, {"label": "dataset.prompt", "info": "dataset.prompt_info"}, draw=_prompt, interactive=False,
            lines=5, max_lines=5, buttons=["copy"],
        )  # fmt: skip
        paste = page.add(
            gr.Textbox, {"label": "dataset.paste", "placeholder": "dataset.paste_hint"}, interactive=True, lines=6,
            max_lines=6, elem_id="paste",
        )  # fmt: skip
        sample = page.add(
            gr.Button, {"value": "dataset.sample"}, draw=lambda scene: {"visible": bool(sample_name(scene))},
            size="sm",
        )  # fmt: skip
        upload = page.add(
            gr.UploadButton, {"label": "dataset.upload"}, file_types=[".jsonl", ".json", ".txt"], size="sm"
        )
    return paste, (sample, upload)


def write_pairs(scene: Scene, teacher: str, pairs: float, languages: list[str], paste: str) -> None:
    """Start the teacher on the kept settings."""
    if not languages:
        raise UserError("No question language is chosen. Choose English, Japanese or both.")
    if teacher == "pasted" and not paste.strip():
        raise UserError("Nothing is pasted yet. Copy the prompt into Claude and paste its answer here.")
    config = DatasetConfig(teacher=teacher, pairs=min(int(pairs), MOST_PAIRS), languages=tuple(languages))
    scene.start("dataset", lambda store, stop: run.write_dataset(store, config, paste or "", stop))


def sample_pairs(session: Session, language: str) -> str:
    """The pairs that came with the sample, in the languages chosen."""
    name = sample_name(Scene(session, Words(language)))
    return "\n".join(example_pairs(name, each).strip() for each in session.languages or (language,)) if name else ""


def file_text(upload: str | None) -> str:
    """An uploaded file's text."""
    return Path(upload).read_text(encoding="utf-8", errors="replace") if upload else ""


def _choose(scene: Scene, teacher: str, pairs: float, languages: list[str]) -> None:
    session = scene.session
    session.teacher, session.pairs, session.languages = teacher, int(pairs), tuple(languages)


def _filter(scene: Scene, shown: str, find: str) -> None:
    scene.session.shown, scene.session.find = shown, find


# Drawing


def rows_of(scene: Scene) -> list[view.Row]:
    """Every pair judged so far, as rows."""
    return [
        view.Row(pair.question, pair.sql, verdict.ok, verdict.reason, each.level, each.split, verdict.detail)
        for each in scene.pairs
        for pair, verdict in [(each.pair, each.verdict)]
    ]


def sample_name(scene: Scene) -> str:
    """The sample that the run's schema is, where there are pairs for it; else nothing."""
    name = str(scene.fact("schema_name", ""))
    return name if name in SAMPLES and example_pairs(name) else ""


def _prompt(scene: Scene) -> dict[str, Any]:
    if scene.schema is None or scene.session.teacher != "pasted":
        return {"value": ""}
    chosen = scene.session.languages
    language = chosen[0] if len(chosen) == 1 else scene.words.language
    return {"value": prompt_for_claude(scene.schema, scene.session.pairs, language)}


def _write_button(scene: Scene) -> dict[str, Any]:
    pasted = scene.session.teacher == "pasted"
    key = "dataset.prove" if pasted else "dataset.write_more" if scene.kept else "dataset.write"
    visible = scene.schema is not None and not scene.busy("dataset")
    return primary(scene, key, filled=not _can_train(scene), visible=visible)


def _can_train(scene: Scene) -> bool:
    return bool(scene.kept) and not scene.busy("dataset")


def _when_pairs(scene: Scene) -> dict[str, Any]:
    return {"visible": bool(rows_of(scene))}


def _summary(scene: Scene) -> str:
    if scene.busy("dataset") or not scene.pairs:
        return Markup("")
    train, heldout = (sum(each.split == split for each in scene.pairs) for split in ("train", "heldout"))
    key = "dataset.stopped" if scene.status("dataset").state == "stopped" else "dataset.done"
    said = scene.words(key, kept=scene.kept, asked=len(scene.pairs), train=train, heldout=heldout)
    notes = "".join(html.note(text, "warning") for text in scene.notes("dataset", "warning", but=KEPT_OF_ASKED))
    return html.note(said, "done") + Markup(notes)


def _picture(scene: Scene) -> str:
    rows, words = rows_of(scene), scene.words
    if scene.schema is None:
        return html.empty(words("dataset.no_schema"))
    pasted = "_pasted" if scene.session.teacher == "pasted" else ""
    running = progress_of(scene, "dataset") if scene.busy("dataset") else Markup("")
    if not rows:
        return running or html.empty(words(f"dataset.empty{pasted}"), words("dataset.empty_hint"))
    return running + view.funnel(rows, words)


def _table(scene: Scene) -> str:
    rows = rows_of(scene)
    return view.pairs_table(view.chosen(rows, scene.session.shown, scene.session.find), scene.words) if rows else ""
