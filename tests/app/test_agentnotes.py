"""What is worth knowing of the agents that played in a run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.app.agentnotes import agent_notes
from harness.models.reply import AgentUse
from harness.orchestrator.plan import Plan
from harness.records.reader import RunFolder
from harness.records.transcript import Call
from tests.support.command import track15
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, Placed, deal, make_run, make_suite

RUN = ("run", "quickstart", "--scenario", "opening", "--turns", "1", "--rounds", "1", "--no-report")
AGENT = """
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

USED = []

class Named(FakeListChatModel):
    def _generate(self, *args, **kwargs):
        found = super()._generate(*args, **kwargs)
        USED.append(1)
        name = "small" if len(USED) < 5 else "large"
        found.generations[0].message.response_metadata = {"model_name": name}
        return found

agent = Named(responses=["no form"])
"""


NAME = "mine.py:agent"


class Run:
    """A run in which an agent played the seat ``u``, and its plan."""

    def __init__(self, folder: Path) -> None:
        self.scenario = small(folder)
        self.folder = folder
        self.played: list[Placed] = []
        self.planned: list[str] = []

    def add(self, *calls: tuple[str, AgentUse | None], planned: bool = True, **seat: Any) -> None:
        """A dialogue with these calls: who was asked, and what was done for the reply."""
        played = deal(self.scenario, "lean", MIDDLE, epoch=1 + len(self.played))
        other, own = played.spec.seats
        own = own.model_copy(update={"kind": "runnable", "model": NAME, **seat})
        made = tuple(
            Call(index=i, seat=who, purpose="move", model="wire", prompt=(), reply="", inside=use)
            for i, (who, use) in enumerate(calls)
        )
        spec = played.spec.model_copy(update={"seats": (other, own)})
        played = played.model_copy(update={"id": spec.id, "spec": spec, "calls": made})
        self.played.append(played)
        if planned:
            self.planned.append(played.id)

    def notes(self, *names: str) -> list[str]:
        path = self.folder / f"run-{len(self.played)}"
        if not path.exists():
            make_run(path, make_suite(), {"small": self.scenario}, self.played, [])
        stages = [SimpleNamespace(id=key) for key in self.planned]
        plan = SimpleNamespace(brought=dict.fromkeys(names or (NAME,)), stages=lambda: stages)
        return agent_notes(cast("Plan", plan), path)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def use(*models: str, ignored: tuple[str, ...] = ()) -> AgentUse:
    return AgentUse(calls=1, models=models, ignored=ignored)


def test_an_agent_that_was_the_same_throughout_needs_no_note(run: Run) -> None:
    run.add(("u", use("small")), ("u", use("small")))
    run.add(("u", use("small")))
    assert run.notes() == []


def test_other_models_in_other_dialogues_are_named_with_their_number(run: Run) -> None:
    run.add(("u", use("small")))
    run.add(("u", use("small", "tiny", "large", "huge")))
    run.add(("u", use("large", "tiny")), ("u", use("small", "huge")))
    (note,) = run.notes()
    said, _, advice = note.partition(". ")
    seen = "models seen: huge and large and small and tiny in 2, small in 1"
    assert said == f"{NAME} did not use the same models in all dialogues; {seen}"
    assert advice == "Compare these dialogues only if that is intended."


def test_only_the_agents_own_calls_in_dialogues_of_the_plan_count(run: Run) -> None:
    run.add(("u", use("small")), ("o", use("large", ignored=("effort",))))
    run.add(("u", use("large", ignored=("effort",))), planned=False)
    run.add(("u", None))
    run.add()
    assert run.notes() == []
    assert run.notes("another.py:agent") == []


def test_the_calls_of_a_delegation_say_their_model_themselves(run: Run) -> None:
    run.add(("u", None), kind="custom")
    run.add(("u", use("large")), kind="custom")
    (note,) = run.notes()
    assert "models seen: wire in 1, large in 1." in note


def test_settings_that_were_not_used_are_named_by_their_flags(run: Run) -> None:
    run.add(("u", use("small", ignored=("temperature",))))
    assert run.notes() == [f"{NAME} was offered --temperature, and did not use it in every answer."]
    run.add(("u", use("small", ignored=("max_tokens",))))
    assert run.notes() == [
        f"{NAME} was offered --max-tokens, --temperature, and did not use them in every answer."
    ]


def test_without_an_agent_nothing_is_read(tmp_path: Path) -> None:
    plan = cast("Plan", SimpleNamespace(brought={}))
    assert agent_notes(plan, tmp_path / "nothing") == []


@pytest.mark.kind("G2")
@pytest.mark.kind("G13")
def test_a_run_says_that_an_agents_model_changed_and_what_it_ignored(tmp_path: Path) -> None:
    """Four unusable replies make the first dialogue void; the second is another model's."""
    (tmp_path / "mine.py").write_text(AGENT)
    flags = ("--limit", "2", "--max-connections", "1", "--temperature", "0.5")
    target = "--delegation=official=mine.py:agent"
    done = track15(*RUN, *flags, target, cwd=tmp_path)
    words = " ".join(done.err.split())
    assert "mine.py:agent did not use the same models in all dialogues" in words
    assert "small in 1" in words
    assert "large in 1" in words
    assert "was offered --temperature, and did not use it" in words
    (path,) = tmp_path.glob("transcripts/*/run.json")
    for transcript in RunFolder(path.parent).transcripts():
        (inside,) = {call.inside for call in transcript.calls}
        assert inside is not None
        assert (inside.calls, inside.ignored) == (1, ("temperature",))
