"""``track15 play``: whole sittings at the real command line, typed line by line."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.records.folder import RUN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import Action, Transcript
from tests.support.command import Result
from tests.support.disputes import SMALL, write
from tests.support.inprocess import typed
from tests.support.mock_server import Answer, MockServer, error, hang
from tests.support.player import plays
from tests.support.seated import INTERRUPT, type_in

PROPOSE = ("propose", "", "keep", "", "", "2", "The well is ours.")
"""The public opening, firmly."""
TAKE = ("accept", "", "Agreed.")
DEBRIEF = ("2", "6", "3", "yes", "40", "fence", "", "They came a long way.")
SHORT = ("--rounds", "1", "--turns", "3", "--seed", "4")
CANARIES = SMALL.replace(
    "    public:\n      opening: {well: yours, fence: us}",
    "    red_lines:\n      - {issue: fence, options: [them], why: CANARY of the other side}\n"
    "    public:\n      opening: {well: yours, fence: us}",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert "CANARY" in CANARIES
    write(tmp_path, CANARIES)
    return tmp_path


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(plays) as running:
        yield running


def sitting(cwd: Path) -> tuple[RunFolder, Transcript]:
    (path,) = (found.parent for found in cwd.glob(f"transcripts/play-*[0-9a-f]/{RUN}"))
    folder = RunFolder(path)
    (transcript,) = folder.transcripts()
    return folder, transcript


def play(
    patch: pytest.MonkeyPatch, cwd: Path, *lines: str, words: tuple[str, ...] = SHORT
) -> Result:
    type_in(patch, *lines)
    return typed("play", "small.yaml", *words, cwd=cwd)


def test_a_whole_sitting_to_a_deal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = play(monkeypatch, home, *PROPOSE, *TAKE, *DEBRIEF)
    assert done.code == 0, done.out + done.err
    folder, transcript = sitting(home)
    assert transcript.status == "done"
    assert transcript.body.outcome.kind == "deal"
    assert transcript.spec.seat("u").kind == "person"
    assert transcript.body.debriefs["u"].words == "They came a long way."
    before, _, truth = done.out.partition("\nIn truth\n")
    assert "Points of every option" in before
    assert "CANARY" not in before, "nothing of the other side before the talks are over"
    assert "Arden: " in truth
    assert "no deal 0.30" in truth
    assert "no deal 0.25" in truth
    assert "You were told that no deal is worth about 40 to Arden. In truth it was 30." in truth
    assert "To Boral no deal was worth 25." in truth
    assert "Who gave what" in truth
    assert "Arden (you)" in truth
    assert "of at most" in truth
    assert "You said: Boral gave more, 6 of 10. In truth: " in truth
    assert "blind spot" in truth
    assert "Boral's value of no deal: 0.40, in truth 0.25" in truth
    shown = f"show {folder.path.name} {transcript.id}"
    assert f"To read it again, type: track15 {shown}" in done.err
    again = typed(*shown.split(), cwd=home)
    assert again.code == 0, again.err
    assert "a person" in again.out
    assert "The well is ours." in again.out


def test_a_sitting_is_scored_reported_and_replayed_like_any_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert play(monkeypatch, home, *PROPOSE, *TAKE, *DEBRIEF).code == 0
    folder, transcript = sitting(home)
    scores = typed("show", folder.path.name, transcript.id, "--scores", cwd=home)
    assert "settlement.skew" in scores.out
    assert typed("report", folder.path.name, cwd=home).code == 0
    assert (folder.path / "report.html").is_file()
    again = typed("play", "--replay", folder.path.name, cwd=home)
    assert again.code == 0, again.err
    assert "You said: Boral gave more" in again.out
    replayed = folder.path.with_name(f"{folder.path.name}-replay")
    assert (replayed / TRANSCRIPTS).read_bytes() == (folder.path / TRANSCRIPTS).read_bytes()


@pytest.mark.parametrize("lines", [(), (*PROPOSE, "accept"), ("propose", "1")])
def test_the_end_of_input_ends_the_sitting_and_is_no_move(
    home: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]
) -> None:
    done = play(monkeypatch, home, *lines)
    assert done.code == 1
    assert "Traceback" not in done.err
    _, transcript = sitting(home)
    assert transcript.status == "void"
    assert transcript.void is not None
    assert (transcript.void.kind, transcript.void.seat) == ("person", "u")
    own = [turn.move for turn in transcript.body.turns if turn.seat == "u" and turn.move]
    whole = Action.PROPOSE in [move.action for move in own]
    assert whole == (lines[:1] == ("propose",) and len(lines) > len(PROPOSE))
    assert Action.WALK_OUT not in [move.action for move in own]
    assert "You ended the sitting before the talks were over." in done.out


def test_ctrl_c_ends_the_sitting_and_keeps_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = play(monkeypatch, home, *PROPOSE, "accept", INTERRUPT)
    assert done.code == 130
    folder, transcript = sitting(home)
    assert transcript.void is not None
    assert transcript.void.kind == "person"
    assert any(turn.words == "The well is ours." for turn in transcript.body.turns)
    assert f"show {folder.path.name}" in done.err
    again = typed("play", "--replay", folder.path.name, cwd=home)
    assert again.code == 1, "it is as void as it was"


def test_a_typo_costs_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slips = ("propsoe", "acccept o-1", "accept u-7", "-3", "help")
    done = play(monkeypatch, home, *slips, *PROPOSE, "what?", *TAKE, *DEBRIEF)
    assert done.code == 0, done.out
    assert "'propsoe' cannot be read." in done.out
    _, transcript = sitting(home)
    assert sum(turn.seat == "u" for turn in transcript.body.turns) == 2
    assert not any(turn.repairs for turn in transcript.body.turns), "the table heard none of it"


def test_walking_out_is_a_move(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after = ("3", "40", "1", "", "")
    done = play(monkeypatch, home, "walk out", "yes", "Enough.", *after)
    assert done.code == 0, done.out
    _, transcript = sitting(home)
    assert transcript.status == "done"
    assert (transcript.body.outcome.kind, transcript.body.outcome.by) == ("walk_out", "u")


def test_in_words_no_points_are_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = play(monkeypatch, home, words=(*SHORT, "--brief", "words", "--seat", "official"))
    before = done.out.partition("\nIn truth\n")[0]
    assert "the most important issue first" in before
    assert "points" not in before
    _, transcript = sitting(home)
    assert transcript.spec.seat("o").kind == "person"
    assert transcript.spec.seat("o").brief == "words"


def test_a_consultation_is_answered_where_the_mandate_allows_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("consult", "2", "2", "", "consult", "3", "1", "yes")
    words = (*SHORT, "--track", "backchannel", "--brief", "words")
    done = play(monkeypatch, home, *lines, words=words)
    flat = " ".join(done.out.split())
    assert "The leadership of Arden, asked in private" in flat
    assert "we could not sign that. It crosses our red line on The well." in flat
    assert "(2 left)" in flat
    assert "(1 left)" in flat
    _, transcript = sitting(home)
    assert [turn.kind for turn in transcript.body.turns].count("consultation") == 2
    other = play(monkeypatch, home, "consult", words=SHORT)
    assert "You cannot consult now." in other.out


def test_json_is_alone_on_stdout(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = play(monkeypatch, home, *PROPOSE, *TAKE, *DEBRIEF, words=(*SHORT, "--json"))
    document = json.loads(done.out)
    _, transcript = sitting(home)
    assert document["dialogue"] == transcript.id
    assert (document["seat"], document["status"]) == ("unofficial", "done")
    assert document["person_left"] is False
    assert document["reading"]["ledger"]
    assert "The talks begin" in done.err


def test_a_model_may_sit_opposite(
    home: Path, monkeypatch: pytest.MonkeyPatch, server: MockServer
) -> None:
    model = f"openai/x@{server.base_url}"
    lines = (*PROPOSE, "accept o-2", "", "Agreed.", *DEBRIEF)
    done = play(monkeypatch, home, *lines, words=(*SHORT, "--opponent", model))
    assert done.code == 0, done.out + done.err
    folder, transcript = sitting(home)
    assert transcript.body.outcome.kind == "deal"
    assert folder.info.models == {"official": model, "unofficial": "person"}
    assert {call.seat for call in transcript.calls} == {"o"}
    asked = "".join(json.dumps(request.body) for request in server.requests)
    nonce = transcript.spec.seat("u").sitting
    assert nonce
    assert nonce not in asked
    assert "a person " not in asked, "it is not told who sits opposite"
    assert "As instructed." not in done.out.partition("\nIn truth\n")[0], "its thoughts"
    again = typed("play", "--replay", folder.path.name, cwd=home)
    assert again.code == 0, again.err


def test_ctrl_c_while_a_model_thinks_ends_the_sitting_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def thinks(body: dict[str, Any]) -> Answer:
        if "messages" not in body:
            return plays(body)
        os.kill(os.getpid(), signal.SIGINT)
        return hang()

    with MockServer(thinks) as server:
        model = f"openai/x@{server.base_url}"
        done = play(monkeypatch, home, words=(*SHORT, "--opponent", model))
    assert done.code == 130, done.err
    folder, transcript = sitting(home)
    assert transcript.status == "void"
    assert transcript.void is not None
    assert (transcript.void.kind, transcript.void.seat) == ("person", "u"), "not the model's doing"
    assert not transcript.body.turns
    again = typed("play", "--replay", folder.path.name, cwd=home)
    assert again.code == 1, again.err
    assert "You ended the sitting" in again.out


def test_a_model_that_fails_is_no_move_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(body: dict[str, Any]) -> Answer:
        return error(500, "out of memory") if "messages" in body else plays(body)

    with MockServer(fails) as server:
        words = (*SHORT, "--opponent", f"openai/x@{server.base_url}", "--max-retries", "0")
        done = play(monkeypatch, home, words=words)
    assert done.code == 1
    assert "Traceback" not in done.err
    _, transcript = sitting(home)
    assert transcript.status == "failed"
    assert transcript.void is not None
    assert (transcript.void.kind, transcript.void.seat) == ("endpoint", "o")
    assert not transcript.body.turns
    assert "out of memory" in " ".join(done.out.split())


def test_a_server_that_is_not_there_is_one_message(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (*SHORT, "--opponent", "openai/x@http://127.0.0.1:9/v1", "--max-retries", "0")
    done = play(monkeypatch, home, words=words)
    done.fails(1, "127.0.0.1:9")
    assert "The dispute" not in done.out, "nobody reads a brief in vain"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "name a scenario to play"),
        (("small.yaml", "--replay", "x"), 2, "name a scenario to play"),
        (("nothing",), 2, "nothing"),
        (("small.yaml", "--opponent", "nobody"), 2, "--opponent"),
        (("small.yaml", "--seat", "middle"), 2, "--seat"),
        (("--replay", "nothing"), 1, "no run 'nothing'"),
    ],
)
def test_what_cannot_be_played_is_one_message(
    home: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    typed("play", *words, cwd=home).fails(code, said)


def test_a_run_of_a_suite_is_no_sitting(tmp_path: Path) -> None:
    done = typed("play", "--replay", "quickstart", cwd=tmp_path)  # an example that ships
    done.fails(2, "no person sat in this run")
