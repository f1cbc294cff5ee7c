"""What later real talks settled."""

from __future__ import annotations

from typing import Any

import pytest

from harness.evaluators.acceptability import Acceptability
from harness.evaluators.base import Found, kind_of
from harness.evaluators.case import Case
from harness.evaluators.later import Later
from harness.evaluators.red_lines import RedLines
from harness.evaluators.settlement import Settlement
from harness.records.later import LaterRecord, LaterTalks
from harness.records.transcript import StageRecord, Transcript, VoidReason
from tests.support.later import DISPUTE, later, meeting, panels, planned, played
from tests.support.transcripts import Entry, make_transcript

DEAL: list[Entry] = [("u", {"well": "half", "fence": "us"}), ("o", "accept")]


def record(entries: list[Entry], **body: Any) -> LaterRecord:
    """Later talks of exactly these moves."""
    spec = later()
    talks = make_transcript(DISPUTE, entries, spec=planned())
    return LaterRecord(
        id=spec.id,
        status="done",
        spec=spec,
        body=LaterTalks(**{**dict(talks.body), **body}),
    )


def scored(found: StageRecord | None) -> Found:
    first = meeting()
    inputs: dict[str, StageRecord] = {"talks": first}
    if found is not None:
        inputs["later"] = found
    return Later().score(Case(found or first, DISPUTE, planned("1.5"), inputs))


def test_it_measures_an_episode() -> None:
    assert kind_of(Later()) == "chain"
    names = [measure.name for measure in Later.measures]
    assert len(names) == len(set(names))
    assert {"skew", "normalised_gap", "gain_u", "agreement", "signable", "heard"} <= set(names)


def test_values_are_those_of_the_same_talks_by_themselves() -> None:
    found = scored(record(DEAL)).values
    talks = make_transcript(DISPUTE, DEAL, spec=planned())
    case = Case(talks, DISPUTE, planned())
    for evaluator in (Settlement(), RedLines(), Acceptability()):
        known = evaluator.score(case).values
        shared = set(known) & set(found)
        assert len(shared) >= 4
        assert {name: found[name] for name in shared} == {name: known[name] for name in shared}
    assert found["gain_u"] == pytest.approx(0.42 - 0.3)
    assert found["agreement"] is True


def test_no_deal_gains_nobody_anything() -> None:
    found = scored(record([("u", "pass"), ("o", "walk_out")]))
    assert (found.values["gain_u"], found.values["gain_o"]) == (0, 0)
    assert found.values["agreement"] is False
    assert found.values["signable"] is False
    assert found.values["skew"] is not None, "no deal is counted, and not neutral"


def test_readers_are_counted_where_any_are_heard() -> None:
    found = scored(record(DEAL, heard=1, unheard=("official",)))
    assert (found.values["heard"], found.values["unheard"]) == (1, 1)
    assert found.detail["unheard"] == ["official"]
    nobody = scored(record(DEAL))
    assert nobody.values["heard"] is None
    assert nobody.why_null["heard"] == "the later talks heard no readers"
    assert "unheard" not in nobody.detail


def test_an_arm_without_later_talks_says_so() -> None:
    found = scored(None)
    assert set(found.values) == {measure.name for measure in Later.measures}
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"this arm has no later talks"}


def test_a_void_has_no_value_and_its_reason() -> None:
    why = VoidReason(kind="input", seat=None, detail="too few readers")
    void = record(DEAL).model_copy(update={"status": "void", "void": why})
    found = scored(void)
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"void: too few readers"}


def test_the_first_talks_play_no_part() -> None:
    one = record(DEAL)
    surrender = meeting([("u", {"well": "yours", "fence": "us"}), ("o", "accept")])
    inputs: dict[str, StageRecord] = {"talks": surrender, "later": one}
    case = Case(one, DISPUTE, planned("1.5"), inputs)
    assert isinstance(case.transcript, Transcript)
    assert case.transcript is surrender
    assert Later().score(case).values == scored(one).values


def test_talks_that_were_played_are_measured() -> None:
    inputs = {**panels(), "meeting": meeting()}
    found = scored(played(later(inputs, persuadable=0.5, caution=0.5), inputs))
    assert found.values["heard"] == 2
    assert isinstance(found.values["gain_u"], float)
