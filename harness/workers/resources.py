"""What plays dialogues in one process: models with open connections, prompts, the user's own code.

:class:`Setup` says what that is, and can be sent to another process; :class:`Resources` opens it.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict

import harness
from harness.asking.unreasoned import UnreasonedChat
from harness.delegations.plugins import load
from harness.delegations.seating import seat_delegations
from harness.disputes.scenario import Scenario
from harness.errors import InputError, UsageError
from harness.kinds import brought, load_kind
from harness.models.address import parse_address
from harness.models.settings import PoolSettings
from harness.prompting.folder import SUFFIX
from harness.prompting.talks import Prompts
from harness.stages.base import Bench, twins_of
from harness.workers.quotas import slots
from harness.workers.replies import ReplyFiles

if TYPE_CHECKING:
    from harness.delegations.base import Delegation, MadeCall
    from harness.delegations.plugins import UserDelegation
    from harness.models.chat import Chat
    from harness.models.endpoint import Endpoint
    from harness.models.identity import Identity, Said
    from harness.models.limits.budget import Allowance
    from harness.models.pool import EndpointPool
    from harness.models.provider import Provider
    from harness.records.spec import StageSpec, TalksSpec
    from harness.stages.base import ChatOf
    from harness.workers.replies import OpenReplies


class Brought(BaseModel):
    """A delegation of the user's own, to be loaded where it plays.

    Attributes:
        name, kind, source: As they stand in the record.
        target: What to load, with the whole path of a file.
        environ: What it read from the environment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["runnable", "custom"]
    source: str | None
    target: str
    environ: dict[str, str] = {}


