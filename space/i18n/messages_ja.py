"""The pipeline's own sentences in Japanese: English template → Japanese template with the same {places}.

A test reads every template out of the source and holds that none is missing here and that none here is left over.
"""

from space.i18n import (
    claude_ja,
    database_ja,
    extend_ja,
    glossary_ja,
    hub_ja,
    opinion_ja,
    pairs_ja,
    proof_ja,
    stages_ja,
    student_ja,
    tables_ja,
    zerogpu_ja,
)

MESSAGES: dict[str, str] = (
    claude_ja.MESSAGES
    | database_ja.MESSAGES
    | extend_ja.MESSAGES
    | glossary_ja.MESSAGES
    | hub_ja.MESSAGES
    | opinion_ja.MESSAGES
    | pairs_ja.MESSAGES
    | proof_ja.MESSAGES
    | stages_ja.MESSAGES
    | student_ja.MESSAGES
    | tables_ja.MESSAGES
    | zerogpu_ja.MESSAGES
)
