"""What follows talks: who plays it, in which order it is planned, and what is shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.orchestrator.following import FOLLOW_UPS, later_kinds, roles_of
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.remarks import remarks
from harness.records.later import LaterSpec
from harness.suite.loading import load_suite
from tests.support.chains import ARMS, chain_suite

A, B, C, D = (f"openai/{name}@http://127.0.0.1:9/v1" for name in "abcd")


def planned(folder: Path, models: dict[str, str] | None = None, **changes: Any) -> Plan:
    suite = load_suite(str(chain_suite(folder, **changes)))
    return make_plan(suite, Overrides(models=models or {}), {"talks/system": "0" * 16})


def specs(plan: Plan, arm: str) -> dict[str, Any]:
    way = next(way for way in plan.ways() if way.arm == arm)
    return {node.name: node.spec for node in way.nodes}


def test_a_suite_without_a_chain_has_no_part_for_readers(tmp_path: Path) -> None:
    plain = load_suite(str(chain_suite(tmp_path, arms={"t": {"track": "1"}}, contrasts=None)))
    assert roles_of(plain) == ("official", "unofficial")
    assert later_kinds(plain) == ()
    chain = load_suite(str(chain_suite(tmp_path, probe=True)))
    assert roles_of(chain) == ("official", "unofficial", "author", "reader")
    assert later_kinds(chain) == ("probe", *FOLLOW_UPS)
    assert "estimates" not in chain.model_dump(), "suites without it are written as before"


def test_arms_share_what_they_have_in_common(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    ids = {arm: {n: s.id for n, s in specs(plan, arm).items()} for arm in ARMS}
    assert len({ids[arm]["talks"] for arm in ARMS if arm != "track-1"}) == 1
    assert ids["chain"]["article"] == ids["no-hand"]["article"]
    assert ids["chain"]["before"] == ids["no-article"]["before"]
    assert ids["chain"]["after"] != ids["no-article"]["after"]
    assert len({ids[arm]["later"] for arm in ARMS if arm != "track-1"}) == 5
    assert plan.dialogues == 12
    assert plan.stage_count == 2 * (2 + 1 + 1 + 2 + 5)


def test_links_that_are_off_are_no_inputs(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    later = {arm: specs(plan, arm)["later"] for arm in ARMS if arm != "track-1"}
    assert later["no-meeting"].inputs == {}
    assert set(later["no-hand"].inputs) == {"before", "after"}
    assert set(later["chain"].inputs) == {"before", "after", "meeting"}
    talks = specs(plan, "chain")["talks"]
    for spec in later.values():
        assert isinstance(spec, LaterSpec)
        same = ("scenario", "twin", "seed", "protocol", "opener")
        assert [getattr(spec.talks, name) for name in same] == [
            getattr(talks, name) for name in same
        ]
    assert len({spec.talks.id for spec in later.values()}) == 1


def test_officials_meet_later_and_whoever_plays_the_official_plays_both(tmp_path: Path) -> None:
    models = {"official": A, "unofficial": B, "author": C, "reader": D}
    found = specs(planned(tmp_path, models), "chain")
    assert [seat.model for seat in found["talks"].seats] == [A, B]
    assert [seat.model for seat in found["later"].talks.seats] == [A, A]
    assert found["article"].author.model == C
    assert {name for name in found if name.startswith("after_")} == {
        f"after_{reader}" for reader in ("official", "legislator", "journalist", "public")
    } | {"after_analyst", "after_ally"}


@pytest.mark.parametrize(
    ("models", "author"), [({"unofficial": B}, B), ({"official": A}, None), ({}, None)]
)
def test_who_writes_where_no_author_is_named(
    tmp_path: Path, models: dict[str, str], author: str | None
) -> None:
    found = specs(planned(tmp_path, models), "chain")
    assert found["article"].author.model == author
    later = [seat.model for seat in found["later"].talks.seats]
    assert later == [models.get("official")] * 2


def test_an_opener_that_does_not_sit_later_leaves_the_turn_to_the_official(tmp_path: Path) -> None:
    joined = {**ARMS["chain"], "also": [{"principal": "absent"}]}
    plan = planned(tmp_path, arms={"chain": joined}, contrasts=None, epochs=3)
    ways = [way for way in plan.ways() if way.scenario == "nuclear"]
    openers = [
        (way.talks.opener, node.spec.talks.opener)  # type: ignore[attr-defined]
        for way in ways
        for node in way.nodes
        if node.name == "later"
    ]
    assert openers == [("o", "o"), ("u", "u"), ("x1", "o")]


def test_later_talks_open_alike_whoever_else_had_a_turn_at_the_first(tmp_path: Path) -> None:
    """Who speaks first has an effect of its own, which a difference of arms must not hold."""
    joined = {**ARMS["chain"], "also": [{"principal": "absent"}]}
    arms = {"chain": ARMS["chain"], "joined": joined}
    plan = planned(tmp_path, arms=arms, contrasts=None, epochs=4, twins=["none", "seats"])
    opens: dict[str, list[str]] = {arm: [] for arm in arms}
    for way in plan.ways():
        (later,) = [node.spec for node in way.nodes if node.name == "later"]
        assert isinstance(later, LaterSpec)
        opens[way.arm].append(later.talks.opener)
    assert opens["joined"] == opens["chain"]
    assert opens["joined"].count("u") == opens["joined"].count("o")


def test_later_talks_that_nobody_can_advise_are_said(tmp_path: Path) -> None:
    nobody = {"panel": [{"id": "x", "title": "a reader"}]}
    (told,) = [
        one
        for one in remarks(planned(tmp_path, influence=nobody), Overrides(), None, plays=False)
        if "advises" in one
    ]
    assert "the later talks of chain, no-article, no-hand, unmoved hear from none" in told
    some = remarks(planned(tmp_path), Overrides(), None, plays=False)
    assert not [one for one in some if "advises" in one]


def test_what_no_number_moves_is_not_played_under_the_name_of_one_that_is_unmoved(
    tmp_path: Path,
) -> None:
    """A model would play ``unmoved`` as it plays ``chain``: the whole effect, asked about again as
    that of officials whom nothing moves."""
    told = planned(tmp_path, {"official": A, "unofficial": B})
    assert "later" in specs(told, "chain")
    assert "later" not in specs(told, "unmoved")
    assert {"article", "after"} <= specs(told, "unmoved").keys()
    (said,) = [
        one for one in remarks(told, Overrides(), None, plays=False) if "told in words" in one
    ]
    assert "the persuadable or caution of unmoved cannot be played" in said
    for models in ({}, {"unofficial": B}):
        # Officials meet there: scripts, where no model plays them.
        script = planned(tmp_path, models)
        assert "later" in specs(script, "unmoved")
        said_of = remarks(script, Overrides(), None, plays=False)
        assert not [one for one in said_of if "told in words" in one]
