"""Makes the delegations that a spec names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.bargaining.tactics import tactic_from
from harness.delegations.base import Delegation
from harness.delegations.scripted import ScriptedDelegation
from harness.records.spec import DialogueSpec
from harness.seeds import derive

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation
    from harness.models.chat import Chat
    from harness.prompting import Prompts


def seat_delegations(
    spec: DialogueSpec,
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
    """
    seated: dict[str, Delegation] = {}
    for seat in spec.seats:
        if seat.kind == "scripted":
            tactic = tactic_from(
                seat.tactic or "linear", seed=derive(spec.seed, "tactic", seat.seat) % 2**32
            )
            seated[seat.seat] = ScriptedDelegation(seat.seat, tactic)
        elif seat.kind == "custom":
            from harness.delegations.custom import CustomDelegation

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
            )
        else:
            from harness.delegations.language_model import LanguageModelDelegation

            assert seat.model is not None
            assert prompts is not None
            seated[seat.seat] = LanguageModelDelegation(
                seat=seat.seat,
                chat=chat_of(seat.model),
                prompts=prompts,
                settings=seat.settings,
                seed=spec.seed,
                model_name=seat.model,
            )
    return seated
