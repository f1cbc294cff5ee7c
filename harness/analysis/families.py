"""Families of scenarios: disputes of the same kind, which effects are also shown by.

Twenty-four scenarios may be eight stories and sixteen games of two generators. An effect that is in
one family alone is no effect on "disputes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from harness.disputes.scenario import Scenario

ALL: Final = "all scenarios"
"""The family that every scenario belongs to. Its name, like the next two, can be no id of a file:
those have no spaces."""
STORIES: Final = "story disputes"
CONTROLS: Final = "control scenarios"
_INSTANCE: Final = re.compile(r"(?P<family>.+)-(?P<number>\d{2,})")


class Family(BaseModel):
    """Scenarios of one kind.

    Attributes:
        name: Id of the games file that they were generated from, or one of the names above.
        title: What people call it.
        scenarios: Ids, in the order of the run.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    scenarios: tuple[str, ...]


def families(scenarios: Mapping[str, Scenario]) -> tuple[Family, ...]:
    """All scenarios first; then, where there is more than one kind, each kind: stories, generated
    games by the file that they came from, and controls.

    Args:
        scenarios: Id -> scenario, as written.
    """
    found: dict[str, list[str]] = {STORIES: []}
    titles = {STORIES: STORIES, CONTROLS: CONTROLS}
    for name, scenario in scenarios.items():
        generated = _generated(scenario)
        if generated is not None:
            family, titles[family] = generated
        else:
            family = STORIES if scenario.control is None else CONTROLS
        found.setdefault(family, []).append(name)
    found[CONTROLS] = found.pop(CONTROLS, [])
    kinds = [
        Family(name=name, title=titles[name], scenarios=tuple(members))
        for name, members in found.items()
        if members
    ]
    everything = Family(name=ALL, title=ALL, scenarios=tuple(scenarios))
    return (everything, *kinds) if len(kinds) > 1 else (everything,)


def _generated(scenario: Scenario) -> tuple[str, str] | None:
    """Id and title of the family of a generated game; None for any other scenario. A generator
    numbers its games, in their ids and in their titles alike."""
    numbered = _INSTANCE.fullmatch(scenario.id)
    if numbered is None:
        return None
    title, _, number = scenario.say(scenario.title).rpartition(" ")
    return (numbered["family"], title) if title and number == numbered["number"] else None
