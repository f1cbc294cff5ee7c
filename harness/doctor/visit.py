"""Examines one model: plays two turns of the planned run, and sends its longest prompt.

Everything goes through the client, the delegation and the table of a run, so what works here works
there. A server's message about a refusal is shown, but not interpreted. The only questions that a
run would not ask find out which part of a question was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from harness.doctor import probes, reading
from harness.doctor.checkup import TWICE, Checkup
from harness.doctor.counting import Counts
from harness.doctor.listening import Exchange, HeardChat
from harness.doctor.parts import answered, length_or_words, refused_part
from harness.doctor.talks import Heard, longest_prompt, two_turns
from harness.doctor.target import Target
from harness.errors import ModelError, Track15Error
from harness.models.address import ModelAddress
from harness.models.credentials import NO_KEY, key_for, key_variable
from harness.models.endpoint import Endpoint
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.presets import PRESETS
from harness.models.provider import Provider
from harness.models.providers.openai_compatible.capabilities import FINAL
from harness.models.providers.openai_compatible.client import OpenAIProvider
from harness.models.settings import EndpointSettings, PoolSettings

ROOMY: Final = 2000
"""Tokens that a reply gets where the server's own limit cut it off; more where more was given."""
_PART_OF_IT: Final = frozenset({400, 404, 405, 409, 410, 413, 415, 422, 500, 501})
"""Statuses that may be about one part of a question. Not: keys, rates, a server that is away."""
_OF_NO_PROMPT: Final = FINAL - {413}
"""Statuses that are about the account or the model, whatever the question."""
_PASSING: Final = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses that say nothing of the question."""


async def examine(
    checkup: Checkup,
    address: ModelAddress,
    target: Target,
    settings: EndpointSettings,
    *,
    patience: float = 120.0,
    load: int = 0,
    environ: Mapping[str, str] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> None:
    """Examine one model.

    Each finding is added to ``checkup`` at once, so an interrupt loses nothing.

    Args:
        target: The dialogue that is tried, and the seat in it.
        settings: The endpoint's key and limits.
        patience: Time limit of one request, in seconds.
        load: Most requests at once that are tried; 0 leaves that out.
        environ: Where the keys are; None for the process's environment.
        on_step: Told what is looked at next.
    """
    spec = target.spec
    checkup.suite, checkup.arm, checkup.scenario = target.suite, target.arm, spec.scenario
    checkup.seat, checkup.longest_prompt = target.seat.seat, target.longest
    if address.provider in PRESETS:
        checkup.advice = PRESETS[address.provider].advice
    wire = PoolSettings(timeout=patience, endpoints={str(address): settings})
    async with EndpointPool(wire, retry=RetryPolicy(retries=1), environ=environ) as pool:
        try:
            chat = pool.chat(address)
        except ModelError as error:
            checkup.add("reachable", "bad", error.what, error.fix or "")
            return
        visit = _Visit(checkup, address, target, chat, on_step)
        if not await visit.reached(settings.key, environ) or not await visit.played():
            return
        await visit.grown()
        visit.counted()
        on_step("the seed")
        await probes.seed(checkup, visit.chat, visit.server, target.seat.settings)
    if load and checkup.usable:
        await probes.load(
            checkup, address, settings, load, patience=patience, environ=environ, step=on_step
        )


class _Visit:
    def __init__(
        self,
        checkup: Checkup,
        address: ModelAddress,
        target: Target,
        chat: Endpoint[Provider],
        on_step: Callable[[str], None],
    ) -> None:
        self.checkup = checkup
        self.chat = HeardChat(chat, checkup)
        self._address = address
        self._target = target
        self._endpoint = chat
        provider = chat.provider
        self.server = provider if isinstance(provider, OpenAIProvider) else None
        self._step = on_step
        self._exchanges: list[Exchange] = []

    # --- is it there -------------------------------------------------------------------------

    async def reached(self, key: str | None, environ: Mapping[str, str] | None) -> bool:
        """Whether the server answers and takes the key."""
        self._step("the server and the key")
        try:
            await self._endpoint.check()
        except Track15Error as error:
            refused = isinstance(error, EndpointError) and error.status in (401, 403)
            name = "key" if refused else "reachable"
            self.checkup.add(name, "bad", error.what, error.fix or "")
            return False
        self.checkup.add("reachable", "good", f"{self._address.safe_url} answers")
        if self.server is not None:
            sent = key_for(self._address, environ, variable=key)
            variable = key or key_variable(self._address)
            said = "none was sent" if sent == NO_KEY else f"the key in {variable} was not refused"
            self.checkup.add("key", "good", said)
            await self._listed(self.server)
        return True

    async def _listed(self, server: OpenAIProvider) -> None:
        names = await server.models()
        model = self._address.model
        if names is None:
            self.checkup.add("model", "unknown", "the server does not list its models")
        elif model in names:
            self.checkup.add("model", "good", f"{model} is listed")
        else:
            shown = ", ".join(names[:8]) or "none"
            self.checkup.add(
                "model",
                "warn",
                f"{model} is not listed; the server has: {shown}",
                "use a name from the list, unless the server answers to any name",
            )

    # --- does it play ------------------------------------------------------------------------

    async def played(self) -> bool:
        """Whether two turns could be played."""
        self._step("two turns")
        talks = [await two_turns(self._target, self.chat)]
        if talks[0].talks.void is None and reading.moves_in(self._target, talks) < TWICE:
            # It left after the first, or a dialogue has but one turn.
            talks.append(await two_turns(self._target, self.chat, again=True))
        for heard in talks:
            self._exchanges += heard.exchanges
        reading.count_read(self.checkup, talks)
        reading.moves(self.checkup, self._target, talks)
        dialect = None if self.server is None else self.server.dialect
        reading.ways(self.checkup, dialect, self._endpoint.provider.notes)
        if talks[-1].talks.void is None:
            return True
        await self._void(talks)
        return False

    async def _void(self, talks: Sequence[Heard]) -> None:
        heard, name = talks[-1], reading.failed_at(self._target, talks)
        void = heard.talks.void
        assert void is not None
        last = heard.exchanges[-1] if heard.exchanges else None
        if void.kind == "limit":
            fix = "raise --dialogue-token-limit or --dialogue-time-limit, or leave it out"
            self.checkup.add(name, "bad", void.detail, fix)
        elif last is not None and last.error is not None:
            await self._refused(name, last)
        else:
            await self._unreadable(name, void.detail, heard)

    async def _refused(self, name: str, last: Exchange) -> None:
        error = last.error
        assert error is not None
        said, fix = error.what, error.fix or ""
        if last.status not in _PART_OF_IT:
            self.checkup.add(name, "bad", said, fix)
            return
        if any(one.reply is not None for one in self._exchanges):
            # Only the prompt is another than that of a question which was answered.
            part = await length_or_words(self.chat, last, self._step)
            if part.long:
                fix = reading.more_context(self._address, self._target, self._per_character)
            where = f" of {last.request.size:,} characters, after shorter ones" if part.long else ""
            self.checkup.add(
                name, "bad", f"refused: {part.name}{where}; {said}", part.change or fix
            )
            return
        part = await refused_part(self.chat, last, self._step)
        if part.long:
            fix = reading.more_context(self._address, self._target)
        self.checkup.add(name, "bad", f"refused: {part.name}; {said}", part.change or fix)

    async def _unreadable(self, name: str, detail: str, heard: Heard) -> None:
        replies = [one.reply for one in heard.exchanges if one.reply is not None]
        if not reading.cut_off(replies):
            fix = heard.hint or reading.why_unreadable(replies[-1] if replies else None)
            self.checkup.add(name, "bad", detail, fix)
            return
        given = self._target.seat.settings.max_tokens
        room = ROOMY if given is None else 4 * given
        self._step(f"the same with {room:,} tokens")
        # The first that was cut off: a shorter prompt before it may have left more room.
        cut = next(one for one in heard.exchanges if one.reply and one.reply.cut_off)
        await answered(self.chat, replace(cut.request, max_tokens=room))
        roomy = self.chat.exchanges[-1]
        longest = "the server's own limit" if given is None else f"--max-tokens {given}"
        often = reading.times(sum(reply.cut_off for reply in replies))
        self.checkup.add(
            name,
            "bad",
            f"cut off at {longest} or at the end of the context, {often}",
            reading.why_cut(self._address, self._target, given, roomy),
        )

    # --- does it take the longest prompt -----------------------------------------------------

    async def grown(self) -> None:
        """Whether the longest prompt that the plan foresees is taken, and read in full."""
        name = "longest prompt"
        about = f"about {self._target.longest:,} tokens"
        self._step(f"a prompt of {about}")
        heard = await longest_prompt(self._target, self.chat)
        if heard is None or not heard.exchanges:
            return
        context = reading.more_context(self._address, self._target, self._per_character)
        before = [one for one in self._exchanges if one.reply is not None]
        was_cut = any(one.reply and one.reply.cut_off for one in self._exchanges)
        self._exchanges += heard.exchanges
        last = heard.exchanges[0]
        if last.reply is None:
            assert last.error is not None
            said, fix = f"{about}: {last.error.what}", last.error.fix or ""
            form = last.request.schema_name
            if getattr(last.error, "kind", None) == "timeout" or last.status in _OF_NO_PROMPT:
                self.checkup.add(name, "bad", said, fix)
            elif last.status is None or last.status in _PASSING:
                self.checkup.add(name, "unknown", said, fix)
            elif getattr(last.error, "final", False):  # the server says so itself
                self.checkup.add(name, "bad", said, context)
            elif all(one.request.schema_name != form for one in before):
                self.checkup.add(
                    name, "unknown", f"{said}; it was the same with a shorter prompt", fix
                )
            else:
                # The same question was answered after a shorter prompt.
                self.checkup.add(name, "bad", said, context)
            return
        cut = Counts.of(self._exchanges).cut()
        if cut is not None:
            read, whole = cut
            said = f"silently cut by the server: it read {read:,} of about {whole:,} tokens"
            self.checkup.add(name, "bad", said, context)
        elif last.reply.cut_off and not was_cut:
            said = f"{about}: accepted, but its reply was cut off, and no earlier one was"
            self.checkup.add(name, "bad", said, context)
        else:
            self._taken(name, about, heard)

    def _taken(self, name: str, about: str, heard: Heard) -> None:
        last = heard.exchanges[0].reply
        assert last is not None
        counts = Counts.of(heard.exchanges)
        by_server = ""
        if counts.counts and not Counts.of(self._exchanges).made_up:
            by_server = f" ({counts.counts[-1].tokens:,} as the server counts)"
        debrief = heard.talks.body.debriefs.get(self._target.seat.seat)
        problem = heard.talks.void.detail if heard.talks.void else debrief and debrief.problem
        if problem:
            why = problem.partition("the last: ")[2] or problem
            self.checkup.add(
                name,
                "warn",
                f"{about}{by_server}: accepted, but its reply could not be read: {why}",
                heard.hint or "late turns may be void more often; look at a few (run --limit 4)",
            )
            return
        self.checkup.add(name, "good", f"{about}{by_server}: accepted, and its reply could be read")

    @property
    def _per_character(self) -> float | None:
        return Counts.of(self._exchanges).per_character

    def counted(self) -> None:
        """Tokens, time and cache, from what was asked already."""
        counts = Counts.of(self._exchanges)
        reading.usage(self.checkup, self._target, counts, self._exchanges)
        probes.cache(self.checkup, self._exchanges)
