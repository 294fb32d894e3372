"""The sandbox as a service: batches, several databases, files, kills, threads, secrets."""

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.config import SandboxLimits
from pipeline.database.sandbox import Sandbox
from pipeline.errors import SqlError, UserError
from tests.pipeline.database.test_sandbox import ENDLESS, SHORT, refusal


def make_database(path: Path, rows: int = 40) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE goods (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO goods VALUES (?)", [(number,) for number in range(rows)])
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("service") / "shop.sqlite")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_several_databases_are_asked_in_one_exchange(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = [make_database(tmp_path / f"{rows}.sqlite", rows) for rows in (3, 5, 8)]
    answers = sandbox.run_on("SELECT count(*) FROM goods", paths)
    assert [answer.rows for answer in answers] == [((3,),), ((5,),), ((8,),)]


def test_a_batch_tells_of_each_query_whether_it_ran(sandbox: Sandbox, database: Path) -> None:
    queries = ["SELECT 1", "DROP TABLE goods", ENDLESS, "SELECT nope", "SELECT 2"]
    outcomes = sandbox.run_many(queries, [database, database], SHORT)
    reasons = [outcome.reason if isinstance(outcome, SqlError) else outcome[1].rows for outcome in outcomes]
    assert reasons == [((1,),), "not-a-select", "timeout", "unknown-column", ((2,),)]
    assert sandbox.run_many([], [database]) == []


def test_a_batch_goes_on_after_a_query_that_costs_the_worker_its_life(database: Path) -> None:
    deaf = "SELECT printf('%.*c', 2000000000, 'x')"  # in some versions of SQLite one long call, deaf to the deadline
    with Sandbox() as sandbox:
        outcomes = sandbox.run_many(["SELECT 1", deaf, "SELECT 2"], [database], SHORT)
    assert not isinstance(outcomes[0], SqlError) and not isinstance(outcomes[2], SqlError)
    assert outcomes[2][0].rows == ((2,),)


@pytest.mark.parametrize(
    "name", ["a b.sqlite", "per%20cent.sqlite", "what?mode=rwc.sqlite", "#1 & 'q'.sqlite", "店.db"]
)
def test_odd_file_names_are_found(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    database = make_database(tmp_path / name, 2)
    assert sandbox.run("SELECT count(*) FROM goods", database).rows == ((2,),)


def test_a_replaced_file_is_read_anew(sandbox: Sandbox, tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.sqlite", 2)
    assert sandbox.run("SELECT count(*) FROM goods", path).rows == ((2,),)
    make_database(tmp_path / "b.sqlite", 7).replace(path)
    assert sandbox.run("SELECT count(*) FROM goods", path).rows == ((7,),)


def test_more_databases_than_are_kept_open_all_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = [make_database(tmp_path / f"{rows}.sqlite", rows) for rows in range(20)]
    for _ in range(2):
        answers = sandbox.run_on("SELECT count(*) FROM goods", paths)
        assert [answer.rows[0][0] for answer in answers] == list(range(20))


def test_a_file_that_is_no_database_is_the_users_to_put_right(sandbox: Sandbox, tmp_path: Path) -> None:
    junk = tmp_path / "junk.sqlite"
    junk.write_bytes(b"this is no database at all" * 100)
    for path in (tmp_path / "missing.sqlite", tmp_path, junk):
        with pytest.raises(UserError, match=path.name) as caught:
            sandbox.run("SELECT 1 FROM goods", path)
        assert not isinstance(caught.value, SqlError)
    assert not (tmp_path / "missing.sqlite").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_killed_in_mid_query_is_replaced(database: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.run("SELECT 1", database)
        first = sandbox.pid
        assert first
        timer = threading.Timer(0.2, os.kill, (first, signal.SIGKILL))
        timer.start()
        assert refusal(sandbox, ENDLESS, database, SandboxLimits(seconds=20)) == "error"
        assert sandbox.run("SELECT 2", database).rows == ((2,),)
        assert sandbox.pid not in {None, first}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_stopped_worker_is_killed_after_the_deadline(database: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.run("SELECT 1", database)
        assert sandbox.pid
        os.kill(sandbox.pid, signal.SIGSTOP)
        assert refusal(sandbox, "SELECT 1", database) == "timeout"
        assert sandbox.run("SELECT 2", database).rows == ((2,),)


def test_threads_share_a_sandbox(sandbox: Sandbox, database: Path) -> None:
    wrong: list[int] = []

    def ask(number: int) -> None:
        for turn in range(50):
            if sandbox.run(f"SELECT {number} * 1000 + {turn}", database).rows != ((number * 1000 + turn,),):
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_worker_sees_no_secrets_of_its_parent(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret-value")
    with Sandbox() as sandbox:
        sandbox.run("SELECT 1", database)
        environment = Path(f"/proc/{sandbox.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc here")
        assert b"secret-value" not in environment.read_bytes()


def test_a_closed_sandbox_has_no_process(database: Path) -> None:
    with Sandbox() as sandbox:
        assert sandbox.pid is None
        sandbox.run("SELECT 1", database)
        assert sandbox.pid is not None
    assert sandbox.pid is None
