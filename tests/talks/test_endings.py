"""How talks end by the switches of the protocol, and what the record says of it: walk-outs,
sketches that are left, ratification; and who is told nothing of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.base import Answer, Delegation
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, Commitment, Move, Transcript
from harness.suite.parts import Protocol
from harness.talks.table import PlayedTalks, Table
from tests.support.disputes import small
from tests.support.puppets import Puppet, accepting, passing, proposing, scripted
from tests.support.views import authorised, track

BEST_FOR_A, HALF, BEST_FOR_B = (0, 0), (1, 1), (2, 1)
FULL, PRIVATE = Authority.FULL, Authority.PRIVATE


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def talks(
    scenario: Scenario,
    *,
    o: Authority = FULL,
    u: Authority = FULL,
    rounds: int = 1,
    **protocol: Any,
) -> TalksSpec:
    rules = Protocol(rounds=rounds, turns=3, **protocol).resolved()
    return authorised(track(scenario, "1", protocol=rules), o=o, u=u)


def play(spec: TalksSpec, scenario: Scenario, **seats: Delegation) -> PlayedTalks:
    return asyncio.run(Table(spec, scenario, seats).play())


def agree(offer: str = "o-1", word: Commitment = Commitment.AD_REFERENDUM) -> Move:
    return replace(accepting(offer), commitment=word)


def answers(*moves: Move) -> Puppet:
    """Waits until there is something to accept, then makes these moves."""
    left = iter(moves)

    def answer(view: Any, complaint: str | None) -> Any:
        return Answer(move=next(left, passing()) if view.standing else passing())

    return Puppet(answer)


# --- leaving ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("leaving", "round_"), [(None, 1), ("talks", 1), ("round", 2)])
def test_walking_out_ends_what_the_rules_say(scenario: Scenario, leaving: Any, round_: int) -> None:
    leave = Move(action=Action.WALK_OUT, words="Enough.")
    spec = talks(scenario, rounds=2, leaving=leaving)
    played = play(spec, scenario, o=scripted([leave]), u=scripted([]))
    outcome = played.record.body.outcome
    ended = ("walk_out", "o", 1) if round_ == 1 else ("no_deal", None, 2)
    assert (outcome.kind, outcome.by, outcome.round) == ended
    assert {turn.round for turn in played.record.body.turns} == set(range(1, round_ + 1))


# --- sketches -----------------------------------------------------------------------------------


def test_a_sketch_that_nobody_took_home_is_in_the_record(scenario: Scenario) -> None:
    propose = replace(proposing(scenario, HALF), commitment=Commitment.HYPOTHETICAL)
    explore = agree(word=Commitment.HYPOTHETICAL)
    spec = talks(scenario)
    played = play(spec, scenario, o=scripted([propose]), u=answers(explore))
    body = played.record.body
    assert (body.outcome.kind, body.outcome.package) == ("no_deal", None)
    assert body.outcome.explored == ("o-1",)
    assert [turn.seat for turn in body.turns if turn.explored] == ["u"]
    assert len(body.turns) == 6, "it ended nothing"
    again = Transcript.model_validate_json(played.record.model_dump_json())
    assert again == played.record
    plain = spec.model_copy(update={"protocol": Protocol(rounds=1, turns=3)})
    ended = play(plain, scenario, o=scripted([propose]), u=answers(explore))
    assert ended.record.body.outcome.kind == "deal"
    for name in ("explored", "ratification", "side_terms"):
        assert name not in ended.record.model_dump_json(), "the plain game is written as it was"


# --- ratification -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indices", "signs"),
    [
        (HALF, {"o": True, "u": True}),
        (BEST_FOR_A, {"o": False, "u": True}),
        (BEST_FOR_B, {"o": True, "u": False}),
    ],
)
def test_a_deal_subject_to_approval_goes_to_the_leaderships(
    scenario: Scenario, indices: tuple[int, int], signs: dict[str, bool]
) -> None:
    spec = talks(scenario)
    played = play(spec, scenario, o=scripted([proposing(scenario, indices)]), u=answers(agree()))
    outcome = played.record.body.outcome
    assert outcome.kind == "deal", "it is no condition of the deal"
    assert outcome.ratification is not None
    assert {seat: a.acceptable for seat, a in outcome.ratification.items()} == signs
    for seat, answer in outcome.ratification.items():
        terms = scenario.terms(spec.seat(seat).principal, outcome.round)
        assert answer.package == outcome.package
        assert answer.value == round(terms.utility(scenario.package(indices)), 6)
        assert answer.reservation == terms.reservation


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        (Commitment.BINDING, {}),
        (Commitment.PERSONAL, {}),
        (Commitment.AD_REFERENDUM, {"ratification": False}),
    ],
)
def test_other_deals_are_not_asked_about(
    scenario: Scenario, word: Commitment, changes: dict[str, Any]
) -> None:
    propose = replace(proposing(scenario, HALF), commitment=word)
    spec = talks(scenario, **changes)
    played = play(spec, scenario, o=scripted([propose]), u=answers(agree(word=word)))
    assert played.record.body.outcome.kind == "deal"
    assert played.record.body.outcome.ratification is None


def test_a_private_person_has_no_leadership_that_ratifies(scenario: Scenario) -> None:
    """With any word open to anybody, only those who have a line home are asked about."""
    spec = talks(scenario, u=PRIVATE, commitments="any")
    played = play(spec, scenario, o=scripted([proposing(scenario, HALF)]), u=answers(agree()))
    assert set(played.record.body.outcome.ratification or {}) == {"o"}


def leaves(value: Any) -> Iterator[object]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_no_seat_is_told_what_the_leaderships_say(scenario: Scenario) -> None:
    """The debrief comes after the ratification; no view of it holds a number of an answer."""
    o, u = scripted([proposing(scenario, HALF)]), answers(agree())
    played = play(talks(scenario), scenario, o=o, u=u)
    answers_ = played.record.body.outcome.ratification
    assert answers_ is not None
    secrets = {f"{answers_['o'].value}", f"{answers_['u'].value}"}
    assert secrets <= set(map(str, leaves(json.loads(played.record.model_dump_json()))))
    for puppet, other in ((o, "u"), (u, "o")):
        shown = repr(puppet.views[-1].history) + repr(puppet.views[-1].standing)
        assert puppet.views[-1].standing, "the last view is that of the debrief"
        assert "CapitalAnswer" not in repr(puppet.views[-1])
        assert f"{answers_[other].value}" not in shown


# --- a word that is not open --------------------------------------------------------------------


def test_a_word_too_strong_is_asked_again_and_never_weakened(scenario: Scenario) -> None:
    spec = talks(scenario, u=PRIVATE)
    propose = proposing(scenario, HALF)  # ad_referendum, which is not u's to say
    u = scripted([propose, replace(propose, commitment=Commitment.PERSONAL)])
    played = play(spec, scenario, o=scripted([]), u=u)
    said = "Your word cannot be 'ad_referendum': you can bind nobody but yourself."
    assert u.complaints == [f"{said} You may say: hypothetical, personal."]
    first = next(turn for turn in played.record.body.turns if turn.seat == "u")
    assert first.move is not None
    assert first.move.commitment is Commitment.PERSONAL
    assert [repair.error for repair in first.repairs] == u.complaints
    stubborn = play(spec, scenario, o=scripted([]), u=scripted([propose] * 9))
    assert stubborn.record.status == "void"
    assert stubborn.record.void is not None
    assert stubborn.record.void.seat == "u"
    assert "u" not in {turn.seat for turn in stubborn.record.body.turns}, "nothing became a move"
