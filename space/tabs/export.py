"""The kept pairs as a file, on the Dataset tab: a format, which of them, and the download.

In: two choices and a click. Out: a file in the server's cache, offered as long as the pairs are the ones in it.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.dataset.export import FORMATS
from pipeline.run.tables import export
from space.page import Page
from space.scene import Scene
from space.view import html

FORMS = {
    "jsonl": "export.lines", "csv": "export.csv", "parquet": "export.parquet", "messages": "export.messages",
    "sharegpt": "export.sharegpt",
}  # fmt: skip
"""What is one file; a folder of `datasets` comes from the command line."""
PARTS = {"all": "export.all", "train": "export.train", "heldout": "export.heldout"}


def build(page: Page) -> None:
    """The choices and the buttons."""
    with page.add(gr.Accordion, {"label": "export.title"}, open=False, elem_classes="askagain"):
        page.html(lambda scene: html.tag("<p>{}</p>", scene.words("export.about")))
        with gr.Row():
            form = page.add(gr.Dropdown, {"label": "export.form", "choices": FORMS}, value="jsonl", interactive=True,
                            elem_id="export-form")  # fmt: skip
            part = page.add(gr.Dropdown, {"label": "export.part", "choices": PARTS}, value="all", interactive=True,
                            elem_id="export-part")  # fmt: skip
        with gr.Row(elem_classes="deeds"):
            make = page.add(gr.Button, {"value": "export.make"}, draw=_idle, size="sm", variant="secondary",
                            elem_id="export-make")  # fmt: skip
            page.add(gr.DownloadButton, draw=_download, size="sm", variant="secondary", elem_id="export-download")
    page.act(make.click, "dataset", make_file, [form, part])


def make_file(scene: Scene, form: str, part: str) -> None:
    """Write the file. Raises UserError where there are no such pairs."""
    if scene.store is None or form not in FORMS:
        return
    stem = re.sub(r"[^\w-]+", "-", str(scene.fact("schema_name", "pairs"))) or "pairs"
    kind = f"-{form}" if form in ("messages", "sharegpt") else ""
    cache = Path(gr.utils.get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    file = Path(tempfile.mkdtemp(dir=cache)) / f"{stem}-{part}{kind}{FORMATS[form]}"
    export(scene.store, form, file, part)
    scene.session.exported = (str(file), _mark(scene))


# Drawing


def _mark(scene: Scene) -> int:
    """Differs where any pair does."""
    told = ((each.id, each.pair, each.verdict.ok, each.split, each.template) for each in scene.pairs)
    return hash((scene.session.run, *told))


def _idle(scene: Scene) -> dict[str, Any]:
    return {"interactive": not scene.busy("dataset")}


def _download(scene: Scene) -> dict[str, Any]:
    file = Path(scene.session.exported[0])
    if not file.is_file() or scene.busy("dataset") or _mark(scene) != scene.session.exported[1]:
        return {"label": "", "value": None, "visible": False}
    told = scene.words("export.download", file=file.name, size=scene.words.size(file.stat().st_size))
    return {"label": told, "value": str(file), "visible": True}
