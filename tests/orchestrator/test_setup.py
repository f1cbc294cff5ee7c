"""What a process is told: all that it needs to play a plan, and no key."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness
from harness.models.settings import EndpointSettings, PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.setup import setup_of
from harness.prompting.talks import Prompts
from harness.workers.replies import ReplyFiles
from harness.workers.resources import Setup
from tests.support.disputes import write
from tests.support.runs import tiny_plan, tiny_suite

MODEL = "openai/m@http://127.0.0.1:9/v1"
WIRE = PoolSettings(max_connections=3, max_retries=0)


def with_models(folder: Path) -> Plan:
    models = {"official": MODEL, "unofficial": MODEL}
    return make_plan(tiny_suite(write(folder)), Overrides(models=models), Prompts().hashes())


def test_a_setup_travels(tmp_path: Path) -> None:
    setup = setup_of(with_models(tmp_path), WIRE, keeping=ReplyFiles(tmp_path), budgeted=True)
    assert Setup.model_validate_json(setup.model_dump_json(by_alias=True)) == setup
    assert (setup.version, setup.folder) == (harness.__version__, str(Path.cwd()))
    assert (setup.players, setup.slots) == ((MODEL,), 3)


def test_slots_are_what_all_who_are_asked_take(tmp_path: Path) -> None:
    wire = WIRE.model_copy(update={"endpoints": {MODEL: EndpointSettings(max_connections=7)}})
    assert setup_of(with_models(tmp_path), wire).slots == 7
    assert setup_of(tiny_plan(write(tmp_path)), wire).slots == 3


def test_a_key_does_not_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-to-be-sent-anywhere")
    setup = setup_of(with_models(tmp_path), WIRE)
    assert setup.addresses == (MODEL,)
    assert "never-to-be-sent" not in setup.model_dump_json()


def test_edited_prompts_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "turn.md.j2").write_text("mine", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not sent", encoding="utf-8")
    setup = setup_of(with_models(tmp_path), WIRE, prompts=tmp_path)
    assert (setup.edited, setup.prompts) == ({"turn.md.j2": "mine"}, str(tmp_path.resolve()))
    assert setup_of(with_models(tmp_path), WIRE).edited == {}
