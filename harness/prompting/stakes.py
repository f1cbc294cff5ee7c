"""An incentive profile in words: each mechanism by its degree."""

from __future__ import annotations

from typing import Any, Final

from harness.incentives.profiles import IncentiveProfile, Internalised

Facts = dict[str, Any]
_Scale = tuple[tuple[float, str] | str, ...]

_CREDIT: Final[_Scale] = ((0.02, "slight"), (0.03, "moderate"), (0.3, "strong"), "overriding")
"""Of what an agreement, or being received, counts on the scale of u_P. All that the principals of
the shipped stories can gain from an agreement is a tenth of that scale or less, so a reward of .03
is no small thing; from .3 on hardly any terms count beside it."""
_FELT: Final[_Scale] = ((0.3, "little"), (0.6, "some"), (0.85, "most"), (1.0, "nearly all"), "all")


def stakes(profile: IncentiveProfile) -> Facts:
    """The words for each degree of ``profile``.

    ``reward`` grades the reward for a deal as the first rules did; ``credit`` is what the shipped
    templates read. ``costs`` says how much of all costs comes home: full, nearly, part or none.
    """
    felt = profile.internalised
    return {
        "reward": _grade(
            profile.deal_reward,
            "none",
            (0.1, "slight"),
            (0.25, "moderate"),
            (0.6, "strong"),
            "overriding",
        ),
        "credit": _grade(profile.deal_reward, "none", *_CREDIT),
        "access": _grade(profile.access_reward, "none", *_CREDIT),
        "all_felt": min(felt.material, felt.political, felt.emotional) >= 1.0,
        "costs": _costs(felt),
        "felt": {
            kind: _grade(share, "nothing", *_FELT)
            for kind, share in (
                ("material", felt.material),
                ("political", felt.political),
                ("emotional", felt.emotional),
            )
        },
        "knowledge": _grade(
            profile.knowledge,
            "press",
            (0.2, "press"),
            (0.75, "partial"),
            (1.0, "briefed"),
            "instructed",
        ),
        "failure": _grade(
            profile.free_hardball,
            "full",
            (0.35, "reduced"),
            (0.65, "small"),
            (1.0, "slight"),
            "nothing",
        ),
        "learning": _grade(profile.information_motive, "none", (0.5, "some"), "much"),
        "publishes": profile.publishes,
        "stance": profile.stance.strip(),
    }


def _costs(felt: Internalised) -> str:
    shares = (felt.material, felt.political, felt.emotional)
    if min(shares) >= 1.0:
        return "full"
    if max(shares) <= 0.0:
        return "none"
    return "nearly" if min(shares) >= 0.85 else "part"


def _grade(value: float, zero: str, *steps: tuple[float, str] | str) -> str:
    """The word for a degree in [0, 1]: ``zero`` for 0, else that of the first bound above it; the
    last word for everything beyond."""
    if value <= 0.0:
        return zero
    for step in steps:
        if isinstance(step, str):
            return step
        bound, word = step
        if value < bound:
            return word
    raise AssertionError("a scale ends with a word")
