"""The courses of a run's dialogues, for what is asked of its voids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from harness.analysis.observations import Observation
from harness.evaluators.case import case_of
from harness.evaluators.course import Asked, Course, course_of
from harness.records.placement import placement_of
from harness.records.reader import RunFolder

Courses = Mapping[tuple[str, str, str], Course]
"""(scenario, pair, arm) -> course, as observations are placed."""


class Gathered:
    """Courses under way.

    Attributes:
        courses: Those that were added.
    """

    def __init__(self) -> None:
        self.courses: dict[tuple[str, str, str], Course] = {}
        self._alike: dict[tuple[Asked, ...], tuple[Asked, ...]] = {}

    def add(self, scenario: str, pair: str, arms: Iterable[str], course: Course) -> None:
        """Add that of a dialogue. Few differ in when replies were due, so that is held once."""
        alike = self._alike.setdefault(course.asked, course.asked)
        course = Course(alike, course.worth, course.broke_off)
        for arm in arms:
            self.courses[scenario, pair, arm] = course


def courses_of(folder: RunFolder, arms: Collection[str]) -> Courses:
    """The courses of all dialogues of these arms. The transcripts are read once more.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found = Gathered()
    for transcript in folder.transcripts():
        place = placement_of(folder, transcript)
        if own := [arm for arm in place.arms if arm in arms]:
            course = course_of(case_of(transcript, folder.info))
            found.add(place.scenario or "", place.pair, own, course)
    return found.courses


def with_courses(rows: Iterable[Observation], courses: Courses) -> list[Observation]:
    """The same observations with the courses of their dialogues, where these are known."""
    return [
        Observation(
            row.scenario,
            row.pair,
            row.arm,
            row.value,
            row.played,
            courses.get((row.scenario, row.pair, row.arm)),
        )
        for row in rows
    ]
