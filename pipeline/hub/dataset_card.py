"""The pairs of a run as a data set: its files, and a card that says who wrote them and how each was proved.

In: a run's store and schema. Out: the files by their path in the repository, and Markdown with the Hub's front matter.
Every number is counted in the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.database.schema import Schema
from pipeline.dataset.certificates import CERTIFICATES, INSTANCES
from pipeline.hub.card import MADE_BY, TERMS, audited, languages_of, unlike
from pipeline.records import JudgedPair
from pipeline.store import Store

SPLITS = ("train", "heldout")
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
WRITERS = {
    "claude": "Claude ({model})",
    "offline": "SQL Distillery's grammar over the schema graph, without a language model",
    "pasted": "pasted by hand, as a person or a language model wrote them",
    "resampled": "putting other values of the same columns into question and query of a kept pair",
    "paraphrase": "asking for the query of a kept pair in other words{reworded}",
}
OURS = frozenset({"offline", "resampled", "paraphrase"})
"""Sources that no language model wrote, unless the certificate says so or the originals' own source is another."""
PROOF = (
    "Each pair was kept only if its SQL parses as one SELECT over tables and columns that exist, its values stand in the "
    "question, its order and rows are decided, and it runs on {databases} populated databases with an answer that is "
    "neither empty nor the same on all of them. {total} pairs were kept{dropped}."
)
MUTANTS = (
    "The databases tell each query from its mutants, queries that somebody nearly right would have written: of {mutants} "
    "mutants of {pairs} pairs, {killed} gave another answer on some database, {equivalent} mean the same by the schema's "
    "keys, {alive} are probably equivalent. `python -m pipeline verify FOLDER` makes the databases again from "
    "`instances.json` and proves every line of `certificates.jsonl` once more."
)
SPLIT = (
    "Train and held-out are split by SQL template (the query with its literals masked): no pattern of the held-out "
    "questions is in the training pairs. {templates} templates in all, {heldout} of them held out."
)


def dataset_files(store: Store) -> dict[str, bytes]:
    """`data/train.jsonl`, `data/heldout.jsonl`, and what checks them: certificates, what databases they stand on, schema.

    One that is not there or empty is left out; without a pair there is nothing at all.
    """
    pairs = _filled({f"data/{split}.jsonl": store.folder / f"{split}.jsonl" for split in SPLITS})
    return pairs | _filled({name: store.folder / name for name in (CERTIFICATES, INSTANCES, "schema.sql") if pairs})


def _filled(files: dict[str, Path]) -> dict[str, bytes]:
    return {path: file.read_bytes() for path, file in files.items() if file.exists() and file.stat().st_size}


def dataset_card(store: Store, schema: Schema, repo: str, adapter: str = "") -> str:
    """The card as Markdown; `adapter` is the repository of the model trained on these pairs."""
    kept = [judged for judged in store.pairs(ok=True) if judged.split]
    trained = f", for the adapter [{adapter}](https://huggingface.co/{adapter})" if adapter else ""
    parts = [
        _front_matter(store, kept),
        f"# {schema.name}: questions and SQL\n",
        f"Questions in plain language about one schema, each with the SQLite query that answers it{trained}. "
        'Made with SQL Distillery; synthetic. Each line is `{"instruction": question, "output": SQL}`.\n',
        _counts(kept),
        _writers(store, kept),
        _proof(store, kept),
        f"## Schema\n\n```sql\n{schema.to_sql().strip()}\n```\n",
        f'## Use\n\n```python\nfrom datasets import load_dataset\n\npairs = load_dataset("{repo}")\n```\n',
    ]
    return "\n".join(part for part in parts if part)


def _front_matter(store: Store, kept: Sequence[JudgedPair]) -> str:
    from huggingface_hub import DatasetCardData

    paths = [path for path in dataset_files(store) if path.startswith("data/")]
    files = [{"split": path.split("/")[1].split(".")[0], "path": path} for path in paths]
    data = DatasetCardData(
        language=languages_of(store) or None,
        task_categories=["text-generation", "table-question-answering"],
        size_categories=[next((name for most, name in SIZES if len(kept) < most), "n>1M")],
        tags=["synthetic", "text-to-sql", MADE_BY],
        configs=[{"config_name": "default", "data_files": files}],
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _counts(kept: Sequence[JudgedPair]) -> str:
    """Pairs by split, and in each by language and by level."""
    lines = ["| split | pairs | languages | levels |", "|---|---|---|---|"]
    for split in SPLITS:
        pairs = [judged for judged in kept if judged.split == split]
        languages = _listed(Counter(judged.pair.language for judged in pairs))
        lines.append(f"| {split} | {len(pairs)} | {languages} | {_listed(Counter(each.level for each in pairs))} |")
    return "\n".join([*lines, ""])


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.most_common() if name)


def _writers(store: Store, kept: Sequence[JudgedPair]) -> str:
    sources = Counter(judged.pair.source for judged in kept)
    models = sorted({str(reply["model"]) for reply in store.replies() if reply["used"]})
    model = ", ".join(models) or "the model is not on record"
    claude = sum(judged.certificate.get("by") == "claude" for judged in kept)
    reworded = f", {claude} of them Claude's words" if claude else ""
    told = {name: WRITERS.get(name, name).format(model=model, reworded=reworded) for name in sources}
    lines = [f"- {n} by {told[name]}" for name, n in sources.most_common()]
    edited, by_hand = (sum(mark in judged.certificate for judged in kept) for mark in ("was", "by_hand"))
    lines += [f"- {edited} of them were edited by hand and proved again"] if edited else []
    lines += [f"- {by_hand} of them were kept by hand although a check had dropped them"] if by_hand else []
    terms = f"\n{TERMS}\n" if claude or set(sources) - OURS else ""
    return "\n".join(["## Who wrote the pairs\n", *lines, terms])


def _proof(store: Store, kept: Sequence[JudgedPair]) -> str:
    databases = sorted({int(judged.certificate.get("databases", 0)) for judged in kept} - {0})
    reasons = store.reasons()
    said = ", ".join(f"{n} {tag}" for tag, n in reasons.items())
    dropped = f"; {sum(reasons.values())} were dropped: {said}" if reasons else ""
    number = f"{databases[0]} to {databases[-1]}" if len(databases) > 1 else str(*databases) or "several"
    templates = {split: {judged.template for judged in kept if judged.split == split} for split in SPLITS}
    split = SPLIT.format(templates=len(set().union(*templates.values())), heldout=len(templates["heldout"]))
    parts = [
        PROOF.format(databases=number, total=len(kept), dropped=dropped),
        _mutants(kept),
        f"{split} {unlike(store)}".strip(),
        audited(store).strip(),
    ]
    return "\n\n".join(["## How each was proved", *filter(None, parts)]) + "\n"


def _mutants(kept: Sequence[JudgedPair]) -> str:
    """What the databases tell apart; nothing for pairs of a version that did not try."""
    tried = [judged.certificate for judged in kept if "mutants" in judged.certificate]
    mutants, killed, equivalent = (sum(each[name] for each in tried) for name in ("mutants", "killed", "equivalent"))
    alive = mutants - killed - equivalent
    counts = {"mutants": mutants, "killed": killed, "equivalent": equivalent, "alive": alive}
    return MUTANTS.format(pairs=len(tried), **counts) if tried else ""
