"""Texts that are said to anybody are checked, whatever field they stand in (F1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, StringConstraints

from harness.cli.list import _scenarios
from harness.disputes.games.family import GameFamily
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError
from harness.files.yamlfile import load_model
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.prompting.talks import Prompts
from harness.records.run import RunInfo
from harness.suite.loading import load_suite_file
from harness.suite.suite import Suite
from harness.talks.barrier import public_dispute
from harness.texts import Mark, SaidMark, texts_of
from tests.support.disputes import SMALL
from tests.support.views import PlayedTable

pytestmark = pytest.mark.kind("F1")

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Why?
scenarios: [small.yaml]
twins: [none, names]
arms:
  t1: {track: "1"}
  t15:
    track: "1.5"
    title: Former officials
    u:
      stance: You were promised a well by $b.
      members: [{id: lawyer, title: adviser of $a, remit: the law of $a}]
contrasts:
  primary: {name: skew, treatment: t15, control: t1}
checks:
  - {name: fair, arm: t1, measure: settlement.skew, max: 1, why: it may be}
"""


def plan_of(folder: Path, suite: str = SUITE, scenario: str = SMALL) -> Any:
    (folder / "small.yaml").write_text(scenario)
    (folder / "mine.yaml").write_text(suite)
    file = load_suite_file(str(folder / "mine.yaml"))
    return make_plan(file.suite, Overrides(), None, file.document)


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


# Said text of the scenario -> the field that an error names.
SAID = {
    "A small dispute": "title",
    "discuss the": "summary",
    "The well\n": "issues.0.name",
    "Who draws from": "issues.0.question",
    "each draws half": "issues.0.options.1.text",
    "farms the hill": "principals.a.description",
    "needs water": "principals.a.red_lines.0.why",
    "Water is life": "principals.a.public.talking_points.0",
}


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize(
    "wrong", ["worth $5m", "of $nobody", "of $x_adj", "of Arden", "by Boralian"]
)
def test_whatever_a_scenario_says_is_checked(tmp_path: Path, words: str, wrong: str) -> None:
    text = SMALL.replace(words, f"{wrong} {words}", 1)
    path = tmp_path / "small.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_scenarios(str(path))
    assert f":{line_of(text, wrong)}" in str(caught.value)
    assert SAID[words] in str(caught.value)


def test_a_dollar_in_a_title_is_said_as_one(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("A small dispute", "$a_adj water worth $$5m"))
    (scenario,) = load_scenarios(str(path))
    assert public_dispute(scenario).title == "Ardenese water worth $5m"
    assert public_dispute(scenario.twin(Twin.NAMES)).title == "Boralian water worth $5m"


def test_what_a_record_says_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    (scenario,) = load_scenarios(str(path))
    old = scenario.model_copy(update={"title": "Arden's $5m and $a"})
    again = Scenario.model_validate_json(old.model_dump_json(by_alias=True))
    assert again.say(again.title) == "Arden's $5m and Arden"


@pytest.mark.parametrize("title", ["Worth $5m", "Of $zz", "Norland games ${", "$"])
def test_the_title_of_a_family_is_checked(tmp_path: Path, title: str) -> None:
    path = tmp_path / "games.yaml"
    path.write_text(
        f"schema: track15/games/1\nid: many\ntitle: '{title}'\n"
        "generate: {instances: 2, issues: 4, options: 3, kinds: {integrative: 2, distributive: 2}}"
    )
    with pytest.raises(InputError, match="title"):
        load_scenarios(str(path))


@pytest.mark.parametrize(
    "content",
    [
        SMALL.replace("A small dispute", "Worth $5m"),
        SMALL.replace("id: small", "id: [1]"),
        "id: " + "[" * 3000,
        "\x07",
        "a: &a {<<: *a}",
        "a: 0x" + "f" * 9000,
    ],
)
def test_a_bad_file_hides_no_other_from_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    folder = tmp_path / "evals" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "good.yaml").write_text(SMALL)
    (folder / "bad.yaml").write_text(content)
    monkeypatch.chdir(tmp_path)
    rows = {row["scenario"]: row["title"] for row in _scenarios()}
    assert rows["small"] == "A small dispute"
    assert re.match(r"unusable: .*bad\.yaml(:\d+)?: \S+ ", rows["bad"]), "with the reason"
    assert "ceasefire" in rows


# Text of the suite that models are told -> the field that an error names.
TOLD = {
    "You were promised": "arms.t15.u.stance",
    "adviser of": "arms.t15.u.members.0.title",
    "the law of": "arms.t15.u.members.0.remit",
}


@pytest.mark.parametrize("words", TOLD)
@pytest.mark.parametrize("wrong", ["$5m", "$nobody", "$x_adj", "Arden", "Boralian"])
def test_what_a_suite_tells_a_model_is_checked(tmp_path: Path, words: str, wrong: str) -> None:
    text = SUITE.replace(words, f"{wrong} {words}")
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, text)
    assert caught.value.where == f"{tmp_path}/mine.yaml:{line_of(text, wrong)}"
    assert TOLD[words] in caught.value.what
    assert "small" in caught.value.what, "on which scenario"


