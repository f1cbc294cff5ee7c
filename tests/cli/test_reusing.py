"""``--cache``, ``--reuse`` and ``--replay``: what was paid for once is not paid for again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.files.catalogue import data_root
from harness.models.replies.journal import CALLS
from harness.models.replies.store import ReplyStore
from harness.records.folder import RUN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spend import paid_calls
from tests.support.command import Result, track15
from tests.support.mock_server import Answer, MockServer, completion, error
from tests.support.player import plays

RUN_IT = ("run", "quickstart", "--scenario", "opening", "--turns", "3", "--rounds", "1")
RUN_IT += ("--no-report",)
DIALOGUES = 4


class Model:
    """A model that plays; ``spoil`` says what becomes of the n-th statement it is asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self.spoil: dict[int, Answer] = {}

    def __call__(self, body: dict[str, Any]) -> Answer:
        if "messages" not in body:
            return plays(body)
        self.asked += 1
        return self.spoil.get(self.asked) or plays(body)


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


def run(cwd: Path, server: MockServer, *more: str) -> Result:
    return track15(
        *(*RUN_IT, "--limit", str(DIALOGUES), "--max-connections", "1", "--max-retries", "0"),
        *("--model", f"openai/x@{server.base_url}", *more),
        cwd=cwd,
    )


def the_run(log_dir: Path) -> Path:
    (found,) = (path.parent for path in log_dir.glob(f"*/{RUN}"))
    return found


def record(log_dir: Path) -> bytes:
    return (the_run(log_dir) / TRANSCRIPTS).read_bytes()


# --- the cache -----------------------------------------------------------------------------------


def test_a_second_run_asks_nothing_and_says_so(
    tmp_path: Path, model: Model, server: MockServer
) -> None:
    first = run(tmp_path, server, "--cache", "cache.sqlite", "--log-dir", "one")
    assert first.code == 0, first.err
    assert "known before" not in first.err
    calls, model.asked = model.asked, 0
    second = run(tmp_path, server, "--cache", "cache.sqlite", "--log-dir", "two")
    assert second.code == 0, second.err
    assert model.asked == 0
    assert f"{calls} calls, 0 tokens" in second.err
    assert f"{calls} replies known before" in second.err
    assert record(tmp_path / "one") == record(tmp_path / "two")
    assert first.out == second.out


def test_repetitions_stay_distinct(tmp_path: Path, model: Model, server: MockServer) -> None:
    more = ("--cache", "cache.sqlite")
    one = run(tmp_path, server, *more, "--epochs", "1", "--limit", "4")
    assert one.code == 0, one.err
    calls, model.asked = model.asked, 0
    two = run(tmp_path, server, *more, "--epochs", "2", "--limit", "8")
    assert two.code == 0, two.err
    assert model.asked == calls, "the second repetition is asked, the first is known"


def test_retry_void_asks_anew(tmp_path: Path, model: Model, server: MockServer) -> None:
    model.spoil = dict.fromkeys(range(1, 5), completion("Hm."))
    void = run(tmp_path, server, "--cache", "cache.sqlite")
    assert "1 void" in void.err
    before = model.asked
    assert run(tmp_path, server, "--cache", "cache.sqlite", "--retry-void").code == 0
    assert model.asked > before
    assert {t.status for t in RunFolder(the_run(tmp_path / "transcripts")).transcripts()} == {
        "done"
    }


def test_an_unusable_cache_is_said_before_anything_is_asked(
    tmp_path: Path, model: Model, server: MockServer
) -> None:
    (tmp_path / "notes.txt").write_text("mine " * 1000)
    run(tmp_path, server, "--cache", "notes.txt").fails(1, "notes.txt", "not a database", "fix:")
    assert model.asked == 0
    assert (tmp_path / "notes.txt").read_text() == "mine " * 1000


def test_a_cache_holds_no_key(tmp_path: Path, server: MockServer) -> None:
    key = "sk-made-up-0123456789"
    done = track15(
        *(*RUN_IT, "--limit", "1", "--model", f"openai/x@{server.base_url}"),
        *("--cache", "cache.sqlite"),
        cwd=tmp_path,
        TRACK15_API_KEY=key,
    )
    assert done.code == 0, done.err
    assert f"Bearer {key}" in {request.headers.get("authorization") for request in server.requests}
    assert key.encode() not in (tmp_path / "cache.sqlite").read_bytes()
    with ReplyStore(tmp_path / "cache.sqlite") as store:
        assert len(store)


# --- the journal ---------------------------------------------------------------------------------


