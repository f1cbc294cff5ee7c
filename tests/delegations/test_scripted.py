"""The scripted delegation: an instrument whose readings follow from V and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from benchmarks.tactic_cells import REFERENCE, NearestBidder, dispute, play_cell
from harness.bargaining.prediction import linear_frontier_share
from harness.bargaining.tactics import tactic_from
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Package, Scenario, Twin
from harness.evaluators.case import Case
from harness.evaluators.registry import registry
from harness.evaluators.scoring import evaluate
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import believe, stake
from harness.incentives.tracks import TRACKS, TrackName
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, CapitalAnswer, Commitment, Move, Transcript
from harness.seeds import derive
from harness.suite.parts import Protocol, SeatSpec
from harness.talks.table import Table
from tests.support.disputes import small
from tests.support.views import PlayedTable


def spec_of(
    scenario: Scenario, track: TrackName, seed: int, *, twin: Twin = Twin.NONE, rounds: int = 1
) -> TalksSpec:
    preset = TRACKS[track]
    seats = tuple(
        SeatSpec(
            seat=s,
            principal=getattr(scenario.seats, s),
            role=preset.seat(s).role,
            profile=preset.seat(s).profile,
            tactic="linear",
        )
        for s in ("o", "u")
    )
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=twin,
        seed=derive(seed, scenario.id, twin.value),
        protocol=Protocol(rounds=rounds, turns=8),
        seats=seats,
    )


def played(spec: TalksSpec, scenario: Scenario) -> Transcript:
    seated = {s.seat: ScriptedDelegation(s.seat, tactic_from("linear")) for s in spec.seats}
    return asyncio.run(Table(spec, scenario, seated).play()).record


def skew(scenario: Scenario, track: TrackName, seeds: int = 3) -> float:
    """Mean skew over both chairs and a few seeds."""
    found = []
    for twin in (Twin.NONE, Twin.SEATS):
        for seed in range(seeds):
            spec = spec_of(scenario.twin(twin), track, seed, twin=twin)
            transcript = played(spec, scenario.twin(twin))
            (score,) = evaluate(
                Case(transcript, scenario.twin(twin), spec), registry(["settlement"])
            )
            value = score.values["skew"]
            assert isinstance(value, float)
            found.append(value)
    return float(np.mean(found))


def test_the_same_spec_gives_the_same_bytes(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    spec = spec_of(scenario, "1.5", 4)
    assert played(spec, scenario).model_dump_json() == played(spec, scenario).model_dump_json()


@pytest.mark.parametrize("track", ["1", "backchannel", "1.5", "2"])
def test_no_seat_signs_what_is_worth_less_to_it_than_no_deal(track: TrackName) -> None:
    for scenario in load_scenarios("neutral")[:4]:
        for seed in range(3):
            spec = spec_of(scenario, track, seed)
            talks = played(spec, scenario).body
            for seat in spec.seats:
                belief = believe(scenario, seat.principal, 1, seat.profile, spec.seed)
                own = stake(scenario, seat.principal, belief, seat.profile)
                for turn in talks.turns:
                    if turn.seat == seat.seat and turn.move and turn.move.package:
                        value = own.of(scenario.indices(turn.move.package))
                        assert turn.kind == "consultation" or value >= own.no_deal - 1e-9
            assert talks.outcome.kind == "deal"


def test_the_opening_is_the_public_opening_position(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    talks = played(spec_of(scenario, "1", 1), scenario).body
    for seat, principal in (("o", "b"), ("u", "a")):
        first = next(t for t in talks.turns if t.seat == seat and t.kind == "statement")
        assert first.move is not None
        if first.move.action is Action.PROPOSE:
            assert first.move.package == scenario.public(principal).opening


def test_words_are_sentences_without_codes(tmp_path: Path) -> None:
    scenario = load_scenarios("ceasefire")[0]
    talks = played(spec_of(scenario, "1.5", 1), scenario).body
    for turn in talks.turns:
        assert turn.words.endswith((".", "!", "?"))
        assert "_" not in turn.words
        assert "$" not in turn.words


def test_equal_sides_with_equal_incentives_settle_in_the_middle() -> None:
    (scenario,) = load_scenarios("symmetric")
    assert abs(skew(scenario, "1")) < 0.05
    assert abs(skew(scenario, "2")) < 0.05


def test_track_one_and_a_half_leans_to_the_officials_and_a_back_channel_does_not() -> None:
    games = load_scenarios("neutral")[:4]
    by_track = {
        track: float(np.mean([skew(game, track, seeds=2) for game in games]))
        for track in ("1", "backchannel", "1.5")
    }
    assert abs(by_track["1"]) < 0.03
    assert abs(by_track["backchannel"]) < 0.03
    assert by_track["1.5"] > 0.05


def with_profile(spec: TalksSpec, seat: str, **fields: object) -> TalksSpec:
    """The spec, with other fields in the profile of one seat."""
    seats = tuple(
        one.model_copy(update={"profile": one.profile.model_copy(update=fields)})
        if one.seat == seat
        else one
        for one in spec.seats
    )
    return spec.model_copy(update={"seats": seats})


def test_an_official_with_nothing_to_lose_claims_high_and_takes_what_beats_leaving() -> None:
    """Overstating is free: it opens on its public opening position. What it takes is apart from
    what it claims: at its last turn, anything worth as much as the real talks to come."""
    scenario = load_scenarios("neutral-01")[0]
    spec = with_profile(spec_of(scenario, "1", 1), "o", free_hardball=1.0)
    view = PlayedTable(spec, scenario).view("o")
    own, principal = view.brief.stake, view.brief.principal
    opening = scenario.public(principal).opening
    assert own.of(scenario.indices(opening)) > own.no_deal + 0.2, "far more than it would take"
    enough = min((x for x in np.ndindex(scenario.shape()) if own.of(x) >= own.no_deal), key=own.of)
    below = max((x for x in np.ndindex(scenario.shape()) if own.of(x) < own.no_deal), key=own.of)

    def last_move(offered: tuple[int, ...]) -> Action:
        table = PlayedTable(spec, scenario)
        for turn in range(8):
            opens = Move(action=Action.PROPOSE, package=dict(opening))
            meets = Move(action=Action.PROPOSE, package=scenario.package(offered))
            table.play("u", meets)
            if turn < 7:
                table.play("o", opens)
        official = ScriptedDelegation("o", tactic_from("linear"))
        move = asyncio.run(official.move(table.view("o"), None)).move
        assert move is not None
        return move.action

    first = asyncio.run(ScriptedDelegation("o", tactic_from("linear")).move(view, None)).move
    assert first is not None
    assert first.package == opening
    assert last_move(enough) is Action.ACCEPT
    assert last_move(below) is not Action.ACCEPT


@pytest.mark.parametrize("seed", [1, 2])
def test_being_received_moves_no_script(seed: int) -> None:
    """It counts alike with an agreement and without one, so no move can depend on it: exactly."""
    scenario = load_scenarios("neutral-02")[0]
    spec = spec_of(scenario, "1.5", seed)
    bodies = [
        played(with_profile(spec, "u", access_reward=reward), scenario).model_dump(include={"body"})
        for reward in (0.0, 0.5, 1.0)
    ]
    assert bodies[0] == bodies[1] == bodies[2]


def test_an_envoy_asks_before_it_signs_and_obeys_a_refusal() -> None:
    asked = refused = 0
    for scenario in load_scenarios("neutral-narrow")[:6]:
        for seed in range(4):
            spec = spec_of(scenario, "backchannel", seed)
            talks = played(spec, scenario).body
            answers = [t.capital for t in talks.turns if t.seat == "u" and t.capital]
            asked += len(answers)
            refusals = [a.package for a in answers if not a.acceptable]
            refused += len(refusals)
            accepted = talks.turns[-1]
            if accepted.seat == "u" and accepted.move and accepted.move.action is Action.ACCEPT:
                assert talks.outcome.package not in refusals
                assert answers, "it signed without asking"
    assert asked > 0
    assert refused > 0


def test_an_envoy_does_not_propose_what_its_capital_refused(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    # With a reward another package is worth its signature too, so that it has something to offer.
    spec = with_profile(spec_of(scenario, "backchannel", 1), "u", deal_reward=0.05)

    def third_proposal(refused: Package | None) -> Package | None:
        table = PlayedTable(spec, scenario)
        for indices in ((0, 0), (0, 0)):
            table.play("u", Move(action=Action.PROPOSE, package=scenario.package(indices)))
            table.play("o", Move(action=Action.PASS))
        if refused is not None:
            answer = CapitalAnswer(package=refused, acceptable=False, value=0.0, reservation=0.3)
            table.play("u", Move(action=Action.CONSULT, package=refused), capital=answer)
        envoy = ScriptedDelegation("u", tactic_from("linear"))
        move = asyncio.run(envoy.move(table.view("u"), None)).move
        assert move is not None
        return move.package

    wanted = third_proposal(None)
    assert wanted is not None
    assert third_proposal(wanted) not in (None, wanted)


def test_a_delegate_without_a_capital_never_asks() -> None:
    scenario = load_scenarios("neutral-01")[0]
    for seed in range(3):
        talks = played(spec_of(scenario, "1.5", seed), scenario).body
        assert not any(turn.kind == "consultation" for turn in talks.turns)


def test_what_no_package_can_better_is_not_signed() -> None:
    (scenario,) = load_scenarios("no-possible-deal")
    talks = played(spec_of(scenario, "1", 1, rounds=2), scenario).body
    assert talks.outcome.kind == "no_deal"
    assert talks.outcome.round == 2


def test_tactics_against_each_other_keep_the_signs_and_order_of_the_reference() -> None:
    """The cells of ``benchmarks/tactic_cells.py``, which prints all 60 disputes and says why the
    sizes differ."""
    gap = {
        pair: play_cell(*pair, disputes=15).gap
        for pair in (
            ("boulware", "boulware"),
            ("linear", "linear"),
            ("boulware", "linear"),
            ("boulware", "conceder"),
        )
    }
    assert abs(gap["boulware", "boulware"]) < 0.03
    assert abs(gap["linear", "linear"]) < 0.03
    assert gap["boulware", "conceder"] > gap["boulware", "linear"] > 0.1


@pytest.mark.parametrize("pair", [("boulware", "linear"), ("boulware", "conceder")])
def test_with_the_bidding_rule_of_the_reference_the_sizes_agree_too(pair: tuple[str, str]) -> None:
    reference = REFERENCE[pair]
    assert reference is not None
    cell = play_cell(*pair, disputes=15, bidder=NearestBidder)
    assert cell.gap == pytest.approx(reference, abs=0.05)
    assert cell.gap < play_cell(*pair, disputes=15).gap


def test_prestige_moves_scripted_talks_the_way_the_closed_form_says() -> None:
    """A fine linear frontier, u_o + u_u = 1 in steps of 1/42. The Nash share moves by
    -pi / (2 lambda); a linear time tactic moves the same way, about half as far."""
    r, prize = 0.3, 0.2
    shares = {}
    for reward in (0.0, prize):
        cell = play_cell(
            "linear",
            "linear",
            disputes=1,
            profile_u=IncentiveProfile(deal_reward=reward),
            scenario_of=lambda number: dispute(
                number, issues=6, options=8, reservation=r, constant_sum=True
            ),
        )
        assert cell.agreed == 1
        shares[reward] = (1 - cell.gap) / 2
    moved = shares[prize] - shares[0.0]
    before, after = (linear_frontier_share(r, r, pi, 1.0) for pi in (0.0, prize))
    assert before is not None
    assert after is not None
    predicted = after - before
    assert predicted == pytest.approx(-prize / 2)
    assert predicted < moved < 0
    assert 0.2 < moved / predicted < 1.0


# --- at a richer table --------------------------------------------------------------------------


def _rich(scenario: Scenario) -> PlayedTable:
    spec = spec_of(scenario, "1", 1)
    rules = spec.protocol.resolved()
    return PlayedTable(spec.model_copy(update={"protocol": rules}), scenario)


def _decides(table: PlayedTable, seat: str = "o") -> Move:
    scripted = ScriptedDelegation(seat, tactic_from("linear"))
    move = asyncio.run(scripted.move(table.view(seat), None)).move
    assert move is not None
    return move


def test_the_better_of_two_packages_is_accepted(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    best, worse = scenario.package((2, 1)), scenario.package((0, 1))
    for first, second, answer in ((best, worse, "u-1"), (worse, best, "u-1b")):
        table = _rich(scenario)
        table.play("u", Move(action=Action.PROPOSE, package=first, or_package=second, words="So."))
        move = _decides(table)
        assert (move.action, move.offer) == (Action.ACCEPT, answer)


def test_a_sketch_is_not_taken_home_alone_again_and_again(tmp_path: Path) -> None:
    """It signs what it can live with, goes on, and signs again once the other takes it home."""
    scenario = small(tmp_path)
    table = _rich(scenario)
    sketch = scenario.package((2, 1))
    hypothetical = Commitment.HYPOTHETICAL
    table.play(
        "u", Move(action=Action.PROPOSE, package=sketch, commitment=hypothetical, words="If.")
    )
    first = _decides(table)
    assert (first.action, first.offer) == (Action.ACCEPT, "u-1")
    table.play("o", first)
    assert table.turns[-1].explored
    second = _decides(table)
    assert second.action is Action.PROPOSE
    table.play("o", second)
    assert "u-1" in {offer.id for offer in table.view("o").answerable()}
    assert _decides(table).action is Action.PROPOSE, "the other holds it for discussion only"
    table.play("u", Move(action=Action.ACCEPT, offer="u-1", words="Yes."))
    again = _decides(table)
    assert (again.action, again.offer) == (Action.ACCEPT, "u-1")
