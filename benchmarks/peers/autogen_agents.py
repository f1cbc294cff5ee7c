# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "autogen-agentchat==0.7.5", "autogen-ext[openai]==0.7.5", "openai==3.54.0",
# ]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""AutoGen: two assistant agents in a round-robin group chat.

uv run --no-project benchmarks/peers/autogen_agents.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio
import logging

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.messages import TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core.models import ModelInfo
from autogen_ext.models.openai import OpenAIChatCompletionClient
from meter import API_KEY, BRIEFS, MAX_TOKENS, MODEL, OPENING, Load, load_from_arguments, measure

ABILITIES = ModelInfo(
    vision=False, function_calling=False, json_output=True, structured_output=True, family="unknown"
)


async def main(load: Load) -> None:
    logging.getLogger("autogen_core").setLevel(logging.ERROR)
    client = OpenAIChatCompletionClient(
        model=MODEL,
        base_url=load.base_url,
        api_key=API_KEY,
        max_retries=0,
        timeout=600,  # with 2,000 in flight, connecting outlasts the 5 s it comes with
        max_tokens=MAX_TOKENS,
        model_info=ABILITIES,
    )

    async def dialogue() -> list[str]:
        agents = [
            AssistantAgent(name, client, system_message=brief)
            for name, brief in zip(("xland", "yland"), BRIEFS, strict=True)
        ]
        end = MaxMessageTermination(load.calls + 1)  # the opening counts too
        result = await RoundRobinGroupChat([*agents], termination_condition=end).run(task=OPENING)
        return [m.content for m in result.messages[1:] if isinstance(m, TextMessage)]

    await measure(load, "autogen-agentchat", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
