"""Which models and delegations are tried, in which seats, and with what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.app import examining
from harness.app.examining import Subject, examine, own_delegations, subjects
from harness.delegations.plugins import UserDelegation
from harness.doctor.checkup import Checkup
from harness.doctor.target import Target
from harness.errors import UsageError
from harness.models.address import ModelAddress
from harness.models.settings import EndpointSettings
from harness.orchestrator.overrides import Overrides
from tests.support.disputes import write

ONE, OTHER = "openai/m@http://127.0.0.1:9/v1", "openai/n@http://127.0.0.1:9/v1"
MODELS = f"""\
schema: track15/models/1
models:
  warm: {{address: '{ONE}', temperature: 0.9, max_connections: 2}}
  cold: {{address: '{ONE}', temperature: 0.1, max_connections: 2}}
  other: {{address: '{OTHER}'}}
"""
SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it lean?
scenarios: [small.yaml]
protocol: {rounds: 3, turns: 3}
arms: {one: {track: "1"}, half: {track: "1.5"}}
"""


@pytest.fixture
def models(here: Path) -> Path:
    path = here / "mine.yaml"
    path.write_text(MODELS)
    return path


def both(**sampling: float) -> dict[str, Any]:
    return {"official": sampling, "unofficial": sampling}


def seats(subject: Subject) -> dict[str, Any]:
    """Role -> sampling of the seats that a subject takes, which are all its own."""
    assert set(subject.changes.models) == set(subject.changes.sampling)
    assert set(subject.changes.models.values()) == {subject.address}
    return dict(subject.changes.sampling)


# --- models ---------------------------------------------------------------------------------------


def test_without_a_name_all_of_the_file_are_tried_in_both_seats(models: Path) -> None:
    tried = subjects((), models)
    assert [(one.address, seats(one)) for one in tried] == [
        (ONE, both(temperature=0.9)),
        (ONE, both(temperature=0.1)),
        (OTHER, both()),
    ]
    assert [one.settings.max_connections for one in tried] == [2, 2, None]


def test_models_yaml_here_is_the_file_that_is_meant(here: Path, models: Path) -> None:
    assert subjects((), None) == []
    models.rename(here / "models.yaml")
    assert len(subjects((), None)) == 3


def test_a_model_is_tried_in_the_seats_it_is_named_for(models: Path) -> None:
    official, unofficial = subjects((f"official={OTHER}", "unofficial=warm"), models)
    assert (official.address, seats(official)) == (OTHER, {"official": {}})
    assert (unofficial.address, seats(unofficial)) == (ONE, {"unofficial": {"temperature": 0.9}})


def test_a_model_that_is_named_twice_is_tried_once(models: Path) -> None:
    (one,) = subjects((f"official={OTHER}", f"unofficial={OTHER}"), None)
    assert seats(one) == both()
    assert len(subjects(("warm", "cold", "official=warm"), models)) == 2


def test_a_model_of_no_seat_is_tried_in_both(models: Path) -> None:
    (judge,) = subjects((f"judge={OTHER}",), models)
    assert seats(judge) == both()


def test_what_the_suite_is_changed_by_holds_for_each(models: Path) -> None:
    tried = subjects((), models, arms=("half",), temperature=0.3)
    assert {(one.changes.arms, one.changes.temperature) for one in tried} == {(("half",), 0.3)}


def test_an_address_that_cannot_be_read_is_refused(here: Path) -> None:
    with pytest.raises(UsageError, match="opnai"):
        subjects(("opnai/m",), None)


# --- a visit --------------------------------------------------------------------------------------


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Checkup, ModelAddress, Target, Any]]:
    """What would be tried."""
    found: list[tuple[Checkup, ModelAddress, Target, Any]] = []

    async def visit(
        checkup: Checkup, address: ModelAddress, played: Target, settings: Any, **how: Any
    ) -> None:
        found.append((checkup, address, played, {"settings": settings, **how}))

    monkeypatch.setattr(examining, "visit", visit)
    return found


@pytest.fixture
def suite(here: Path) -> str:
    write(here)
    (here / "suite.yaml").write_text(SUITE)
    return "suite.yaml"


async def test_the_dialogue_that_is_tried_is_one_of_the_suite(suite: str, visited: Any) -> None:
    settings = EndpointSettings(max_connections=2)
    changes = Overrides(models={"unofficial": ONE}, arms=("half",))
    begun: list[Checkup] = []
    told: list[str] = []
    subject = Subject(ONE, changes, settings)
    await examine(
        subject,
        suite,
        begun=begun.append,
        patience=7.0,
        load=3,
        on_step=told.append,
        notify=told.append,
    )
    ((checkup, address, played, how),) = visited
    assert begun == [checkup]
    assert checkup.address == str(address) == ONE
    assert (played.suite, played.arm, played.seat.seat) == ("mine", "half", "u")
    assert how == {"settings": settings, "patience": 7.0, "load": 3, "on_step": told.append}


async def test_a_script_asks_no_model(suite: str, visited: Any) -> None:
    begun: list[Checkup] = []
    subject = Subject("scripted", Overrides(models={"official": "scripted"}), EndpointSettings())
    with pytest.raises(UsageError, match="a scripted delegation asks no model") as refused:
        await examine(subject, suite, begun=begun.append)
    assert refused.value.where == "--model"
    assert (begun, visited) == ([], [])


# --- delegations ----------------------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Targets that were loaded."""
    found: list[str] = []

    def load(target: str) -> None:
        found.append(target)

    monkeypatch.setattr(examining, "load", load)
    return found


@pytest.mark.parametrize(
    ("text", "role", "target"),
    [
        ("mine.py:agent", "unofficial", "mine.py:agent"),
        ("official=mine.py:agent", "official", "mine.py:agent"),
        (" unofficial = mine.py:agent ", "unofficial", "mine.py:agent"),
        ("runs/x=1/mine.py:agent", "unofficial", "runs/x=1/mine.py:agent"),
        ("official=", "unofficial", "official="),
    ],
)
def test_a_delegation_takes_the_seat_it_is_named_for(
    loaded: list[str], text: str, role: str, target: str
) -> None:
    ((seat, _),) = own_delegations([text])
    assert (seat, loaded) == (role, [target])


def test_several_are_tried_in_their_order(loaded: list[str]) -> None:
    found = own_delegations(["a.py:a", "official=b.py:b", "official=c.py:c"])
    assert [role for role, _ in found] == ["unofficial", "official", "official"]
    assert loaded == ["a.py:a", "b.py:b", "c.py:c"]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("oficial=mine.py:agent", "write official=mine.py:agent"),
        ("Unofficial=mine.py:agent", "write unofficial=mine.py:agent"),
    ],
)
def test_a_misspelt_role_is_no_path(loaded: list[str], text: str, fix: str) -> None:
    with pytest.raises(UsageError, match="unknown role") as refused:
        own_delegations([text])
    assert (refused.value.where, refused.value.fix) == ("--delegation", fix)
    assert loaded == []


def test_what_is_named_is_loaded(here: Path) -> None:
    (here / "mine.py").write_text("def agent(messages):\n    return 'So be it.'\n")
    ((role, own),) = own_delegations(["mine.py:agent"])
    assert isinstance(own, UserDelegation)
    assert (role, own.name, own.kind) == ("unofficial", "mine.py:agent", "runnable")


def test_every_model_of_a_list_is_tried_by_itself() -> None:
    found = subjects([f"unofficial={ONE},{OTHER}"], None)
    assert [(one.address, one.changes.models) for one in found] == [
        (ONE, {"unofficial": ONE}),
        (OTHER, {"unofficial": OTHER}),
    ]
