"""What makes two requests to a model the same: a digest over all that is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from harness.memo import once_per_object
from harness.models.address import ModelAddress
from harness.models.request import ChatMessage, Request

if TYPE_CHECKING:
    from hashlib import _Hash


class RequestDigest:
    """Digests of the requests of one dialogue.

    The prompts of a dialogue only grow, so each message is read once however often it is sent, and
    a schema, which must never change, once for all that share it: the cost of a call stays the same
    as its dialogue grows.
    """

    def __init__(self) -> None:
        self._threads: dict[int, tuple[Sequence[ChatMessage], _Hash]] = {}

    def of(self, address: ModelAddress, request: Request) -> str:
        """SHA-256, in hexadecimal, over the model and its base URL, every message, the schema and
        its name, the seed and the sampling settings."""
        schema, extra = request.schema, request.extra
        asked = [
            str(address),
            request.schema_name,
            "" if schema is None else _schema(schema),
            request.seed,
            request.temperature,
            request.max_tokens,
            json.dumps(extra, sort_keys=True, default=str) if extra else "",
        ]
        whole = self._prompt(request.messages)
        whole.update(to_json(asked))
        return whole.hexdigest()

    def _prompt(self, messages: Sequence[ChatMessage]) -> _Hash:
        """Of all messages; begins where the last prompt of the same thread ended."""
        if not messages:
            return hashlib.sha256()
        thread = id(messages[0])
        known, running = self._threads.get(thread, ((), None))
        grown = running is not None and len(known) <= len(messages)
        # The same objects, not equal ones: the messages kept in ``known`` cannot be others' ids.
        if not grown or any(a is not b for a, b in zip(known, messages, strict=False)):
            known, running = (), None
        now = hashlib.sha256() if running is None else running.copy()
        for message in messages[len(known) :]:
            content = message["content"].encode("utf-8", "surrogatepass")
            # With its length, so that no content can pass for the end of one and the next.
            now.update(f"{message['role']} {len(content)}\n".encode())
            now.update(content)
        self._threads[thread] = (tuple(messages), now)
        return now.copy()


@once_per_object
def _schema(schema: Mapping[str, Any]) -> str:
    text = json.dumps(schema, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
