"""An agent that completes chats: a LangChain runnable - a chain, a LangGraph agent - or a function
of the user's that takes messages and gives text.

It is given the same messages as a model would be, and what comes back is read by the same parser.
A graph, or anything whose input has a field ``messages``, gets ``{"messages": [...]}``, and the
JSON Schema of the answer as ``schema`` where its input has such a field too; anything else gets
the list of messages. Where the one form is not taken, the other is tried.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from harness.models import apart, tracing
from harness.models.address import ModelAddress
from harness.models.agentfailure import (
    NOT_SENT,
    REFUSED,
    CodeError,
    attempt_failure,
    failure_of,
)
from harness.models.agentinput import (
    WORDS,
    Form,
    forms,
    input_fields,
    is_message_graph,
    is_of_form,
    langchain_messages,
    text_arguments,
    without_system,
)
from harness.models.agentreply import UNREAD, NoReplyError, read_result
from harness.models.budget import NOTHING
from harness.models.failure import AttemptError, EndpointError, attempt_error
from harness.models.inside import Inside, handler_class
from harness.models.keys import guarded, use_keys
from harness.models.limits import ConnectionLimit
from harness.models.reply import AgentUse, ChatMessage, ModelReply
from harness.models.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.seated import SEAT, AgentSeat, Factory
from harness.models.usage import Usage, counted
from harness.models.usercode import is_its_own, secrets, shown, taken

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

__all__ = ["UNREAD", "RunnableChat", "input_fields", "read_result"]

STEPS: Final = 50
"""Steps of a graph in one answer, where the agent does not say itself (``recursion_limit``)."""


class RunnableChat:
    """Completes chats through a runnable's ``ainvoke``, or a function. It runs apart
    (:mod:`harness.models.apart`): a time-out and a cancellation hold whatever it does.

    The agent brings its own model and settings. A temperature, longest reply, seed or further field
    of the request is offered to a runnable as ``configurable`` of its config, under its own name
    (``temperature``, ``max_tokens``, ``seed``), to a function as an argument of that name. The
    ``thread_id`` there is the same for all calls of one seat of one dialogue, so that a
    checkpointer keeps what belongs together; a call that nobody is seated for has one of its own.
    Each message has an id that is unique to its thread.

    Model calls inside are counted and booked one by one, and none begins once the run has spent
    what it may.

    Args:
        runnable: The agent, shared by all dialogues and called by many at once; or a
            :class:`~harness.models.seated.Factory` of one for each dialogue and seat.
        name: As it stands in the record.
        file: Source file of the user's, to name the line at which it failed.
        limit: Calls at once.
        retry: What a failed call is worth; only failures that may pass are tried again.
        timeout: Seconds one answer may take, all model calls inside it included.
        watch: Told the ``thread_id`` and the text of each prompt inside; from any thread.

    Attributes:
        systems: The most system messages that one call inside had.
    """

    def __init__(
        self,
        runnable: Any,
        *,
        name: str,
        file: str | None = None,
        limit: ConnectionLimit | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 120.0,
        watch: Callable[[str, str], None] | None = None,
    ) -> None:
        self.address = ModelAddress(
            provider="langchain", model=f"runnable:{'_'.join(name.split()) or '_'}"
        )
        self.limit = limit or ConnectionLimit(16)
        use_keys(secrets())  # the models behind it read some of them
        self._runnable = runnable
        self._name = name
        self._file = file
        self._timeout = timeout
        self._retrier = Retrier(self.address, retry or RetryPolicy(), self.limit.counters.retried)
        self._form: Form | None = None
        self._merged = False
        self._watch = watch
        self.systems = 0
        tracing.switch_off()

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
            ModelError: Whatever the agent raised, with its line but neither key nor prompt.
            LimitReachedError: The run has spent what it may.
        """
        named = {"seed": seed, "temperature": temperature, "max_tokens": max_tokens}
        settings = {**(extra or {}), **named}
        # Copies: both are shared by all dialogues, and these go to code of the user's.
        offered = copy.deepcopy({name: v for name, v in settings.items() if v is not None})
        described = {"title": schema_name, **copy.deepcopy(dict(schema or {}))}
        seat = SEAT.get() or AgentSeat(uuid.uuid4().hex, {})
        effort = Effort()
        failed: AttemptError | None = None
        watch = None if self._watch is None else partial(self._watch, seat.thread_id)

        async def attempt(effort: Effort) -> ModelReply:
            nonlocal failed
            async with self.limit.request(messages, max_tokens) as request:
                inside = Inside(self.limit.budget, self.limit.prices, offered, watch)
                with timed(effort):
                    try:
                        reply = await self._ask(messages, described, offered, seat, inside)
                        inner = {"inside": reply.inside or inside.use()}
                        reply = guarded(reply.model_copy(update=inner))
                    except BaseException as error:
                        seat.failures += 1
                        if inside.ended:  # what it took is known, and was taken
                            request.answered(ModelReply(text="", usage=inside.rest))
                        elif inside.stopped:
                            request.refused(NOT_SENT)
                        if not is_its_own(error):
                            raise
                        failed = attempt_failure(
                            error,
                            inside,
                            prompt=[message["content"] for message in messages],
                            file=self._file,
                            seconds=self._timeout,
                            merged=self._merged,
                        )
                        if not inside.stopped:
                            raise failed from None
                    if not inside.stopped:
                        counted = inside.rest if inside.ended else reply.usage
                        request.answered(reply.model_copy(update={"usage": counted}))
                        return reply
            await self._refuse_spent()
            raise failed or CodeError("malformed", detail="it went on without its model's answer")

        try:
            reply = await self._retrier.call(attempt, effort)
        except EndpointError as error:
            ended = error
        else:
            self.limit.counters.answered(reply.usage)
            return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})
        self.limit.counters.failed += 1
        assert failed is not None
        raise failure_of(ended, failed, self._name)

    async def _refuse_spent(self) -> None:
        """Raise what says that the run has spent what it may."""
        budget = self.limit.budget
        if budget is not None and budget.reached:
            await budget.begin(NOTHING)
            budget.settle(NOTHING, NOTHING)

    # --- one attempt -------------------------------------------------------------------------

    async def _ask(
        self,
        messages: Sequence[ChatMessage],
        schema: dict[str, Any],
        offered: dict[str, Any],
        seat: AgentSeat,
        inside: Inside,
    ) -> ModelReply:
        """One answer. Where a server refuses two system messages, the briefing goes into the first
        question, from then on."""

        async def job() -> ModelReply:
            agent = await self._agent(seat)
            if not hasattr(agent, "ainvoke"):
                return await self._called(agent, messages, schema, offered, seat)
            before, merged = inside.started, self._merged
            try:
                return await self._invoked(agent, messages, schema, offered, seat, inside, merged)
            except Exception as error:
                doubled = inside.systems > 1 and inside.started > before
                if merged or not doubled or attempt_error(error).status not in REFUSED:
                    raise
                self._merged = True
            return await self._invoked(agent, messages, schema, offered, seat, inside, True)

        with tracing.untraced():
            result: ModelReply = await apart.call(job, seconds=self._timeout)
        self.systems = max(self.systems, inside.systems)
        return result

    async def _agent(self, seat: AgentSeat) -> Any:
        if not isinstance(self._runnable, Factory):
            return self._runnable
        if seat.agent is None:
            make, offered = self._runnable.make, {**seat.offered, "thread_id": seat.thread_id}
            seat.agent = await apart.in_thread(make, **taken(make, offered))
        return seat.agent

    async def _called(
        self,
        agent: Any,
        messages: Sequence[ChatMessage],
        schema: dict[str, Any],
        offered: dict[str, Any],
        seat: AgentSeat,
    ) -> ModelReply:
        """A function's answer."""
        given = {**offered, "thread_id": seat.thread_id}
        places, named = text_arguments(agent, messages, schema, given)
        result = await apart.asked(agent, *places, **named)
        reply = _read(result, frozenset(), schema)
        ignored = tuple(sorted(offered.keys() - named.keys() - {"seed"}))
        return reply.model_copy(
            update={"inside": AgentUse(calls=0, ignored=ignored)} if ignored else {}
        )

    async def _invoked(
        self,
        agent: Any,
        messages: Sequence[ChatMessage],
        schema: dict[str, Any],
        offered: dict[str, Any],
        seat: AgentSeat,
        inside: Inside,
        merged: bool,
    ) -> ModelReply:
        """A runnable's answer, in the first form of its input that it takes."""
        fields, known = input_fields(agent), self._form
        tried: list[str] = []
        for form in (known,) if known else forms(agent, fields):
            wanted = "schema" in fields or not is_message_graph(agent, fields)
            given, ids = self._given(form, messages, schema if wanted else None, seat, merged)
            try:
                place = len(messages)  # of the answer in the thread
                reply = await self._result(agent, given, ids, place, schema, offered, seat, inside)
            except Exception as error:
                if known or inside.started or not is_of_form(error, form):
                    raise
                prompt = [message["content"] for message in messages]
                said = shown(error, file=self._file, prompt=prompt)
                tried.append(f"given {WORDS[form]}: {said}")
                first = error if len(tried) == 1 else None
                continue
            self._form = form
            return reply
        if len(tried) == 1:
            assert first is not None
            raise first
        raise CodeError("malformed", detail="; ".join(tried))

    def _given(
        self,
        form: Form,
        messages: Sequence[ChatMessage],
        schema: dict[str, Any] | None,
        seat: AgentSeat,
        merged: bool,
    ) -> tuple[Any, list[str]]:
        """The input, and the ids of its messages."""
        shift = 0
        if merged:
            shift, messages = len(messages), without_system(messages)
            shift -= len(messages)
        places = range(shift, shift + len(messages))
        ids = [seat.ids.get(place, f"{seat.thread}-{place}") for place in places]
        sent = langchain_messages(messages, ids)
        if form == "messages":
            return sent, ids
        state: dict[str, Any] = {"messages": sent}
        if schema is not None:
            state["schema"] = schema
        return state, ids

    async def _result(
        self,
        agent: Any,
        given: Any,
        ids: list[str],
        place: int,
        schema: dict[str, Any],
        offered: dict[str, Any],
        seat: AgentSeat,
        inside: Inside,
    ) -> ModelReply:
        from langchain_core.exceptions import OutputParserException

        config: RunnableConfig = {
            "callbacks": [handler_class()(inside)],
            "configurable": {**offered, "thread_id": seat.thread},
        }
        if not _config_of(agent).get("recursion_limit"):
            config["recursion_limit"] = STEPS
        try:
            result = await agent.ainvoke(given, config)
        except OutputParserException:
            reply = ModelReply(text=UNREAD)
        else:
            reply = _read(result, frozenset(ids), schema)
            _remember(result, place, seat)
        used: Usage = reply.usage if inside.usage == Usage() else inside.usage
        usage = counted(used, said=bool(reply.text))
        return reply.model_copy(update={"usage": usage})


def _read(result: object, ids: frozenset[str], schema: Mapping[str, Any]) -> ModelReply:
    try:
        return read_result(result, ids, _fields(schema))
    except NoReplyError as error:
        raise CodeError("malformed", detail=str(error)) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise CodeError("malformed", detail=shown(error)) from None


def _fields(schema: Mapping[str, Any]) -> frozenset[str]:
    """Names of the fields of the reply object."""
    return frozenset(schema.get("properties") or ())


def _config_of(agent: Any) -> Mapping[str, Any]:
    config = getattr(agent, "config", None)
    return config if isinstance(config, Mapping) else {}


def _remember(result: object, place: int, seat: AgentSeat) -> None:
    """Keep the id of the agent's own answer: a checkpointer has it under that id, and the thread
    that is sent next holds it at ``place``."""
    messages = result.get("messages") if isinstance(result, Mapping) else None
    last = messages[-1] if isinstance(messages, list) and messages else None
    own = getattr(last, "id", None)
    spoken = getattr(last, "type", "") == "ai" and not getattr(last, "tool_calls", None)
    if spoken and isinstance(own, str) and own:
        seat.ids[place] = own
