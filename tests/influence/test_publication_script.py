"""What a scripted author writes: as its parameters say, tagged, and nothing of it at 0."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario, Twin
from harness.incentives.profiles import Role
from harness.records.publication import Publication, ScriptedAuthor
from harness.records.transcript import Transcript
from harness.stages.base import Planning
from harness.suite.influence import Article
from tests.support.articles import NULL, TALK, article, talks
from tests.support.disputes import SMALL, small
from tests.support.transcripts import Entry, make_spec

LOST: list[Entry] = [("o", {"well": "yours", "fence": "us"}), ("u", "accept")]
"""A deal that crosses the red line on the well."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(Path(tmp_path_factory.mktemp("small")))


def body(
    scenario: Scenario,
    kind: Article = "own",
    script: ScriptedAuthor | None = None,
    entries: list[Entry] | None = None,
) -> Publication:
    return article(scenario, talks(scenario, entries or list(TALK)), kind, script=script).body


def done(found: Publication) -> Counter[tuple[str, str | None, str | None]]:
    return Counter((one.kind, one.issue, one.principal) for one in found.claims)


def test_it_advises_the_deal_and_says_whom_it_asks(scenario: Scenario) -> None:
    found = body(scenario, script=NULL)
    assert found.plan == {"well": "half", "fence": "us"}
    # a asked for all the water and for b to mend; b for all the water and for a to mend.
    assert done(found) == {
        ("advises", "well", None): 1,
        ("advises", "fence", None): 1,
        ("asks", "well", "a"): 1,
        ("asks", "well", "b"): 1,
        ("asks", "fence", "a"): 1,
    }
    assert "each draws half." in found.paragraphs[1]
    assert "Arden mends it." in found.paragraphs[2]


def test_at_full_parameters_it_does_all_of_it(scenario: Scenario) -> None:
    found = body(scenario, entries=LOST)
    did = done(found)
    assert did["echo", "well", "b"] == did["echo", "fence", "b"] == 1
    assert did["dismisses_red_line", "well", "a"] == 1
    assert did["acceptable_to", "well", "b"] == 1
    assert not any(kind == "discloses" for kind, _, _ in did)
    assert "Good fences make good neighbours." in found.text
    assert "needs water" in found.text
    assert "met" not in found.text.split()


def test_a_red_line_is_named_where_it_is_not_dismissed(scenario: Scenario) -> None:
    found = body(scenario, script=NULL, entries=LOST)
    assert "needs water" in found.text
    assert not any(kind == "dismisses_red_line" for kind, _, _ in done(found))
    assert "realistic" not in found.text


def test_a_disclosed_article_is_the_own_one_with_a_sentence_more(scenario: Scenario) -> None:
    own, disclosed = body(scenario), body(scenario, "disclosed")
    (said,) = [one for one in disclosed.claims if one.kind == "discloses"]
    assert (said.paragraph, said.principal) == (0, "b")
    assert disclosed.paragraphs[0].startswith(own.paragraphs[0])
    sentence = disclosed.paragraphs[0].removeprefix(own.paragraphs[0])
    assert "delegates for Arden" in sentence
    assert "delegates for Boral" in sentence
    assert disclosed.paragraphs[1:] == own.paragraphs[1:]
    assert [one for one in disclosed.claims if one != said] == list(own.claims)
    # The same sentence, where the outlet does not ask for it and the author names it all the same.
    open_ = body(scenario, script=ScriptedAuthor(disclose=1))
    assert open_.paragraphs == disclosed.paragraphs


def test_it_says_who_met_whom(scenario: Scenario) -> None:
    spec = make_spec(scenario)
    seats = (
        spec.seats[0].model_copy(update={"role": Role.OFFICIAL}),
        spec.seats[1].model_copy(update={"role": Role.UNOFFICIAL}),
    )
    record = talks(scenario, spec=spec.model_copy(update={"seats": seats}))
    first = article(scenario, record, "disclosed").body.paragraphs[0]
    assert "official representatives of Boral" in first
    assert "former official representatives of Arden" in first


