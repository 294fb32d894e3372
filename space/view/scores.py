"""The Scores tab's pictures: intervals on 0–100, what the comparison was, where misses come from, each question.

In: `Score` records and answers as the store keeps them. Out: HTML; every percent stands beside its n.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pipeline.records import Score
from space.i18n import Words
from space.view.html import SHOWN_ROWS, join, sql, tag

MODELS = ("base", "tuned")
KINDS = ("", "wrong-rows", "does-not-run", "no-sql")
"""How an answer came out, from right to worst."""


def scores(
    found: Mapping[str, Score], answers: Mapping[str, Sequence[dict[str, Any]]], words: Words, questions: str = ""
) -> Markup:
    """Both accuracies with their intervals, the paired counts, whose questions, and how answers were compared.

    `questions` is the name of the file they came from; empty for the run's own held-out pairs.
    """
    shown = [found[model] for model in MODELS if model in found]
    lines = join(_interval(score, words) for score in shown)
    axis = join(tag('<span style="left:{0}%">{0}</span>', tick) for tick in (0, 25, 50, 75, 100))
    n = ", ".join(f"{score.n:,}" for score in shown[:1] if len({each.n for each in shown}) == 1) or "–"
    return tag(
        '<section class="panel scores"><h3>{}<small>{}</small></h3>{}<div class="interval axis"><span></span><i>{}</i>'
        "<em></em></div>{}<p>{}</p></section>",
        words("scores.accuracy"),
        words("scores.bar", n=n),
        lines,
        axis,
        _paired(answers, words),
        _how(shown[-1], questions, words),
    )


def _interval(score: Score, words: Words) -> Markup:
    low, high, middle = 100 * score.low, 100 * score.high, 100 * score.accuracy
    said = words("scores.said", low=f"{low:.0f}", high=f"{high:.0f}", accuracy=f"{middle:.0f}", n=score.n)
    return tag(
        '<div class="interval {model}"><span>{name}</span><i role="img" aria-label="{said}"><b style="left:{low:.1f}%;'
        'width:{wide:.1f}%"></b><u style="left:{middle:.1f}%"></u></i><em>{middle:.0f}%<small>{low:.0f}–{high:.0f}</small>'
        "</em></div>",
        model=score.model,
        name=words(f"scores.{score.model}"),
        said=said,
        low=low,
        wide=high - low,
        middle=middle,
        high=high,
    )


def _paired(answers: Mapping[str, Sequence[dict[str, Any]]], words: Words) -> Markup:
    base, tuned = ({each["number"]: each["right"] for each in answers.get(model, ())} for model in MODELS)
    both = base.keys() & tuned.keys()
    if not both:
        return Markup("")
    gained = sum(tuned[number] and not base[number] for number in both)
    lost = sum(base[number] and not tuned[number] for number in both)
    return tag('<p class="paired">{}</p>', words("scores.paired", gained=gained, lost=lost))


def _how(score: Score, questions: str, words: Words) -> Markup:
    whose = words("scores.from_file", file=questions) if questions else words("scores.from_run")
    parts = [tag("{}", whose), tag("{}", words("scores.how", databases=score.databases))]
    if score.excluded:
        parts.append(tag("{}", words("scores.excluded", count=score.excluded)))
    if score.hardware:
        name = tag('<span translate="no">{}</span>', words.hardware(score.hardware))
        parts.append(tag(words("scores.hardware", hardware="{}"), name))
    return join(parts, " " if words.language == "en" else "")


def looser(found: Mapping[str, Score], words: Words) -> Markup:
    """What others publish, named beside ours: rows as a set, and one database alone."""
    names = ("scores.strict", "scores.set", "scores.single")
    head = join(tag("<th scope=col>{}</th>", words(name)) for name in names)
    rows = join(
        tag(
            "<tr><th scope=row>{}</th><td>{:.1%}</td><td>{:.1%}</td><td>{:.1%}</td></tr>",
            words(f"scores.{model}"),
            found[model].accuracy,
            found[model].accuracy_set,
            found[model].accuracy_single,
        )
        for model in MODELS
        if model in found
    )
    table = tag("<table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>", head, rows)
    return tag('<section class="panel looser"><h3>{}</h3>{}</section>', words("scores.looser"), table)


def misses(answers: Mapping[str, Sequence[dict[str, Any]]], words: Words) -> Markup:
    """A strip a model: right, wrong rows, does not run, no SQL; numbers inside, a legend in words."""
    strips = join(
        _strip(model, Counter(each["failure"] for each in answers[model]), words)
        for model in MODELS
        if answers.get(model)
    )
    legend = join(tag('<li class="k{}">{}</li>', place, _kind(kind, words)) for place, kind in enumerate(KINDS, 1))
    return tag(
        '<section class="panel misses"><h3>{}</h3>{}<ul>{}</ul></section>', words("scores.misses"), strips, legend
    )


def _strip(model: str, counts: Counter[str], words: Words) -> Markup:
    said = ", ".join(f"{_kind(kind, words)} {counts[kind]}" for kind in KINDS)
    parts = join(
        tag('<b class="k{}" style="flex-grow:{}">{}</b>', place, counts[kind], counts[kind])
        for place, kind in enumerate(KINDS, 1)
        if counts[kind]
    )
    name = words(f"scores.{model}")
    return tag('<div class="strip"><span>{}</span><i role="img" aria-label="{}">{}</i></div>', name, said, parts)


def _kind(kind: str, words: Words) -> str:
    return words(f"kind.{kind or 'right'}")


def each_question(answers: Mapping[str, Sequence[dict[str, Any]]], words: Words) -> Markup:
    """Every question with the gold and both models' SQL side by side; the first 200."""
    by_model = {model: {each["number"]: each for each in answers.get(model, ())} for model in MODELS}
    numbers = sorted(by_model["base"].keys() | by_model["tuned"].keys())
    parts = []
    for number in numbers[:SHOWN_ROWS]:
        given = [(model, by_model[model][number]) for model in MODELS if number in by_model[model]]
        first = given[0][1]
        cells = [tag("<div><h4>{}</h4>{}</div>", words("scores.gold"), sql(first["gold"]))]
        cells += [
            tag(
                "<div><h4>{} · {}</h4>{}</div>",
                words(f"scores.{model}"),
                _kind(each["failure"], words),
                sql(each["sql"] or "–"),
            )
            for model, each in given
        ]
        marks = " · ".join(f"{words(f'scores.{model}')}: {_kind(each['failure'], words)}" for model, each in given)
        parts.append(
            tag(
                "<details><summary><b>{}</b><small>{}</small></summary><div>{}</div></details>",
                first["question"],
                marks,
                join(cells),
            )
        )
    return tag('<div class="each">{}</div>', join(parts))
