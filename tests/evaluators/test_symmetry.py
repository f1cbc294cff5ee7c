"""No measure favours a chair: exchanging the roles mirrors every score."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario, Twin
from harness.evaluators.base import Value
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from tests.support.disputes import SMALL
from tests.support.packages import passing
from tests.support.transcripts import Entry, case, make_spec, make_transcript

SCENARIO = Scenario.model_validate(yaml.safe_load(SMALL))
NEGATED = {
    "settlement.skew",
    "settlement.skew_nash",
    "settlement.normalised_gap",
    "settlement.no_deal_skew",
    "concessions.gap",
    "concessions.osc",
    "concessions.osc_public",
    "concessions.osc_no_deal",
    "concessions.reciprocity_asymmetry",
    "overstatement.gap",
    "prediction.skew",
    "prediction.error",
}
COMPLEMENT = {"settlement.position", "settlement.surplus_share_o", "process.talk_share_u"}
"""Shares of which the other seat has the rest."""

PACKAGES = st.tuples(*(st.integers(0, n - 1) for n in SCENARIO.shape())).map(SCENARIO.package)
POSITIONS = st.one_of(
    st.just("pass"),
    st.tuples(PACKAGES, st.sampled_from(SCENARIO.issue_ids())).map(
        lambda drawn: passing(**{drawn[1]: drawn[0][drawn[1]]})
    ),
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["o", "u"]), PACKAGES),
        st.tuples(st.sampled_from(["o", "u"]), POSITIONS),
        st.just("next round"),
    ),
    max_size=12,
)


def mirrored(talk: list[Entry]) -> list[Entry]:
    seats = {"o": "u", "u": "o"}
    return [entry if isinstance(entry, str) else (seats[entry[0]], entry[1]) for entry in talk]


def closed(talk: list[Entry], deal: bool) -> list[Entry]:
    """``talk`` with at most three rounds and, with ``deal``, its last proposal accepted."""
    breaks = [index for index, entry in enumerate(talk) if entry == "next round"]
    kept = [entry for index, entry in enumerate(talk) if index not in breaks[2:]]
    last = kept[-1] if kept else None
    if deal and last is not None and last != "next round" and isinstance(last[1], dict):
        return [*kept, ("u" if last[0] == "o" else "o", "accept")]
    return kept


def values(talk: list[Entry], twin: Twin) -> dict[str, Value]:
    played = SCENARIO.twin(twin)
    spec = make_spec(played, twin=twin)
    if twin.swaps_seats:  # the order in which they speak goes with the principals, not the chairs
        spec = spec.model_copy(update={"seats": spec.seats[::-1]})
    transcript = make_transcript(played, talk, spec=spec, words="no")
    scores = evaluate(case(transcript, played), builtin())
    return {f"{s.evaluator}.{name}": v for s in scores for name, v in s.values.items()}


def same(one: Value, two: Value) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return one == pytest.approx(two, abs=1e-9)
    return one == two


@settings(max_examples=120, deadline=None)
@given(moves=MOVES, deal=st.booleans())
def test_exchanging_the_roles_mirrors_every_score(moves: list[Entry], deal: bool) -> None:
    talk = closed(moves, deal)
    here, there = values(talk, Twin.NONE), values(mirrored(talk), Twin.SEATS)
    for name, value in here.items():
        stem, seat = name[:-2], name[-2:]
        if name == "process.opened_by_o":
            assert value is not there[name]
        elif name in COMPLEMENT:
            other = there[name]
            assert (value is None) is (other is None), name
            if isinstance(value, float) and isinstance(other, float):
                assert value == pytest.approx(1 - other), name
        elif name in ("settlement.skew_most", "settlement.skew_least"):
            end = "least" if name.endswith("most") else "most"
            mirror = there[f"settlement.skew_{end}"]
            assert isinstance(value, float)
            assert isinstance(mirror, float)
            assert same(value, -mirror), name
        elif name in NEGATED:
            other = there[name]
            assert same(value, -other if isinstance(other, float) else other), name
        elif seat in ("_o", "_u"):
            assert same(value, there[f"{stem}_{'u' if seat == '_o' else 'o'}"]), name
        else:
            assert same(value, there[name]), name


@settings(max_examples=60, deadline=None)
@given(moves=MOVES, deal=st.booleans())
def test_names_change_no_score(moves: list[Entry], deal: bool) -> None:
    talk = closed(moves, deal)
    assert values(talk, Twin.NONE) == values(talk, Twin.NAMES)
