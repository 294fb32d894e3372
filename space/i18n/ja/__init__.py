"""The page in Japanese: key → text, with the keys of the package `en`.

Style: です・ます, button names in 「」, no half-width space between Japanese and Latin words.
"""

from space.i18n.ja import (
    ask,
    audit,
    batch,
    dataset,
    drift,
    export,
    extend,
    frame,
    glossary,
    opinion,
    quota,
    schema,
    scores,
    share,
    train,
)

TEXTS: dict[str, str] = (
    frame.TEXTS
    | schema.TEXTS
    | dataset.TEXTS
    | drift.TEXTS
    | audit.TEXTS
    | export.TEXTS
    | glossary.TEXTS
    | opinion.TEXTS
    | extend.TEXTS
    | batch.TEXTS
    | train.TEXTS
    | quota.TEXTS
    | scores.TEXTS
    | share.TEXTS
    | ask.TEXTS
)
