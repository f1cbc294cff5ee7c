"""Points of pairs of options in the neutral form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.app.importing import import_file
from harness.disputes.joint import joint_problems
from harness.disputes.parts import Principal
from harness.evaluators.case import case_of
from harness.evaluators.settlement import Settlement
from harness.exchange.importing.negotiation import Together
from harness.exchange.importing.worth import scaled
from tests.support.joint import plain, together

Document = dict[str, Any]
POINTS = st.floats(-100, 100).map(lambda n: round(n, 3))
ISSUES = {"post": ("cook", "waiter"), "firm": ("inn", "bar", "hall"), "pay": ("low", "high")}


def negotiation(**changes: Any) -> Document:
    """What a cook or a waiter is worth depends on the firm, and the firm counts by itself too."""
    pair = {"cook": {"inn": 8, "bar": -2}, "waiter": {"inn": 3, "bar": 3}}
    party = {
        "values": {"firm": {"inn": 1, "bar": 0}},
        "joint": [{"issues": ["post", "firm"], "values": pair}],
        "reservation": 0,
        **changes,
    }
    return {
        "id": "one",
        "parties": {"house": party, "guest": {**party, "joint": party["joint"]}},
        "issues": {"post": ["cook", "waiter"], "firm": ["inn", "bar"]},
        "turns": [{"who": "house", "offer": {"post": "waiter", "firm": "inn"}}],
        "outcome": {"kind": "deal", "terms": {"post": "cook", "firm": "inn"}},
    }


def imported(tmp_path: Path, document: Document, **options: Any) -> Any:
    path = tmp_path / "talks.jsonl"
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return import_file("jsonl", path, log_dir=tmp_path / "runs", **options)


def test_points_of_pairs_are_added_to_those_of_issues(tmp_path: Path) -> None:
    folder = imported(tmp_path, negotiation()).folder
    (record,) = folder.transcripts()
    (points,) = {seat.points for seat in record.spec.seats}
    assert (points.zero, points.one) == (-2, 9)
    found = Settlement().score(case_of(record, folder.info)).values
    assert found["u_o"] == pytest.approx(1.0), "8 + 1 of -2 to 9 points"
    scenario = next(iter(folder.info.scenarios.values()))
    assert scenario.terms("house").reservation == pytest.approx(2 / 11)
    assert set(scenario.terms("house").weights) == {"firm"}


BAD: dict[str, tuple[Callable[[], Document], str]] = {
    "an issue that is none": (
        lambda: negotiation(joint=[{"issues": ["post", "wage"], "values": {"cook": {"a": 1}}}]),
        "joint points of 'wage', which is no issue",
    ),
    "an issue with itself": (
        lambda: negotiation(joint=[{"issues": ["post", "post"], "values": {"cook": {"a": 1}}}]),
        "joint points of 'post' with itself; name two issues",
    ),
    "an option left out": (
        lambda: negotiation(joint=[{"issues": ["post", "firm"], "values": {"cook": {"inn": 1}}}]),
        "the points of 'post': 'waiter' are missing",
    ),
    "a pair left out": (
        lambda: negotiation(
            joint=[{"issues": ["post", "firm"], "values": {"cook": {"inn": 1}, "waiter": {}}}]
        ),
        "the points of 'firm': 'bar' are missing",
    ),
    "points that do not differ": (
        lambda: negotiation(
            joint=[
                {
                    "issues": ["post", "firm"],
                    "values": {p: {"inn": 1, "bar": 1} for p in ("cook", "waiter")},
                }
            ]
        ),
        "the joint points of 'post' and 'firm' are all the same; leave them out",
    ),
    "a pair twice": (
        lambda: negotiation(joint=negotiation()["parties"]["house"]["joint"] * 2),
        "post and firm are a pair already",
    ),
    "pairs and no values": (lambda: negotiation(values=None), "lacks 'values'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_named(name: str, tmp_path: Path) -> None:
    make, why = BAD[name]
    path = tmp_path / "talks.jsonl"
    path.write_text(f"{json.dumps(negotiation())}\n{json.dumps(make())}\n", encoding="utf-8")
    found = import_file("jsonl", path, log_dir=tmp_path / "runs")
    assert (found.read, found.refused) == (1, 1)
    assert why in found.problems[0]


@given(st.data())
def test_every_package_is_worth_its_points(data: st.DataObject) -> None:
    table = {one: {two: data.draw(POINTS) for two in ISSUES["firm"]} for one in ISSUES["post"]}
    table["cook"]["inn"], table["waiter"]["bar"] = 101.0, -101.0
    own = {"pay": {"low": data.draw(POINTS), "high": data.draw(POINTS)}}
    if data.draw(st.booleans()):
        own["firm"] = {option: data.draw(POINTS) for option in ISSUES["firm"]}
    pair = Together(issues=("post", "firm"), values=table)
    low = sum(min(each.values()) for each in own.values()) - 101
    found = scaled(own, ISSUES, low, "points", [pair])
    assert found.reservation == pytest.approx(0, abs=1e-9)
    whole = sum(found.weights.values()) + sum(one.weight for one in found.joint)
    assert whole == pytest.approx(1)
    (scale,) = found.joint
    for post, firm, pay in product(*ISSUES.values()):
        chosen = {"firm": firm, "pay": pay}
        told = table[post][firm] + sum(own[i][o] for i, o in chosen.items() if i in own)
        u = scale.weight * scale.values[post][firm]
        u += sum(found.weights[i] * found.values[i][o] for i, o in chosen.items() if i in own)
        points = found.points
        assert points.zero + u * (points.one - points.zero) == pytest.approx(told, abs=1e-9)


def test_finished_talks_may_be_of_a_scenario_that_nobody_can_be_sent_to(tmp_path: Path) -> None:
    path = tmp_path / "valley.yaml"
    document = together(plain()).model_dump(mode="json", by_alias=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    terms = {"well": "half", "fence": "us"}
    talks = {"parties": {"b": {}, "a": {}}, "outcome": {"kind": "deal", "terms": terms}}
    folder = imported(tmp_path, talks, scenario=str(path)).folder
    (record,) = folder.transcripts()
    found = Settlement().score(case_of(record, folder.info)).values
    assert (found["u_o"], found["u_u"]) == (pytest.approx(0.85), pytest.approx(0.42))


def test_the_pages_show_pairs_that_are_sound(tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs"
    (party,) = re.findall(r"```json\n(.*?)```", (docs / "import.md").read_text("utf-8"), re.S)
    document = negotiation()
    document["parties"] = dict.fromkeys(document["parties"], json.loads(party))
    document["issues"] = {"Position": ["Cook", "Waiter"], "Company": ["Acorn", "Birch"]}
    document["turns"] = []
    document["outcome"] = {"kind": "no_deal"}
    assert imported(tmp_path, document).read == 1
    blocks = re.findall(r"```yaml\n(.*?)```", (docs / "scenarios.md").read_text("utf-8"), re.S)
    (shown,) = (yaml.safe_load(block) for block in blocks if "joint:" in block)
    options = {"salary": ("low", "high"), "company": ("acorn", "birch")}
    issues = {**options, "post": ("engineer", "designer")}
    principal = plain().principals["heirs"].model_dump(mode="json") | shown
    principal["costs"] = {i: {"material": 1, "political": 0, "emotional": 0} for i in issues}
    found = Principal.model_validate(principal)
    assert joint_problems(found, {i: set(each) for i, each in issues.items()}, ()) == []
    assert sum(found.weights.values()) + found.joint[0].weight == 1
