"""The noisy delegation errs as often as it is told to, in the ways it is told, and never by a move
that nobody made."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.bargaining.tactics import Noisy
from harness.delegations.noisy import ABOUT_AS_MUCH, UNUSABLE, NoisyDelegation
from harness.delegations.scripted import Mind, ScriptedDelegation
from harness.delegations.seating import seat_delegations
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.incentives.tracks import TRACKS, TrackName
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, Transcript
from harness.seeds import derive
from harness.suite.parts import Protocol, SeatSpec
from harness.talks.table import Table
from harness.view import View
from tests.support.disputes import small, write
from tests.support.inprocess import typed
from tests.support.runs import no_model
from tests.support.views import PlayedTable

TURNS = 6


@functools.cache
def disputes() -> list[Scenario]:
    return load_scenarios("neutral")[:6]


def spec_of(
    scenario: Scenario,
    seed: int = 0,
    twin: Twin = Twin.NONE,
    opener: str = "o",
    repairs: int = 1,
    tactic: str | dict[str, Any] | None = None,
    track: TrackName = "1",
    **noise: Any,
) -> TalksSpec:
    """A track between two noisy delegations with these errors and no other."""
    quiet = dict.fromkeys(vars(Noisy()), 0) | {"beta": 1.0}
    del quiet["seed"]
    seats = tuple(
        SeatSpec(
            seat=seat,
            principal=getattr(scenario.seats, seat),
            role=TRACKS[track].seat(seat).role,
            authority=TRACKS[track].seat(seat).authority,
            profile=TRACKS[track].seat(seat).profile,
            tactic=tactic or {"kind": "noisy", **quiet, **noise},
        )
        for seat in ("o", "u")
    )
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=twin,
        seed=derive(seed, scenario.id),
        protocol=Protocol(rounds=1, turns=TURNS, repairs=repairs),
        seats=seats,
        opener=opener,
    )


def played(spec: TalksSpec, scenario: Scenario) -> Transcript:
    seated = seat_delegations(spec, no_model, None)
    return asyncio.run(Table(spec, scenario, seated).play()).record


def several(count: int = 2, **noise: Any) -> list[Transcript]:
    return [played(spec_of(s, k, **noise), s) for s in disputes() for k in range(count)]


def offers(transcript: Transcript, seat: str) -> list[Any]:
    moves = [t.move for t in transcript.body.turns if t.seat == seat and t.kind == "statement"]
    return [move for move in moves if move is not None and move.action is Action.PROPOSE]


def mind_of(transcript: Transcript, scenario: Scenario, seat: str) -> tuple[Mind, View]:
    assert isinstance(transcript.spec, TalksSpec)
    view = PlayedTable(transcript.spec, scenario).view(seat)
    return Mind(view), view


def test_without_errors_it_is_the_script() -> None:
    for scenario in disputes()[:3]:
        noisy = played(spec_of(scenario), scenario)
        script = played(spec_of(scenario, tactic="linear"), scenario)
        assert noisy.body == script.body


def test_the_same_number_draws_alike_and_another_does_not() -> None:
    scenario = disputes()[0]
    rates: tuple[dict[str, Any], ...] = (
        {"tremble": 0.2},
        {"waste": 1.0},
        {"soft": 1.0},
        {"misjudge": 1.0},
    )
    for rate in rates:
        one, again, other = (
            played(spec_of(scenario, 3, draw=draw, **rate), scenario).body for draw in (0, 0, 1)
        )
        assert one == again
        assert one != other, rate


def test_errors_go_with_the_principal_whatever_its_chair() -> None:
    """So a pair of seat twins is the same talks, and the mean skew of equal seats is 0."""
    for scenario in disputes():
        pair = [
            played(
                spec_of(scenario.twin(twin), 1, twin, opener, tactic="noisy"), scenario.twin(twin)
            ).body.outcome
            for twin, opener in ((Twin.NONE, "o"), (Twin.SEATS, "u"))
        ]
        assert pair[0].kind == pair[1].kind
        assert pair[0].package == pair[1].package


def test_a_reply_that_cannot_be_used_is_never_a_move() -> None:
    scenario = disputes()[0]
    void = played(spec_of(scenario, repairs=2, unusable=1.0), scenario)
    assert void.status == "void"
    assert void.body.turns == ()
    assert void.body.outcome.kind == "void"
    assert void.void is not None
    assert (void.void.kind, void.void.seat) == ("reply", "o")
    assert [repair.error for repair in void.void.repairs] == [UNUSABLE] * 3
    assert UNUSABLE in void.void.detail


def test_replies_fail_at_the_stated_rate() -> None:
    rate, repairs = 0.3, 6
    failed = made = 0
    quiet = several(repairs=repairs)
    for talks, without in zip(several(unusable=rate, repairs=repairs), quiet, strict=True):
        if talks.status == "void":
            continue  # one in a thousand of the turns
        turns, debriefs = talks.body.turns, talks.body.debriefs.values()
        failed += sum(len(turn.repairs) for turn in turns)
        failed += sum(len(debrief.repairs) for debrief in debriefs)
        made += len(turns) + len(debriefs)
        assert [t.move for t in talks.body.turns] == [t.move for t in without.body.turns]
    assert made > 80
    share = failed / (failed + made)
    assert abs(share - rate) < 0.12  # SE about .04


def test_a_debrief_that_cannot_be_used_is_a_missing_answer() -> None:
    class Silent(NoisyDelegation):
        move = ScriptedDelegation.move

    scenario = disputes()[0]
    seated = {seat: Silent(seat, Noisy(unusable=1.0)) for seat in ("o", "u")}
    talks = asyncio.run(Table(spec_of(scenario), scenario, seated).play()).record
    assert talks.status == "done", "the talks stand"
    assert talks.body.outcome.kind == "deal"
    for debrief in talks.body.debriefs.values():
        assert debrief.gave_more is None
        assert UNUSABLE in (debrief.problem or "")
        assert len(debrief.repairs) == 2


def test_voids_follow_the_outcome_where_they_are_told_to() -> None:
    """Of the talks that end in the signature of one who is ahead, all are void; no other is."""
    lost = kept = 0
    for plain, hit in zip(several(), several(unusable_ahead=1.0), strict=True):
        assert plain.body.outcome.package is not None
        signer = plain.body.turns[-1].seat
        scenario = next(s for s in disputes() if s.id == plain.spec.scenario)
        mind, _ = mind_of(plain, scenario, signer)
        ahead = mind.value(plain.body.outcome.package) > (mind.floor + mind.opening) / 2
        assert (hit.status == "void") is ahead
        lost, kept = lost + ahead, kept + (not ahead)
        if ahead:
            assert hit.void is not None
            assert hit.void.seat == signer
        else:
            assert hit.body == plain.body
    assert lost
    assert kept


def test_it_opens_too_softly_or_asks_for_too_much() -> None:
    for rate in ("soft", "inflated"):
        below = 0
        for talks in several(1, **{rate: 1.0}):
            scenario = next(s for s in disputes() if s.id == talks.spec.scenario)
            for seat in ("o", "u"):
                mind, _ = mind_of(talks, scenario, seat)
                first = mind.value(offers(talks, seat)[0].package) if offers(talks, seat) else None
                if first is None:
                    continue
                if rate == "soft":
                    assert first <= mind.opening + 0.1
                    below += first < mind.no_deal
                else:
                    assert first == pytest.approx(mind.value_max)
        assert (below > 0) is (rate == "soft"), "a soft opening may be worse than leaving"


def test_wasteful_offers_are_worth_as_much_to_itself_and_less_to_the_other() -> None:
    given = {0.0: 0.0, 1.0: 0.0}
    for rate, total in given.items():
        for talks in several(1, waste=rate):
            scenario = next(s for s in disputes() if s.id == talks.spec.scenario)
            mind, _ = mind_of(talks, scenario, "u")
            total += sum(mind.read(move.package) for move in offers(talks, "u")[1:3])
        given[rate] = total
    assert given[1.0] < given[0.0]
    mind, view = mind_of(several(1)[0], disputes()[0], "u")
    bid = mind.bid(0.8, view, False, frozenset())
    assert bid is not None
    alike = mind.worth_about(bid, ABOUT_AS_MUCH, frozenset())
    assert bid in alike
    assert all(mind.value(one) >= mind.value(bid) - 1e-9 for one in alike)
    assert bid not in mind.worth_about(bid, ABOUT_AS_MUCH, frozenset({mind.key(bid)}))


def test_it_walks_out_and_says_so() -> None:
    for talks in several(1, walk_out=1.0):
        assert talks.body.outcome.kind in ("walk_out", "deal")
        last = talks.body.turns[-1]
        if talks.body.outcome.kind == "walk_out":
            assert last.step == 2, "nobody leaves before it has spoken"
            assert "leave" in last.words or "end them" in last.words
    assert any(t.body.outcome.kind == "walk_out" for t in several(1, walk_out=1.0))


def test_a_rejection_names_some_terms_and_is_no_offer() -> None:
    found = [
        (turn, scenario)
        for scenario in disputes()
        for turn in played(spec_of(scenario, reject=1.0), scenario).body.turns
        if turn.move is not None and turn.move.action is Action.REJECT
    ]
    assert found
    for turn, scenario in found:
        assert turn.offer is None or turn.offer == turn.move.offer  # type: ignore[union-attr]
        assert turn.move is not None
        assert turn.move.package is None
        assert turn.move.position
        for issue in scenario.issues:
            if issue.id in turn.move.position:
                assert turn.move.position[issue.id] in issue.option_ids()
        assert turn.move.offer is not None
        assert turn.move.offer in turn.words


def test_words_say_the_opening_and_the_move_something_else() -> None:
    quiet, loud = several(1), several(1, words=1.0)
    apart = 0
    for plain, talks in zip(quiet, loud, strict=True):
        assert [t.move.package for t in plain.body.turns if t.move] == [
            t.move.package for t in talks.body.turns if t.move
        ]
        for before, after in zip(plain.body.turns, talks.body.turns, strict=True):
            assert before.move is not None
            apart += before.words != after.words and before.move.action is Action.PROPOSE
    assert apart > 5


def test_it_misjudges_afterwards_and_only_then() -> None:
    honest, wrong = several(1), several(1, misjudge=1.0)
    assert [t.body.turns for t in honest] == [t.body.turns for t in wrong]
    said = [d for t in wrong for d in t.body.debriefs.values()]
    assert len({one.gave_more for one in said}) == 3
    assert len({one.own_could_sign for one in said}) == 2
    assert all((one.margin == 0) is (one.gave_more == "equal") for one in said)
    before = [d for t in honest for d in t.body.debriefs.values()]
    assert [d.gave_more for d in before] != [d.gave_more for d in said]
    changed = [(a.reservations, b.reservations) for a, b in zip(before, said, strict=True)]
    assert all(a != b and a.keys() == b.keys() for a, b in changed)


def test_what_was_not_judged_is_not_misjudged(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    table = PlayedTable(spec_of(scenario), scenario)
    answer = asyncio.run(NoisyDelegation("o", Noisy(misjudge=1.0)).debrief(table.view("o"), None))
    assert answer.debrief is not None
    assert answer.debrief.gave_more is None
    assert answer.debrief.problem


def test_a_move_that_the_rules_refuse_is_a_defect(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    view = PlayedTable(spec_of(scenario), scenario).view("o")
    with pytest.raises(AssertionError, match="illegal move: no"):
        asyncio.run(NoisyDelegation("o", Noisy()).move(view, "no"))


def test_trembling_moves_aspirations_inside_their_range(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    view = replace(PlayedTable(spec_of(scenario), scenario).view("o"), step=3)
    seen = set()
    for seed in range(20):
        seat = NoisyDelegation("o", Noisy(tremble=5.0, seed=seed))
        mind = Mind(view)
        level = seat._aspiration(view, mind)
        assert mind.floor <= level <= mind.opening
        seen.add(round(level, 6))
    assert len(seen) >= 2


rate = st.floats(0, 1)


@settings(max_examples=12, deadline=None)
@given(
    noise=st.fixed_dictionaries(
        {
            "soft": st.floats(0, 0.5),
            "inflated": st.floats(0, 0.5),
            "tremble": st.floats(0, 2),
            **dict.fromkeys(("waste", "reject", "walk_out", "words", "misjudge"), rate),
            **dict.fromkeys(("unusable", "unusable_ahead"), rate),
        }
    ),
    track=st.sampled_from(["1", "1.5", "2", "backchannel"]),
    seed=st.integers(0, 99),
)
@example(noise={"soft": 0.5, "inflated": 0.5, "reject": 1.0}, track="1.5", seed=1)
@example(noise={"unusable": 1.0}, track="2", seed=1)
def test_whatever_the_errors_every_move_is_legal_and_every_failure_a_void(
    noise: dict[str, Any], track: TrackName, seed: int
) -> None:
    scenario = disputes()[0]
    spec = spec_of(scenario, seed, track=track, **noise)
    talks = played(spec, scenario)  # an illegal move would raise
    assert talks.body == played(spec, scenario).body
    assert (talks.status == "void") is (talks.body.outcome.kind == "void")
    if talks.void is not None:
        assert len(talks.void.repairs) == 2
        assert talks.void.seat in ("o", "u")
        assert talks.body.outcome.package is None


SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it hold up under noise?
scenarios: [small.yaml]
twins: [none, seats]
epochs: 2
protocol: {rounds: 1, turns: 4, repairs: 0}
arms:
  t1: {track: "1", tactic: {kind: noisy, unusable: 0.12}}
  again: {track: "1", tactic: {kind: noisy, unusable: 0.12, draw: 1}}
contrasts:
  primary: {name: skew, treatment: again, control: t1}
"""


def test_a_suite_names_it_and_its_voids_are_counted(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine.yaml").write_text(SUITE, encoding="utf-8")
    done = typed("run", "mine.yaml", "--no-report", "--max-void", "1", cwd=tmp_path)
    assert done.code == 0, done.err
    (path,) = (found.parent for found in tmp_path.glob("transcripts/*/run.json"))
    talks = list(RunFolder(path).transcripts())
    void = [one for one in talks if one.status == "void"]
    assert len(talks) == 8
    assert 0 < len(void) < 8
    assert all(one.void is not None and one.void.kind == "reply" for one in void)
    assert "errs at a stated rate" in done.out + done.err
    again = typed(
        "run", "mine.yaml", "--no-report", "--replay", str(path), "--max-void", "1", cwd=tmp_path
    )
    assert again.code == 0, again.err
    (tmp_path / "mine.yaml").write_text(SUITE.replace("0.12", "25"), encoding="utf-8")
    wrong = typed("run", "mine.yaml", cwd=tmp_path)
    assert wrong.code == 2
    assert "unusable of a tactic is 25, must be in [0, 1]" in wrong.err
    assert "Traceback" not in wrong.err
