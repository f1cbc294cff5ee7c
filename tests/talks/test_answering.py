"""Who names an offer that cannot be answered is told what became of it, and which can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.disputes.scenario import Scenario
from harness.files.yamlfile import load_model
from harness.records.transcript import Action, Commitment, Move
from harness.suite.parts import Protocol
from harness.talks.rules import TableState, apply, objection
from tests.support.disputes import write
from tests.support.puppets import accepting, passing, proposing

SEATS = ("o", "u", "x1")
HALF, ALL = (1, 1), (0, 0)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_model(write(tmp_path_factory.mktemp("answering")), Scenario)


def table(
    scenario: Scenario, seats: tuple[str, ...] = ("o", "u"), protocol: Protocol | None = None
) -> TableState:
    state = TableState(scenario, protocol or Protocol(), seats, dict.fromkeys(seats, False))
    state.open_round(1)
    return state


def rejecting(offer: str) -> Move:
    return Move(action=Action.REJECT, offer=offer, words="No.")


def play(state: TableState, *moves: tuple[str, Move]) -> None:
    for turn, (seat, move) in enumerate(moves):
        apply(move, state, seat, turn)


def said(state: TableState, seat: str, offer: str) -> str:
    """What is said of the offer alone, whichever way it is answered."""
    accepts, rejects = (objection(one(offer), state, seat) for one in (accepting, rejecting))
    assert accepts is not None
    assert accepts.replace("accept now", "reject now") == rejects
    return accepts


def test_ones_own_proposal_is_said_to_be_ones_own(scenario: Scenario) -> None:
    state = table(scenario)
    play(state, ("o", proposing(scenario, HALF)), ("u", proposing(scenario, ALL)))
    assert said(state, "u", "u-1") == (
        "'u-1' is your own proposal, which is for the others to accept or reject; to change it, "
        "propose again. You can accept now: 'o-1'."
    )
    play(state, ("u", proposing(scenario, HALF)))
    assert said(state, "u", "u-1").startswith(
        "'u-1' was your own proposal, and was replaced by 'u-2', so it is off the table."
    )


def test_what_was_rejected_says_by_whom(scenario: Scenario) -> None:
    state = table(scenario, SEATS)
    play(
        state,
        ("o", proposing(scenario, HALF)),
        ("u", proposing(scenario, ALL)),
        ("x1", proposing(scenario, ALL)),
        ("x1", rejecting("o-1")),
    )
    assert "'o-1' was rejected by 'x1', so it is off the table. You can" in said(state, "u", "o-1")
    assert "'o-1' was rejected by you, so it is off the table. You can" in said(state, "x1", "o-1")
    assert "was your own proposal, and was rejected by 'x1'" in said(state, "o", "o-1")


def test_what_was_accepted_or_withdrawn_for_it_says_so(scenario: Scenario) -> None:
    state = table(scenario, SEATS)
    play(
        state,
        ("o", proposing(scenario, HALF)),
        ("u", proposing(scenario, ALL)),
        ("x1", proposing(scenario, ALL)),
        ("u", accepting("o-1")),
    )
    assert "'u-1' was withdrawn when 'u' accepted 'o-1', so" in said(state, "x1", "u-1")
    assert "'u-1' was your own proposal, and was withdrawn when you acc" in said(state, "u", "u-1")
    assert "You have accepted 'o-1' already, and wait for the others." in said(state, "u", "o-1")


def test_what_a_round_ended_with_belongs_to_that_round(scenario: Scenario) -> None:
    state = table(scenario)
    play(state, ("o", proposing(scenario, HALF)), ("o", proposing(scenario, ALL)))
    play(state, ("u", proposing(scenario, ALL)))
    state.open_round(2)
    play(state, ("o", proposing(scenario, HALF)))
    for number in ("o-1", "o-2"):
        assert said(state, "u", number) == (
            f"'{number}' belongs to round 1, of which nothing is on the table any more. "
            "You can accept now: 'o-3'."
        )
    assert "'u-1' was your own proposal, and belongs to round 1" in said(state, "u", "u-1")


def test_what_nobody_has_put_never_was(scenario: Scenario) -> None:
    state = table(scenario)
    play(state, ("o", proposing(scenario, HALF)))
    for number in ("o-2", "u-1", "x9-1"):
        assert f"There is no offer '{number}' on the table, and there never" in said(
            state, "u", number
        )
    assert len(said(state, "u", "o" * 10_000)) < 200


def test_an_explored_sketch_of_its_own_can_be_accepted_and_is_not_rejected(
    scenario: Scenario,
) -> None:
    state = table(scenario, protocol=Protocol(sketches=True))
    sketch = replace(proposing(scenario, HALF), commitment=Commitment.HYPOTHETICAL)
    explore = replace(accepting("o-1"), commitment=Commitment.HYPOTHETICAL)
    play(state, ("o", sketch), ("u", explore), ("o", passing()))
    assert state.standing[0].explored
    assert objection(accepting("o-1"), state, "o") is None
    assert "'o-1' is your own proposal" in (objection(rejecting("o-1"), state, "o") or "")
    play(state, ("u", rejecting("o-1")))
    assert "was your own proposal, and was rejected by 'u'" in (
        objection(accepting("o-1"), state, "o") or ""
    )
