"""The rubrics that a judge can be calibrated by: those whose truth planted transcripts hold."""

from __future__ import annotations

import shlex
from typing import Final

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Twin
from harness.errors import UsageError, suggest
from harness.files.catalogue import data_root
from harness.plans.named_rubrics import FLAG, from_file, rubrics_named
from harness.plans.rubrics import RUBRICS as OF_THE_PROGRAM
from harness.plans.rubrics import RunRubric
from harness.planted.sets import RUBRICS

_EXAMPLE: Final = "ceasefire"
"""A shipped scenario, in which the words of two rubrics are compared."""
LABEL: Final = "let people label records of a run of yours: track15 label RUN --rubric {}"


def planted_rubric(name: str) -> RunRubric:
    """The rubric of that name.

    Args:
        name: Of a rubric, or the path of a rubric file.

    Raises:
        UsageError: There is no such rubric; nothing is planted for it; or it asks in other words
            than the rubric of its name that ships, by which the planted transcripts are true.
        InputError: Its file is wrong, or is not there.
    """
    try:
        named = rubrics_named((name,))
    except UsageError:
        raise UsageError(
            f"the planted transcripts have no truth for a rubric called {name!r}",
            where=FLAG,
            fix=suggest(name, RUBRICS),
        ) from None
    one = named[0]
    if len(named) > 1 or one.id not in RUBRICS:
        raise UsageError(
            f"nothing is planted for the rubric {name!r}, so that nobody knows what is right",
            where=FLAG,
            fix=f"{_or_label(name, one)}name one for which something is: {', '.join(RUBRICS)}",
        )
    if not is_planted(one):
        raise UsageError(
            f"the rubric {name!r} asks in other words than the {one.id!r} that ships, and the "
            "truth of the planted transcripts is for those",
            where=FLAG,
            fix=f"{_or_label(name, one)}move your file away, to calibrate by the shipped one",
        )
    return one


def _or_label(name: str, one: RunRubric) -> str:
    """What else can be done where nothing is planted, as the beginning of a fix; nothing where the
    rubric makes a list, by which nobody can label whole records."""
    (scenario,) = load_scenarios(_EXAMPLE)
    if one.of(scenario).listed is not None:
        return ""
    return f"{LABEL.format(shlex.quote(name))};\n  or "


def is_planted(one: RunRubric) -> bool:
    """Whether planted transcripts hold the truth of a rubric, in its words."""
    return one.id in RUBRICS and (one.id in OF_THE_PROGRAM or _in_its_words(one))


def _in_its_words(one: RunRubric) -> bool:
    """Whether a rubric file asks as the shipped one of its id. Two twins are looked at, so that no
    name of a party passes for a placeholder."""
    shipped = from_file(data_root("evals") / "rubrics" / f"{one.id}.md")
    (scenario,) = load_scenarios(_EXAMPLE)
    twins = [scenario.twin(twin) for twin in (Twin.NONE, Twin.NAMES)]
    return all(one.of(twin) == shipped.of(twin) for twin in twins)