class Setup(BaseModel):
    """All that a process needs to play dialogues of a plan. Holds no key.

    Attributes:
        version: Of this package; a worker of another would play differently.
        folder: Where the command was typed; modules of the user's are found from there.
        scenarios: Id -> scenario as written.
        addresses: Models that are spoken to.
        delegations: The user's own.
        wire: How hard endpoints are driven by this process.
        templates: Hash of every prompt template; empty where no model plays.
        prompts: The user's folder of templates; None for the shipped ones.
        edited: File name -> text of what is in that folder.
        keeping: Where replies are kept; None for nowhere.
        distant: Whether the driver keeps them, for a worker that cannot reach its files.
        budgeted: Whether the driver is asked before each request.
        kinds: Kinds of stages of the user's own, to be loaded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = harness.__version__
    folder: str
    scenarios: dict[str, Scenario]
    addresses: tuple[str, ...] = ()
    delegations: tuple[Brought, ...] = ()
    wire: PoolSettings
    templates: dict[str, str] = {}
    prompts: str | None = None
    edited: dict[str, str] = {}
    keeping: ReplyFiles | None = None
    distant: bool = False
    budgeted: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def players(self) -> tuple[str, ...]:
        """Who is asked as an endpoint is: addresses, and names of runnables."""
        brought = (own.name for own in self.delegations if own.kind == "runnable")
        return (*self.addresses, *brought)

    @property
    def slots(self) -> int:
        """Dialogues in play at once."""
        return slots(self.wire, self.players)


class Resources:
    """Everything in a :class:`Setup`, opened for this process's event loop.

    Args:
        setup: What plays.
        budget: What the run may spend; None for no limit.
        prompts, brought: Where they are loaded already.
        kept: Where replies are kept, if that is not to be opened here.
        notice: Told what is being waited for; an empty text when that is over.
        seats: Makes the delegations of a dialogue, where they are not those of its spec.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        budget: Allowance | None = None,
        prompts: Prompts | None = None,
        brought: Mapping[str, UserDelegation] | None = None,
        kept: OpenReplies | None = None,
        notice: Callable[[str], None] | None = None,
        seats: Callable[[TalksSpec, ChatOf], Mapping[str, Delegation]] | None = None,
    ) -> None:
        self._notice = notice
        self._seats = seats
        self._setup = setup
        self._budget = budget
        self._prompts = prompts
        self._brought = brought or {}
        self._chats: dict[str, Chat] = {}
        self._endpoints: dict[str, Endpoint[Provider]] = {}
        self._pool: EndpointPool | None = None
        self.kept = kept
        """Open, or the way to what is; None where nothing is kept."""
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open.

        Raises:
            Track15Error: A delegation, a template or a key is not there, or not the same as the
                driver's; a file of kept replies cannot be used.
        """
        try:
            await self._open()
        except BaseException:
            await self._opened.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    async def check(self) -> None:
        """Find out whether every endpoint answers and takes its key.

        Raises:
            ModelError: One does not.
        """
        await asyncio.gather(*(chat.check() for chat in self._chats.values()))

    async def identities(self) -> dict[str, Identity]:
        """Address -> what its server says that it serves. Nothing fails where it does not tell."""
        spoken = [self._endpoints[name] for name in self._setup.addresses]
        found = await asyncio.gather(*(endpoint.identity() for endpoint in spoken))
        return dict(zip(self._setup.addresses, found, strict=True))

    def said(self) -> dict[str, Said]:
        """Address -> what its replies said of who answered."""
        return {} if self._pool is None else self._pool.said()

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Address -> what its server was found not to take, in words, for those that refused."""
        return {} if self._pool is None else self._pool.notes()

    def bench(self, on_call: Callable[[MadeCall], None]) -> Bench:
        """What stages are played with.

        Args:
            on_call: Called after every model call.
        """
        return Bench(
            scenario=twins_of(self._setup.scenarios),
            seats=self.seats,
            chats=self.chats,
            on_call=on_call,
            prompts=self._prompts,
        )

    def chats(self, spec: StageSpec) -> ChatOf:
        """The models of a stage: what it was answered already is not asked again."""
        chat_of: ChatOf = self._chats.__getitem__
        if self.kept is not None and self._chats:
            chat_of = self.kept.chats(spec, chat_of)
            if not self._setup.wire.reasoning:  # an earlier run may have kept some
                kept = chat_of
                return lambda name: UnreasonedChat(kept(name))
        return chat_of

    def seats(self, spec: TalksSpec) -> Mapping[str, Delegation]:
        """Fresh delegations for a dialogue."""
        if self._seats is not None:
            return self._seats(spec, self.chats(spec))
        return seat_delegations(
            spec,
            self.chats(spec),
            self._prompts,
            brought=self._brought,
            timeout=self._setup.wire.timeout,
        )

    async def _open(self) -> None:
        setup = self._setup
        if setup.version != harness.__version__:
            raise UsageError(
                f"the worker has version {harness.__version__}, the driver {setup.version}",
                fix="install the same version everywhere",
            )
        if setup.templates and self._prompts is None:
            self._prompts = self._templates()
        for target in setup.kinds:
            if target not in brought():
                load_kind(target)
        missing = [own for own in setup.delegations if own.name not in self._brought]
        self._brought = {**self._brought, **{own.name: _loaded(own) for own in missing}}
        if not setup.players:
            return
        from harness.models.pool import EndpointPool

        pool = EndpointPool(setup.wire, budget=self._budget, notice=self._notice)
        self._pool = await self._opened.enter_async_context(pool)
        self._endpoints = {name: pool.chat(parse_address(name)) for name in setup.addresses}
        self._chats = {**self._endpoints, **self._runnables()}
        if not setup.wire.reasoning:  # before any reply is kept
            self._chats = {name: UnreasonedChat(chat) for name, chat in self._chats.items()}
        if setup.keeping is not None and self.kept is None:
            self.kept = self._opened.enter_context(setup.keeping.open())

    def _runnables(self) -> dict[str, Chat]:
        from harness.models.endpoint import Endpoint
        from harness.models.limits.admission import limit_of
        from harness.models.limits.retry import RetryPolicy

        wire, chats = self._setup.wire, dict[str, "Chat"]()
        for name, own in self._brought.items():
            if own.kind == "runnable":
                from harness.models.providers.agents.runnable import RunnableProvider

                limit = limit_of(name, wire, self._budget)
                agent = RunnableProvider(
                    own.value,
                    name=name,
                    file=own.file,
                    budget=self._budget,
                    prices=limit.prices,
                    timeout=wire.timeout,
                )
                retry = RetryPolicy(retries=wire.max_retries)
                chats[name] = Endpoint(agent.address, agent, limit=limit, retry=retry, timeout=None)
        return chats

    def _templates(self) -> Prompts:
        """The templates that the plan was made with, wherever this process runs."""
        setup = self._setup
        if setup.prompts is None:
            found = Prompts()
        else:
            root = Path(setup.prompts)
            if (
                not root.is_dir() or edited_texts(root) != setup.edited
            ):  # another machine, or edited
                root = Path(self._opened.enter_context(tempfile.TemporaryDirectory()))
                for name, text in setup.edited.items():
                    (root / name).write_text(text, encoding="utf-8")
            found = Prompts(root)
        if found.hashes() != setup.templates:
            raise InputError(
                "the prompts here are not those of the plan",
                fix="type the command again if they were edited, or install the same version "
                "everywhere",
            )
        return found


def edited_texts(root: Path) -> dict[str, str]:
    """File name -> text of the prompt templates in a folder of the user's."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(root.glob(f"*{SUFFIX}"))
        if path.is_file()
    }


def _loaded(brought: Brought) -> UserDelegation:
    own = load(brought.target)
    if own.source != brought.source:
        raise UsageError(
            "the file differs from the one that the plan was made with",
            where=f"--delegation {brought.target}",
            fix="type the command again if it was edited, or copy it to every machine",
        )
    if other := set(own.environ.items()) ^ set(brought.environ.items()):
        name = min(other)[0]
        raise UsageError(
            f"{name} is not set here as it was where the plan was made",
            where=f"--delegation {brought.target}",
            fix=f"export {name} to the same value on every machine",
        )
    return own
