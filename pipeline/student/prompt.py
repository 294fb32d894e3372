"""The one prompt: a prefix that all questions of a schema share, the question, then the SQL.

Training, scoring, asking and every export render it through this module, so they see the same bytes. The base's own chat
template writes it; a base without one gets `### Instruction / ### Response`. Limit: the schema must fit the context.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

SYSTEM = "Write one SQLite query that answers the question.\n\n"

CHARACTERS_PER_TOKEN = 3.2
"""Measured: the embedded base's tokenizer on the samples and four real schemas in this form, 2.5–3.5."""


def render(tokenizer: Any, schema_text: str, question: str) -> str:
    """The prompt up to where the SQL begins.

    `enable_thinking=False` is for Qwen3, whose template otherwise opens a thinking block; others ignore it.
    """
    question = " ".join(question.split())
    if not getattr(tokenizer, "chat_template", None):
        return f"### Instruction\n{SYSTEM}{schema_text}\n\n{question}\n\n### Response\n"
    messages = [{"role": "system", "content": SYSTEM + schema_text}, {"role": "user", "content": question}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    return str(text)


def prompt_ids(tokenizer: Any, schema_text: str, question: str) -> list[int]:
    """Token ids of the prompt of one question."""
    return list(tokenizer(render(tokenizer, schema_text, question), add_special_tokens=False)["input_ids"])


def example_ids(tokenizer: Any, schema_text: str, question: str, sql: str) -> tuple[list[int], int]:
    """Token ids of prompt, SQL and end token, tokenized as one text, and the position at which the SQL begins."""
    prompt = render(tokenizer, schema_text, question)
    before = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    whole = tokenizer(prompt + sql.strip().rstrip(";") + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
    return list(whole), common_run([before, whole])


def common_run(sequences: Sequence[Sequence[int]]) -> int:
    """Length of the longest run of ids that all sequences begin with."""
    shortest, longest = min(map(list, sequences)), max(map(list, sequences))
    run = 0
    while run < min(len(shortest), len(longest)) and shortest[run] == longest[run]:
        run += 1
    return run


def count_tokens(schema_text: str) -> int:
    """How many tokens the prefix of this schema has for the embedded base; an estimate before its tokenizer is here."""
    from pipeline.student.embedded import tokenizer_file

    file = tokenizer_file()
    if file is None:
        return round(len(SYSTEM + schema_text) / CHARACTERS_PER_TOKEN)
    return len(_tokenizer(str(file)).encode(SYSTEM + schema_text).ids)


@lru_cache(maxsize=1)
def _tokenizer(file: str) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(file)  # 0.7 s
