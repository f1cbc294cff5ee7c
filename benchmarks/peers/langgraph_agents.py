# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "langgraph==1.2.22", "langchain-openai==1.7.3", "langchain-core==1.7.2", "openai==3.54.0",
# ]
# [tool.uv]
# exclude-newer = "2026-11-23T00:00:00Z" # what lies beneath the pins stays as measured
# ///
"""LangGraph: a node a seat, an edge from each to the other, one LangChain model call a node.

uv run --no-project benchmarks/peers/langgraph_agents.py --url http://127.0.0.1:9100
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, TypedDict

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from meter import API_KEY, MAX_TOKENS, MODEL, Load, load_from_arguments, measure, view
from pydantic import SecretStr

MESSAGES = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
SEATS = ("xland", "yland")


class Talks(TypedDict):
    """What the graph carries from node to node."""

    said: Annotated[list[str], operator.add]


async def main(load: Load) -> None:
    model = ChatOpenAI(
        model=MODEL,
        base_url=load.base_url,
        api_key=SecretStr(API_KEY),
        max_retries=0,
        max_tokens=MAX_TOKENS,
    )

    async def speak(talks: Talks, seat: int) -> Talks:
        prompt = [MESSAGES[role](content=text) for role, text in view(talks["said"], seat)]
        return {"said": [(await model.ainvoke(prompt)).text]}

    async def xland(state: Talks) -> Talks:
        return await speak(state, 0)

    async def yland(state: Talks) -> Talks:
        return await speak(state, 1)

    def after(seat: int) -> Callable[[Talks], str]:
        return lambda talks: END if len(talks["said"]) >= load.calls else SEATS[1 - seat]

    graph = StateGraph(Talks)
    graph.add_node("xland", xland)
    graph.add_node("yland", yland)
    graph.add_edge(START, "xland")
    graph.add_conditional_edges("xland", after(0), ["yland", END])
    graph.add_conditional_edges("yland", after(1), ["xland", END])
    talks = graph.compile()

    async def dialogue() -> list[str]:
        limit = RunnableConfig(recursion_limit=load.calls + 5)
        said: list[str] = (await talks.ainvoke(Talks(said=[]), limit))["said"]
        return said

    await measure(load, "langgraph", dialogue)


if __name__ == "__main__":
    asyncio.run(main(load_from_arguments()))
