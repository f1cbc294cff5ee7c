"""The parts that a comparison is repeated on: scenarios, arms, or families of scenarios."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from harness.analysis.comparison_pairs import Standing
from harness.analysis.comparison_rows import Meeting, Meetings
from harness.analysis.families import Family, families

By = Literal["scenario", "arm", "family"]


def parts_of(
    meetings: Meetings, by: By | None, kinds: Sequence[Family]
) -> list[tuple[str, Callable[[Meeting], bool]]]:
    """Names of the parts, and whether a dialogue belongs to one."""
    if by == "scenario":
        scenarios = dict.fromkeys(meeting.scenario for meeting in meetings.rows)
        return [(name, partial(_is_on, name)) for name in scenarios]
    if by == "arm":
        arms = dict.fromkeys(arm for meeting in meetings.rows for arm in meeting.arms)
        return [(name, partial(_is_in, name)) for name in arms]
    if by == "family":
        return [(kind.title, partial(_is_of, frozenset(kind.scenarios))) for kind in kinds]
    return []


def kinds_in(meetings: Meetings) -> tuple[Family, ...]:
    """The families of the scenarios that were played; none where there is one alone."""
    played = {meeting.scenario for meeting in meetings.rows}
    known = {
        name: scenario
        for run in meetings.runs
        for name, scenario in run.info.scenarios.items()
        if name in played
    }
    return families(known)[1:]


def _is_of(scenarios: Collection[str], meeting: Meeting) -> bool:
    return meeting.scenario in scenarios


def _is_on(scenario: str, meeting: Meeting) -> bool:
    return meeting.scenario == scenario


def _is_in(arm: str, meeting: Meeting) -> bool:
    return arm in meeting.arms


def within(
    meetings: Meetings, known: Sequence[Standing], belongs: Callable[[Meeting], bool]
) -> tuple[Standing, ...]:
    """The entries with those of their dialogues that belong to a part; without any, none."""
    kept = [
        replace(one, rows=tuple(row for row in one.rows if belongs(meetings.rows[row])))
        for one in known
    ]
    return tuple(one for one in kept if one.rows)
