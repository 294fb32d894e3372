"""Words to fill databases with: people, places, products, closed lists. English, with Japanese where the schema has it.

Made once per process (Faker takes 0.2 s to start) and the same in every process: pools come out of seeded generators,
and callers draw from them with their own `random.Random`.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple


class Person(NamedTuple):
    """One person's names; `local` is the part of an email address before the @."""

    first: str
    last: str
    full: str
    local: str


class Place(NamedTuple):
    """A city and where it lies; `code` and `country_code` have two letters."""

    city: str
    state: str
    code: str
    country: str
    country_code: str
    zip: str


_PLACES = """New York|New York|NY|USA|US|10001;Los Angeles|California|CA|USA|US|90012;Chicago|Illinois|IL|USA|US|60601
Houston|Texas|TX|USA|US|77002;Phoenix|Arizona|AZ|USA|US|85004;Boston|Massachusetts|MA|USA|US|02108
San Diego|California|CA|USA|US|92101;Austin|Texas|TX|USA|US|78701;Seattle|Washington|WA|USA|US|98101
Denver|Colorado|CO|USA|US|80202;Portland|Oregon|OR|USA|US|97204;Miami|Florida|FL|USA|US|33101
Atlanta|Georgia|GA|USA|US|30303;Springfield|Illinois|IL|USA|US|62701;San Jose|California|CA|USA|US|95113
Columbus|Ohio|OH|USA|US|43215;Toronto|Ontario|ON|Canada|CA|M5H 2N2;Montréal|Quebec|QC|Canada|CA|H2Y 1C6
London|England|EN|United Kingdom|GB|SW1A 1AA;Manchester|England|EN|United Kingdom|GB|M1 1AE
Berlin|Berlin|BE|Germany|DE|10115;München|Bavaria|BY|Germany|DE|80331;Paris|Île-de-France|IF|France|FR|75001
Sydney|New South Wales|NS|Australia|AU|2000;Madrid|Madrid|MD|Spain|ES|28001;São Paulo|São Paulo|SP|Brazil|BR|01310"""

_PLACES_JA = """東京|東京都|13|日本|JP|100-0001;大阪市|大阪府|27|日本|JP|530-0001;横浜市|神奈川県|14|日本|JP|220-0011
名古屋市|愛知県|23|日本|JP|450-0002;札幌市|北海道|01|日本|JP|060-0001;福岡市|福岡県|40|日本|JP|810-0001
京都市|京都府|26|日本|JP|600-8001;神戸市|兵庫県|28|日本|JP|650-0001;仙台市|宮城県|04|日本|JP|980-0011
広島市|広島県|34|日本|JP|730-0011;金沢市|石川県|17|日本|JP|920-0901;那覇市|沖縄県|47|日本|JP|900-0001"""

