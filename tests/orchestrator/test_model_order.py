"""Models that share a server: what has to be loaded at once, and in which order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.kinds import load_kind
from harness.models.limits.budget import Budget
from harness.models.settings import PoolSettings
from harness.orchestrator.lineup import Lineup
from harness.orchestrator.model_order import loading_sentences, needs_of
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.ready import NOTHING
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from tests.support.disputes import write
from tests.support.mock_server import Answer, MockServer, completion
from tests.support.player import plays
from tests.support.runs import tiny_suite

KIND = Path(__file__).parents[1] / "support" / "question.py"
URL = "http://127.0.0.1:11434/v1"
USAGE = {"prompt_tokens": 10, "completion_tokens": 5}


@pytest.fixture(autouse=True)
def _registered() -> None:
    load_kind(f"{KIND}:KIND")


def plan_of(folder: Path, models: Mapping[str, str], *, judge: str = "", epochs: int = 1) -> Plan:
    suite = tiny_suite(
        write(folder),
        arms={"left": {"track": "1"}, "right": {"track": "1"}},
        contrasts=None,
        twins=["none"],
        epochs=epochs,
        protocol={"rounds": 1, "turns": 2, "debrief": False},
    )
    plan = make_plan(suite, Overrides(models=dict(models)), Prompts().hashes() if models else None)
    if not judge:
        return plan
    return replace(plan, later_kinds=("question",), models={**plan.models, "judge": judge})


def both(model: str) -> dict[str, str]:
    return {"official": model, "unofficial": model}


def test_two_models_of_one_dialogue_must_be_loaded_at_once(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"official": "ollama/b", "unofficial": "ollama/a"})
    (sentence,) = loading_sentences(plan)
    assert sentence == (
        f"a and b are on {URL} and are asked by turns in the same talks: the server must hold both "
        "at once, or it reloads them at every turn."
    )


def test_a_judge_of_the_same_server_comes_afterwards(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, both("ollama/a"), judge="ollama/j")
    (sentence,) = loading_sentences(plan, by_model=False)
    assert sentence == (
        f"Order on {URL}: a (talks), then j (question); for one episode after the other, so that a "
        "run cut short holds whole pairs."
    )
    (sentence,) = loading_sentences(plan)
    assert sentence == (
        f"Order on {URL}: a (talks), then j (question); all stages of one before those of the next"
        ", unless the run has a limit of tokens or dollars."
    )


def test_a_judge_that_speaks_in_the_talks_too_needs_no_change(tmp_path: Path) -> None:
    models = {"official": "ollama/b", "unofficial": "ollama/a"}
    (sentence,) = loading_sentences(plan_of(tmp_path, models, judge="ollama/a"))
    assert "must hold both" in sentence


@pytest.mark.parametrize(
    ("models", "judge"),
    [
        ({}, ""),
        (both("ollama/a"), "ollama/a"),
        (both("ollama/a"), "lmstudio/a"),
        (both("openai/a"), "openai/b"),
        (both("openai/a@https://api.example/v1"), "openai/b@https://api.example/v1"),
    ],
    ids=["scripted", "one model", "two servers", "openai", "a service"],
)
def test_where_nothing_is_shared_nothing_is_said(
    tmp_path: Path, models: dict[str, str], judge: str
) -> None:
    plan = plan_of(tmp_path, models, judge=judge)
    assert loading_sentences(plan) == []
    assert {needs_of(plan)(node) for node in plan.stages()} == {NOTHING}


def test_a_server_of_ones_own_is_known_by_its_place(tmp_path: Path) -> None:
    own = "@http://127.0.0.1:9/v1"
    plan = plan_of(tmp_path, both(f"openai/a{own}"), judge=f"openai/b{own}")
    talks, *questions = plan.stages()
    needs = needs_of(plan)
    assert needs(talks) == {("http://127.0.0.1:9/v1", frozenset({f"openai/a{own}"}))}
    assert {needs(one) for one in questions} == {
        frozenset({("http://127.0.0.1:9/v1", frozenset({f"openai/b{own}"}))})
    }


class Models:
    """Two models on one server; notes which one was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, body: dict[str, Any]) -> Answer | str:
        if "messages" not in body:
            return completion("no list of models")
        self.asked.append(body["model"])
        if body["model"] == "j":
            return completion(json.dumps({"gave_more": "u"}), usage=USAGE)
        return plays(body)


@pytest.mark.parametrize(
    ("by_model", "tokens", "once"),
    [(True, None, True), (False, None, False), (True, 10**9, False)],
    ids=["by model", "whole episodes first", "under a limit"],
)
def test_the_server_changes_its_model_once(
    tmp_path: Path, by_model: bool, tokens: int | None, once: bool
) -> None:
    model = Models()
    with MockServer(model) as server:
        plan = plan_of(
            tmp_path,
            both(f"openai/p@{server.base_url}"),
            judge=f"openai/j@{server.base_url}",
            epochs=3,
        )
        session = Session(
            plan,
            tmp_path / "run",
            wire=PoolSettings(max_connections=1, max_retries=0),
            prompts=Prompts(),
            budget=None if tokens is None else Budget(tokens=tokens),
            by_model=by_model,
        )
        with session.opened() as writer:
            progress = asyncio.run(session.play(writer))
    assert (progress.done, progress.failed) == (9, 0)
    assert model.asked.count("j") == 6
    changes = sum(a != b for a, b in pairwise(model.asked))
    assert (changes == 1) is once


def test_line_ups_of_one_server_are_played_model_by_model(tmp_path: Path) -> None:
    lineups = [Lineup({"official": model}) for model in ("ollama/b", "ollama/a", "ollama/c")]
    plan = make_plan(tiny_suite(write(tmp_path)), Overrides(lineups=lineups))
    (sentence,) = loading_sentences(plan)
    assert sentence.startswith(f"Order on {URL}: b (talks), then a (talks), then c (talks); all ")
    needs = needs_of(plan)
    loaded = [needs(node) for node in plan.stages()]
    assert len(set(loaded)) == 3
    assert NOTHING not in loaded
