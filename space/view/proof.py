"""How sharply the pairs are proved: the shares of altered queries that their databases tell apart, as a histogram.

In: pairs with their certificates. Out: HTML. Pairs judged by a version that tried no altered queries are not counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.records import JudgedPair
from space.i18n import Words
from space.view.html import join, tag

BINS = ((1.0, "100%"), (0.95, "95–99%"), (0.9, "90–94%"), (0.5, "50–89%"), (0.0, "0–49%"))
"""The least share of each bar, and its name."""


def kills(pairs: Sequence[JudgedPair], words: Words) -> Markup:
    """One bar for each of `BINS`: how many pairs had so large a share of their altered queries told apart."""
    held = [judged.certificate for judged in pairs if "kill" in judged.certificate]
    if not held:
        return Markup("")
    counts = dict.fromkeys((name for _, name in BINS), 0)
    for certificate in held:
        counts[next(name for least, name in BINS if certificate["kill"] >= least)] += 1
    most = max(counts.values())
    bars = join(
        tag(
            '<div class="kill"><span>{}</span><i><b style="width:{:.1f}%"></b></i><em>{:,}</em></div>',
            name,
            100 * count / most,
            count,
        )
        for name, count in counts.items()
        if count or name in ("100%", "95–99%", "90–94%")
    )
    mutants, killed, equal = (sum(each[key] for each in held) for key in ("mutants", "killed", "equivalent"))
    alive = mutants - killed - equal
    told = words("kills.told", n=len(held), mutants=mutants, killed=killed, equal=equal, alive=alive)
    return tag(
        '<div class="panel kills"><h3>{}</h3>{}<p class="dim small">{}</p></div>', words("kills.title"), bars, told
    )
