"""Proposals and the deal as steps, where the record says more and where it says less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import kind_of
from harness.evaluators.commitment import signed
from harness.evaluators.offers import moves_of, named, offers_of, stated
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from harness.records.spec import TALKS
from harness.records.transcript import Outcome, Transcript
from tests.support.disputes import small
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE
from tests.support.transcripts import case, make_spec, make_transcript


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def without_acceptance(transcript: Transcript) -> Transcript:
    """As in a log from elsewhere: the deal is on record, the word that made it is not."""
    talks = transcript.body
    left = talks.model_copy(
        update={"turns": talks.turns[:-1], "outcome": replace(talks.outcome, turn=None)}
    )
    return transcript.model_copy(update={"body": left})


def taken(transcript: Transcript, scenario: Scenario, seat: str) -> list[tuple[int, int, int]]:
    moves = moves_of(case(transcript, scenario), seat)
    return [(move.turn, move.round, move.step) for move in moves]


def test_the_deal_is_the_last_move_of_who_took_it(scenario: Scenario) -> None:
    played = make_transcript(scenario, [("u", LEANING), ("o", MIDDLE), ("u", "accept")])
    assert taken(played, scenario, "u") == [(0, 1, 1), (2, 1, 2)]
    assert taken(played, scenario, "o") == [(1, 1, 1)]


def test_in_a_later_round_it_is_the_acceptance_there(scenario: Scenario) -> None:
    entries = [("o", MIDDLE), ("u", "reject"), "next round", ("o", LEANING), ("u", "accept")]
    played = make_transcript(scenario, entries)  # type: ignore[arg-type]
    assert taken(played, scenario, "u") == [(3, 2, 1)]


def test_with_three_seats_each_took_it_at_its_own_turn(scenario: Scenario) -> None:
    spec = make_spec(scenario, extra={"x1": scenario.seats.o})
    entries = [("x1", MIDDLE), ("o", "accept"), ("u", "accept")]
    played = make_transcript(scenario, entries, spec=spec)  # type: ignore[arg-type]
    assert taken(played, scenario, "o") == [(1, 1, 1)]
    assert taken(played, scenario, "u") == [(2, 1, 1)]


def test_a_deal_whose_acceptance_is_not_on_record_comes_after_the_last_turn(
    scenario: Scenario,
) -> None:
    played = make_transcript(scenario, [("u", LEANING), ("o", MIDDLE), ("u", "accept")])
    bare = without_acceptance(played)
    assert taken(bare, scenario, "u") == [(0, 1, 1), (2, 1, 2)], "where it must have stood"
    assert taken(bare, scenario, "o") == taken(played, scenario, "o")


@pytest.mark.parametrize("package", [MIDDLE, LOPSIDED])
def test_every_evaluator_reads_it(scenario: Scenario, package: dict[str, str]) -> None:
    """With a step taken before it, with none, and with no turn at all."""
    whole = make_transcript(scenario, [("u", LEANING), ("o", package), ("u", "accept")])
    short = make_transcript(scenario, [("o", package), ("u", "accept")])
    silent = make_transcript(scenario, [("o", package), ("u", "accept")])
    outcome = Outcome(kind="deal", package=package, round=1)
    body = silent.body.model_copy(update={"turns": (), "outcome": outcome})
    silent = silent.model_copy(update={"body": body})
    for played in (without_acceptance(whole), without_acceptance(short), silent):
        scores = {score.evaluator: score for score in evaluate(case(played, scenario), builtin())}
        assert set(scores) == {one.name for one in builtin() if kind_of(one) == TALKS}
        assert not [w for s in scores.values() for w in s.why_null.values() if "failed" in w]
        assert scores["settlement"].values["agreement"] is True
    named = {s.evaluator: s.values for s in evaluate(case(whole, scenario), builtin())}
    again = {
        s.evaluator: s.values
        for s in evaluate(case(without_acceptance(whole), scenario), builtin())
    }
    assert again["concessions"] == named["concessions"], "the word itself changes no measure"


# --- two packages at once -------------------------------------------------------------------------


def either_or(scenario: Scenario, first: dict[str, str], second: dict[str, str]) -> Transcript:
    """Seat u puts two packages at once, and o takes the second."""
    played = make_transcript(scenario, [("u", first), ("o", "accept")])
    put, took = played.body.turns
    assert put.move is not None
    assert took.move is not None
    name = f"{put.offer}b"
    turns = (
        replace(put, move=replace(put.move, or_package=second)),
        replace(took, move=replace(took.move, offer=name), offer=name),
    )
    outcome = replace(played.body.outcome, package=second, offer=name)
    body = played.body.model_copy(update={"turns": turns, "outcome": outcome})
    return played.model_copy(update={"body": body})


@pytest.mark.parametrize(("first", "second"), [(LEANING, LOPSIDED), (LOPSIDED, LEANING)])
def test_of_two_packages_the_one_that_costs_the_speaker_more_is_its_offer(
    scenario: Scenario, first: dict[str, str], second: dict[str, str]
) -> None:
    read = case(either_or(scenario, first, second), scenario)
    worth = scenario.terms(scenario.seats.u).utility
    (offer,) = offers_of(read, "u")
    assert offer.own == pytest.approx(min(worth(first), worth(second)))
    assert [terms for _, terms in named(read, "u")] == [first, second]
    assert [one.own for one in stated(read, "u")] == [offer.own]


def test_a_deal_on_the_other_package_is_the_last_move_of_who_put_it(scenario: Scenario) -> None:
    worth = scenario.terms(scenario.seats.u).utility
    lesser, better = sorted((LEANING, LOPSIDED), key=worth)
    read = case(either_or(scenario, lesser, better), scenario)
    moves = moves_of(read, "u")
    assert [move.package for move in moves] == [lesser, better]
    same = case(either_or(scenario, better, lesser), scenario)
    assert [m.package for m in moves_of(same, "u")] == [lesser]
    assert set(signed(read)) == {"o", "u"}
