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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from harness.models import isolation, tracing
from harness.models.address import ModelAddress
from harness.models.failure import AttemptError, EndpointError, attempt_error
from harness.models.keys import use_keys
from harness.models.limits.admission import Slot
from harness.models.limits.budget import NOTHING, Allowance
from harness.models.provider import Ask, Provider
from harness.models.providers.agents.callbacks import Inside, handler_class
from harness.models.providers.agents.failures import (
    NOT_SENT,
    REFUSED,
    CodeError,
    attempt_failure,
    failure_of,
)
from harness.models.providers.agents.inputs import (
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
from harness.models.providers.agents.replies import UNREAD, NoReplyError, read_result
from harness.models.providers.agents.seated import SEAT, AgentSeat, Factory
from harness.models.reply import AgentUse, ModelReply
from harness.models.request import Request
from harness.models.settings import EndpointSettings
from harness.models.usage import Usage, counted
from harness.models.usercode import is_its_own, secrets, shown, taken

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

__all__ = ["UNREAD", "RunnableProvider", "input_fields", "read_result"]

STEPS: Final = 50
"""Steps of a graph in one answer, where the agent does not say itself (``recursion_limit``)."""


@dataclass
class _Call:
    """One call while it is made.

    Attributes:
        request: What is asked.
        schema, offered: The form of the answer, and the settings; copies, for they go to code of
            the user's, and the request is shared by all dialogues.
        seat: Who is asked.
        failed: The last failure.
    """

    request: Request
    schema: dict[str, Any]
    offered: dict[str, Any]
    seat: AgentSeat
    failed: AttemptError | None = None

    @classmethod
    def of(cls, request: Request) -> _Call:
        """A call that is about to be made, for the seat that is being asked, if one is."""
        names = ("seed", "temperature", "max_tokens")
        named = {name: getattr(request, name) for name in names}
        settings = {**(request.extra or {}), **named}
        offered = copy.deepcopy({name: v for name, v in settings.items() if v is not None})
        schema = {"title": request.schema_name, **copy.deepcopy(dict(request.schema or {}))}
        return cls(request, schema, offered, SEAT.get() or AgentSeat(uuid.uuid4().hex, {}))


class RunnableProvider(Provider):
    """An agent that is asked through a runnable's ``ainvoke``, or a function. It runs apart
    (:mod:`harness.models.isolation`): a time-out and a cancellation hold whatever it does.

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
            :class:`~harness.models.providers.agents.seated.Factory` of one for each dialogue and
            seat.
        name: As it stands in the record.
        file: Source file of the user's, to name the line at which it failed.
        budget: What the run may spend, its model calls included; None for no limit.
        prices: For a budget in dollars.
        timeout: Seconds one answer may take, all model calls inside it included.
        watch: Told the ``thread_id`` and the text of each prompt inside; from any thread.

    Attributes:
        address: What stands for it in errors and the record.
        systems: The most system messages that one call inside had.
    """

    def __init__(
        self,
        runnable: Any,
        *,
        name: str,
        file: str | None = None,
        budget: Allowance | None = None,
        prices: EndpointSettings | None = None,
        timeout: float = 120.0,
        watch: Callable[[str, str], None] | None = None,
    ) -> None:
        self.address = ModelAddress(
            provider="langchain", model=f"runnable:{'_'.join(name.split()) or '_'}"
        )
        self._budget = budget
        self._prices = prices or EndpointSettings()
        use_keys(secrets())  # the models behind it read some of them
        self._runnable = runnable
        self._name = name
        self._file = file
        self._timeout = timeout
        self._form: Form | None = None
        self._merged = False
        self._watch = watch
        self.systems = 0
        tracing.switch_off()

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        """See :class:`Provider`. ``usage`` is that of all model calls made inside, where they
        report any.

        Raises:
            ModelError: Whatever the agent raised, with its line but neither key nor prompt.
            LimitReachedError: The run has spent what it may.
        """
        call = _Call.of(request)
        try:
            return await ask(partial(self._attempt, call))
        except EndpointError as error:
            ended = error
        assert call.failed is not None
        raise failure_of(ended, call.failed, self._name)

    async def _attempt(self, call: _Call, slot: Slot) -> ModelReply:
        watch = None if self._watch is None else partial(self._watch, call.seat.thread_id)
        inside = Inside(self._budget, self._prices, call.offered, watch)
        reply = ModelReply(text="")
        try:
            reply = await self._ask(call, inside)
        except BaseException as error:
            call.seat.failures += 1
            if not is_its_own(error):
                raise
            call.failed = attempt_failure(
                error,
                inside,
                prompt=call.request.texts,
                file=self._file,
                seconds=self._timeout,
                merged=self._merged,
            )
            if not inside.stopped:
                raise call.failed from None
        finally:
            if inside.ended:  # what it took is known, and was taken
                slot.answered(reply.model_copy(update={"usage": inside.rest}))
            elif inside.stopped:
                slot.refused(NOT_SENT)
        if inside.stopped:
            await self._refuse_spent()
            went_on = "it went on without its model's answer"
            call.failed = call.failed or CodeError("malformed", detail=went_on)
            raise call.failed
        return reply.model_copy(update={"inside": reply.inside or inside.use()})

    async def _refuse_spent(self) -> None:
        """Raise what says that the run has spent what it may."""
        budget = self._budget
        if budget is not None and budget.reached:
            await budget.begin(NOTHING)
            budget.settle(NOTHING, NOTHING)

    # --- one attempt -------------------------------------------------------------------------

    async def _ask(self, call: _Call, inside: Inside) -> ModelReply:
        """One answer. Where a server refuses two system messages, the briefing goes into the first
        question, from then on."""

        async def job() -> ModelReply:
            agent = await self._agent(call.seat)
            if not hasattr(agent, "ainvoke"):
                return await self._called(agent, call)
            before, merged = inside.started, self._merged
            try:
                return await self._invoked(agent, call, inside, merged)
            except Exception as error:
                doubled = inside.systems > 1 and inside.started > before
                if merged or not doubled or attempt_error(error).status not in REFUSED:
                    raise
                self._merged = True
            return await self._invoked(agent, call, inside, True)

        with tracing.untraced():
            result: ModelReply = await isolation.call(job, seconds=self._timeout)
        self.systems = max(self.systems, inside.systems)
        return result

    async def _agent(self, seat: AgentSeat) -> Any:
        if not isinstance(self._runnable, Factory):
            return self._runnable
        if seat.agent is None:
            make, offered = self._runnable.make, {**seat.offered, "thread_id": seat.thread_id}
            seat.agent = await isolation.in_thread(make, **taken(make, offered))
        return seat.agent

    async def _called(self, agent: Any, call: _Call) -> ModelReply:
        """A function's answer."""
        given = {**call.offered, "thread_id": call.seat.thread_id}
        places, named = text_arguments(agent, call.request.messages, call.schema, given)
        result = await isolation.asked(agent, *places, **named)
        reply = _read(result, frozenset(), call.schema)
        ignored = tuple(sorted(call.offered.keys() - named.keys() - {"seed"}))
        return reply.model_copy(
            update={"inside": AgentUse(calls=0, ignored=ignored)} if ignored else {}
        )

    async def _invoked(self, agent: Any, call: _Call, inside: Inside, merged: bool) -> ModelReply:
        """A runnable's answer, in the first form of its input that it takes."""
        fields, known = input_fields(agent), self._form
        tried: list[str] = []
        for form in (known,) if known else forms(agent, fields):
            wanted = "schema" in fields or not is_message_graph(agent, fields)
            given, ids = _given(form, call, merged, schema=call.schema if wanted else None)
            try:
                reply = await _result(agent, given, ids, call, inside)
            except Exception as error:
                if known or inside.started or not is_of_form(error, form):
                    raise
                said = shown(error, file=self._file, prompt=call.request.texts)
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
    form: Form, call: _Call, merged: bool, *, schema: dict[str, Any] | None
) -> tuple[Any, list[str]]:
    """The input, and the ids of its messages."""
    seat, messages, shift = call.seat, call.request.messages, 0
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
    agent: Any, given: Any, ids: list[str], call: _Call, inside: Inside
) -> ModelReply:
    from langchain_core.exceptions import OutputParserException

    config: RunnableConfig = {
        "callbacks": [handler_class()(inside)],
        "configurable": {**call.offered, "thread_id": call.seat.thread},
    }
    if not _config_of(agent).get("recursion_limit"):
        config["recursion_limit"] = STEPS
    try:
        result = await agent.ainvoke(given, config)
    except OutputParserException:
        reply = ModelReply(text=UNREAD)
    else:
        reply = _read(result, frozenset(ids), call.schema)
        _remember(result, len(call.request.messages), call.seat)
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