def test_a_dialogue_broken_off_by_its_server_goes_on_where_it_stopped(
    tmp_path: Path, model: Model, server: MockServer
) -> None:
    whole = run(tmp_path, server, "--log-dir", "whole")
    assert whole.code == 0, whole.err
    calls, model.asked = model.asked, 0
    model.spoil = {3: error(500)}
    broken = run(tmp_path, server)
    broken.fails(1, "1 failed")
    assert (the_run(tmp_path / "transcripts") / CALLS).exists()
    asked, model.spoil, model.asked = model.asked, {}, 0
    resumed = run(tmp_path, server)
    assert resumed.code == 0, resumed.err
    assert asked - 1 + model.asked == calls, "only the call that failed is sent again"
    assert "2 replies known before" in resumed.err
    assert record(tmp_path / "transcripts") == record(tmp_path / "whole")
    assert not (the_run(tmp_path / "transcripts") / CALLS).exists()


def test_a_damaged_journal_is_said(tmp_path: Path, model: Model, server: MockServer) -> None:
    model.spoil = {3: error(500)}
    run(tmp_path, server)
    journal = the_run(tmp_path / "transcripts") / CALLS
    journal.write_bytes(b"torn " * 2000)
    run(tmp_path, server).fails(1, CALLS, "delete the file")
    journal.unlink()
    assert run(tmp_path, server).code == 0


# --- the replay ----------------------------------------------------------------------------------


def replay(cwd: Path, server_url: str, name: str, *more: str) -> Result:
    return track15(
        *(*RUN_IT, "--limit", str(DIALOGUES), "--model", f"openai/x@{server_url}"),
        *("--replay", name, *more),
        cwd=cwd,
    )


@pytest.fixture
def recorded(tmp_path: Path, model: Model) -> tuple[Path, str]:
    """A run with a void and a failed dialogue, and where its server was: it is gone."""
    model.spoil = dict.fromkeys(range(1, 5), completion("Hm."))  # void
    model.spoil |= {6: completion("Hm."), 15: error(500)}  # asked again; failed
    with MockServer(model) as server:
        done = run(tmp_path, server)
        assert done.code == 1, done.err
        return the_run(tmp_path / "transcripts"), server.base_url


def test_a_replay_is_the_record_byte_for_byte_without_server_or_key(
    tmp_path: Path, recorded: tuple[Path, str]
) -> None:
    folder, url = recorded
    statuses = [t.status for t in RunFolder(folder).transcripts()]
    assert sorted(statuses) == ["done", "done", "failed", "void"]
    done = replay(tmp_path, url, folder.name)
    assert "Traceback" not in done.err
    assert done.code == 1, "as the record: one dialogue is not finished"
    again = folder.with_name(f"{folder.name}-replay")
    lines = [sorted((f / TRANSCRIPTS).read_bytes().splitlines()) for f in (folder, again)]
    assert lines[0] == lines[1]
    assert re.search(r", 0 tokens, 5 unusable replies, all \d+ replies known before, ", done.err)
    assert "$" not in done.err, "nothing was sent, so nothing has a price"
    assert not (again / CALLS).exists()


def test_a_replay_needs_no_key(tmp_path: Path, server: MockServer) -> None:
    (tmp_path / "models.yaml").write_text(
        "schema: track15/models/1\nmodels:\n"
        f"  mine: {{address: openai/x@{server.base_url}, key: MY_KEY}}\n"
    )
    words = (*RUN_IT, "--limit", "2", "--model", "mine")
    track15(*words, cwd=tmp_path).fails(1, "MY_KEY")
    done = track15(*words, cwd=tmp_path, MY_KEY="made-up-0123456789")
    assert done.code == 0, done.err
    folder = the_run(tmp_path / "transcripts")
    before = len(server.requests)
    again = track15(*words, "--replay", folder.name, cwd=tmp_path)
    assert again.code == 0, again.err
    assert len(server.requests) == before


def test_a_replay_twice_is_played_twice(tmp_path: Path, server: MockServer) -> None:
    assert run(tmp_path, server).code == 0
    folder = the_run(tmp_path / "transcripts")
    for _ in range(2):
        done = replay(tmp_path, server.base_url, folder.name)
        assert done.code == 0, done.err
        assert f"{DIALOGUES}/{DIALOGUES} dialogues" in done.err
        assert "from before" not in done.err
    again = folder.with_name(f"{folder.name}-replay")
    assert (folder / TRANSCRIPTS).read_bytes() == (again / TRANSCRIPTS).read_bytes()


