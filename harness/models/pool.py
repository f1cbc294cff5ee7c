"""Every model of a run, each reached by one client that all its dialogues share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from harness.errors import LoadError, ModelError, Track15Error, UsageError
from harness.models import tracing
from harness.models.address import POINT, ModelAddress
from harness.models.budget import Allowance
from harness.models.chat import Asking, Chat, WrappedChat
from harness.models.keys import guarded, use_keys
from harness.models.limits import ConnectionLimit, Counters, limit_of
from harness.models.reply import ChatMessage, ModelReply
from harness.models.retry import RetryPolicy
from harness.models.settings import PoolSettings
from harness.models.usage import counted
from harness.models.usercode import secrets


class EndpointPool:
    """Hands out the one :class:`Chat` of each address, and closes them all.

    Args:
        settings: How hard they are driven.
        retry: What a failed request is worth, in place of what ``settings`` say.
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
        self._chats: dict[ModelAddress, Chat] = {}
        self._limits: dict[ModelAddress, ConnectionLimit] = {}

    async def __aenter__(self) -> EndpointPool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def chat(self, address: ModelAddress) -> Chat:
        """The client for ``address``, always the same.

        Raises:
            ModelError: Its key is missing, or it may not be spoken to.
            MissingExtraError: It needs a package that is not installed.
            UsageError: It is ``scripted``, which has no client.
        """
        if address not in self._chats:
            limit = limit_of(str(address), self.settings, self._budget)
            self._chats[address] = self._build(address, limit)
            self._limits[address] = limit
        return self._chats[address]

    def counters(self, address: ModelAddress | None = None) -> Counters:
        """What was sent and received: to one address, or to all together."""
        if address is None:
            return sum((limit.counters for limit in self._limits.values()), Counters())
        return self._limits[address].counters if address in self._limits else Counters()

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Address -> what its server was found not to take, for those that refused something."""
        found = {str(a): getattr(chat, "notes", ()) for a, chat in self._chats.items()}
        return {address: notes for address, notes in found.items() if notes}

    async def aclose(self) -> None:
        """Close every connection."""
        chats = list(self._chats.values())
        self._chats.clear()
        for chat in chats:
            await chat.aclose()

    def _build(self, address: ModelAddress, limit: ConnectionLimit) -> Chat:
        if address.provider == "scripted":
            raise UsageError("a scripted delegation is played by its tactic, not by a model")
        options: dict[str, Any] = {
            "limit": limit,
            "retry": self._retry,
            "timeout": self.settings.timeout,
            "environ": self._environ,
            "key": self.settings.of(str(address)).key,
        }
        if address.speaks_openai:
            from harness.models.client import ChatClient

            return ChatClient(address, **options, notice=self._notice)
        if address.provider == "langchain":
            from harness.models.langchain import LangChainChat

            return LangChainChat(address, **options)
        return _installed(address, options)


class _GuardedChat(WrappedChat):
    """A chat of another package: what it gives is looked through for keys, as ours do it."""

    async def complete(
        self, messages: Sequence[ChatMessage], **asked: Unpack[Asking]
    ) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        reply = guarded(await self._chat.complete(messages, **asked))
        usage = counted(reply.usage, said=bool(reply.text))
        return reply if usage is reply.usage else reply.model_copy(update={"usage": usage})


def _installed(address: ModelAddress, options: dict[str, Any]) -> Chat:
    """The chat of a provider that another package brings (entry point group ``track15.models``).

    The entry point is called with the address and the keyword arguments of
    :class:`~harness.models.client.ChatClient`.
    """
    where = f"model {address.model}"
    tracing.switch_off()  # what it is built on may trace
    for entry in installed(POINT, address.provider):
        try:
            provider = load_installed(entry, POINT).value
            with users_code():
                made: Chat = provider(address, **options)
        except LoadError as failure:
            raise _failed(failure.error, address, entry.value) from None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in may raise anything
            raise _failed(error, address, entry.value) from None
        use_keys(secrets(options["environ"]))  # it may read one of them
        return _GuardedChat(made)
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
