"""Other words under which a few common values are asked for: countries and their peoples, sexes, statuses in Japanese.

`other_words("usa")` → the words that may stand for it in a question. Short on purpose: a value that is not here has to
stand in the question itself, because that is what the student can learn from.
"""

from __future__ import annotations

from functools import cache

_GROUPS = """
usa, us, the us, u.s., u.s.a., united states, america, american, the nation, nationwide, in the country, アメリカ, 米国
uk, gb, united kingdom, great britain, britain, british, england, english, イギリス, 英国
japan, jp, japanese, 日本
germany, de, german, deutschland, ドイツ
france, fr, french, フランス
italy, it, italian, イタリア
spain, es, spanish, スペイン
china, cn, chinese, 中国
india, in, indian, インド
canada, ca, canadian, カナダ
australia, au, australian, オーストラリア
brazil, br, brazilian, ブラジル
mexico, mx, mexican, メキシコ
netherlands, nl, dutch, holland, オランダ
switzerland, ch, swiss, スイス
south korea, korea, kr, korean, 韓国
f, female, woman, women, girl, girls, 女性
m, male, man, men, boy, boys, 男性
tokyo, 東京
osaka, 大阪
kyoto, 京都
cancelled, canceled, キャンセル, 取消, 取り消し
delivered, 配達, 配送済, 届, 納品
shipped, 発送, 出荷
pending, 保留, 未処理, 処理待ち
completed, complete, done, finished, 完了
active, 有効, アクティブ
inactive, 無効, 非アクティブ
failed, failure, 失敗
refunded, 返金
card, credit card, カード
cash, 現金
transfer, 振込, 振り込み
points, ポイント
damaged, 破損
"""
_CODES_ONLY = frozenset({"it", "in", "es", "de", "ca", "m", "f", "us"})
"""Codes that are common words in a question: they are looked up, never looked for."""


@cache
def _by_word() -> dict[str, frozenset[str]]:
    groups = [frozenset(word.strip() for word in line.split(",")) for line in _GROUPS.strip().splitlines()]
    return {word: group - _CODES_ONLY - {word} for group in groups for word in group}


def other_words(value: str) -> frozenset[str]:
    """The other words for a value (case-folded), itself not among them."""
    return _by_word().get(value, frozenset())
