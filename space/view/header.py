"""The frame's pictures: the title, the run header, a tab's purpose.

In: a `Head` and words. Out: HTML. What a run does not have yet is said in words, in the order of the tabs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from space.i18n import Words
from space.view.html import tag

CHANGED_BY = {"dataset": "pairs", "train": "model", "evaluate": "accuracy"}
"""The fact that a stage at work is about to change."""


@dataclass(frozen=True)
class Head:
    """What the run header tells."""

    run: str = ""
    schema: str = ""
    tables: int = 0
    kept: int = 0
    model: str = ""
    tuned: bool = False
    accuracy: dict[str, float] = field(default_factory=dict)
    busy: str = ""
    """The stage at work, or nothing."""
    left: str = ""
    """How long that stage will take still, where it can tell."""
    recorded: bool = False
    """Whether all of it came with the app."""
    read: bool = True
    """Whether the visitor's run has been looked for; not yet while the page is being loaded."""


def title(words: Words) -> Markup:
    """The product's name and what it does."""
    return tag('<header><h1>{}</h1><p class="dim">{}</p></header>', words("page.title"), words("page.tagline"))


def purpose(tab: str, words: Words, in_turns: bool = False, sample: bool = False) -> Markup:
    """A tab's heading, for screen readers, and in a sentence what it is for, with what comes in and what goes out.

    `in_turns` says that GPU time is asked for by the page, which must stay open then; `sample` that it is the sample shop.
    """
    kind = "_in_turns" if in_turns and words.has(f"{tab}.purpose_in_turns") else ""
    kind = "_sample" if sample and words.has(f"{tab}.purpose_sample") else kind
    said = words(f"{tab}.purpose{kind}")
    passage = [words("page.takes", what=words(f"{tab}.takes")), words("page.gives", what=words(f"{tab}.gives"))]
    template = (
        '<h2 class="hidden">{}</h2><p class="purpose">{}</p><p class="passage"><span>{}</span> <span>{}</span></p>'
    )
    return tag(template, words(f"tab.{tab}"), said, *passage)


def of_run(head: Head, words: Words) -> Markup:
    """Run, schema, pairs kept, model, accuracy; a phone shows run, pairs and accuracy."""
    none = tag('<span class="dim">{}</span>', words("head.not_yet"))
    schema = tag("{} · {}", head.schema, words("head.tables", n=head.tables)) if head.tables else none
    pairs = tag("{:,}", head.kept) if head.kept else none
    model = tag("{}{}", head.model, words("head.tuned") if head.tuned else "") if head.model else none
    accuracy = _accuracy(head.accuracy, none)
    tagged = tag('{} <span class="tag">{}</span>', head.run, words("head.recorded")) if head.recorded else head.run
    cells = {"run": tagged or none, "schema": schema, "pairs": pairs, "model": model, "accuracy": accuracy}
    if (busy := CHANGED_BY.get(head.busy)) is not None:
        doing = words(f"head.busy_{head.busy}")
        said = words("head.left", doing=doing, time=head.left) if head.left else doing
        word = tag('<span class="dim wide">{}</span>', said)
        cells[busy] = word if cells[busy] is none else tag("{} {}", cells[busy], word)
    drawn = Markup("").join(
        tag('<div class="fact-{}"><dt>{}</dt><dd>{}</dd></div>', name, words(f"head.{name}"), value)
        for name, value in cells.items()
    )
    return tag('<dl class="facts" aria-busy="{}">{}</dl>', "false" if head.read else "true", drawn)


def _accuracy(accuracy: dict[str, float], none: Markup) -> Markup:
    shown = {model: f"{share:.0%}" for model, share in accuracy.items()}
    if "tuned" in shown and "base" in shown:
        return tag('<span class="dim">{}</span> → {}', shown["base"], shown["tuned"])
    if "tuned" in shown:
        return tag("{}", shown["tuned"])
    return tag('<span class="dim">{}</span>', shown["base"]) if "base" in shown else none
