"""``track15 fork``: what if, from this turn on, something were different?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.models.replies.journal import CALLS
from harness.records.folder import RUN
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from tests.support.command import track15
from tests.support.mock_server import MockServer, error
from tests.support.player import plays

RUN_IT = ("run", "quickstart", "--scenario", "opening", "--turns", "3", "--rounds", "1")
RUN_IT += ("--no-report",)


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(plays) as running:
        yield running


@pytest.fixture
def recorded(tmp_path: Path, server: MockServer) -> tuple[str, Transcript]:
    """A run of a model, and its last dialogue."""
    model = f"openai/x@{server.base_url}"
    done = track15(*RUN_IT, "--limit", "2", "--model", model, cwd=tmp_path)
    assert done.code == 0, done.err
    (run,) = (path.parent for path in tmp_path.glob(f"transcripts/*/{RUN}"))
    return run.name, list(RunFolder(run).transcripts())[-1]


def forks(cwd: Path) -> RunFolder:
    (run,) = cwd.glob("transcripts/fork-*")
    return RunFolder(run)


def test_a_fork_is_played_from_its_turn_and_shown_beside_the_record(
    tmp_path: Path, server: MockServer, recorded: tuple[str, Transcript]
) -> None:
    run, transcript = recorded
    before = len(server.requests)
    words = ("fork", run, transcript.id[:6], "--turn", "2", "--set", "u.profile.deal_reward=0")
    done = track15(*words, cwd=tmp_path)
    assert done.code == 0, done.err
    made = forks(tmp_path)
    (fork,) = made.transcripts()
    kept = sum(len(turn.calls) for turn in transcript.body.turns[:2])
    asked = [r for r in server.requests[before:] if r.path.endswith("/chat/completions")]
    assert len(asked) == len(fork.calls) - kept
    assert fork.body.turns[:2] == transcript.body.turns[:2]
    assert fork.spec.seat("u").profile.deal_reward == 0
    head = done.out.splitlines()
    assert head[0].split() == ["record", "fork"]
    assert head[1].split() == ["dialogue", transcript.id, fork.id]
    assert "What if, from turn 2" in done.out
    # It is a run like any other.
    assert (made.path / "report.html").exists()
    assert not (made.path / CALLS).exists()
    assert list(made.scores())
    for command in (("show", made.path.name, fork.id), ("report", made.path.name), ("list",)):
        read = track15(*command, cwd=tmp_path)
        assert read.code == 0, read.err
    assert made.path.name in track15("list", "runs", cwd=tmp_path).out
    # The same command plays nothing twice.
    count = len(server.requests)
    assert track15(*words, cwd=tmp_path).code == 0
    assert len(server.requests) == count


def test_a_fork_as_json(tmp_path: Path, recorded: tuple[str, Transcript]) -> None:
    run, transcript = recorded
    done = track15(
        *("fork", run, transcript.id, "--turn", "1", "--epochs", "2", "--seed", "5", "--json"),
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["record"]["id"] == transcript.id
    assert document["record"]["outcome"] == transcript.body.outcome.kind
    played = {t.id for t in forks(tmp_path).transcripts()}
    assert {fork["id"] for fork in document["forks"]} == played
    assert len(played) == 2
    assert set(document["forks"][0]["worth"]) == {"o", "u"}


def test_a_model_goes_on_for_a_script(tmp_path: Path, server: MockServer) -> None:
    assert track15("run", "quickstart", "--no-report", "--limit", "2", cwd=tmp_path).code == 0
    (run,) = tmp_path.glob("transcripts/*")
    transcript = list(RunFolder(run).transcripts())[-1]
    model = f"unofficial=openai/x@{server.base_url}"
    done = track15("fork", run.name, transcript.id, "--turn", "3", "--model", model, cwd=tmp_path)
    assert done.code == 0, done.err
    (fork,) = forks(tmp_path).transcripts()
    assert {call.seat for call in fork.calls} == {"u"}
    assert [t.words for t in fork.body.turns[:3]] == [t.words for t in transcript.body.turns[:3]]


def test_a_fork_that_a_server_broke_off_goes_on_where_it_stopped(
    tmp_path: Path, server: MockServer, recorded: tuple[str, Transcript]
) -> None:
    run, transcript = recorded
    words = ("fork", run, transcript.id, "--turn", "1", "--max-retries", "0")
    # The first request is the question which models there are; the call after it fails once.
    server.queue(plays({}), error(502))
    broken = track15(*words, cwd=tmp_path)
    broken.fails(1, "1 of 1 dialogue is missing; to play it, type: track15 fork")
    done = track15(*words, cwd=tmp_path)
    assert done.code == 0, done.err
    (fork,) = forks(tmp_path).transcripts()
    assert fork.status == "done"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--turn", "99"), ("--turn", "has no turn 99", "numbered 0 to")),
        (("--turn", "-1"), ("--turn",)),
        ((), ("--turn",)),
        (("--turn", "1", "--set", "u.profile.reward=1"), ("did you mean", "Can be set: o.role")),
        (("--turn", "1", "--set", "u.profile.deal_reward=7"), ("less than or equal to 1",)),
        (
            ("--turn", "1", "--model", "unofficial=nobody"),
            ("--model", "neither an address nor the name of a model"),
        ),
        (("--turn", "1", "--epochs", "0"), ("--epochs",)),
    ],
)
def test_a_fork_that_cannot_be_made_is_said_and_nothing_is_asked(
    tmp_path: Path,
    server: MockServer,
    recorded: tuple[str, Transcript],
    more: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    run, transcript = recorded
    before = len(server.requests)
    track15("fork", run, transcript.id, *more, cwd=tmp_path).fails(2, *words)
    assert len(server.requests) == before
    assert not list(tmp_path.glob("transcripts/fork-*"))


def test_a_dialogue_that_is_not_there_is_said(
    tmp_path: Path, recorded: tuple[str, Transcript]
) -> None:
    run, _ = recorded
    track15("fork", run, "ffffffffffff", "--turn", "1", cwd=tmp_path).fails(1, "no dialogue")
    track15("fork", "nothing", "f", "--turn", "1", cwd=tmp_path).fails(1, "no run 'nothing'")
