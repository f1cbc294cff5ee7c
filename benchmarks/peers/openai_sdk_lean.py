# /// script
# requires-python = ">=3.11"
# dependencies = ["openai[aiohttp]==3.54.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""The openai SDK at its leanest: the aiohttp transport, and bodies sent without being transformed.

``AsyncOpenAI.post`` stays inside the SDK's own request method, with its errors and types; only the
recursive walk over ``messages`` is left out, and that grows with the dialogue.

    uv run --no-project benchmarks/peers/openai_sdk_lean.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio

from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measure, messages
from openai import AsyncOpenAI, DefaultAioHttpClient
from openai.types.chat import ChatCompletion


async def main(load: Load) -> None:
    async with AsyncOpenAI(
        base_url=load.base_url, api_key=API_KEY, max_retries=0, http_client=DefaultAioHttpClient()
    ) as client:

        async def dialogue() -> list[str]:
            said: list[str] = []
            for turn in range(load.calls):
                prompt = messages(said, turn % 2)
                body = {"model": MODEL, "messages": prompt, "max_tokens": MAX_TOKENS}
                completion = await client.post(
                    "/chat/completions", cast_to=ChatCompletion, body=body
                )
                said.append(completion.choices[0].message.content or "")
            return said

        await measure(load, "openai", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
