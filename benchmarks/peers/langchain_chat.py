# /// script
# requires-python = ">=3.11"
# dependencies = ["langchain-openai==1.7.3", "langchain-core==1.7.2", "openai==3.54.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""LangChain's chat model, called in a plain loop.

uv run --no-project benchmarks/peers/langchain_chat.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measure, view
from pydantic import SecretStr

MESSAGES = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


async def main(load: Load) -> None:
    model = ChatOpenAI(
        model=MODEL,
        base_url=load.base_url,
        api_key=SecretStr(API_KEY),
        max_retries=0,
        max_tokens=MAX_TOKENS,
    )

    async def dialogue() -> list[str]:
        said: list[str] = []
        for turn in range(load.calls):
            prompt = [MESSAGES[role](content=text) for role, text in view(said, turn % 2)]
            said.append((await model.ainvoke(prompt)).text)
        return said

    await measure(load, "langchain-openai", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
