"""The plan: whole pairs first, paired randomness, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError, Track15Error, UsageError
from harness.orchestrator.estimate import estimate
from harness.orchestrator.plan import Overrides, load_suite, make_plan
from harness.prompting import Prompts
from tests.support.disputes import SMALL, write
from tests.support.runs import tiny_plan, tiny_suite

MODEL = "openai/x@http://127.0.0.1:9/v1"


def test_arms_of_a_pair_stand_together_and_share_their_seed(tmp_path: Path) -> None:
    specs = list(tiny_plan(write(tmp_path)).specs())
    assert len(specs) == 8
    for one, half in zip(specs[::2], specs[1::2], strict=True):
        assert (one.arm, half.arm) == ("one", "half")
        assert (one.pair, one.seed) == (half.pair, half.seed)
    assert len({spec.seed for spec in specs}) == 4
    assert len({spec.id for spec in specs}) == 8


def test_the_same_suite_is_the_same_plan_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    first, second = (tiny_plan(write(folder)) for folder in (tmp_path, tmp_path / "elsewhere"))
    assert first.ids == second.ids
    assert first.name == second.name


def test_a_limit_keeps_whole_pairs_first(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    whole = make_plan(suite, Overrides())
    assert make_plan(suite, Overrides(limit=4)).ids == whole.ids[:4]


def test_models_sit_by_seat_in_every_arm(tmp_path: Path) -> None:
    other = MODEL.replace("/x@", "/y@")
    overrides = Overrides(models={"official": MODEL, "unofficial": other})
    for spec in make_plan(tiny_suite(write(tmp_path)), overrides).specs():
        assert [(s.seat, s.model, s.kind) for s in spec.seats] == [
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
    seats = {spec.arm: [(s.seat, s.principal) for s in spec.seats] for spec in plan.specs()}
    two = [("o", "b"), ("u", "a")]
    assert seats == {"two": two, "three": [*two, ("x1", "heirs")]}


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
    # Two rounds of four turns and the debrief; the officials of Track 1 may also ask their capital.
    assert cost.calls == 8 * (2 * 4 + 1) + 4 * 2 * 2
    assert (cost.compared, cost.per_scenario) == (1, 4)
    assert cost.prompt_tokens > cost.calls * 500
    assert estimate(make_plan(suite, Overrides()), None).calls == 0
