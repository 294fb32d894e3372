"""What a person changes of a judged pair: another text, kept all the same, or dropped.

In: the pair as the store has it. Out: the pair to put in its place; nothing is written here. An edited pair passes the
gate like any other. One limit: a pair kept by hand has only been seen to run; nothing says that it can be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.database.sandbox import Sandbox
from pipeline.database.sql import level, parse_select, template
from pipeline.dataset.gate import BY_HAND, Gate
from pipeline.dataset.pasted import detect_language
from pipeline.errors import SqlError, UserError
from pipeline.records import JudgedPair, Verdict


def edited(gate: Gate, others: Sequence[JudgedPair], before: JudgedPair, question: str, sql: str) -> JudgedPair:
    """The pair with another text, judged beside the kept `others`; its certificate says how it came (`was`).

    A verdict that is not ok says why it would be dropped.
    """
    for other in others:
        if other.verdict.ok and other.id != before.id:
            gate.remember(other)
    text, statement = question.strip(), sql.strip().rstrip(";").rstrip()
    language = before.pair.language if text == before.pair.question else detect_language(text)
    judged = gate.judge(replace(before.pair, question=text, sql=statement, language=language))
    was = before.certificate.get("was") or [before.pair.question, before.pair.sql]
    side = before.split if judged.template == before.template else ""
    return replace(judged, certificate={**judged.certificate, "was": was}, split=side, id=before.id)


def kept(before: JudgedPair, databases: Sequence[Path]) -> JudgedPair:
    """The dropped pair as a kept one: with its old proof where only a hand had dropped it, else kept by hand.

    Raises SqlError where its SQL is no SELECT or does not run, UserError where there is no question.
    """
    if before.verdict.ok:
        return before
    if not before.pair.question.strip():
        raise UserError("There is no question. Type one.")
    parse_select(before.pair.sql)
    certificate = before.certificate
    if before.verdict.reason != BY_HAND or "rows" not in certificate:
        certificate = {**certificate, **_run(before.pair.sql, databases), "by_hand": True}
    form, grade = template(before.pair.sql), level(before.pair.sql)
    return replace(before, verdict=Verdict(True), template=form, level=grade, certificate=certificate)


def _run(sql: str, databases: Sequence[Path]) -> dict[str, Any]:
    with Sandbox() as sandbox:
        answers = sandbox.run_many([sql], databases)[0]
    if isinstance(answers, SqlError):
        raise answers
    return {"databases": len(databases), "rows": [len(answer.rows) for answer in answers]}


def dropped(before: JudgedPair) -> JudgedPair:
    """The kept pair as a dropped one; its certificate stays, should somebody change their mind."""
    return replace(before, verdict=Verdict(False, BY_HAND), split="") if before.verdict.ok else before
