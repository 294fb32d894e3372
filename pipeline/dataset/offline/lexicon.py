"""What English knows about common attribute and relation words: adjectives, verbs, kinds of nouns.

Words of a column or table in, their adjectives, verbs and prepositions out. It is general English: nothing here knows a
particular schema.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.dataset.offline.words import word_set


@dataclass(frozen=True)
class Measure:
    """How people speak of a numeric attribute. `size` ranks what a bare "biggest" means; 0 is never."""

    high: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    how: tuple[str, ...] = ()
    top: tuple[str, ...] = ()
    """What a thing *has* when it is first: "the most people"."""
    bottom: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class Verb:
    """A relation's verb: `run through`, `runs through`, `running through`."""

    base: str
    third: str
    ing: str


_BIG = ("largest", "biggest")
_BIGGER = ("larger", "bigger")
_LONG = Measure(
    ("longest",),
    ("shortest",),
    ("longer",),
    ("shorter",),
    ("how long [is|is] {x}", "what is the length of {x}"),
    size=1,
)
_HIGH = Measure(
    ("highest", "tallest"), ("lowest", "shortest"), ("higher", "taller"), ("lower",), ("how [high|tall] is {x}",)
)
_PEOPLE = Measure(
    ("largest", "biggest", "most populous", "most populated"),
    ("smallest", "least populous", "least populated"),
    ("larger", "more populous"),
    ("smaller", "less populous"),
    (
        "how many people live in {x}",
        "how many people [are|live|are there] in {x}",
        "how many [people|citizens|inhabitants|residents] does {x} have",
        "how many [citizens|inhabitants|residents] [live|are there] in {x}",
        "number of [people|citizens|inhabitants] in {x}",
        "[people|how many people] in {x}",
    ),
    ("the most people", "the most inhabitants", "the highest number of [people|citizens]"),
    ("the fewest people", "the fewest inhabitants", "the least people"),
    size=2,
)
_SIZE = Measure(
    _BIG, ("smallest",), _BIGGER, ("smaller",), ("how [big|large] is {x}", "what is the size of {x}"), size=3
)
_PRICE = Measure(
    ("most expensive", "priciest"),
    ("cheapest", "least expensive"),
    ("more expensive",),
    ("cheaper", "less expensive"),
    ("how much does {x} cost", "how much is {x}", "how expensive is {x}"),
)
_PAY = Measure(
    ("best paid", "highest paid", "best-paid"),
    ("worst paid", "lowest paid"),
    ("better paid",),
    ("worse paid",),
    ("how much does {x} earn", "how much is {x} paid", "how much does {x} make"),
)
_DENSE = Measure(
    ("densest", "most densely populated"),
    ("sparsest", "least dense"),
    ("denser",),
    ("less dense",),
    ("how dense is {x}",),
)
_AGE = Measure(("oldest",), ("youngest",), ("older",), ("younger",), ("how old is {x}",))
_WEIGHT = Measure(
    ("heaviest",), ("lightest",), ("heavier",), ("lighter",), ("how heavy is {x}", "how much does {x} weigh")
)
_RATING = Measure(("best rated", "highest rated"), ("worst rated", "lowest rated"), ("better rated",), ("worse rated",))
_DEEP = Measure(("deepest",), ("shallowest",), ("deeper",), ("shallower",), ("how deep is {x}",))
_WIDE = Measure(("widest",), ("narrowest",), ("wider",), ("narrower",), ("how wide is {x}",))
_FAST = Measure(("fastest",), ("slowest",), ("faster",), ("slower",), ("how fast is {x}",))
_AMOUNT = Measure(_BIG, ("smallest",), _BIGGER, ("smaller",), size=1)
_HOT = Measure(("hottest", "warmest"), ("coldest",), ("hotter",), ("colder",), ("how hot is {x}",))

MEASURES = {
    **dict.fromkeys(("length", "duration", "distance", "runtime"), _LONG),
    **dict.fromkeys(("height", "altitude", "elevation"), _HIGH),
    **dict.fromkeys(("population", "inhabitants", "residents"), _PEOPLE),
    **dict.fromkeys(("area", "size"), _SIZE),
    **dict.fromkeys(("price", "msrp", "fare"), _PRICE),
    **dict.fromkeys(("salary", "wage", "wages"), _PAY),
    **dict.fromkeys(("rating", "stars"), _RATING),
    **dict.fromkeys(("amount", "total"), _AMOUNT),
    **dict.fromkeys(("depth",), _DEEP),
    **dict.fromkeys(("width",), _WIDE),
    **dict.fromkeys(("speed",), _FAST),
    **dict.fromkeys(("density",), _DENSE),
    **dict.fromkeys(("age",), _AGE),
    **dict.fromkeys(("weight",), _WEIGHT),
    **dict.fromkeys(("temperature",), _HOT),
}
LATEST = Measure(("latest", "most recent", "newest"), ("earliest", "first", "oldest"))
"""Dates, as adjectives of the thing that has the date."""
PLAIN = Measure()

SUPERLATIVES = {
    "highest": 1,
    "largest": 1,
    "longest": 1,
    "biggest": 1,
    "best": 1,
    "lowest": -1,
    "smallest": -1,
    "shortest": -1,
    "worst": -1,
}
"""First words of columns that are themselves superlatives, with the direction they look in."""

