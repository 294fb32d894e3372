"""One pair, opened: its question, its SQL, and in words how it was proved or why it was dropped.

In: a pair as the store has it. Out: HTML. What a check said of a dropped pair is quoted as it was said, in English.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pipeline.records import JudgedPair
from space.i18n import Words
from space.view import opinion
from space.view.html import join, tag


def pair(judged: JudgedPair, words: Words, editing: bool = False) -> Markup:
    """The pair with its certificate; while it is edited its text stands in the fields, not here."""
    text = Markup("") if editing else opinion.statements(judged, words)
    proof = join(tag("<li>{}</li>", line) for line in certificate(judged, words))
    quoted = Markup("") if judged.verdict.ok or opinion.says_all(judged) else quote(judged)
    return tag(
        '<h3 lang="{}">{}</h3><p class="dim small">{}</p>{}<ul class="proof">{}</ul>{}{}',
        judged.pair.language,
        judged.pair.question or "…",
        " · ".join(part for part in (result(judged, words), level(judged.level, words)) if part),
        text,
        proof,
        _survivors(judged, words),
        quoted,
    )


def result(judged: JudgedPair, words: Words) -> str:
    """Kept for what, or why it was dropped."""
    if not judged.verdict.ok:
        return words.reason(judged.verdict.reason)
    return words(f"split.{judged.split}") if judged.split else words("pairs.kept")


def level(name: str, words: Words) -> str:
    """A level in words; one of another version as it is."""
    return words(f"level.{name}") if words.has(f"level.{name}") else name


def certificate(judged: JudgedPair, words: Words) -> list[str]:
    """How the pair was proved, and what a person did to it, in sentences."""
    held, lines = judged.certificate, []
    if "rows" in held:
        key = "by_hand" if held.get("by_hand") else "own" if held.get("own") else "proved"
        lines.append(words(f"certificate.{key}", n=held.get("databases", 0), rows=_rows(held["rows"])))
    if held.get("mutants"):
        counted = held["mutants"] - held["equivalent"]
        lines.append(words("certificate.mutants", killed=held["killed"], all=counted))
        lines += [words("certificate.equivalent", n=held["equivalent"])] if held["equivalent"] else []
    lines += opinion.lines(judged, words)
    if was := held.get("was"):
        lines.append(words("certificate.was", question=was[0]))
    return lines


def _survivors(judged: JudgedPair, words: Words) -> Markup:
    """The altered queries that no database told apart, to look at."""
    survivors = judged.certificate.get("survivors") or []
    if not survivors:
        return Markup("")
    listed = join(tag("<li><code>{}</code></li>", text) for _, text in survivors)
    told = words("certificate.survivors", n=len(survivors))
    return tag(
        '<details class="survivors small"><summary>{}</summary><ul translate="no">{}</ul></details>', told, listed
    )


def _rows(counts: list[Any]) -> str:
    """Rows on each database; a dash where ties at a LIMIT leave them open."""
    return ", ".join("–" if count is None else f"{count:,}" for count in counts)


def quote(judged: JudgedPair) -> Markup:
    """What the check said, as it said it: a name, a value, another question, SQLite's words."""
    said = judged.verdict.detail
    return tag('<p class="quote small" translate="no"><code>{}</code></p>', said) if said else Markup("")


def refused(judged: JudgedPair, words: Words) -> Markup:
    """An edit that the gate did not let pass."""
    return problem(words("pairs.not_proved", reason=words.reason(judged.verdict.reason))) + quote(judged)


def problem(text: str) -> Markup:
    """Why a change was refused, told inside the panel."""
    return tag('<p class="refusal" role="alert">{}</p>', text)


def aside(text: str) -> Markup:
    """What is going on, told inside the panel."""
    return tag('<p class="dim small" role="status">{}</p>', text)
