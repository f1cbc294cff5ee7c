# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "camel-ai==0.2.90", "openai==3.54.0",
#   "mcp==1.30.0", # camel imports what mcp 2 no longer has
# ]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""CAMEL: two chat agents that answer each other.

uv run --no-project benchmarks/peers/camel_agents.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from camel.agents import ChatAgent
from camel.models import ModelFactory
from camel.types import ModelPlatformType
from camel.utils import BaseTokenCounter
from meter import API_KEY, BRIEFS, MAX_TOKENS, MODEL, OPENING, Load, load_from_arguments, measure


class RoughCounter(BaseTokenCounter):
    """Four letters a token: the counter that CAMEL comes with downloads its table when made."""

    def count_tokens_from_messages(self, messages: list[Any]) -> int:
        return sum(len(str(message.get("content", ""))) for message in messages) // 4

    def encode(self, text: str) -> list[int]:
        return list(range(len(text) // 4))

    def decode(self, token_ids: list[int]) -> str:
        return ""


async def main(load: Load) -> None:
    logging.disable(logging.WARNING)
    model = ModelFactory.create(
        model_platform=ModelPlatformType.OPENAI_COMPATIBLE_MODEL,
        model_type=MODEL,
        url=load.base_url,
        api_key=API_KEY,
        model_config_dict={"max_tokens": MAX_TOKENS},
        token_counter=RoughCounter(),
    )

    async def dialogue() -> list[str]:
        agents = [ChatAgent(brief, model=model) for brief in BRIEFS]
        said: list[str] = []
        for turn in range(load.calls):
            answer = await agents[turn % 2].astep(said[-1] if said else OPENING)
            said.append(answer.msgs[0].content)
        return said

    await measure(load, "camel-ai", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
