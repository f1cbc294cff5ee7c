"""The plan: whole pairs first, paired randomness, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, Track15Error, UsageError
from harness.incentives.tracks import TRACKS
from harness.orchestrator.estimate import estimate
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.prompting.talks import Prompts
from harness.suite.loading import load_suite
from tests.support.disputes import SMALL, write
from tests.support.runs import tiny_plan, tiny_suite

MODEL = "openai/x@http://127.0.0.1:9/v1"


def test_arms_of_a_pair_stand_together_and_share_their_seed(tmp_path: Path) -> None:
    ways = list(tiny_plan(write(tmp_path)).ways())
    assert len(ways) == 8
    for one, half in zip(ways[::2], ways[1::2], strict=True):
        assert (one.arm, half.arm) == ("one", "half")
        assert (one.episode.pair, one.talks.seed) == (half.episode.pair, half.talks.seed)
    assert len({way.talks.seed for way in ways}) == 2, "twins of an epoch share theirs"
    assert len({way.talks.id for way in ways}) == 8


def test_the_same_suite_is_the_same_plan_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    first, second = (tiny_plan(write(folder)) for folder in (tmp_path, tmp_path / "elsewhere"))
    assert first.ids == second.ids
    assert first.name == second.name


def test_a_limit_keeps_whole_pairs_first(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    whole = make_plan(suite, Overrides())
    assert make_plan(suite, Overrides(limit=4)).ids == whole.ids[:4]
    assert make_plan(suite, Overrides(limit=10**20)).ids == whole.ids


def test_models_sit_by_seat_in_every_arm(tmp_path: Path) -> None:
    other = MODEL.replace("/x@", "/y@")
    overrides = Overrides(models={"official": MODEL, "unofficial": other})
    for way in make_plan(tiny_suite(write(tmp_path)), overrides).ways():
        assert [(s.seat, s.model, s.kind) for s in way.talks.seats] == [
            ("o", MODEL, "model"),
            ("u", other, "model"),
        ]


def test_the_id_changes_with_anything_that_matters(tmp_path: Path) -> None:
    path = write(tmp_path)
    plans = [
        tiny_plan(path),
        tiny_plan(path, seed=2),
        tiny_plan(path, tactic="boulware"),
        tiny_plan(path, protocol={"rounds": 1, "turns": 4}),
        tiny_plan(write(tmp_path, SMALL.replace("reservation: 0.3\n", "reservation: 0.31\n"))),
        make_plan(tiny_suite(path), Overrides(models={"official": MODEL})),
    ]
    assert len({plan.digest for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    ("changes", "overrides", "what"),
    [
        ({}, Overrides(arms=["thrid"]), "has no arm 'thrid'"),
        ({"scenarios": ["ceasfire"]}, Overrides(), "unknown scenario 'ceasfire'"),
    ],
)
def test_what_does_not_exist_is_named(
    tmp_path: Path, changes: dict[str, object], overrides: Overrides, what: str
) -> None:
    with pytest.raises(Track15Error, match=what) as error:
        make_plan(tiny_suite(write(tmp_path), **changes), overrides)
    assert error.value.fix


def test_leaving_out_arms_leaves_out_their_contrasts_and_checks() -> None:
    suite = load_suite("track-contrast")
    plan = make_plan(suite, Overrides(arms=["track-1", "backchannel"], scenarios=["opening"]))
    assert set(plan.suite.arms) == {"track-1", "backchannel"}
    assert plan.suite.contrasts is None, "the primary contrast needs track-1.5"


TALL = SMALL.replace(
    "    at_table: false\n",
    """\
    public:
      opening: {well: half, fence: us}
      talking_points: [Think of the children.]
      stereotype:
        reservation: 0.3
        weights: {well: 0.5, fence: 0.5}
