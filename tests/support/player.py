"""A stand-in model for a mock server: reads the schema and the prompt, and plays legal moves."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.support.debriefs import agreed_in, debrief_of
from tests.support.mock_server import USAGE, Answer, completion, payload
from tests.support.run_judges import finds_nothing

_ANSWERABLE = re.compile(r"^- `([a-z0-9]+-\d+)` \(from ", re.MULTILINE)


def plays(body: dict[str, Any]) -> Answer:
    """Propose the first option of every issue; on the third turn accept what is on the table."""
    if "messages" not in body:
        return payload({"object": "list", "data": []})
    if "response_format" not in body:  # an agent that thinks before it speaks
        return completion("We should meet them half way.", usage=USAGE)
    schema = body["response_format"]["json_schema"]
    fields = schema["schema"]["properties"]
    if schema["name"] == "debrief":
        reply = debrief_of(
            schema["schema"], agreed=agreed_in(body["messages"]), words="We both moved."
        )
    elif schema["name"] == "judgement":
        reply = finds_nothing(body)
    else:
        reply = {
            "private_thoughts": "As instructed.",
            "move": _move(body, fields),
            "public_words": "Let us settle this.",
        }
    return completion(json.dumps(reply), usage=USAGE)


def _move(body: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    asked = [m["content"] for m in body["messages"] if m["role"] == "user"]
    offers = _ANSWERABLE.findall(asked[-1])
    if len(asked) >= 3 and offers:
        return {"action": "accept", "offer": offers[-1], "commitment": "personal"}
    propose = fields["move"]["anyOf"][0]["properties"]
    options = propose["package"]["properties"]
    package = {issue: value["enum"][0] for issue, value in options.items()}
    return {"action": "propose", "package": package, "commitment": _word(propose)}


def _word(propose: dict[str, Any]) -> str:
    """How far a proposal commits: subject to approval, where the form has that word."""
    words = propose["commitment"]["enum"]
    return "ad_referendum" if "ad_referendum" in words else "personal"


def never_agrees(draw: random.Random) -> Callable[[dict[str, Any]], Answer]:
    """Proposes to the end, in words that differ every time, with 1,300 characters a reply."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = ["".join(draw.choices(letters, k=draw.randint(2, 9))) for _ in range(3_000)]

    def words(length: int) -> str:
        return " ".join(draw.choices(known, k=length // 4))[:length]

    def answer(body: dict[str, Any]) -> Answer:
        schema = body.get("response_format", {}).get("json_schema")
        if schema is None or schema["name"] != "move":
            return plays(body)
        propose = schema["schema"]["properties"]["move"]["anyOf"][0]["properties"]
        options = propose["package"]["properties"]
        package = {issue: draw.choice(value["enum"]) for issue, value in options.items()}
        move = {"action": "propose", "package": package, "commitment": _word(propose)}
        reply = {"private_thoughts": words(450), "move": move, "public_words": words(600)}
        return completion(json.dumps(reply), usage=USAGE)

    return answer
