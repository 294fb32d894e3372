"""Second opinions: does an independent answer to a pair's question give the pair's rows, and what follows from that?

In: a pair's SQL, another SQL for the same question, the databases. Out: an `Opinion` each, and the verdict of all of them.
Nobody is asked here. One limit: two who make the same mistake agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from pipeline.config import SandboxLimits
from pipeline.database.answers import same_answer
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import is_ordered, parse_select
from pipeline.dataset.determinism import is_decided, tie_variants
from pipeline.errors import SqlError
from pipeline.records import JudgedPair, Rows, Verdict

FAMILIES = ("plan", "direct")
"""Who is asked, in this order: one that plans before it writes; where that one is against, one that writes at once."""
DISAGREEMENT = "disagreement"
"""The reason of a pair that no opinion agrees with and at least one contradicts."""
UNTOLD = "order-not-decided"
"""Why an answer is no vote that runs, but leaves to chance which rows it gives."""
LIMITS = SandboxLimits()


@dataclass(frozen=True)
class Opinion:
    """Another answer to a pair's question."""

    sql: str
    agrees: bool | None
    """Whether it gives the pair's rows on every database; None where its SQL says nothing: then it is no vote."""
    family: str = FAMILIES[0]
    model: str = ""
    why: str = ""
    """Of one that is no vote: a short tag, such as `unknown-column` or `timeout`."""

    def as_dict(self) -> dict[str, Any]:
        """As the certificate holds it."""
        return asdict(self)


def opinions_of(certificate: Mapping[str, Any]) -> list[Opinion]:
    """The opinions that a certificate holds, in the order they came."""
    return [Opinion(**held) for held in certificate.get("opinions", ())]


def next_family(opinions: Sequence[Opinion]) -> str:
    """Who is to be asked next: the next family as long as nobody has agreed; empty where no vote is needed any more."""
    if any(opinion.agrees for opinion in opinions):
        return ""
    heard = {opinion.family for opinion in opinions}
    return next((family for family in FAMILIES if family not in heard), "")


def verdict_of(opinions: Sequence[Opinion]) -> Verdict:
    """What the opinions come to, once `next_family` names nobody.

    One that agrees is enough: the first saves the second, the second settles a split. Where none agrees and one is
    against, the pair is not ok and the detail holds the first other SQL. Where none was a vote the pair stays as it is.
    """
    against = [opinion for opinion in opinions if opinion.agrees is False]
    if against and not any(opinion.agrees for opinion in opinions):
        return Verdict(False, DISAGREEMENT, against[0].sql)
    return Verdict(True)


def standing(judged: JudgedPair) -> str:
    """How a pair stands: `agreed` (at once), `settled` (by a further vote), `disagreed`, `unanswered` (no vote that
    decides), or empty for a pair that nobody was asked about or that was dropped for another reason.
    """
    opinions = opinions_of(judged.certificate)
    if judged.verdict.reason == DISAGREEMENT:
        return "disagreed"
    if not opinions or not judged.verdict.ok or judged.certificate.get("by_hand"):
        return ""
    if any(opinion.agrees for opinion in opinions):
        return "settled" if any(opinion.agrees is False for opinion in opinions) else "agreed"
    return "unanswered"


@dataclass(frozen=True)
class Bench:
    """Where answers are compared."""

    schema: Schema
    databases: Sequence[Path]
    sandbox: Sandbox
    limits: SandboxLimits = LIMITS

    def opinion(self, gold: str, sql: str, family: str = FAMILIES[0], model: str = "") -> Opinion:
        """What another SQL says of the pair's. Raises SqlError where the pair's own does not run here.

        Rows are compared as `same_answer` does, in order where the gold is ordered. What ties leave to chance is nobody's
        mistake: a database on which one crosses a LIMIT of either is left out, and where the gold's order leaves several
        rows on one place the order does not count.
        """
        try:
            agrees = self._agrees(gold, sql)
        except _NoVoteError as none:
            return Opinion(sql, None, family, model, none.why)
        return Opinion(sql, agrees, family, model)

    def _agrees(self, gold: str, sql: str) -> bool:
        try:
            tree = parse_select(sql)
        except SqlError as error:
            raise _NoVoteError(error.reason) from error
        ours, theirs = tie_variants(_limited(parse_select(gold)), self.schema), tie_variants(tree, self.schema)
        first, second, *tied = self.sandbox.run_many([gold, sql, *ours, *theirs], self.databases, self.limits)
        mine, others = tied[: len(ours)], tied[len(ours) :]
        if isinstance(first, SqlError):
            raise first
        if isinstance(second, SqlError):
            raise _NoVoteError(second.reason)
        ordered = is_ordered(gold)
        told = [n for n in range(len(first)) if is_decided(mine, n) and is_decided(others, n)]
        if not told:
            raise _NoVoteError(UNTOLD)
        return all(same_answer(first[n], second[n], ordered and _in_order(mine, n)) for n in told)


def _limited(tree: exp.Query) -> exp.Query:
    """The query with a LIMIT that it never reaches where it has none, so that `tie_variants` breaks the ties of its order."""
    if not tree.args.get("limit"):
        tree = tree.copy()
        tree.set("limit", exp.Limit(expression=exp.Literal.number(LIMITS.rows)))
    return tree


def _in_order(tied: Sequence[tuple[Rows, ...] | SqlError], number: int) -> bool:
    """Whether the order of the rows is decided on that database: both ways of breaking ties give the same."""
    sides = [each[number] for each in tied if not isinstance(each, SqlError)]
    return len(sides) < 2 or same_answer(sides[0], sides[1], ordered=True)


class _NoVoteError(Exception):
    """An answer that says nothing; `why` is a short tag."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
