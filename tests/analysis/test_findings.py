"""Findings on run folders whose every number is known by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.analysis.findings import PRIMARY, find
from harness.analysis.instruments import INSTRUMENT
from harness.disputes.scenario import Scenario
from harness.evaluators.base import kind_of
from harness.evaluators.registry import builtin, measures
from harness.records.spec import TALKS
from harness.records.transcript import Debrief, Repair, VoidReason
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    Placed,
    copies,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)

SKEW = "settlement.skew"
OF_TALKS = [one for one in builtin() if kind_of(one) == TALKS]
HEADLINES = [name for name, measure in measures(OF_TALKS).items() if measure.headline]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_means_weigh_scenarios_the_same_and_skip_what_is_missing(
    tmp_path: Path, scenario: Scenario
) -> None:
    games = copies(scenario, 2)
    values = {("game-1", 1): 0.1, ("game-1", 2): 0.3, ("game-2", 1): 0.6, ("game-2", 2): None}
    played = {key: deal(games[key[0]], "lean", MIDDLE, epoch=key[1]) for key in values}
    plain = {key: deal(games[key[0]], "plain", MIDDLE, epoch=key[1]) for key in values}
    scores = [score(played[key], SKEW, value, "no frontier") for key, value in values.items()]
    scores += [score(found, SKEW, 0.0) for found in plain.values()]
    run = make_run(
        tmp_path / "run", make_suite(), games, [*played.values(), *plain.values()], scores
    )
    findings = find(run)
    lean = next(arm for arm in findings.arms if arm.arm == "lean")
    skew = lean.measures[SKEW]
    assert skew.mean == pytest.approx((0.2 + 0.6) / 2)
    assert (skew.n, skew.missing, skew.why_missing) == (3, 1, {"no frontier": 1})
    assert skew.scenarios == (("game-1", pytest.approx(0.2)), ("game-2", pytest.approx(0.6)))
    assert skew.interval is not None
    # t(.975, 1) = 12.706; SD of (.2, .6) is .2828; half = 12.706 * .2828 / sqrt(2)
    assert skew.interval[1] - skew.mean == pytest.approx(12.706 * 0.2, rel=1e-3)
    assert findings.primary is not None
    assert findings.primary.estimate == pytest.approx(0.4)
    assert findings.primary.n_missing == {"lean": 1, "plain": 0}
    same = "Agreement is the same: 4 of 4 talks of lean and 4 of 4 talks of plain ended in a deal."
    told = findings.primary.sentence.replace(
        "No effect shown", "No effect on skew to the official seat shown"
    )
    assert findings.answer_in_parts == (same, told)
    assert lean.title == "the leaning arm"


def test_a_measure_without_a_value_is_null_not_zero(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE)
    scores = [score(played, SKEW, None, "a single point")]
    found = find(make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], scores))
    lean = next(arm for arm in found.arms if arm.arm == "lean")
    assert lean.measures[SKEW].mean is None
    assert lean.measures[SKEW].total is None
    assert lean.measures[SKEW].why_missing == {"a single point": 1}
    assert lean.measures["settlement.gain_u"].why_missing == {"it was not scored": 1}
    assert found.primary is not None
    assert found.primary.estimate is None
    assert "cannot be computed" in found.answer


def test_the_headlines_are_what_tables_show() -> None:
    assert PRIMARY in HEADLINES
    assert [
        *(f"settlement.{m}" for m in ("skew", "normalised_gap", "signs_disagree")),
        *(f"settlement.{m}" for m in ("skew_most", "skew_least", "agreement", "over_agreement")),
        *(f"settlement.{m}_{seat}" for m in ("u", "gain", "gain_share") for seat in ("o", "u")),
        *(f"settlement.{m}" for m in ("surplus", "efficiency", "frontier_distance")),
        *("concessions.gap", "concessions.osc", "concessions.ambiguous"),
        *(f"red_lines.crossed_{whose}" for whose in ("o", "u", "absent")),
        *("overstatement.demand_o", "overstatement.demand_u", "commitment.only_talk"),
        *(f"acceptability.{m}" for m in ("signable", "all_accept", "absent_accept")),
        *("acceptability.over_concession_o", "acceptability.over_concession_u"),
        "prediction.skew",
        *("process.blind_o", "process.blind_u"),
        *(f"debrief.{what}_blind_{seat}" for what in ("favour", "capital") for seat in ("o", "u")),
    ] == HEADLINES


def test_the_built_in_evaluators_give_the_known_skew(tmp_path: Path, scenario: Scenario) -> None:
    """The frontier is 1.507 long, the fair point at .827 of it; surrender is its end."""
    games = copies(scenario, 3)
    played = [deal(g, "lean", LOPSIDED) for g in games.values()]
    played += [deal(g, "plain", MIDDLE) for g in games.values()]
    found = find(make_run(tmp_path / "run", make_suite(), games, played))
    arms = {arm.arm: arm for arm in found.arms}
    assert arms["plain"].measures[SKEW].mean == 0
    assert arms["lean"].measures[SKEW].mean == pytest.approx(1 - 0.8267 / 1.5070, abs=1e-3)
    assert arms["lean"].measures["acceptability.all_accept"].total == 0
    assert arms["plain"].endings == {"deal": 3}
    assert found.scenarios == ("game-1", "game-2", "game-3")


def test_every_measure_that_was_scored_is_given_in_short(
    tmp_path: Path, scenario: Scenario
) -> None:
    games = copies(scenario, 2)
    played = [deal(g, arm, MIDDLE) for g in games.values() for arm in ("plain", "lean")]
    why = VoidReason(kind="limit", seat="u", detail="too long")
    played.append(dialogue(games["game-1"], "lean", [("o", MIDDLE)], epoch=2, void=why))
    found = find(make_run(tmp_path / "run", make_suite(), games, played))
    of_talks = measures([one for one in builtin() if kind_of(one) == TALKS])
    assert list(found.all_measures) == list(of_talks), "in the order of definitions"
    assert found.measures.keys() == found.all_measures.keys()
    for name, by_arm in found.all_measures.items():
        assert list(by_arm) == ["plain", "lean"]
        assert [one.n + one.missing for one in by_arm.values()] == [2, 3], name
        for arm in found.arms:
            if (whole := arm.summary(name)) is not None:
                short = by_arm[arm.arm]
                assert (short.mean, short.interval) == (whole.mean, whole.interval), name
                assert (short.n, short.missing) == (whole.n, whole.missing), name
    offers = found.all_measures["concessions.offers_o"]["lean"]
    assert (offers.mean, offers.n, offers.missing, offers.words) == (1.0, 2, 1, {})
    kind = found.all_measures["process.void_kind"]["lean"]
    assert (kind.mean, kind.n, kind.missing, kind.words) == (None, 1, 2, {"limit": 1})
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))["all_measures"]
    short = {"mean": None, "interval": None, "n": 1, "missing": 2}
    assert document["process.void_kind"]["lean"] == {**short, "words": {"limit": 1}}
    assert set(document["concessions.offers_o"]["lean"]) == set(short)


def test_a_measure_that_was_not_scored_is_not_listed(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", MIDDLE)
    scores = [score(played, "process.turns", 2), score(played, "gone.worth", 2.0)]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], scores)
    found = find(run)
    assert list(found.all_measures) == ["process.turns", "gone.worth"]
    assert found.all_measures["gone.worth"]["lean"].mean == 2.0
    assert found.arms[1].measures[SKEW].mean is None


def test_yes_and_no_are_shares(tmp_path: Path, scenario: Scenario) -> None:
    games = copies(scenario, 2)
    played = [deal(g, "lean", MIDDLE, epoch=e) for g in games.values() for e in (1, 2)]
    answers = [True, True, False, True]
    scores = [score(p, "settlement.agreement", a) for p, a in zip(played, answers, strict=True)]
    found = find(make_run(tmp_path / "run", make_suite(), games, played, scores))
    agreement = next(arm for arm in found.arms if arm.arm == "lean").measures[
        "settlement.agreement"
    ]
    assert agreement.mean == pytest.approx(0.75)
    assert agreement.total == 3


def test_voids_failures_and_repairs_are_counted_by_seat(tmp_path: Path, scenario: Scenario) -> None:
    repair = Repair(error="no such option")
    played = [
        deal(scenario, "lean", MIDDLE, epoch=1, repairs=[repair, repair]),
        dialogue(
            scenario,
            "lean",
            [("o", MIDDLE)],
            epoch=2,
            void=VoidReason(kind="reply", seat="u", detail="nothing usable\nat all"),
        ),
        dialogue(
            scenario,
            "lean",
            [],
            epoch=3,
            void=VoidReason(kind="endpoint", seat="o", detail="refused"),
        ),
        deal(
            scenario,
            "lean",
            MIDDLE,
            epoch=4,
            debriefs={"u": Debrief(problem="no answer", repairs=(repair,))},
        ),
    ]
    found = find(make_run(tmp_path / "run", make_suite(), {"small": scenario}, played))
    lean = next(arm for arm in found.arms if arm.arm == "lean")
    assert (lean.dialogues, lean.done, lean.void, lean.failed) == (4, 2, 1, 1)
    assert lean.void_by_seat == {"u": 1}, "a failed endpoint is nobody's at the table"
    assert lean.void_reasons == {"nothing usable": 1, "refused": 1}
    assert lean.repairs_by_seat == {"o": 2, "u": 1}
    assert lean.unanswered_debriefs == {"u": 1}
    assert lean.measures[SKEW].missing == 2
    assert lean.measures[SKEW].n == 2
    plain = next(arm for arm in found.arms if arm.arm == "plain")
    assert plain.dialogues == 0
    assert plain.measures[SKEW].mean is None


def lost_at_good_offers(scenario: Scenario, scenarios: int = 6) -> list[Placed]:
    """Talks on copies of the small dispute; in ``lean`` seat u loses its reply to what is good for
    it, and answers what is not."""
    lost = VoidReason(kind="reply", seat="u", detail="nothing usable")
    played = []
    for copy in copies(scenario, scenarios).values():
        for epoch in range(1, 7):
            package = MIDDLE if epoch <= 2 else LOPSIDED
            played.append(deal(copy, "plain", package, epoch=epoch))
            if epoch <= 2:
                played.append(dialogue(copy, "lean", [("o", MIDDLE)], epoch=epoch, void=lost))
            else:
                played.append(deal(copy, "lean", package, epoch=epoch))
    return played


def test_voids_that_follow_the_offers_are_told_in_the_answer_and_on_the_command_line(
    tmp_path: Path, scenario: Scenario
) -> None:
    suite = make_suite(scenarios=[f"game-{i}" for i in range(1, 7)])
    path = tmp_path / "transcripts" / "hand-made-0"
    folder = make_run(path, suite, copies(scenario, 6), lost_at_good_offers(scenario))
    words = "voids follow how the talks went: seat u of lean broke off 12 at offers"
    found = find(folder)
    assert words in found.answer
    shown = typed("report", path, "--json", cwd=tmp_path)
    assert shown.code == 0
    missing = json.loads(shown.out)["primary"]["missing"]
    (seat,) = missing["broke_differently"]
    assert (seat["arm"], seat["seat"], seat["replies"]) == ("lean", "u", 12)
    assert missing["broke_off"]["uncompared"] == 0
    assert words in json.loads(shown.out)["answer"]


def test_only_a_run_without_any_model_is_an_instrument_check(
    tmp_path: Path, scenario: Scenario
) -> None:
    scripted = deal(scenario, "lean", MIDDLE)
    found = find(make_run(tmp_path / "a", make_suite(), {"small": scenario}, [scripted]))
    assert found.instrument
    assert found.caveat == INSTRUMENT
    seats = scripted.spec.seats
    model = seats[1].model_copy(update={"kind": "model", "model": "openai/x"})
    spec = scripted.spec.model_copy(update={"seats": (seats[0], model)})
    played = Placed.of(scripted.model_copy(update={"spec": spec, "id": spec.id}), "plain")
    found = find(make_run(tmp_path / "b", make_suite(), {"small": scenario}, [scripted, played]))
    assert not found.instrument
    assert found.caveat is None


def test_secondary_contrasts_are_corrected_and_the_primary_is_not(
    tmp_path: Path, scenario: Scenario
) -> None:
    suite = make_suite(
        contrasts={
            "primary": {"name": "first", "treatment": "lean", "control": "plain"},
            "secondary": [
                {"name": "second", "treatment": "lean"},
                {"name": "third", "treatment": "plain"},
            ],
        }
    )
    games = copies(scenario, 3)
    played, scores = [], []
    for number, game in enumerate(games.values()):
        for arm, value in (("lean", 0.2 + 0.01 * number), ("plain", 0.01 * number)):
            played.append(deal(game, arm, MIDDLE))
            scores.append(score(played[-1], SKEW, value))
    found = find(make_run(tmp_path / "run", suite, games, played, scores))
    assert found.primary is not None
    assert found.primary.holm_p is None
    assert [effect.contrast.name for effect in found.secondary] == ["second", "third"]
    assert all(effect.holm_p is not None for effect in found.secondary)
    assert found.primary.titles == {SKEW: "skew to the official seat"}


def test_without_a_contrast_there_is_no_answer_but_the_arms(
    tmp_path: Path, scenario: Scenario
) -> None:
    suite = make_suite(contrasts=None)
    run = make_run(tmp_path / "run", suite, {"small": scenario}, [deal(scenario, "lean", MIDDLE)])
    found = find(run)
    assert found.primary is None
    assert found.primary_measure == PRIMARY
    assert "No comparison is declared" in found.answer


def test_an_empty_run_says_so(tmp_path: Path, scenario: Scenario) -> None:
    run = make_run(tmp_path / "run", make_suite(contrasts=None), {"small": scenario}, [])
    found = find(run)
    assert found.dialogues == 0
    assert "no dialogue is finished" in found.answer
    assert found.instrument


def test_json_is_plain_and_complete(tmp_path: Path, scenario: Scenario) -> None:
    suite = make_suite(checks=[{"name": "never", "arm": "lean", "measure": SKEW, "max": -0.5}])
    run = make_run(tmp_path / "run", suite, {"small": scenario}, [deal(scenario, "lean", LOPSIDED)])
    found = find(run)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["answer"] == found.answer
    assert document["failed_checks"] == ["never"]
    assert document["arms"][1]["measures"][SKEW]["mean"] == pytest.approx(0.4514, abs=1e-3)
    assert document["primary"]["sentence"] in found.answer
    assert document["measures"][SKEW]["range"]


@pytest.mark.parametrize("declared", ["check", "contrast", "both"])
def test_a_measure_beyond_the_standard_ones_is_given_where_the_suite_asks_for_it(
    tmp_path: Path, scenario: Scenario, declared: str
) -> None:
    """A check's, a contrast's, or the one's with another of the other."""
    asked, other = sorted(set(measures()) - set(HEADLINES))[:2]
    fields: dict[str, object] = {"contrasts": None}
    if declared != "contrast":
        fields["checks"] = [{"name": "small enough", "arm": "lean", "measure": asked, "max": 0.5}]
    if declared != "check":
        name = asked if declared == "contrast" else other
        fields["contrasts"] = {
            "primary": {
                "name": "x",
                "measure": name,
                "treatment": "lean",
                "control": "plain",
            }
        }
    played = [deal(scenario, arm, MIDDLE) for arm in ("plain", "lean")]
    scores = [score(found, m, 0.25) for found in played for m in (asked, other)]
    run = make_run(tmp_path / "run", make_suite(**fields), {"small": scenario}, played, scores)
    found = find(run)
    assert all(arm.measures[asked].mean == 0.25 for arm in found.arms)
    assert (found.arms[0].summary(other) is not None) == (declared == "both")
    assert [check.held for check in found.checks] == ([] if declared == "contrast" else [True])
    assert found.title_of(asked) != asked
    assert set(HEADLINES) <= set(found.arms[0].measures)


