"""A LangChain runnable - a chain, a LangGraph agent - that completes chats (extra ``langchain``).

It is given the same messages as a model would be, and what comes back is read by the same parser.
A graph, or anything whose input has a field ``messages``, gets ``{"messages": [...]}``, and the
JSON Schema of the answer as ``schema`` where its input has such a field too; anything else gets
the list of messages.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from harness.errors import ModelError, UsageError
from harness.models import refusals
from harness.models.address import ModelAddress
from harness.models.credentials import showable
from harness.models.failure import AttemptError, EndpointError, attempt_error
from harness.models.keys import guarded, use_keys
from harness.models.langchain import message_reply, message_usage
from harness.models.limits import ConnectionLimit
from harness.models.reply import ChatMessage, ModelReply, TokenUsage, counted
from harness.models.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.usercode import is_its_own, secrets, shown

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable, RunnableConfig

UNREAD: Final = "(the answer could not be read)"
"""Stands for a reply that the runnable's own output parser could not read. Not the reply itself:
what the runnable would not pass on must not become a move."""

_MENDS: Final[dict[Any, str]] = {
    "timeout": "raise --timeout, which covers a whole answer of the runnable; or lower "
    "--max-connections",
    "malformed": "fix it, and type the same command again",
    429: "lower --max-connections, raise --max-retries, or check the account's quota",
    401: "check the key that the runnable's model reads from the environment",
    403: "check the key that the runnable's model reads from the environment",
}
_ELSEWHERE: Final = "check the server, the base URL and the model that the runnable speaks to"


class _CodeError(AttemptError):
    """The runnable itself failed, not an endpoint behind it: the same again would fail again."""

    passing = False


def input_fields(runnable: Runnable[Any, Any]) -> frozenset[str]:
    """Names of the fields of its input; empty where it takes no fields but one value.

    Raises:
        UsageError: It takes fields, and ``messages`` is none of them.
    """
    try:
        properties = runnable.get_input_jsonschema().get("properties")
    except Exception:  # noqa: BLE001 - a state that has no JSON Schema; a graph knows its channels
        properties = getattr(runnable, "channels", None)
    fields = frozenset(properties) if isinstance(properties, Mapping) else frozenset()
    if fields and "messages" not in fields:
        raise UsageError(
            f"the runnable takes {', '.join(sorted(fields)[:6])}, not messages",
            fix="put a step before it: RunnableLambda(lambda messages: {...}) | runnable",
        )
    return fields


class RunnableChat:
    """Completes chats through a runnable's ``ainvoke``.

    The runnable brings its own model and settings. A temperature, longest reply, seed or further
    field of the request is offered to it as ``configurable`` of its config, under its own name
    (``temperature``, ``max_tokens``, ``seed``). Each call has a ``thread_id`` of its own, so that a
    checkpointer carries nothing from one call, or one dialogue, to another.

    Args:
        runnable: Shared by all dialogues; it is called by many at once.
        name: As it stands in the record.
        file: Source file of the user's, to name the line at which it failed.
        limit: Calls at once.
        retry: What a failed call is worth; only failures that may pass are tried again.
        timeout: Seconds one answer may take, all model calls inside it included.

    Raises:
        UsageError: As :func:`input_fields`.
    """

    def __init__(
        self,
        runnable: Runnable[Any, Any],
        *,
        name: str,
        file: str | None = None,
        limit: ConnectionLimit | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 120.0,
    ) -> None:
        self.address = ModelAddress(
            provider="langchain", model=f"runnable:{'_'.join(name.split()) or '_'}"
        )
        self.limit = limit or ConnectionLimit(16)
        use_keys(secrets())  # the models behind it read some of them
        self._runnable = runnable
        self._name = name
        self._file = file
        self._fields = input_fields(runnable)
        self._timeout = timeout
        self._retrier = Retrier(self.address, retry or RetryPolicy(), self.limit.counters.retried)

    async def check(self) -> None:
        """See :meth:`harness.models.chat.Chat.check`. A runnable has no way to ask."""

    async def aclose(self) -> None:
        """The runnable's connections are its own."""

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        schema_name: str = "reply",
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`. ``usage`` is that of all model calls made
        inside, where they report any.

        Raises:
            ModelError: Whatever the runnable raised, with its line but neither key nor prompt.
        """
        named = {"seed": seed, "temperature": temperature, "max_tokens": max_tokens}
        settings = {**(extra or {}), **named}
        offered = {name: value for name, value in settings.items() if value is not None}
        # A copy: the schema is shared by all dialogues, and this goes to code of the user's.
        described = {"title": schema_name, **copy.deepcopy(dict(schema or {}))}
        effort = Effort()
        failed: AttemptError | None = None

        async def attempt(effort: Effort) -> ModelReply:
            nonlocal failed
            async with self.limit.request(messages, max_tokens) as request:
                with timed(effort):
                    try:
                        reply = await self._ask(messages, described, offered)
                        return request.answered(reply)
                    except BaseException as error:
                        if not is_its_own(error):
                            raise
                        failed = self._failure(error, messages)
                        raise failed from None

        try:
            reply = await self._retrier.call(attempt, effort)
        except EndpointError as error:
            ended = error
        else:
            self.limit.counters.answered(reply.usage)
            return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})
        self.limit.counters.failed += 1
        assert failed is not None
        raise self._error(ended, failed)

    async def _ask(
        self, messages: Sequence[ChatMessage], schema: dict[str, Any], offered: dict[str, Any]
    ) -> ModelReply:
        from langchain_core.exceptions import OutputParserException

        sent = _messages(messages)
        tokens = _token_counter()()
        config: RunnableConfig = {
            "callbacks": [tokens],
            "configurable": {**offered, "thread_id": uuid.uuid4().hex},
        }
        given: Any = sent
        if self._fields:
            given = {"messages": sent}
            if "schema" in self._fields:
                given["schema"] = schema
        try:
            async with asyncio.timeout(self._timeout):
                result = await self._runnable.ainvoke(given, config)
        except OutputParserException:
            reply = ModelReply(text=UNREAD)
        else:
            reply = read_result(result, {message.id or "" for message in sent})
        used: TokenUsage = reply.usage if tokens.usage == TokenUsage() else tokens.usage
        usage = counted(used, said=bool(reply.text))
        return guarded(reply.model_copy(update={"usage": usage}))

    def _failure(self, error: BaseException, messages: Sequence[ChatMessage]) -> AttemptError:
        prompt = [message["content"] for message in messages]
        failure = attempt_error(error)
        if failure.kind == "malformed":  # nothing that a connection or a server does
            return _CodeError("malformed", detail=shown(error, file=self._file, prompt=prompt))
        said = refusals.error_text(getattr(error, "body", None))
        failure.detail = showable(said, keys=secrets(), prompt=prompt)
        failure.prompt = refusals.read_error(
            failure.status, getattr(error, "body", None)
        ).of_prompt()
        return failure

    def _error(self, ended: EndpointError, failed: AttemptError) -> ModelError:
        code = isinstance(failed, _CodeError)
        error = ModelError(
            f"the runnable failed: {failed.detail}" if code else ended.what,
            where=f"delegation {self._name}",
            fix=_MENDS.get(failed.status or failed.kind, _ELSEWHERE),
        )
        error.final = failed.prompt
        return error


def read_result(result: object, sent: set[str] | frozenset[str] = frozenset()) -> ModelReply:
    """What a runnable gave, as facts. A message that was sent to it is not an answer.

    Taken are: text; a message of the model; messages, or a state with ``messages``, the last of
    which is one; a state with a ``structured_response``; a dict or pydantic model that is itself
    the reply object. None counts as an empty reply.

    Args:
        sent: Ids of the messages it was given.

    Raises:
        TypeError, ValueError, RecursionError: It is none of these, or no JSON.
    """
    from langchain_core.messages import BaseMessage

    if result is None:
        return ModelReply(text="")
    if isinstance(result, str):
        return ModelReply(text=str(result))
    if isinstance(result, BaseMessage):
        return _answer([result], sent)
    if isinstance(result, Mapping):
        if result.get("structured_response") is not None:
            return ModelReply(text=_json(result["structured_response"]), usage=_spent(result, sent))
        if _are_messages(result.get("messages")):
            return _answer(result["messages"], sent)
    if _are_messages(result):
        return _answer(result, sent)
    return ModelReply(text=_json(result))


def _are_messages(value: object) -> TypeGuard[Sequence[BaseMessage]]:
    from langchain_core.messages import BaseMessage

    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(isinstance(message, BaseMessage) for message in value)
    )


def _answer(messages: Sequence[BaseMessage], sent: set[str] | frozenset[str]) -> ModelReply:
    """The last message, where the model gave it in answer to what was sent."""
    from langchain_core.messages import AIMessage

    last = messages[-1]
    usage = _summed(messages, sent)
    if not isinstance(last, AIMessage) or last.id in sent:
        return ModelReply(text="", usage=usage)
    # The text as it is: half a character is complained of, not replaced.
    return message_reply(last).model_copy(update={"usage": usage, "text": str(last.text)})


def _spent(state: Mapping[Any, Any], sent: set[str] | frozenset[str]) -> TokenUsage:
    messages = state.get("messages")
    return _summed(messages, sent) if _are_messages(messages) else TokenUsage()


def _summed(messages: Sequence[BaseMessage], sent: set[str] | frozenset[str]) -> TokenUsage:
    """Tokens of the new messages, where they say; None where none does."""
    from langchain_core.messages import AIMessage

    total = TokenUsage()
    for message in messages:
        if isinstance(message, AIMessage) and message.id not in sent:
            total = _plus(total, message_usage(message))
    return total


def _plus(one: TokenUsage, other: TokenUsage) -> TokenUsage:
    def both(a: int | None, b: int | None) -> int | None:
        return b if a is None else a if b is None else a + b

    return TokenUsage(
        prompt_tokens=both(one.prompt_tokens, other.prompt_tokens),
        completion_tokens=both(one.completion_tokens, other.completion_tokens),
        cached_tokens=both(one.cached_tokens, other.cached_tokens),
    )


def _json(value: object) -> str:
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return json.dumps(value.model_dump(mode="json", by_alias=True), ensure_ascii=False)
    if isinstance(value, Mapping):
        value = dict(value)
    if not isinstance(value, dict | list | tuple | int | float | str):
        raise TypeError(
            f"it gave a value of type {type(value).__name__}; it must give text, a message, "
            "a state with messages, or the reply object"
        )
    # NaN stays: the parser complains of it to the one who wrote it.
    return json.dumps(value, ensure_ascii=False)


def _messages(messages: Sequence[ChatMessage]) -> list[BaseMessage]:
    """LangChain's form, each with an id, so that what was sent is told from what came back."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [
        kinds[message["role"]](content=message["content"], id=f"track15-{index}")
        for index, message in enumerate(messages)
    ]


@functools.cache
def _token_counter() -> Any:
    """A callback that sums the tokens of every model call inside a runnable, whatever the runnable
    makes of the answers; a class, made when LangChain is there."""
    from langchain_core.callbacks import AsyncCallbackHandler
    from langchain_core.messages import AIMessage

    class TokenCounter(AsyncCallbackHandler):
        ignore_chain = True
        ignore_agent = True
        ignore_retriever = True

        def __init__(self) -> None:
            self.usage = TokenUsage()

        async def on_chat_model_start(self, *_: Any, **__: Any) -> None:
            """Nothing to count yet; the default would write all messages out."""

        async def on_llm_end(self, response: Any, **_: Any) -> None:
            for generations in response.generations:
                for generation in generations:
                    message = getattr(generation, "message", None)
                    if isinstance(message, AIMessage):
                        self.usage = _plus(self.usage, message_usage(message))

    return TokenCounter
