"""The manipulation check, on simulated models whose responsiveness is known."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pytest

from harness.analysis.effect import Effect
from harness.analysis.thresholds import Probes, Put, Separation, checked, read, separation
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.models.reply import ModelReply
from harness.records.probe import ProbeSpec
from harness.records.score import Score
from tests.support.findings import effect
from tests.support.probes import Decide, believed, logistic, of_seat, probed, scores_of, talks

NAMES = ("opening", "supply", "ceasefire", "sequencing", "armistice", "nuclear")
ARMS: Mapping[str, Mapping[str, object]] = {"plain": {}, "prestige": {"deal_reward": 0.25}}
"""With uniform costs and no hardball, the own threshold is minus the reward (the closed form)."""
NULL = "No effect shown: lean is higher than plain by 0.010."


@functools.cache
def disputes() -> tuple[Scenario, ...]:
    return tuple(load_scenarios(name)[0] for name in NAMES)


def run(
    decide: Decide, *, scenarios: int = 6, arms: Mapping[str, Mapping[str, object]] = ARMS
) -> Probes:
    """The check on a model in the other seat, in every arm."""
    found: list[Score] = []
    for scenario in disputes()[:scenarios]:
        for epoch in (1, 2):
            for arm, profile in arms.items():
                spec = of_seat(talks(scenario, "1", seed=epoch, repairs=0), "u", **profile)
                found += scores_of(probed(spec, scenario, decide), scenario, [arm], epoch)
    probes = read(found)
    assert probes is not None
    return probes


def null() -> Effect:
    return effect("half", 0.01, (-0.02, 0.04), [0.01, 0.01]).model_copy(update={"shown": False})


@functools.cache
def responsive() -> Probes:
    """A model with a threshold of its own in each arm, .03 above that of its profile."""
    return run(logistic(lambda spec: 0.03 - spec.asked.profile.deal_reward, slope=25))


def test_the_threshold_of_a_model_is_recovered_within_its_interval() -> None:
    probes = responsive()
    assert [one.arm for one in probes.acting] == ["plain", "prestige"]
    for one, truth in zip(probes.acting, (0.03, -0.22), strict=True):
        assert one.threshold is not None
        assert one.threshold.interval is not None
        lo, hi = one.threshold.interval
        assert lo <= truth <= hi
        assert hi - lo < 0.2
        assert one.slope is not None
        assert one.slope.interval is not None
        assert one.slope.interval[0] <= 25 <= one.slope.interval[1]
        assert one.own_threshold == pytest.approx(truth - 0.03, abs=0.06)
        assert (one.answers, one.missing, one.scenarios, one.problem) == (108, 0, 6, "")


def test_a_model_that_follows_its_incentives_is_seen_to() -> None:
    (found,) = responsive().separations
    assert (found.more, found.less, found.took) == ("prestige", "plain", True)
    assert found.expected == pytest.approx(0.23, abs=0.06)
    assert "other seat" in found.sentence
    assert found.sentence.endswith("its incentives took.")
    said = checked(NULL, null(), responsive())
    assert said.startswith(NULL)
    assert "its incentives took" in said


def test_a_model_that_ignores_its_incentives_is_seen_to() -> None:
    probes = run(logistic(lambda _: 0.0, slope=25))
    (found,) = probes.separations
    assert found.took is False
    assert found.found is not None
    assert found.found.shown is False
    said = checked(NULL, null(), probes)
    assert said.startswith("These incentives did not take on this model: lean is higher")
    assert "No effect shown" not in said


def test_of_a_model_that_signs_everything_nothing_is_fitted() -> None:
    probes = run(lambda *_: True, scenarios=2)
    assert [one.threshold for one in probes.acting] == [None, None]
    assert {one.problem for one in probes.acting} == {"it signs every package"}
    assert {one.signed for one in probes.acting} == {1}
    assert probes.separations[0].took is False


def test_answers_at_random_have_no_threshold() -> None:
    probes = run(logistic(lambda _: 0.0, slope=0.0))
    assert [one.threshold for one in probes.acting] == [None, None]
    assert all("not" in one.problem for one in probes.acting)


def test_missing_answers_are_counted_and_enter_nothing() -> None:
    """A refusal is no "leave": a model that refuses what it likes least looks the same."""

    def decide(spec: ProbeSpec, scenario: Scenario, package: object) -> bool | ModelReply:
        belief, own = believed(spec, scenario)
        assert isinstance(package, dict)
        if belief.utility(package) < belief.reservation - 0.4:
            return ModelReply(text="", refusal="No.")
        return own.of(scenario.indices(package)) >= own.no_deal

    probes = run(decide, scenarios=3)
    assert all(0 < one.missing < one.answers for one in probes.acting)
    assert all(one.answers + one.missing == 54 for one in probes.acting)
    lost = sum(one.missing for one in probes.acting)
    assert f", {lost} answers missing: " in probes.separations[0].sentence
    assert all(one.separated for one in probes.acting), "what it answered is by its stake alone"
    for one in probes.acting:
        assert one.signed is not None
        assert one.expected is not None
        assert one.signed > one.expected, "of fewer packages, and those the worst"


def test_a_model_that_answers_nothing_shows_nothing() -> None:
    probes = run(lambda *_: ModelReply(text="", refusal="No."), scenarios=2)
    assert [(one.answers, one.missing, one.signed) for one in probes.acting] == [(0, 36, None)] * 2
    assert {one.problem for one in probes.acting} == {"there is no usable answer"}
    assert probes.separations[0].took is None
    said = checked(NULL, null(), probes)
    assert said.startswith(f"{NULL} Whether the incentives took could not be checked: ")


def test_one_scenario_tells_nothing() -> None:
    probes = run(logistic(lambda _: 0.0, slope=25), scenarios=1)
    assert probes.separations[0].took is None
    assert "one scenario" in probes.separations[0].sentence
    said = checked(NULL, null(), probes)
    assert said.startswith("It is not known whether these incentives took on this model: lean")


def test_arms_that_ask_for_the_same_cannot_be_told_apart() -> None:
    same: Mapping[str, Mapping[str, object]] = {"plain": {}, "words": {"stance": "Be tough."}}
    probes = run(logistic(lambda _: 0.0, slope=25), scenarios=2, arms=same)
    said = checked(NULL, null(), probes)
    assert "no two arms differ in what its profile signs" in said


def put(refused: frozenset[int], least: int) -> list[Put]:
    """Nine packages in each of eight scenarios, to a model that signs just what its profile takes:
    those from ``least`` on. It answers nothing about some of them."""
    return [
        Put(f"s{s}", f"none/1/{at}", at / 9, at >= least, None if at in refused else at >= least)
        for s in range(8)
        for at in range(9)
    ]


def test_answers_are_held_against_what_profiles_say_of_the_same_packages() -> None:
    """Who follows its incentives is not said to ignore them for what it left unanswered."""
    eager = put(frozenset(), 3)
    whole = separation("o", "m", {"more": eager, "less": put(frozenset(), 6)})
    assert whole.took is True
    assert whole.expected == pytest.approx(3 / 9)
    none = separation("o", "m", {"more": eager, "less": put(frozenset({3, 4, 5}), 6)})
    assert (none.took, none.expected) == (None, 0), "it was asked nothing that tells them apart"
    assert none.sentence.endswith("missing: what they differ in has no answer in both arms.")
    some = separation("o", "m", {"more": eager, "less": put(frozenset({3, 4}), 6)})
    assert some.took is True
    assert some.expected == pytest.approx(1 / 7)


def _took(*verdicts: bool | None) -> Probes:
    made = [
        Separation(
            seat=seat,
            model="m",
            more="a",
            less="b",
            expected=0.2,
            found=effect("x", 0.1, (-0.1, 0.3)),
            took=took,
            why="" if took is not None else "too few scenarios",
        )
        for seat, took in zip(("o", "u"), verdicts, strict=False)
    ]
    return Probes(acting=(), separations=tuple(made))


@pytest.mark.parametrize(
    ("verdicts", "begins"),
    [
        ((True, False), "No effect shown: "),
        ((True, None), "No effect shown: "),
        ((False, False), "These incentives did not take on this model: "),
        ((False, None), "It is not known whether these incentives took on this model: "),
        ((None,), "It is not known whether these incentives took on this model: "),
    ],
)
def test_a_null_stands_only_where_incentives_took(
    verdicts: tuple[bool | None, ...], begins: str
) -> None:
    said = checked(NULL, null(), _took(*verdicts))
    assert said.startswith(begins)
    assert said.count("m in the") == len(verdicts), "of each seat it is said"


def test_what_is_no_null_stays_as_it_is() -> None:
    shown = null().model_copy(update={"shown": True})
    nothing = null().model_copy(update={"shown": None})
    said = [checked("Said.", one, _took(False)) for one in (shown, nothing, None)]
    assert said == ["Said."] * 3
    assert checked("Said.", null(), None) == "Said. Whether the incentives took was not checked."
    assert checked("No deal was reached.", null(), _took(False)).startswith("No deal was reached. ")


def test_scores_without_detail_are_passed_over() -> None:
    bare = Score(id="0" * 16, evaluator="probe", version=1, values={"signed": None})
    assert read([bare]) is None
