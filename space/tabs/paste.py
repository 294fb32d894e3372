"""Pairs from elsewhere, on the Dataset tab: the prompt for Claude's page, the field for its answer, and files of all kinds.

In: text, or a file with pairs. Out: the text to prove. A file's pairs come into the field as JSONL; of a large one only the
file is kept, for as long as this browser tab is open, and its pairs are proved together with what the field holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.database.examples import NAMES as SAMPLES
from pipeline.database.examples import example_pairs
from pipeline.dataset.pasted import prompt_for_claude, read_pairs
from pipeline.dataset.tables import ENDINGS, table_text
from pipeline.errors import UserError
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs.claude import teacher_of
from space.view import html

FIELD_LETTERS = 500_000
"""More text than that makes a browser's field slow."""


def build(page: Page) -> gr.Textbox:
    """Lay it out, seen where pairs are pasted; the field for them."""
    with page.add(gr.Column, draw=_when_pasted, elem_classes="paste"):
        page.add(
            gr.Textbox, {"label": "dataset.prompt", "info": "dataset.prompt_info"}, draw=_prompt, interactive=False,
            lines=5, max_lines=5, buttons=["copy"],
        )  # fmt: skip
        field = page.add(
            gr.Textbox, {"label": "dataset.paste", "placeholder": "dataset.paste_hint"}, interactive=True, lines=6,
            max_lines=6, elem_id="paste",
        )  # fmt: skip
        page.html(_file, elem_id="pairs-file")
        away = page.add(gr.Button, {"value": "export.away"}, draw=_with_file, size="sm", elem_id="file-away")
        sample = page.add(
            gr.Button, {"value": "dataset.sample"}, draw=lambda scene: {"visible": bool(sample_name(scene))}, size="sm"
        )
        upload = page.add(
            gr.UploadButton, {"label": "dataset.upload"}, file_types=list(ENDINGS), size="sm", elem_id="pairs-upload"
        )
    sample.click(sample_pairs, [page.session, page.language], field, **page.quiet)
    page.act(upload.upload, "dataset", take_file, [upload], then=(text_of_file, field))
    page.act(away.click, "dataset", drop_file)
    return field


def sample_pairs(session: Session, language: str) -> str:
    """The pairs that came with the sample, in the languages chosen."""
    name = sample_name(Scene(session, Words(language)))
    return "\n".join(example_pairs(name, each).strip() for each in session.languages or (language,)) if name else ""


def sample_name(scene: Scene) -> str:
    """The sample that the run's schema is, where there are pairs for it; else nothing."""
    name = str(scene.fact("schema_name", ""))
    return name if name in SAMPLES and example_pairs(name) else ""


def take_file(scene: Scene, upload: str | None) -> None:
    """Read an uploaded file: its text for the field, or of a large one how many pairs it holds. Raises UserError."""
    if not upload:
        return
    text, session = table_text(Path(upload)), scene.session
    if len(text) > FIELD_LETTERS:
        session.file_pairs, session.file = len(read_pairs(text)[0]), upload
    else:
        session.filled, session.file = text, ""


def text_of_file(session: Session) -> Any:
    """What `take_file` read, once, for the field; without it the field stays as it is."""
    text, session.filled = session.filled, ""
    return text or gr.skip()


def drop_file(scene: Scene) -> None:
    """Forget the large file."""
    scene.session.file = ""


def text_to_prove(scene: Scene, typed: str) -> str:
    """The field's text and the file's. Raises UserError when there is neither."""
    file = scene.session.file
    if file and not Path(file).is_file():
        scene.session.file = ""
        raise UserError("The file {file} is no longer here. Upload it again.", file=Path(file).name)
    if not file and not typed.strip():
        raise UserError("Nothing is pasted yet. Copy the prompt into Claude and paste its answer here.")
    return "\n".join([*([typed] if typed.strip() or not file else []), *([table_text(Path(file))] if file else [])])


# Drawing


def _when_pasted(scene: Scene) -> dict[str, Any]:
    return {"visible": teacher_of(scene.session) == "pasted"}


def _prompt(scene: Scene) -> dict[str, Any]:
    if scene.schema is None or teacher_of(scene.session) != "pasted":
        return {"value": ""}
    chosen = scene.session.languages
    language = chosen[0] if len(chosen) == 1 else scene.words.language
    return {"value": prompt_for_claude(scene.schema, scene.session.pairs, language)}


def _with_file(scene: Scene) -> dict[str, Any]:
    return {"visible": bool(scene.session.file)}


def _file(scene: Scene) -> str:
    session = scene.session
    if not session.file:
        return Markup("")
    told = scene.words("export.held", file=Path(session.file).name, n=session.file_pairs)
    return html.tag('<p class="small">{}</p>', told)
