"""How a model is told: in words alone, in its principal's points, or in its own thresholds too."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Role
from harness.incentives.tracks import OFFICIAL, TRACKS
from harness.prompting.facts import events, offers_on_the_table
from harness.prompting.talks import Prompts
from harness.records.transcript import Action, Commitment, Move
from tests.support.disputes import small
from tests.support.told import DOWN, LAWYER, UP, told
from tests.support.views import PlayedTable, dialogue, seat_spec, track


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("disputes"))


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


# Of the protocol, of the form of the reply, and of the questions that are asked afterwards.
PROTOCOL = {"0", "1", "2", "3", "10", "100", "150", "300"}


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"`[^`]*`|\b[ou]-\d+\b", "", text)))


@given(
    weight=st.floats(min_value=0.05, max_value=0.95),
    half=st.floats(min_value=0, max_value=1),
    reservation=st.floats(min_value=0, max_value=1),
    name=st.sampled_from(list(TRACKS)),
)
@example(weight=0.61, half=0.73, reservation=0.57, name="1.5")
@settings(max_examples=12, deadline=None)
def test_in_words_no_number_is_told(
    scenario: Scenario,
    prompts: Prompts,
    weight: float,
    half: float,
    reservation: float,
    name: Any,
) -> None:
    """Whatever a package is worth, and whatever drives the delegate: what the style hides can be
    read off no number. Those that remain are of the protocol."""
    for seat in ("o", "u"):
        table = PlayedTable(told(track(scenario, name), "words"), scenario)
        table.play("o", Move(action=Action.PROPOSE, package=DOWN, words="Ours."))
        table.play("u", Move(action=Action.PROPOSE, package=UP, words="Ours."))
        seen = table.view(seat)
        belief = replace(
            seen.brief.belief,
            weights={"well": weight, "fence": 1 - weight},
            values={**seen.brief.belief.values, "well": {"mine": 1.0, "half": half, "yours": 0.0}},
            reservation=reservation,
        )
        view = replace(seen, brief=replace(seen.brief, belief=belief))
        texts = [
            prompts.system(view),
            prompts.opening(view),
            prompts.turn(view, view.history),
            prompts.turn(view, ()),
            prompts.caucus_system(view, LAWYER),
            prompts.caucus(view, view.history),
            prompts.round(view, (), (), new_values=True),
            prompts.round(view, (), (), new_values=True, before=seen.brief),
        ]
        for text in texts:
            assert numbers(text) <= PROTOCOL
            assert "point" not in text.replace("talking points", "")
            assert not re.search(r"half-?way|percent|per cent|a third|a quarter|twice", text)


def test_in_words_interests_are_ranked(scenario: Scenario, prompts: Prompts) -> None:
    text = prompts.opening(PlayedTable(told(track(scenario, "1"), "words"), scenario).view("u"))
    assert (
        "- `well` (material and political): `mine` best, `half` good, `yours` worst\n"
        "- `fence` (mostly material): `them` best, `us` worst"
    ) in text
    assert "Ending without an agreement is, for Arden, bad: " in text
    assert (
        "To compare, leaving out what it will never sign: the worst options on every issue "
        "would be better. The options nearest the middle on every issue would be better."
    ) in text
    assert "Arden will never sign:\n\n- The well: `yours` (Arden needs water.)" in text


@pytest.mark.parametrize("style", ["words", "principal"])
def test_no_incentive_is_told_in_points_but_under_own(
    scenario: Scenario, prompts: Prompts, style: Any
) -> None:
    """What a delegate gains for itself changes no number that it reads."""
    texts = set()
    for reward, hardball in ((0.0, 0.0), (0.37, 0.0), (0.0, 0.63)):
        profile = OFFICIAL.model_copy(update={"deal_reward": reward, "free_hardball": hardball})
        seats = [seat_spec(scenario, s, Role.OFFICIAL, profile) for s in ("o", "u")]
        view = PlayedTable(told(dialogue(scenario, seats), style), scenario).view("u")
        texts.add(prompts.opening(view))
        assert not re.search(r"37|63", prompts.system(view))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("name", "style", "asks"),
    [
        ("1", "words", True),
        ("1", "principal", False),
        ("1", "own", False),
        ("backchannel", "principal", True),
        ("1.5", "words", False),
    ],
)
def test_the_capital_can_be_asked_where_it_can_tell_something(
    scenario: Scenario, prompts: Prompts, name: Any, style: Any, asks: bool
) -> None:
    """Whoever has its principal's own points knows what the answer to any package is."""
    view = PlayedTable(told(track(scenario, name), style), scenario).view("u")
    system, turn = prompts.system(view), prompts.turn(view, ())
    assert ("consult" in system) is ("consult" in turn) is asks
    assert ("Consultations left" in turn) is asks
    needless = "its answer is in the points that it has given you"
    assert (needless in system) is (not asks and name == "1")
    former = told(track(scenario, "1"), style).model_copy(update={"version": 1})
    assert "consult" in prompts.turn(PlayedTable(former, scenario).view("u"), ())


def test_who_advises_reads_its_own_part_first(scenario: Scenario, prompts: Prompts) -> None:
    spec = told(track(scenario, "1.5", members={"u": (LAWYER,)}), "own")
    table = PlayedTable(spec, scenario)
    view = table.view("u")
    text = prompts.caucus_system(view, LAWYER)
    assert text.startswith(
        "# Your part\n\nYou are a member of the delegation for Arden: legal adviser."
    )
    assert "You lead" not in text
    assert "Its head was once an official representative of Arden" in text
    told_head = text.split("# What the head of your delegation was told")[1]
    assert all(line.startswith(">") for line in told_head.splitlines()[4:])
    assert "; to the head of your delegation, " in prompts.opening(view, in_full=True)
    assert "; to you, " in prompts.opening(view)
    table.advise("u", LAWYER.id, "Hold.")
    view = table.view("u")
    assert "**Legal adviser**, of your delegation, advises" in prompts.turn(view, view.history)


def test_how_far_an_offer_commits_is_said_in_words(scenario: Scenario) -> None:
    table = PlayedTable(told(track(scenario, "1.5")), scenario)
    said = {
        Commitment.PERSONAL: ("personally", "as a personal view"),
        Commitment.HYPOTHETICAL: ("hypothetically", "for discussion only"),
        Commitment.AD_REFERENDUM: ("ad referendum", "subject to approval at home"),
        Commitment.BINDING: ("binding", "as binding"),
    }
    for commitment, words in said.items():
        seat = "u" if commitment in (Commitment.PERSONAL, Commitment.HYPOTHETICAL) else "o"
        table.play(seat, Move(action=Action.PROPOSE, package=UP, commitment=commitment, words="-"))
        view = table.view("u")
        (event,) = events(view, view.history[-1:])
        assert (event["commitment"], event["commitment_words"]) == words
        offer = offers_on_the_table(view, (), in_full=False)[-1]
        assert (offer["commitment"], offer["commitment_words"]) == words
