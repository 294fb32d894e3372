"""English text of a question → the question as somebody types it: with a mark or none, polite or short, "their" of people."""

from __future__ import annotations

import re
from random import Random

from pipeline.dataset.offline.lexicon import PEOPLE
from pipeline.dataset.offline.words import word_set

_QUESTIONS = word_set("what what's which who where when how in through at on to is are does do of")
_ORDERS = word_set("list show give find tell")
_OPENERS = (
    _QUESTIONS
    | _ORDERS
    | word_set("name count number return get i the for can could please display all average total compare percentage")
)
_ITS = re.compile(rf"\b({'|'.join(sorted(PEOPLE))})\b(.*?)\bits\b")


def sentence(text: str, rng: Random) -> str:
    """The question; what it asks stays the same."""
    text = _ITS.sub(r"\1\2their", text)
    asked = text
    text = _manner(text, rng)
    first = text.split()[0]
    if rng.random() < (0.5 if first in _OPENERS else 0.88):
        return text
    question = first in _QUESTIONS or first in ("can", "could")
    end = "?" if question else rng.choice((".", "")) if first in _OPENERS else ""
    return text[0].upper() + text[1:] + end if text[0].islower() or asked[0].isascii() else text


def _manner(text: str, rng: Random) -> str:
    """Now and then a request instead of an order, or a short form."""
    first, _, rest = text.partition(" ")
    chance = rng.random()
    if first in _ORDERS and not text.startswith("list price"):
        if chance < 0.07:
            return f"please {text}"
        if chance < 0.13:
            return f"{rng.choice(('can', 'could'))} you {text}"
        return f"{text} please" if chance < 0.17 else text
    if text.startswith(("what is the ", "what are the ")) and chance < 0.06:
        return (
            f"{rng.choice(('i need', 'i want', 'show me', 'looking for', 'tell me'))} the {text.split(' the ', 1)[1]}"
        )
    if first == "what" and rest.startswith("is ") and chance < 0.12:
        return f"what's {rest[3:]}"
    return f"{text} please" if first not in _OPENERS and chance < 0.06 else text