_LISTS = {
    "drug": "Aspirin|Ibuprofen|Metformin|Amoxicillin|Lisinopril|Omeprazole|Insulin|Prednisone|Cetirizine|Warfarin",
    "illness": "Asthma|Migraine|Type 2 diabetes|Hypertension|Eczema|Psoriasis|Influenza|Anemia|Arthritis|Bronchitis",
    "sentence": (
        "Works as described|Arrived late but in good condition|Please call before delivery|Great value for the price|"
        "The box was damaged|Needs approval from the manager|Second reminder sent|Easy to use and quiet|"
        "Customer asked for a refund|Color differs from the picture|Follow up next week|Would buy again|"
        "Smaller than expected|Paid in cash|Urgent|No issues found|Replaced under warranty|Waiting for parts"
    ),
    "product": (
        "Desk Lamp|Office Chair|Wireless Mouse|Mechanical Keyboard|USB-C Cable|Monitor Stand|Notebook|"
        "Water Bottle|Coffee Grinder|Espresso Machine|Backpack|Running Shoes|Yoga Mat|Rain Jacket|Wool Socks|"
        "Table Tennis Set|Headphones|Bluetooth Speaker|Phone Case|Tablet Sleeve|Green Tea|Dark Chocolate|"
        "Olive Oil|Rice Cooker|Frying Pan|Kitchen Knife|Bath Towel|Wall Clock|Picture Frame|Board Game|Puzzle|"
        "Garden Hose|Tool Box|Camera Tripod|Memory Card|Power Bank|Crème Brûlée Set|Ballpoint Pen|Stapler|"
        "Paper Shredder|Desk Organizer|Travel Pillow|Sunglasses|Leather Wallet"
    ),
    "category": (
        "Electronics|Furniture|Books|Clothing|Kitchen|Toys|Sports|Garden|Stationery|Food & Drink|Beauty|Music"
    ),
    "department": "Sales|Marketing|Engineering|Finance|Human Resources|Operations|Support|Research",
    "job": "Manager|Sales Associate|Analyst|Engineer|Accountant|Assistant|Director|Technician",
    "payment": "credit_card|cash|bank_transfer|paypal|debit_card",
    "status": "active|pending|completed|cancelled|inactive",
    "level": "gold|silver|bronze|platinum",
    "weekday": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "reason": "damaged|wrong size|changed mind|late delivery|not as described",
    "gender": "female|male|other",
    "currency": "USD|EUR|JPY|GBP|CAD",
    "language": "en|ja|de|fr|es",
    "color": "black|white|red|blue|green|silver|grey|yellow",
    "region": "North|South|East|West|Central",
    "type": "standard|express|online|in_store|internal",
    "unit": "kg|g|l|ml|piece|box",
    "make": "Toyota|Honda|Ford|BMW|Nissan|Tesla|Volkswagen|Kia|Mazda|Volvo",
    "course": (
        "Databases|Algorithms|Linear Algebra|Statistics|World History|Chemistry|Economics|Philosophy|Physics|Biology"
    ),
    "project": (
        "Apollo|Website Relaunch|Data Migration|Mobile App|Billing Rewrite|Cloud Move|New Warehouse|Loyalty Program"
    ),
    "book": (
        "The Silent River|A Winter's Tale|Northern Lights|The Last Garden|Paper Moon|Open Water|"
        "The Glass House|Seven Bridges|Letters Home|The Blue Door|Under One Sky|Small Hours"
    ),
    "word": "Amber|Basic|Cedar|Delta|Echo|Focus|Harbor|Indigo|Juniper|Lotus|Maple|Nova|Orbit|Prime|Quartz|Summit",
}

_LISTS_JA = {
    "sentence": "とても良い商品です|配送が遅れました|箱が破損していました|至急対応|また購入したい|特になし|担当者に確認中",
    "product": (
        "緑茶|抹茶ラテ|醤油ラーメン|ノート|万年筆|折りたたみ傘|炊飯器|デスクライト|ワイヤレスマウス|水筒|"
        "タオル|腕時計|和菓子セット"
    ),
    "category": "家電|家具|書籍|衣類|食品|文房具|スポーツ|美容",
    "department": "営業部|開発部|人事部|経理部|総務部",
    "job": "部長|課長|主任|担当|店長",
    "payment": "現金|クレジットカード|銀行振込|コンビニ払い",
    "status": "有効|保留|完了|キャンセル",
    "level": "ゴールド|シルバー|ブロンズ",
    "reason": "破損|サイズ違い|お客様都合|配送遅延",
    "gender": "女性|男性|その他",
    "color": "黒|白|赤|青|緑",
    "region": "関東|関西|東北|九州|中部",
    "type": "通常|速達|店頭|オンライン",
    "unit": "個|箱|本|枚",
    "word": "松|竹|梅|桜|椿|楓",
}


@lru_cache(maxsize=2)
def places(japanese: bool) -> tuple[Place, ...]:
    """Real cities with state, country and postcode; two or three non-ASCII names even in an English schema."""
    text = _PLACES.replace("\n", ";") + (";" + _PLACES_JA.replace("\n", ";") if japanese else "")
    return tuple(Place(*line.split("|")) for line in text.split(";"))


