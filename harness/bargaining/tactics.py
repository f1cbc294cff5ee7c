"""Concession tactics of scripted delegations (Faratin, Sierra & Jennings 1998).

A tactic answers one question: how much must the next offer be worth to me? It sees its own scale
only: what its own and the counterpart's past offers are worth *to itself*. All tactics are pure:
the same history gives the same aspiration, so that a dialogue can be replayed from any turn.

Tactics are instruments. Both seats of a comparison use the same one, and ``vmin`` is the value of
no deal in the delegate's own stake; whatever differs between the seats then comes from the stakes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Protocol

import numpy as np

from harness.errors import UsageError, suggest


class Tactic(Protocol):
    """How much the next offer must be worth to the delegate that makes it."""

    def aspiration(
        self,
        t: int,
        deadline: int,
        own_offers: Sequence[float],
        received: Sequence[float],
        vmin: float,
        vmax: float,
    ) -> float:
        """Aspiration level on the delegate's own scale.

        Args:
            t: Time, counted from 0; beyond the deadline counts as the deadline.
            deadline: T in the formulas, >= 1.
            own_offers: Own value of own past offers, oldest first. Pass past aspirations instead
                where rounding to whole packages must not swallow small concessions.
            received: Own value of the counterpart's past offers, oldest first.
            vmin: Own value of no deal.
            vmax: Own value of the best package.

        Returns:
            A value in [vmin, vmax]; ``vmin`` where even the best package falls short of it, so
            that nothing is good enough.

        Raises:
            UsageError: A time or value out of range.
        """
        ...


@dataclass(frozen=True)
class TimeDependent:
    """Concede by the clock: vmin + (1 - alpha(t)) (vmax - vmin).

    alpha(t) = kappa + (1 - kappa) (min(t, T) / T)^(1 / beta).

    Attributes:
        beta: > 0. Below 1 Boulware (holds, gives way at the deadline), 1 linear, above 1 conceder.
        kappa: Share of the range conceded at t = 0, in [0, 1].
    """

    beta: float = 1.0
    kappa: float = 0.0

    def __post_init__(self) -> None:
        _require(_is_number(self.beta) and self.beta > 0, "beta", "a number > 0", self.beta)
        _require(_is_number(self.kappa) and 0 <= self.kappa <= 1, "kappa", "in [0, 1]", self.kappa)

    def alpha(self, t: int, deadline: int) -> float:
        """Share of the range conceded by time ``t``, in [kappa, 1]; 1 from the deadline on."""
        if t < 0 or deadline < 1:
            raise UsageError(f"time {t} with deadline {deadline}: need t >= 0 and a deadline >= 1")
        return float(
            self.kappa + (1 - self.kappa) * (min(t, deadline) / deadline) ** (1 / self.beta)
        )

    def aspiration(
        self,
        t: int,
        deadline: int,
        own_offers: Sequence[float],
        received: Sequence[float],
        vmin: float,
        vmax: float,
    ) -> float:
        """See :meth:`Tactic.aspiration`; the history plays no part."""
        _check_values([vmin, vmax])
        return _within(vmin + (1 - self.alpha(t, deadline)) * (vmax - vmin), vmin, vmax)


@dataclass(frozen=True)
class RelativeTitForTat:
    """Give up the share of one's own claim that the counterpart gave up of its own.

    The counterpart's claim is the gap between its offer and our best package, ours the excess of
    our last offer over no deal: next - vmin = (last - vmin) * gap_new / gap_old. The paper takes
    the ratio of the issue values themselves; on utilities that depends on where the scale starts,
    and an opening worth 0 to us would be answered with everything we have.

    Attributes:
        lag: Which of the counterpart's steps is answered: 1 its latest, 2 the one before; >= 1.

    Opens at vmax and holds its last offer until the counterpart has made ``lag`` steps. Two
    delegates that both only imitate never move.
    """

    lag: int = 1

    def __post_init__(self) -> None:
        _require(_is_count(self.lag), "lag", "a whole number >= 1", self.lag)

    def aspiration(
        self,
        t: int,
        deadline: int,
        own_offers: Sequence[float],
        received: Sequence[float],
        vmin: float,
        vmax: float,
    ) -> float:
        """See :meth:`Tactic.aspiration`; time plays no part."""
        _check_values([vmin, vmax, *own_offers, *received])
        last = own_offers[-1] if own_offers else vmax
        if len(received) <= self.lag:
            return _within(last, vmin, vmax)
        ratio = _gap_ratio(received[-self.lag - 1], received[-self.lag], vmax)
        return _within(last - (last - vmin) * (1 - ratio), vmin, vmax)


@dataclass(frozen=True)
class AbsoluteTitForTat:
    """Give as much, in own value, as the counterpart's step gave: next = last - (new - old).

    Attributes:
        lag: As in :class:`RelativeTitForTat`.
        noise: Largest random extra concession, uniform on [0, noise], that leads out of a stand-off
            in which both only imitate; 0 for none.
        seed: Seed of that noise. The draw depends on it and the number of own offers alone.

    Opens at vmax and holds its last offer until the counterpart has made ``lag`` steps; the noise
    applies from the second offer on.
    """

    lag: int = 1
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        _require(_is_count(self.lag), "lag", "a whole number >= 1", self.lag)
        _require(_is_number(self.noise) and self.noise >= 0, "noise", "a number >= 0", self.noise)
        _require(_is_count(self.seed, least=0), "seed", "a whole number >= 0", self.seed)

    def aspiration(
        self,
        t: int,
        deadline: int,
        own_offers: Sequence[float],
        received: Sequence[float],
        vmin: float,
        vmax: float,
    ) -> float:
        """See :meth:`Tactic.aspiration`; time plays no part."""
        _check_values([vmin, vmax, *own_offers, *received])
        if not own_offers:
            return _within(vmax, vmin, vmax)
        gain = 0.0
        if len(received) > self.lag:
            gain = received[-self.lag] - received[-self.lag - 1]
        return _within(own_offers[-1] - gain - self._extra(len(own_offers)), vmin, vmax)

    def _extra(self, offers: int) -> float:
        if self.noise == 0:
            return 0.0
        return float(np.random.default_rng((self.seed, offers)).uniform(0, self.noise))


@dataclass(frozen=True)
class AveragedTitForTat:
    """Relative tit-for-tat on the counterpart's average step over its last ``window`` steps.

    The average is geometric, (gap_new / gap_old)^(1 / window). Applying the ratio over the whole
    window at every offer, as the paper prints it, would answer each step ``window`` times.

    Attributes:
        window: Steps averaged, >= 1; 1 is :class:`RelativeTitForTat` with lag 1.

    Opens at vmax; with fewer steps than ``window`` it averages those there are.
    """

    window: int = 2

    def __post_init__(self) -> None:
        _require(_is_count(self.window), "window", "a whole number >= 1", self.window)

    def aspiration(
        self,
        t: int,
        deadline: int,
        own_offers: Sequence[float],
        received: Sequence[float],
        vmin: float,
        vmax: float,
    ) -> float:
        """See :meth:`Tactic.aspiration`; time plays no part."""
        _check_values([vmin, vmax, *own_offers, *received])
        last = own_offers[-1] if own_offers else vmax
        steps = min(self.window, len(received) - 1)
        if steps < 1:
            return _within(last, vmin, vmax)
        ratio = _gap_ratio(received[-steps - 1], received[-1], vmax)
        return _within(last - (last - vmin) * (1 - ratio ** (1 / steps)), vmin, vmax)


@dataclass(frozen=True)
class Noisy(TimeDependent):
    """Concede by the clock, with errors like those of models: how a noisy delegation errs.

    What is an error of an aspiration is none of this class: ``harness.delegations.noisy`` makes
    them all, so that this stays pure. Every number but ``tremble`` is a probability in [0, 1].

    Attributes:
        soft: The first offer of a round is worth less to itself than its public opening: any value
            between its worst package and that, leaving included.
        inflated: The first offer is its best package, beyond its public opening. ``soft`` and
            ``inflated`` exclude each other; their sum is at most 1.
        tremble: SD of a normal error of every aspiration, in shares of the range between no deal
            and the opening; >= 0.
        waste: An offer is any of those worth about as much to itself, not the best of them for the
            other side: it lies below the frontier.
        reject: Instead of an offer it rejects what is on the table, and names some of its terms.
        walk_out: It leaves, in every turn of a round from its second on with nothing to accept.
        words: Its words set out its public opening, whatever it offers.
        misjudge: Each of its answers after the talks is any of those possible.
        unusable: A reply, asked again or not, cannot be used.
        unusable_ahead: No reply of a turn can be used in which it would accept an offer that is
            worth more to it than half-way between no deal and its opening.
        draw: Which draws, >= 0. Arms of the same number share their errors, pair by pair; arms of
            different numbers do not, as models that are sampled do not.
        seed: Of the errors.
    """

    soft: float = 0.0
    inflated: float = 0.0
    tremble: float = 0.0
    waste: float = 0.0
    reject: float = 0.0
    walk_out: float = 0.0
    words: float = 0.0
    misjudge: float = 0.0
    unusable: float = 0.0
    unusable_ahead: float = 0.0
    draw: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("draw", "seed"):
                _require(_is_count(value, least=0), field.name, "a whole number >= 0", value)
            elif field.name == "tremble":
                _require(_is_number(value) and value >= 0, "tremble", "a number >= 0", value)
            elif field.name not in ("beta", "kappa"):
                _require(_is_number(value) and 0 <= value <= 1, field.name, "in [0, 1]", value)
        both = self.soft + self.inflated
        _require(both <= 1, "soft + inflated", "at most 1", both)


def _gap_ratio(old: float, new: float, vmax: float) -> float:
    """What is left of the counterpart's gap to our best package; 1 where there was none."""
    before, after = max(vmax - old, 0.0), max(vmax - new, 0.0)
    return after / before if before > 0 else 1.0


