"""Words by authority, sketches, second packages and side terms: what the rules of the table make of
them, and that the plain game stays where they are switched off."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.files.yamlfile import load_model
from harness.incentives.profiles import Authority
from harness.records.moves import MAX_SIDE_TERMS
from harness.records.transcript import Action, Commitment, Move
from harness.suite.parts import Protocol
from harness.talks.rules import Effect, TableState, apply, objection
from harness.view import BINDINGNESS, commitments_open_to
from tests.support.disputes import write
from tests.support.puppets import accepting, passing, proposing

HALF, OTHER, BEST_FOR_A = (1, 1), (0, 1), (0, 0)
RICH = Protocol(settling=True).resolved()
HYPOTHETICAL, PERSONAL = Commitment.HYPOTHETICAL, Commitment.PERSONAL
BINDING, AD_REFERENDUM = Commitment.BINDING, Commitment.AD_REFERENDUM
PRIVATE = {"o": Authority.FULL, "u": Authority.PRIVATE, "x1": Authority.AD_REFERENDUM}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_model(write(tmp_path_factory.mktemp("sketches")), Scenario)


def opened(
    scenario: Scenario, protocol: Protocol = RICH, seats: tuple[str, ...] = ("o", "u")
) -> TableState:
    state = TableState(scenario, protocol, seats, dict.fromkeys(seats, True), authority=PRIVATE)
    state.open_round(1)
    return state


def put(scenario: Scenario, word: Commitment, indices: Any = HALF, **more: Any) -> Move:
    return replace(proposing(scenario, indices), commitment=word, **more)


def accept(offer: str, word: Commitment) -> Move:
    return replace(accepting(offer), commitment=word)


def played(state: TableState, *moves: tuple[str, Move]) -> Effect:
    """What the last of these moves did."""
    effect = Effect()
    for turn, (seat, move) in enumerate(moves):
        assert objection(move, state, seat) is None, move
        effect = apply(move, state, seat, turn)
    return effect


# --- how far a word commits ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authority", "words"),
    [
        (Authority.FULL, BINDINGNESS),
        (Authority.AD_REFERENDUM, BINDINGNESS[1:]),
        (Authority.PRIVATE, (HYPOTHETICAL, PERSONAL)),
        (None, BINDINGNESS),
    ],
)
def test_a_word_commits_as_far_as_its_speaker_may(
    authority: Authority | None, words: tuple[Commitment, ...]
) -> None:
    assert commitments_open_to(authority, RICH) == words
    for plain in (Protocol(), Protocol(commitments="any")):
        assert commitments_open_to(authority, plain) == BINDINGNESS


@pytest.mark.parametrize("word", [BINDING, AD_REFERENDUM])
def test_a_private_person_binds_nobody(scenario: Scenario, word: Commitment) -> None:
    state = opened(scenario)
    said = objection(put(scenario, word), state, "u")
    assert said == (
        f"Your word cannot be '{word.value}': you can bind nobody but yourself. "
        "You may say: hypothetical, personal."
    )
    played(state, ("o", put(scenario, BINDING)))
    assert objection(accept("o-1", word), state, "u") == said
    assert objection(accept("o-1", PERSONAL), state, "u") is None
    assert objection(replace(passing(), commitment=word), state, "u") is None, "it says no word"
    assert objection(put(scenario, word), opened(scenario, Protocol()), "u") is None


def test_who_needs_approval_cannot_bind(scenario: Scenario) -> None:
    state = opened(scenario, seats=("o", "u", "x1"))
    said = objection(put(scenario, BINDING), state, "x1") or ""
    assert "what you sign is subject to approval at home" in said
    assert "You may say: ad_referendum, hypothetical, personal." in said


# --- sketches -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "accepted"), [(HYPOTHETICAL, PERSONAL), (BINDING, HYPOTHETICAL)]
)
def test_a_sketch_is_explored_and_ends_nothing(
    scenario: Scenario, offered: Commitment, accepted: Commitment
) -> None:
    state = opened(scenario)
    effect = played(state, ("o", put(scenario, offered)), ("u", accept("o-1", accepted)))
    assert (effect.offer, effect.deal, effect.explored) == ("o-1", None, True)
    (offer,) = state.standing
    assert offer.explored
    assert not offer.agreed(("o", "u"))


def test_a_sketch_becomes_the_agreement_when_all_take_it_home(scenario: Scenario) -> None:
    state = opened(scenario)
    played(state, ("u", put(scenario, HYPOTHETICAL)), ("o", accept("u-1", HYPOTHETICAL)))
    again = objection(accept("u-1", HYPOTHETICAL), state, "o") or ""
    assert "an explored sketch. To take it home, accept it with: binding" in again
    first = played(state, ("o", accept("u-1", AD_REFERENDUM)))
    assert (first.deal, first.explored) == (None, False), "it was explored before"
    assert Action.ACCEPT not in state.legal("o"), "who has taken it home waits for the other"
    deal = played(state, ("u", accept("u-1", PERSONAL))).deal
    assert deal is not None
    assert (deal.offer, deal.proposer, deal.commitment) == ("u-1", "u", PERSONAL)
    assert deal.package == scenario.package(HALF)


def test_an_explored_sketch_stays_while_both_go_on(scenario: Scenario) -> None:
    state = opened(scenario)
    played(
        state,
        ("u", put(scenario, PERSONAL)),
        ("o", accept("u-1", HYPOTHETICAL)),
        ("u", put(scenario, PERSONAL, BEST_FOR_A)),
        ("o", put(scenario, BINDING, OTHER)),
    )
    assert [offer.id for offer in state.standing] == ["u-1", "u-2", "o-1"]
    sketch = state.standing[0]
    assert (sketch.word_of("u"), sketch.word_of("o")) == (HYPOTHETICAL, HYPOTHETICAL), (
        "who goes on to another offer holds it for discussion only"
    )
    played(state, ("u", accept("u-1", PERSONAL)))
    assert [offer.id for offer in state.standing] == ["u-1", "o-1"], "it stands by one at a time"
    state.open_round(2)
    assert state.standing == []


def test_a_sketch_is_dropped_by_a_rejection_of_the_other_side(scenario: Scenario) -> None:
    state = opened(scenario)
    played(state, ("u", put(scenario, HYPOTHETICAL)), ("o", accept("u-1", HYPOTHETICAL)))
    drop = Move(action=Action.REJECT, offer="u-1", words="Not that.")
    assert objection(drop, state, "u") is not None, "nobody rejects its own"
    assert Action.REJECT not in state.legal("u")
    played(state, ("o", drop))
    assert state.standing == []


def test_accepting_for_discussion_withdraws_nothing(scenario: Scenario) -> None:
    state = opened(scenario)
    played(
        state,
        ("o", put(scenario, BINDING, OTHER)),
        ("u", put(scenario, HYPOTHETICAL)),
        ("o", accept("u-1", HYPOTHETICAL)),
    )
    assert [offer.id for offer in state.standing] == ["o-1", "u-1"]


def test_without_sketches_whatever_is_accepted_ends_the_talks(scenario: Scenario) -> None:
    state = opened(scenario, Protocol())
    effect = played(state, ("u", put(scenario, HYPOTHETICAL)), ("o", accept("u-1", HYPOTHETICAL)))
    assert effect.deal is not None
    assert (effect.deal.commitment, effect.explored) == (HYPOTHETICAL, False)


# --- second packages and side terms -------------------------------------------------------------


def test_either_package_may_be_accepted(scenario: Scenario) -> None:
    either = put(scenario, PERSONAL, or_package=scenario.package(OTHER), side_terms="By spring.")
    for answer, indices in (("u-1", HALF), ("u-1b", OTHER)):
        state = opened(scenario)
        assert played(state, ("u", either)).offer == "u-1"
        assert [offer.id for offer in state.standing] == ["u-1", "u-1b"]
        deal = played(state, ("o", accept(answer, BINDING))).deal
        assert deal is not None
        assert (deal.offer, deal.package) == (answer, scenario.package(indices))
        assert (deal.side_terms, deal.commitment) == ("By spring.", PERSONAL)
    state = opened(scenario)
    played(state, ("u", either), ("o", Move(action=Action.REJECT, offer="u-1", words="No.")))
    assert [offer.id for offer in state.standing] == ["u-1b"], "one rejection, one package"
    played(state, ("u", put(scenario, PERSONAL)))
    assert [offer.id for offer in state.standing] == ["u-2"]


EXTRAS = {
    "the same package twice": ({"or_package": (1, 1)}, "the same as the first"),
    "an open issue": ({"or_package": {"well": "half"}}, "The second package: The package leaves"),
    "long side terms": ({"side_terms": "x" * (MAX_SIDE_TERMS + 1)}, "the limit is 300"),
    "half a character": ({"side_terms": "\ud800"}, "half a character"),
    "an unknown agreed issue": ({"agreed": {"moat": "us"}}, "no issue 'moat'"),
}


@pytest.mark.parametrize(("more", "said"), EXTRAS.values(), ids=EXTRAS)
def test_what_goes_with_a_proposal_has_to_be_sound(
    scenario: Scenario, more: dict[str, Any], said: str
) -> None:
    if isinstance(more.get("or_package"), tuple):
        more = {"or_package": scenario.package(more["or_package"])}
    base = proposing(scenario, HALF)
    move = copy.copy(base)
    for name, value in {**more, "commitment": PERSONAL}.items():
        object.__setattr__(move, name, value)  # past the checks of a record, as hostile code would
    assert said in (objection(move, opened(scenario), "u") or "")


@pytest.mark.parametrize(
    ("more", "off"),
    [
        ({"or_package": {"well": "mine", "fence": "us"}}, "one package"),
        ({"side_terms": "By spring."}, "no side terms"),
        ({"agreed": {"well": "half"}}, "cannot be set aside"),
    ],
)
def test_the_plain_game_has_none_of_it_and_only_proposals_do(
    scenario: Scenario, more: dict[str, Any], off: str
) -> None:
    for plain in (Protocol(), Protocol(alternatives=False, side_terms=False, settling=False)):
        assert off in (
            objection(put(scenario, PERSONAL, **more), opened(scenario, plain), "u") or ""
        )
    state = opened(scenario)
    played(state, ("o", put(scenario, BINDING)))
    elsewhere = objection(replace(accept("o-1", PERSONAL), **more), state, "u") or ""
    assert "'propose'" in elsewhere
    assert "not to 'accept'" in elsewhere


# --- whatever is played -------------------------------------------------------------------------

SEATS = ("o", "u", "x1")
_PACKAGES = st.fixed_dictionaries(
    {"well": st.sampled_from(["mine", "half"]), "fence": st.sampled_from(["them", "us"])}
)
_MOVES = st.builds(
    Move,
    action=st.sampled_from([Action.PROPOSE, Action.ACCEPT, Action.ACCEPT, Action.REJECT]),
    package=_PACKAGES,
    or_package=st.one_of(st.none(), _PACKAGES),
    agreed=st.one_of(st.none(), st.just({"well": "half"})),
    offer=st.builds(
        "{}-{}{}".format, st.sampled_from(SEATS), st.integers(1, 2), st.sampled_from(["", "b"])
    ),
    commitment=st.sampled_from(Commitment),
    words=st.just("So."),
)
_SITTINGS = st.lists(st.tuples(st.sampled_from(SEATS), _MOVES), max_size=30)


def _fitting(move: Move) -> Move:
    """The move without what its action cannot hold, so that most are legal."""
    if move.action is Action.PROPOSE:
        return replace(move, offer=None)
    return replace(move, package=None, or_package=None, agreed=None)


def _word(move: Move, seat: str) -> Move:
    private = seat == "u" and move.commitment in (BINDING, AD_REFERENDUM)
    return replace(move, commitment=PERSONAL) if private else move


@settings(max_examples=150, deadline=None)
@given(sitting=_SITTINGS)
@example(
    sitting=[
        ("o", Move(action=Action.PROPOSE, package={"well": "half", "fence": "us"}, words="So.")),
        ("u", Move(action=Action.ACCEPT, offer="o-1", commitment=HYPOTHETICAL, words="So.")),
        ("x1", Move(action=Action.ACCEPT, offer="o-1", commitment=PERSONAL, words="So.")),
        ("u", Move(action=Action.ACCEPT, offer="o-1", commitment=PERSONAL, words="So.")),
    ]
)
@example(sitting=[("x1", Move(action=Action.ACCEPT, offer="o-1", words="So."))])
def test_a_deal_is_what_nobody_holds_for_discussion(
    scenario: Scenario, sitting: list[tuple[str, Move]]
) -> None:
    state = opened(scenario, seats=SEATS)
    for turn, (seat, drawn) in enumerate(sitting):
        move = _word(_fitting(drawn), seat)
        before = copy.deepcopy(state.standing), copy.deepcopy(state.settling)
        if objection(move, state, seat) is not None:
            assert (state.standing, state.settling) == before
            continue
        kept = dict(state.settling.settled)
        effect = apply(move, state, seat, turn)
        for offer in state.standing:
            words = [offer.word_of(one) for one in SEATS]
            assert offer.explored == (None not in words and HYPOTHETICAL in words)
        for one in SEATS:
            firm = {
                o.id.rstrip("b")
                for o in state.standing
                if o.word_of(one) not in (None, HYPOTHETICAL)
            }
            assert len(firm) <= 1, "nobody stands by two proposals"
        if move.action is Action.PROPOSE:
            assert move.package is not None
            assert kept.items() <= move.package.items(), "what is agreed is kept"
        if effect.deal is not None:
            assert effect.deal.commitment in (BINDING, AD_REFERENDUM, PERSONAL)
            return


def test_an_offer_keeps_its_own_copies(scenario: Scenario) -> None:
    state = opened(scenario)
    second = dict(scenario.package(OTHER))
    move = put(scenario, PERSONAL, or_package=second)
    played(state, ("u", move))
    assert move.or_package is not None
    move.or_package["well"] = "yours"
    assert state.standing[1].package == scenario.package(OTHER)