""",
)
"""The heirs may sit at the table as well."""


def test_a_further_delegation_sits_in_its_arm_alone(tmp_path: Path) -> None:
    arms = {"two": {"track": "1"}, "three": {"track": "1", "also": [{"principal": "heirs"}]}}
    primary = {"name": "three", "treatment": "three", "control": "two"}
    path = write(tmp_path, TALL)
    plan = tiny_plan(path, arms=arms, contrasts={"primary": primary}, twins=["none"])
    seats = {way.arm: [(s.seat, s.principal) for s in way.talks.seats] for way in plan.ways()}
    two = [("o", "b"), ("u", "a")]
    assert seats == {"two": two, "three": [*two, ("x1", "heirs")]}


def test_the_absent_party_of_each_scenario_can_be_brought_to_the_table(tmp_path: Path) -> None:
    also = [{"principal": "absent"}]
    arms = {"two": {"track": "1"}, "three": {"track": "1", "also": also}}
    primary = {"name": "three", "treatment": "three", "control": "two"}
    changes: dict[str, Any] = {"arms": arms, "contrasts": {"primary": primary}, "epochs": 3}
    plan = tiny_plan(write(tmp_path), twins=["none"], **changes)
    seated = [way.talks for way in plan.ways() if way.arm == "three"]
    assert {talks.seats[2].principal for talks in seated} == {"heirs"}
    assert [talks.opener for talks in seated] == ["o", "u", "x1"]
    nobody = write(tmp_path, TALL.replace("at_table: false", "at_table: true"))
    everybody = tiny_plan(nobody, twins=["none"], **changes)
    ways = [way.talks for way in everybody.ways() if way.arm == "three"]
    assert {len(talks.seats) for talks in ways} == {2}, "nobody is absent: nobody joins"
    assert [talks.opener for talks in ways] == ["o", "u", "o"]


@pytest.mark.parametrize(
    ("text", "principal", "what", "fix"),
    [
        (TALL, "a", "seats 'a' twice", "'also' is for"),
        (TALL, "b", "seats 'b' twice", "'also' is for"),
        (SMALL, "heirs", "'heirs', who cannot sit at the table", "at_table: true: a, b"),
        (TALL, "nobody", "'nobody', who cannot sit at the table", "a, b, heirs"),
    ],
)
def test_a_further_delegation_that_has_no_place_is_refused(
    tmp_path: Path, text: str, principal: str, what: str, fix: str
) -> None:
    arms = {"one": {"track": "1"}, "half": {"track": "1.5", "also": [{"principal": principal}]}}
    with pytest.raises(InputError, match=what) as refused:
        tiny_plan(write(tmp_path, text), arms=arms)
    assert "arm 'half'" in str(refused.value)
    assert fix in (refused.value.fix or "")


BAD = {
    "unknown field": ("tactic: linear", "tactik: linear", "tactik", "did you mean 'tactic'"),
    "unknown mechanism": ("with: [prestige]", "with: [vanity]", "unknown mechanism", "prestige"),
    "unknown arm": ("treatment: b", "treatment: c", "unknown arm 'c'", "known: "),
    "unknown tactic": (
        "tactic: linear",
        "tactic: liner",
        "unknown tactic",
        "did you mean 'linear'",
    ),
    "bad track": ('track: "1.5"', 'track: "3"', "track", ""),
    "bad epochs": ("epochs: 1", "epochs: 0", "epochs", ""),
}


@pytest.mark.parametrize("case", BAD)
def test_an_unsound_suite_is_named_with_line_and_mend(tmp_path: Path, case: str) -> None:
    text = """\
schema: track15/suite/1
id: mine
title: Mine
question: What?
scenarios: [opening]
epochs: 1
tactic: linear
arms:
  a: {track: "1", with: [prestige]}
  b: {track: "1.5"}
contrasts:
  primary: {name: p, treatment: b, control: a}
