"""What a seat's words give away, on lists made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.evaluators.base import TOGETHER, Found
from harness.evaluators.case import Case
from harness.evaluators.judges import SEVERAL
from harness.evaluators.leakage import Leakage
from harness.evaluators.said import NEEDS_A_JUDGE, private_facts
from harness.plans.private_facts import facts_rubric, principal_of
from harness.records.judgement import JudgementRecord
from harness.records.transcript import CapitalAnswer, Transcript, Turn
from tests.support.joint import plain, together
from tests.support.judged_lists import REFUSED, list_by
from tests.support.packages import HALF_US, MINE_THEM, MINE_US
from tests.support.transcripts import Entry, make_transcript

TALK: list[Entry] = [("u", MINE_THEM), ("o", MINE_US), ("u", HALF_US), ("o", "accept")]
(CEASEFIRE,) = load_scenarios("ceasefire")


def scored(scenario: Scenario, transcript: Transcript, *judgements: JudgementRecord) -> Found:
    named = {f"judged_{number}": one for number, one in enumerate(judgements)}
    return Leakage().score(Case(transcript, scenario, None, named))


def of_u(small: Scenario, *entries: Any, talk: list[Entry] = TALK) -> Found:
    record = list_by("private-facts-u", small, entries)
    return scored(small, make_transcript(small, talk), record)


def test_true_claims_are_given_away_and_false_ones_are_bluffs(small: Scenario) -> None:
    """a: no deal .3, so that ending without one is bad; the fence weighs less; yours is a red
    line; half it could sign."""
    found = of_u(
        small,
        ("no_deal", "bad"),
        ("limit.well.yours", "never"),
        ("limit.well.half", "never"),
        ("weight.fence", "more"),  # every brief has both issues among those it cares about
        ("weight.well", "less"),
    )
    assert (found.values["said_u"], found.values["bluffed_u"]) == (2, 2)
    assert found.values["said_share_u"] == pytest.approx(2 / 6)
    assert found.why_null["said_o"] == NEEDS_A_JUDGE
    detail: Any = found.detail["said_u"]
    claims = {
        one["fact"]: (one["true"], bool(one["public"])) for one in detail["judges"][0]["claims"]
    }
    assert claims == {
        "no_deal": (True, False),
        "limit.well.yours": (True, False),
        "limit.well.half": (False, False),
        "weight.fence": (False, True),
        "weight.well": (False, False),
    }
    assert detail["judges"][0]["claims"][0]["quote"] == "on no_deal"


def test_which_issue_weighs_most_is_no_brief_s_to_say(small: Scenario) -> None:
    right = of_u(small, ("weight.well", "most"))
    assert (right.values["said_u"], right.values["bluffed_u"]) == (1, 0)
    wrong = of_u(small, ("weight.fence", "most"))
    assert (wrong.values["said_u"], wrong.values["bluffed_u"]) == (0, 1)


def test_an_empty_list_is_zero_and_no_null(small: Scenario) -> None:
    found = of_u(small)
    assert {found.values[f"{name}_u"] for name in ("said", "said_share", "bluffed")} == {0}


def test_what_terms_or_the_public_have_said_gives_nothing_away(small: Scenario) -> None:
    opening = of_u(small, ("limit.well.mine", "could", 0), ("limit.fence.them", "could", 0))
    assert opening.values["said_u"] == 0
    before = of_u(small, ("limit.well.half", "could", 0), ("limit.fence.us", "could", 0))
    assert before.values["said_u"] == 2, "it was said before it was put"
    after = of_u(small, ("limit.well.half", "could", 2), ("limit.fence.us", "could", 2))
    assert after.values["said_u"] == 0
    detail: Any = after.detail["said_u"]
    assert detail["judges"][0]["claims"][0]["public"] == "its terms had said so by then"
    taken = list_by("private-facts-o", small, [("limit.well.half", "could", 3)])
    found = scored(small, make_transcript(small, TALK), taken)
    assert found.values["said_o"] == 0, "it accepts that in the same turn"


def test_claims_that_contradict_each_other_count_on_both_sides(small: Scenario) -> None:
    found = of_u(small, ("no_deal", "bad", 0), ("no_deal", "bearable", 2), ("no_deal", "bad", 2))
    assert (found.values["said_u"], found.values["bluffed_u"]) == (1, 1)


def test_a_claim_is_held_against_the_round_in_which_it_is_made(small: Scenario) -> None:
    """In round 2 no deal is worth .2 to a, and .42 of one with half of the well."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", MINE_US), "next round", ("u", MINE_THEM)]
    terms = [small.terms("a", round_).reservation for round_ in (1, 2)]
    assert terms == [0.3, 0.2]
    hard = small.principals["a"].model_copy(update={"reservation": 0.5})
    changed = small.model_copy(update={"principals": {**small.principals, "a": hard}})
    found = of_u(changed, ("no_deal", "bearable", 0), ("no_deal", "bad", 2), talk=talk)
    assert (found.values["said_u"], found.values["bluffed_u"]) == (1, 0)


