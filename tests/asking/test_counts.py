"""Counts that count nothing, and counts that show that a server cuts prompts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from harness.asking.answer import MadeCall
from harness.asking.counts import PromptWatch, as_counted
from harness.records.transcript import Call, Usage


def made(
    count: int | None,
    messages: int = 2,
    *,
    cached: int | None = None,
    completion: int | None = 20,
    seat: str = "u",
    member: str | None = None,
    reply: str = "so be it",
    thread: str = "m",
) -> MadeCall:
    call = Call(
        index=-1,
        seat=seat,
        member=member,
        purpose="move",
        model="openai/m",
        prompt=tuple(f"{thread}{number}" for number in range(messages)),
        reply=reply,
        usage=Usage(prompt=count, completion=completion),
    )
    return MadeCall(call=call, seconds=0.0, attempts=1, cached_tokens=cached)


@pytest.mark.kind("S6")
@pytest.mark.parametrize(
    ("prompt", "completion", "reply", "found"),
    [
        (0, 0, "so be it", (None, None)),
        (0, 7, "so be it", (None, 7)),
        (11, 0, "so be it", (11, None)),
        (11, 0, "", (11, 0)),
        (0, None, "", (None, None)),
        (11, 7, "so be it", (11, 7)),
        (10**13, 10**30, "so be it", (None, None)),
    ],
)
def test_a_zero_that_cannot_be_is_not_counted(
    prompt: int, completion: int | None, reply: str, found: tuple[int | None, int | None]
) -> None:
    usage = as_counted(made(prompt, completion=completion, reply=reply)).call.usage
    assert (usage.prompt, usage.completion) == found


def looked(calls: Iterable[MadeCall]) -> tuple[list[bool], dict[str, str]]:
    watch = PromptWatch("seat")
    return [watch.look(call) is not None for call in calls], watch.warnings


@pytest.mark.kind("S10")
@pytest.mark.parametrize(
    ("counts", "cut", "warned"),
    [
        ([1500, 2000, 2600, 3100], False, False),
        ([1500, 2048, 2048], False, True),
        ([1500, 2048, 2048, 2048], True, True),
        ([2048, 2048, 2048], True, True),
        ([1500, 2000, 2000, 2000], True, True),
        ([500, 500, 500, 500], False, True),  # never grew, and no context is so long
        ([1500, 2010, 1985, 2040], False, True),  # whole messages are left out
        ([2048, 2048, None, 2048], True, True),
        ([100, 100, 100, 100], False, False),  # a server that makes its counts up
        ([2000, 450, 460, 300], False, False),  # one that leaves out what it had cached
        ([None, None, None], False, False),
    ],
)
def test_counts_that_stop_growing(counts: list[int | None], cut: bool, warned: bool) -> None:
    calls = [made(count, 2 * number) for number, count in enumerate(counts, start=1)]
    voided, warnings = looked(calls)
    assert voided[:-1] == [False] * (len(counts) - 1)
    assert (voided[-1], list(warnings)) == (cut, ["u"] if warned else [])


@pytest.mark.kind("S10")
def test_another_form_counts_otherwise() -> None:
    """Servers count the schema they are sent, and a debrief's is smaller than a move's."""
    calls = [made(count, 2 + 2 * n) for n, count in enumerate((4900, 5300, 5700))]
    asked = made(5600, 8)
    debrief = replace(asked, call=replace(asked.call, purpose="debrief"))
    by_tool = replace(asked, call=replace(asked.call, how="tool"))
    assert looked([*calls, debrief])[1] == {}
    assert looked([*calls, by_tool])[1] == {}
    assert looked([*calls, asked])[1] != {}


@pytest.mark.kind("S10")
def test_what_the_server_had_cached_explains_it() -> None:
    """Some count only what they read anew."""
    calls = [made(2048, 2 * n, cached=500 * n) for n in range(1, 5)]
    assert looked(calls) == ([False] * 4, {})
    calls = [made(2048, 2 * n, cached=7) for n in range(1, 4)]
    assert looked(calls)[0] == [False, False, True]


@pytest.mark.kind("S10")
def test_only_a_thread_that_grows_is_looked_at() -> None:
    same = [made(2048, 4) for _ in range(4)]
    others = [made(2048, 2 * n, thread=f"t{n}") for n in range(1, 5)]
    seats = [made(2048, 2 * n, seat=f"x{n}") for n in range(1, 5)]
    members = [made(2048, 2 * n, member=f"m{n}") for n in range(1, 5)]
    for calls in (same, others, seats, members):
        assert looked(calls) == ([False] * 4, {})