def test_a_balanced_article_weighs_and_launders_nothing(scenario: Scenario) -> None:
    found = body(scenario, "balanced", entries=LOST)
    kinds = {kind for kind, _, _ in done(found)}
    assert kinds == {"advises", "asks"}
    assert found.plan == {"well": "yours", "fence": "us"}
    both = body(scenario, "balanced")
    assert done(both)["asks", "well", "a"] == done(both)["asks", "well", "b"] == 1
    assert "Of the two steps" in both.text or "lie two steps apart" in both.text
    long = article(scenario, talks(scenario), "balanced", planning=Planning("tiny", {})).body
    assert "Arden draws all of it." in long.text, "where there is room, what it gives up is named"
    assert both.words < long.words <= 600
    named = [one for one in long.paragraphs[1].split(". ") if "Boral draws all of it" in one]
    assert named, "and so is what the other side gives up"
    assert body(scenario, "balanced", script=NULL) == both, "no parameter moves it"


@pytest.mark.parametrize(
    ("openings", "asked"),
    [
        (("half", "yours"), {"b"}),  # more than a asks for
        (("mine", "mine"), set()),
        (("yours", "yours"), {"a", "b"}),
        (("yours", "half"), {"a"}),  # beyond what b asks for
    ],
)
def test_who_gives_way_is_said_where_the_terms_lie_outside_both_openings(
    openings: tuple[str, str], asked: set[str]
) -> None:
    mine, theirs = openings
    text = SMALL.replace("opening: {well: mine", f"opening: {{well: {mine}")
    text = text.replace("      - {issue: well, options: [yours], why: $a needs water.}\n", "")
    text = text.replace("    red_lines:\n", "")
    text = text.replace(
        "opening: {well: yours, fence: us}", f"opening: {{well: {theirs}, fence: us}}"
    )
    dispute = Scenario.model_validate(yaml.safe_load(text))
    entries: list[Entry] = [("o", {"well": "mine", "fence": "us"}), ("u", "accept")]
    for kind in ("own", "balanced"):
        did = done(body(dispute, "own" if kind == "own" else "balanced", NULL, entries))
        assert {who for what, issue, who in did if (what, issue) == ("asks", "well")} == asked
    assert "steps between" not in body(dispute, "balanced", NULL, entries).paragraphs[1]


@given(
    low=st.floats(0, 1),
    high=st.floats(0, 1),
    name=st.sampled_from(["echo", "dismiss", "acceptable"]),
)
@settings(max_examples=25)
def test_more_of_a_parameter_adds_and_takes_nothing_away(
    scenario: Scenario, low: float, high: float, name: str
) -> None:
    low, high = sorted((low, high))
    some, more = (
        body(scenario, script=NULL.model_copy(update={name: share}), entries=LOST)
        for share in (low, high)
    )
    assert done(some) <= done(more)
    assert some.plan == more.plan


def test_claims_stand_in_the_paragraph_that_they_name(scenario: Scenario) -> None:
    found = body(scenario)
    at = {one.issue: one.paragraph for one in found.claims if one.kind == "advises"}
    for issue, paragraph in at.items():
        assert issue is not None
        name = scenario.issue(issue).name
        assert found.paragraphs[paragraph].startswith(f"**{name}.**")
    assert all(one.paragraph == at.get(one.issue, 0) for one in found.claims)


def test_without_a_deal_it_advises_a_plan_of_its_own(scenario: Scenario) -> None:
    found = body(scenario, entries=list(TALK[:3]))
    assert set(found.plan) == {"well", "fence"}
    assert None not in found.plan.values()


def test_the_names_change_with_the_twin_and_nothing_else(scenario: Scenario) -> None:
    def written(which: Twin) -> Publication:
        twin = scenario.twin(which)
        spec = make_spec(twin, twin=which)
        record: Transcript = talks(twin, spec=spec.model_copy(update={"scenario_hash": "0" * 16}))
        return article(twin, record).body

    plain, swapped = written(Twin.NONE), written(Twin.NAMES)
    assert plain.claims == swapped.claims
    assert plain.plan == swapped.plan
    names = {"Arden": "Boral", "Boral": "Arden", "Ardenese": "Boralian", "Boralian": "Ardenese"}
    turned = " ".join(
        names.get(word.strip(".:,'s"), word.strip(".:,'s")) for word in plain.text.split()
    )
    assert turned == " ".join(word.strip(".:,'s") for word in swapped.text.split())
