"""Where files are looked for, and files that are something else (F2, F7, F9, F12, F13)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.app.planning import prepare
from harness.disputes.loading import load_scenarios
from harness.errors import InputError, MissingExtraError, Track15Error
from harness.orchestrator import plan_checks as planning
from harness.orchestrator.overrides import Overrides
from harness.suite.loading import load_suite_file
from tests.support import disputes
from tests.support.command import track15

SMALL = disputes.SMALL[: disputes.SMALL.index("realities:")]
SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Why?
scenarios: [y/small.yaml]
protocol: {rounds: 1, turns: 2}
arms:
  t1: {track: "1"}
  t15: {track: "1.5"}
contrasts:
  primary: {name: skew, treatment: t15, control: t1}
checks:
  - {name: fair, arm: t1, measure: settlement.skew, max: 1}
"""
EVALUATOR = """\
from harness.evaluators.base import Found, Measure

class Mine:
    name = "mine"
    version = 1
    measures = (
        Measure(name="one", title="one", definition="always 1", range="1", undefined="never"),
    )

    def score(self, case):
        found = Found()
        found.put("one", 1.0)
        return found
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "suites" / "y").mkdir(parents=True)
    (tmp_path / "suites" / "y" / "small.yaml").write_text(SMALL)
    (tmp_path / "suites" / "mine.yaml").write_text(SUITE)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


def refused(suite: Path | str, **changes: object) -> Track15Error:
    with pytest.raises(Track15Error) as caught:
        prepare(str(suite), Overrides(**changes), None)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    return caught.value


def changed(here: Path, old: str, new: str) -> Path:
    assert old in SUITE
    path = here / "suites" / "mine.yaml"
    path.write_text(SUITE.replace(old, new))
    return path


@pytest.mark.kind("F7")
def test_paths_in_a_suite_start_at_the_suite(here: Path) -> None:
    plan, _ = prepare("../suites/mine.yaml", Overrides(), None)
    assert list(plan.scenarios) == ["small"]


@pytest.mark.kind("F7")
def test_the_folder_of_the_suite_comes_before_the_folder_here(here: Path) -> None:
    (here / "elsewhere" / "y").mkdir()
    (here / "elsewhere" / "y" / "small.yaml").write_text(SMALL.replace("id: small", "id: other"))
    plan, _ = prepare("../suites/mine.yaml", Overrides(), None)
    assert list(plan.scenarios) == ["small"]
    plan, _ = prepare("../suites/mine.yaml", Overrides(scenarios=["y/small.yaml"]), None)
    assert list(plan.scenarios) == ["other"], "what is typed starts where it is typed"
    (here / "suites" / "y" / "small.yaml").unlink()
    plan, _ = prepare("../suites/mine.yaml", Overrides(), None)
    assert list(plan.scenarios) == ["other"], "and here is looked next"


@pytest.mark.kind("F7")
def test_what_is_in_neither_place_is_said_to_be(here: Path) -> None:
    (here / "suites" / "y" / "small.yaml").unlink()
    error = refused("../suites/mine.yaml")
    assert error.what == "no such file, neither in '../suites' nor here"


@pytest.mark.kind("F7")
def test_evaluators_in_a_suite_start_at_the_suite(here: Path) -> None:
    (here / "suites" / "own.py").write_text(EVALUATOR)
    path = changed(here, "checks:", "evaluators: [settlement, own.py:Mine]\nchecks:")
    own = load_suite_file("../suites/mine.yaml").suite.evaluators
    assert own == ("settlement", "../suites/own.py:Mine")
    path.write_text(SUITE.replace("checks:", "evaluators: [settlement, other.py:Mine]\nchecks:"))
    own = load_suite_file("../suites/mine.yaml").suite.evaluators
    assert own == ("settlement", "other.py:Mine"), "as it is written, where it is not there"


@pytest.mark.kind("F7")
def test_home_is_expanded(here: Path) -> None:
    done = track15("list", "runs", "--log-dir=~/runs", "--json", cwd=here, HOME=str(here))
    assert done.code == 0, done.err
    assert not (here / "~").exists()
    done = track15("report", "--out", "-", cwd=here)
    assert done.out.startswith("<!doctype html>"), "here it is stdout"
    assert not (here / "-").exists()
    track15("list", "--log-dir=~nobody-here/x", cwd=here).fails(2, "home folder of an unknown user")


@pytest.mark.kind("F7")
@pytest.mark.parametrize("arguments", [("run", "{}"), ("show", "{}"), ("list", "--log-dir", "{}")])
def test_a_path_that_is_no_text(here: Path, arguments: tuple[str, ...]) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    typed = [argument.format(name) for argument in arguments]
    track15(*typed, cwd=here).fails(2, r"'caf\xe9.yaml' is not UTF-8 text", "fix:")


@pytest.mark.kind("F9")
@pytest.mark.parametrize(
    ("name", "content", "what", "fix"),
    [
        ("s.yaml", SMALL, "this is a scenario, not a suite", "quickstart --scenario s.yaml"),
        ("g.yaml", "id: g\ngenerate: {}", "a family of games, not", "--scenario g.yaml"),
        ("m.yaml", "models: {}", "this is a list of models, not", "--models m.yaml"),
        ("run.json", '{"plan": "x", "suite": {}}', "the plan of a run", "track15 show ."),
        ("e.py", "x", "this is Python", "--delegation ROLE=e.py:OBJECT"),
        ("t.jsonl", "{}", "a file of a run", "track15 show"),
        ("a b.yaml", SMALL, "this is a scenario", "--scenario 'a b.yaml'"),
    ],
)
def test_a_file_of_another_kind_as_a_suite(
    here: Path, name: str, content: str, what: str, fix: str
) -> None:
    Path(name).write_text(content)
    error = refused(name)
    assert what in error.what
    assert fix in (error.fix or "")


@pytest.mark.kind("F9")
def test_a_suite_or_a_run_as_a_scenario(here: Path) -> None:
    Path("s.yaml").write_text(SUITE)
    with pytest.raises(InputError, match="this is a suite, not a scenario") as caught:
        load_scenarios("s.yaml")
    assert caught.value.fix == "play it with: track15 run s.yaml"
    Path("r").mkdir()
    Path("r/run.json").write_text("{}")
    error = refused("r")
    assert (error.what, error.fix) == (
        "this is the folder of a run, not a suite",
        "read it with: track15 show r",
    )


@pytest.mark.kind("F9")
def test_an_extra_is_installed_from_the_checkout() -> None:
    fix = MissingExtraError("langgraph", "langchain").fix or ""
    assert "-m pip install -e " in fix
    assert "[langchain]" in fix
    assert "track15[" not in fix


UNDECIDABLE = {
    "an arm against itself": (
        "treatment: t15, control: t1}",
        "treatment: t1, control: t1}",
        "compared with itself",
    ),
    "a measure without its evaluator": (
        "{name: skew,",
        "{name: skew, measure: skew,",
        "unknown measure 'skew'",
    ),
    "a measure that is none": ("settlement.skew", "settlement.skwe", "unknown measure"),
    "a measure in words": ("settlement.skew", "process.void_kind", "has values in words"),
    "an arm that is none": ("treatment: t15", "treatment: t51", "unknown arm 't51'"),
    "arms without a twin in common": (
        't15: {track: "1.5"}',
        't15: {track: "1.5", twins: [seats]}',
        "no scenario and twin in common",
    ),
    "arms without a scenario in common": (
        't15: {track: "1.5"}',
        't15: {track: "1.5", scenarios: [ceasefire]}',
        "no scenario and twin in common",
    ),
    "a bound that nothing meets": ("max: 1}", "max: 1, min: 2}", "min is above max"),
    "a check that bounds nothing": ("skew, max: 1}", "skew}", "bounds nothing"),
}


@pytest.mark.kind("F2")
@pytest.mark.parametrize("case", UNDECIDABLE)
def test_what_no_outcome_could_answer_is_refused_before_play(here: Path, case: str) -> None:
    old, new, what = UNDECIDABLE[case]
    path = changed(here, old, new)
    error = refused(path)
    assert what in str(error)
    line = path.read_text()[: path.read_text().index(new)].count("\n") + 1
    shown = int((error.where or "").rpartition(":")[2])
    assert shown in (line, line - 1, 11), "at its line, or at the block that it is in"


@pytest.mark.kind("F2")
def test_the_extreme_of_one_arm_is_refused(here: Path) -> None:
    text = SUITE[: SUITE.index("  t15:")] + (
        "checks:\n  - {name: fair, arm: t1, measure: settlement.skew, extreme: lowest}\n"
    )
    path = here / "suites" / "mine.yaml"
    path.write_text(text)
    assert "is the only arm" in refused(path).what


@pytest.mark.kind("F2")
def test_a_misspelt_measure_is_told_the_whole_name(here: Path) -> None:
    error = refused(changed(here, "{name: skew,", "{name: skew, measure: skew,"))
    assert "did you mean 'settlement.skew'?" in (error.fix or "")


@pytest.mark.kind("F9")
def test_a_measure_of_an_evaluator_that_is_not_listed(here: Path) -> None:
    error = refused(changed(here, "contrasts:", "evaluators: [process]\ncontrasts:"))
    assert "'settlement.skew' is of an evaluator that 'evaluators' does not list" in error.what
    assert error.fix == "add settlement to 'evaluators'"


@pytest.mark.kind("F12")
def test_prompts_with_scripted_seats(here: Path) -> None:
    folder = here / "prompts"
    folder.mkdir()
    (folder / "brief.md.j2").write_text("Mine.")
    suite = str(here / "suites" / "mine.yaml")
    told: list[str] = []
    _, prompts = prepare(suite, Overrides(), folder, notify=told.append)
    assert prompts is None
    assert "Scripted delegations read no prompts: --prompts changes nothing here." in told
    (folder / "brief.md.j2").write_text("{% if %}")
    with pytest.raises(InputError, match="cannot be used"):
        prepare(suite, Overrides(), folder)


@pytest.mark.kind("F13")
@pytest.mark.parametrize(("issues", "options"), [(10, 4), (7, 8), (8, 6)])
def test_a_million_packages_are_refused_with_what_would_do(
    here: Path, issues: int, options: int
) -> None:
    ids = [f"i{n}" for n in range(issues)]
    choices = ", ".join(f"{{id: o{n}, text: t}}" for n in range(options))
    lines = [f"  - {{id: {i}, name: n, question: q, options: [{choices}]}}" for i in ids]
    a, b = SMALL.index("issues:"), SMALL.index("principals:")
    Path("big.yaml").write_text(SMALL[:a] + "issues:\n" + "\n".join(lines) + "\n" + SMALL[b:])
    with pytest.raises(InputError) as caught:
        load_scenarios("big.yaml")
    assert f"{options**issues:,} packages; at most 400,000" in str(caught.value)


@pytest.mark.kind("F13")
def test_more_dialogues_than_a_run_has_are_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MAX_DIALOGUES", 100)
    suite = here / "suites" / "mine.yaml"
    error = refused(suite, epochs=51)
    assert error.what == "the suite has 102 dialogues; one run has at most 100"
    plan, _ = prepare(str(suite), Overrides(epochs=51, limit=20), None)
    assert len(plan.ids) == 20
