"""Answers to what a suite declares: its primary and secondary questions, with what they rest on."""

from __future__ import annotations

from harness.analysis.by_model import words_of
from harness.analysis.contrast import evaluate_all
from harness.analysis.courses import Courses, courses_of, with_courses
from harness.analysis.effect import Effect
from harness.analysis.unheard import with_unheard
from harness.analysis.values import Values
from harness.evaluators.base import Measure
from harness.records.reader import RunFolder
from harness.suite.suite import Suite


def courses_for(folder: RunFolder, suite: Suite, values: Values, known: Courses | None) -> Courses:
    """Of the arms that are compared; of none where nothing is void, and so nothing is asked."""
    if suite.contrasts is None or not any(went.void for went in values.proceedings.values()):
        return {}
    compared = {arm for c in suite.contrasts.all() for arm in (c.treatment, c.control) if arm}
    if known is not None:
        return {where: course for where, course in known.items() if where[-1] in compared}
    return courses_of(folder, compared)


def effects_of(
    suite: Suite,
    values: Values,
    definitions: dict[str, Measure],
    courses: Courses,
    *,
    apart: bool,
) -> tuple[Effect | None, tuple[Effect, ...]]:
    """The primary and the secondary effects; ``apart`` leaves out the secondary ones, which each
    line-up has for itself."""
    if suite.contrasts is None:
        return None, ()
    further = () if apart else suite.contrasts.secondary
    contrasts = (suite.contrasts.primary, *further)
    rows = {c.measure: with_courses(values.observations(c.measure), courses) for c in contrasts}
    words = words_of(definitions)
    planned = {arm: suite.twins_of(arm) for arm in suite.arms}
    first, others = evaluate_all(suite.contrasts.primary, further, rows, *words, planned)
    return with_unheard(first, values), tuple(with_unheard(one, values) for one in others)
