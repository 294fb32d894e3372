"""The offline teacher: question/SQL pairs from a schema alone, with no model and no network.

Words of identifiers (words.py, lexicon.py) → graph of things and links (roles.py, graph.py) → sets of rows as SQL and as words
(filters.py, children.py, chosen.py) → patterns of questions (lookups.py, nested.py, lists.py, extremes.py, groups.py,
joins.py), spoken by english.py or japanese.py → `OfflineTeacher`.
"""

from pipeline.dataset.offline.teacher import OfflineTeacher

__all__ = ["OfflineTeacher"]
