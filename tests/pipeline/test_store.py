"""The store: whose run it is, what it keeps in which order, and that readers never wait for a writer."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.records import Answered, Event, JudgedPair, Note, Pair, Progress, Score, Verdict
from pipeline.store import FILE, Store, find_runs

SCORE = Score("tuned", 0.5, 0.6, 0.7, 0.2, 0.8, n=4, excluded=1, hardware="a CPU", databases=4)


def judged(question: str, reason: str = "", split: str = "train") -> JudgedPair:
    verdict = Verdict(not reason, reason, "line 1" if reason else "")
    return JudgedPair(Pair(question, "SELECT 1", "ja"), verdict, "select ?", "one-table", split, {"rows": [1, 2]})


def test_a_run_is_opened_by_its_visitor_alone(tmp_path: Path) -> None:
    Store.create(tmp_path / "run", "ann").close()
    Store.open(tmp_path / "run", "ann").close()
    for enter in (Store.open, Store.create):
        with pytest.raises(UserError, match="There is no run"):
            enter(tmp_path / "run", "bob")
    with pytest.raises(UserError) as other:
        Store.open(tmp_path / "run", "bob")
    with pytest.raises(UserError) as nothing:
        Store.open(tmp_path / "nothing", "bob")
    assert other.value.template == nothing.value.template  # nothing tells that there is a run of somebody else's


def test_runs_are_found_for_their_visitor_newest_first(tmp_path: Path) -> None:
    for age, (name, visitor) in enumerate([("new", "ann"), ("hers", "bob"), ("old", "ann")]):
        Store.create(tmp_path / name, visitor).close()
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / FILE).write_bytes(b"this is no database at all" * 50)
    assert [folder.name for folder in find_runs(tmp_path, "ann")] == ["new", "old"]
    assert [folder.name for folder in find_runs(tmp_path, "bob")] == ["hers"]
    assert list(find_runs(tmp_path / "nowhere", "ann")) == []


def test_creating_again_opens_what_is_there(tmp_path: Path) -> None:
    first = Store.create(tmp_path / "run")
    first.set(colour="red")
    first.close()
    assert Store.create(tmp_path / "run").get("colour") == "red"


def test_a_run_whose_making_was_killed_is_made_again(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    with pytest.raises(UserError, match="There is no run"):
        Store.open(tmp_path)
    store = Store.create(tmp_path)
    assert store.pairs() == [] and store.get("visitor") == "local"


@pytest.mark.parametrize("place", ["file", "file/run", "junk"])
def test_a_place_that_can_hold_no_run_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / FILE).write_bytes(b"this is no database at all" * 50)
    with pytest.raises(UserError, match=r"Name a(nother)? folder for the run\.$") as caught:
        Store.create(tmp_path / place)
    assert "\n" not in str(caught.value)


def test_facts_keep_their_json_and_none_is_no_fact(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    store.set(number=3, text="日本", nested={"a": [1, None]})
    store.set(number=4)
    assert (store.get("number"), store.get("text"), store.get("nested")) == (4, "日本", {"a": [1, None]})
    store.set(text=None)
    assert store.get("text", "nothing") == store.get("never", "nothing") == "nothing"


def test_events_come_in_order_by_stage_id_and_kind(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    told: list[Event] = [
        Progress("dataset", 1, 9, "Writing"),
        Note("train", "{n} left", {"n": 2}),
        Progress("train", 2, 9),
        Answered("evaluate", "base", "how many?", "SELECT 1", False, "wrong-rows"),
        Progress("train", 3, 9),
    ]
    for event in told:
        store.add_event(event)
    assert [event["event"] for event in store.events()] == ["progress", "note", "progress", "answered", "progress"]
    train = store.events("train")
    assert [event.get("done") for event in train] == [None, 2, 3]
    assert train[0]["values"] == {"n": 2} and train[0]["at"] > 1e9
    assert [event["done"] for event in store.events("train", kind="progress")] == [2, 3]
    assert [event["done"] for event in store.events("train", after=train[1]["id"])] == [3]
    assert [event["done"] for event in store.events(kind="progress")] == [1, 2, 3]
    last = store.last_event("train", "progress")
    assert last is not None and last["done"] == 3
    assert store.last_event("publish", "done") is None
    store.forget_stage("train")
    assert store.events("train") == [] and len(store.events()) == 2


def test_pairs_are_appended_replaced_and_chosen(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    first = [judged("a"), judged("b", "not-run", ""), judged("c", split="heldout")]
    store.add_pairs(first)
    store.add_pairs([judged("d", "not-run", ""), judged("e", "empty", "")])
    assert store.pairs()[:3] == first
    assert [each.pair.question for each in store.pairs("train")] == ["a"]
    assert [each.pair.question for each in store.pairs("heldout", ok=True)] == ["c"]
    assert [each.pair.question for each in store.pairs(ok=False)] == ["b", "d", "e"]
    assert store.reasons() == {"not-run": 2, "empty": 1}
    assert list(store.reasons()) == ["not-run", "empty"]
    store.replace_pairs([judged("z")])
    assert [each.pair.question for each in store.pairs()] == ["z"] and store.reasons() == {}


def test_a_replacement_that_fails_leaves_the_pairs(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    store.add_pairs([judged("a")])
    with pytest.raises(TypeError):
        store.replace_pairs([judged("b"), replace(judged("c"), certificate={"rows": object()})])
    assert [each.pair.question for each in store.pairs()] == ["a"]


def test_scores_and_answers_are_one_for_each_model_and_question(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    store.save_score(replace(SCORE, n=1))
    store.save_score(SCORE)
    store.save_score(replace(SCORE, model="base"))
    assert store.scores() == {"base": replace(SCORE, model="base"), "tuned": SCORE}
    for number, right in ((1, False), (0, True), (1, True)):
        store.save_answer("tuned", number, {"number": number, "right": right})
    assert store.answers("tuned") == [{"number": 0, "right": True}, {"number": 1, "right": True}]
    assert store.answers("base") == []
    (tmp_path / "report.json").write_text("{}")
    store.forget_scores()
    assert store.scores() == {} and store.answers("tuned") == [] and not (tmp_path / "report.json").exists()


def test_a_reader_sees_whole_events_while_a_thread_writes(tmp_path: Path) -> None:
    writer, count = Store.create(tmp_path), 300
    thread = threading.Thread(
        target=lambda: [writer.add_event(Progress("train", n, count)) for n in range(1, count + 1)]
    )
    thread.start()
    reader, seen, looks = Store.open(tmp_path), [0], 0
    while seen[-1] < count and looks < 10_000:
        done = [event["done"] for event in reader.events("train")]
        assert done == list(range(1, len(done) + 1))
        seen.append(len(done))
        looks += 1
    thread.join()
    assert seen[-1] == count and len(set(seen)) > 2  # it looked in while the other wrote


def test_threads_share_one_store(tmp_path: Path) -> None:
    store = Store.create(tmp_path)

    def work(name: str) -> None:
        for number in range(50):
            store.add_event(Progress(name, number, 50))
            store.set(**{name: number})
            store.save_answer(name, number, {"number": number})

    threads = [threading.Thread(target=work, args=(f"thread{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(4):
        assert [event["done"] for event in store.events(f"thread{n}")] == list(range(50))
        assert store.get(f"thread{n}") == 49 and len(store.answers(f"thread{n}")) == 50
