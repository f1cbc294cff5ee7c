"""``--token-limit``, ``--cost-limit`` and the other limits, as a user meets them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from harness.records.folder import TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from tests.support.command import Result, track15
from tests.support.mock_server import USAGE, MockServer, completion, error, payload
from tests.support.player import plays

PLAY = ("run", "quickstart", "--scenario", "opening", "--epochs", "2", "--turns", "3")
PLAY += ("--rounds", "1", "--display", "none", "--no-report")
A_CALL = USAGE["total_tokens"]
MODELS = """\
schema: track15/models/1
models:
  mock:
    address: openai/m@{url}
    price: {{prompt: 1000, completion: 1000}}
"""


def play(server: MockServer, cwd: Path, *more: str) -> Result:
    return track15(*PLAY, "--model", f"openai/m@{server.base_url}", *more, cwd=cwd)


def asked(server: MockServer) -> int:
    """Requests for completions."""
    return sum("messages" in body for body in server.bodies)


def the_run(cwd: Path) -> Path:
    (run,) = (path.parent for path in cwd.glob("transcripts/*/run.json"))
    return run


def statuses(cwd: Path) -> Counter[str]:
    return Counter(status for _, status in RunFolder(the_run(cwd)).index().values())


def spent(text: str) -> int:
    found = re.search(r"([\d,]+) tokens spent", text)
    assert found is not None, text
    return int(found.group(1).replace(",", ""))


@pytest.mark.kind("X6")
@pytest.mark.parametrize("connections", [1, 4])
def test_a_token_limit_stops_the_run_and_a_higher_one_goes_on(
    tmp_path: Path, connections: int
) -> None:
    limit = 40 * A_CALL - 5
    with MockServer(plays, latency=0.01) as server:
        flags = ("--max-connections", str(connections))
        done = play(server, tmp_path, *flags, "--token-limit", str(limit))
        first = asked(server)
        done.fails(1, "Stopped at --token-limit 715:", "type the same command with a higher")
        said = " ".join(done.out.split())
        assert "not played because the run's token or cost limit was reached" in said
        assert "endpoint" not in said
        assert spent(done.err) == first * A_CALL
        # Known sizes: the estimates are good, and nobody is let in beyond the limit.
        assert 40 <= first <= 40 + connections - 1
        assert set(statuses(tmp_path)) <= {"done", "failed"}
        kept = [t for t in RunFolder(the_run(tmp_path)).transcripts() if t.status == "failed"]
        assert kept
        for transcript in kept:
            assert transcript.void is not None
            assert transcript.void.kind == "budget"
            assert transcript.body.outcome.kind == "void"

        # The same again: nothing is sent at all.
        again = play(server, tmp_path, *flags, "--token-limit", str(limit))
        again.fails(1, "Stopped at --token-limit 715:")
        assert spent(again.err) == first * A_CALL
        assert asked(server) == first

        # A little more: it counts what the first sitting spent.
        more = play(server, tmp_path, *flags, "--token-limit", str(limit + 10 * A_CALL))
        more.fails(1, "Stopped at --token-limit 895:")
        assert spent(more.err) == asked(server) * A_CALL
        assert 50 <= asked(server) <= 50 + connections - 1

        rest = play(server, tmp_path, *flags, "--token-limit", "1_000_000")
        assert rest.code == 0, rest.err
        assert statuses(tmp_path) == {"done": 8}
        assert "Stopped" not in rest.err
    with MockServer(plays) as server:
        whole = play(server, tmp_path, "--log-dir", "whole")
        assert whole.code == 0
    ours = list(RunFolder(the_run(tmp_path)).transcripts())
    whole_run = next(tmp_path.glob("whole/*/run.json")).parent
    theirs = list(RunFolder(whole_run).transcripts())
    parts = {"calls", "void", "body"}
    strip = {"calls": {"__all__": {"model"}}}
    assert [t.model_dump(include=parts, exclude=strip) for t in ours] == [
        t.model_dump(include=parts, exclude=strip) for t in theirs
    ]


def test_retries_count_and_stop_too(tmp_path: Path) -> None:
    """Every good answer is preceded by a lost one, which may have cost as much."""
    sent = 0

    def every_other(body: dict[str, object]) -> object:
        nonlocal sent
        sent += 1
        return completion("{", usage=USAGE) if sent % 3 == 0 else plays(body)

    with MockServer(every_other) as server:  # type: ignore[arg-type]
        done = play(server, tmp_path, "--token-limit", "500", "--max-connections", "1")
        done.fails(1, "Stopped at --token-limit 500:")
        assert spent(done.err) == asked(server) * A_CALL
        assert asked(server) == -(-500 // A_CALL)


def test_a_refused_request_costs_nothing(tmp_path: Path) -> None:
    with MockServer(lambda _: error(400, "no such setting")) as server:
        done = play(server, tmp_path, "--token-limit", "500", "--max-retries", "0")
        done.fails(1, "400")
        assert "Stopped" not in done.err


@pytest.mark.kind("S6")
@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 0, "completion_tokens": 0}])
def test_a_server_that_does_not_count_is_counted_by_estimate(
    tmp_path: Path, usage: dict[str, int] | None
) -> None:
    def uncounted(body: dict[str, object]) -> object:
        answer = json.loads(plays(body).body)
        if "choices" not in answer:
            return ""
        return completion(answer["choices"][0]["message"]["content"], usage=usage)

    with MockServer(uncounted) as server:  # type: ignore[arg-type]
        done = play(server, tmp_path, "--token-limit", "20000", "--max-connections", "2")
        done.fails(1, "Stopped at --token-limit 20,000:", "counted by an estimate")
        first = asked(server)
        assert f"{first} requests are counted by an estimate" in done.err
        again = play(server, tmp_path, "--token-limit", "20000")
        again.fails(1, "Stopped at --token-limit 20,000:")
        assert asked(server) == first


def test_a_cost_limit_needs_a_price_before_anything_is_sent(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        done = play(server, tmp_path, "--cost-limit", "1")
        done.fails(2, "the price of", f"openai/m@{server.base_url}", "models.yaml", "prompt:")
        assert server.requests == []
        assert not list(tmp_path.glob("transcripts/*"))


def test_a_cost_limit_stops_the_run(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        (tmp_path / "models.yaml").write_text(MODELS.format(url=server.base_url))
        flags = ("--model", "mock", "--max-connections", "1")
        done = track15(*PLAY, *flags, "--cost-limit", "0.5", cwd=tmp_path)
        done.fails(1, "Stopped at --cost-limit $0.5", "higher --cost-limit")
        calls = asked(server)
        assert calls == -(-0.5 // (A_CALL / 1000))  # $1000 for a million tokens
        assert f"${calls * A_CALL / 1000:.4f} spent" in done.err
        rest = track15(*PLAY, *flags, "--cost-limit", "100", cwd=tmp_path)
        assert rest.code == 0, rest.err


def test_a_dialogue_limit_voids_the_dialogue_and_keeps_the_others(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        limit = str(4 * A_CALL)
        done = play(server, tmp_path, "--dialogue-token-limit", limit)
        assert done.code in (0, 100), done.err
        assert statuses(tmp_path) == {"void": 8}
        for transcript in RunFolder(the_run(tmp_path)).transcripts():
            void = transcript.void
            assert void is not None
            assert void.kind == "limit"
            assert f"it may take {4 * A_CALL}" in void.detail
            assert len(transcript.calls) == 4
            assert transcript.spec.protocol.token_limit == 4 * A_CALL
        sent = asked(server)
        assert play(server, tmp_path, "--dialogue-token-limit", limit).code in (0, 100)
        assert asked(server) == sent, "a void dialogue is a result"


def test_what_was_spent_is_shown(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        (tmp_path / "models.yaml").write_text(MODELS.format(url=server.base_url))
        server.queue(payload({"object": "list", "data": []}), error(503), completion("nonsense"))
        arguments = [a for a in PLAY if a not in ("--display", "none")]
        done = track15(*arguments, "--model", "mock", "--max-connections", "1", cwd=tmp_path)
        assert done.code in (0, 100), done.err
        timings = (the_run(tmp_path) / TIMINGS).read_text().splitlines()
        attempts = [c["attempts"] for line in timings for c in json.loads(line)["calls"]]
        assert sum(attempts) - len(attempts) == 1
        assert ", 1 retry," in done.err
        assert "at least $" in done.err, "the nonsense was not counted"
        assert "tokens not counted on 1 unusable reply" in done.err


def test_the_bytes_are_the_same_with_and_without(tmp_path: Path) -> None:
    """Neither the pace nor the number at once leaves a trace in what was said."""
    found = []
    with MockServer(plays, latency=0.002) as server:
        for name, flags in {
            "plain": ["--no-adaptive"],
            "adaptive": ["--adaptive"],
            "all": ["--requests-per-minute", "1e6", "--tokens-per-minute", "1e9"],
        }.items():
            done = play(server, tmp_path, "--log-dir", name, *flags)
            assert done.code in (0, 100), done.err
            found.append(next(tmp_path.glob(f"{name}/*/{TRANSCRIPTS}")).read_bytes())
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    "flags",
    [
        ["--token-limit", "0"],
        ["--cost-limit", "0"],
        ["--cost-limit", "nan"],
        ["--requests-per-minute", "0"],
        ["--tokens-per-minute", "inf"],
        ["--dialogue-time-limit", "0"],
        ["--dialogue-token-limit", "0"],
    ],
)
def test_limits_that_mean_nothing_are_refused(tmp_path: Path, flags: list[str]) -> None:
    track15(*PLAY, *flags, cwd=tmp_path).fails(2, flags[0])
