"""The shares of what a prefix cache could serve are those of the prompts that were really sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.prefix import prefix_shares
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.transcript import Call, CallTiming, Timing, Usage
from harness.records.writer import RunWriter
from tests.support.command import track15
from tests.support.disputes import small
from tests.support.mock_server import MockServer
from tests.support.player import plays
from tests.support.run_folders import MIDDLE, deal, make_suite


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, list[list[str]]]:
    """A run of four dialogues one after another, and every prompt that the server got, in order,
    as lists of message texts."""
    folder = tmp_path_factory.mktemp("prefix")
    with MockServer(plays) as server:
        done = track15(
            *(
                "run",
                "quickstart",
                "--scenario",
                "ceasefire",
                "--arm",
                "track-1.5",
                "--epochs",
                "2",
            ),
            *("--turns", "2", "--limit", "4", "--model", f"openai/m@{server.base_url}"),
            *("--max-connections", "1"),
            cwd=folder,
        )
        assert done.code == 0, done.err
        assert "Prompts only grow" in done.out
        prompts = [
            [str(message["content"]) for message in request.body["messages"]]
            for request in server.requests
            if "messages" in request.body
        ]
    (run,) = (folder / "transcripts").iterdir()
    assert "Prompts only grow" in (run / "report.html").read_text(encoding="utf-8")
    return RunFolder(run), prompts


def test_the_shares_are_those_of_what_was_sent(sent: tuple[RunFolder, list[list[str]]]) -> None:
    run, prompts = sent
    shares = prefix_shares(run)
    assert shares is not None
    assert (shares.dialogues, shares.calls) == (4, len(prompts))
    total = sum(len(text) for prompt in prompts for text in prompt)
    within = across = 0
    for index, prompt in enumerate(prompts):
        across += max((common(prompt, old) for old in prompts[:index]), default=0)
        # A thread starts with a briefing and a question; its next prompt is two messages longer.
        start, size = prompt[0], len(prompt) - 2
        own = [old for old in prompts[:index] if old[0] == start and len(old) == size]
        within += common(prompt, own[-1]) if own else 0
    assert shares.within == pytest.approx(within / total)
    assert shares.across == pytest.approx(across / total)
    assert 0.4 < shares.within < shares.across - 0.05 < 1


def common(prompt: list[str], old: list[str]) -> int:
    size = 0
    for new, before in zip(prompt, old, strict=False):
        if new != before:
            break
        size += len(new)
    return size


def test_a_server_that_says_nothing_is_silent(sent: tuple[RunFolder, list[list[str]]]) -> None:
    run, prompts = sent
    shares = prefix_shares(run)
    assert shares is not None
    assert shares.reported is None
    assert shares.silent == len(prompts)


Said = tuple[int | None, int | None]
"""Tokens of a prompt, and how many of them were cached, as a server says."""


@pytest.mark.parametrize(
    ("said", "reported", "silent"),
    [
        ([(100, 0), (300, 150), (400, 400)], 550 / 800, 0),
        ([(100, 0), (100, 0)], 0.0, 0),  # it says so: not the same as saying nothing
        ([(100, 60), (100, None), (300, None)], 0.6, 2),
        ([(100, 250), (300, 30)], 130 / 400, 0),  # more than there was
        ([(None, 50), (0, 50), (200, 50)], 0.25, 2),  # cached, of it does not say what
        ([(100, None), (None, None)], None, 2),
    ],
)
def test_what_servers_say_is_kept_apart_from_what_they_do_not(
    tmp_path: Path, said: list[Said], reported: float | None, silent: int
) -> None:
    shares = prefix_shares(reporting(tmp_path, [said]))
    assert shares is not None
    assert shares.calls == len(said)
    assert shares.reported == (None if reported is None else pytest.approx(reported))
    assert shares.silent == silent


def test_dialogues_add_up_token_by_token(tmp_path: Path) -> None:
    shares = prefix_shares(reporting(tmp_path, [[(100, 100)], [(300, 0)], [(50, None)]]))
    assert shares is not None
    assert (shares.dialogues, shares.calls) == (3, 3)
    assert shares.reported == pytest.approx(0.25), "not the mean of the dialogues' shares"
    assert shares.silent == 1


def test_timings_that_a_crash_has_lost_are_silence(tmp_path: Path) -> None:
    run = reporting(tmp_path, [[(100, 50)], [(100, 50)]])
    timings = run.path / "timings.jsonl"
    timings.write_bytes(timings.read_bytes().splitlines(keepends=True)[0])
    shares = prefix_shares(run)
    assert shares is not None
    assert (shares.reported, shares.silent) == (0.5, 1)


def reporting(folder: Path, dialogues: list[list[Said]]) -> RunFolder:
    """A run whose servers said this of their calls; each dialogue's prompts grow by a message."""
    scenario = small(folder)
    info = RunInfo.model_validate(
        {
            "version": "0",
            "created": "2020-01-01T00:00:00+00:00",
            "command": "track15 run hand-made",
            "plan": "0" * 16,
            "dialogues": len(dialogues),
            "suite": make_suite(),
            "scenarios": {"small": scenario},
            "models": {"official": "openai/m@http://127.0.0.1:9/v1"},
        }
    )
    with RunWriter(folder / "run", info) as writer:
        for epoch, said in enumerate(dialogues, 1):
            played = deal(scenario, "lean", MIDDLE, epoch=epoch)
            keys = [f"{epoch:02}{number:02}" for number in range(len(said))]
            calls = tuple(
                Call(
                    index=number,
                    purpose="move",
                    seat="o",
                    model="m",
                    prompt=tuple(keys[: number + 1]),
                    reply="{}",
                    how="schema",
                    usage=Usage(prompt=prompt, completion=7),
                )
                for number, (prompt, _) in enumerate(said)
            )
            writer.plan(played.episode)
            played = played.model_copy(update={"calls": calls})
            timing = Timing(
                id=played.id,
                started="2020-01-01T00:00:00",
                seconds=1.0,
                calls=tuple(
                    CallTiming(call=number, seconds=0.5, attempts=1, cached_tokens=cached)
                    for number, (_, cached) in enumerate(said)
                ),
            )
            messages = {key: ("user", f"message {key}") for key in keys}
            writer.append(Finished.of(Played(played, timing, messages)))
    return RunFolder(folder / "run")


def test_a_scripted_run_has_no_prompts(tmp_path: Path) -> None:
    done = track15("run", "quickstart", "--no-report", "--limit", "2", cwd=tmp_path)
    assert done.code == 0
    assert "Prompts only grow" not in done.out
    (run,) = (tmp_path / "transcripts").iterdir()
    assert prefix_shares(RunFolder(run)) is None
