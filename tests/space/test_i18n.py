"""Both languages say everything, in the same places."""

from __future__ import annotations

import ast
import re
import string

from pipeline.dataset.gate import REASONS
from pipeline.evaluation.scoring import EARLIER_KIND, KINDS
from space.i18n import Words, en, ja, messages_ja
from space.view.dataset import LEVELS
from tests.space.templates import ROOT, templates

JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
NAMES_ONLY = {"page.title", "dataset.paste_hint", "rows.null", "pairs.sql", "ask.sql", "dataset.claude", "coverage.and"}
"""Texts that are the same in both languages: names and SQL."""
TEXT_PROPERTIES = {"label", "info", "placeholder", "value", "choices"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    assert en.TEXTS.keys() == ja.TEXTS.keys()
    hints = {"dataset.paste_hint"}
    different = [key for key in en.TEXTS.keys() - hints if places(en.TEXTS[key]) != places(ja.TEXTS[key])]
    assert different == []


def test_every_japanese_text_is_japanese() -> None:
    same = {key for key, text in ja.TEXTS.items() if not JAPANESE.search(text)}
    assert {key for key in same if not key.startswith("schema.dialect_")} == NAMES_ONLY


def test_japanese_sentences_put_no_space_beside_japanese_letters_but_around_names() -> None:
    spaced = [
        key
        for key, text in ja.TEXTS.items()
        if re.search("[\u3040-\u30ff\u3400-\u9fff] [\u3040-\u30ff\u3400-\u9fff]", text)
    ]
    assert spaced == []


def test_every_message_of_the_pipeline_has_a_japanese_one_with_the_same_places() -> None:
    found = templates()
    assert len(found) > 60  # else the search itself is broken
    missing = {text: where for text, where in found.items() if text not in messages_ja.MESSAGES}
    assert missing == {}
    assert [text for text, said in messages_ja.MESSAGES.items() if places(text) != places(said)] == []
    assert messages_ja.MESSAGES.keys() - found.keys() == set()


def test_every_tag_of_the_pipeline_is_said_in_words() -> None:
    keys = [f"reason.{tag}" for tag in REASONS] + [f"level.{level}" for level in LEVELS]
    keys += [f"kind.{kind or 'right'}" for kind in (*KINDS, EARLIER_KIND)]
    assert [key for key in keys if key not in en.TEXTS] == []


def test_every_key_that_the_page_uses_exists_and_every_text_is_used() -> None:
    files = [file for file in (ROOT / "space").rglob("*.py") if file.parent.name not in ("en", "ja")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    said = {each for each in re.findall(r'"([a-z]+\.[a-z_]+)"', source) if not each.endswith((".sql", ".jsonl", ".js"))}
    prefixes = {key.partition(".")[0] for key in en.TEXTS}
    assert {key for key in said if key.partition(".")[0] in prefixes} - en.TEXTS.keys() == set()
    stems = tuple(re.findall(r'f"([a-z]+\.[a-z_]*)\{', source))  # keys built from a stage's or a tag's name
    ends = (".purpose", ".purpose_sample", ".purpose_in_turns", ".takes", ".gives", ".one")
    built = {key for key in en.TEXTS if key.startswith(stems) or key.endswith(ends)}
    assert en.TEXTS.keys() - said - built - {"pairs.sql", "ask.sql"} == set()


def test_no_component_is_given_a_literal_text() -> None:
    literal = []
    for file in (ROOT / "space" / "tabs").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                literal += [f"{file.name}:{call.lineno}" for each in call.keywords if _is_words(each)]
    assert literal == []


def _is_words(keyword: ast.keyword) -> bool:
    """Whether a component's property is given as text for people, rather than as a key of one."""
    value = keyword.value
    text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
    return (
        keyword.arg in TEXT_PROPERTIES
        and bool(text)
        and (" " in text or keyword.arg in {"label", "info", "placeholder"})
    )


def test_a_count_of_one_has_its_own_form() -> None:
    words = Words("en")
    assert (words("head.tables", n=1), words("head.tables", n=9)) == ("1 table", "9 tables")


def test_a_message_keeps_its_number_formats_and_an_unknown_one_stays_english() -> None:
    ja_words = Words("ja")
    said = ja_words.message(
        "The query was stopped after {seconds:g} s. Join or filter so that it reads fewer rows.", {"seconds": 5.0}
    )
    assert said.startswith("5秒で")
    assert ja_words.message("Nobody {did} this.", {"did": "translated"}) == "Nobody translated this."
    assert ja_words.message("A brace { alone", {"x": 1}) == "A brace { alone"


def test_lengths_of_time_are_told_as_people_say_them() -> None:
    words = Words("en")
    assert [words.duration(each) for each in (8, 192, 3900)] == ["8 s", "3 min 12 s", "1 h 05 min"]
    assert [words.about(each) for each in (2, 118, 4000)] == ["5 s", "2 min", "1 h 05 min"]
    assert Words("ja").about(118) == "2分"
