"""English: how people ask. The templates are in english_templates.py; here are noun phrases, superlatives and sentences."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence

from pipeline.dataset.offline.english_sentences import sentence
from pipeline.dataset.offline.english_templates import TEMPLATES
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import LATEST, SUPERLATIVES, Verb, date_noun, measure_of, participle
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.speaker import Speaker, agree, tidy
from pipeline.dataset.offline.values import shown
from pipeline.dataset.offline.words import article, plural

_HIGH, _LOW = ("highest", "largest", "greatest", "highest"), ("lowest", "smallest", "least", "lowest")


_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = ("first", "second", "third", "fourth")
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class English(Speaker):
    """English questions, terse or whole sentences."""

    code = "en"
    templates = TEMPLATES

    def finish(self, text: str) -> str:
        return sentence(text, self.rng)

    def noun(self, entity: Entity, many: bool = False) -> str:
        noun = self.rng.choice(entity.also) if entity.also and self.rng.random() < 0.1 else entity.noun
        return plural(noun) if many else noun

    def word(self, words: str) -> str:
        return words

    def plural(self, link: Link) -> str:
        return plural(link.noun)

    def field(self, one: Field, many: bool = False) -> str:
        words = date_noun(one.words) if one.role == "date" else one.words
        words = self.rng.choice((one.words, *one.also)) if one.also else words
        return plural(words) if many else words

    def join(self, words: Sequence[str], last: str = "and") -> str:
        return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)

    def mention(self, entity: Entity, value: str) -> str:
        noun = entity.noun if entity.own else entity.things
        choices = [value, value, f"{noun} {value}", f"the {noun} {value}"]
        if entity.label is None:
            choices = [f"{noun} {value}", f"{noun} number {value}", f"the {noun} with {self.key_words(entity)} {value}"]
        elif noun in value.lower().split():
            choices = [value]
        elif value in self.shared and not entity.children:
            choices = [f"the {noun} {value}", f"{noun} {value}", f"the {value} {noun}"]
        elif any(link.verbs for link in entity.parents):
            choices = [f"the {value}", f"the {value} {noun}", f"the {value} {noun}", f"{value} {noun}", value]
        elif entity.geographic:
            choices = [value, value, value, f"the {noun} of {value}", f"the {noun} {value}", f"{value} {noun}"]
        return self.rng.choice(choices)

    def key_words(self, entity: Entity) -> str:
        """What the number of an entity without name is called."""
        return "id" if entity.key and entity.key.lower().endswith("id") else "number"

    def phrase(self, subset: Subset, many: bool = True, things: bool = False) -> str:
        entity = subset.entity
        word = entity.things if things else self.noun(entity)
        scope = self.rng.choice(entity.scope) if entity.scope and not subset.filters and self.rng.random() < 0.3 else ""
        return tidy(f"{self._around(subset, plural(word) if many else word, many)} {scope}")

    def asked(self, subset: Subset) -> tuple[str, str]:
        entity = subset.entity
        if not subset.filters or not subset.filters[-1].post:
            return "", ""
        last = subset.filters[-1].post
        being = subset.filters[-1].being if self.rng.random() < 0.5 else ""
        noun = self._around(Subset(entity, subset.filters[:-1]), entity.nouns, many=True)
        if being:
            return noun, f"are {being}"
        for start, clause in (
            ("that ", ""),
            ("who ", ""),
            ("with ", "have "),
            ("in ", "are in "),
            ("from ", "are from "),
            ("next ", "are next "),
        ):
            if last.startswith(start):
                return noun, agree(clause + last.removeprefix(start), many=True)
        first = last.split()[0]
        if first.endswith("ing"):
            return noun, f"are {last}"
        return (noun, f"were {last}") if first.endswith("ed") and first != "located" else ("", "")

    def definite(self, phrase: str) -> str:
        return f"the {phrase}"

    def indefinite(self, phrase: str) -> str:
        return article(phrase)

    def one_of(self, one: Field) -> str:
        return article(self.field(one))

    def verb(self, verb: Verb) -> dict[str, str]:
        return {"base": verb.base, "third": verb.third, "ing": verb.ing, "verb": verb.third.removesuffix(" through")}

    def done(self, participle: str) -> str:
        return participle

    def happened(self, participle: str) -> str:
        return "who joined" if participle == "joined" else participle

    def name_word(self) -> str:
        return "name"

    def _around(self, subset: Subset, noun: str, many: bool) -> str:
        pres: list[str] = []
        posts: list[str] = []
        kinds = [one for one in subset.filters if one.kind and self.rng.random() < 0.5]
        if kinds:  # cashiers, for employees whose role is cashier
            noun = noun.replace(noun.removesuffix("§").strip(), plural(kinds[0].kind) if many else kinds[0].kind)
        for one in subset.filters:
            if one in kinds[:1]:
                continue
            before = bool(one.pre) and not pres and (not one.post or self.rng.random() < 0.4)
            (pres if before else posts).append(one.pre if before else one.post)
        text = posts[0] if posts else ""
        for post in posts[1:]:
            first, second = text.split()[0], post.split()[0]
            alike = second in ("with", "whose", "that", "without", "who") and first != "in"
            verbal = _verbal(first) and _verbal(second)
            text += f" {'and' if alike or verbal else ''} {post}"
        return agree(tidy(f"{' '.join(pres)} {noun} {text}"), many)

    def superlative(self, subset: Subset, one: Field, high: bool) -> str:
        entity = subset.entity
        things = self.adjectives(entity, one, high)
        tops = (measure_of(one.words).top if high else measure_of(one.words).bottom) if _own(one) else ()
        choices = [*(f"the {adjective} @" for adjective in things for _ in "ab")]
        choices += [f"the @ with {self.expand(top)}" for top in tops]
        choices += [f"the @ with the {self.extreme_word(one, high)}"] * (2 if not choices else 1)
        text, first = self.rng.choice(choices), one.words.split()[0]
        if first in SUPERLATIVES or "with" not in text or not subset.filters:
            noun = self.phrase(subset, many=False, things=not entity.own)
            return text.replace("@", noun)
        noun = entity.things if not entity.own else entity.noun
        whole = self._around(subset, f"{noun} §", many=False)
        before, after = (part.strip() for part in whole.split("§"))
        extra = text.split("@")[1]
        return tidy(
            f"the {before} {extra} {after}"
            if self.rng.random() < 0.3 and _short(after)
            else f"the {before} {after} {extra}"
        )

    def ask_extreme(self, subset: Subset, one: Field, high: bool) -> str:
        np = self.phrase(subset, many=False, things=not subset.entity.own)
        style = self.rng.random()
        adjectives = self.adjectives(subset.entity, one, high)
        if (
            style < 0.12
            and adjectives
            and not adjectives[0].startswith(("latest", "earliest", "first", "most recently"))
        ):
            return self.ask("which_is", np=np, adjective=self.rng.choice(adjectives))
        if style < 0.42:
            measure = measure_of(one.words)
            tops = (measure.top if high else measure.bottom) if _own(one) else ()
            holds = [self.expand(top) for top in tops] + [f"the {self.extreme_word(one, high)}"] * 2
            return self.ask("which_has", np=np, extreme=self.rng.choice(holds))
        who = subset.entity.kind == "person" and subset.entity.own and self.rng.random() < 0.6
        return self.ask("superlative_who" if who else "superlative", s=self.superlative(subset, one, high))

    def adjectives(self, entity: Entity, one: Field, high: bool) -> list[str]:
        """Superlative adjectives of the entity itself, where the column is what they mean."""
        if one.role == "date":
            dates = entity.having("date")
            verb = participle(one.words)
            words = (
                list(LATEST.high if high else LATEST.low)
                if entity.kind == "thing" and entity.own and dates[0] == one and not verb
                else []
            )
            return words + ([f"{'most recently' if high else 'first'} {verb}"] if verb and verb != "joined" else [])
        measure = measure_of(one.words)
        if not entity.own and measure is not measure_of("price"):
            return []
        words = list(measure.high if high else measure.low) if _own(one) else []
        big = {"largest", "biggest", "smallest"}
        ranked = sorted(entity.having("number"), key=lambda other: measure_of(other.words).size if _own(other) else 0)
        if ranked and ranked[-1] == one and measure.size:
            return [*words, *([word for word in ("largest", "biggest") if word not in words] if high else ["smallest"])]
        return [word for word in words if word not in big]

    def extreme_word(self, one: Field, high: bool) -> str:
        words = self.field(one)
        if one.words.split()[0] in SUPERLATIVES:
            return words
        if one.role == "date":
            return f"{self.rng.choice(LATEST.high[:2] if high else LATEST.low[:1])} {words}"
        return f"{self.rng.choice(_HIGH if high else _LOW)} {words}"

    def how(self, entity: Entity, one: Field, x: str) -> str:
        if one.role == "date":
            verb = participle(one.words)
            plain = entity.kind == "thing" and verb not in ("", "joined") and verb not in x
            return self.expand(f"when was {x} {verb}") if plain else ""
        measure = measure_of(one.words)
        if not measure.how or not _own(one) or (measure.top and not entity.geographic):
            return ""
        templates = list(measure.how)
        ranked = sorted(entity.having("number"), key=lambda other: measure_of(other.words).size if _own(other) else 0)
        if measure.size > 1 and ranked and ranked[-1] == one:
            templates.append("how [big|large] is {x}")
        return tidy(self.expand(self.rng.choice(templates)).format(x=x))

    def count(self, number: int) -> str:
        return _NUMBERS[number] if number < len(_NUMBERS) and self.rng.random() < 0.25 else str(number)

    def amount(self, one: Field, value: float) -> str:
        digits = shown(value)
        if isinstance(value, int) and value >= 1000 and self.rng.random() < 0.15:
            digits = f"{value:,}"
        return f"{digits} {one.unit}" if one.unit and self.rng.random() < 0.5 else digits

    def day(self, date: str) -> str:
        year, month, day = date.split("-") if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else ("", "", "")
        spelled = year and self.rng.random() < 0.35
        return f"{month_name[int(month)]} {int(day)}, {year}" if spelled else date

    def month(self, number: int, year: str) -> str:
        return f"{month_name[number]} {year}" if year else f"{month_name[number]} of any year"

    def quarter(self, number: int, year: str) -> str:
        return self.rng.choice((f"the {_ORDINALS[number - 1]} quarter of {year}", f"Q{number} {year}"))

    def weekday(self, number: int) -> str:
        return self.rng.choice((f"a {_DAYS[number]}", f"{_DAYS[number]}s"))

    def period(self, unit: str) -> str:
        return unit

    def than(self, entity: Entity, one: Field, more: bool) -> str:
        measure = measure_of(one.words)
        words = [word for word in (measure.more if more else measure.less) if _own(one)]
        ranked = sorted(entity.having("number"), key=lambda other: measure_of(other.words).size if _own(other) else 0)
        if words and ranked[-1] != one:
            words = [word for word in words if word not in ("larger", "bigger", "smaller")]
        return self.rng.choice(words) if words else ""


def _own(one: Field) -> bool:
    """Whether the column is the measure itself, not one among several ("unit price" is, "highest elevation" is not)."""
    words = one.words.split()
    return len(words) == 1 or (
        len(words) == 2 and words[0] in ("unit", "list", "total", "current", "monthly", "annual")
    )


def _verbal(word: str) -> bool:
    """Whether a restriction that begins so is a participle or a comparative."""
    return word.endswith(("ed", "er", "ing")) or word in ("sold", "paid", "born", "worse", "more", "less")


def _short(text: str) -> bool:
    return 0 < len(text.split()) <= 3
