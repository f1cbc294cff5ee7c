"""What missing values may have done to an effect, in words: silent where it is nothing unusual."""

from __future__ import annotations

from collections.abc import Callable

from harness.analysis.missing import MissingValues
from harness.analysis.missing_course import SeatBroke
from harness.analysis.numbers import number, p_value


def missing_words(
    missing: MissingValues, shown: bool | None, called: Callable[[str], str] = str
) -> list[str]:
    """Clauses for the sentence of an effect.

    Args:
        missing: What it lacks.
        shown: Whether it is shown; None where that cannot be computed.
        called: Arm -> what sentences call it.
    """
    if not missing.total or shown is None:
        return []
    said = []
    if missing.arms_differ:
        shares = ", ".join(f"{called(arm)} {own.share:.0%}" for arm, own in missing.arms.items())
        test = "" if missing.p_difference is None else f"; {p_value(missing.p_difference)}"
        said.append(f"values are missing unevenly across arms ({shares}{test})")
    said += [broke_words(one, called) for one in missing.broke_differently]
    if said:
        said[-1] += ", so the rest may be a selection"
    if missing.possible_bias is not None:
        size = number(missing.possible_bias)
        said.append(
            "if the measured values of these voids differ as much, the estimate is off by "
            f"about {size}"
        )
    if (shown and missing.plausible) or missing.selective:
        said.append(tipping_words(missing, shown, called))
    return said


def broke_words(broke: SeatBroke, called: Callable[[str], str] = str) -> str:
    """That void talks broke off where the offer to be answered was unlike those of others.

    Args:
        broke: Whose replies are missing, and by how much the offers before them differ.
        called: As for :func:`missing_words`.
    """
    how = f"worth {number(abs(broke.difference))} {'more' if broke.difference > 0 else 'less'}"
    return (
        f"voids follow how the talks went: seat {broke.seat} of {called(broke.arm)} broke off"
        f" {broke.replies} at offers {how} to its side than others at the same turn"
        f" ({abs(broke.sd):.2f} SD; {p_value(broke.p)})"
    )


def tipping_words(missing: MissingValues, shown: bool, called: Callable[[str], str] = str) -> str:
    """The tipping point, in a clause.

    Args:
        missing: Of an effect that lacks some values.
        shown, called: As for :func:`missing_words`.
    """
    then = "the interval would include zero" if shown else "the interval would exclude zero"
    if missing.tipping is None:
        return f"no mean of the missing values is known for which {then}"
    means = " and ".join(
        f"those of {called(arm)} averaged {number(mean)} (now {number(own)})"
        for arm, mean in missing.tipping_means.items()
        if (own := missing.arms[arm].mean) is not None
    )
    size = "" if missing.tipping_sd is None else f", {abs(missing.tipping_sd):.2f} SD away"
    if not missing.tipping_possible:
        return f"no possible values of the missing ones are such that {then}"
    return f"if, of the missing values, {means}{size}, {then}"
