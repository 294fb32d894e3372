"""The Share tab: the adapter and its pairs to the Hugging Face Hub, or the run as one zip; and the card that goes along.

In: a run with an adapter, a repository's name, a token. Out: a `publish` job. A token goes from its field, or from the
visitor's sign-in on a Space, into the job and nowhere else.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline import run
from pipeline.config import PublishConfig
from pipeline.hub.card import model_card
from pipeline.hub.upload import suggested_name
from space import runs
from space.page import Page
from space.scene import Scene
from space.tabs.common import next_button, note_of, primary, progress_of
from space.view import html
from space.view import share as view

WHO = {"private": "share.only_me", "public": "share.everyone"}
WHAT = {"adapter": "share.adapter", "dataset": "share.dataset"}


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            repo = page.add(gr.Textbox, {"label": "share.repo", "placeholder": "share.repo_hint"}, interactive=True,
                            max_lines=1, elem_id="repo")  # fmt: skip
            page.html(_default_name)
            who = page.add(gr.Radio, {"label": "share.who", "choices": WHO}, value="private", interactive=True,
                           elem_classes="seg", elem_id="who")  # fmt: skip
            what = page.add(gr.CheckboxGroup, {"label": "share.what", "choices": WHAT}, value=list(WHAT),
                            interactive=True, elem_classes="plain")  # fmt: skip
            token = _token(page)
            to_train = next_button(page, "train.start", "train", lambda scene: not scene.tuned)
            onward = next_button(page, "share.ask", "ask", lambda scene: _uploaded(scene) is not None)
            send = page.add(gr.Button, draw=_upload_button, elem_classes="act", elem_id="upload")
            pack = page.add(gr.Button, draw=_zip_button, elem_classes="act", elem_id="pack")
            page.add(gr.DownloadButton, draw=_download, elem_classes="act", elem_id="download")
        with gr.Column(elem_classes="right"):
            page.html(_note)
            page.html(lambda scene: progress_of(scene, "publish") if scene.busy("publish") else "")
            page.html(lambda scene: "" if scene.tuned else html.empty(scene.words("share.empty")))
            page.add(gr.Markdown, draw=_card, elem_classes="card-preview", latex_delimiters=[])
    page.go(to_train.click, "train")
    page.go(onward.click, "ask")
    page.act(pack.click, "share", make_zip)
    if token is None:
        page.act(send.click, "share", upload, [repo, who, what], signed_in=True)
    else:
        page.act(send.click, "share", upload, [token, repo, who, what])


def sign_in_here() -> bool:
    """Whether people sign in with their Hugging Face account: on a Space whose card asks for it, and nowhere else."""
    return bool(gr.utils.get_space() and os.environ.get("OAUTH_CLIENT_ID"))


def _token(page: Page) -> gr.Textbox | None:
    """The field for a token, or None where a button signs people in."""
    if sign_in_here():
        # its script tells signed in from signed out by this very text, so no language may change it
        gr.LoginButton(variant="secondary", elem_classes="act")
        page.html(lambda scene: html.tag('<p class="small dim">{}</p>', scene.words("share.sign_in_info")))
        return None
    info = "share.token_info_space" if runs.on_space() else "share.token_info"
    return page.add(
        gr.Textbox, {"label": "share.token", "info": info}, type="password", interactive=True, max_lines=1,
        elem_id="token", html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )  # fmt: skip


def upload(scene: Scene, token: str, repo: str, who: str, what: list[str]) -> None:
    """Send the run to the Hub in the background; an empty name is the suggested one. Raises UserError."""
    store = scene.need()
    name = repo.strip() or suggested_name(store, run.schema_of(store))
    config = PublishConfig(name, who == "public", "adapter" in what, "dataset" in what)
    scene.start("publish", lambda store, _stop: run.publish(store, config, token))


def make_zip(scene: Scene) -> None:
    """Bundle the run, in the background like every stage, so that a failure is told from the store."""
    scene.start("publish", lambda store, _stop: run.publish(store))


def _upload_button(scene: Scene) -> dict[str, Any]:
    again = _uploaded(scene) is not None
    visible = scene.tuned and not scene.busy("publish")
    return primary(scene, "share.upload_again" if again else "share.upload", not again, visible)


def _zip_button(scene: Scene) -> dict[str, Any]:
    return primary(scene, "share.pack", False, scene.tuned and not _zip(scene) and not scene.busy("publish"))


def _newest(scene: Scene, key: str) -> dict[str, Any] | None:
    """The result of the last upload (`repo`) or zip (`file`), when it is newer than the adapter and the scores in it."""
    found = next((each for each in reversed(scene.events("publish", "done")) if key in each["result"]), None)
    newer = [scene.last(stage, "done") for stage in ("train", "evaluate")]
    if found is None or any(event and event["id"] > found["id"] for event in newer):
        return None
    result: dict[str, Any] = found["result"]
    return result


def _uploaded(scene: Scene) -> dict[str, Any] | None:
    return _newest(scene, "repo") if scene.tuned and not scene.busy("publish") else None


def _zip(scene: Scene) -> Path | None:
    """The bundle, when there is one of the run as it is."""
    made = _newest(scene, "file")
    if made is None or scene.store is None:
        return None
    file = scene.store.folder / Path(made["file"]).name  # a run that was copied has its zip, or none, in its own folder
    return file if file.exists() else None


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


def _note(scene: Scene) -> str:
    """What went wrong and what is there all the same; else where the upload went."""
    wrong = note_of(scene, "share", "publish")
    if not wrong:
        found = _uploaded(scene)
        return view.uploaded(found, scene.words) if found else ""
    said, begun = scene.last("publish", "note"), scene.last("publish", "progress")
    if scene.status("publish").state != "failed" or not said or not begun or said["id"] < begun["id"]:
        return wrong
    return wrong + html.note(scene.words.message(said["template"], said["values"]))


def _default_name(scene: Scene) -> str:
    if scene.store is None or scene.schema is None or not scene.tuned:
        return ""
    name = suggested_name(scene.store, scene.schema)
    return html.tag('<p class="small dim default-name">{}</p>', scene.words("share.default_name", name=name))


def _card(scene: Scene) -> dict[str, Any]:
    if not scene.tuned or scene.store is None or scene.schema is None:
        return {"value": "", "visible": False}
    sent = _uploaded(scene) or {}
    repo = str(sent.get("repo") or f"{YOU}/{suggested_name(scene.store, scene.schema)}")
    text = model_card(scene.store, scene.schema, repo, f"{repo}-pairs").removeprefix("---\n")
    return {"value": text.partition("\n---\n")[2], "visible": True}


YOU = "USER"
"""Stands for the name that the Hub knows the visitor by, which is not known before they sign in."""
