"""``play --web`` and ``view --play``: a person in a browser, from the command line to its end."""

from __future__ import annotations

import json
import re
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from tests.support.command import Result, started
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.sittings import ANSWERS, CANARIES, PROPOSAL, hidden, of_move
from tests.support.waiting import until

SHORT = ("--rounds", "1", "--turns", "3", "--seed", "4", "--no-open")
TAKE = {"action": "accept", "offer": "o-2", "commitment": "personal", "words": "Agreed."}
Visit = Callable[[TestClient, str], None]
"""What a person does at the pages; told the address that was printed."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path, CANARIES)
    return tmp_path


def sitting(cwd: Path) -> Transcript:
    (path,) = cwd.glob("transcripts/play-*")
    (transcript,) = RunFolder(path).transcripts()
    return transcript


def visited(
    patch: pytest.MonkeyPatch, cwd: Path, visit: Visit, *words: str
) -> tuple[Result, list[str]]:
    """What a command says, and the addresses that it tells. ``visit`` is done while it serves, and
    then it is ended as by Ctrl-C."""
    addresses: list[str] = []

    def serve(app: Any, opened: Any, ready: Callable[[], None]) -> None:
        ready()
        base = f"http://127.0.0.1:{opened.getsockname()[1]}"
        client = TestClient(app, base_url=base, headers={"origin": base})
        (path,) = addresses or ["/"]
        visit(client, path)

    from harness.app import viewing

    real = viewing.view

    def view(*args: Any, ready: Callable[[str, int], None], **more: Any) -> int:
        def told(address: str, port: int) -> None:
            addresses.append(urllib.parse.urlsplit(address).path)
            ready(address, port)

        return real(*args, ready=told, **more)

    patch.setattr(viewing, "serve", serve)
    patch.setattr(viewing, "prepare", lambda: None)  # no page here draws a figure
    patch.setattr(viewing, "view", view)
    return typed(*words, cwd=cwd), addresses


def wait(client: TestClient, address: str, *states: str) -> None:
    until(lambda: client.get(f"{address}/state").json()["state"] in states)


def answer(client: TestClient, address: str, fields: dict[str, str], *states: str) -> None:
    text = client.get(address).text
    own = {name: hidden(text, name) for name in ("token", "question")}
    done = client.post(f"{address}/answer", data=of_move({**own, **fields}), follow_redirects=False)
    assert done.status_code == 303, done.text
    wait(client, address, *states)


def state_at(address: str) -> str:
    with urllib.request.urlopen(f"{address}/state") as said:  # noqa: S310 - loopback
        return str(json.load(said)["state"])


def to_the_end(client: TestClient, address: str) -> None:
    wait(client, address, "move")
    answer(client, address, PROPOSAL, "move")
    answer(client, address, TAKE, "debrief")
    answer(client, address, ANSWERS, "over")
    assert "What you could not know" in client.get(address).text


def test_a_whole_sitting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("play", "small.yaml", "--web", "--json", *SHORT)
    done, (address,) = visited(monkeypatch, home, to_the_end, *words)
    assert done.code == 0, done.err
    assert re.fullmatch(r"/play/[0-9a-f]{16}", address)
    document = json.loads(done.out)
    assert (document["status"], document["person_left"]) == ("done", False)
    assert document["untold"][1] == "To Boral no deal was worth 23.2."
    assert "http://127.0.0.1:" in done.err, "the address goes where it is in nobody's way"
    assert "To read it again, type: track15 show play-" in done.err
    assert sitting(home).status == "done"


def test_ctrl_c_ends_a_sitting_and_is_no_move(home: Path) -> None:
    with started("play", "small.yaml", "--web", *SHORT, cwd=home) as process:
        address = process.stdout.readline().strip()
        until(lambda: state_at(address) == "move")
        forged = urllib.request.Request(f"{address}/answer", data=b"action=pass")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(forged)  # noqa: S310
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert "1 sitting was ended before the talks were over. What was played is kept." in err
    assert "Traceback" not in err
    record = sitting(home)
    assert record.void is not None
    assert record.void.kind == "person"
    assert not [turn for turn in record.body.turns if turn.seat == "u"]


def test_a_page_asks_where_no_scenario_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def visit(client: TestClient, address: str) -> None:
        assert address == "/play"
        assert "Sit down at the table" in client.get(address).text

    for words in (("play", "--web", "--no-open"), ("view", "--play", "--no-open")):
        done, _ = visited(monkeypatch, home, visit, *words)
        assert done.code == 0, done.err
        monkeypatch.undo()
    assert not (home / "transcripts").exists(), "nothing is written before somebody sits down"


def test_a_sitting_that_cannot_be_played_is_an_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def visit(client: TestClient, address: str) -> None:
        wait(client, address, "failed")
        assert "No move was made of it." in client.get(address).text

    words = ("--opponent", "openai/x@http://127.0.0.1:9/v1", "--max-retries", "0")
    done, _ = visited(monkeypatch, home, visit, "play", "small.yaml", "--web", *SHORT, *words)
    assert done.code == 1
    assert "127.0.0.1:9" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("play", "small.yaml", "--port", "7000"), "add --web, or leave out --port"),
        (("play", "small.yaml", "--no-open"), "add --web, or leave out --no-open"),
        (("play", "--replay", "x", "--web"), "leave out --web or --replay"),
        (("play", "nothing-like-it", "--web", "--no-open"), "nothing-like-it"),
        (("play", "small.yaml", "--web", "--opponent", "gpt"), "--opponent"),
        (("view", "--opponent", "openai/x"), "add --play, or leave out --opponent"),
        (("view", "latest", "--play"), "leave out RUN"),
    ],
)
def test_what_does_not_go_together_is_one_error(
    home: Path, words: tuple[str, ...], said: str
) -> None:
    done = typed(*words, cwd=home)
    assert done.code == 2
    assert said in done.err
    assert not (home / "transcripts").exists()
