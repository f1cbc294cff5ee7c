# /// script
# requires-python = ">=3.11"
# dependencies = ["openai==3.54.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""The openai SDK as it comes.

uv run --no-project benchmarks/peers/openai_sdk.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio
from typing import cast

from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measure, messages
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam


async def main(load: Load) -> None:
    async with AsyncOpenAI(base_url=load.base_url, api_key=API_KEY, max_retries=0) as client:

        async def dialogue() -> list[str]:
            said: list[str] = []
            for turn in range(load.calls):
                prompt = cast(list[ChatCompletionMessageParam], messages(said, turn % 2))
                completion = await client.chat.completions.create(
                    model=MODEL, messages=prompt, max_tokens=MAX_TOKENS
                )
                said.append(completion.choices[0].message.content or "")
            return said

        await measure(load, "openai", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
