"""What the API's errors mean for a run: a sentence with the next step, or None where trying again may help.

In: an error of the SDK. Out: a UserError. The key is in none of them: what the API said is searched for it first. Limit:
errors are told apart by their status and code, never by their wording, which changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import UserError

if TYPE_CHECKING:
    from anthropic import APIStatusError

AGAIN = frozenset({408, 409, 429})
"""Client errors that pass; so do all from 500 up, and 200, an error that came in the middle of a stream."""
LONGEST_SAID = 200
"""Characters of the API's own words."""

NO_KEY = "There is no key for Claude's API. Paste one that starts with sk-ant-, or set ANTHROPIC_API_KEY."
BAD_KEY = "The key for Claude holds characters that no key has. Paste it again, without spaces around it."
BY_STATUS = {
    401: "Claude refused the key (401). Paste a key that starts with sk-ant-, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.",
    402: "The account of this key has no credit (402). Add some in the Anthropic Console, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.",
    403: "This key may not be used for that (403). Take a key of a workspace that may, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs.",
    404: "Claude knows no model {model} (404). Choose another model. Proved and kept so far: {kept} pairs.",
}
SPEND_LIMIT = (
    "The spend limit of this key is reached (429). Raise it in the Anthropic Console, or choose “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs."
)
OTHER = (
    "Claude refused the request ({status}: {said}). Choose another model, or “Paste from Claude”. "
    "Proved and kept so far: {kept} pairs."
)
TIRED = (
    "Claude could not answer in {tries} tries ({status}). Start again later: it goes on from here. "
    "Proved and kept so far: {kept} pairs."
)
BROKEN = (
    "Claude's answer broke off {tries} times. Start again later: it goes on from here. "
    "Proved and kept so far: {kept} pairs."
)
OFFLINE = (
    "Claude's API cannot be reached. Check this computer's connection, then start again: it goes on from here. "
    "Proved and kept so far: {kept} pairs."
)
DECLINED = (
    "Claude declined {n} requests in a row. Look for wording in the schema that it may object to, or choose another model. "
    "Proved and kept so far: {kept} pairs."
)
NO_ROOM = (
    "The next request may cost up to ${worst:.3f}, and ${spent:.3f} of the cap of ${cap:.2f} are spent. "
    "Raise the cap to go on. Proved and kept so far: {kept} pairs."
)
NO_BATCH = (
    "Claude knows no batch {name} for this key (404). Give the key that sent it, or cancel the batch to ask anew. "
    "Proved and kept so far: {kept} pairs."
)
NO_ANSWERS = (
    "None of the {n} requests of a batch was answered ({said}). Start again later, or without batches. "
    "Proved and kept so far: {kept} pairs."
)


def complaint(error: APIStatusError, model: str, key: str) -> UserError | None:
    """The UserError for an answer of the API that trying again will not change; None for one that may pass.

    Its `kept` is 0: whoever raises it knows how many pairs there are (`with_kept`).
    """
    status = error.status_code
    if status == 429 and "spend_limit" in (error.error_code or ""):
        return UserError(SPEND_LIMIT, kept=0)
    if status in AGAIN or status >= 500 or status < 400:
        return None
    if status in BY_STATUS:
        return UserError(BY_STATUS[status], kept=0, model=model)
    return UserError(OTHER, status=status, said=quoted(error.api_message or error.type or "-", key), kept=0)


def quoted(said: str, key: str) -> str:
    """The API's own words in one short line without the key."""
    return " ".join(said.split()).replace(key, "…")[:LONGEST_SAID].rstrip(".")


def gave_up(tries: int, status: int, offline: bool) -> UserError:
    """What to say after the last of `tries`; `status` is that of an answer, 0 where there was none or it broke off."""
    if offline:
        return UserError(OFFLINE, kept=0)
    if status >= 400:
        return UserError(TIRED, tries=tries, status=status, kept=0)
    return UserError(BROKEN, tries=tries, kept=0)


def declined(n: int) -> UserError:
    """What to say after `n` refusals in a row."""
    return UserError(DECLINED, n=n, kept=0)


def no_batch(name: str) -> UserError:
    """What to say where the API does not have a batch, or not for this key."""
    return UserError(NO_BATCH, name=name, kept=0)


def no_answers(n: int, said: str) -> UserError:
    """What to say where batches came back without one answer; `said` is why, in the API's words."""
    return UserError(NO_ANSWERS, n=n, said=said or "-", kept=0)


def no_room(worst: float, spent: float, cap: float) -> UserError:
    """What to say where the cap leaves no room for a request; dollars."""
    return UserError(NO_ROOM, worst=worst, spent=spent, cap=cap, kept=0)


def with_kept(error: UserError, kept: int) -> UserError:
    """The same complaint with the number of pairs that are proved by now."""
    return UserError(error.template, **{**error.values, "kept": kept})


def check_key(key: str) -> str:
    """The key without blanks around it. Raises UserError where there is none, or one that no header can carry."""
    key = key.strip()
    if not key:
        raise UserError(NO_KEY)
    if not all("!" <= letter <= "~" for letter in key):
        raise UserError(BAD_KEY)
    return key
