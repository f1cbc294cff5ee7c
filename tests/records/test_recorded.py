"""Talks that were held elsewhere: read and held like others, but by no rules of this program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import RecordError
from harness.incentives.profiles import Role
from harness.records.reader import RunFolder
from harness.records.spec import RecordedSeat, RecordedSpec
from harness.records.transcript import Transcript
from tests.support.disputes import small as dispute
from tests.support.run_folders import (
    LEANING,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)

Document = dict[str, Any]


@pytest.fixture
def small(tmp_path: Path) -> Scenario:
    return dispute(tmp_path)


def spec_of(scenario: Scenario, **fields: Any) -> RecordedSpec:
    seats = (
        RecordedSeat(seat="o", principal=scenario.seats.o, role=Role.OFFICIAL, model="gpt-x"),
        RecordedSeat(seat="u", principal=scenario.seats.u, role=Role.DELEGATE),
    )
    known = {"scenario": scenario.id, "scenario_hash": scenario.digest(), "seats": seats}
    return RecordedSpec(**{**known, "source": "5" * 64, **fields})


def recorded(scenario: Scenario) -> Placed:
    """Seven rounds of what a suite's protocol would have ended after three."""
    entries: list[Any] = [("o", LEANING), ("u", MIDDLE)]
    for _ in range(6):
        entries += ["next round", ("o", LEANING), ("u", MIDDLE)]
    played = dialogue(scenario, "lean", [*entries, ("o", "accept")])
    spec = spec_of(scenario)
    document = {**dict(played), "id": spec.id, "kind": "recorded", "spec": spec}
    return Placed.of(Transcript.model_validate(document), "lean")


@pytest.fixture
def run(tmp_path: Path, small: Scenario) -> RunFolder:
    played = [deal(small, "plain", MIDDLE), recorded(small)]
    return make_run(tmp_path / "run", make_suite(), {small.id: small}, played, scores=[])


def test_it_is_read_back_beside_those_that_were_played(run: RunFolder, small: Scenario) -> None:
    played, found = run.transcripts()
    assert (played.kind, found.kind) == ("talks", "recorded")
    assert found.model_dump() == recorded(small).model_dump()
    assert found.id == found.spec.id == spec_of(small).id
    assert isinstance(found.spec, RecordedSpec)
    assert found.spec.seat("o").model == "gpt-x"
    assert (found.spec.seat("u").model, found.spec.seat("u").how) == (
        None,
        "somebody who is not named",
    )
    assert found.body.outcome.round == 7, "no rules bound it"
    assert run.place(found.id).arms == ("lean",)
    assert run.transcript(found.id[:6]) == found


def test_its_id_is_of_all_that_is_known_of_it(small: Scenario) -> None:
    changes: list[Document] = [{}, {"source": "6" * 64}, {"scenario_hash": "0" * 16}]
    changes += [{"twin": "seats"}, {"seats": spec_of(small).seats[::-1]}, {"version": 2}]
    assert len({spec_of(small, **change).id for change in changes}) == len(changes)


def mutated(run: RunFolder, change: Callable[[Document], object], *, fits: bool = False) -> None:
    path = run.path / "transcripts.jsonl"
    lines = path.read_text().splitlines()
    document = json.loads(lines[1])
    change(document)
    if fits:
        document["id"] = RecordedSpec.model_validate(document["spec"]).id
    lines[1] = json.dumps(document, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("step", [5, 500])
def test_no_number_of_turns_is_too_many(run: RunFolder, step: int) -> None:
    mutated(run, lambda d: d["body"]["turns"][0].update(step=step))
    assert [t.body.turns[0].step for t in run.transcripts()][1] == step


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    ("change", "fits", "words"),
    [
        (lambda d: d["spec"].update(source="6" * 64), False, "its id is not that of its spec"),
        (lambda d: d.update(kind="talks"), False, "states its kind twice"),
        (lambda d: d["spec"].update(scenario="nowhere"), True, "no scenario 'nowhere'"),
        (lambda d: d["spec"]["seats"][0].update(principal="nobody"), True, "no principal"),
        (lambda d: d["spec"]["seats"][1].update(seat="o"), True, "a seat is taken twice"),
        (lambda d: d["body"]["turns"][0].update(seat="z"), False, "seat 'z'"),
        (lambda d: d["body"]["turns"][0].update(step=0), False, "step 0"),
        (lambda d: d["body"]["turns"][-1].update(round=3), False, "in round 3"),
        (lambda d: d["body"]["turns"][0]["move"]["package"].update(well="x"), False, "option 'x'"),
        (lambda d: d["body"]["outcome"].update(round=2), False, "the outcome is in round 2"),
        (lambda d: d.update(status="void"), False, "its status void"),
    ],
)
def test_it_is_held_against_itself_and_its_run(
    run: RunFolder, change: Callable[[Document], object], fits: bool, words: str
) -> None:
    mutated(run, change, fits=fits)
    with pytest.raises(RecordError, match=f"damaged line: .*{words}") as found:
        list(RunFolder(run.path).transcripts())
    assert found.value.where == f"{run.path}/transcripts.jsonl:2"


@pytest.mark.parametrize("field", ["seed", "protocol", "templates"])
def test_what_is_not_known_of_it_is_not_said(run: RunFolder, field: str) -> None:
    mutated(run, lambda d: d["spec"].update({field: 1}))
    with pytest.raises(RecordError, match="damaged line"):
        list(RunFolder(run.path).transcripts())
