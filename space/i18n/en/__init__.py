"""The page in English: key → text, one file a tab. The package `ja` has the same keys, and a test holds that.

`key.one` is the form for a count of one.
"""

from space.i18n.en import (
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
