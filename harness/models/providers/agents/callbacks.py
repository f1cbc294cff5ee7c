"""What happens inside one answer of a runnable: its model calls are counted and booked, and stopped
once the run may spend no more. They are seen by a callback of LangChain's, which every model inside
is called with."""

from __future__ import annotations

import asyncio
import functools
import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

from harness.models.limits.budget import Allowance, Spend, cost
from harness.models.providers.langchain import message_usage
from harness.models.providers.openai_compatible import wire
from harness.models.reply import AgentUse
from harness.models.settings import EndpointSettings
from harness.models.usage import CHARACTERS_PER_TOKEN, Usage, counted

_PATIENCE: Final = 30.0
"""Seconds that a booking may take to be heard; the run's own loop is never blocked for long."""
_ALSO: Final = {"max_tokens": ("max_completion_tokens", "max_output_tokens")}
"""Other names of a setting among the parameters of a call."""


class Inside:
    """Counts the model calls inside one attempt of an agent. Called from any thread.

    Args:
        budget: What the run may spend; None for no limit.
        prices: For a budget in dollars.
        offered: Settings that the agent was offered.
        watch: Told each prompt.

    Attributes:
        started, ended: Model calls begun, and answered.
        usage: Tokens of those that were answered, as far as they were counted.
        stopped: Whether a call was refused because the run has spent what it may.
        systems: The most system messages that one call had.
    """

    def __init__(
        self,
        budget: Allowance | None,
        prices: EndpointSettings,
        offered: Mapping[str, object],
        watch: Callable[[str], None] | None = None,
    ) -> None:
        self._watch = watch
        self._budget = budget
        self._prices = prices
        self._offered = {name: v for name, v in offered.items() if name != "seed"}
        self._held: set[str] = set()
        self._models: dict[str, None] = {}
        self._begun: dict[Any, tuple[int, str]] = {}
        self._uncounted = 0
        self._loop = asyncio.get_running_loop()
        self._changing = threading.Lock()
        self.started = 0
        self.ended = 0
        self.usage = Usage()
        self.stopped = False
        self.systems = 0

    @property
    def rest(self) -> Usage:
        """Of :attr:`usage`, what is not booked yet."""
        if self._budget is None or not self.ended:
            return self.usage
        return Usage(prompt=0, completion=0)

    def use(self) -> AgentUse | None:
        """For the record; None where no model was seen."""
        if not self.started:
            return None
        ignored = tuple(sorted(set(self._offered) - self._held))
        return AgentUse(
            calls=self.started,
            uncounted=self._uncounted,
            models=tuple(self._models),
            ignored=ignored,
        )

    def begin(
        self, key: Any, texts: Sequence[str], systems: int, parameters: Mapping[str, Any]
    ) -> None:
        """A model call begins.

        Args:
            key: Tells it from the other calls.
            texts: Of its messages.
            systems: How many of them are system messages.
            parameters: What else the model is called with, by LangChain's or its provider's names.

        Raises:
            OverError: The run has spent what it may.
        """
        if self._budget is not None and self._budget.reached:
            self.stopped = True
            raise OverError("the run has reached its budget")
        if self._watch is not None:
            self._watch("\n".join(texts))
        with self._changing:
            self.started += 1
            self.systems = max(self.systems, systems)
            for name, value in self._offered.items():
                names = (name, *_ALSO.get(name, ()))
                if any(parameters.get(one) == value for one in names):
                    self._held.add(name)
            asked = parameters.get("model") or parameters.get("model_name")
            self._begun[key] = sum(map(len, texts)), asked if isinstance(asked, str) else ""

    def end(self, key: Any, response: Any) -> None:
        """A model call was answered. Where there is a budget, this waits until the run's own loop
        has booked it, and so must not be called in that loop.

        Args:
            key: As it was begun under.
            response: An ``LLMResult`` of LangChain's.
        """
        usage, length, models = _facts(response)
        usage = counted(usage, said=length > 0)
        whole = usage.prompt is not None and usage.completion is not None
        with self._changing:
            self.ended += 1
            self.usage = self.usage.plus(usage)
            self._uncounted += not whole
            size, asked = self._begun.pop(key, (0, ""))
            for model in models or [asked] * bool(asked):
                self._models[model] = None
        if self._budget is None:
            return
        prompt, completion = usage.prompt, usage.completion
        prompt = math.ceil(size / CHARACTERS_PER_TOKEN) if prompt is None else prompt
        completion = math.ceil(length / CHARACTERS_PER_TOKEN) if completion is None else completion
        usd = cost(self._prices, prompt, completion, usage.cached) or 0.0
        self._book(self._budget, Spend(prompt + completion, usd), counted=whole)

    def _book(self, budget: Allowance, spent: Spend, *, counted: bool) -> None:
        heard: Future[None] = Future()

        def book() -> None:
            budget.book(spent, counted=counted)
            heard.set_result(None)

        self._loop.call_soon_threadsafe(book)
        heard.result(_PATIENCE)  # so that the next call knows of it


class OverError(Exception):
    """A model call inside an agent may not begin: the run has spent what it may."""


@functools.cache
def handler_class() -> Any:
    """The callback; a class, made when LangChain is there."""
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.messages import SystemMessage

    class Track15Handler(BaseCallbackHandler):
        raise_error = True
        run_inline = True
        ignore_chain = True
        ignore_agent = True
        ignore_retriever = True

        def __init__(self, inside: Inside) -> None:
            self._inside = inside

        def on_chat_model_start(
            self, serialized: Any, messages: Any, *, run_id: Any, **more: Any
        ) -> None:
            flat = [message for batch in messages for message in batch]
            systems = max(
                (sum(isinstance(m, SystemMessage) for m in batch) for batch in messages), default=0
            )
            texts = [str(message.text) for message in flat]
            self._inside.begin(run_id, texts, systems, more.get("invocation_params") or {})

        def on_llm_start(self, serialized: Any, prompts: Any, *, run_id: Any, **more: Any) -> None:
            parameters = more.get("invocation_params") or {}
            self._inside.begin(run_id, prompts, 0, parameters)

        def on_llm_end(self, response: Any, *, run_id: Any, **_: Any) -> None:
            self._inside.end(run_id, response)

    def not_ours(record: logging.LogRecord) -> bool:
        return Track15Handler.__name__ not in record.getMessage()

    logging.getLogger("langchain_core.callbacks.manager").addFilter(not_ours)
    return Track15Handler


def _facts(response: Any) -> tuple[Usage, int, list[str]]:
    """Tokens, characters and models of an answer, as far as it says."""
    from langchain_core.messages import AIMessage

    usage, length, models = Usage(), 0, []
    for generations in response.generations:
        for generation in generations:
            length += len(str(getattr(generation, "text", "")))
            message = getattr(generation, "message", None)
            if isinstance(message, AIMessage):
                usage = usage.plus(message_usage(message))
                said = message.response_metadata
                name = said.get("model_name") or said.get("model")
                if isinstance(name, str) and name:
                    models.append(wire.writable(name)[:200])
    return usage, length, models
