"""Every model of a run, each reached by one client that all its dialogues share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from harness.errors import LoadError, ModelError, Track15Error, UsageError
from harness.models import tracing
from harness.models.address import POINT, ModelAddress
from harness.models.endpoint import Endpoint
from harness.models.failure import AttemptError, attempt_error
from harness.models.identity import Identity, Said, safe, safe_said
from harness.models.keys import use_keys
from harness.models.limits.admission import ConnectionLimit, Counters, Slot, limit_of
from harness.models.limits.budget import Allowance
from harness.models.limits.retry import RetryPolicy
from harness.models.provider import Ask, Provider, Send
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.settings import PoolSettings
from harness.models.usage import counted
from harness.models.usercode import secrets, shown, taken
from harness.plugins import installed, load_installed, users_code


class EndpointPool:
    """Hands out the one :class:`Endpoint` of each address, and closes them all.

    Args:
        settings: How hard they are driven.
        retry: How a failed request is retried, in place of what ``settings`` say.
        budget: What the run may spend; None for no limit.
        environ: Where the keys are; None for the process's environment.
        notice: Told what is being waited for; an empty text when that is over.
    """

    def __init__(
        self,
        settings: PoolSettings | None = None,
        *,
        retry: RetryPolicy | None = None,
        budget: Allowance | None = None,
        environ: Mapping[str, str] | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        self._notice = notice
        self.settings = settings or PoolSettings()
        self._retry = retry or RetryPolicy(retries=self.settings.max_retries)
        self._budget = budget
        self._environ = environ
        self._chats: dict[ModelAddress, Endpoint[Provider]] = {}
        self._limits: dict[ModelAddress, ConnectionLimit] = {}

    async def __aenter__(self) -> EndpointPool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def chat(self, address: ModelAddress) -> Endpoint[Provider]:
        """The endpoint of ``address``, always the same.

        Raises:
            ModelError: Its key is missing, or it may not be spoken to.
            MissingExtraError: It needs a package that is not installed.
            UsageError: It is ``scripted``, which has no client.
        """
        if address not in self._chats:
            limit = limit_of(str(address), self.settings, self._budget)
            self._chats[address] = Endpoint(
                address,
                self._provider(address, limit),
                limit=limit,
                retry=self._retry,
                timeout=self.settings.timeout,
            )
            self._limits[address] = limit
        return self._chats[address]

    def counters(self, address: ModelAddress | None = None) -> Counters:
        """What was sent and received: to one address, or to all together."""
        if address is None:
            return sum((limit.counters for limit in self._limits.values()), Counters())
        return self._limits[address].counters if address in self._limits else Counters()

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Address -> what its server was found not to take, for those that refused something."""
        found = {str(a): chat.provider.notes for a, chat in self._chats.items()}
        return {address: notes for address, notes in found.items() if notes}

    def said(self) -> dict[str, Said]:
        """Address -> what its replies said of who answered, for those that said anything."""
        found = {str(a): chat.provider.said for a, chat in self._chats.items()}
        return {address: said for address, said in found.items() if said}

    async def aclose(self) -> None:
        """Close every connection."""
        chats = list(self._chats.values())
        self._chats.clear()
        for chat in chats:
            await chat.aclose()

    def _provider(self, address: ModelAddress, limit: ConnectionLimit) -> Provider:
        if address.provider == "scripted":
            raise UsageError("a scripted delegation is played by its tactic, not by a model")
        settings = self.settings
        options: dict[str, Any] = {
            "environ": self._environ,
            "key": settings.of(str(address)).key,
            "max_connections": limit.max_connections,
        }
        if address.speaks_openai:
            from harness.models.providers.openai_compatible.client import OpenAIProvider

            return OpenAIProvider(
                address,
                **options,
                retry=self._retry,
                timeout=settings.timeout,
                notice=self._notice,
            )
        if address.provider == "langchain":
            from harness.models.providers.langchain import LangChainProvider

            return LangChainProvider(address, **options)
        return _installed(address, options)


class _Installed(Provider):
    """A provider of another package, which may raise anything and count as it likes."""

    def __init__(self, name: str, inner: Provider) -> None:
        self._name = name
        self._inner = inner

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        """See :class:`Provider`."""
        return await self._inner.answer(request, lambda send: ask(partial(self._sound, send)))

    async def _sound(self, send: Send, slot: Slot) -> ModelReply:
        try:
            reply = await send(slot)
            usage = counted(reply.usage, said=bool(reply.text))
            return reply if usage is reply.usage else reply.model_copy(update={"usage": usage})
        except (AttemptError, Track15Error):
            raise
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
            failure = attempt_error(error)
            if failure.kind == "malformed":
                failure.detail = f"the provider {self._name!r} raised {type(error).__name__}"
        # Outside the handler, so that no chain leads to a request and its key.
        raise failure

    async def check(self) -> None:
        """See :meth:`Provider.check`."""
        await self._inner.check()

    async def identity(self) -> Identity | None:
        """See :meth:`Provider.identity`."""
        try:
            found = await self._inner.identity()
        except Exception:  # noqa: BLE001 - a plug-in may raise anything, and this stops nothing
            return None
        return safe(found) if isinstance(found, Identity) else None

    async def aclose(self) -> None:
        """See :meth:`Provider.aclose`."""
        await self._inner.aclose()

    @property
    def notes(self) -> tuple[str, ...]:
        """See :attr:`Provider.notes`."""
        return self._inner.notes

    @property
    def said(self) -> Said:
        """See :attr:`Provider.said`."""
        return safe_said(self._inner.said)


def _installed(address: ModelAddress, options: dict[str, Any]) -> Provider:
    """The provider that another package brings (entry point group ``track15.models``).

    The entry point is called with the address and those of ``options`` that it takes by name.
    """
    where = f"model {address.model}"
    tracing.switch_off()  # what it is built on may trace
    for entry in installed(POINT, address.provider):
        try:
            make = load_installed(entry, POINT).value
            with users_code():
                made = make(address, **taken(make, options))
        except LoadError as failure:
            raise _failed(failure.error, address, entry.value) from None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in may raise anything
            raise _failed(error, address, entry.value) from None
        if not isinstance(made, Provider):
            raise ModelError(
                f"the provider {address.provider!r} gave an object of type {type(made).__name__}",
                where=where,
                fix=f"{entry.value} must be a subclass of harness.models.provider.Provider, or "
                "make an object of one",
            )
        use_keys(secrets(options["environ"]))  # it may read one of them
        return _Installed(address.provider, made)
    raise UsageError(f"unknown provider {address.provider!r}", where=where)


def _failed(error: BaseException, address: ModelAddress, entry: str) -> Track15Error:
    """What to say of a provider's package that raised."""
    if isinstance(error, Track15Error):  # it says what is wrong, and what to do
        return error
    return ModelError(
        f"the provider {address.provider!r} failed: {shown(error)}",
        where=f"model {address.model}",
        fix=f"look at the package that brings it ({entry})",
    )