def test_the_placeholders_of_a_suite_are_filled_in_for_the_model(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    scenario = plan.scenarios["small"]
    for twin, other, own in ((Twin.NONE, "Boral", "Arden"), (Twin.NAMES, "Arden", "Boral")):
        spec = next(w.talks for w in plan.ways() if w.arm == "t15" and w.twin is twin)
        table = PlayedTable(spec, scenario.twin(twin))
        told = Prompts().system(table.view("u"))
        assert f"You were promised a well by {other}." in told
        assert f"adviser of {own} (the law of {own})" in told
        assert "$" not in told


HEADINGS = {
    "title: Mine": "title",
    "question: Why?": "question",
    "title: Former officials": "arms.t15.title",
    "{name: skew": "contrasts.primary.name",
    "{name: fair": "checks.0.name",
    "why: it may be": "checks.0.why",
}


@pytest.mark.parametrize("words", HEADINGS)
@pytest.mark.parametrize("wrong", ["$a", "$x_adj", "Arden", "Boralian"])
def test_headings_are_checked(tmp_path: Path, words: str, wrong: str) -> None:
    text = SUITE.replace(words, f"{words} {wrong}")
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, text)
    assert HEADINGS[words] in str(caught.value)


def test_a_sum_in_a_heading_is_no_placeholder(tmp_path: Path) -> None:
    assert plan_of(tmp_path, SUITE.replace("title: Mine", "title: Worth $5m, [b]or $$a[/b]"))


def test_names_may_head_a_suite_that_does_not_exchange_them(tmp_path: Path) -> None:
    text = SUITE.replace("title: Mine", "title: Arden").replace(
        "twins: [none, names]", "twins: [none]"
    )
    assert plan_of(tmp_path, text)


@pytest.mark.parametrize("model", [Scenario, GameFamily, Suite])
def test_every_text_is_marked_with_what_it_is_for(model: type[BaseModel]) -> None:
    unmarked = [".".join(path) for path in _unmarked(model, (), set())]
    assert unmarked == [], "mark it as Said, Heading or Note"


def _unmarked(model: type[BaseModel], at: tuple[str, ...], seen: set[type]) -> Iterator[Any]:
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield from _loose(field.annotation, list(field.metadata), (*at, name), seen)


def _loose(
    annotation: Any, notes: list[Any], at: tuple[str, ...], seen: set[type]
) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _loose(inner, [*notes, *more], at, seen)
    elif annotation is str:
        patterned = any(getattr(note, "pattern", None) for note in notes)
        patterned |= any("pattern" in str(note) for note in notes)
        if not patterned and not any(isinstance(note, Mark) for note in notes):
            yield at
    elif get_origin(annotation) is Literal or annotation is Any:
        return
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _unmarked(annotation, at, seen)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        return
    else:
        arguments = get_args(annotation)
        if get_origin(annotation) is dict:
            arguments, notes = arguments[1:], []  # keys are names
        for inner in arguments:
            yield from _loose(inner, notes, at, seen)


def test_texts_are_found_however_deep() -> None:
    class Deep(BaseModel):
        here: Annotated[str, SaidMark()] = "one"
        there: dict[str, tuple[Annotated[str, StringConstraints(min_length=1), SaidMark()], ...]]
        maybe: Annotated[str, SaidMark()] | None = "three"
        none: Annotated[str, SaidMark()] | None = None
        unsaid: str = "not this"
        more: list[Deep] | None = None

    Deep.model_rebuild(_types_namespace={"Deep": Deep})
    deep = Deep(there={"k": ("two",)}, more=[Deep(there={"l": ("four",)}, here="five", maybe=None)])
    assert dict(texts_of(deep, SaidMark)) == {
        ("here",): "one",
        ("there", "k", 0): "two",
        ("maybe",): "three",
        ("more", 0, "here"): "five",
        ("more", 0, "there", "l", 0): "four",
    }


def test_run_json_of_an_older_version_is_still_read(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    scenario = load_model(tmp_path / "small.yaml", Scenario)
    (tmp_path / "mine.yaml").write_text(SUITE)
    suite = load_model(tmp_path / "mine.yaml", Suite)
    odd = suite.model_copy(
        update={"title": "Arden $a", "contrasts": None, "question": "${x} or Boral?"}
    )
    info = RunInfo(
        version="0",
        created="then",
        command="track15 run mine.yaml",
        plan="0",
        dialogues=1,
        suite=odd,
        scenarios={"small": scenario.model_copy(update={"summary": "Boral $5m"})},
    )
    assert (
        RunInfo.model_validate_json(info.model_dump_json(by_alias=True)).suite.title == "Arden $a"
    )
