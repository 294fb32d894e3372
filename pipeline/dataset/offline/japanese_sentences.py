"""Japanese text of a question → as it is said: people are counted in 人 and asked for with 誰, prices are high, stocks many."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HIGH = r"(?:価格|単価|給与|原価|標高|人口密度|評価|年齢|平均[^はがの]{1,6})"
_MANY = r"(?:在庫数|数量|人口|件数|残高)"
_BETWEEN = r"([^、。がはを]{0,24}?)"
_RULES = (
    (rf"({_HIGH}が{_BETWEEN})大きい", r"\1高い"),
    (rf"({_HIGH}が{_BETWEEN})(?:小さい|少ない)", r"\1低い"),
    (rf"({_MANY}が{_BETWEEN})(?:大きい|高い)", r"\1多い"),
    (rf"({_MANY}が{_BETWEEN})(?:小さい|低い)", r"\1少ない"),
    (rf"({_HIGH}の)大きい", r"\1高い"),
    (rf"({_HIGH}の)小さい", r"\1低い"),
    (rf"(最も|一番)大きい({_HIGH})", r"\1高い\2"),
    (rf"(最も|一番)小さい({_HIGH})", r"\1低い\2"),
    (r"ですか$", "ですか？"),
    (r" ？", "？"),
    (r"((?:日|日時|時刻)は)いくつですか", r"\1いつですか"),
    (r"((?:市|国|州|都道府県|地域)は)(?:何|どれ)ですか", r"\1どこですか"),
)


def people(words: Mapping[str, str]) -> str:
    """A pattern for nouns of people; English words to Japanese ones in."""
    return f"(?:{'|'.join(map(re.escape, sorted(set(words.values()), key=len, reverse=True)))})"


def sentence(text: str, person: str) -> str:
    """The question; what it asks stays the same. `person` is a pattern of `people`."""
    for pattern, word in (*_RULES, *_people_rules(person)):
        text = re.sub(pattern, word, text)
    return text


def _people_rules(person: str) -> tuple[tuple[str, str], ...]:
    end = rf"({person}(?:「[^」]*」)?)"
    return (
        (rf"{end}があ(る|り)", r"\1がい\2"),
        (rf"{end}がない", r"\1がいない"),
        (rf"{end}は(全部で)?(?:何件|いくつ)(ありますか|ですか)", r"\1は\2何人\3"),
        (rf"{end}が(?:何件|いくつ)あ(る|り)", r"\1が何人い\2"),
        (rf"{end}の件数", r"\1の人数"),
        (rf"{end}([がを]|の上位)(\d+)件", r"\1\2\3人"),
        (rf"{end}は(?:どれ|何)ですか", r"\1は誰ですか"),
        (rf"{end}は何がありますか", r"\1は誰ですか"),
        (rf"にある({person})", r"にいる\1"),
        (rf"({person}は[^、。]{{1,12}}に)あり", r"\1い"),
        (r"何人ありますか", "何人いますか"),
        (r"(\d+人(?:以上|以下)?)ある", r"\1いる"),
    )
