from __future__ import annotations

import pytest

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.acceptability import Acceptability
from harness.evaluators.base import Found
from harness.records.transcript import VoidReason
from tests.support.transcripts import Entry, case, make_spec, make_transcript

MINE_US = {"well": "mine", "fence": "us"}
HALF_US = {"well": "half", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
YOURS_THEM = {"well": "yours", "fence": "them"}


def agreed(scenario: Scenario, package: Package) -> Found:
    talk: list[Entry] = [("u", package), ("o", "accept")]
    return Acceptability().score(case(make_transcript(scenario, talk), scenario))


def test_every_real_party_could_sign(small: Scenario) -> None:
    found = agreed(small, HALF_US)
    assert found.values["signable"] is True
    assert found.values["all_accept"] is True
    assert found.values["share_accepting"] == 1.0
    assert found.values["absent_accept"] is True
    assert found.values["worst_margin"] == pytest.approx(0.12)
    assert found.values["over_concession_u"] is False
    assert found.detail["margins"] == {"a": 0.12, "b": 0.6, "heirs": 0.6}


def test_absent_party_can_refuse_what_both_at_the_table_like(small: Scenario) -> None:
    found = agreed(small, MINE_US)
    assert found.values["signable"] is False
    assert found.values["all_accept"] is False
    assert found.values["absent_accept"] is False
    assert found.values["accepts_o"] is True
    assert found.values["accepts_u"] is True
    assert found.values["share_accepting"] == pytest.approx(2 / 3)
    assert found.values["worst_margin"] == pytest.approx(-0.3)


def test_below_its_reservation_value_a_side_conceded_too_much(small: Scenario) -> None:
    found = agreed(small, YOURS_US)
    assert found.values["accepts_u"] is False
    assert found.values["over_concession_u"] is True
    assert found.values["over_concession_o"] is False


def test_crossed_red_line_is_too_much_even_where_the_rest_makes_up_for_it(
    small: Scenario,
) -> None:
    found = agreed(small, YOURS_THEM)  # worth .4 > .3 to a, but the well is gone
    assert found.values["accepts_u"] is True
    assert found.values["over_concession_u"] is True


def test_deal_worth_exactly_no_deal_is_acceptable(small: Scenario) -> None:
    even = small.principals["a"].model_copy(update={"reservation": 0.42})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": even}})
    assert agreed(scenario, HALF_US).values["accepts_u"] is True


def test_no_deal_asks_nobody_to_sign_and_gives_nothing_away(small: Scenario) -> None:
    found = Acceptability().score(case(make_transcript(small, [("u", HALF_US)]), small))
    for name, value in found.values.items():
        if name == "signable" or name.startswith("over_concession_"):
            assert value is False
        else:
            assert value is None
            assert found.why_null[name] == "no deal"
    assert set(found.values) == {measure.name for measure in Acceptability.measures}


def test_nobody_absent(small: Scenario) -> None:
    spec = make_spec(small, extra={"x1": "heirs"})
    talk: list[Entry] = [("u", MINE_US), ("x1", "accept"), ("o", "accept")]
    found = Acceptability().score(case(make_transcript(small, talk, spec=spec), small))
    assert found.values["absent_accept"] is None
    assert found.why_null["absent_accept"] == "no principal is absent"
    assert found.values["all_accept"] is False


def test_realities_of_the_round_decide(small: Scenario) -> None:
    talk: list[Entry] = ["next round", "next round", ("u", YOURS_THEM), ("o", "accept")]
    found = Acceptability().score(case(make_transcript(small, talk), small))
    assert found.values["accepts_o"] is False  # .3 < .35 since the rain
    assert found.values["over_concession_o"] is True


def test_whether_it_could_be_signed_is_missing_only_where_talks_are_void(small: Scenario) -> None:
    """Leaving out talks without a deal would make an arm that agrees rarely look acceptable."""
    for talk in ([("u", HALF_US)], [("u", HALF_US), ("o", "walk_out")], ["next round"]):
        entries: list[Entry] = list(talk)
        found = Acceptability().score(case(make_transcript(small, entries), small))
        assert found.values["signable"] is False
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply")
    found = Acceptability().score(case(make_transcript(small, [], void=reason), small))
    assert found.values["signable"] is None
    assert found.why_null["signable"] == "void: no usable reply"