@lru_cache(maxsize=2)
def people(japanese: bool) -> tuple[Person, ...]:
    """160 people; half of them Japanese where the schema is, else a handful."""
    from faker import Faker

    english, nihongo = Faker("en_US"), Faker("ja_JP")
    english.seed_instance(11)
    nihongo.seed_instance(12)
    found = [Person(first, last, f"{first} {last}", local) for first, last, local in _FOREIGN]
    for number in range(154):
        if number % 2 if japanese else number % 40 == 39:
            first, last = nihongo.first_name(), nihongo.last_name()
            found.append(Person(first, last, f"{last} {first}", nihongo.romanized_name().lower().replace(" ", ".")))
        else:
            first, last = english.first_name(), english.last_name()
            found.append(Person(first, last, f"{first} {last}", f"{first}.{last}".lower()))
    return tuple(found)


_FOREIGN = (("José", "García", "jose.garcia"), ("Zoë", "Müller", "zoe.mueller"), ("Chloé", "Lefèvre", "chloe.lefevre"))


def named(kind: str, japanese: bool) -> tuple[str, ...]:
    """Distinct names of a `person`, `city` or `country`, in a fixed order."""
    if kind == "person":
        return tuple(dict.fromkeys(person.full for person in people(japanese)))
    return tuple(dict.fromkeys(place.city if kind == "city" else place.country for place in places(japanese)))


@lru_cache(maxsize=1024)
def person_called(name: str, japanese: bool) -> Person | None:
    """The person of that full name, so that an email address fits it; None for a stranger."""
    return next((person for person in people(japanese) if person.full == name), None)


@lru_cache(maxsize=128)
def words(kind: str, japanese: bool) -> tuple[str, ...]:
    """The distinct values of a kind of text. Raises KeyError for a kind that has no list."""
    if kind in _LISTS:
        english, nihongo = _LISTS[kind].split("|"), _LISTS_JA.get(kind, "").split("|")
        if japanese and nihongo != [""]:
            # A closed list stays in one language, as a real column does; names of things are mixed.
            return tuple(nihongo + english) if kind == "product" else tuple(nihongo)
        return tuple(english)
    if kind == "thing":
        plain = _LISTS["word"].split("|")
        return tuple(f"{first} {second}" for first in plain for second in plain[::3] if first != second)
    made = _faked(kind, japanese)
    return tuple(dict.fromkeys(made))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Eight hex digits that differ where the words do, as with another release of Faker."""
    kinds = (*_LISTS, *_FAKED)
    told = [people(japanese) + places(japanese) for japanese in (False, True)]
    lists = [words(kind, japanese) for kind in kinds for japanese in (False, True)]
    return hashlib.sha256(repr((told, lists)).encode()).hexdigest()[:8]


_SHAPES = {
    "river": "{} River",
    "lake": "Lake {}",
    "mountain": "Mount {}",
    "place": "{} Point",
    "store": "{} Store",
    "school": "{} University",
    "song": "{} Song",
}
_FAKERS = {"company": "company", "address": "street_address", "agent": "user_agent"}
_FAKED = (*_SHAPES, *_FAKERS, "state", "title")
"""Kinds whose words come out of Faker."""


def _faked(kind: str, japanese: bool) -> list[str]:
    """Values out of Faker: 60 of a kind, a third of them Japanese where the schema is."""
    from faker import Faker

    english, nihongo = Faker("en_US"), Faker("ja_JP")
    english.seed_instance(21)
    nihongo.seed_instance(22)
    if kind in _SHAPES:
        return [_SHAPES[kind].format(english.last_name()) for _ in range(60)]
    if kind == "state":
        from faker.providers.address.en_US import Provider

        return [place.state for place in places(japanese)] + list(Provider.states)
    if kind == "title":
        return [english.catch_phrase() for _ in range(60)]
    name = _FAKERS[kind]
    made = [getattr(english, name)() for _ in range(60)]
    if japanese and kind in ("company", "address"):
        made[::3] = [getattr(nihongo, "company" if kind == "company" else "town")() for _ in made[::3]]
    return made
