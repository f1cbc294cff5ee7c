"""What one POST costs through each HTTP stack that could send it, in CPU, in one process.

    python benchmarks/posting.py
    python benchmarks/posting.py --posts 400 --rounds 20

Starts ``benchmarks/mock_server.py`` in a process of its own, whose CPU is not counted. Each stack
in turn sends the same prompt of 29 kB, encoded anew, and takes the text out of the answer. The
turns are repeated and their median is printed: so a busy machine is busy for all alike. The stacks:

aiohttp, httpx2
    by themselves;
track15: aiohttp, track15: pool
    the two ways of ``harness.models.providers.openai_compatible.transport``: aiohttp, and the
    connection pool of the openai SDK, which is httpx2 over aiohttp;
track15: httpx2
    the second without aiohttp;
post, create
    the SDK's request method and its resource method, each over httpx2 and over aiohttp.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from statistics import median
from typing import Any, Final

import aiohttp
import httpx2
import openai
from load import mock_server
from openai.types.chat import ChatCompletion

from harness.models.address import ModelAddress, parse_address
from harness.models.providers.openai_compatible import transport

PROMPT: Final[list[Any]] = [
    {"role": role, "content": "We have studied your proposal with care. " * 60}
    for role in ("system", *("user", "assistant") * 5, "user")
]
"""As long as a prompt of a dispute."""
BODY: Final[dict[str, Any]] = {"model": "mock", "messages": PROMPT, "max_tokens": 300}
TODAY: Final = "track15: aiohttp"

Post = Callable[[], Awaitable[str]]
Stack = Callable[[str], contextlib.AbstractAsyncContextManager[Post]]
"""Of the server's URL with ``/v1``: what sends one prompt and gives the text of the answer."""


def encoded() -> bytes:
    return json.dumps(BODY).encode()


def text_in(content: bytes) -> str:
    return str(json.loads(content)["choices"][0]["message"]["content"])


@contextlib.asynccontextmanager
async def plain_aiohttp(url: str) -> AsyncIterator[Post]:
    headers = {"content-type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> str:
            address = f"{url}/chat/completions"
            async with session.post(address, data=encoded(), headers=headers) as answer:
                return text_in(await answer.read())

        yield post


@contextlib.asynccontextmanager
async def plain_httpx2(url: str) -> AsyncIterator[Post]:
    headers = {"content-type": "application/json"}
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:

        async def post() -> str:
            address = f"{url}/chat/completions"
            return text_in((await client.post(address, content=encoded(), headers=headers)).content)

        yield post


def of_track15(wire: Callable[[ModelAddress], Any]) -> Stack:
    """Our transport, with one of its two wires."""

    @contextlib.asynccontextmanager
    async def stack(url: str) -> AsyncIterator[Post]:
        address = parse_address(f"openai/mock@{url}")
        ours = transport.Transport(address, "none", 1000)
        await ours.aclose()
        ours._wire = wire(address)

        async def post() -> str:
            answer = await ours.send("POST", "/chat/completions", transport.Body(encoded()))
            return text_in(answer.content)

        yield post
        await ours.aclose()

    return stack


def of_the_sdk(pool: Callable[[], httpx2.AsyncClient], *, lean: bool) -> Stack:
    """The openai SDK over a connection pool; lean: past its resource methods."""

    @contextlib.asynccontextmanager
    async def stack(url: str) -> AsyncIterator[Post]:
        async with openai.AsyncOpenAI(
            base_url=url, api_key="none", max_retries=0, http_client=pool()
        ) as client:

            async def post() -> str:
                if lean:
                    answer = await client.post(
                        "/chat/completions", cast_to=ChatCompletion, body=BODY
                    )
                else:
                    answer = await client.chat.completions.create(**BODY)
                return answer.choices[0].message.content or ""

            yield post

    return stack


def pool_without_aiohttp(address: ModelAddress) -> object:
    with_aiohttp = openai.DefaultAioHttpClient
    openai.DefaultAioHttpClient = openai.DefaultAsyncHttpxClient
    try:
        return transport._OfTheSdk(address, "none", transport._headers(address, "none"), 1000)
    finally:
        openai.DefaultAioHttpClient = with_aiohttp


STACKS: Final[dict[str, Stack]] = {
    "aiohttp": plain_aiohttp,
    TODAY: of_track15(lambda at: transport._Direct(at, transport._headers(at, "none"), 1000)),
    "track15: pool": of_track15(
        lambda at: transport._OfTheSdk(at, "none", transport._headers(at, "none"), 1000)
    ),
    "track15: httpx2": of_track15(pool_without_aiohttp),
    "httpx2": plain_httpx2,
    "post, aiohttp": of_the_sdk(openai.DefaultAioHttpClient, lean=True),
    "post, httpx2": of_the_sdk(openai.DefaultAsyncHttpxClient, lean=True),
    "create, aiohttp": of_the_sdk(openai.DefaultAioHttpClient, lean=False),
    "create, httpx2": of_the_sdk(openai.DefaultAsyncHttpxClient, lean=False),
}


async def turn(post: Post, posts: int, at_once: int) -> float:
    """CPU seconds of ``posts`` POSTs, so many under way at once."""
    left = iter(range(posts))

    async def some() -> None:
        for _ in left:
            if not await post():
                raise SystemExit("an answer without a text")

    began = time.process_time()
    await asyncio.gather(*(some() for _ in range(at_once)))
    return time.process_time() - began


async def measure(url: str, posts: int, rounds: int, at_once: int) -> dict[str, float]:
    """Stack -> CPU milliseconds of a POST, the median of the rounds."""
    took: dict[str, list[float]] = {name: [] for name in STACKS}
    async with contextlib.AsyncExitStack() as opened:
        ready = {
            name: await opened.enter_async_context(stack(url)) for name, stack in STACKS.items()
        }
        for post in ready.values():
            await turn(post, at_once, at_once)  # connections, imports
        for _ in range(rounds):
            for name, post in ready.items():
                took[name].append(await turn(post, posts, at_once) / posts * 1000)
    return {name: median(each) for name, each in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=200, help="of a stack in one turn")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each stack")
    parser.add_argument("--at-once", type=int, default=20, help="POSTs under way")
    arguments = parser.parse_args()
    with mock_server(0.0, []) as url:
        found = asyncio.run(
            measure(f"{url}/v1", arguments.posts, arguments.rounds, arguments.at_once)
        )
    for name, each in sorted(found.items(), key=lambda entry: entry[1]):
        print(f"{name:17} {each:6.3f} ms {each / found[TODAY]:6.2f} x {TODAY}")


if __name__ == "__main__":
    main()
