"""The Share tab: whose token it uploads with, what it says, and its one filled button in every state."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from pipeline.records import Done
from pipeline.store import Store
from space import jobs
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs import schema, share
from space.ui import build_app
from space.view.share import uploaded
from tests.hub_server import HubServer

DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
SETTINGS = {"peft_type": "LORA", "base_model_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def session() -> Session:
    """A visitor with a run that has an adapter's files."""
    session = Session(visitor="local")
    schema.read_text(scene_of(session), "own", DDL, "auto")
    Store.open(folder_of(session)).set(base=SETTINGS["base_model_name_or_path"])
    adapter = folder_of(session) / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps(SETTINGS))
    (adapter / "adapter_model.safetensors").write_bytes(b"weights")
    return session


def scene_of(session: Session, language: str = "en") -> Scene:
    return Scene(session, Words(language))


def folder_of(session: Session) -> Path:
    store = scene_of(session).store
    assert store is not None
    return store.folder


def finished(session: Session) -> Scene:
    assert jobs.wait(folder_of(session), "publish", 20)
    return scene_of(session)


def tab() -> tuple[Page, list[Any]]:
    """The tab alone, with all its components."""
    with gr.Blocks() as app:
        page = Page()
        with gr.Tabs() as page.tabs, gr.Tab("share"):
            share.build(page)
    return page, list(app.blocks.values())


def filled(session: Session) -> list[str]:
    """The filled buttons of the tab, as a person would see them."""
    page = tab()[0]
    scene = scene_of(session)
    found = []
    for piece in page.pieces:
        drawn = piece.draw(scene) if piece.draw else {}
        button = isinstance(piece.component, gr.Button | gr.DownloadButton) and drawn.get("visible", True)
        if button and drawn.get("variant", piece.component.variant) == "primary":
            found.append(str(drawn.get("value")))
    return found


def test_one_filled_button_in_every_state(session: Session, hub: HubServer) -> None:
    assert filled(Session(visitor="local")) == ["Train the model"]
    assert filled(session) == ["Upload to the Hub"]
    share.make_zip(scene_of(session))
    finished(session)
    assert filled(session) == ["Upload to the Hub"]
    share.upload(scene_of(session), "hf_write", "", "private", ["adapter"])
    finished(session)
    assert filled(session) == ["Ask it a question"]
    Store.open(folder_of(session)).add_event(Done("train", {}))
    assert filled(session) == ["Upload to the Hub"]  # what is there is no longer what was trained


def test_an_upload_goes_under_the_suggested_name_and_says_where_it_is(session: Session, hub: HubServer) -> None:
    share.upload(scene_of(session), "hf_write", " ", "private", ["adapter", "dataset"])
    scene = finished(session)
    (name,) = [name for _, name in hub.repos]
    assert name.startswith("mei/") and hub.repos["model", name].private
    note = str(share._note(scene))
    assert f'href="{hub.url}/{name}"' in note and "(only you can see it)" in note
    assert "自分だけが見られます" in str(share._note(scene_of(session, "ja")))
    assert f'repo = "{name}"' in share._card(scene)["value"]


def test_a_failed_upload_says_what_to_do_and_what_is_there(session: Session, hub: HubServer) -> None:
    hub.fail(3, "500")
    share.upload(scene_of(session), "hf_write", "mei/x", "private", ["adapter"])
    note = str(share._note(finished(session)))
    assert "answered with an error (500)" in note and "Nothing is half-written" in note
    share.upload(scene_of(session), "hf_read", "mei/x", "private", ["adapter"])
    note = str(share._note(finished(session)))
    assert "may read but not write" in note and "Nothing is half-written" not in note


def test_the_token_is_nowhere_afterwards(
    session: Session, hub: HubServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for token in ("hf_write", "hf_secret-but-wrong"):
        share.upload(scene_of(session), token, "mei/x", "private", ["adapter"])
        scene = finished(session)
        assert token not in repr(vars(session)) and token not in str(share._note(scene))
        assert token not in caplog.text
        assert not [file for file in home.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]


def test_links_are_escaped() -> None:
    result = {"adapter": 'http://x/a/"><script>', "dataset": "http://x/datasets/a/b", "private": False}
    said = str(uploaded(result, Words("en")))
    assert "<script>" not in said and 'href="http://x/datasets/a/b"' in said and "Everyone can see it" in said


# Who uploads


def widgets(kind: type[Any]) -> list[Any]:
    return [each for each in tab()[1] if isinstance(each, kind)]


def test_here_a_token_is_typed_and_nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not widgets(gr.LoginButton)
    assert [box.type for box in widgets(gr.Textbox)] == ["text", "password"]
    monkeypatch.setenv("OAUTH_CLIENT_ID", "id")  # without a Space it means nothing
    assert not widgets(gr.LoginButton)


def test_on_a_space_people_sign_in_and_no_token_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    monkeypatch.setenv("SYSTEM", "spaces")
    assert not widgets(gr.LoginButton)  # its card does not ask for sign-ins
    monkeypatch.setenv("OAUTH_CLIENT_ID", "id")
    for name in ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"):
        monkeypatch.setattr(f"gradio.oauth.{name}", "https://hub")  # read from the environment at import
    assert len(widgets(gr.LoginButton)) == 1
    assert [box.type for box in widgets(gr.Textbox)] == ["text"]
    assert build_app().expects_oauth


def test_the_sign_in_of_the_visitor_comes_before_the_inputs() -> None:
    with gr.Blocks():
        page = Page()
        got: list[Any] = []
        page.act(None, "share", lambda scene, *values: got.append(values), signed_in=True)
        ((_, handler, _, event),) = page._acts
    assert "signed_in" not in event
    hint = inspect.get_annotations(handler, eval_str=True)["token"]
    assert hint == gr.OAuthToken | None  # by this Gradio hands it over
    token = gr.OAuthToken(token="hf_theirs", scope="contribute-repos", expires_at=9_999_999_999)
    for given in (token, None):
        list(handler(Session(visitor="local"), "en", page.seen.value, given, "repo"))
    assert got == [("hf_theirs", "repo"), ("", "repo")]