def consulted(transcript: Transcript, *, acceptable: bool) -> Transcript:
    """The same talks, where seat u had asked its leadership before its second statement."""
    first, second, *rest = transcript.body.turns
    answer = CapitalAnswer(package=HALF_US, acceptable=acceptable, value=0.4, reservation=0.3)
    asked = Turn(index=2, round=1, step=2, seat="u", kind="consultation", capital=answer)
    later = [Turn(**{**_fields(turn), "index": turn.index + 1}) for turn in rest]
    body = transcript.body.model_copy(update={"turns": (first, second, asked, *later)})
    return transcript.model_copy(update={"body": body})


def _fields(turn: Turn) -> dict[str, Any]:
    return {name: getattr(turn, name) for name in Turn.__dataclass_fields__}


@pytest.mark.parametrize(
    ("says", "at", "said"), [("could", 3, 1), ("could_not", 3, 0), ("could", 0, 0)]
)
def test_an_answer_of_the_leadership_is_true_once_it_was_given(
    small: Scenario, says: str, at: int, said: int
) -> None:
    talks = consulted(make_transcript(small, TALK), acceptable=True)
    found = scored(small, talks, list_by("private-facts-u", small, [("capital", says, at)]))
    assert (found.values["said_u"], found.values["bluffed_u"]) == (said, 1 - said)
    plain = make_transcript(small, TALK)
    assert private_facts(Case(talks, small), "u") - private_facts(Case(plain, small), "u") == {
        "capital"
    }


def test_weights_are_told_by_their_order(small: Scenario) -> None:
    """The press names three issues. Two of them do weigh more than most, and are known; that the
    third does not, and what all others weigh, is private."""
    terms = CEASEFIRE.terms(principal_of("u", CEASEFIRE))
    ranked = sorted(terms.weights, key=terms.weights.__getitem__)
    package = CEASEFIRE.package((0,) * len(CEASEFIRE.issues))
    talks = make_transcript(CEASEFIRE, [("u", package)])
    least = [(f"weight.{ranked[0]}", "less"), (f"weight.{ranked[-1]}", "less")]
    found = scored(CEASEFIRE, talks, list_by("private-facts-u", CEASEFIRE, least))
    assert (found.values["said_u"], found.values["bluffed_u"]) == (1, 1)
    items = {item.id for item in facts_rubric("u", CEASEFIRE).items}
    facts = private_facts(Case(talks, CEASEFIRE), "u")
    assert facts < items
    assert {"capital", "weight.alignment", "weight.regions"} < items - facts
    assert "weight.peninsula" in facts
    assert len(items - facts) == 1 + 2 + len(CEASEFIRE.issues), "with its opening on each issue"


def test_judges_that_refuse_or_differ_give_no_figure(small: Scenario) -> None:
    talks = make_transcript(small, TALK)
    void = list_by("private-facts-u", small, void=REFUSED)
    alone = scored(small, talks, void)
    assert alone.why_null["said_u"] == "no judge gave a usable answer: it refused"
    detail: Any = alone.detail["said_u"]
    assert detail["unusable"] == [{"judge": "openai/judge", "why": "it refused"}]
    one = list_by("private-facts-u", small, [("no_deal", "bad")], judge="openai/one")
    both = scored(small, talks, void, one)
    assert both.values["said_u"] == 1, "of the only one that could be used"
    other = list_by("private-facts-u", small, judge="openai/other")
    assert scored(small, talks, one, other).why_null["bluffed_u"] == SEVERAL


def test_what_has_no_quote_or_no_verdict_is_counted_and_no_claim(small: Scenario) -> None:
    found = of_u(small, ("no_deal", "bad", None), ("weight.fence", None, 0))
    assert (found.values["said_u"], found.values["bluffed_u"]) == (0, 0)
    detail: Any = found.detail["said_u"]
    assert detail["judges"][0]["undecided"] == 2
    assert detail["judges"][0]["rejected"] == ["not there"]


def test_void_talks_give_nothing(small: Scenario) -> None:
    talks = make_transcript(small, TALK, void=REFUSED)
    found = scored(small, talks, list_by("private-facts-u", small, [("no_deal", "bad")]))
    assert found.why_null["said_u"].startswith("void: ")
    assert not found.detail


def test_what_is_valued_together_weighs_nothing_that_words_could_give_away() -> None:
    assert of_u(plain(), ("no_deal", "bad")).values["said_u"] == 1
    found = of_u(together(plain(), 0.5), ("no_deal", "bad"))
    for name in ("said_u", "said_share_u", "bluffed_u"):
        assert found.values[name] is None
        assert found.why_null[name] == TOGETHER
