"""Runs of the tiny kind of :mod:`tests.support.question`: two arms that share their talks, and ask
one question each about them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.workers.progress import Progress
from tests.support.disputes import write
from tests.support.mock_server import Answer, MockServer, completion
from tests.support.player import plays
from tests.support.runs import tiny_suite

QUESTIONS = "question.jsonl"
USAGE = {"prompt_tokens": 100, "completion_tokens": 10}
KIND = Path(__file__).with_name("question.py")


class Model:
    """Plays at the table, and answers questions about it."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.moves = 0
        self.babbles = False
        self.spoil: Callable[[int], Answer | None] = lambda _: None

    def __call__(self, body: dict[str, Any]) -> Answer:
        schema = body.get("response_format", {}).get("json_schema", {}).get("name")
        if schema != "question":
            self.moves += "messages" in body
            return completion("We agree!") if self.babbles and "messages" in body else plays(body)
        self.questions.append(body["messages"][0]["content"])
        spoilt = self.spoil(len(self.questions))
        return spoilt or completion(json.dumps({"gave_more": "u"}), usage=USAGE)


def plan_of(folder: Path, address: str, *, epochs: int = 1, talkers: bool = True) -> Plan:
    """Two arms that are the same but for who asks about them."""
    suite = tiny_suite(
        write(folder),
        arms={"left": {"track": "1"}, "right": {"track": "1"}},
        contrasts=None,
        twins=["none"],
        epochs=epochs,
        protocol={"rounds": 1, "turns": 2, "debrief": False},
    )
    models = {"official": address, "unofficial": address} if talkers else {}
    prompts = Prompts().hashes() if talkers else None
    plan = make_plan(suite, Overrides(models=models), prompts)
    return replace(plan, later_kinds=("question",), models={**plan.models, "judge": address})


def session(folder: Path, server: MockServer, name: str = "run", **more: Any) -> Session:
    epochs, talkers = more.pop("epochs", 1), more.pop("talkers", True)
    plan = plan_of(folder, f"openai/x@{server.base_url}", epochs=epochs, talkers=talkers)
    wire = more.pop("wire", PoolSettings(max_connections=4, max_retries=0))
    prompts = Prompts() if talkers else None
    return Session(plan, folder / name, wire=wire, prompts=prompts, **more)


def sit(sitting: Session) -> Progress:
    with sitting.opened() as writer:
        return asyncio.run(sitting.play(writer))


def lines(run: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / name).read_text().splitlines()]
