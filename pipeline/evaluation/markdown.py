"""A `Report` as Markdown in English: the file that is downloaded, and the part on scores of a model card.

In: a report. Out: text. Whatever a person or a model wrote stands in code marks and cannot end its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.database.answers import COMPARISON
from pipeline.evaluation.report import MODELS, Paired, Question, Report, Shares
from pipeline.evaluation.scoring import EARLIER_KIND
from pipeline.evaluation.statistics import said_p

KIND_WORDS = {
    "": "right", "wrong-rows": "wrong rows", "error": "error while running", "unknown-name": "unknown name",
    "does-not-parse": "does not parse", "no-sql": "no SQL", EARLIER_KIND: "does not run",
}  # fmt: skip
LEVEL_WORDS = {"one-table": "one table", "join": "join or group", "nested": "nested"}
VERDICTS = {
    "unproved": "Not proved yet: so small a difference may be chance.",
    "worse": "The tuned model is worse than its base.",
    "better": "",
}
HELD_OUT = "Questions: pairs held out of training."


def to_markdown(report: Report, heading: str = "##", each: bool = True) -> str:
    """The report as Markdown, from its scores to each question (left out where not `each`), without a title."""
    parts = [
        (f"{heading} Scores", f"{_scores(report)}\n\n{_sentences(report)}"),
        (f"{heading} By difficulty", _shares(report, report.by_level, "questions that read", LEVEL_WORDS)),
        (f"{heading} By table", _shares(report, report.by_table, "questions about", {})),
        (f"{heading} Where the misses come from", _kinds(report)),
        (f"{heading} Each question", "\n\n".join(map(_question, report.questions)) if each else ""),
    ]
    return "\n\n".join(f"{title}\n\n{body}" for title, body in parts if body) + "\n"


def to_file(report: Report) -> str:
    """The report with its title, as it is downloaded."""
    return f"# Scores of {_code(report.schema)}, {_code(report.base_model)}\n\n{to_markdown(report)}"


def paired_sentence(paired: Paired) -> str:
    """Who is right where the other is not, and how likely chance would do that."""
    return (
        f"Tuned is right on {_questions(paired.gained)} the base misses, and misses {paired.lost} the base gets right "
        f"({said_p(paired.p)}). {VERDICTS[paired.verdict]}"
    ).strip()


def _scores(report: Report) -> str:
    rows = [
        (model, f"{s.accuracy:.1%}", _interval(s.low, s.high), f"{s.accuracy_set:.1%}", f"{s.accuracy_single:.1%}", s.n)
        for model, s in report.scores.items()
    ]
    return _table(("model", "execution accuracy", "95% interval", "rows as a set", "one database", "n"), rows)


def _sentences(report: Report) -> str:
    score, asked = report.main, report.asked
    parts = [paired_sentence(report.paired)] if report.paired else []
    if report.questions_needed:
        width = f"±{100 * report.half_width:.0f}"
        parts.append(f"The interval is {width} points; about {report.questions_needed} questions would make it ±5.")
    about = f", about {_code(asked['database'])}" if asked.get("database") else ""
    whose = f"Questions: {_code(asked['questions'])}{about}." if asked.get("questions") else HELD_OUT
    how = [whose, COMPARISON.format(databases=score.databases)]
    if score.excluded:
        how.append(f"{_questions(score.excluded)} without an answer left out.")
    how.append(f"Greedy decoding on {score.hardware}; intervals: Wilson; p: McNemar, exact.")
    return "\n\n".join(filter(None, (" ".join(parts), " ".join(how))))


def _shares(report: Report, shares: Shares, what: str, words: Mapping[str, str]) -> str:
    models = [model for model in MODELS if model in report.scores]
    rows = [
        (words.get(name) or _code(name).replace("|", "\\|"), max(share.n for share in found.values()),
         *(f"{found[m].accuracy:.0%} ({_interval(found[m].low, found[m].high)})" if m in found else "–" for m in models))
        for name, found in shares.items()
    ]  # fmt: skip
    return _table((what, "n", *models), rows) if rows else ""


def _kinds(report: Report) -> str:
    found = report.by_kind
    kinds = next(iter(found.values()))
    return _table(
        ("answer", *found), [(KIND_WORDS[kind], *(counts[kind] for counts in found.values())) for kind in kinds]
    )


def _question(question: Question) -> str:
    lines = [f"{question.number + 1}. {_code(question.question)}", f"   - gold: {_code(question.gold)}"]
    for model, answer in question.answers.items():
        detail = f" ({_code(answer['detail'])})" if answer["detail"] else ""
        said = f": {_code(answer['sql'])}" if answer["sql"] else ""
        lines.append(f"   - {model}, {KIND_WORDS[answer['failure']]}{detail}{said}")
    return "\n".join(lines)


def _questions(n: int) -> str:
    return "1 question" if n == 1 else f"{n} questions"


def _interval(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}%"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _code(text: str) -> str:
    """Text as it is, in as many backticks as it needs, on one line."""
    plain = " ".join(text.split())
    marks = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{marks}{space}{plain}{space}{marks}" if plain else "–"
