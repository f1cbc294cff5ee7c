# /// script
# requires-python = ">=3.11"
# dependencies = ["gdm-concordia==2.1.0", "openai==3.54.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""Concordia: two minimal entities, its own OpenAI model class, a thread a dialogue.

It is synchronous throughout. 2.1.0 is its newest release for Python 3.11.

    uv run --no-project benchmarks/peers/concordia_agents.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from concordia.associative_memory.basic_associative_memory import AssociativeMemoryBank
from concordia.language_model.base_gpt_model import BaseGPTModel
from concordia.prefabs.entity import minimal
from meter import API_KEY, BRIEFS, MODEL, OPENING, Load, load_from_arguments, measured
from openai import OpenAI

SEATS = ("Xland", "Yland")


def main(load: Load) -> None:
    client = OpenAI(base_url=load.base_url, api_key=API_KEY, max_retries=0)
    model = BaseGPTModel(MODEL, client)

    def dialogue() -> list[str]:
        agents = []
        for name, brief in zip(SEATS, BRIEFS, strict=True):
            memory = AssociativeMemoryBank(sentence_embedder=lambda _: np.ones(8))  # none is paid
            entity = minimal.Entity(params={"name": name, "custom_instructions": brief})
            agents.append(entity.build(model, memory))
        agents[0].observe(OPENING)
        said: list[str] = []
        for turn in range(load.calls):
            said.append(agents[turn % 2].act())
            agents[1 - turn % 2].observe(said[-1])
        return said

    dialogue()
    with ThreadPoolExecutor(load.dialogues) as threads, measured(load, "gdm-concordia") as said:
        said += threads.map(lambda _: dialogue(), range(load.dialogues))


if __name__ == "__main__":
    main(load_from_arguments())
