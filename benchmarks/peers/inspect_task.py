# /// script
# requires-python = ">=3.11"
# dependencies = ["inspect-ai==0.3.285", "openai==3.54.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""Inspect: a task whose solver holds one dialogue a sample, with a scorer and its ordinary log.

Unlike the other peers it records and scores, as a whole harness does.

    uv run --no-project benchmarks/peers/inspect_task.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence

from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    get_model,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measured, view

MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


@solver
def two_delegations(calls: int) -> Solver:
    """Hold a dialogue of ``calls`` model calls and keep it as the sample's messages."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        model, config = get_model(), GenerateConfig(max_tokens=MAX_TOKENS)
        said: list[str] = []
        for turn in range(calls):
            prompt = [MESSAGES[role](content=text) for role, text in view(said, turn % 2)]
            state.output = await model.generate(prompt, config=config)
            said.append(state.output.completion)
        speakers = (ChatMessageAssistant, ChatMessageUser)
        state.messages += [speakers[turn % 2](content=text) for turn, text in enumerate(said)]
        return state

    return solve


@scorer(metrics=[mean()])
def turns_held() -> Scorer:
    """How many texts the dialogue has."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=len(state.messages) - 1)  # the sample's input is the first message

    return score


def hold(load: Load, dialogues: int, log_dir: str) -> list[Sequence[str]]:
    """Run the task over as many samples as dialogues, all at once; what was said in each."""
    samples = [Sample(input=f"dialogue {i}", target="held") for i in range(dialogues)]
    task = Task(dataset=samples, solver=two_delegations(load.calls), scorer=turns_held())
    log = evaluate(
        task,
        model=f"openai/{MODEL}",
        model_base_url=load.base_url,
        model_args={"responses_api": False},
        max_connections=dialogues,
        max_samples=dialogues,
        max_retries=0,
        log_dir=log_dir,
        log_level="warning",
        display="none",
    )[0]
    if log.status != "success":
        sys.exit(f"the task ended as {log.status}: {log.error and log.error.message}")
    return [[message.text for message in sample.messages[1:]] for sample in log.samples or []]


def main(load: Load) -> None:
    os.environ["OPENAI_API_KEY"] = API_KEY
    with tempfile.TemporaryDirectory() as log_dir:
        hold(load, 1, log_dir)
        with measured(load, "inspect-ai") as said:
            said += hold(load, load.dialogues, log_dir)


if __name__ == "__main__":
    main(load_from_arguments())
