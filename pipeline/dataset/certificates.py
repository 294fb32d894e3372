"""Certificates that anyone can check again: what the kept pairs' queries gave, and on which databases.

`write_certificates` puts `certificates.jsonl` and `instances.json` beside the pairs; `verify` takes a folder that holds
them with `schema.sql` (a run, its unpacked zip, a data set from the Hub), makes the same databases again and runs all of it
once more. One limit: an uploaded database is not handed out, so elsewhere its answers are not compared.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.instances import rebuild
from pipeline.dataset.gate import Gate, open_gate
from pipeline.dataset.jsonl import write_lines
from pipeline.errors import UserError
from pipeline.records import Done, Event, JudgedPair, Note, Pair, Progress
from pipeline.store import Store

CERTIFICATES, INSTANCES = "certificates.jsonl", "instances.json"
COUNTS = ("same", "differ", "by_hand", "mutants")
AGAIN = "Proving the pairs again"
EVERY = 25
"""Pairs between two words of progress."""


def write_certificates(store: Store, pairs: Sequence[JudgedPair]) -> None:
    """Write the certificates of the kept pairs and what their databases are made from into the run's folder."""
    lines = [json.dumps(_line(judged), ensure_ascii=False) for judged in pairs if judged.verdict.ok]
    write_lines(store.folder / CERTIFICATES, lines)
    write_lines(store.folder / INSTANCES, [json.dumps(store.get("instances") or {}, ensure_ascii=False)])


def _line(judged: JudgedPair) -> dict[str, Any]:
    pair = judged.pair
    return {"instruction": pair.question, "output": pair.sql, "language": pair.language, "source": pair.source,
            "split": judged.split, "certificate": judged.certificate}  # fmt: skip


def verify(folder: Path) -> Iterator[Event]:
    """Prove every certified pair of a folder again, on the databases that it was proved on.

    Yields Progress, a Note for each pair that does not hold, and Done with `pairs`, `same` (proved again with the same
    answers and no mutant alive that was told apart), `differ`, `by_hand` (kept without a proof), and `mutants`.
    Raises UserError where the folder lacks what is needed, or was made by a version with other databases.
    """
    lines, sets = _read(folder)
    schema = parse_schema((folder / "schema.sql").read_text(encoding="utf-8"), "sqlite", folder.name)
    uploaded = folder / "database.sqlite"
    total = Counter(dict.fromkeys(COUNTS, 0))
    yield Progress("dataset", 0, len(lines), AGAIN)
    for name, made_from in sets.items():
        mine = [line for line in lines if line["certificate"].get("instances") == name]
        if not mine:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            databases = rebuild(schema, Path(scratch), made_from, uploaded if uploaded.exists() else None)
            config = InstanceConfig(made_from["count"], made_from["rows"], made_from["seed"])
            away = bool(made_from.get("uploaded")) and not uploaded.exists()
            with open_gate(schema, databases[away:], config, uploaded if uploaded.exists() else None) as gate:
                for line in mine:
                    yield from _prove_again(gate, line, away, total)
                    if (total["same"] + total["differ"]) % EVERY == 0:
                        yield Progress("dataset", total["same"] + total["differ"], len(lines), AGAIN)
    total["by_hand"] = len(lines) - total["same"] - total["differ"]
    yield Done("dataset", {"pairs": len(lines), **total})


def _read(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    for name in ("schema.sql", CERTIFICATES, INSTANCES):
        if not (folder / name).is_file():
            raise UserError(
                "{folder} has no {name}. Name a run's folder, or an unpacked one.", folder=folder, name=name
            )
    try:
        text = (folder / CERTIFICATES).read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        return lines, json.loads((folder / INSTANCES).read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(
            "The certificates in {folder} are broken ({why}). Fetch them again.", folder=folder, why=error
        ) from error


def _prove_again(gate: Gate, line: dict[str, Any], away: bool, total: Counter[str]) -> Iterator[Note]:
    held = line["certificate"]
    if held.get("by_hand") or "answers" not in held:
        return
    judged = gate.judge(Pair(line["instruction"], line["output"], line["language"], line["source"]), alone=True)
    total["mutants"] += judged.certificate.get("mutants", 0)
    same = judged.verdict.ok and _same(held, judged.certificate, away)
    total["same" if same else "differ"] += 1
    if not same:
        values = {"question": judged.pair.question, "reason": judged.verdict.reason or "other answers"}
        yield Note("dataset", "The certificate of “{question}” does not hold ({reason}).", values, "warning")


def _same(held: dict[str, Any], now: dict[str, Any], away: bool) -> bool:
    """Whether both certificates say the same; without the uploaded database, of the others' answers."""
    if away and not held.get("own"):
        return bool(held["answers"][1:] == now["answers"])
    alive = {sql for _, sql in now.get("survivors", ())} - {sql for _, sql in held.get("survivors", ())}
    return bool(held["answers"] == now["answers"]) and not alive  # a mutant may run out of time on a busy machine
