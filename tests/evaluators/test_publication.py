"""What is measured of an article, on the small dispute: values are in conftest.py."""

from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, kind_of
from harness.evaluators.case import Case
from harness.evaluators.publication import (
    ADVISES_NOTHING,
    LEFT_OPEN,
    NEEDS_A_JUDGE,
    NO_DEAL,
    PublicationMeasures,
)
from harness.evaluators.settlement import Settlement
from harness.models.reply import ModelReply
from harness.records.publication import ScriptedAuthor
from tests.support.articles import NULL, TALK, article, chain, commissioned, reply, talks
from tests.support.transcripts import Entry

EVALUATOR = PublicationMeasures()
WHOLE: list[Entry] = list(TALK)
OPEN: list[Entry] = WHOLE[:3]


def model(scenario: Scenario, plan: dict[str, str | None], entries: list[Entry] = WHOLE) -> Found:
    """Of an article by a model that says it advises ``plan``."""
    record = talks(scenario, entries)
    written, _ = commissioned(scenario, record, lambda _: reply(plan))
    return EVALUATOR.score(chain(scenario, record, written))


def script(
    scenario: Scenario,
    entries: list[Entry],
    kind: str = "own",
    author: ScriptedAuthor | None = None,
) -> Found:
    record = talks(scenario, entries)
    written = article(scenario, record, kind, script=author)  # type: ignore[arg-type]
    return EVALUATOR.score(chain(scenario, record, written))


def test_a_plan_that_is_the_deal_lies_where_the_deal_does(small: Scenario) -> None:
    found = model(small, {"well": "half", "fence": "us"}).values
    record = talks(small)
    settled = Settlement().score(Case(record, small, record.spec)).values  # type: ignore[arg-type]
    for name in ("skew", "normalised_gap", "u_o", "u_u"):
        assert found[name] == pytest.approx(settled[name])
    assert found["skew_low"] == found["skew_high"] == found["skew"]
    assert (found["off_deal"], found["over_deal_o"], found["over_deal_u"]) == (0, 0, 0)
    assert (found["u_o"], found["u_u"]) == (pytest.approx(0.85), pytest.approx(0.42))


def test_what_it_asks_is_counted_in_each_ones_own_values(small: Scenario) -> None:
    # a asks for mine+them (1), b for yours+us (1); half+us is .42 to a and .85 to b.
    found = model(small, {"well": "half", "fence": "us"})
    assert found.values["asked_u"] == found.values["below_best_u"] == pytest.approx(0.58)
    assert found.values["asked_o"] == pytest.approx(0.15)
    assert found.values["asks_gap"] == pytest.approx(0.43)
    assert found.detail["asked"] == {
        "o": {"well": 0.15, "fence": 0.0},
        "u": {"well": 0.18, "fence": 0.4},
    }


def test_a_plan_against_the_deal(small: Scenario) -> None:
    found = model(small, {"well": "mine", "fence": "us"}).values  # (.7, .6) for (.85, .42)
    assert found["off_deal"] == 0.5
    assert found["over_deal_o"] == pytest.approx(-0.15)
    assert found["over_deal_u"] == pytest.approx(0.18)
    assert found["skew"] == pytest.approx(0), "it is the Kalai-Smorodinsky point"
    assert found["signable"] is False, "the heirs value it at .1, and no deal at .4"
    assert found["opposed"] == pytest.approx(1 / 3)


def test_red_lines_in_the_plan(small: Scenario) -> None:
    crossed = model(small, {"well": "yours", "fence": None}).values
    assert (crossed["red_lines_u"], crossed["red_lines_o"], crossed["red_lines_absent"]) == (
        1,
        0,
        0,
    )
    kept = model(small, {"well": "half", "fence": "us"}).values
    assert (kept["red_lines_u"], kept["signable"], kept["opposed"]) == (0, True, 0)


