"""The Share tab: the run as one zip, and the model card that goes in it.

In: a run with an adapter. Out: the zip of `pipeline.hub.bundle`, handed to the browser.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline import run
from pipeline.hub.card import model_card
from space.page import Page
from space.scene import Scene
from space.tabs.common import next_button, note_of, primary, progress_of
from space.view import html


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            page.html(_contents)
            to_train = next_button(page, "train.start", "train", lambda scene: not scene.tuned)
            pack = page.add(
                gr.Button,
                draw=lambda scene: primary(scene, "share.pack", filled=True, visible=_to_pack(scene)),
                elem_classes="act",
            )
            page.add(gr.DownloadButton, draw=_download, variant="primary", elem_classes="act", elem_id="download")
            onward = page.add(
                gr.Button, draw=lambda scene: primary(scene, "share.ask", filled=False, visible=scene.tuned)
            )
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "share", "publish"))
            page.html(lambda scene: progress_of(scene, "publish") if scene.busy("publish") else "")
            page.html(lambda scene: "" if scene.tuned else html.empty(scene.words("share.empty")))
            page.add(gr.Markdown, draw=_card, elem_classes="card-preview", latex_delimiters=[])
    page.go(to_train.click, "train")
    page.go(onward.click, "ask")
    page.act(pack.click, "share", make_zip)


def make_zip(scene: Scene) -> None:
    """Bundle the run, in the background like every stage, so that a failure is told from the store."""
    scene.start("publish", lambda store, _stop: run.publish(store))


def _to_pack(scene: Scene) -> bool:
    return scene.tuned and not _zip(scene) and not scene.busy("publish")


def _zip(scene: Scene) -> Path | None:
    """The bundle, when it is newer than the adapter and the scores in it."""
    done = scene.last("publish", "done")
    if not done or not scene.store or not Path(done["result"]["file"]).exists():
        return None
    newer = [scene.last(stage, "done") for stage in ("train", "evaluate")]
    return None if any(event and event["id"] > done["id"] for event in newer) else Path(done["result"]["file"])


def _download(scene: Scene) -> dict[str, Any]:
    file = _zip(scene) if scene.tuned else None
    if file is None:
        return {"label": "", "value": None, "visible": False}
    size = scene.words.size(file.stat().st_size)
    return {"label": scene.words("share.download", size=size), "value": str(_servable(file)), "visible": True}


def _servable(file: Path) -> Path:
    """A copy where Gradio may serve it from, whatever folder the runs live in; made once for each bundle."""
    cache = Path(gr.utils.get_upload_folder()) / f"{file.parent.name}-{file.stat().st_mtime_ns}"
    target = cache / file.name
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return target


def _contents(scene: Scene) -> str:
    items = html.join(
        html.tag("<li>{}</li>", scene.words(f"share.item_{name}")) for name in ("adapter", "card", "pairs", "schema")
    )
    return html.tag('<h3>{}</h3><ul class="plainlist">{}</ul>', scene.words("share.contents"), items)


def _card(scene: Scene) -> dict[str, Any]:
    if not scene.tuned or scene.store is None or scene.schema is None:
        return {"value": "", "visible": False}
    text = model_card(scene.store, scene.schema).removeprefix("---\n")
    return {"value": text.partition("\n---\n")[2], "visible": True}
