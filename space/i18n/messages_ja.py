"""The pipeline's own sentences in Japanese: English template → Japanese template with the same {places}.

A test reads every template out of the source and holds that none is missing here and that none here is left over.
"""

from space.i18n import database_ja, pairs_ja, stages_ja

MESSAGES: dict[str, str] = database_ja.MESSAGES | pairs_ja.MESSAGES | stages_ja.MESSAGES