def test_what_is_left_open_is_a_range_and_nothing_is_filled_in(small: Scenario) -> None:
    found = model(small, {"well": "half", "fence": None})
    for name in ("skew", "normalised_gap", "u_o", "u_u", "signable"):
        assert found.values[name] is None
        assert found.why_null[name] == LEFT_OPEN
    low, high = found.values["skew_low"], found.values["skew_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    ends = [model(small, {"well": "half", "fence": one}).values["skew"] for one in ("them", "us")]
    assert [low, high] == pytest.approx(ends)
    assert found.values["addressed"] == 0.5
    assert found.values["asked_o"] == pytest.approx(0.15), "of what it addresses"
    assert found.detail["open"] == ["fence"]


def test_an_article_that_advises_nothing(small: Scenario) -> None:
    found = model(small, {"well": None, "fence": None})
    assert found.values["skew"] is None
    assert found.why_null["asks_gap"] == found.why_null["red_lines_u"] == ADVISES_NOTHING
    assert (found.values["addressed"], found.values["words"]) == (0, 100)
    assert not {"addressed", "words"} & found.why_null.keys()


def test_without_a_deal_nothing_is_held_against_it(small: Scenario) -> None:
    found = model(small, {"well": "half", "fence": "us"}, OPEN)
    assert found.values["off_deal"] is None
    assert found.why_null["over_deal_u"] == NO_DEAL
    assert found.values["u_o"] == pytest.approx(0.85)


def test_the_words_of_a_model_need_a_judge(small: Scenario) -> None:
    found = model(small, {"well": "half", "fence": "us"})
    tagged = {one.name for one in EVALUATOR.measures if "(tagged)" in one.title}
    assert tagged == {name for name, why in found.why_null.items() if why == NEEDS_A_JUDGE}


def test_what_scripts_do_is_counted_by_their_tags(small: Scenario) -> None:
    lost: list[Entry] = [("o", {"well": "yours", "fence": "us"}), ("u", "accept")]
    found = script(small, lost).values
    assert (found["echoed_o"], found["echoed_u"], found["net_echo"]) == (2, 0, 2)
    assert (found["dismissed"], found["named_meeting"]) == (1, False)
    assert (found["acceptable_o"], found["acceptable_u"]) == (2, 0)
    null = script(small, lost, author=NULL).values
    assert [null[name] for name in ("net_echo", "dismissed", "acceptable_o", "named_meeting")] == [
        0,
        0,
        0,
        False,
    ]
    assert {name: found[name] for name in ("skew", "asks_gap", "u_u")} == {
        name: null[name] for name in ("skew", "asks_gap", "u_u")
    }
    assert script(small, lost, "disclosed").values["named_meeting"] is True
    balanced = script(small, lost, "balanced").values
    assert (balanced["net_echo"], balanced["dismissed"]) == (0, 0)
    density = found["claims_per_hundred_words"]
    assert isinstance(density, float)
    assert isinstance(found["words"], int)
    assert density * found["words"] / 100 == pytest.approx(2 + 2 + 1 + 2 + 2)


def test_minutes_without_a_deal_advise_nothing(small: Scenario) -> None:
    found = script(small, OPEN, "minutes")
    assert found.values["skew"] is None
    assert found.why_null["skew"] == ADVISES_NOTHING
    assert (found.values["net_echo"], found.values["named_meeting"]) == (0, True)


def test_sentences_that_may_name_the_meeting_are_candidates_alone(small: Scenario) -> None:
    disclosed, own = script(small, WHOLE, "disclosed"), script(small, WHOLE)
    (sentence,) = disclosed.detail["may_name_the_meeting"]  # type: ignore[misc]
    assert "Boral" in sentence
    assert own.detail["may_name_the_meeting"] == []
    assert own.detail["article"] == {"kind": "own", "by": "scripted"}


def test_a_chain_without_an_article_is_null_with_the_link_named(small: Scenario) -> None:
    found = EVALUATOR.score(chain(small, talks(small), None))
    assert set(found.values) == {measure.name for measure in EVALUATOR.measures}
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"this arm has no article"}


def test_an_article_that_was_not_written_is_null_with_its_reason(small: Scenario) -> None:
    record = talks(small)
    refusal = ModelReply(text="", refusal="No.")
    written, _ = commissioned(small, record, lambda _: refusal)
    found = EVALUATOR.score(chain(small, record, written))
    assert set(found.values.values()) == {None}
    assert all(
        why.startswith("the article is void: no usable reply") for why in found.why_null.values()
    )


def test_every_measure_has_a_value_or_a_reason(small: Scenario) -> None:
    assert kind_of(EVALUATOR) == "chain"
    for found in (
        model(small, {"well": "half", "fence": "us"}),
        model(small, {"well": None, "fence": None}),
        script(small, WHOLE),
        script(small, OPEN, "minutes"),
    ):
        for measure in EVALUATOR.measures:
            value = found.values[measure.name]
            assert (value is None) is (measure.name in found.why_null)


def test_advice_that_a_side_never_put_or_took_is_not_supported_by_the_talks(
    small: Scenario,
) -> None:
    wells = next(issue.option_ids() for issue in small.issues if issue.id == "well")
    shares = {
        seat: {well: model(small, {"well": well, "fence": None}).values[seat] for well in wells}
        for seat in ("unsupported_o", "unsupported_u")
    }
    assert {value for one in shares.values() for value in one.values()} == {0.0, 1.0}
    put = [move.package for move in (turn.move for turn in talks(small).body.turns) if move]
    mentioned = {package["well"] for package in put if package}
    for well in wells:
        supported = min(shares[seat][well] or 0.0 for seat in shares) == 0
        assert supported == (well in mentioned), "by the side that named it, if by any"
