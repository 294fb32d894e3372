"""Japanese: noun phrases with their restrictions in front, superlatives, and the words of the glossary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from pipeline.dataset.offline.glossary import DONE, GLOSSARY, VERBS, japanese
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.japanese_sentences import people, sentence
from pipeline.dataset.offline.japanese_templates import TEMPLATES
from pipeline.dataset.offline.lexicon import PEOPLE, SUPERLATIVES, Verb, date_noun
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.speaker import Speaker
from pipeline.dataset.offline.values import shown

_HIGH = {
    "価格": "高い",
    "単価": "高い",
    "給与": "高い",
    "原価": "高い",
    "標高": "高い",
    "人口": "多い",
    "人口密度": "高い",
}
_LOW = {"高い": "低い", "多い": "少ない", "大きい": "小さい", "長い": "短い"}
_MONEY = ("価格", "単価", "給与", "原価", "金額", "返金額")
_THINGS = {
    "価格": ("高価な", "安い"),
    "人口": ("人口の多い", "人口の少ない"),
    "面積": ("大きな", "小さな"),
    "長さ": ("長い", "短い"),
}
"""Adjectives of the thing itself, by the name of its attribute."""


_UNITS = {"yen": "円", "dollars": "ドル", "euros": "ユーロ", "minutes": "分", "hours": "時間", "days": "日"}


class Japanese(Speaker):
    """Japanese questions, polite or terse."""

    code = "ja"
    templates = TEMPLATES

    def __init__(self, rng: Random, shared: frozenset[str] = frozenset(), own: Mapping[str, str] | None = None) -> None:
        super().__init__(rng, shared)
        self.own = own or {}
        """Japanese words of this schema by their English ones."""
        self.people = people({word: native for word, native in {**GLOSSARY, **self.own}.items() if word in PEOPLE})

    def finish(self, text: str) -> str:
        return sentence(text, self.people)

    def noun(self, entity: Entity, many: bool = False) -> str:
        return entity.ja or japanese(entity.noun, self.own)

    def word(self, words: str) -> str:
        return japanese(words, self.own)

    def plural(self, link: Link) -> str:
        return japanese(link.noun, self.own)

    def field(self, one: Field, many: bool = False) -> str:
        if one.ja:
            return one.ja
        known = [word for word in one.also if word in GLOSSARY]
        return japanese(date_noun(one.words) if one.role == "date" else self.rng.choice((one.words, *known)), self.own)

    def join(self, words: Sequence[str], last: str = "and") -> str:
        return ("または" if last == "or" else "と").join(words)

    def mention(self, entity: Entity, value: str) -> str:
        noun = self._thing(entity)
        if entity.label is None:
            return self.rng.choice((f"{noun}{value}", f"{noun}番号{value}", f"番号{value}の{noun}"))
        if value in self.shared and not entity.children:
            return self.rng.choice((f"{noun}「{value}」", f"{value}という{noun}"))
        if entity.geographic:
            return self.rng.choice((value, value, f"「{value}」", f"{value}{noun}", f"{noun}「{value}」"))
        return self.rng.choice((value, value, f"「{value}」", f"{noun}「{value}」", f"{value}という{noun}"))

    def phrase(self, subset: Subset, many: bool = True, things: bool = False) -> str:
        entity = subset.entity
        return self._before(subset) + (self._thing(entity) if things else self.noun(entity))

    def _thing(self, entity: Entity) -> str:
        """What the label names."""
        return self.noun(entity) if entity.own else japanese(entity.things, self.own)

    def _before(self, subset: Subset) -> str:
        return "、".join(one.post for one in subset.filters if one.post)

    def asked(self, subset: Subset) -> tuple[str, str]:
        return "", ""

    def definite(self, phrase: str) -> str:
        return phrase

    def indefinite(self, phrase: str) -> str:
        return phrase

    def one_of(self, one: Field) -> str:
        return self.field(one)

    def verb(self, verb: Verb) -> dict[str, str]:
        base = VERBS.get(verb.base, f"を{verb.base}する")
        through = base.lstrip("をにのと")
        stem = {"通る": "通らない", "流れる": "流れない", "通過する": "通過しない", "横切る": "横切らない"}.get(through)
        negative = base[: len(base) - len(through)] + (stem or f"{through}ことのない")
        return {
            "base": base,
            "third": base,
            "ing": base,
            "verb": base,
            "through": through,
            "negative": negative,
            "base_both": base,
        }

    def done(self, participle: str) -> str:
        return DONE.get(participle, "")

    def name_word(self) -> str:
        return "名前"

    def superlative(self, subset: Subset, one: Field, high: bool) -> str:
        before, noun = self._before(subset), self._thing(subset.entity)
        inside = f"{before}{noun}のうち" if before else ""
        most, word = self.rng.choice(("最も", "一番")), self.field(one)
        things = _THINGS.get(word) if subset.entity.having("number").count(one) and self.rng.random() < 0.5 else None
        if things:
            return (
                f"{inside}{most}{things[0 if high else 1]}{noun}"
                if inside
                else f"{most}{things[0 if high else 1]}{noun}"
            )
        return f"{inside}{word}が{most}{self._adjective(one, high)}{noun}"

    def _adjective(self, one: Field, high: bool) -> str:
        if one.role == "date":
            return "新しい" if high else "古い"
        word = "長い" if self.field(one) == "長さ" else _HIGH.get(self.field(one), "大きい")
        return word if high else _LOW[word]

    def ask_extreme(self, subset: Subset, one: Field, high: bool) -> str:
        return self.ask("superlative", s=self.superlative(subset, one, high))

    def extreme_word(self, one: Field, high: bool) -> str:
        word = self.field(one)
        if one.words.split()[0] in SUPERLATIVES:
            return word
        if one.role == "date":
            return f"最も{'新しい' if high else '古い'}{word}"
        return f"{self.rng.choice(('最大の', '最も大きい') if high else ('最小の', '最も小さい'))}{word}"

    def how(self, entity: Entity, one: Field, x: str) -> str:
        word = self.field(one)
        if one.role == "number":
            other = "いくらですか" if word in _MONEY else "どれくらいですか"
            return f"{x}の{word}は{self.rng.choice(('いくつですか', other))}？"
        return f"{x}の{word}はいつですか？" if one.role == "date" else ""

    def count(self, number: int) -> str:
        return str(number)

    def amount(self, one: Field, value: float) -> str:
        return f"{shown(value)}{_UNITS.get(one.unit, '')}"

    def day(self, date: str) -> str:
        year, month, day = date.split("-") if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else ("", "", "")
        return f"{year}年{int(month)}月{int(day)}日" if year and self.rng.random() < 0.5 else date

    def happened(self, participle: str) -> str:
        return self.done(participle)

    def month(self, number: int, year: str) -> str:
        return f"{year}年{number}月" if year else f"毎年{number}月"

    def quarter(self, number: int, year: str) -> str:
        return f"{year}年第{number}四半期"

    def weekday(self, number: int) -> str:
        return f"{'日月火水木金土'[number]}曜日"

    def period(self, unit: str) -> str:
        return {"month": "月", "quarter": "四半期", "weekday": "曜日"}[unit]

    def than(self, entity: Entity, one: Field, more: bool) -> str:
        return f"より{self._adjective(one, more)}"
