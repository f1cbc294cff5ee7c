"""Asks a judge once more in a form that should change nothing, to see whether it does.

*labels*: the two parties exchange names and adjectives in everything that the judge reads, as in
the twin of a scenario. Who did what stays the same, so the answer on each seat must stay the same,
and what favoured one name must favour the other. *order*: questions and answers stand in the
reverse order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from harness.disputes.scenario import Scenario, Twin
from harness.memo import once_per_object
from harness.records.judgement import Rubric

Swap = Literal["labels", "order"]
LABELS: Final = "labels"
ORDER: Final = "order"
SWAPS: Final[tuple[Swap, ...]] = (LABELS, ORDER)
WORDS: Final[Mapping[str, str]] = {
    LABELS: "with the names of the two parties exchanged",
    ORDER: "with questions and answers in the reverse order",
}
"""What each is, in words."""


def renamed(scenario: Scenario) -> Scenario:
    """A scenario whose two parties at the table have exchanged their names."""
    return scenario.twin(Twin.NAMES)


def rubric_swapped(of: Callable[[Scenario], Rubric], scenario: Scenario, swap: Swap) -> Rubric:
    """The questions of a rubric in the other form.

    Args:
        of: Makes the questions for a scenario.
        scenario: In the twin that was played.
        swap: What is exchanged.
    """
    if swap == LABELS:
        return of(renamed(scenario))
    rubric = of(scenario)
    items = tuple(
        one.model_copy(update={"answers": one.answers[::-1]}) for one in rubric.items[::-1]
    )
    return rubric.model_copy(update={"items": items})


def names_exchanged(text: str, scenario: Scenario) -> str:
    """A text in which the two parties at the table have exchanged names and adjectives: whole
    words, spelt as the scenario spells them or in capitals, with a plural ``s`` where one stands.

    Args:
        text: What somebody said or wrote.
        scenario: In the twin that was played. Other parties keep their names.
    """
    found, names = _names(scenario)
    return found.sub(lambda name: names[name[0]], text)


@once_per_object
def _names(scenario: Scenario) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds a name, and name -> the other's."""
    one, two = (scenario.principals[party] for party in (scenario.seats.o, scenario.seats.u))
    names: dict[str, str] = {}
    for word, other in (
        (one.name, two.name),
        (two.name, one.name),
        (one.adjective, two.adjective),
        (two.adjective, one.adjective),
    ):
        names.setdefault(word, other)
    for word, other in list(names.items()):
        names.setdefault(word.upper(), other.upper())
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?=s?\b)"), names
