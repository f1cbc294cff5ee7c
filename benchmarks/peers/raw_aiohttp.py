# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp==3.14.5", "uvloop==0.23.0"]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""The floor: aiohttp on uvloop and the standard library's JSON; no checks, no types.

uv run --no-project benchmarks/peers/raw_aiohttp.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import aiohttp
import uvloop
from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measure, messages


async def main(load: Load) -> None:
    headers = {"authorization": f"Bearer {API_KEY}"}
    address = f"{load.base_url}/chat/completions"
    connector = aiohttp.TCPConnector(limit=0)  # 0: as many connections as calls
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def dialogue() -> list[str]:
            said: list[str] = []
            for turn in range(load.calls):
                prompt = messages(said, turn % 2)
                body = {"model": MODEL, "messages": prompt, "max_tokens": MAX_TOKENS}
                async with session.post(address, json=body) as answer:
                    completion = await answer.json()
                said.append(completion["choices"][0]["message"]["content"])
            return said

        await measure(load, "aiohttp", dialogue)


if __name__ == "__main__":
    uvloop.run(main(load_from_arguments()))
