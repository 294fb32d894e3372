"""What the server that speaks Claude's API says where no queries are wanted: questions for given ones, or unanswerable ones.

A message in, items out; None where it asks for pairs. The questions are no beauties: each says every value of its query.
"""

from __future__ import annotations

import json
import re
from itertools import count

from pipeline.records import CATEGORIES

_TALLY = count(1)


def worded(order: str) -> list[dict[str, object]] | None:
    if "write no queries this time" not in order.lower():
        return None
    data = json.loads(order.split("<data>\n")[1].split("\n</data>")[0])
    japanese = "in Japanese" in order
    if "queries" in data:
        return [
            {"number": int(number), "instruction": _question(sql, japanese)} for number, sql in data["queries"].items()
        ]
    if "pairs" in data:
        number = int(re.search(r"write (\d+) other questions", order)[1])  # type: ignore[index]  # it says so
        return [
            {"number": int(row), "instruction": _OPENINGS[japanese][at % 3].format(pair["question"])}
            for row, pair in data["pairs"].items()
            for at in range(number)
        ]
    wanted = int(re.search(r"write (\d+) questions", order)[1])  # type: ignore[index]  # it says so
    return [{"category": CATEGORIES[at % len(CATEGORIES)], "instruction": _unknown(japanese)} for at in range(wanted)]


_OPENINGS = {
    False: (
        "For the monthly report: {}",
        "Our manager would be glad to learn this: {}",
        "Somebody from sales asked: {}",
    ),
    True: ("報告書のために知りたいのですが、{}", "店長からの質問です。{}", "社内の資料に載せます。{}"),
}


def _question(sql: str, japanese: bool) -> str:
    said = " ".join(re.sub(r"[^\w.'\-%:<>=]+", " ", sql).replace("'", "").split())
    return f"{said} を教えてください" if japanese else f"Please work out: {said}?"


def _unknown(japanese: bool) -> str:
    number = next(_TALLY)
    return (
        f"来年の見込み第{number}号はどうなりますか" if japanese else f"What will forecast number {number} be next year?"
    )
