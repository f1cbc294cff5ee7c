"""Payoffs of generated two-party games: drawn from a seeded stream, kept only if they are as asked.

All arrays are in agenda order; a value table has shape (issues, options), weights (issues,) and
cost mixes (issues, 3). Utilities of all packages are in row-major order, in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Kind = Literal["integrative", "distributive", "compatible"]
Zopa = Literal["wide", "narrow", "empty"]

ZOPA_SHARE: dict[Zopa, tuple[float, float]] = {
    "wide": (0.15, 0.35),
    "narrow": (0.01, 0.03),
    "empty": (0.0, 0.0),
}
"""Least and greatest share of packages that both sides prefer to no deal."""
NARROW_COUNT = 3
"""In a game too small for 1-3 %, a narrow ZOPA is one to this many packages."""

_TARGET: dict[Zopa, tuple[float, float]] = {
    "wide": (0.17, 0.28),
    "narrow": (0.012, 0.027),
    "empty": (0.02, 0.06),  # not a share: by how much the reservations miss each other
}
_LEAST_WEIGHT = 0.03  # an issue nobody cares about is no issue
_CONTRAST = 2.0  # heavier over lighter weights, summed over the integrative issues
_LOG_CURVATURE = (-0.5, 0.5)  # exponent of a ladder: below 1 the pain comes late, above 1 early
_RESERVATION = (0.05, 0.95)


@dataclass(frozen=True)
class Public:
    """How wrong the public is about a ladder: the exponent it believes in, over the true one.

    A public that takes every ladder for steeper thinks both sides harder to satisfy than they are,
    so a delegate who knows no better holds out longer, and ignorance helps whoever it befalls: that
    would build a result in. The default is wrong on every issue and leans nowhere.

    Attributes:
        exaggeration: Above 1 on every second issue, one over it on the issues between; with an
            uneven number of issues the last is seen as it is. At least 1.
        hardness: A factor on all issues alike; above 1 both sides are thought harder than they are.
    """

    exaggeration: float = 1.5
    hardness: float = 1.0

    def factors(self, issues: int) -> Floats:
        """The factor of every issue, in agenda order."""
        turns = np.where(np.arange(issues) % 2 == 0, 1.0, -1.0)
        if issues % 2:
            turns[-1] = 0.0
        return self.hardness * self.exaggeration**turns


@dataclass(frozen=True)
class Side:
    """One principal's payoffs, and what the public believes of them.

    Attributes:
        weights: Sum to 1, in thousandths.
        values: Per issue and option; 1 for the best, 0 for the worst.
        costs: Per issue, shares of material, political and emotional cost.
        red_issue: The issue whose worst option the principal rules out.
        public_weights: The stereotype's weights, on the whole flatter than the true ones.
        public_values: The stereotype's values; see :class:`Public`.
        reservation: Value of no deal.
        public_reservation: The stereotype's value of no deal.
    """

    weights: Floats
    values: Floats
    costs: Floats
    red_issue: int
    public_weights: Floats
    public_values: Floats
    reservation: float = 0.0
    public_reservation: float = 0.0

    def utilities(self) -> Floats:
        """u of every package, shape (options ** issues,)."""
        totals = np.zeros(1)
        for contribution in self.weights[:, None] * self.values:
            totals = np.add.outer(totals, contribution).ravel()
        return totals

    def red_option(self) -> int:
        """The option it rules out on ``red_issue``: its worst."""
        return int(self.values[self.red_issue].argmin())


_PUBLIC = Public()


@dataclass(frozen=True)
class Payoffs:
    """Both sides of a game, and the share of packages acceptable to both."""

    a: Side
    b: Side
    zopa_share: float


def draw(
    kinds: Sequence[Kind],
    options: int,
    zopa: Zopa,
    symmetric: bool,
    rng: np.random.Generator,
    public: Public = _PUBLIC,
) -> Payoffs | None:
    """One try at a game, or None where the draw is not as asked.

    Args:
        kinds: Kind of every issue. A symmetric game needs an even number of integrative ones.
        options: Options per issue, 2 or more.
        zopa: How many packages both sides prefer to no deal; see :data:`ZOPA_SHARE`.
        symmetric: The sides are mirror images, noise included.
        rng: The stream of this try.
        public: How wrong the public is about the ladders.
    """
    partner = _partners(kinds)
    rises = rng.random(len(kinds)) < 0.5
    if symmetric:  # the two issues of a mirrored pair must run the same way
        rises = rises[np.minimum(partner, np.arange(len(kinds)))]
    a = _side(kinds, options, rises, rng, public)
    if symmetric:
        b = _mirror(a, kinds, partner)
        offset_a = offset_b = 0.0
        noise_a = noise_b = float(rng.normal(0, 0.05))
    else:
        same = np.array([kind == "compatible" for kind in kinds])
        b = _side(kinds, options, rises == same, rng, public)
        b = replace(b, weights=_trade_off(kinds, a.weights, b.weights))
        b = replace(b, red_issue=_red_issue(kinds, b.weights))
        offset_a, offset_b = (round(float(x), 3) for x in rng.uniform(-0.04, 0.04, 2))
        noise_a, noise_b = (float(x) for x in rng.normal(0, 0.05, 2))
    if not _contrasts(kinds, a.weights, b.weights):
        return None
    base = _base(np.minimum(a.utilities() - offset_a, b.utilities() - offset_b), zopa, rng)
    a = _reserve(a, base + offset_a, noise_a)
    b = _reserve(b, base + offset_b, noise_b)
    low, high = _RESERVATION
    if not (low <= a.reservation <= high and low <= b.reservation <= high):
        return None
    return _verified(a, b, zopa)


def fits(zopa: Zopa, count: int, packages: int) -> bool:
    """Whether ``count`` jointly acceptable packages out of ``packages`` make such a ZOPA."""
    low, high = ZOPA_SHARE[zopa]
    if zopa == "narrow":
        return max(1, low * packages) <= count <= max(NARROW_COUNT, high * packages)
    return low * packages <= count <= high * packages


def _verified(a: Side, b: Side, zopa: Zopa) -> Payoffs | None:
    """The game, if a count over all packages shows the ZOPA asked for, clear of red lines."""
    u_a, u_b = a.utilities(), b.utilities()
    # A package worth exactly no deal would be in or out by the last bit of a sum.
    if min(np.abs(u_a - a.reservation).min(), np.abs(u_b - b.reservation).min()) < 1e-9:
        return None
    agreed = (u_a >= a.reservation) & (u_b >= b.reservation)
    if not fits(zopa, int(agreed.sum()), agreed.size):
        return None
    if zopa != "empty":
        clear = agreed.reshape((a.values.shape[1],) * len(a.values)).copy()
        for side in (a, b):
            np.moveaxis(clear, side.red_issue, 0)[side.red_option()] = False
        if not clear.any():
            return None
    return Payoffs(a, b, float(agreed.mean()))


def _base(slack: Floats, zopa: Zopa, rng: np.random.Generator) -> float:
    """The reservation level, before offsets, at which the ZOPA has a drawn size.

    A package is acceptable to both at a level exactly when its ``slack`` is at least the level.
    """
    target = float(rng.uniform(*_TARGET[zopa]))
    if zopa == "empty":
        return float(np.ceil((slack.max() + target) * 1000) / 1000)
    count = max(1, round(target * slack.size))
    return float(np.floor(np.partition(slack, -count)[-count] * 1000) / 1000)


def _reserve(side: Side, reservation: float, noise: float) -> Side:
    low, high = _RESERVATION
    return replace(
        side,
        reservation=round(reservation, 3),
        public_reservation=round(min(high, max(low, reservation + noise)), 3),
    )


def _side(
    kinds: Sequence[Kind],
    options: int,
    rises: Bools,
    rng: np.random.Generator,
    public: Public,
) -> Side:
    """A principal that prefers the last option where ``rises``, else the first."""
    n = len(kinds)
    weights = _shares(np.maximum(rng.dirichlet(np.full(n, 2.0)), _LEAST_WEIGHT), 1000)
    curve = np.exp(rng.uniform(*_LOG_CURVATURE, n))
    believed = curve * public.factors(n) * np.exp(rng.normal(0, 0.1, n))
    costs = np.stack([_shares(rng.dirichlet(np.full(3, 2.0)), 100) for _ in range(n)])
    flatter = 0.5 * weights + 0.3 / n + 0.2 * rng.dirichlet(np.full(n, 2.0))
    return Side(
        weights=weights,
        values=_ladders(curve, options, rises),
        costs=costs,
        red_issue=_red_issue(kinds, weights),
        public_weights=_shares(flatter, 1000),
        public_values=_ladders(believed, options, rises),
    )


def _ladders(curve: Floats, options: int, rises: Bools) -> Floats:
    falling = np.round(np.linspace(1, 0, options)[None, :] ** curve[:, None], 3)
    return np.where(rises[:, None], falling[:, ::-1], falling)


def _red_issue(kinds: Sequence[Kind], weights: Floats) -> int:
    """The heaviest distributive issue; failing that the heaviest opposed one, or any."""
    for wanted in (("distributive",), ("integrative",), kinds):
        eligible = np.array([kind in wanted for kind in kinds])
        if eligible.any():
            break
    return int(np.where(eligible, weights, -1).argmax())


def _partners(kinds: Sequence[Kind]) -> NDArray[np.int_]:
    """The issue on which the mirror image cares as much: integrative issues pair up in order."""
    partner = np.arange(len(kinds))
    integrative = [i for i, kind in enumerate(kinds) if kind == "integrative"]
    for i, j in zip(integrative[::2], integrative[1::2], strict=False):
        partner[i], partner[j] = j, i
    return partner


def _mirror(side: Side, kinds: Sequence[Kind], partner: NDArray[np.int_]) -> Side:
    opposed = np.array([kind != "compatible" for kind in kinds])[:, None]

    def ladders(values: Floats) -> Floats:
        return np.where(opposed, values[partner, ::-1], values[partner])

    return Side(
        weights=side.weights[partner],
        values=ladders(side.values),
        costs=side.costs[partner],
        red_issue=int(partner[side.red_issue]),
        public_weights=side.public_weights[partner],
        public_values=ladders(side.public_values),
    )


def _trade_off(kinds: Sequence[Kind], a: Floats, b: Floats) -> Floats:
    """``b`` with its integrative weights dealt in the opposite order of ``a``'s."""
    integrative = np.flatnonzero([kind == "integrative" for kind in kinds])
    dealt = b.copy()
    dealt[integrative[np.argsort(a[integrative])]] = np.sort(b[integrative])[::-1]
    return dealt


def _contrasts(kinds: Sequence[Kind], a: Floats, b: Floats) -> bool:
    """Whether the sides care about the integrative issues differently enough to trade."""
    integrative = [i for i, kind in enumerate(kinds) if kind == "integrative"]
    heavier = np.maximum(a, b)[integrative].sum()
    return bool(heavier >= _CONTRAST * np.minimum(a, b)[integrative].sum())


def _shares(raw: Floats, units: int) -> Floats:
    """``raw`` scaled to sum to 1 in whole ``1/units``, by largest remainder."""
    exact = raw / raw.sum() * units
    whole: Floats = np.floor(exact)
    short = units - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole / units
