"""The way to the Hugging Face Hub: which server, whose token, and each failure as one line that says what to do.

In: a token as somebody typed it, or nothing. Out: an `HfApi` that asks one server with one token, and never with another
that lies about. On a Space only the visitor's own token counts; elsewhere a typed one goes before the saved login.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.errors import UserError

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

SECONDS = 120.0
"""How long the Hub may be silent before we give up; the library itself would wait for ever."""

NO_TOKEN = (
    "There is no token. Paste one with write access from huggingface.co/settings/tokens, or log in with: hf auth login"
)
NOT_SIGNED_IN = "You are not signed in. Press “Sign in with Hugging Face”, then upload again."
NOT_A_TOKEN = "That is not a token. Paste one that starts with hf_ from huggingface.co/settings/tokens."
REFUSED = "The Hub refused the token (401). Make a new one with write access at huggingface.co/settings/tokens."
SIGN_IN_AGAIN = (
    "The Hub refused the sign-in ({status}). Sign out and in again, and allow this app to create repositories."
)
READ_ONLY = "The token may read but not write. Make one with write access at huggingface.co/settings/tokens."
NOT_YOURS = "You may not write to {repo}. Name a repository of your own, such as {own}."
BAD_NAME = "{repo} cannot be the name of a repository. Write it as USER/NAME, with letters, digits, -, _ and dots."
NO_ANSWER = "The Hugging Face Hub at {endpoint} does not answer. Check the network and try again."
SLOW_DOWN = "The Hugging Face Hub asks to slow down (429). Wait five minutes and try again."
TROUBLE = "The Hugging Face Hub answered with an error ({status}). Wait a minute and try again."
NONSENSE = (
    "The server at {endpoint} does not answer like the Hugging Face Hub. Check HF_ENDPOINT and the network's proxy."
)
TAKEN = "{repo} is already there and was not made by SQL Distillery. Choose another name."
CHANGED = "{repo} was changed on the Hub while we wrote to it. Try again."
BAD_CARD = "The Hub refused the card of {repo}: {why}. Name a base by its id on the Hub and train again."
NOT_TAKEN = "The Hub did not take the files of {repo}: {why}. Try again."
NOT_THERE = "There is no {repo} on the Hub, or this token may not see it. Check the name, or give a token that may."


def endpoint() -> str:
    """The Hub's address: `HF_ENDPOINT` as it is now, else the library's."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def on_space() -> bool:
    """Whether strangers share this server, so that no token of its owner may be used."""
    return bool(os.environ.get("SPACE_ID"))


def reading_token(token: str) -> str | None:
    """The token to read with: the given one, elsewhere than on a Space the saved login; None reads as nobody.

    Raises UserError for a text that cannot be a token.
    """
    from huggingface_hub import get_token

    token = token.strip()
    if token and not re.fullmatch(r"[!-~]+", token):  # before it becomes a header, whose error would show it
        raise UserError(NOT_A_TOKEN)
    return token or (None if on_space() else get_token())


def writing_token(token: str) -> str:
    """The token to write with. Raises UserError when there is none."""
    found = reading_token(token)
    if not found:
        raise UserError(NOT_SIGNED_IN if on_space() and os.environ.get("OAUTH_CLIENT_ID") else NO_TOKEN)
    return found


def client(token: str | None) -> HfApi:
    """A client of the Hub with this token and no other."""
    import httpx2
    from huggingface_hub import HfApi, get_session
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()  # a stage tells its progress as events
    get_session().timeout = httpx2.Timeout(SECONDS)
    return HfApi(endpoint=endpoint(), token=token or False)


def sign_in(token: str) -> tuple[HfApi, str]:
    """A client that may write, and the user's name. Raises UserError when the token is refused or may only read."""
    api = client(writing_token(token))
    with plain_errors():
        who = api.whoami()
    if (who.get("auth") or {}).get("accessToken", {}).get("role") == "read":
        raise UserError(READ_ONLY)
    return api, str(who["name"])


@contextmanager
def plain_errors(repo: str = "", user: str = "") -> Iterator[None]:
    """Turn whatever goes wrong with the Hub into a UserError. `user` is who wants to write to `repo`."""
    import httpx2
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
    )

    try:
        yield
    except HfHubHTTPError as error:
        raise _refusal(error, repo, user) from error
    except (httpx2.HTTPError, OfflineModeIsEnabled, LocalEntryNotFoundError, ConnectionError) as error:
        raise UserError(NO_ANSWER, endpoint=endpoint()) from error
    except HFValidationError as error:
        raise UserError(BAD_NAME, repo=repr(repo)) from error
    except json.JSONDecodeError as error:
        raise UserError(NONSENSE, endpoint=endpoint()) from error
    except ValueError as error:
        if "Invalid metadata" not in str(error):
            raise
        raise UserError(BAD_CARD, repo=repo, why=_last_line(error)) from error
    except RuntimeError as error:  # of the Hub's storage client
        raise UserError(NOT_TAKEN, repo=repo, why=_last_line(error)) from error


def _refusal(error: HfHubHTTPError, repo: str, user: str) -> UserError:
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    status = error.response.status_code
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError) and repo:
        return UserError(NOT_THERE, repo=repo)
    if status in (401, 403) and on_space():
        return UserError(SIGN_IN_AGAIN, status=status)
    if status == 401:
        return UserError(REFUSED)
    if status == 403:
        mine = repo.startswith(f"{user}/")
        return UserError(READ_ONLY) if mine else UserError(NOT_YOURS, repo=repo, own=f"{user}/{repo.split('/')[-1]}")
    if status == 409:
        return UserError(TAKEN, repo=repo)
    if status == 412:
        return UserError(CHANGED, repo=repo)
    if status == 429:
        return UserError(SLOW_DOWN)
    if status == 400:
        return UserError(NOT_TAKEN, repo=repo, why=_last_line(error))
    return UserError(TROUBLE, status=status)


def _last_line(error: Exception) -> str:
    """What a server said, in one short line."""
    lines = [line.strip("- ").rstrip(".") for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