def _within(value: float, vmin: float, vmax: float) -> float:
    return max(vmin, min(vmax, value))


def _check_values(values: Sequence[float]) -> None:
    if not all(map(math.isfinite, values)):
        raise UsageError("a value of an offer, of no deal or of the best package is not finite")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _require(holds: bool, name: str, allowed: str, found: object) -> None:
    if not holds:
        raise UsageError(
            f"{name} of a tactic is {found!r}, must be {allowed}", fix=f"set {name} {allowed}"
        )


TACTICS: Final[Mapping[str, Tactic]] = {
    "boulware": TimeDependent(beta=0.25),
    "linear": TimeDependent(beta=1.0),
    "conceder": TimeDependent(beta=4.0),
    "time": TimeDependent(),
    "tit-for-tat": AbsoluteTitForTat(),
    "relative": RelativeTitForTat(),
    "absolute": AbsoluteTitForTat(),
    "averaged": AveragedTitForTat(),
    "noisy": Noisy(
        soft=0.15,
        inflated=0.15,
        tremble=0.08,
        waste=0.5,
        reject=0.15,
        walk_out=0.02,
        words=0.15,
        misjudge=0.2,
        unusable=0.1,
    ),
}
"""Tactics by name. alpha is t^4 for ``boulware``, t for ``linear``, t^(1/4) for ``conceder``.
``noisy`` is linear, with errors of every kind but voids that follow the outcome."""


