"""What a delegation is given is its own: whatever it changes, nothing elsewhere changes."""

from __future__ import annotations

import dataclasses
import gc
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.bargaining.tactics import tactic_from
from harness.delegations.base import Answer, Delegation
from harness.delegations.custom import CustomDelegation
from harness.delegations.own import OwnViews
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.scenario import Scenario
from harness.records.transcript import Action, Debrief, Move
from harness.suite.parts import ModelSettings
from harness.talks.barrier import public_dispute
from harness.talks.table import Table
from harness.view import View
from tests.support.disputes import small
from tests.support.views import PlayedTable, track

_CODE = (
    type,
    Enum,
    types.ModuleType,
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def reachable(root: object) -> list[Any]:
    """Every object that can be reached from ``root``, code apart."""
    found: dict[int, Any] = {}
    left = [root]
    while left:
        one = left.pop()
        if id(one) in found or isinstance(one, _CODE):
            continue
        found[id(one)] = one
        left += gc.get_referents(one)
    return list(found.values())


def wreck(root: object) -> int:
    """Change whatever can be changed of what is reachable; how many things were."""
    changed = 0
    for one in reachable(root):
        if isinstance(one, dict):
            one.clear()
            one["wrecked"] = "wrecked"
        elif isinstance(one, list):
            one[:] = ["wrecked"]
        elif isinstance(one, set):
            one.clear()
        elif isinstance(one, np.ndarray):
            one.setflags(write=True)
            one[...] = 0.5
        elif dataclasses.is_dataclass(one):  # has no __dict__ where it is slotted
            for field in dataclasses.fields(one):
                object.__setattr__(one, field.name, "wrecked")
        elif hasattr(one, "__dict__") and not isinstance(one, Mapping):
            for name in list(vars(one)):
                object.__setattr__(one, name, "wrecked")
        else:
            continue
        changed += 1
    return changed


class Edits:
    """A beginner's counter-offer: the other side's package, with a change in it. Decides first, and
    then, if told to, wrecks all that it was given and all that it gave before."""

    def __init__(self, wrecks: bool) -> None:
        self.wrecks = wrecks
        self.given: list[Any] = []
        self.changed = 0

    async def move(self, view: View, complaint: str | None) -> Answer:
        if offers := view.answerable():
            package = dict(offers[-1].package)
            issue = view.dispute.issues[0]
            package[issue.id] = issue.option_ids()[-1]
            move = Move(action=Action.PROPOSE, package=package, words="With a change.")
        else:
            package = {issue.id: issue.option_ids()[0] for issue in view.dispute.issues}
            move = Move(action=Action.PROPOSE, package=package, words="Our terms.")
        self._wreck(view)
        self.given.append(move)
        return Answer(move=move)

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        self._wreck(view)
        return Answer(words="Patience.")

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        given = Debrief(gave_more="equal", margin=0, words="Even.", reservations={"o": 0.5})
        self._wreck(view)
        self.given.append(given)
        return Answer(debrief=given)

    def messages(self) -> dict[str, tuple[str, str]]:
        return {}

    def _wreck(self, view: View) -> None:
        if self.wrecks:
            self.changed += wreck((view, self.given))


async def played(scenario: Scenario, wrecks: bool, both: bool) -> tuple[str, int]:
    spec = track(scenario, "1.5")
    inner: list[Edits] = []

    def factory(settings: ModelSettings) -> Edits:
        inner.append(Edits(wrecks))
        if wrecks:
            wreck(settings)
        return inner[-1]

    def seated(seat: str) -> Delegation:
        settings = spec.seat(seat).settings
        return CustomDelegation(factory, seat=seat, seed=5, settings=settings, name="mine.py:x")

    other: Delegation = ScriptedDelegation("o", tactic_from("linear", seed=1))
    seats = {"o": seated("o") if both else other, "u": seated("u")}
    talks = await Table(spec, scenario, seats).play()
    return talks.record.model_dump_json(), sum(one.changed for one in inner)


@pytest.mark.kind("G1")
@pytest.mark.parametrize("both", [False, True])
async def test_a_delegation_that_changes_all_it_can_reach_changes_no_byte(
    scenario: Scenario, both: bool
) -> None:
    before = scenario.model_dump_json()
    dispute = repr(public_dispute(scenario))
    calm, untouched = await played(scenario, False, both)
    wild, changed = await played(scenario, True, both)
    assert '"status":"done"' in calm
    assert "With a change." in calm
    assert untouched == 0
    assert changed > 100
    assert wild == calm
    assert scenario.model_dump_json() == before
    assert repr(public_dispute(scenario)) == dispute


@pytest.mark.kind("G1")
def test_a_view_is_copied_whole_and_anew(scenario: Scenario) -> None:
    table = PlayedTable(track(scenario, "1.5"), scenario)
    view, own = table.view("u"), OwnViews()
    first, second = own(view), own(view)
    assert first == second == view
    shared = {id(one) for one in reachable(view) if isinstance(one, dict | list | set | np.ndarray)}
    for copy in (first, second):
        assert not shared & {id(one) for one in reachable(copy)}
    assert not {id(one) for one in reachable(first) if isinstance(one, dict)} & {
        id(one) for one in reachable(second)
    }
