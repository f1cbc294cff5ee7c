"""The shares of what a prefix cache could serve are those of the prompts that were really sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.analysis.prefix import prefix_shares
from harness.records.store import RunFolder
from tests.support.command import track15
from tests.support.mock_server import MockServer
from tests.support.player import plays


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


def test_what_servers_say_is_kept_apart_from_what_they_do_not(
    sent: tuple[RunFolder, list[list[str]]], tmp_path: Path
) -> None:
    run, prompts = sent
    shares = prefix_shares(run)
    assert shares is not None
    lines = [json.loads(line) for line in (run.path / "timings.jsonl").read_text().splitlines()]
    said = [call for line in lines for call in line["calls"] if call["cached_tokens"] is not None]
    if not said:
        assert shares.reported is None
        assert shares.silent == len(prompts)
    else:
        assert shares.reported is not None
        assert shares.silent == len(prompts) - len(said)


def test_a_scripted_run_has_no_prompts(tmp_path: Path) -> None:
    done = track15("run", "quickstart", "--limit", "2", cwd=tmp_path)
    assert done.code == 0
    assert "Prompts only grow" not in done.out
    (run,) = (tmp_path / "transcripts").iterdir()
    assert prefix_shares(RunFolder(run)) is None
