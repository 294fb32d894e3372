"""What a rented machine costs: the machines of Hugging Face Jobs by name, with their prices, and a time as people write it.

In: a machine's name, for how long at most, a token. Out: an `Offer`, told before anything is paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import UserError
from pipeline.hub.client import plain_errors, sign_in

if TYPE_CHECKING:
    from huggingface_hub import HfApi

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SHORTEST, LONGEST = 600, 7 * 86400
"""Seconds a machine is rented for. Installing what a training needs takes minutes of them."""

NO_CREDIT = "Hugging Face Jobs asks for credit on your account (402). Add some at {url} and try again."
NO_JOBS = "The token may not run Jobs (403). Make one with write access and the right to run Jobs at {url}"


@dataclass(frozen=True)
class Rental:
    """A machine by its name at Hugging Face Jobs, and the longest time that is paid for."""

    flavor: str = "t4-small"
    seconds: float = 3600.0
    """Hugging Face's own default of 30 minutes is short for a training."""


@dataclass(frozen=True)
class Offer:
    """What a rental costs, in US dollars; billed by the minute while it runs."""

    flavor: str
    name: str
    dollars_per_hour: float
    seconds: float

    @property
    def most(self) -> float:
        """The price when the whole time is used."""
        return self.dollars_per_hour * self.seconds / 3600


def seconds_of(time: str) -> float:
    """Seconds of a time such as `90m`, `2h` or `1.5h`. Raises UserError for anything else, and out of bounds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", time.strip().lower())
    seconds = float(found[1]) * UNITS[found[2]] if found else 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise UserError(
            "A machine cannot be rented for {time}. Give a time from 10m to 7d, such as 1h.", time=repr(time)
        )
    return seconds


def offer(rental: Rental, token: str = "") -> Offer:
    """The price of a rental. Raises UserError when there is no such machine or the token is refused."""
    return offer_of(sign_in(token)[0], rental)


def offer_of(api: HfApi, rental: Rental) -> Offer:
    """As `offer`, with a client that is signed in."""
    with job_errors():
        machines = {each.name: each for each in api.list_jobs_hardware()}
    one_card = [name for name, each in machines.items() if each.accelerator and str(each.accelerator.quantity) == "1"]
    if rental.flavor not in machines or (machines[rental.flavor].accelerator and rental.flavor not in one_card):
        raise UserError(
            "There is no machine {flavor} with one card to rent. Choose one of {flavors}.",
            flavor=repr(rental.flavor),
            flavors=", ".join(one_card),
        )
    found = machines[rental.flavor]
    per_hour = 3600 / {"second": 1, "minute": 60, "hour": 3600}.get(found.unit_label, 60)
    return Offer(found.name, found.pretty_name, found.unit_cost_usd * per_hour, rental.seconds)


@contextmanager
def job_errors(repo: str = "", user: str = "") -> Iterator[None]:
    """As `plain_errors`, with what only Jobs refuse."""
    from huggingface_hub.errors import HfHubHTTPError

    from pipeline.hub.client import endpoint

    with plain_errors(repo, user):
        try:
            yield
        except HfHubHTTPError as error:
            status = error.response.status_code
            if status == 402:
                raise UserError(NO_CREDIT, url=f"{endpoint()}/settings/billing") from error
            if status == 403:
                raise UserError(NO_JOBS, url=f"{endpoint()}/settings/tokens") from error
            raise
