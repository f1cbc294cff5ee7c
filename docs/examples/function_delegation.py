"""A function as a delegation: no framework, one request for each answer.

AGENT_URL and AGENT_MODEL say which server and model. Play it with:

    AGENT_URL=http://127.0.0.1:8000/v1 AGENT_MODEL=MODEL \\
        track15 run quickstart --delegation unofficial=function_delegation.py:agent
"""

from __future__ import annotations

import os
from typing import Any

from openai import AsyncOpenAI

MODEL = os.environ.get("AGENT_MODEL", "local")
client = AsyncOpenAI(
    base_url=os.environ["AGENT_URL"],
    api_key=os.environ.get("TRACK15_API_KEY", "not-needed"),
)


async def agent(
    messages: list[Any], schema: dict[str, Any], temperature: float | None = None
) -> str:
    """The briefing and the talks so far come as messages; the answer has the form of ``schema``."""
    form: Any = {"name": schema["title"], "strict": True, "schema": schema}
    settings: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
    answer = await client.chat.completions.create(
        model=MODEL,
        messages=messages,
        response_format={"type": "json_schema", "json_schema": form},
        **settings,
    )
    return answer.choices[0].message.content or ""
