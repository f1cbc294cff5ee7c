"""What the calls of a seat took: tokens, dollars, seconds. One rule for comparisons and exports."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from harness.records.placement import SCRIPTED
from harness.records.transcript import Call, Transcript

Price = Callable[[Call, int | None], float | None]
"""US dollars of a call, of whose prompt so many tokens were cached; None where not known."""


def costs_of(
    transcript: Transcript, seat: str, times: Mapping[int, tuple[float, int | None]], price: Price
) -> dict[str, float | str]:
    """What the models of a seat took, or why that is not known.

    Args:
        transcript: The dialogue.
        seat: The seat.
        times: Call -> its seconds and the cached tokens of its prompt.
        price: What a call cost.

    Returns:
        ``tokens``, ``usd`` (US dollars) and ``seconds``.
    """
    calls = [call for call in transcript.calls if call.seat == seat]
    kind = next((one.kind for one in transcript.spec.seats if one.seat == seat), None)
    if kind == SCRIPTED:
        return dict.fromkeys(("tokens", "usd", "seconds"), "a script asks no model")
    took = {
        "tokens": [_tokens(call) for call in calls],
        "usd": [price(call, times.get(call.index, (0.0, None))[1]) for call in calls],
        "seconds": [times[c.index][0] if c.index in times else None for c in calls],
    }
    # A model that was never asked took nothing; calls of the user's own code are not seen.
    unseen = not calls and kind != "model"
    return {
        cost: "its calls are not recorded" if unseen else _sum(cost, parts)
        for cost, parts in took.items()
    }


_UNKNOWN_COST: Final = {
    "tokens": "the server did not count a call",
    "usd": "the price of the model is not known",
    "seconds": "the time of a call was not kept",
}


def _tokens(call: Call) -> float | None:
    usage = call.usage
    if usage.prompt is None or usage.completion is None:
        return None
    return float(usage.prompt + usage.completion)


def _sum(cost: str, parts: Sequence[float | None]) -> float | str:
    """The sum, or why it is not known."""
    known = [part for part in parts if part is not None]
    return math.fsum(known) if len(known) == len(parts) else _UNKNOWN_COST[cost]
