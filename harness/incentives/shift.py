"""What readers change in a delegate's beliefs before real talks (claims C11, C13).

A reader says, before and after it has read, what each option is worth to a principal. What moves is
the mean difference of those who advise, and a delegate follows it by a share, ``persuadable``:

    v^'(option) = v^(option) + persuadable * mean over readers of (after - before),

held within [0, 1]. It is one step in the manner of models of social influence, which average the
opinions of those one listens to (DeGroot 1974) and let everybody keep a share of its own view
(Friedkin & Johnsen 1990). Here it is the *change* of opinions that is followed: readers who have
always thought otherwise, and think so still, move nobody. It is added to
whatever the delegate believes, also where its ``knowledge`` is 1: an instructed official knows what
its leadership wanted, and hears what those who advise that leadership think by now. No score reads
any of it: what a principal truly pays stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from harness.errors import UsageError

Values = Mapping[str, Mapping[str, float]]
"""Issue -> option -> value in [0, 1]."""
Shift = Mapping[str, Mapping[str, float]]
"""Issue -> option -> change of a believed value, in [-1, 1]; + is worth more, so cheaper to end up
with. What is left out does not change."""


def shift_of(pairs: Sequence[tuple[Values, Values]], persuadable: float) -> Shift:
    """What the readers of one principal's values change in a belief about them.

    Args:
        pairs: A reader's values before, and after; both have every issue and option.
        persuadable: Share of the readers' mean change that is followed, in [0, 1].

    Returns:
        Nothing where there are no readers, or nobody follows them.

    Raises:
        UsageError: ``persuadable`` is outside [0, 1].
    """
    if not 0 <= persuadable <= 1:
        raise UsageError(f"persuadable is {persuadable}, must be in [0, 1]")
    if not pairs or persuadable == 0:
        return {}
    return {
        issue: {
            option: persuadable
            * fmean(new[issue][option] - old[issue][option] for old, new in pairs)
            for option in options
        }
        for issue, options in pairs[0][0].items()
    }


def shifted(values: Values, shift: Shift | None) -> dict[str, dict[str, float]]:
    """Values after a shift, held within [0, 1]; what does not change is the same number."""
    return {
        issue: {
            option: _moved(value, 0.0 if shift is None else shift.get(issue, {}).get(option, 0.0))
            for option, value in options.items()
        }
        for issue, options in values.items()
    }


def _moved(value: float, change: float) -> float:
    return min(1.0, max(0.0, value + change)) if change else value
