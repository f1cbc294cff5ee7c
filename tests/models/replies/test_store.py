"""The store of replies: what is kept outlives the process, and every trouble is said in words."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import RecordError
from harness.models.replies import store
from harness.models.replies.store import FORMAT, ReplyStore
from harness.models.reply import ModelReply
from harness.models.usage import Usage

REPLY = ModelReply(
    text="Ja – 好 \U0001f30d",
    finish_reason="stop",
    usage=Usage(prompt=11, completion=7, reasoning=2),
    attempts=3,
    seconds=1.25,
    refusal=None,
    how="schema",
)


def test_what_was_put_is_got_unchanged_by_the_next_process(tmp_path: Path) -> None:
    with ReplyStore(tmp_path / "a") as store:
        assert store.get("k") is None
        store.put("k", REPLY)
    with ReplyStore(tmp_path / "a") as store:
        assert store.get("k") == REPLY
        store.put("k", ModelReply(text="other"))
        assert store.get("k") == ModelReply(text="other")
        assert len(store) == 1


@given(keys=st.sets(st.text(alphabet="ab/\uffff\U0010fffe", max_size=6)), prefix=st.text("ab/"))
def test_items_and_deletions_go_by_prefix(keys: set[str], prefix: str) -> None:
    with ReplyStore(Path(":memory:")) as store:
        for key in keys:
            store.put(key, ModelReply(text=key))
        chosen = {key for key in keys if key.startswith(prefix)}
        assert dict(store.items(prefix)) == {key: ModelReply(text=key) for key in chosen}
        store.delete_all([prefix])
        assert {key for key, _ in store.items()} == keys - chosen


def _write(path: Path, name: int, count: int) -> None:
    with ReplyStore(path) as store:
        for number in range(count):
            store.put(f"{name}/{number}", ModelReply(text=f"{name} {number}"))


def test_several_processes_make_and_fill_one_file(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_write, args=(tmp_path / "a", i, 50)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    with ReplyStore(tmp_path / "a") as store:
        assert len(store) == 200
        assert store.get("3/49") == ModelReply(text="3 49")


def _write_and_die(path: Path, durable: bool) -> None:
    store = ReplyStore(path, durable=durable)
    for number in range(100):
        store.put(str(number), REPLY)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("durable", [True, False])
def test_a_killed_process_loses_nothing_it_had_put(tmp_path: Path, durable: bool) -> None:
    worker = multiprocessing.get_context("fork").Process(
        target=_write_and_die, args=(tmp_path / "a", durable)
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    with ReplyStore(tmp_path / "a") as store:
        assert len(store) == 100


def _use(path: Path) -> None:
    with ReplyStore(path) as store:
        store.put("k", REPLY)
        store.get("k")


def fails(path: Path, *words: str) -> None:
    with pytest.raises(RecordError) as raised:
        _use(path)
    assert raised.value.where == str(path)
    assert raised.value.fix
    for word in words:
        assert word in str(raised.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    fails(path, "not a database", "delete the file")
    assert path.read_text() == "not a database " * 100


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = path.read_bytes()
    fails(path, "another program made", "name another file")
    assert path.read_bytes() == before


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    ReplyStore(path).close()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()
    fails(path, "newer version", "upgrade track15")


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with ReplyStore(path) as store:
        for number in range(300):
            store.put(f"k{number}", REPLY)
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    fails(path, "malformed", "delete the file")


@pytest.mark.parametrize("text", ["{", "{}", '{"text": 1}', '{"text": "x", "attempts": -1}'])
def test_a_damaged_reply_is_said_to_be_damaged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a"
    ReplyStore(path).close()
    database = sqlite3.connect(path)
    database.execute("INSERT INTO replies VALUES ('k', ?)", (text,))
    database.commit()
    database.close()
    with pytest.raises(RecordError, match=r"the reply kept under 'k' is damaged"):
        ReplyStore(path).get("k")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    fails(tmp_path / "none" / "a", "unable to open", "check that the folder exists")


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    fails(tmp_path, "unable to open")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a"
    ReplyStore(path).close()
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        fails(path, "check that the folder exists")
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_said_and_keeps_what_there_was(tmp_path: Path) -> None:
    with ReplyStore(tmp_path / "a") as store:
        store.put("first", REPLY)
        pages = store._database.execute("PRAGMA page_count").fetchone()[0]
        store._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(RecordError, match=r"full\n  fix: make room"):
            store.put("second", ModelReply(text="x" * 400_000))
        assert store.get("first") == REPLY


def test_a_lock_that_is_never_let_go_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    path = tmp_path / "a"
    ReplyStore(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        fails(path, "locked", "another process uses it")
    finally:
        other.close()


def test_many_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    store = ReplyStore(tmp_path / "calls")
    store.put_all([("a", ModelReply(text="1")), ("b", ModelReply(text="2"))])
    store.put_all([("b", ModelReply(text="3")), ("b", ModelReply(text="4"))])
    assert [(key, reply.text) for key, reply in store.items()] == [("a", "1"), ("b", "4")]
    no_key: Any = object()
    with pytest.raises(RecordError, match="cannot be used"):
        store.put_all([("c", ModelReply(text="5")), (no_key, ModelReply(text="6"))])
    store.put("d", ModelReply(text="7"))
    assert [key for key, _ in store.items()] == ["a", "b", "d"]


def test_a_file_of_the_first_format_is_read_and_is_then_of_this_one(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    ReplyStore(path).close()
    database = sqlite3.connect(path)
    kept = '{"text": "yes", "usage": {"prompt_tokens": 9, "completion_tokens": 2}}'
    database.execute("INSERT INTO replies VALUES ('a', ?)", (kept,))
    database.execute("PRAGMA user_version = 1")
    database.commit()
    database.close()
    with ReplyStore(path) as store:
        reply = store.get("a")
    assert reply is not None
    assert reply.usage == Usage(prompt=9, completion=2)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    database.close()
