"""What a reader is asked, in which order, and how its reply is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.asking.jsonreply import UnreadableError
from harness.disputes.scenario import Scenario
from harness.influence.readership_model import answers
from harness.influence.readership_questions import read, schema, sheet_of
from harness.prompting.readership import NOT_SAID, Sheet
from harness.records.readership import ATTENTION, CONSISTENCY, READ_IT
from harness.suite.influence import PANEL
from harness.talks.barrier import public_dispute
from tests.support.disputes import SMALL
from tests.support.readerships import reply

DISPUTE = Scenario.model_validate(yaml.safe_load(SMALL))
PUBLIC = public_dispute(DISPUTE)
PLAN = {"well": "half", "fence": None}
VALUES = answers(DISPUTE, PANEL[:1], 1)[0].values
ONE = sheet_of(PUBLIC, ("a", "b"), 4, "legislator", PLAN)
BOTH = {
    party: {"well": {"mine": 1, "half": 2, "yours": 3}, "fence": {"them": 4, "us": 5}}
    for party in ("arden", "boral")
}


def changed(**fields: Any) -> str:
    """A usable reply to :data:`ONE` with these fields in place of its own."""
    return reply(ONE, VALUES, **fields)


@given(st.integers(0, 2**40), st.sampled_from([reader.id for reader in PANEL]))
def test_what_is_asked_before_is_asked_after(seed: int, reader: str) -> None:
    before = sheet_of(PUBLIC, ("a", "b"), seed, reader)
    after = sheet_of(PUBLIC, ("a", "b"), seed, reader, PLAN)
    assert (before.parties, before.attention, before.twice) == (
        after.parties,
        after.attention,
        after.twice,
    )
    assert list(before.issues.items()) == list(after.issues.items()), "in the same order"
    assert (before.advised, before.right[1]) == (None, None)
    assert (after.advised, after.right[1]) == ("well", "half"), "the only issue it addresses"
    party, issue = after.attention
    assert after.right[0] == PUBLIC.principals[party.id].opening[issue]  # type: ignore[index]
    assert after.twice[2] in ("half", "them", "us"), "not an end, where there is a middle"


def test_orders_are_balanced_over_seeds() -> None:
    sheets = [sheet_of(PUBLIC, ("a", "b"), seed, "ally") for seed in range(200)]
    for first in (
        [sheet.parties[0].id == "a" for sheet in sheets],
        [next(iter(sheet.issues)) == "well" for sheet in sheets],
        [sheet.issues["well"][0] == "mine" for sheet in sheets],
    ):
        assert 70 < sum(first) < 130
    assert len({str(sheet_of(PUBLIC, ("a", "b"), 1, reader.id)) for reader in PANEL}) > 1


def test_a_reply_is_read_as_it_was_meant() -> None:
    values, settlement, checks = read(changed(), ONE)
    for party, issues in VALUES.items():
        for issue, row in issues.items():
            assert values[party][issue] == pytest.approx(row, abs=0.005 + 1e-9)
    assert set(settlement) == {"well", "fence"}
    assert checks == {ATTENTION: True, CONSISTENCY: True, READ_IT: True}


def test_checks_that_fail_are_noted_and_drop_nothing() -> None:
    party, issue, option = ONE.twice
    cost = 100 * (1 - VALUES[party.id][issue][option])
    off = round(cost + 16 if cost < 50 else cost - 16)
    wrong = next(o for o in ONE.issues[ONE.attention[1]] if o != ONE.right[0])
    values, _, checks = read(changed(percent=off, position=wrong, article=NOT_SAID), ONE)
    assert checks == {ATTENTION: False, CONSISTENCY: False, READ_IT: False}
    assert values[party.id][issue][option] == pytest.approx(1 - cost / 100, abs=0.006)
    assert read(changed(percent=off + (1 if off < cost else -1) * 1), ONE)[2][CONSISTENCY]


def test_without_an_article_nothing_is_asked_of_one() -> None:
    sheet = sheet_of(PUBLIC, ("a", "b"), 4, "legislator")
    assert set(read(reply(sheet, VALUES), sheet)[2]) == {ATTENTION, CONSISTENCY}
    with pytest.raises(UnreadableError, match="must not have 'article'"):
        read(reply(sheet, VALUES, article="half"), sheet)
    silent = sheet_of(PUBLIC, ("a", "b"), 4, "legislator", {"well": None})
    assert silent == sheet, "nor of one that advises nothing"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"costs": {"arden": BOTH["arden"]}}, "'costs' lacks 'boral'"),
        ({"costs": {**BOTH, "boral": {"well": 3}}}, "'costs.boral' lacks 'fence'"),
        ({"costs": {**BOTH, "boral": {**BOTH["boral"], "well": 3}}}, "'costs.boral.well' must be"),
        (
            {"costs": {**BOTH, "arden": {**BOTH["arden"], "fence": {"them": 3}}}},
            "'costs.arden.fence' lacks 'us'",
        ),
        (
            {"costs": {**BOTH, "arden": {**BOTH["arden"], "fence": {"them": 3, "us": 101}}}},
            "'costs.arden.fence.us' must be a number from 0 to 100, not 101",
        ),
        (
            {"costs": {**BOTH, "arden": {**BOTH["arden"], "fence": {"them": "3", "us": 1}}}},
            "'costs.arden.fence.them' must be a number from 0 to 100, not '3'",
        ),
        ({"percent": True}, "'percent' must be a number from 0 to 100"),
        ({"percent": float("nan")}, "NaN is not a JSON number"),
        ({"settlement": {"well": "half"}}, "'settlement' lacks 'fence'"),
        ({"settlement": {"well": "all", "fence": "us"}}, "'settlement.well' must be one of"),
        ({"settlement": "half"}, "'settlement' must be an object"),
        ({"costs": None}, "'costs' must be an object, not null"),
        ({"position": "OPTION"}, "'position' must be one of"),
        ({"article": "all of it"}, "'article' must be one of"),
        ({"why": "so"}, "must not have 'why'"),
    ],
)
def test_a_reply_out_of_form_is_told_exactly_why(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(changed(**fields), ONE)
    assert complaint in str(raised.value)


@given(st.text(max_size=40))
def test_garbage_is_no_opinion(text: str) -> None:
    with pytest.raises(UnreadableError):
        read(text, ONE)


def test_the_schema_is_that_of_the_reply() -> None:
    found = schema(ONE)
    given_ = json.loads(changed())
    assert list(found["properties"]) == ["percent", "costs", "settlement", "article", "position"]
    assert set(found["properties"]) == set(given_) == set(found["required"])
    row = found["properties"]["costs"]["properties"]["arden"]["properties"]["well"]
    assert row["properties"] == {o: {"$ref": "#/$defs/share"} for o in ONE.issues["well"]}
    assert found["$defs"]["share"]["enum"] == list(range(101))


def test_parties_whose_names_give_one_key_are_named_by_id() -> None:
    same = DISPUTE.model_copy(
        update={
            "principals": {
                **DISPUTE.principals,
                "b": DISPUTE.principals["b"].model_copy(update={"name": "ARDEN!"}),
            }
        }
    )
    sheet = sheet_of(public_dispute(same), ("a", "b"), 4, "ally")
    assert {party.key for party in sheet.parties} == {"a", "b"}
    assert isinstance(sheet, Sheet)
