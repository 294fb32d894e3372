"""What a column holds, told from its name and type: `customer_email TEXT` → `email`, `unit_price REAL` → `money`.

English and Japanese names are understood, in snake_case or camelCase. A name that says nothing becomes `word` or
`number`; nothing here looks at data.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.database.schema import Column, Table

_PEOPLE = (
    "customer|cust|client|user|employee|staff|person|people|author|artist|manager|contact|owner|doctor|doc|patient|"
    "teacher|student|member|player|actor|director|driver|guest|passenger|sender|recipient|buyer|seller|salesperson|"
    "agent|reviewer|instructor|worker|friend|host|singer"
)

_TEXT_RULES = (
    ("email", r"e ?mail|メール"),
    ("phone", r"phone|\btel\b|mobile|\bfax\b|電話"),
    ("url", r"\burl\b|website|\blink\b|homepage"),
    ("ip", r"\bip\b"),
    ("agent", r"user agent"),
    ("uuid", r"uuid|guid"),
    ("hash", r"hash|token|api key|secret|password"),
    ("json", r"json|metadata|payload"),
    ("datetime", r"timestamp|datetime|\b(at|ts)$|date time|日時"),
    ("date", r"\b(date|dt|dob|on)$|日付|年月日|日$"),
    ("time", r"\b(time|hour)$|時刻"),
    ("color", r"\bcolou?r|色"),
    ("zip", r"\bzip|postal|post ?code|郵便"),
    ("country", r"country|countries|nation|国"),
    ("state", r"\bstates?\b|province|prefecture|\bborder|neighbou?r|traverse|都道府県"),
    ("region", r"region|territory|地域|地方"),
    ("city", r"\bcity\b|cities|\btown\b|capital|市区|都市|^市$"),
    ("address", r"address|street|\baddr\b|住所|番地"),
    ("first_name", r"first ?name|given name|forename|^名$"),
    ("last_name", r"last ?name|surname|family name|^姓$|苗字"),
    ("username", r"user ?name|login|nick ?name|screen name"),
    ("gender", r"gender|\bsex\b|性別"),
    ("currency", r"currency|\bccy\b|通貨"),
    ("language", r"language|\blang\b|言語"),
    ("category", r"categor|genre|分類|カテゴリ|ジャンル"),
    ("department", r"department|\bdept\b|division|\bteam\b|部署|部門"),
    ("job", r"\bjob\b|position|\brole\b|occupation|special(ty|i[sz]ation)|profession|役職|職"),
    ("payment", r"payment (method|type)|pay(ment)? method|支払"),
    ("status", r"status|\bstage\b|\bstate$|状態|ステータス|状況"),
    ("level", r"level|\btier\b|grade|\brank\b|priority|membership|plan\b|ランク|等級"),
    ("weekday", r"weekday|day of week|曜日"),
    ("reason", r"reason|cause|理由"),
    ("school", r"school|university|college|大学|学校"),
    ("store", r"(store|shop|branch|warehouse|outlet|office|restaurant) name|店舗?名?$|支店|倉庫"),
    ("make", r"\bmake\b"),
    ("company", r"compan|manufacturer|brand|supplier|vendor|merchant|organi[sz]ation|employer|publisher|ticker name"),
    ("company", r"会社|企業|メーカー|ブランド|仕入"),
    ("river", r"\briver"),
    ("lake", r"\blake"),
    ("mountain", r"mountain|\bpeak\b|highest point"),
    ("place", r"lowest point|landmark|location|\bplace\b|\bvenue\b|場所"),
    ("product", r"(product|item|goods|part|dish|menu|article|service) (name|title)|商品|製品|品名|品目"),
    ("drug", r"\b(drug|med|medication|medicine) name|薬"),
    ("illness", r"(diag|diagnosis|disease|condition|illness) name|病名"),
    ("project", r"project|campaign|プロジェクト"),
    ("song", r"album|song|track|曲"),
    ("book", r"book|film|movie|作品|書名"),
    ("course", r"course|subject|lesson|class name|科目|講座"),
    ("type", r"type|\bkind\b|\bmode\b|method|channel|source|gateway|種別|区分|種類|方法"),
    ("unit", r"\bunit\b|単位"),
    ("person", rf"\b({_PEOPLE}) (full )?name|full name|author|manager|contact$|owner|氏名|名前|顧客名|社員名|担当"),
    ("number_text", r"elevation|altitude|\bheight|\bdepth"),
    ("code", r"code|symbol|\bsku\b|isbn|serial|number|\b(no|num|id|ref|key|vin)\b|番号|コード"),
    ("title", r"title|headline|subject|タイトル|題名|件名"),
    ("sentence", r"desc|comment|\bnotes?\b|message|review|\bbody\b|content|summary|detail|remark|feedback|text"),
    ("sentence", r"説明|備考|コメント|内容"),
    ("name", r"\bname\b|名$|名称"),
)

_NUMBER_RULES = (
    ("boolean", r"^(is|has|can|was|allow|enabled?|active|in stock)\b|\bflag$|フラグ"),
    ("epoch", r"epoch|unix"),
    ("month", r"\bmonth$|月$"),
    ("year", r"\byear\b(?! s)|年$|年度"),
    ("weekday_number", r"weekday|day of week"),
    ("day", r"\bday$"),
    ("hour", r"\bhour$"),
    ("latitude", r"\blat\b|latitude|緯度"),
    ("longitude", r"\b(lng|lon|long)\b|longitude|経度"),
    ("age", r"\bage\b|年齢"),
    ("percent", r"percent|\bpct\b|discount|割引|率"),
    ("rate", r"\brate\b|ratio|share|probability"),
    ("rating", r"rating|\bstars?\b|評価"),
    ("score", r"score|grade|points?\b|点"),
    ("population", r"population|人口"),
    ("salary", r"salary|wage|income|revenue|budget|年収|給|予算|売上"),
    ("money", r"price|cost|amount|\bamt\b|total|\bfee|value|paid|payment|charge|\btax\b|spent|balance|limit|bonus"),
    ("money", r"refund|\bsales?\b|\bbid\b"),
    ("money", r"価格|単価|金額|料金|合計|費"),
    ("area", r"\barea\b|面積"),
    ("elevation", r"elevation|altitude|標高"),
    ("density", r"density"),
    ("length", r"length|distance|\bkm\b|miles|距離"),
    ("weight", r"weight|重"),
    ("height", r"height|身長"),
    ("duration", r"duration|minutes|seconds|hours|\bhrs\b|時間"),
    ("stock", r"stock|inventory|capacity|seats|volume|在庫|定員"),
    ("quantity", r"quantity|\bqty\b|count|\bcnt\b|\bunits\b|number of|\bnum\b|個数|数量|人数|数$"),
)

_BARE_NAMES = frozenset(("name", "title", "label", "名前", "名称", "名"))


@cache
def words_of(name: str) -> str:
    """`sbCustEmail` or `cust_email` as lower-case words with single spaces."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+|(?<=[A-Za-z])(?=\d)", " ", parted).strip().lower()


