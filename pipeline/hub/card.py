"""The model card of a run: what it was trained on, what was measured and how, and how to use it.

Every number comes from the store; what was not measured is not mentioned. Markdown with the Hub's front matter.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from pipeline.database.schema import Schema
from pipeline.records import Score
from pipeline.store import Store
from pipeline.student.bases import known_bases
from pipeline.student.prompt import SYSTEM

COMPARISON = (
    "A question counts as right when the model's SQL gives the gold's rows (as a multiset; in order where the gold has "
    "a top-level ORDER BY; floats within 1e-6) on every one of {databases} databases. *Set* ignores duplicates, as BIRD "
    "compares; *single* looks at the first database alone, as most publish."
)
HELD_OUT = "The questions are held-out pairs of the same origin; no SQL pattern of theirs was trained on."
OTHERS_QUESTIONS = "The questions are those of `{questions}`"


def model_card(store: Store, schema: Schema) -> str:
    """The card as Markdown. What has not happened yet (training, scoring) is left out."""
    trained = store.get("trained") or {}
    base = public_base(trained.get("base", ""))
    parts = [
        _front_matter(base),
        f"# {schema.name}: text to SQL with {trained.get('name', 'a small model')}\n",
        f"A LoRA adapter that writes SQLite for one schema of {_tables(schema)}, made with SQL Distillery.\n",
        _scores(store.scores(), store.get("scored_on", {})),
        _training(store, trained),
        f"## Schema\n\n```text\n{schema.to_prompt()}\n```\n",
        _usage(base, _has_chat_template(store.folder / "adapter")) if base else "",
        _limits(),
    ]
    return "\n".join(part for part in parts if part)


def _tables(schema: Schema) -> str:
    n = len(schema.tables)
    return f"{n} tables" if n > 1 else "one table"


def public_base(base: str) -> str:
    """A base's id; of a folder on this machine its name alone, because where it lies is nobody else's business."""
    place = Path(base)
    return place.name if base and (place.is_absolute() or place.is_dir()) else base


def _front_matter(base: str) -> str:
    lines = ["---", "library_name: peft", "pipeline_tag: text-generation"]
    if base in dict(known_bases()):
        lines.append("license: apache-2.0")  # that of all bases offered first; of any other base nothing is known
    if "/" in base:
        lines += [f"base_model: {base}", "base_model_relation: adapter"]
    return "\n".join([*lines, "tags: [text-to-sql, lora, trl, sft]", "---", ""])


def _scores(scores: dict[str, Score], on: dict[str, str]) -> str:
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
    said = COMPARISON.format(databases=any_score.databases)
    left_out = f" {any_score.excluded} questions without an answer are left out." if any_score.excluded else ""
    about = f", asked about `{on['database']}`." if on.get("database") else "."
    asked = OTHERS_QUESTIONS.format(questions=on["questions"]) + about if on.get("questions") else HELD_OUT
    return "\n".join(
        [*lines, "", f"{asked} {said}{left_out} Greedy decoding on {any_score.hardware}; interval: Wilson.\n"]
    )


def _training(store: Store, trained: dict[str, object]) -> str:
    if not trained:
        return ""
    settings = trained["settings"]
    assert isinstance(settings, dict)
    sources = Counter(judged.pair.source for judged in store.pairs(split="train"))
    written = ", ".join(f"{n} {source}" for source, n in sorted(sources.items()))
    return (
        f"## Training\n\n{trained['pairs']} proved pairs ({written}), {settings['epochs']} epochs, rank {settings['rank']}, "
        f"learning rate {settings['learning_rate']}, batch {settings['batch']}, seed {settings['seed']}; "
        f"{trained['steps']} steps in {trained['seconds']} s on {trained['hardware']}.\n"
    )


def _has_chat_template(adapter: Path) -> bool:
    config = adapter / "tokenizer_config.json"
    inside = config.exists() and "chat_template" in json.loads(config.read_text(encoding="utf-8"))
    return inside or (adapter / "chat_template.jinja").exists()


def _usage(base: str, chat: bool) -> str:
    """Code that runs in the unzipped folder; its prompt has the bytes of `student.prompt.render`."""
    note = "" if "/" in base else "  # a local folder: put its path here"
    return (
        "## Use\n\n```python\n"
        "from pathlib import Path\n\nfrom peft import PeftModel\n"
        "from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f'base = "{base}"{note}\n'
        'tokenizer = AutoTokenizer.from_pretrained("adapter")\n'
        'model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), "adapter")\n'
        'schema = Path("schema.prompt.txt").read_text(encoding="utf-8")\n'
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
        "Pairs written by Claude fall under Anthropic's terms, which do not allow training competing general models.\n"
    )
