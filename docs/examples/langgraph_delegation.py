"""A LangGraph agent as a delegation: it makes a plan in private, then speaks.

The model is any that speaks OpenAI's protocol; AGENT_URL and AGENT_MODEL say where and which.
Play it with:

    AGENT_URL=http://127.0.0.1:8000/v1 AGENT_MODEL=MODEL \\
        track15 run quickstart --delegation unofficial=langgraph_delegation.py:agent
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, MessagesState, StateGraph

STYLE = "You never raise your voice, and you say why each point matters to your side."
PLAN = (
    "Do not answer yet. In three sentences, for yourself alone: what does the other side need "
    "most, what can you give it cheaply, and what must you not give?"
)

model = ChatOpenAI(
    model=os.environ.get("AGENT_MODEL", "local"),
    base_url=os.environ["AGENT_URL"],
    api_key=os.environ.get("TRACK15_API_KEY", "not-needed"),
    max_retries=0,  # track15 tries again, and says so in its record
)


class State(MessagesState):
    """``messages`` is the briefing and the talks so far, ``schema`` the form of the answer."""

    schema: dict[str, Any]
    plan: str


async def plan(state: State) -> dict[str, Any]:
    """Think about the position; nobody but the next step sees it."""
    found = await model.ainvoke(briefed(state["messages"], PLAN))
    return {"plan": found.text}


async def speak(state: State) -> dict[str, Any]:
    """Answer in the form that was asked for, with the plan in mind."""
    schema = state["schema"]
    form = {"name": schema["title"], "strict": True, "schema": schema}
    speaker = model.bind(response_format={"type": "json_schema", "json_schema": form})
    answer = await speaker.ainvoke(briefed(state["messages"], f"Your plan: {state['plan']}"))
    return {"messages": [answer]}


def briefed(messages: Sequence[BaseMessage], words: str) -> list[BaseMessage]:
    """The messages with our style after the briefing, and ``words`` after the last question."""
    briefing, *talks, question = messages
    return [
        SystemMessage(f"{briefing.text}\n\n{STYLE}"),
        *talks,
        HumanMessage(f"{question.text}\n\n{words}"),
    ]


graph = StateGraph(State)
graph.add_node("plan", plan)
graph.add_node("speak", speak)
graph.add_edge(START, "plan")
graph.add_edge("plan", "speak")
graph.add_edge("speak", END)
agent = graph.compile()