def tactic_from(
    spec: str | Mapping[str, Any], *, seed: int | None = None, where: str | None = None
) -> Tactic:
    """The tactic a suite or flag names.

    Args:
        spec: A name in :data:`TACTICS`, or ``{"kind": name, ...}`` with its parameters, such as
            ``{"kind": "time", "beta": 0.5, "kappa": 0.1}``.
        seed: Seed for a tactic that draws random numbers, unless ``spec`` fixes one.
        where: File and line or flag, for the error.

    Raises:
        UsageError: Unknown name or parameter, or a value out of range.
    """
    parameters: dict[str, Any] = {"kind": spec} if isinstance(spec, str) else dict(spec)
    kind = parameters.pop("kind", None)
    if not isinstance(kind, str) or kind not in TACTICS:
        raise UsageError(f"unknown tactic {kind!r}", where=where, fix=suggest(str(kind), TACTICS))
    preset: Any = TACTICS[kind]
    allowed = [field.name for field in fields(preset)]
    for name in parameters:
        if name not in allowed:
            raise UsageError(
                f"tactic {kind!r} has no parameter {name!r}",
                where=where,
                fix=suggest(name, allowed),
            )
    if seed is not None and "seed" in allowed:
        parameters.setdefault("seed", seed)
    try:
        tactic: Tactic = replace(preset, **parameters)
    except UsageError as error:
        raise UsageError(error.what, where=where, fix=error.fix) from None
    return tactic
