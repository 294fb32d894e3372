"""`--on hf-jobs`: where a training runs, and the question whether its price is agreed to.

In: the options of `train` and `run`. Out: what trains an order, here or on a rented machine. Limit: it is asked only on a
terminal; elsewhere `--yes` must say it.
"""

from __future__ import annotations

import sys
from functools import partial

import typer

from pipeline.commands.common import output
from pipeline.errors import UserError
from pipeline.hub.jobs import rented
from pipeline.hub.rental import Offer, Rental, seconds_of
from pipeline.run.training import Tune
from pipeline.student.train import train_adapter

PRICE = (
    "A {flavor} ({name}) at Hugging Face Jobs costs ${hour:.2f} an hour, billed by the minute while it trains: "
    "at most ${most:.2f} for {minutes:.0f} min."
)


def place_to_train(on: str, flavor: str, timeout: str, yes: bool) -> Tune:
    """What trains where the options say. Raises UserError for a place or a time that there is not."""
    if on not in ("", "hf-jobs"):
        raise UserError(
            "Nothing can be trained on {on}. Give --on hf-jobs, or leave it out to train here.", on=repr(on)
        )
    if not on:
        return train_adapter
    return rented(Rental(flavor, seconds_of(timeout)), agree=partial(agree, yes))


def agree(yes: bool, offer: Offer) -> None:
    """Tell the price on stderr, and have somebody agree. Raises UserError when nobody does."""
    values = {"flavor": offer.flavor, "name": offer.name, "hour": offer.dollars_per_hour, "most": offer.most,
              "minutes": offer.seconds / 60}  # fmt: skip
    if not yes and (output.as_json or not _on_terminal()):
        raise UserError(PRICE + " Add --yes to agree.", **values)
    if not output.as_json:
        print(PRICE.format(**values), file=sys.stderr)
    if not yes and not _confirmed():
        raise UserError("Nothing was rented and nothing is to be paid.")


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _confirmed() -> bool:
    try:
        return typer.confirm("Rent it?", err=True)
    except typer.Abort:
        return False
