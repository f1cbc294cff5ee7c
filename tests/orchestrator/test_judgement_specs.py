"""What determines each judgement: alone, and in another form."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.orchestrator.judgement_specs import Asked, Specs
from harness.plans.named_rubrics import from_file
from harness.plans.rubrics import RUBRICS, RunRubric
from harness.records.episodes import Place
from harness.records.judgement import Judge, Variant
from tests.support.disputes import small
from tests.support.rubric_files import BOTH, write

READ = "0" * 16


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def specs(tmp_path: Path, scenario: Scenario) -> Specs:
    mine: RunRubric = from_file(write(tmp_path, BOTH))
    judge = Judge(model="openai/x@http://127.0.0.1:9/v1")
    return Specs(judge, {"small": scenario}, {**RUBRICS, mine.id: mine})


def place(twin: Twin = Twin.NONE) -> Place:
    return Place(name="talks", arms=("plain",), scenario="small", twin=twin, epoch=1)


def test_another_form_has_an_id_of_its_own_and_says_of_what(specs: Specs) -> None:
    usual = specs.of("both", READ, place())
    labels = specs.of("both", READ, place(), None, "labels")
    order = specs.of("both", READ, place(), None, "order")
    assert usual.variant is None
    assert "variant" not in usual.model_dump_json(), "no old id changes"
    assert labels.variant == Variant(swapped="labels", of=usual.id)
    assert order.variant == Variant(swapped="order", of=usual.id)
    assert len({usual.id, labels.id, order.id}) == 3
    assert (labels.seed, labels.inputs, labels.twin) == (usual.seed, usual.inputs, usual.twin)
    assert specs.of("both", READ, place(Twin.NAMES)).rubric == labels.rubric
    assert order.rubric.items[-1].answers == usual.rubric.items[0].answers[::-1]


def test_what_is_read_is_told() -> None:
    assert Asked("1", "2", "article").inputs == {"read": "2"}
    assert Asked("1", "2", "article", "3").inputs == {"read": "2", "talks": "3"}
