"""The file of a plan: what is read, what is left open, and what each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.plans.written import Advice, WrittenPlan, read_plan, template


def plan(tmp_path: Path, text: str, scenario: Scenario, name: str = "plan.yaml") -> WrittenPlan:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_plan(path).on(scenario)


def test_a_file_of_nothing_but_options_is_a_plan(tmp_path: Path, small: Scenario) -> None:
    found = plan(tmp_path, "fence: us\nwell: half\n", small)
    assert found.title is None
    assert list(found.advises.items()) == [("well", Advice("half")), ("fence", Advice("us"))]
    assert found.package == {"well": "half", "fence": "us"}


def test_title_scenario_and_sentences_are_kept(tmp_path: Path, small: Scenario) -> None:
    text = """\
title: Water for all
scenario: small
advises:
  well: {option: half, sentence: "Each draws half."}
  fence:
"""
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    file = read_plan(path)
    assert file.scenario == "small"
    found = file.on(small)
    assert found.title == "Water for all"
    # An issue without a value is one that the plan does not address.
    assert found.advises == {"well": Advice("half", "Each draws half.")}


@pytest.mark.parametrize(
    ("text", "line", "what", "fix"),
    [
        ("well: hallf\n", 1, "'hallf' is no option of well", "'half'"),
        ("wel: half\n", 1, "small has no such issue", "'well'"),
        ("well: 3\n", 1, "no text is no option of well", "mine"),
        ("well: [half]\n", 1, "no text is no option of well", "mine"),
        ("well: {option: half, sentense: x}\n", 1, "advice has no such field", "'sentence'"),
        ("well: {option: half, sentence: 3}\n", 1, "this is no text", "write text"),
        ("title: x\nadvises:\n  fence: you\n", 3, "'you' is no option of fence", "us"),
        ("titel: x\nadvises:\n  fence: us\n", 1, "a plan has no such field", "'title'"),
        ("title: [x]\nadvises:\n  fence: us\n", 1, "this is no text", "write text"),
        ("advises: half\n", 1, "the plan advises nothing", "issue: option"),
        ("advises:\n  well:\n", 1, "the plan advises nothing", "well, fence"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_fix(
    tmp_path: Path, small: Scenario, text: str, line: int, what: str, fix: str
) -> None:
    with pytest.raises(InputError) as caught:
        plan(tmp_path, text, small)
    assert what in str(caught.value)
    assert f"plan.yaml:{line}" in (caught.value.where or "")
    assert fix in (caught.value.fix or "")


def test_every_mistake_is_told_at_once(tmp_path: Path, small: Scenario) -> None:
    with pytest.raises(InputError) as caught:
        plan(tmp_path, "well: x\nfence: y\n", small)
    assert "'x' is no option of well" in caught.value.what
    assert "plan.yaml:2: fence: 'y' is no option of fence" in caught.value.what


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("plan.yaml", "- well\n", "a mapping of issues to options"),
        ("plan.yaml", "{}\n", "a mapping of issues to options"),
        ("plan.yaml", "scenario: [3]\nadvises: {well: half}\n", "this is no name"),
        ("plan.yaml", "well: {half\n", "not valid YAML"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, name: str, text: str, what: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        read_plan(path)


def test_a_template_is_a_plan_once_it_is_filled_in(tmp_path: Path, small: Scenario) -> None:
    text = template(small)
    assert "# Who draws from the well?" in text
    assert "half: each draws half" in text
    with pytest.raises(InputError, match="advises nothing"):
        plan(tmp_path, text, small)
    found = plan(tmp_path, text.replace("  well:\n", "  well: mine\n"), small)
    assert found.package == {"well": "mine"}
