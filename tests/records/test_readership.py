"""What a reading is determined by, and what stands in its record."""

from __future__ import annotations

import json

import pytest
import yaml

from harness.disputes.scenario import Scenario
from harness.records.readership import (
    ARTICLE,
    ReaderAnswer,
    ReaderModel,
    Readership,
    ReadershipRecord,
    ReadershipSpec,
)
from harness.records.transcript import Repair
from harness.suite.influence import PANEL
from tests.support.disputes import SMALL
from tests.support.probes import talks
from tests.support.readerships import ADDRESS, article, spec_of

DISPUTE = Scenario.model_validate(yaml.safe_load(SMALL))
TALKS = talks(DISPUTE, "1.5")
READ = article({"well": "half"})


def written(spec: ReadershipSpec) -> dict[str, object]:
    """The spec as it stands in a file."""
    found: dict[str, object] = json.loads(spec.model_dump_json(by_alias=True))
    return found


def test_a_script_has_nothing_in_its_spec_that_it_does_not_read() -> None:
    spec = spec_of(TALKS, "after", read=READ)
    left_out = {"outlet", "home", "reader_model", "token_limit", "time_limit"}
    assert not left_out & written(spec).keys()
    assert (spec.templates, spec.repairs) == ({}, 0)
    assert "byline" not in written(spec_of(TALKS))
    asked = spec_of(TALKS, "after", read=READ, readers=PANEL[:1], model=ADDRESS)
    assert {"outlet", "byline", "reader_model"} <= written(asked).keys()
    assert all(name.startswith("readership/") for name in asked.templates)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"when": "before"}, "whoever is asked before has read no article"),
        ({"byline": None}, "an article is read under a byline, and nothing else is"),
        ({"inputs": {}}, "an article is read under a byline, and nothing else is"),
        ({"reader_model": ReaderModel(model=ADDRESS)}, "a model answers for one reader"),
        ({"readers": (PANEL[0], PANEL[0])}, "two readers of the panel have one id"),
        ({"readers": ()}, "readers"),
    ],
)
def test_a_spec_that_does_not_fit_together_is_refused(changes: dict[str, object], why: str) -> None:
    whole = spec_of(TALKS, "after", read=READ)
    fields = {name: getattr(whole, name) for name in ReadershipSpec.model_fields}
    assert ReadershipSpec(**fields).id == whole.id
    assert whole.inputs == {ARTICLE: READ.id}
    with pytest.raises(ValueError, match=why):
        ReadershipSpec(**{**fields, **changes})


def test_repairs_of_an_answer_are_counted_with_the_record() -> None:
    answer = ReaderAnswer(reader="ally", repairs=(Repair(error="no number", call=0),), calls=(0, 1))
    spec = spec_of(TALKS, readers=PANEL[-1:], model=ADDRESS)
    record = ReadershipRecord(
        id=spec.id,
        status="done",
        kind="readership",
        spec=spec,
        body=Readership(answers=(answer,)),
    )
    assert [repair.error for repair in record.repairs()] == ["no number"]
    assert list(record.unusable_calls()) == [0]
    assert ReadershipRecord.model_validate_json(record.model_dump_json(by_alias=True)) == record