def test_a_changed_record_does_not_pass(tmp_path: Path, server: MockServer) -> None:
    assert run(tmp_path, server).code == 0
    folder = the_run(tmp_path / "transcripts")
    lines = (folder / TRANSCRIPTS).read_text().splitlines(keepends=True)
    document = json.loads(lines[0])
    document["body"]["turns"][1]["words"] = "We never said this."
    document["body"]["turns"][1]["move"]["words"] = "We never said this."
    lines[0] = json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"
    (folder / TRANSCRIPTS).write_text("".join(lines))
    done = replay(tmp_path, server.base_url, folder.name)
    done.fails(1, f"dialogue {document['id']} cannot be replayed: turn 1 (seat ", "fix:")


def test_a_prompt_that_differs_is_named(tmp_path: Path, server: MockServer) -> None:
    assert run(tmp_path, server).code == 0
    folder = the_run(tmp_path / "transcripts")
    lines = (folder / TRANSCRIPTS).read_text().splitlines(keepends=True)
    document = json.loads(lines[-1])
    call = document["calls"][2]
    call["prompt"][1] = "0" * 16
    lines[-1] = json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"
    (folder / TRANSCRIPTS).write_text("".join(lines))
    done = replay(tmp_path, server.base_url, folder.name)
    done.fails(
        1,
        f"dialogue {document['id']} cannot be replayed: call 2 (seat {call['seat']}, move): "
        "message 2 of its prompt (user) differs: now ",
    )


def test_other_prompts_are_other_dialogues(tmp_path: Path, server: MockServer) -> None:
    assert run(tmp_path, server).code == 0
    shutil.copytree(data_root("prompts"), tmp_path / "mine")
    with (tmp_path / "mine" / "talks" / "turn.md.j2").open("a") as template:
        template.write("Be brief.\n")
    folder = the_run(tmp_path / "transcripts")
    done = replay(tmp_path, server.base_url, folder.name, "--prompts", "mine")
    done.fails(1, "(and 3 more) is not in the run", "the prompts must be those of the run")


def test_a_replay_of_nothing_is_said(tmp_path: Path) -> None:
    done = replay(tmp_path, "http://127.0.0.1:9/v1", "nothing")
    done.fails(1, "no run 'nothing'")


def test_a_scripted_run_replays_too(tmp_path: Path) -> None:
    words = ("run", "quickstart", "--scenario", "opening", "--limit", "2")
    assert track15(*words, cwd=tmp_path).code == 0
    folder = the_run(tmp_path / "transcripts")
    assert track15(*words, "--replay", folder.name, cwd=tmp_path).code == 0
    again = folder.with_name(f"{folder.name}-replay")
    assert (folder / TRANSCRIPTS).read_bytes() == (again / TRANSCRIPTS).read_bytes()


# --- finished dialogues of other runs ------------------------------------------------------------


def epochs(cwd: Path, server: MockServer, number: int, *more: str) -> Result:
    """All of the plan, so many times over."""
    return track15(
        *(*RUN_IT, "--epochs", str(number), "--model", f"openai/x@{server.base_url}", *more),
        cwd=cwd,
    )


@pytest.fixture
def kept(tmp_path: Path, server: MockServer) -> Path:
    """A run of one epoch that the user has put aside, under a name of its own."""
    first = epochs(tmp_path, server, 1)
    assert first.code == 0, first.err
    folder = the_run(tmp_path / "transcripts")
    return folder.rename(folder.with_name("kept"))


def test_only_the_second_epoch_is_asked(
    tmp_path: Path, model: Model, server: MockServer, kept: Path
) -> None:
    asked, model.asked = model.asked, 0
    second = epochs(tmp_path, server, 2, "--reuse")
    assert second.code == 0, second.err
    assert model.asked == asked
    assert f"{2 * DIALOGUES}/{2 * DIALOGUES} dialogues, {DIALOGUES} reused, " in second.err
    assert f"Took {DIALOGUES} stages from kept ({DIALOGUES})." in second.err
    (folder,) = (path for path in kept.parent.iterdir() if path != kept)
    lines = (folder / TRANSCRIPTS).read_bytes().splitlines()
    assert len(lines) == 2 * DIALOGUES
    assert set((kept / TRANSCRIPTS).read_bytes().splitlines()) < set(lines)
    taken = [timing.taken_from for timing in RunFolder(folder).timings()]
    assert sorted(taken, key=str) == [None] * DIALOGUES + ["kept"] * DIALOGUES


def test_without_the_flag_all_of_it_is_asked(
    tmp_path: Path, model: Model, server: MockServer, kept: Path
) -> None:
    asked, model.asked = model.asked, 0
    second = epochs(tmp_path, server, 1)
    assert second.code == 0, second.err
    assert model.asked == asked
    assert "reused" not in second.err


