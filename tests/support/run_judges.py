"""Judges behind a server, that answer every question of a rubric alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.mock_server import USAGE, Answer, completion

Body = dict[str, Any]
NOTHING = ("absent", "no", "none", "neither", "both")
"""Answers which say that what is asked about is not there, of whatever rubric."""


def finds_nothing(body: Body) -> dict[str, Any]:
    """The answer to every question of a request that what is asked about is not there; to one for a
    list an empty one."""
    items = body["response_format"]["json_schema"]["schema"]["properties"]
    if "found" in items:
        return {"found": []}
    allowed = {item: form["properties"]["answer"]["enum"] for item, form in items.items()}
    return {
        item: {"quotes": [], "answer": next(one for one in NOTHING if one in names)}
        for item, names in allowed.items()
    }


class RunJudge:
    """Finds nothing, whatever it reads.

    Args:
        instead: Says what is answered in place of that; None for what the judge finds.

    Attributes:
        read: What it was given to read, request by request.
        lists: What it lists, by an item that the request names.
    """

    def __init__(self, instead: Callable[[int], Answer | None] = lambda _: None) -> None:
        self.instead = instead
        self.read: list[str] = []
        self.answers: dict[str, tuple[str, list[str]]] = {}
        self.lists: dict[str, list[dict[str, str]]] = {}

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return len(self.read)

    def __call__(self, body: Body) -> Answer:
        if "messages" not in body:
            return completion("ok")  # which models there are
        self.read.append(body["messages"][1]["content"])
        if (other := self.instead(self.asked)) is not None:
            return other
        found = finds_nothing(body)
        for item in found.keys() & self.answers.keys():
            found[item] = dict(zip(("answer", "quotes"), self.answers[item], strict=True))
        if "found" in found:
            asked = body["messages"][0]["content"]
            found["found"] = [
                entry for item, told in self.lists.items() if item in asked for entry in told
            ]
        return completion(json.dumps(found), usage=USAGE)
