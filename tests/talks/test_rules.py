"""The rules: legal moves do what they say, illegal ones do nothing, and none becomes another."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.files.yamlfile import load_model
from harness.records.transcript import Action, Commitment, Move
from harness.suite.parts import Protocol
from harness.talks.rules import MAX_WORDS, TableState, apply, objection
from harness.view import BINDINGNESS
from tests.support.disputes import small, write
from tests.support.puppets import accepting, passing, proposing

SEATS = ("o", "u", "x1")
BEST_FOR_B, HALF, BEST_FOR_A = (2, 1), (1, 1), (0, 0)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_model(write(tmp_path_factory.mktemp("rules")), Scenario)


def opened(
    scenario: Scenario, seats: tuple[str, ...] = ("o", "u"), consultations: int = 2
) -> TableState:
    state = TableState(
        scenario, Protocol(consultations=consultations), seats, dict.fromkeys(seats, True)
    )
    state.open_round(1)
    return state


def rejecting(offer: str) -> Move:
    return Move(action=Action.REJECT, offer=offer, words="No.")


# --- what each move does ------------------------------------------------------------------------


def test_a_new_offer_of_a_seat_replaces_its_old_one(scenario: Scenario) -> None:
    state = opened(scenario)
    assert apply(proposing(scenario, HALF), state, "o", 0).offer == "o-1"
    assert apply(proposing(scenario, BEST_FOR_B), state, "o", 1).offer == "o-2"
    assert [offer.id for offer in state.standing] == ["o-2"]
    assert objection(accepting("o-1"), state, "u") == (
        "'o-1' was replaced by 'o-2', so it is off the table. You can accept now: 'o-2'."
    )


def test_an_offer_taken_back_by_rejection_cannot_be_accepted(scenario: Scenario) -> None:
    state = opened(scenario, SEATS)
    apply(proposing(scenario, HALF), state, "o", 0)
    assert apply(accepting("o-1"), state, "u", 1).deal is None
    apply(rejecting("o-1"), state, "x1", 2)
    assert state.standing == []
    assert "cannot accept" in (objection(accepting("o-1"), state, "x1") or "")


def test_no_seat_answers_its_own_offer_nor_twice(scenario: Scenario) -> None:
    state = opened(scenario, SEATS)
    apply(proposing(scenario, HALF), state, "o", 0)
    assert objection(accepting("o-1"), state, "o") is not None
    apply(accepting("o-1"), state, "u", 1)
    assert objection(accepting("o-1"), state, "u") is not None
    assert objection(rejecting("o-1"), state, "u") is not None, "an acceptance is not taken back"
    deal = apply(accepting("o-1"), state, "x1", 2).deal
    assert deal is not None
    assert (deal.package, deal.proposer, deal.turn) == (scenario.package(HALF), "o", 2)


@pytest.mark.parametrize("offered", Commitment)
@pytest.mark.parametrize("accepted", Commitment)
def test_a_deal_binds_as_its_weakest_signature(
    scenario: Scenario, offered: Commitment, accepted: Commitment
) -> None:
    state = opened(scenario)
    propose = replace(proposing(scenario, HALF), commitment=offered)
    apply(propose, state, "o", 0)
    accept = replace(accepting("o-1"), commitment=accepted)
    deal = apply(accept, state, "u", 1).deal
    assert deal is not None
    assert deal.commitment is not None
    assert BINDINGNESS.index(deal.commitment) == max(map(BINDINGNESS.index, (offered, accepted)))


def test_a_round_begins_with_an_empty_table_and_offer_ids_are_never_used_again(
    scenario: Scenario,
) -> None:
    state = opened(scenario)
    apply(proposing(scenario, HALF), state, "o", 0)
    apply(Move(action=Action.CONSULT, package=scenario.package(HALF)), state, "u", 1)
    state.open_round(2)
    assert (state.standing, state.consultations_left("u")) == ([], 2)
    assert apply(proposing(scenario, HALF), state, "o", 2).offer == "o-2"


def test_without_a_capital_there_is_nobody_to_consult(scenario: Scenario) -> None:
    state = TableState(scenario, Protocol(), ("o", "u"), {"o": True, "u": False})
    state.open_round(1)
    consult = Move(action=Action.CONSULT, package=scenario.package(HALF))
    assert objection(consult, state, "o") is None
    assert (
        objection(consult, state, "u")
        == "You cannot consult now: no question to your leadership is left, or none was open. "
        "You may: pass, propose, walk_out."
    )


# --- complaints say what is wrong and what would be right ----------------------------------------

UNUSABLE = {
    "no package": (Move(action=Action.PROPOSE), "settles every issue"),
    "an open issue": (Move(action=Action.PROPOSE, package={"well": "half"}), "leaves open: fence"),
    "an unknown issue": (
        Move(action=Action.PROPOSE, package={"well": "half", "fence": "us", "moat": "us"}),
        "There is no issue 'moat'. The issues are: well, fence.",
    ),
    "an unknown option": (
        Move(action=Action.PROPOSE, package={"well": "halve", "fence": "us"}),
        "Its options are: mine, half, yours.",
    ),
    "a package with a pass": (
        Move(action=Action.PASS, package={"well": "half", "fence": "us"}),
        "not to 'pass'",
    ),
    "a package with an acceptance": (
        Move(action=Action.ACCEPT, offer="o-1", package={"well": "half", "fence": "us"}),
        "not to 'accept'",
    ),
    "an offer with a pass": (Move(action=Action.PASS, offer="o-1"), "not to 'pass'"),
    "an acceptance of nothing": (
        Move(action=Action.ACCEPT),
        "To accept you must name the offer. You can accept now: 'o-1'.",
    ),
    "a position with a proposal": (
        Move(
            action=Action.PROPOSE,
            package={"well": "half", "fence": "us"},
            position={"well": "half"},
        ),
        "belongs to 'reject' or 'pass'",
    ),
    "a position on nothing": (
        Move(action=Action.PASS, position={"moat": "us"}),
        "There is no issue 'moat'",
    ),
    "endless words": (passing("x" * (MAX_WORDS + 1)), f"the limit is {MAX_WORDS}"),
    "half a character": (passing("\ud83d"), "half a character"),
    "half a character in private": (
        Move(action=Action.PASS, thoughts="\udc00"),
        "half a character",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_move_is_told_why(scenario: Scenario, case: str) -> None:
    state = opened(scenario)
    apply(proposing(scenario, HALF), state, "o", 0)
    move, why = UNUSABLE[case]
    assert why in (objection(move, state, "u") or "")


def test_all_faults_of_a_move_are_named_at_once(scenario: Scenario) -> None:
    state = opened(scenario)
    move = Move(
        action=Action.PROPOSE,
        package={"well": "halve", "moat": "us"},
        position={"well": "half"},
        offer="o-1",
        words="x" * (MAX_WORDS + 1),
    )
    said = objection(move, state, "u") or ""
    assert said.startswith("It has 6 faults. (1) A position belongs to 'reject' or 'pass'. ")
    for fault in (
        "An offer id belongs to 'accept' or 'reject'",
        "'halve' is not an option of 'well'.",
        "There is no issue 'moat'.",
        "The package leaves open: fence.",
        "And 1 more.",
    ):
        assert fault in said
    dumb = objection(replace(accepting("o-1"), words="x" * (MAX_WORDS + 1)), state, "u") or ""
    assert "(1) You cannot accept now" in dumb
    assert f"(2) The statement has {MAX_WORDS + 1} characters" in dumb


def test_who_answers_with_nothing_open_is_told_of_the_offer_it_named(scenario: Scenario) -> None:
    state = opened(scenario)
    apply(proposing(scenario, HALF), state, "u", 0)
    for move in (accepting("u-1"), rejecting("u-1")):
        said = objection(move, state, "u") or ""
        assert "no proposal of another delegation is open to you. 'u-1' is your own" in said
        assert said.endswith("You may: consult, pass, propose, walk_out.")


# --- for every sequence of moves ----------------------------------------------------------------

_ISSUES = st.sampled_from(["well", "fence", "moat", ""])
_OPTIONS = st.sampled_from(["mine", "half", "yours", "them", "us", "none", ""])
_PACKAGES = st.one_of(
    st.none(),
    st.dictionaries(_ISSUES, _OPTIONS, max_size=3),
    st.fixed_dictionaries(
        {
            "well": st.sampled_from(["mine", "half", "yours"]),
            "fence": st.sampled_from(["them", "us"]),
        }
    ),
)
_OFFERS = st.one_of(
    st.none(),
    st.builds("{}-{}".format, st.sampled_from(SEATS), st.integers(0, 4)),
    st.text(max_size=4),
)
_MOVES = st.builds(
    Move,
    action=st.sampled_from(Action),
    package=_PACKAGES,
    position=st.one_of(st.none(), _PACKAGES),
    offer=_OFFERS,
    commitment=st.sampled_from(Commitment),
    words=st.one_of(st.text(max_size=5), st.just("x" * (MAX_WORDS + 1))),
)
_SITTINGS = st.lists(st.tuples(st.sampled_from(SEATS), _MOVES), max_size=25)


def snapshot(state: TableState) -> tuple[object, ...]:
    return copy.deepcopy(
        (state.round, state.steps, state.standing, state.offers_made, state.consultations)
    )


@settings(max_examples=300)
@given(sitting=_SITTINGS)
def test_only_legal_moves_change_the_table_and_only_as_they_say(
    scenario: Scenario, sitting: list[tuple[str, Move]]
) -> None:
    check_sitting(scenario, sitting)


def check_sitting(scenario: Scenario, sitting: list[tuple[str, Move]]) -> int:
    """Play ``sitting`` and compare with a ledger kept by hand; the number of legal moves."""
    state = opened(scenario, SEATS)
    made: dict[str, dict[str, str]] = {}
    signed: dict[str, set[str]] = {}
    legal = 0
    for turn, (seat, move) in enumerate(sitting):
        before = snapshot(state)
        problem = objection(move, state, seat)
        assert snapshot(state) == before, "looking at a move changes nothing"
        if problem is not None:
            assert problem.strip()
            with pytest.raises(AssertionError):
                apply(move, state, seat, turn)
            assert snapshot(state) == before
            continue
        legal += 1
        assert move.action in state.legal(seat)
        effect = apply(move, state, seat, turn)
        assert effect.walked_out == (move.action is Action.WALK_OUT)
        match move.action:
            case Action.PROPOSE:
                assert effect.offer is not None
                assert effect.offer not in made, "an id was used twice"
                assert move.package is not None
                made[effect.offer] = dict(move.package)
                _release(signed, seat)
                signed[effect.offer] = {seat}
                assert state.standing[-1].package == move.package
            case Action.ACCEPT:
                assert move.offer is not None
                _release(signed, seat)
                assert not any(offer.by == seat for offer in state.standing)
                signed[move.offer].add(seat)
            case Action.REJECT:
                assert move.offer not in {offer.id for offer in state.standing}
            case Action.PASS | Action.WALK_OUT | Action.CONSULT:
                assert state.standing == before[2]
        assert all(offer.package == made[offer.id] for offer in state.standing)
        assert all(signed[o.id] == {o.by, *o.accepted_by} for o in state.standing)
        assert len({offer.by for offer in state.standing}) == len(state.standing)
        for one in SEATS:
            bound = [o.id for o in state.standing if one in (o.by, *o.accepted_by)]
            assert len(bound) <= 1, "nobody stands by two packages"
        assert all(0 <= state.consultations_left(s) <= 2 for s in SEATS)
        if effect.deal is not None:
            assert move.action is Action.ACCEPT
            assert effect.deal.offer == move.offer
            assert effect.deal.package == made[move.offer or ""]
            assert signed[move.offer or ""] == set(SEATS)
            return legal
        assert not any(signed[offer.id] == set(SEATS) for offer in state.standing)
    return legal


def _release(signed: dict[str, set[str]], seat: str) -> None:
    for seats in signed.values():
        seats.discard(seat)


def test_thousands_of_random_moves_among_three(scenario: Scenario) -> None:
    """As above with moves that are legal half the time, so that tables fill and deals are made."""
    rng = random.Random(15)
    legal = total = 0
    for _ in range(300):
        sitting = [(rng.choice(SEATS), _random_move(rng, scenario)) for _ in range(25)]
        legal += check_sitting(scenario, sitting)
        total += len(sitting)
    assert total > 5000
    assert 1000 < legal < total


def _random_move(rng: random.Random, scenario: Scenario) -> Move:
    package = scenario.package((rng.randrange(3), rng.randrange(2)))
    action = rng.choice([Action.PROPOSE, Action.ACCEPT, Action.ACCEPT, *Action])
    offer = f"{rng.choice(SEATS)}-{rng.randrange(1, 4)}"
    return Move(
        action=action,
        package=package if action in (Action.PROPOSE, Action.CONSULT) else None,
        offer=offer if action in (Action.ACCEPT, Action.REJECT) else None,
        words="x" * rng.choice([1, 1, 1, MAX_WORDS + 1]),
    )


def test_an_offer_is_its_own_copy(tmp_path: Path) -> None:
    """The offer keeps its own copy: changing the mover's dict later changes nothing."""
    scenario = small(tmp_path)
    state = opened(scenario)
    package = dict(scenario.package(HALF))
    move = Move(action=Action.PROPOSE, package=package)
    apply(move, state, "o", 0)
    assert move.package is not None
    move.package["well"] = "yours"
    assert state.standing[0].package == scenario.package(HALF)


def test_the_opener_changes_from_round_to_round_where_it_alternates(scenario: Scenario) -> None:
    state = TableState(scenario, Protocol(), ("u", "o"), {"o": False, "u": False}, alternates=True)
    orders = []
    for round_ in (1, 2, 3):
        state.open_round(round_)
        orders.append(state.order)
    assert orders == [("u", "o"), ("o", "u"), ("u", "o")]


def test_a_move_says_how_far_its_word_goes(scenario: Scenario) -> None:
    """In talks held elsewhere nobody may have said so; here it is asked for."""
    state = opened(scenario)
    silent = replace(proposing(scenario, HALF), commitment=None)
    assert (objection(silent, state, "o") or "").startswith("A move says how far your word goes")
    assert objection(proposing(scenario, HALF), state, "o") is None