"""
    old, new, what, fix = BAD[case]
    assert old in text
    broken = text.replace(old, new)
    path = tmp_path / "mine.yaml"
    path.write_text(broken)
    with pytest.raises((InputError, UsageError), match=what) as error:
        load_suite(str(path))
    line = next(n for n, row in enumerate(broken.splitlines(), 1) if new in row)
    assert f"mine.yaml:{line}" in str(error.value)
    assert fix in str(error.value)


def test_an_estimate_counts_every_call_a_protocol_allows(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    plan = make_plan(suite, Overrides(models={"unofficial": MODEL}))
    cost = estimate(plan, Prompts())
    assert cost.dialogues == 8
    # Two rounds of four turns and the debrief.
    assert cost.calls == 8 * (2 * 4 + 1)
    told = tiny_suite(tmp_path / "small.yaml", brief="words")
    in_words = make_plan(told, Overrides(models={"unofficial": MODEL}))
    # Told in words, the officials of Track 1 may also ask their capital.
    assert estimate(in_words, Prompts()).calls == cost.calls + 4 * 2 * 2
    assert (cost.compared, cost.per_scenario) == (1, 4)
    assert cost.prompt_tokens > cost.calls * 500
    assert estimate(make_plan(suite, Overrides()), None).calls == 0


# --- what a run is called -------------------------------------------------------------------------


BESIDE: dict[str, dict[str, Any]] = {
    "title": {"title": "Another title"},
    "question": {"question": "Does it lean more?"},
    "contrasts": {
        "contrasts": {"primary": {"name": "turned", "treatment": "one", "control": "half"}}
    },
    "no contrasts": {"contrasts": None},
    "checks": {"checks": [{"name": "low", "arm": "one", "measure": "settlement.skew", "max": 1}]},
    "evaluators": {"evaluators": ["settlement"]},
    "titles of arms": {"arms": {"one": {"track": "1", "title": "First"}, "half": {"track": "1.5"}}},
}
"""What is asked of a run, and changes nothing that is played."""
PLAYED: dict[str, dict[str, Any]] = {
    "seed": {"seed": 2},
    "protocol": {"protocol": {"rounds": 1, "turns": 4}},
    "tactic": {"tactic": "boulware"},
    "twins": {"twins": ["none"]},
    "settings": {"settings": {"temperature": 0.5}},
    "track": {"arms": {"one": {"track": "2"}, "half": {"track": "1.5"}}},
    "profile": {
        "arms": {"one": {"track": "1", "u": {"deal_reward": 0.5}}, "half": {"track": "1.5"}}
    },
    "order of arms": {"arms": {"half": {"track": "1.5"}, "one": {"track": "1"}}},
    "name of an arm": {"arms": {"first": {"track": "1"}, "half": {"track": "1.5"}}},
    "twins of an arm": {
        "arms": {"one": {"track": "1", "twins": ["none"]}, "half": {"track": "1.5"}}
    },
}


def names(plan: Plan) -> tuple[str, str, str]:
    return plan.root, plan.digest, plan.name


@pytest.mark.parametrize("case", BESIDE)
def test_what_is_only_asked_of_a_run_leaves_its_names(tmp_path: Path, case: str) -> None:
    plain, changed = tiny_plan(write(tmp_path)), tiny_plan(write(tmp_path), **BESIDE[case])
    assert changed.suite != plain.suite
    assert names(changed) == names(plain)
    assert changed.ids == plain.ids


@pytest.mark.parametrize("case", PLAYED)
def test_what_is_played_is_in_all_names_of_a_run(tmp_path: Path, case: str) -> None:
    changes = PLAYED[case]
    if "name of an arm" in case:
        changes = {**changes, "contrasts": None}
    plain, changed = tiny_plan(write(tmp_path)), tiny_plan(write(tmp_path), **changes)
    assert all(one != other for one, other in zip(names(plain), names(changed), strict=True))


def test_presets_scenarios_models_and_templates_are_in_all_names_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite, prompts = tiny_suite(write(tmp_path)), {"brief.md.j2": "1" * 16}
    models = {"official": MODEL, "unofficial": MODEL}
    hot = {"official": {"temperature": 0.5}}
    plans = [
        make_plan(suite, Overrides()),
        make_plan(suite, Overrides(models={"official": MODEL})),
        make_plan(suite, Overrides(models={"unofficial": MODEL})),
        make_plan(suite, Overrides(models=models)),
        make_plan(suite, Overrides(models=models), prompts),
        make_plan(suite, Overrides(models=models), {**prompts, "brief.md.j2": "2" * 16}),
        make_plan(suite, Overrides(models=models, sampling=hot), prompts),
        tiny_plan(write(tmp_path, SMALL.replace("reservation: 0.3\n", "reservation: 0.31\n"))),
    ]
    found = [names(plan) for plan in plans]
    write(tmp_path)

    track = TRACKS["1"]
    profile = track.u.profile.model_copy(update={"deal_reward": 0.25})
    moved = track.model_copy(update={"u": track.u.model_copy(update={"profile": profile})})
    monkeypatch.setitem(TRACKS, "1", moved)
    found.append(names(make_plan(suite, Overrides())))
    for called in zip(*found, strict=True):
        assert len(set(called)) == len(plans) + 1, called


@pytest.mark.parametrize("changes", [{"epochs": 1}, {"epochs": 3}, {"limit": 3}])
def test_how_much_is_played_is_in_the_digest_alone(tmp_path: Path, changes: dict[str, int]) -> None:
    suite = tiny_suite(write(tmp_path))
    plain, changed = make_plan(suite, Overrides()), make_plan(suite, Overrides(**changes))
    assert (changed.root, changed.name) == (plain.root, plain.name)
    assert changed.digest != plain.digest


def test_the_id_of_a_suite_is_in_the_name_of_a_run_alone(tmp_path: Path) -> None:
    plain, renamed = tiny_plan(write(tmp_path)), tiny_plan(write(tmp_path), id="wee")
    assert (renamed.root, renamed.digest) == (plain.root, plain.digest)
    assert renamed.name == f"wee-{plain.root[:8]}"
    assert renamed.ids == plain.ids
