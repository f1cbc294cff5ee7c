"""Single questions to a model and what became of them, written by hand."""

from __future__ import annotations

from typing import Any

from harness.doctor.listening import Exchange
from harness.errors import ModelError
from harness.models.address import parse_address
from harness.models.failure import AttemptError, EndpointError
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import Usage


def asked(size: int = 400, name: str = "move", **more: Any) -> Request:
    """A question of ``size`` characters. ``more`` as for :class:`Request`."""
    return Request([{"role": "user", "content": "x" * size}], schema_name=name, **more)


def replied(
    text: str = "said",
    *,
    size: int = 400,
    name: str = "move",
    prompt: int | None = None,
    completion: int | None = None,
    cached: int | None = None,
    reasoning: int | None = None,
    **more: Any,
) -> Exchange:
    """A question that was answered.

    Args:
        size: Characters of the prompt.
        name: What the form of the reply is called.
        prompt, completion, cached, reasoning: Tokens as the server counted them.
        more: As for :class:`ModelReply`.
    """
    usage = Usage(prompt=prompt, completion=completion, cached=cached, reasoning=reasoning)
    return Exchange(asked(size, name), reply=ModelReply(text=text, usage=usage, **more))


def refusal(status: int = 400, detail: str = "no", *, attempts: int = 1) -> EndpointError:
    """What is raised where a server answers with ``status``."""
    failure = AttemptError("status", status=status, detail=detail)
    return EndpointError(parse_address("openai/m@http://127.0.0.1:9/v1"), failure, attempts)


def refused(error: ModelError | None = None, *, size: int = 400, name: str = "move") -> Exchange:
    """A question that was not answered."""
    return Exchange(asked(size, name), error=error or refusal())
