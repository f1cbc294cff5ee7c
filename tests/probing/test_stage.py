"""How a probe is planned and played; what becomes of answers that cannot be used."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Package, Scenario
from harness.errors import ModelError
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.probing.stage import ProbeKind, view_of
from harness.records.probe import ProbeRecord, ProbeSpec
from harness.records.transcript import VoidReason
from harness.stages.base import Planning
from harness.talks.barrier import Barrier
from harness.talks.order import first_order
from harness.talks.rules import TableState
from tests.support.disputes import small
from tests.support.probes import ADDRESS, PROMPTS, believed, of_seat, probed, talks

PLANNING = Planning("tiny", {"official": ADDRESS, "unofficial": ADDRESS})
REFUSAL = ModelReply(text="", refusal="I can't help with that.")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_every_delegate_of_the_talks_is_asked(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5")
    custom = spec.seats[1].model_copy(update={"kind": "custom", "model": "mine.py:Mine"})
    planned = dict(ProbeKind().next_stages("half", {"talks": spec}, PLANNING))
    assert {name: one.asked.seat for name, one in planned.items()} == {
        "probe_o": "o",
        "probe_u": "u",
    }
    assert all(one.inputs == {} for one in planned.values()), "it follows nothing"
    mine = spec.model_copy(update={"seats": (spec.seats[0], custom)})
    left = dict(ProbeKind().next_stages("half", {"talks": mine}, PLANNING))
    assert list(left) == ["probe_o"], "a class of the user's own cannot answer"


def test_its_calls_are_foreseen(scenario: Scenario) -> None:
    kind, spec = ProbeKind(), of_seat(talks(scenario, "1.5"), "u")
    assert [(at, one.calls) for at, one in kind.foreseen(spec).items()] == [(ADDRESS, 9)]
    assert kind.view(spec, lambda *_: scenario) == view_of(spec, scenario)
    assert kind.foreseen(of_seat(talks(scenario, "1.5", kind="scripted"), "u")) == {}
    assert kind.empty_body(spec, VoidReason(kind="input", seat=None, detail="")).answers == ()


def test_it_reads_the_very_briefing_of_the_table(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5", seed=5)
    consults = {seat.seat: seat.profile.consults_capital for seat in spec.seats}
    state = TableState(scenario, spec.protocol, first_order(spec), consults)
    state.open_round(1)
    barrier = Barrier(spec, scenario)
    for seat in ("o", "u"):
        at_the_table = barrier.view(state, seat, ())
        asked: list[Request] = []
        probed(of_seat(spec, seat), scenario, lambda *_: True, asked)
        assert len(asked) == 6, "one conversation a package: nine, where there are so many"
        for request in asked:
            system, question = request.messages
            assert system["content"] == PROMPTS.system(at_the_table)
            assert question["content"].startswith(PROMPTS.opening(at_the_table))


def test_nothing_of_another_seat_is_read(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5")
    stance = {"stance": "CANARY is what I live for."}
    profile = spec.seats[0].profile.model_copy(update=stance)
    told = spec.seats[0].model_copy(update={"profile": profile})
    spec = spec.model_copy(update={"seats": (told, spec.seats[1])})
    for seat, sees in (("o", True), ("u", False)):
        asked: list[Request] = []
        probed(of_seat(spec, seat), scenario, lambda *_: True, asked)
        found = ["CANARY" in message["content"] for one in asked for message in one.messages]
        assert any(found) is sees


def test_an_answer_that_cannot_be_had_is_missing(scenario: Scenario) -> None:
    """Never "leave": the others stand, and asking again is counted."""
    refused = {"well": "yours", "fence": "us"}

    def decide(_: ProbeSpec, __: Scenario, package: Package) -> bool | ModelReply:
        return REFUSAL if package == refused else package["well"] == "half"

    record = probed(of_seat(talks(scenario, "1.5"), "u"), scenario, decide)
    answers = {tuple(one.package.items()): one for one in record.body.answers}
    lost = answers.pop(tuple(refused.items()))
    assert (record.status, record.void) == ("done", None)
    assert (lost.signs, lost.calls, len(lost.repairs)) == (None, (), 2)
    assert lost.problem is not None
    assert "refusal" in lost.problem
    assert {one.signs for one in answers.values()} == {True, False}
    assert all(one.signs is (one.package["well"] == "half") for one in answers.values())
    assert sorted(call for one in answers.values() for call in one.calls) == sorted(
        call.index for call in record.calls if call.refusal is None
    )
    assert len(record.calls) == 5 + 2


def test_a_model_that_answers_nothing_leaves_a_void_probe(scenario: Scenario) -> None:
    record = probed(of_seat(talks(scenario, "1.5"), "u"), scenario, lambda *_: REFUSAL)
    assert record.status == "void"
    assert record.void is not None
    assert (record.void.kind, record.void.seat) == ("reply", "u")
    assert [one.signs for one in record.body.answers] == [None] * 6
    assert len(list(record.repairs())) == len(record.calls) == 12, "each counts once"


def test_a_server_that_fails_leaves_it_to_be_played_again(scenario: Scenario) -> None:
    answers = itertools.count()

    def decide(*_: object) -> bool | Exception:
        return ModelError("the server is gone") if next(answers) == 2 else True

    record = probed(of_seat(talks(scenario, "1.5"), "u"), scenario, decide)
    assert record.status == "failed"
    assert record.void is not None
    assert record.void.kind == "endpoint"
    assert len(record.body.answers) == 2


def test_a_script_signs_what_its_own_stake_takes(scenario: Scenario) -> None:
    for track in ("1", "1.5", "2"):
        spec = of_seat(talks(scenario, track, kind="scripted"), "u")
        record = probed(spec, scenario, lambda *_: AssertionError("a script asks nobody"))
        _, own = believed(spec, scenario)
        assert record.calls == ()
        for one in record.body.answers:
            worth = own.of(scenario.indices(one.package))
            assert one.signs is (worth >= own.no_deal - 1e-12)


def test_a_limit_of_the_protocol_holds_for_a_probe(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5")
    tight = spec.protocol.model_copy(update={"token_limit": 40})
    spec = spec.model_copy(update={"protocol": tight})
    record = probed(of_seat(spec, "u"), scenario, lambda *_: True)
    assert record.status == "done"
    assert [one.signs for one in record.body.answers] == [True] * 3 + [None] * 3
    assert "it may take 40" in json.dumps([one.problem for one in record.body.answers])


# --- what the others need --------------------------------------------------------------------

GUESS = {"others": {"o": {"no_deal": 40, "top_issue": "fence"}}, "words": "It looks so."}


def test_who_is_to_be_asked_of_the_others_is_asked_once_more(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5")
    wanted = replace(PLANNING, estimates=True)
    planned = dict(ProbeKind().next_stages("half", {"talks": spec}, wanted))["probe_u"]
    assert planned == of_seat(spec, "u", estimates=True)
    assert [one.calls for one in ProbeKind().foreseen(planned).values()] == [10]
    assert {"probe/others/question", "probe/others/complaint"} <= planned.templates.keys()
    plain = of_seat(spec, "u")
    assert planned.id != plain.id
    assert "estimates" not in plain.model_dump_json(), "ids of older probes stay what they were"
    assert not any("others" in name for name in plain.templates)


def test_it_says_what_the_others_need_in_a_conversation_of_its_own(scenario: Scenario) -> None:
    asked: list[Request] = []
    spec = of_seat(talks(scenario, "1.5"), "u", estimates=True)
    record = probed(spec, scenario, lambda *_: True, asked, json.dumps(GUESS))
    found = record.body.estimates
    assert found is not None
    assert (found.reservations, found.top_issues) == ({"o": 0.4}, {"o": "fence"})
    assert (found.words, found.problem, len(found.calls)) == ("It looks so.", None, 1)
    assert len(record.body.answers) == 6
    (request,) = [one for one in asked if one.schema_name == "estimates"]
    system, question = request.messages
    assert system["content"] == asked[0].messages[0]["content"]
    assert "(`o`: Boral)" in question["content"]
    assert ProbeRecord.model_validate_json(record.model_dump_json()) == record


def test_nothing_of_another_seat_is_read_for_it(scenario: Scenario) -> None:
    spec = talks(scenario, "1.5")
    profile = spec.seats[0].profile.model_copy(update={"stance": "CANARY is what I live for."})
    told = spec.seats[0].model_copy(update={"profile": profile})
    spec = spec.model_copy(update={"seats": (told, spec.seats[1])})
    for seat, sees in (("o", True), ("u", False)):
        asked: list[Request] = []
        probed(of_seat(spec, seat, estimates=True), scenario, lambda *_: True, asked)
        found = [
            m["content"] for one in asked if one.schema_name == "estimates" for m in one.messages
        ]
        assert any("CANARY" in text for text in found) is sees


@pytest.mark.parametrize(
    ("reply", "said"), [(REFUSAL, "refusal"), ("Forty.", "JSON"), ("{}", "others")]
)
def test_an_estimate_that_cannot_be_had_is_missing_and_the_rest_stands(
    scenario: Scenario, reply: str | ModelReply, said: str
) -> None:
    spec = of_seat(talks(scenario, "1.5"), "u", estimates=True)
    record = probed(spec, scenario, lambda *_: True, others=reply)
    assert record.status == "done"
    assert [one.signs for one in record.body.answers] == [True] * 6
    found = record.body.estimates
    assert found is not None
    assert (found.reservations, found.calls, len(found.repairs)) == ({}, (), 2)
    assert said in str(found.problem)


def test_a_server_that_fails_at_it_leaves_the_probe_to_be_played_again(scenario: Scenario) -> None:
    spec = of_seat(talks(scenario, "1.5"), "u", estimates=True)
    gone = ModelError("the server is gone")
    record = probed(spec, scenario, lambda *_: True, others=gone)
    assert (record.status, record.body.estimates) == ("failed", None)


def test_a_script_answers_with_the_public_image(scenario: Scenario) -> None:
    spec = of_seat(talks(scenario, "1.5", kind="scripted"), "o", estimates=True)
    record = probed(spec, scenario, lambda *_: AssertionError("a script asks nobody"))
    found = record.body.estimates
    assert found is not None
    assert (found.reservations, found.top_issues) == ({"u": 0.5}, {"u": "well"})
    plain = of_seat(talks(scenario, "1.5", kind="scripted"), "o")
    assert probed(plain, scenario, lambda *_: True).body.estimates is None
