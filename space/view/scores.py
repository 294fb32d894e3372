"""The Scores tab's pictures: intervals on 0–100, what the comparison was, shares by level and table, where misses come from.

In: a `Report`. Out: HTML; every percent stands beside its n, and every picture says its figures in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from markupsafe import Markup

from pipeline.evaluation.report import MODELS, Question, Report, Shares
from pipeline.evaluation.scoring import EARLIER_KIND, KINDS
from pipeline.evaluation.statistics import said_p
from space.i18n import Words
from space.view.html import SHOWN_ROWS, join, shorten, sql, tag

CHOICES = ("all", "right", "wrong", "differ")
"""Which questions are listed: all, by the tuned model's answer, or where both models fared differently."""
PLACES = {**{kind: place for place, kind in enumerate(KINDS, 1)}, EARLIER_KIND: 3}
"""Kind → place on the scale of colours, from right to worst."""
DETAIL_LETTERS = 80


class _Measured(Protocol):
    @property
    def accuracy(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def n(self) -> int: ...


def scores(report: Report | None, words: Words, running: bool = False) -> Markup:
    """Both accuracies with their intervals, and what the comparison of the pair says.

    While it runs a model that has not answered yet stands there with the interval of not knowing anything.
    """
    found = report.scores if report else {}
    shown = [model for model in MODELS if model in found or running]
    lines = join(_line(model, found.get(model), words) for model in shown)
    axis = join(tag('<span style="left:{0}%">{0}</span>', tick) for tick in (0, 25, 50, 75, 100))
    n = " / ".join(dict.fromkeys(f"{found[model].n if model in found else 0:,}" for model in shown))
    return tag(
        '<section class="panel scores"><h3>{}<small>{}</small></h3>{}<div class="interval axis"><span></span><i>{}</i>'
        "<em></em></div>{}</section>",
        words("scores.accuracy"),
        words("scores.bar", n=n),
        lines,
        axis,
        said(report, words) if report and not running else Markup(""),
    )


def _line(model: str, score: _Measured | None, words: Words) -> Markup:
    name = tag("<span>{}</span>", words(f"scores.{model}"))
    figure = _figure(score) if score else tag('<em class="none">–</em>')
    return tag('<div class="interval {}">{}{}{}</div>', model, name, _bar(model, score, words), figure)


def _figure(share: _Measured) -> Markup:
    return tag("<em>{:.0f}%<small>{:.0f}–{:.0f}</small></em>", 100 * share.accuracy, 100 * share.low, 100 * share.high)


def _bar(model: str, share: _Measured | None, words: Words) -> Markup:
    """The interval and its middle on a line from 0 to 100; nothing but the whole line before anything is known."""
    if share is None:
        text = words("scores.said_nothing", model=words(f"scores.{model}"))
        return tag('<i class="{}" role="img" aria-label="{}"><b style="left:0;width:100%"></b></i>', model, text)
    low, high, middle = 100 * share.low, 100 * share.high, 100 * share.accuracy
    text = words(
        "scores.said", model=words(f"scores.{model}"), low=f"{low:.0f}", high=f"{high:.0f}", accuracy=f"{middle:.0f}",
        n=share.n,
    )  # fmt: skip
    return tag(
        '<i class="{}" role="img" aria-label="{}"><b style="left:{:.1f}%;width:{:.1f}%"></b><u style="left:{:.1f}%"></u></i>',
        model, text, low, high - low, middle,
    )  # fmt: skip


def said(report: Report, words: Words) -> Markup:
    """What the test of the pair says, in words; whether it proves anything; how many questions would say more."""
    parts, paired = [], report.paired
    if paired:
        key = "scores.paired.one" if paired.gained == 1 else "scores.paired"
        figures = {"n": tag("<b>{:,}</b>", paired.gained), "lost": tag("<b>{:,}</b>", paired.lost)}
        told = tag(words(key, n="{n}", lost="{lost}", p="{p}"), **figures, p=said_p(paired.p))
        parts.append(tag('<p class="paired">{}</p>', told))
        if paired.verdict != "better":
            parts.append(tag('<p class="verdict">{}</p>', words(f"scores.{paired.verdict}")))
        elif report.overlapping:
            parts.append(tag("<p>{}</p>", words("scores.overlap")))
    if report.questions_needed:
        width = f"{100 * report.half_width:.0f}"
        parts.append(tag("<p>{}</p>", words("scores.advice", width=width, count=report.questions_needed)))
    return join(parts)


def levels(report: Report, words: Words) -> Markup:
    """Shares of one-table, join and nested questions, both models one above the other."""
    return _shares(report.by_level, words, "scores.levels", {name: words(f"level.{name}") for name in report.by_level})


def tables(report: Report, words: Words) -> Markup:
    """Shares of the questions about each table, most asked first."""
    return _shares(report.by_table, words, "scores.tables", {}, words("scores.tables_hint"))


def _shares(shares: Shares, words: Words, title: str, names: Mapping[str, str], hint: str = "") -> Markup:
    if not shares:
        return Markup("")
    rows = join(_share(name, names.get(name), found, words) for name, found in shares.items())
    small = tag("<small>{}</small>", hint) if hint else Markup("")
    return tag(
        '<section class="panel shares"><h3>{}{}</h3><div class="lanes" tabindex="0">{}</div></section>',
        words(title), small, rows,
    )  # fmt: skip


def _share(name: str, spoken: str | None, found: Mapping[str, _Measured], words: Words) -> Markup:
    label = tag("{}", spoken) if spoken else tag('<span translate="no" title="{}">{}</span>', name, shorten(name, 22))
    lanes = join(_bar(model, found[model], words) for model in MODELS if model in found)
    figures = join(_figure(found[model]) for model in MODELS if model in found)
    n = max(share.n for share in found.values())
    return tag(
        '<div class="lane"><span>{}<small>n = {:,}</small></span><div>{}</div><div class="figures">{}</div></div>',
        label, n, lanes, figures,
    )  # fmt: skip


def how(report: Report, words: Words) -> Markup:
    """Whose questions they were, how answers were compared and on what hardware; beside it what others publish."""
    score, file = report.main, report.asked.get("questions", "")
    whose = words("scores.from_file", file=file) if file else words("scores.from_run")
    parts = [tag("{}", whose), tag("{}", words("scores.how", databases=score.databases))]
    if score.excluded:
        parts.append(tag("{}", words("scores.excluded", n=score.excluded)))
    if score.hardware:
        name = tag('<span translate="no">{}</span>', words.hardware(score.hardware))
        parts.append(tag(words("scores.hardware", hardware="{}"), name))
    told = join(parts, " " if words.language == "en" else "")
    return tag('<section class="panel how"><h3>{}</h3><p>{}</p>{}</section>', words("scores.how_title"), told,
               _looser(report, words))  # fmt: skip


def _looser(report: Report, words: Words) -> Markup:
    """What others publish, named beside ours: rows as a set, and one database alone."""
    head = join(tag("<th scope=col>{}</th>", words(f"scores.{name}")) for name in ("strict", "set", "single"))
    rows = join(
        tag(
            "<tr><th scope=row>{}</th><td>{:.1%}</td><td>{:.1%}</td><td>{:.1%}</td></tr>",
            words(f"scores.{model}"), score.accuracy, score.accuracy_set, score.accuracy_single,
        )
        for model, score in report.scores.items()
    )  # fmt: skip
    return tag('<table class="looser"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>', head, rows)


def misses(report: Report, words: Words) -> Markup:
    """A strip a model, from right to worst; numbers inside, the legend in words."""
    found = report.by_kind
    strips = join(_strip(model, counts, words) for model, counts in found.items())
    legend = join(
        tag('<li class="k{}">{}</li>', PLACES[kind], _kind(kind, words))
        for kind in next(iter(found.values()))
        if any(counts[kind] for counts in found.values())
    )
    return tag(
        '<section class="panel misses"><h3>{}</h3>{}<ul>{}</ul></section>', words("scores.misses"), strips, legend
    )


def _strip(model: str, counts: Mapping[str, int], words: Words) -> Markup:
    text = ", ".join(f"{_kind(kind, words)} {n}" for kind, n in counts.items() if n)
    parts = join(
        tag('<b class="k{}" style="flex-grow:{}" title="{}">{:,}</b>', PLACES[kind], n, _kind(kind, words), n)
        for kind, n in counts.items()
        if n
    )
    name = words(f"scores.{model}")
    return tag('<div class="strip"><span>{}</span><i role="img" aria-label="{}">{}</i></div>', name, text, parts)


def _kind(kind: str, words: Words) -> str:
    return words(f"kind.{kind or 'right'}")


def chosen(report: Report, which: str) -> list[Question]:
    """The questions of one of `CHOICES`; where there is no tuned model, by the base's answer."""
    model = report.main.model

    def fits(question: Question) -> bool:
        right = {name: bool(answer["right"]) for name, answer in question.answers.items()}
        if which == "differ":
            return len(set(right.values())) > 1
        return which == "all" or (model in right and right[model] == (which == "right"))

    return [question for question in report.questions if fits(question)]


def each_question(report: Report, words: Words, which: str = "all") -> Markup:
    """Questions with the gold and both models' SQL side by side; the first 200."""
    found = chosen(report, which)
    if not found:
        return tag('<p class="dim">{}</p>', words("scores.none_chosen"))
    count = tag('<p class="dim small">{}</p>', words("scores.count", n=len(found), all=len(report.questions)))
    more = Markup("") if len(found) <= SHOWN_ROWS else tag("<p>{}</p>", words("scores.first", n=SHOWN_ROWS))
    return tag(
        '{}<div class="each" tabindex="0">{}</div>{}',
        count,
        join(_question(each, words) for each in found[:SHOWN_ROWS]),
        more,
    )


def _question(question: Question, words: Words) -> Markup:
    cells = [tag("<div><h4>{}</h4>{}</div>", words("scores.gold"), sql(question.gold))]
    marks = []
    for model, answer in question.answers.items():
        name = words(f"scores.{model}")
        cells.append(tag("<div><h4>{} · {}</h4>{}</div>", name, _told(answer, words), sql(answer["sql"] or "–")))
        marks.append(tag('<span class="{}">{}</span>', "yes" if answer["right"] else "no",
                         f"{name}: {_kind(answer['failure'], words)}"))  # fmt: skip
    return tag(
        "<details><summary><b>{}</b><small>{}</small></summary><div>{}</div></details>",
        question.question, join(marks, " · "), join(cells),
    )  # fmt: skip


def _told(answer: Mapping[str, Any], words: Words) -> Markup:
    """The kind in words, with the name that is not there or what SQLite said."""
    kind, detail = _kind(answer["failure"], words), answer["detail"]
    if not detail:
        return tag("{}", kind)
    if detail == "timeout":
        return tag("{} ({})", kind, words("scores.timeout"))
    return tag('{} (<code translate="no">{}</code>)', kind, shorten(detail, DETAIL_LETTERS))
