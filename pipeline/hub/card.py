"""The model card of a run: what it was trained on, what was measured and how, and how to use it.

Every number comes from the store; what was not measured is not mentioned. Markdown with the Hub's front matter.
"""

from __future__ import annotations

from collections import Counter

from pipeline.database.schema import Schema
from pipeline.records import Score
from pipeline.store import Store
from pipeline.student.prompt import SYSTEM

COMPARISON = (
    "A question counts as right when the model's SQL gives the gold's rows (as a multiset; in order where the gold has "
    "a top-level ORDER BY; floats within 1e-6) on every one of {databases} databases. *Set* ignores duplicates, as BIRD "
    "compares; *single* looks at the first database alone, as most publish."
)


def model_card(store: Store, schema: Schema) -> str:
    """The card as Markdown. What has not happened yet (training, scoring) is left out."""
    trained = store.get("trained") or {}
    base = trained.get("base", store.get("base", ""))
    parts = [
        _front_matter(base),
        f"# {schema.name}: text to SQL with {trained.get('name', 'a small model')}\n",
        f"A LoRA adapter that writes SQLite for one schema of {len(schema.tables)} tables, made with SQL Distillery.\n",
        _scores(store.scores()),
        _training(store, trained),
        f"## Schema\n\n```sql\n{schema.to_prompt()}\n```\n",
        _usage() if base else "",
        _limits(),
    ]
    return "\n".join(part for part in parts if part)


def _front_matter(base: str) -> str:
    lines = ["---", "library_name: peft", "pipeline_tag: text-generation", "license: apache-2.0"]
    lines += [f"base_model: {base}", "base_model_relation: adapter"] if base and not base.startswith(("/", ".")) else []
    return "\n".join([*lines, "tags: [text-to-sql, lora, trl, sft]", "---", ""])


def _scores(scores: dict[str, Score]) -> str:
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
    return "\n".join([*lines, "", f"{said}{left_out} Greedy decoding on {any_score.hardware}; interval: Wilson.\n"])


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


def _usage() -> str:
    return (
        "## Use\n\n```python\n"
        "from peft import AutoPeftModelForCausalLM\nfrom transformers import AutoTokenizer\n\n"
        'folder = "adapter"\n'
        "model, tokenizer = AutoPeftModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)\n"
        f'system = {SYSTEM!r} + open("schema.prompt.txt").read()\n'
        'messages = [{"role": "system", "content": system}, {"role": "user", "content": "How many customers are there?"}]\n'
        "inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, enable_thinking=False,\n"
        '                                       return_tensors="pt", return_dict=True)\n'
        "out = model.generate(**inputs, max_new_tokens=160, do_sample=False)\n"
        'print(tokenizer.decode(out[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True))\n```\n'
    )


def _limits() -> str:
    return (
        "## Limits\n\nMade for this schema alone. The SQL it writes may be wrong: run it read-only and look at it. "
        "Pairs written by Claude fall under Anthropic's terms, which do not allow training competing general models.\n"
    )
