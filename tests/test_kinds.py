"""Kinds of stages by their names, those of one's own too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness import kinds
from harness.disputes.scenario import Scenario
from harness.errors import RecordError, Track15Error, UsageError
from harness.kinds import (
    brought,
    foreseen_of,
    hold_loadable,
    kind_of,
    load_kind,
    read_record,
    read_spec,
    register,
    view_of,
)
from harness.records.spec import RecordedSeat, RecordedSpec, TalksSpec
from harness.records.transcript import Transcript
from harness.stages.base import Kind, ScenarioOf
from harness.talks.stage import TalksKind
from tests.support import question
from tests.support.disputes import small
from tests.support.transcripts import make_transcript
from tests.support.views import track

GOLDEN = Path(__file__).parent / "records" / "golden" / "schema-1" / "transcripts.jsonl"
QUESTION = Path(__file__).parents[0] / "support" / "question.py"


class Mine(TalksKind):
    name = "mine"


MINE = Mine()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    monkeypatch.setattr(kinds, "_TARGETS", {})


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_talks_are_known(scenario: Scenario) -> None:
    assert isinstance(kind_of("talks"), TalksKind)
    spec = track(scenario, "1")
    read = read_spec(spec.model_dump_json(by_alias=True).encode())
    assert isinstance(read, TalksSpec)
    assert read == spec
    record = make_transcript(scenario, [("o", {"well": "mine", "fence": "us"}), ("u", "accept")])
    assert read_record(record.model_dump_json(by_alias=True).encode()) == record
    assert type(record) is Transcript


def test_a_kind_that_is_not_there_is_named_with_what_may_be_meant() -> None:
    with pytest.raises(UsageError, match="'talk'") as error:
        kind_of("talk")
    assert "talks" in str(error.value)
    with pytest.raises(UsageError, match="'reading'"):
        read_spec(b'{"kind":"reading"}')
    with pytest.raises(UsageError, match="'reading'"):
        read_record(b'{"kind":"reading"}')


def test_what_is_no_spec_of_its_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="seats"):
        read_spec(b'{"kind":"talks"}')


def test_a_kind_of_a_file_is_loaded_once_and_handed_on() -> None:
    kind = load_kind(f"{QUESTION}:KIND")
    assert kind_of("question") is kind
    load_kind(f"{QUESTION}:KIND")
    assert brought() == (f"{QUESTION}:KIND",)


def test_what_is_registered_is_known_to_this_process_alone() -> None:
    hold_loadable(["talks"])
    load_kind(f"{QUESTION}:KIND")
    hold_loadable(["talks", "question"])
    register(question.KIND)  # another object of the same name
    with pytest.raises(UsageError, match="'question' is known to this process alone") as error:
        hold_loadable(["talks", "question"])
    assert error.value.fix == "type instead: load_kind('question.py:KIND')"
    assert brought() == ()
    kind = load_kind(f"{QUESTION}:KIND")
    register(kind)  # which is loaded already
    hold_loadable(["question"])


def test_the_name_to_load_is_said_where_there_is_one() -> None:
    register(MINE)
    with pytest.raises(UsageError, match=r"load_kind\('test_kinds.py:MINE'\)"):
        hold_loadable(["mine"])

    class Made(TalksKind):
        name = "made"

    register(Made())
    with pytest.raises(UsageError, match=r"load_kind\('test_kinds.py:KIND'\)"):
        hold_loadable(["made"])


def test_what_a_file_registers_itself_is_loaded_with_it(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(
        "from harness.kinds import register\n"
        "from harness.talks.stage import TalksKind\n"
        "class One(TalksKind):\n    name = 'one'\n"
        "class Two(TalksKind):\n    name = 'two'\n"
        "ONE, KIND = One(), Two()\nregister(ONE)\n"
    )
    load_kind(f"{file}:KIND")
    hold_loadable(["one", "two"])
    assert brought() == (f"{file}:KIND",)
    load_kind(f"{file}:ONE")
    assert set(brought()) == {f"{file}:KIND", f"{file}:ONE"}


def test_what_is_no_kind_is_not_loaded() -> None:
    with pytest.raises(UsageError, match="an object of type dict is no kind of stage"):
        load_kind(f"{QUESTION}:SCHEMA")
    assert brought() == ()


def test_what_a_kind_foresees_comes_through_its_boundary(scenario: Scenario) -> None:
    class Blind(TalksKind):
        name = "blind"

        def foreseen(self, spec: TalksSpec) -> Any:
            raise LookupError("no such model")

        def view(self, spec: TalksSpec, scenarios: ScenarioOf) -> Any:
            raise LookupError("no such briefing")

    spec = track(scenario, "1")
    assert foreseen_of(spec) == {}
    assert view_of(spec, lambda *_: scenario) is None
    register(Blind())
    blind, failed = spec.model_copy(update={"kind": "blind"}), r"'blind' failed in its own code: "
    with pytest.raises(Track15Error, match=rf"{failed}.*test_kinds\.py"):
        foreseen_of(blind)
    with pytest.raises(Track15Error, match=rf"{failed}.*test_kinds\.py"):
        view_of(blind, lambda *_: scenario)


@pytest.mark.parametrize("given", [None, {"openai/m": 3}], ids=["nothing", "a number"])
def test_what_a_kind_foresees_and_is_no_use_of_a_model_is_said(
    scenario: Scenario, given: Any
) -> None:
    class Vague(TalksKind):
        name = "vague"

        def foreseen(self, spec: TalksSpec) -> Any:
            return given

    register(Vague())
    with pytest.raises(Track15Error, match="'vague' failed over what its own code gave"):
        foreseen_of(track(scenario, "1").model_copy(update={"kind": "vague"}))


@pytest.mark.parametrize("name", ["plan", "scores", "timings", "messages"])
def test_a_kind_whose_file_is_taken_is_refused(name: str) -> None:
    class Taken(Kind[TalksSpec]):
        pass

    Taken.name = name
    with pytest.raises(UsageError, match=f"can be called '{name}'"):
        register(Taken())
    with pytest.raises(UsageError, match=name):
        kind_of(name)


def test_the_last_of_a_name_counts() -> None:
    class Other(TalksKind):
        pass

    register(Other())
    assert isinstance(kind_of("talks"), Other)


def test_talks_that_nobody_plays_here_are_read_all_the_same(scenario: Scenario) -> None:
    old = GOLDEN.read_bytes().splitlines()[0]
    assert isinstance(read_record(old), Transcript)
    talks = make_transcript(scenario, [("o", "walk_out")])
    spec = RecordedSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        seats=tuple(
            RecordedSeat(seat=one.seat, principal=one.principal, role=one.role)
            for one in talks.spec.seats
        ),
    )
    recorded = talks.model_copy(update={"id": spec.id, "kind": "recorded", "spec": spec})
    assert read_record(recorded.model_dump_json(by_alias=True).encode()) == recorded
    with pytest.raises(RecordError, match="damaged"):
        read_record(b"{}")