def singular(words: str) -> str:
    """The last of the words without its plural ending: `order items` → `order item`."""
    if words.endswith("ies"):
        return words[:-3] + "y"
    if words.endswith(("sses", "xes", "ches", "shes")):
        return words[:-2]
    return words[:-1] if words.endswith("s") and not words.endswith(("ss", "us", "is")) else words


@cache
def affinity(type_name: str) -> str:
    """`integer`, `real`, `text`, `date`, `datetime`, `time`, `boolean` or `blob` for a declared type."""
    upper = type_name.upper()
    for found, marks in (
        ("boolean", ("BOOL",)),
        ("datetime", ("DATETIME", "TIMESTAMP")),
        ("date", ("DATE",)),
        ("integer", ("INT", "SERIAL", "YEAR")),
        ("text", ("CHAR", "TEXT", "CLOB", "ENUM", "JSON", "UUID")),
        ("time", ("TIME",)),
        ("blob", ("BLOB", "BINARY", "BYTE")),
        ("real", ("REAL", "FLOA", "DOUB", "NUM", "DEC", "MONEY")),
    ):
        if any(mark in upper for mark in marks):
            return found
    return "text"


@lru_cache(maxsize=4096)
def kind_of(table: Table, column: Column) -> str:
    """The kind of a column's values: a name of one of the rules above, or `word`, `number`, `blob`."""
    kind = affinity(column.type)
    if kind not in ("text", "integer", "real"):
        return kind
    words = words_of(column.name)
    if words in _BARE_NAMES:
        words = singular(words_of(table.name)) + ("名" if not words.isascii() else f" {words}")
    if kind == "text":
        return _first(_TEXT_RULES, words) or ("number_text" if _first(_NUMBER_RULES, words) else "word")
    if words == "id" or words.endswith((" id", "番号", "コード")) or words in ("uid", "pid", "cid", "mid"):
        return "identity"
    return _first(_NUMBER_RULES, words) or "number"


def number_kind(column: Column) -> str:
    """The kind of the numbers that a text column holds, such as `elevation`."""
    return _first(_NUMBER_RULES, words_of(column.name)) or "number"


def is_own_name(table: Table, column: Column) -> bool:
    """Whether the column names the table's own things: `name`, `state.state_name`, `商品.商品名`."""
    if affinity(column.type) != "text":
        return False
    words, own = words_of(column.name), singular(words_of(table.name))
    return words in _BARE_NAMES or words in (own, f"{own} name", f"{own} title", f"{own}名", f"{own} code")


def prefix_of(table: Table, column: Column) -> str:
    """The letters before the number of a code: as in the samples, else the first ones of its words."""
    for sample in column.samples:
        found = re.fullmatch(r"([A-Za-z_-]{1,6})\d+", sample)
        if found:
            return found.group(1)
    own = singular(words_of(column.name).rsplit(" ", 1)[0] if " " in column.name else words_of(table.name))
    return "".join(word[0] for word in own.split()).upper()[:3] or "C"


def _first(rules: tuple[tuple[str, str], ...], words: str) -> str:
    return next((kind for kind, pattern in rules if re.search(pattern, words)), "")
