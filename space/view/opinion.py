"""What Claude's second opinion says of a pair: a line for the certificate, and both SQLs side by side.

In: a pair as the store has it. Out: sentences and HTML. Limit: of several other answers that give other rows each different
SQL is shown, right or wrong.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.dataset.claude.models import MODELS
from pipeline.dataset.opinion import DISAGREEMENT, opinions_of, standing
from pipeline.records import JudgedPair
from space.i18n import Words
from space.view.html import join, sql, tag


def others(judged: JudgedPair) -> list[str]:
    """The SQL of the answers that give other rows, each once, in the order they came."""
    against = (each.sql for each in opinions_of(judged.certificate) if each.agrees is False)
    return list(dict.fromkeys(against))


def lines(judged: JudgedPair, words: Words) -> list[str]:
    """What the opinions come to, in sentences; none where nobody was asked."""
    opinions, said = opinions_of(judged.certificate), standing(judged)
    told = [words("opinion.no_vote", why=_why(each.why, words)) for each in opinions if each.agrees is None]
    if said == "disagreed" and not opinions:
        return [words("opinion.original")]
    if said in ("agreed", "settled", "disagreed"):
        return [words(f"opinion.{said}", model=_model(opinions[-1].model)), *told]
    return [words("opinion.unanswered"), *told] if said else told


def statements(judged: JudgedPair, words: Words) -> Markup:
    """The pair's SQL, beside the answers that contradict it where there are any."""
    against = others(judged)
    if not against:
        return sql(judged.pair.sql)
    labels = ("opinion.this", "opinion.other", "opinion.third")
    parts = zip(labels, (judged.pair.sql, *against), strict=False)
    shown = join(tag("<div><h4>{}</h4>{}</div>", words(label), sql(text)) for label, text in parts)
    return tag('<div class="opinions">{}</div>', shown)


def says_all(judged: JudgedPair) -> bool:
    """Whether the verdict's own words are shown already."""
    return judged.verdict.reason == DISAGREEMENT and judged.verdict.detail in others(judged)


def _why(tag: str, words: Words) -> str:
    """Why an answer was no vote, in words."""
    return words.reason(tag if words.has(f"reason.{tag}") else "does-not-run")


def _model(name: str) -> str:
    return MODELS[name].name if name in MODELS else name
