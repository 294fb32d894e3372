"""Make the recorded run that comes with the app: `python -m scripts.record`, about an hour on two cores.

In: the sample's pairs as Claude wrote them, and its held-out questions. Out: `sample_db/recorded`, a run like any other,
made by the stages that everybody uses. `--run DIR` keeps the run it is made in and goes on where it stopped; `--certify`
renews the certificates alone.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import finish, follow
from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.database.examples import SAMPLES
from pipeline.dataset.certificates import CERTIFICATES, INSTANCES, write_certificates
from pipeline.dataset.databases import make_databases, values_of
from pipeline.dataset.gate import open_gate
from pipeline.dataset.leaks import leaks
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED
from space.runs import RECORDED_SOURCE, RECORDED_VISITOR

SHOP = SAMPLES / "shop"
SETTINGS = replace(TrainConfig(), base=EMBEDDED, epochs=8, rank=8, alpha=16, learning_rate=1e-3)
"""Rank 8 makes an adapter of 5 MB."""
QUESTIONS = "shop-questions.jsonl"
KEPT = (
    "schema.sql", "database.sqlite", "train.jsonl", "heldout.jsonl", CERTIFICATES, INSTANCES, "report.json", "adapter",
)  # fmt: skip


def main() -> None:
    """All stages, then the copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="the folder to make it in")
    parser.add_argument(
        "--certify", action="store_true", help="only prove the pairs of the recorded run anew, in place"
    )
    chosen = parser.parse_args()
    if chosen.certify:
        certify()
        return
    folder = chosen.run or Path(tempfile.mkdtemp()) / "recorded"
    store = Store.create(folder)
    if run.status(store, "train").state != "done":
        follow(run.read_example(store, "shop"))
        for name, language in (("pairs.jsonl", "en"), ("pairs_ja.jsonl", "ja")):
            config = DatasetConfig(teacher="pasted", languages=(language,))
            follow(run.write_dataset(store, config, (SHOP / name).read_text(encoding="utf-8")))
        follow(run.train(store, SETTINGS))
    questions = folder / QUESTIONS
    questions.write_text("".join((SHOP / name).read_text(encoding="utf-8") for name in ("heldout.jsonl", "heldout_ja.jsonl")),
                         encoding="utf-8")  # fmt: skip
    scores = follow(run.evaluate(store, EvaluateConfig(), questions))
    _keep(store, folder)
    finish(scores)


def certify() -> None:
    """Give the recorded pairs the certificates of today's gate: half a minute, where recording anew takes an hour.

    All of them stay, as the model was trained on them; one that the gate would drop today shows by its certificate.
    """
    store = Store.open(RECORDED_SOURCE, RECORDED_VISITOR)
    schema, uploaded, pairs, config = run.schema_of(store), run.database_of(store), store.pairs(), DatasetConfig()
    values = values_of(judged.pair.sql for judged in pairs)
    databases = make_databases(store, schema, config.instances, values, uploaded)
    proved = []
    with open_gate(schema, databases, config.instances, uploaded, config.gate) as gate:
        for before in pairs:
            after = gate.judge(before.pair, alone=True)
            proved.append(replace(before, certificate=after.certificate or before.certificate))
            if not after.verdict.ok:
                print(f"{after.verdict.reason}: {before.pair.question}")
    store.replace_pairs(proved)
    write_certificates(store, proved)
    shutil.rmtree(RECORDED_SOURCE / "instances")
    store.set(recorded=True, leaks=asdict(leaks(proved)))
    store.pack()
    store.close()
    finish({"pairs": len(proved), "mutants": sum(judged.certificate.get("mutants", 0) for judged in proved)})


def _keep(store: Store, folder: Path) -> None:
    """Put what a page needs into the project, the store as one file without anything that is only of this machine."""
    shutil.rmtree(RECORDED_SOURCE, ignore_errors=True)
    RECORDED_SOURCE.mkdir()
    for name in KEPT:
        take = shutil.copytree if (folder / name).is_dir() else shutil.copyfile
        take(folder / name, RECORDED_SOURCE / name)
    store.set(recorded=True)
    store.copy_to(RECORDED_SOURCE, RECORDED_VISITOR)
    store.close()
    copy = Store.open(RECORDED_SOURCE, RECORDED_VISITOR)
    copy.drop_events("judged", "answered", "progress")
    copy.pack()
    copy.close()


if __name__ == "__main__":
    main()
