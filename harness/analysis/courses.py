"""The courses of a run's dialogues, for what is asked of its voids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from harness.analysis.observations import Observation
from harness.evaluators.case import case_of
from harness.evaluators.course import Asked, Course, course_of
from harness.records.placement import placement_of
from harness.records.reader import RunFolder

Courses = Mapping[tuple[str, str, str], Course]
"""(scenario, pair, arm) -> course, as observations are placed."""


def courses_of(folder: RunFolder, arms: Collection[str]) -> Courses:
    """The courses of all dialogues of these arms. The transcripts are read once more.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found: dict[tuple[str, str, str], Course] = {}
    known: dict[tuple[Asked, ...], tuple[Asked, ...]] = {}  # few differ, so each is kept once
    for transcript in folder.transcripts():
        place = placement_of(folder, transcript)
        own = [arm for arm in place.arms if arm in arms]
        if own:
            course = course_of(case_of(transcript, folder.info))
            course = replace(course, asked=known.setdefault(course.asked, course.asked))
            for arm in own:
                found[place.scenario or "", place.pair, arm] = course
    return found


def with_courses(rows: Iterable[Observation], courses: Courses) -> list[Observation]:
    """The same observations with the courses of their dialogues, where these are known."""
    return [replace(r, course=courses.get((r.scenario, r.pair, r.arm))) for r in rows]
