"""What the rules of ``harness.models.limits.concurrency`` are judged by, in small."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from benchmarks import concurrency
from benchmarks.concurrency import POLICIES, best, compare
from benchmarks.simulated_servers import (
    CALLS,
    HEADINGS,
    Kind,
    Policy,
    Run,
    batching,
    becoming,
    thrashing,
)

TWO = Kind("two slots", 4, lambda n, _: n, slots=2, spread=0.0)
"""Four dialogues, of which two at a time are given 5 seconds an answer."""


def row(kind: Kind, fixed: int) -> dict[str, float]:
    """What becomes of one dialogue for each in play, with so many requests at once."""
    return dict(zip(HEADINGS, Run(kind, Policy(fixed), 0, 1).figures().row(), strict=True))


@pytest.mark.parametrize(("fixed", "request_takes"), [(2, 5.0), (4, 10.0)])
def test_who_waits_waits_here_or_there(fixed: int, request_takes: float) -> None:
    figures = Run(TWO, Policy(fixed), 0, 1).figures()
    assert figures.seconds == pytest.approx(4 * CALLS * 5.0 / 2)
    found = row(TWO, fixed)
    assert found["calls/s"] == pytest.approx(2 / 5)
    assert found["p95 call"] == pytest.approx(10.0)
    assert found["p95 request"] == pytest.approx(request_takes)
    assert found["time-outs"] == found["refused"] == found["given up"] == 0


def test_what_takes_too_long_is_given_up() -> None:
    slow = replace(TWO, slots=1, seconds=50.0)
    assert row(slow, 2)["time-outs"] == 0, "a hundred seconds"
    found = row(slow, 4)
    assert found["time-outs"] > 6
    assert found["given up"] > 0
    assert 100 < found["p95 request"] <= 120


def test_a_full_server_refuses() -> None:
    full = replace(TWO, takes=2)
    assert row(full, 2)["refused"] == 0
    assert row(full, 3)["refused"] > 0
    assert best(full, 1) == 2


def test_a_server_refuses_by_chance() -> None:
    found = row(replace(TWO, stray=1.0), 4)
    assert (found["refused"], found["given up"]) == (4 * 6, 4), "five retries"
    assert math.isnan(found["p95 call"])
    assert 0 < row(replace(TWO, stray=0.1), 4)["refused"] < 20


def test_the_time_of_a_request_that_was_refused_is_not_that_of_the_next() -> None:
    found = row(replace(TWO, seconds=35.0, stray=0.1), 1)
    assert found["refused"] > 0
    assert found["p95 call"] > 120
    assert found["time-outs"] == 0


def test_prompts_may_grow() -> None:
    longest = Run(replace(TWO, growth=6.0), Policy(2), 0, 1).figures()
    assert max(longest.requests) == pytest.approx(30.0)
    assert min(longest.requests) == pytest.approx(5.0)


def test_paces() -> None:
    assert [batching(4)(n, 0.0) for n in (1, 4, 8)] == pytest.approx([1.6, 4.0, 4.0])
    assert [thrashing(4)(n, 0.0) for n in (1, 4, 16)] == [1, 4, 2]
    assert [becoming(4, 2)(3, over) for over in (0.0, 0.5)] == [3, 2]


def test_the_rules_of_the_package_are_those_that_gain() -> None:
    """Of the kinds that decide; the whole table is for people."""
    kinds = {kind.name: kind for kind in concurrency.KINDS}
    slow = compare(kinds["1 slot, slow"], 1, 2)
    lost = {name: found[HEADINGS.index("given up")] for name, found in slow.items()}
    assert list(slow)[:-1] == list(POLICIES)
    assert lost["ceiling"] > 0
    assert lost["latency"] == lost["refusals"] > 0
    assert lost["adaptive"] == lost["all three"] == lost["best: 1"] == 0
    stray = replace(kinds["503 one in 50"], ceiling=32)
    rates = {
        name: Run(stray, POLICIES[name](32), 0, 4).figures().row()[0]
        for name in ("strict", "adaptive")
    }
    assert rates["adaptive"] > 1.2 * rates["strict"]


def test_latency_is_seen_by_the_policy_that_looks_at_it() -> None:
    grows = Kind("grows", 24, lambda n, _: n, spread=0.0, growth=12.0)
    by_latency, without = (POLICIES[name](24) for name in ("latency", "refusals"))
    slowed, plain = (Run(grows, policy, 0, 3).figures() for policy in (by_latency, without))
    assert by_latency.allowed < without.allowed == 24
    # As with the window that once stood in the package.
    assert slowed.row()[0] == pytest.approx(0.5838, abs=0.0001)
    assert plain.row()[0] > 0.7


def test_the_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(concurrency, "KINDS", (TWO, replace(TWO, name="other")))
    monkeypatch.setattr("sys.argv", ["concurrency.py", "--only", "two", "--seeds", "1"])
    concurrency.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "two slots, --max-connections 4"
    assert [line.split()[0] for line in lines[2:]] == [
        *(name.split()[0] for name in POLICIES),
        "best:",
    ]
    assert lines[2].split() == ["ceiling", "0.40", "10", "10", "0", "0", "0"]