def test_a_run_of_taken_dialogues_is_as_good_as_any(
    tmp_path: Path, model: Model, server: MockServer, kept: Path
) -> None:
    first = track15("report", "kept", "--json", cwd=tmp_path)
    model.asked = 0
    second = epochs(tmp_path, server, 1, "--reuse")
    assert second.code == 0, second.err
    (folder,) = (path for path in kept.parent.iterdir() if path != kept)
    dialogue = next(RunFolder(folder).transcripts()).id
    replayed = epochs(tmp_path, server, 1, "--replay", folder.name)
    assert replayed.code == 0, replayed.err
    again = track15("report", folder.name, "--json", cwd=tmp_path)
    drop = ("run", "report", "command", "created", "declared")
    one, two = (json.loads(done.out) for done in (first, again))
    for name in drop:
        one.pop(name, None)
        two.pop(name, None)
    assert one == two
    for words in (("show", folder.name), ("show", folder.name, dialogue, "--prompts")):
        shown = track15(*words, cwd=tmp_path)
        assert shown.code == 0, shown.err
        assert "its text is not in this run" not in shown.out
    assert track15("score", folder.name, "--no-report", cwd=tmp_path).code == 0
    assert epochs(tmp_path, server, 1).code == 0
    assert model.asked == 0, "it is resumed like any other"


def test_another_arm_is_played_and_the_one_that_is_there_is_taken(
    tmp_path: Path, model: Model, server: MockServer
) -> None:
    assert epochs(tmp_path, server, 1, "--arm", "track-1").code == 0
    (one,) = (path.parent for path in (tmp_path / "transcripts").glob(f"*/{RUN}"))
    model.asked = 0
    both = epochs(tmp_path, server, 1, "--reuse")
    assert both.code == 0, both.err
    assert "2 reused" in both.err
    assert f"Took 2 stages from {one.name} (2)." in both.err
    (folder,) = (path for path in one.parent.iterdir() if path != one)
    calls = sum(len(transcript.calls) for transcript in RunFolder(folder).transcripts())
    assert model.asked == len(list(paid_calls(folder))) == calls - len(list(paid_calls(one)))


def test_what_is_taken_is_not_paid_for(
    tmp_path: Path, model: Model, server: MockServer, kept: Path
) -> None:
    model.asked = 0
    limit = ("--token-limit", "1", "--reuse")
    second = epochs(tmp_path, server, 1, *limit)
    assert second.code == 0, second.err
    assert "Stopped" not in second.err
    more = epochs(tmp_path, server, 2, *limit)
    assert more.code == 1, more.err
    assert "Stopped at --token-limit 1: " in more.err
    assert f"{DIALOGUES} of {2 * DIALOGUES} dialogues finished" in more.err
    calls = model.asked
    assert calls == 1, "one request began, and that was the limit"
    last = epochs(tmp_path, server, 2, *limit)
    assert last.code == 1, last.err
    assert model.asked == calls


def test_a_delegation_of_ones_own_plays_again(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def agent(messages, schema):\n"
        "    with open('asked', 'a') as file:\n"
        "        file.write('.')\n"
        "    return 'Hm.'\n"
    )
    words = (*RUN_IT, "--limit", "1", "--delegation", "official=mine.py:agent")
    first = track15(*words, cwd=tmp_path)
    assert "1 void" in first.err, first.err
    folder = the_run(tmp_path / "transcripts")
    folder.rename(folder.with_name("kept"))
    asked = (tmp_path / "asked").stat().st_size
    second = track15(*words, "--reuse", cwd=tmp_path)
    assert "Took no stage from another run." in second.err
    assert (tmp_path / "asked").stat().st_size == 2 * asked > 0


def test_a_replay_takes_nothing_from_others(tmp_path: Path, server: MockServer) -> None:
    done = epochs(tmp_path, server, 1, "--replay", "kept", "--reuse")
    done.fails(2, "--reuse: a replay takes everything from the run that it replays", "fix:")


def test_a_damaged_dialogue_of_another_run_is_no_error(
    tmp_path: Path, model: Model, server: MockServer, kept: Path
) -> None:
    path = kept / TRANSCRIPTS
    path.write_bytes(path.read_bytes().replace(b'"kind":"talks"', b'"kind":"walks"', 1))
    model.asked = 0
    second = epochs(tmp_path, server, 1, "--reuse")
    assert second.code == 0, second.err
    assert model.asked > 0
    assert f"Took {DIALOGUES - 1} stages from kept" in second.err
    assert "Passed over in kept: " in second.err
