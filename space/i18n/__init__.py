"""Every word of the page, in English and Japanese.

In: a language and a text's key, or a message template of the pipeline with its values. Out: the text in that language.
Texts of the page live in the packages `en` and `ja` under the same keys; the pipeline's own messages, which are English
templates, find their Japanese in `messages_ja.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from space.i18n import en, ja, messages_ja

LANGUAGES = {"en": "English", "ja": "日本語"}
_TEXTS = {"en": en.TEXTS, "ja": ja.TEXTS}


class Words:
    """The words of one language: `words("schema.read")`, with values where the text has places for them."""

    def __init__(self, language: str) -> None:
        self.language = language if language in _TEXTS else "en"
        self._texts = _TEXTS[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key. A count `n` of 1 takes the key's singular (`key.one`) where there is one. Raises KeyError."""
        text = self._texts.get(f"{key}.one", self._texts[key]) if values.get("n") == 1 else self._texts[key]
        return text.format(**{name: _figure(value) for name, value in values.items()}) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts

    def message(self, template: str, values: Mapping[str, object]) -> str:
        """A message of the pipeline; one that is not translated stays English rather than being lost."""
        text = messages_ja.MESSAGES.get(template, template) if self.language == "ja" else template
        try:
            return text.format(**values) if values else text
        except (KeyError, IndexError, ValueError):
            return text

    def reason(self, tag: str) -> str:
        """Why a pair was dropped, or an answer is wrong, in words."""
        key = f"reason.{tag}"
        return self(key) if self.has(key) else tag.replace("-", " ")

    def duration(self, seconds: float) -> str:
        """A length of time: `8 s`, `3 min 12 s`, `1 h 05 min`."""
        whole = round(seconds)
        if whole < 60:
            return self("time.seconds", s=whole)
        if whole < 3600:
            return self("time.minutes", m=whole // 60, s=whole % 60)
        return self("time.hours", h=whole // 3600, m=f"{whole % 3600 // 60:02d}")

    def about(self, seconds: float) -> str:
        """A rough length of time, as an estimate should be told: `20 s`, `4 min`, `1 h 05 min`."""
        if seconds < 55:
            return self("time.seconds", s=max(5, round(seconds / 5) * 5))
        if seconds < 3570:
            return self("time.about_minutes", m=max(1, round(seconds / 60)))
        return self.duration(round(seconds / 300) * 300)

    def between(self, sentences: Iterable[str]) -> str:
        """Sentences in a row; Japanese ones without a space between them."""
        return ("" if self.language == "ja" else " ").join(sentences)

    def hardware(self, label: str) -> str:
        """What a number was measured on, with its count of cores in words."""
        return re.sub(r"(\d+) cores", lambda found: self("scores.cores", n=int(found[1])), label)

    def size(self, size: float) -> str:
        """A file's size: `9.4 MB`."""
        if size >= 1e9:
            return f"{size / 1e9:.1f} GB"
        return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def _figure(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
