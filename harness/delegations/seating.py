"""Makes the delegations that a spec names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.bargaining.tactics import Noisy, tactic_from
from harness.delegations.base import Delegation
from harness.delegations.custom import CustomDelegation
from harness.delegations.language_model import LanguageModelDelegation
from harness.delegations.noisy import NoisyDelegation
from harness.delegations.scripted import ScriptedDelegation
from harness.errors import UsageError
from harness.records.spec import TalksSpec
from harness.seeds import derive
from harness.suite.parts import SeatSpec

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation
    from harness.models.chat import Chat
    from harness.prompting.talks import Prompts


def thread_id(spec: TalksSpec, seat: str) -> str:
    """The id of one seat of one dialogue, the same whenever the dialogue is played. It is a hash:
    neither the arm nor the seat can be read from it."""
    return hashlib.sha256(f"thread/{spec.id}/{seat}".encode()).hexdigest()[:16]


def seat_delegations(
    spec: TalksSpec,
    chat_of: Callable[[str], Chat],
    prompts: Prompts | None,
    *,
    brought: Mapping[str, UserDelegation] | None = None,
    timeout: float = 120.0,
) -> dict[str, Delegation]:
    """Fresh delegations for one dialogue, by seat.

    Args:
        chat_of: Address, or name of a runnable -> the client that all dialogues share.
        prompts: What models read; may be None when every seat is scripted.
        brought: Name -> delegation of the user's own.
        timeout: Seconds that one answer of such a delegation may take.

    Raises:
        UsageError: A seat is a person's, who has to be there.
    """
    seated: dict[str, Delegation] = {}
    for seat in spec.seats:
        if seat.kind == "scripted":
            tactic = tactic_from(seat.tactic or "linear", seed=_tactic_seed(spec, seat))
            seated[seat.seat] = (
                NoisyDelegation(seat.seat, tactic)
                if isinstance(tactic, Noisy)
                else ScriptedDelegation(seat.seat, tactic)
            )
        elif seat.kind == "custom":
            assert seat.model is not None
            assert brought is not None
            own = brought[seat.model]
            seated[seat.seat] = CustomDelegation(
                own.value,
                seat=seat.seat,
                seed=spec.seed,
                settings=seat.settings,
                name=own.name,
                file=own.file,
                timeout=timeout,
                thread_id=thread_id(spec, seat.seat),
            )
        elif seat.kind == "person":
            raise UsageError(
                f"a person played seat {seat.seat}, and nobody is here to play it now",
                fix="read the record, or sit down yourself: track15 play SCENARIO",
            )
        else:
            assert seat.model is not None
            assert prompts is not None
            chat = chat_of(seat.model)
            if seat.kind == "runnable":
                chat = _seated_agent(chat, spec, seat)
            seated[seat.seat] = LanguageModelDelegation(
                seat=seat.seat,
                chat=chat,
                prompts=prompts,
                settings=seat.settings,
                seed=spec.seed,
                model_name=seat.model,
            )
    return seated


def _seated_agent(chat: Chat, spec: TalksSpec, seat: SeatSpec) -> Chat:
    """The chat of an agent that is told where it sits."""
    from harness.models.providers.agents.seated import AgentSeat, SeatedChat

    offered = {
        "seat": seat.seat,
        "seed": derive(spec.seed, "delegation", seat.seat),
        # A copy: the settings belong to the record.
        "settings": seat.settings.model_copy(deep=True),
    }
    return SeatedChat(chat, AgentSeat(thread_id(spec, seat.seat), offered))


def _tactic_seed(spec: TalksSpec, seat: SeatSpec) -> int:
    """By principal, so that seat twins draw alike; by rules of version 1, by seat."""
    who = seat.principal if spec.version > 1 else seat.seat
    return derive(spec.seed, "tactic", who) % 2**32