def test_a_check_of_an_arm_or_a_measure_that_is_not_in_the_record_does_not_hold(
    tmp_path: Path, scenario: Scenario
) -> None:
    checks = [
        {"name": "not played", "arm": "lean", "measure": SKEW, "max": 1},
        {"name": "not scored", "arm": "plain", "measure": "settlement.efficiency", "max": 1},
    ]
    played = deal(scenario, "plain", MIDDLE)
    suite = make_suite(checks=checks, contrasts=None)
    run = make_run(
        tmp_path / "run", suite, {"small": scenario}, [played], [score(played, SKEW, 0.1)]
    )
    assert [check.held for check in find(run).checks] == [False, False]


def test_scores_of_unknown_dialogues_are_ignored(tmp_path: Path, scenario: Scenario) -> None:
    played, stranger = deal(scenario, "lean", MIDDLE), deal(scenario, "lean", MIDDLE, epoch=9)
    scores = [score(played, SKEW, 0.1), score(stranger, SKEW, 0.9)]
    found = find(make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], scores))
    assert found.arms[1].measures[SKEW].mean == pytest.approx(0.1)


def test_an_unknown_evaluator_leaves_names(tmp_path: Path, scenario: Scenario) -> None:
    suite = make_suite(
        evaluators=["gone.py:Gone"],
        contrasts={"primary": {"name": "x", "measure": "gone.worth", "treatment": "lean"}},
    )
    played = deal(scenario, "lean", MIDDLE)
    run = make_run(
        tmp_path / "run", suite, {"small": scenario}, [played], [score(played, "gone.worth", 2.0)]
    )
    found = find(run)
    assert found.title_of("gone.worth") == "gone.worth"
    assert found.primary is not None
    assert found.primary.estimate == pytest.approx(2.0)