_BORDER = (
    Verb("border", "borders", "bordering"),
    Verb("border", "borders", "that border"),
    Verb("border", "borders", "bordering"),
    Verb("neighbor", "neighbors", "neighboring"),
    Verb("surround", "surrounds", "surrounding"),
    Verb("adjoin", "adjoins", "adjacent to"),
    Verb("share a border with", "shares a border with", "next to"),
)
_TRAVERSE = (
    Verb("run through", "runs through", "running through"),
    Verb("run through", "runs through", "that run through"),
    Verb("flow through", "flows through", "flowing through"),
    Verb("pass through", "passes through", "passing through"),
    Verb("go through", "goes through", "going through"),
    Verb("cross", "crosses", "crossing"),
    Verb("traverse", "traverses", "traversing"),
)
VERBS: dict[str, tuple[Verb, ...]] = {
    **dict.fromkeys(("border", "borders", "neighbor", "neighbour", "neighbors", "adjacent", "bordering"), _BORDER),
    **dict.fromkeys(("traverse", "traverses", "crosses", "cross", "passes"), _TRAVERSE),
    "visits": (Verb("visit", "visits", "visiting"),),
    "visited": (Verb("visit", "visits", "visiting"),),
    "serves": (Verb("serve", "serves", "serving"),),
}
"""Columns that are a verb: the row's thing does it to what the column names."""
MUTUAL = frozenset(("border", "borders", "neighbor", "neighbour", "neighbors", "adjacent", "bordering"))
"""Verbs that hold in both directions."""

SENSES = {"capital": "city", "hometown": "city", "birthplace": "city", "headquarters": "city", "author": "person"}
"""Column words that mean a thing of another kind."""

PLACES = word_set(
    "country nation state province region prefecture county city town district area place location address store "
    "shop branch office warehouse department school building room hospital clinic hotel restaurant airport station "
    "site facility campus territory continent market category team club company dealership"
)
"""Nouns that things are *in*."""
PEOPLE = word_set(
    "customer employee person user member student teacher patient doctor client manager salesperson author player "
    "actor artist singer driver owner staff guest passenger supplier seller buyer merchant visitor candidate "
    "tenant"
)
"""Nouns that things are *of* or *by*, and that are asked for with "who"."""
BUILDINGS = word_set(
    "store shop branch office warehouse school building room hospital clinic hotel restaurant airport station site facility "
    "campus"
)
"""Places with walls: things are located there."""
GEOGRAPHIC = word_set("country nation state province region prefecture county city town district continent")
ALIASES = {"usa": ("us", "united states", "usa", "america"), "uk": ("uk", "united kingdom", "britain")}
"""Other names people use for a value."""
HIDDEN = word_set("password hash token secret key url uri logo agent uuid guid ip blob image photo latitude longitude")
"""Words of columns that nobody asks about."""
CODES = word_set("id code zip postal phone number no ref reference mcc fax ssn isbn vin type status level flag")
"""Words of numeric columns that are not quantities."""
NOUNS = {
    "customer": ("client",),
    "employee": ("staff member", "worker"),
    "product": ("item",),
    "store": ("shop", "branch"),
    "supplier": ("vendor",),
    "car": ("vehicle",),
    "doctor": ("physician",),
    "student": ("pupil",),
    "movie": ("film",),
    "film": ("movie",),
}
"""Other words for a table's rows, where no other table has them."""
SYNONYMS = {
    "area": ("size",),
    "altitude": ("height", "elevation"),
    "elevation": ("height",),
    "capital": ("capital city",),
    "email": ("email address",),
    "phone": ("phone number",),
    "salary": ("pay", "wage"),
    "stock": ("number in stock", "stock level"),
    "quantity": ("number of units",),
    "rating": ("score",),
    "balance": ("account balance",),
}
"""Other words for a column, where no other column of the table has them."""
_STEMS = {
    "ordered": "order",
    "delivered": "delivery",
    "released": "release",
    "joined": "joining",
    "opened": "opening",
    "hired": "hire",
    "paid": "payment",
    "returned": "return",
    "created": "creation",
    "updated": "update",
    "sold": "sale",
    "completed": "completion",
    "verified": "verification",
    "founded": "founding",
    "born": "birth",
}


def measure_of(words: str) -> Measure:
    """What English knows of a numeric column with these words; PLAIN when nothing."""
    for word in reversed(words.split()):
        if word in MEASURES:
            return MEASURES[word]
    return PLAIN


def participle(words: str) -> str:
    """The participle of a date column such as `ordered on`, or empty."""
    parts = words.split()
    past = len(parts) == 2 and parts[1] in ("on", "at", "date", "time")
    return parts[0] if past and (parts[0].endswith("ed") or parts[0] in _STEMS) else ""


def date_noun(words: str) -> str:
    """The noun of a date column: `ordered on` → "order date", `sale date` as it stands."""
    done = participle(words)
    if done:
        return _STEMS.get(done, done) + " date"
    parts = words.split()
    return " ".join([*parts[:-1], "time"]) if parts[-1] in ("at", "ts") and len(parts) > 1 else words
