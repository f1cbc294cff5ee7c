"""A model that LangChain reaches: ``langchain/PROVIDER:MODEL[@BASE_URL]`` (extra ``langchain``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from harness.errors import MissingExtraError, ModelError, Track15Error, UsageError
from harness.models import refusals, tracing
from harness.models.address import OPENAI_URL, ModelAddress
from harness.models.credentials import NO_KEY, key_for, showable
from harness.models.environment import fault, proxy_for
from harness.models.failure import AttemptError, attempt_error
from harness.models.identity import Replies, Said
from harness.models.keys import use_keys
from harness.models.provider import Ask, Provider
from harness.models.providers.openai_compatible import wire
from harness.models.refusals import REFUSING
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import Usage, counted
from harness.models.usercode import secrets

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_Settings = tuple[float | None, int | None, str]
"""Temperature, longest reply and further fields as JSON: what LangChain takes when a model is
built, for every provider."""


class LangChainProvider(Provider):
    """One model through ``langchain.chat_models.init_chat_model``.

    Replies are plain text: a schema is not passed on, because no way of binding one works with
    every provider. The seed is passed on for OpenAI-compatible providers only. LangChain's own
    retries are off where its provider has any, so that a call is not tried retries² times.

    A key other than OpenAI's is read by the provider from its own variable, unless a base URL is
    named: then ``TRACK15_API_KEY``, as for any other server.

    Args:
        address: ``langchain/PROVIDER:MODEL``, with or without a base URL.
        max_connections: Requests at once.
        environ: Where the keys are; None for the process's environment.
        key: The variable that holds its key; None for the usual one.

    Raises:
        ModelError: The key is missing, or ``TRACK15_LOOPBACK_ONLY`` forbids the address.
        MissingExtraError: LangChain is not installed.
        UsageError: The provider's package is not installed.
    """

    def __init__(
        self,
        address: ModelAddress,
        *,
        max_connections: int = 16,
        environ: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> None:
        if address.provider != "langchain":
            raise UsageError(f"{address} is not a LangChain address")
        address.refuse_beyond_loopback(environ)
        tracing.switch_off()
        self._address = address
        self._max_connections = max_connections
        self._environ = environ
        self._provider = address.model.split(":", 1)[0]
        self._named_key = key is not None
        ours = self._provider == "openai" or address.base_url is not None or self._named_key
        self._key = key_for(address, environ, variable=key) if ours else NO_KEY
        use_keys(secrets(environ))  # its provider reads one of them
        self._system = True  # whether the briefing is sent as a system message
        self._briefed = False  # whether one was taken
        self._replies = Replies()
        self._http: httpx2.AsyncClient | None = None
        self._models: dict[_Settings, BaseChatModel] = {}
        self._model((None, None, "{}"))  # what is not installed shows now, not at the first move

    async def aclose(self) -> None:
        """Close the connections this package opened; other providers' close with the process."""
        self._models.clear()
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        """See :class:`Provider`."""
        self._address.refuse_beyond_loopback(self._environ)
        return await super().answer(request, ask)

    async def send(self, request: Request) -> ModelReply:
        """See :class:`Provider`."""
        extra = json.dumps(request.extra or {}, sort_keys=True)
        model = self._model((request.temperature, request.max_tokens, extra))
        options: dict[str, Any] = {}
        if request.seed is not None and self._provider == "openai":
            options["seed"] = request.seed
        system = self._system
        sent = request if system else request.without_system()
        try:
            with tracing.untraced():
                message = await model.ainvoke(cast(Any, list(sent.messages)), **options)
        except Exception as error:  # noqa: BLE001 - every provider has its own
            raise self._failure(error, request, system=system) from None
        self._briefed |= system
        facts = message.response_metadata
        self._replies.note({"model": facts.get("model_name") or facts.get("model"), **facts})
        return message_reply(message)

    @property
    def said(self) -> Said:
        """See :attr:`Provider.said`."""
        return self._replies.said

    def _failure(self, error: Exception, request: Request, *, system: bool) -> AttemptError:
        body = getattr(error, "body", None)
        detail = showable(refusals.error_text(body), keys=[self._key], prompt=request.texts)
        failure = attempt_error(error, detail=detail)
        said = refusals.read_error(failure.status, body)
        failure.prompt = said.of_prompt()
        if system and not self._briefed and said.status in REFUSING and said.names("system"):
            # The server has no system role: the briefing goes into the first user message.
            self._system, failure.again = False, True
        if failure.kind == "malformed" and not failure.detail:
            failure.detail = f"LangChain raised {type(error).__name__}"
        return failure.through(proxy_for(self._address))

    def _model(self, settings: _Settings) -> BaseChatModel:
        if settings not in self._models:
            self._models[settings] = self._build(*settings)
        return self._models[settings]

    def _build(
        self, temperature: float | None, max_tokens: int | None, extra: str
    ) -> BaseChatModel:
        """A LangChain model; most providers take settings here only, not call by call."""
        try:
            from langchain.chat_models import init_chat_model
        except ImportError:
            raise MissingExtraError("langchain", "langchain") from None
        named = {"temperature": temperature, "max_tokens": max_tokens}
        options: dict[str, Any] = {k: v for k, v in named.items() if v is not None}
        options |= json.loads(extra)
        if self._address.base_url is not None:
            options |= {"base_url": self._address.base_url, "api_key": self._key}
        elif self._named_key:
            options["api_key"] = self._key
        if self._provider == "openai":
            # Named even when it is the default: LangChain would take another from the environment.
            options["base_url"] = self._address.base_url or OPENAI_URL
            options["api_key"] = self._key
            options["http_async_client"] = self._open_http()
        where = f"model {self._address.model}"
        try:
            return self._tried(init_chat_model, options)
        except Track15Error:
            raise
        except ImportError as error:
            package = getattr(error, "name", None) or f"langchain-{self._provider}"
            raise UsageError(
                f"LangChain needs the package {package.replace('_', '-')!r} for this provider",
                where=where,
                fix=f"pip install {package.replace('_', '-')}",
            ) from None
        except Exception as error:  # noqa: BLE001 - every provider has its own
            if (found := fault()) is not None:  # providers read all of the environment
                raise found from None
            raise ModelError(
                f"LangChain cannot build this model ({type(error).__name__})",
                where=where,
                fix="check PROVIDER:MODEL, the variable its provider reads the key from, and "
                "whether it takes the settings and the base URL",
            ) from None

    def _tried(self, build: Any, options: dict[str, Any]) -> BaseChatModel:
        try:
            return cast("BaseChatModel", build(self._address.model, max_retries=0, **options))
        except (TypeError, ValueError):  # providers without retries may refuse to be told
            return cast("BaseChatModel", build(self._address.model, **options))

    def _open_http(self) -> httpx2.AsyncClient:
        if self._http is None:
            from harness.models.providers.openai_compatible.transport import open_http_client

            self._http = open_http_client(
                self._address, self._key, self._max_connections, strip=True
            )
        return self._http


def message_reply(message: AIMessage) -> ModelReply:
    """A model's message as facts."""
    facts = message.response_metadata
    words = (facts.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    refusal = message.additional_kwargs.get("refusal")
    text = wire.writable(str(message.text))
    usage = counted(message_usage(message), said=bool(text))
    raw = {"content": message.content, **message.additional_kwargs}
    return ModelReply(
        text=text,
        thinking=None if text.strip() else wire.thinking(raw, usage),
        reasoning=wire.reasoning(raw),
        finish_reason=next((word for word in words if isinstance(word, str) and word), None),
        usage=usage,
        refusal=refusal if isinstance(refusal, str) and refusal else None,
        how="text",
    )


def message_usage(message: AIMessage) -> Usage:
    """Tokens of a message, where its provider counted them."""
    usage = message.usage_metadata
    if usage is None:
        return Usage()
    return Usage(
        prompt=wire.count(usage.get("input_tokens")),
        completion=wire.count(usage.get("output_tokens")),
        cached=wire.count(usage.get("input_token_details", {}).get("cache_read")),
        reasoning=wire.count(usage.get("output_token_details", {}).get("reasoning")),
    )
