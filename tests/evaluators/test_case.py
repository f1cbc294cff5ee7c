"""What an evaluator reads, also of talks that this program did not play."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.evaluators.case import Case, case_of, once_per_case, once_per_case_and
from harness.evaluators.reciprocity import NOT_ON_RECORD
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from harness.records.spec import RecordedSeat, RecordedSpec, TalksSpec
from harness.records.transcript import Debrief, Transcript, VoidReason
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite
from tests.support.transcripts import Entry, case, make_spec, make_transcript

HALF_US = {"well": "half", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
TALK: list[Entry] = [("o", YOURS_US), ("u", HALF_US), ("o", "accept")]
DEBRIEFS = {
    "o": Debrief(gave_more="u", reservations={"u": 0.5}),
    "u": Debrief(gave_more="equal", reservations={"o": 0.1}),
}
UNKNOWN = "the dialogue was not played by this program: no incentive profile is known"


@pytest.fixture
def played(small: Scenario) -> Transcript:
    return make_transcript(small, TALK, debriefs=DEBRIEFS)


def elsewhere(played: Transcript) -> Transcript:
    """The same talks, as if they had been held elsewhere and only been recorded here."""
    seats = [
        RecordedSeat(seat=seat.seat, principal=seat.principal, role=seat.role)
        for seat in played.spec.seats
    ]
    spec = RecordedSpec(
        scenario=played.spec.scenario,
        scenario_hash=played.spec.scenario_hash,
        twin=played.spec.twin,
        seats=tuple(seats),
    )
    return played.model_copy(update={"kind": "recorded", "spec": spec, "id": spec.id})


def test_what_a_spec_says(small: Scenario, played: Transcript) -> None:
    spec = make_spec(small, extra={"x1": "heirs"})
    found = Case(make_transcript(small, TALK, spec=spec, debriefs=DEBRIEFS), small, spec)
    assert found.seats == {"o": "b", "u": "a", "x1": "heirs"}
    assert found.absent == []
    assert found.seed == spec.seed
    assert found.profile("u") == spec.seat("u").profile
    assert found.profile("x2") is None
    assert found.debriefed
    assert not Case(played, small, make_spec(small, debrief=False)).debriefed


def test_what_is_known_without_a_spec(small: Scenario, played: Transcript) -> None:
    found = Case(elsewhere(played), small)
    assert found.seats == {"o": "b", "u": "a"}
    assert found.kind == "talks"
    assert found.absent == ["heirs"]
    assert found.seed is None
    assert found.profile("o") is None
    assert found.debriefed
    assert not Case(make_transcript(small, TALK), small).debriefed


def test_talks_that_were_played_elsewhere_are_measured_but_for_what_needs_a_profile(
    small: Scenario, played: Transcript
) -> None:
    ours = evaluate(case(played, small), builtin())
    theirs = {one.evaluator: one for one in evaluate(Case(elsewhere(played), small), builtin())}
    assert theirs.pop("reported").values["points_o"] is None
    for known, found in zip(ours, theirs.values(), strict=True):
        found = found.model_copy(update={"id": known.id})
        if found.evaluator == "prediction":
            assert set(found.values.values()) == {None}
            assert set(found.why_null.values()) == {UNKNOWN}
            assert known.values["agreement"] is not None
        elif found.evaluator == "process":
            private = {"consultations_o", "consultations_u", "caucuses_o", "caucuses_u"}
            assert set(found.why_null) - set(known.why_null) <= private
        elif found.evaluator == "concessions":
            more = found.why_null.keys() - known.why_null.keys()
            assert {found.why_null[name] for name in more} <= {NOT_ON_RECORD}
            assert found.values["total_u"] == known.values["total_u"]
        else:
            assert found == known


def test_a_seat_without_a_profile_leaves_the_prediction_null(
    small: Scenario, played: Transcript
) -> None:
    """As where a person sat at the table: the seat is known, and no incentive of it."""
    spec = make_spec(small)
    person = spec.seat("u").model_copy(update={"profile": None})
    seats = (spec.seat("o"), person)
    found = Case(played, small, spec.model_copy(update={"seats": seats}))
    (score,) = evaluate(found, [one for one in builtin() if one.name == "prediction"])
    why = "no incentive profile is known of the delegate in seat u"
    assert set(score.why_null.values()) == {why}


def test_a_void_of_elsewhere_keeps_its_reason(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply")
    for score in evaluate(Case(make_transcript(small, TALK, void=reason), small), builtin()):
        if score.evaluator != "process":
            assert set(score.why_null.values()) == {"void: no usable reply"}


@pytest.mark.parametrize(
    ("kind", "read"), [("talks", "talks"), ("recorded", "talks"), ("publication", "publication")]
)
def test_recorded_talks_are_read_as_talks(small: Scenario, kind: str, read: str) -> None:
    record: Any = SimpleNamespace(kind=kind)
    assert Case(record, small).kind == read


def test_the_case_of_a_run_has_the_twin_that_was_played(tmp_path: Any, small: Scenario) -> None:
    turned = deal(small, "plain", MIDDLE, twin=Twin.SEATS)
    run = make_run(tmp_path / "run", make_suite(), {small.id: small}, [turned])
    (transcript,) = run.transcripts()
    found = case_of(transcript, run.info)
    assert found.scenario.seats == small.twin(Twin.SEATS).seats
    assert isinstance(found.spec, TalksSpec)
    assert found.spec == turned.spec
    assert not found.inputs


def test_a_case_says_nothing_of_arm_and_epoch(small: Scenario, played: Transcript) -> None:
    """A dialogue that several arms share has one score, the same in all of them."""
    spec = played.spec
    other = spec.model_copy(update={"arm": "other", "epoch": 7, "suite": "another"})
    found = case(played, small)
    assert evaluate(found, builtin()) == evaluate(replace(found, spec=other), builtin())


def test_what_evaluators_share_is_worked_out_once_a_case(
    small: Scenario, played: Transcript
) -> None:
    asked: list[str] = []

    @once_per_case_and
    def doubled(of: Case, seat: str) -> list[str]:
        asked.append(seat)
        return [of.record.id, seat]

    @once_per_case
    def nothing(of: Case) -> None:
        asked.append(of.record.kind)

    one, other = case(played, small), case(played, small)
    assert doubled(one, "o") is doubled(one, "o")
    assert doubled(other, "o") == doubled(one, "o")
    assert doubled(one, "u") != doubled(one, "o")
    assert asked == ["o", "o", "u"]
    copy = replace(one)
    assert doubled(copy, "o") is not doubled(one, "o"), "a copy is a case of its own"
    nothing(one)
    nothing(one)
    assert asked[4:] == [one.record.kind]


def test_terms_are_those_of_the_scenario(small: Scenario, played: Transcript) -> None:
    found = case(played, small)
    for principal in small.principals:
        assert found.terms(principal, 1) == small.terms(principal, 1)
    assert found.terms("a", 1) is case(played, small).terms("a", 1)
