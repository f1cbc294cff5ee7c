"""Payoffs of generated games: whatever is drawn is as asked, or is not handed out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from harness.disputes.games.payoffs import (
    NARROW_COUNT,
    ZOPA_SHARE,
    Floats,
    Kind,
    Payoffs,
    Public,
    Side,
    Zopa,
    draw,
    fits,
)
from harness.seeds import stream

TRIES = 20
KINDS: tuple[Kind, ...] = ("integrative", "distributive", "compatible")


class Game(NamedTuple):
    """What was asked for, and what was drawn."""

    kinds: tuple[Kind, ...]
    options: int
    zopa: Zopa
    symmetric: bool
    payoffs: Payoffs

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.payoffs.a, self.payoffs.b

    def of_kind(self, *kinds: Kind) -> list[int]:
        return [issue for issue, kind in enumerate(self.kinds) if kind in kinds]


def drawn(kinds: tuple[Kind, ...], options: int, zopa: Zopa, symmetric: bool, seed: int) -> Game:
    for attempt in range(TRIES):
        rng = stream(seed, "test", attempt)
        payoffs = draw(kinds, options, zopa, symmetric, rng)
        if payoffs is not None:
            return Game(kinds, options, zopa, symmetric, payoffs)
    return reject()  # not every combination can be had


@st.composite
def games(make: st.DrawFn, *, symmetric: bool | None = None) -> Game:
    """Of 3 to 5 issues, at least one of them distributive."""
    mirrored = make(st.booleans()) if symmetric is None else symmetric
    kinds: list[Kind] = ["distributive", *make(st.lists(st.sampled_from(KINDS), max_size=4))]
    pairs = 2 if mirrored else 1
    kinds += ["integrative"] * (kinds.count("integrative") % pairs)
    kinds += ["compatible"] * (3 - len(kinds))
    return drawn(
        tuple(make(st.permutations(kinds))),
        make(st.integers(2, 4)) if len(kinds) < 5 else 3,
        make(st.sampled_from(("wide", "narrow", "empty"))),
        mirrored,
        make(st.integers(0, 2**32)),
    )


def in_units(values: Floats, units: int) -> Floats:
    """Shares as whole numbers of ``1/units``, which they have to be."""
    whole: Floats = np.rint(values * units)
    assert np.allclose(whole, values * units, atol=1e-9)
    return whole


def holds_what_the_docstrings_say(game: Game) -> None:
    """Shapes, units and ranges of every number."""
    issues = len(game.kinds)
    for side in game.sides:
        for weights in (side.weights, side.public_weights):
            assert weights.shape == (issues,)
            assert in_units(weights, 1000).sum() == 1000
            assert weights.min() >= 0.025, "an issue that nobody cares about is no issue"
        for values in (side.values, side.public_values):
            assert values.shape == (issues, game.options)
            assert (values.max(axis=1) == 1).all()
            assert (values.min(axis=1) == 0).all()
            assert (np.diff(values, axis=1) != 0).all(), "no two options are worth the same"
        assert side.costs.shape == (issues, 3)
        assert (in_units(side.costs, 100).sum(axis=1) == 100).all()
        assert side.costs.min() >= 0
        for reservation in (side.reservation, side.public_reservation):
            assert 0.05 <= reservation <= 0.95
            assert reservation == round(reservation, 3)


def holds_the_kinds(game: Game) -> None:
    """The sides want the same end of a compatible issue, and opposite ends of any other."""
    a, b = game.sides
    for side in game.sides:
        rises = np.diff(side.values, axis=1)
        assert (np.abs(np.sign(rises).sum(axis=1)) == game.options - 1).all(), "a ladder"
        assert (np.sign(rises) == np.sign(np.diff(side.public_values, axis=1))).all()
    same = a.values.argmax(axis=1) == b.values.argmax(axis=1)
    assert same.tolist() == [kind == "compatible" for kind in game.kinds]


def holds_a_trade(game: Game) -> None:
    """The sides weigh the integrative issues differently enough to trade them."""
    a, b = (side.weights[game.of_kind("integrative")] for side in game.sides)
    assert np.maximum(a, b).sum() >= 2 * np.minimum(a, b).sum() - 1e-9


def holds_the_zopa(game: Game) -> None:
    """The ZOPA is of the size asked for, counted over all packages, and one is clear."""
    each = itertools.product(range(game.options), repeat=len(game.kinds))
    agreed, clear = 0, 0
    for package in each:
        u = [
            sum(w * v[o] for w, v, o in zip(s.weights, s.values, package, strict=True))
            for s in game.sides
        ]
        crossed = any(package[s.red_issue] == s.red_option() for s in game.sides)
        both = all(x >= s.reservation for x, s in zip(u, game.sides, strict=True))
        agreed += both
        clear += both and not crossed
    packages = game.options ** len(game.kinds)
    assert game.payoffs.zopa_share == pytest.approx(agreed / packages)
    assert fits(game.zopa, agreed, packages)
    assert (clear > 0) == (game.zopa != "empty"), "one that crosses no red line"


def holds_no_tie(game: Game) -> None:
    """No package is worth as much as no deal: the last bit of a sum would decide about it."""
    for side in game.sides:
        assert np.abs(side.utilities() - side.reservation).min() >= 1e-9


def holds_the_red_lines(game: Game) -> None:
    """A red line is the worst option of the heaviest distributive issue."""
    disputed = game.of_kind("distributive")
    for side in game.sides:
        assert side.red_issue in disputed
        assert side.weights[side.red_issue] == side.weights[disputed].max()
        assert side.values[side.red_issue, side.red_option()] == 0


@given(games())
@settings(max_examples=40)
def test_whatever_is_drawn_is_as_it_was_asked_for(game: Game) -> None:
    holds_what_the_docstrings_say(game)
    holds_the_kinds(game)
    holds_a_trade(game)
    holds_the_zopa(game)
    holds_no_tie(game)
    holds_the_red_lines(game)


def test_what_one_side_cares_about_most_the_other_cares_about_least() -> None:
    kinds: tuple[Kind, ...] = ("integrative", "integrative", "integrative", "distributive")
    for seed in range(8):
        a, b = (side.weights[:3] for side in drawn(kinds, 3, "wide", False, seed).sides)
        assert (np.subtract.outer(a, a) * np.subtract.outer(b, b) <= 1e-12).all()


@pytest.mark.parametrize(
    ("kinds", "drawn_from"),
    [
        (("compatible", "integrative", "integrative"), {1, 2}),
        (("compatible", "compatible"), {0, 1}),
    ],
)
def test_where_nothing_is_distributive_another_issue_has_the_red_line(
    kinds: tuple[Kind, ...], drawn_from: set[int]
) -> None:
    for seed in range(5):
        game = drawn(kinds, 4, "wide", False, seed)
        eligible = sorted(drawn_from)
        for side in game.sides:
            assert side.red_issue in drawn_from
            assert side.weights[side.red_issue] == side.weights[eligible].max()


@given(games(symmetric=True))
@settings(max_examples=15)
def test_the_sides_of_a_symmetric_game_are_mirror_images(game: Game) -> None:
    a, b = game.sides
    assert (a.reservation, a.public_reservation) == (b.reservation, b.public_reservation)
    assert np.sort(a.utilities()) == pytest.approx(np.sort(b.utilities()))
    pairs = game.of_kind("integrative")
    partner = np.arange(len(game.kinds))
    partner[pairs] = np.array(pairs).reshape(-1, 2)[:, ::-1].ravel()
    opposed = np.array([kind != "compatible" for kind in game.kinds])[:, None]
    for one, other in ((a, b), (b, a)):
        assert (other.weights == one.weights[partner]).all()
        assert (other.public_weights == one.public_weights[partner]).all()
        assert (other.costs == one.costs[partner]).all()
        assert other.red_issue == partner[one.red_issue]
        for mine, theirs in (
            (one.values, other.values),
            (one.public_values, other.public_values),
        ):
            turned = np.where(opposed, mine[partner, ::-1], mine[partner])
            assert (theirs == turned).all()


def test_a_side_that_nothing_could_satisfy_is_not_handed_out() -> None:
    """Where there is to be no ZOPA, both sides would have to ask for nearly everything."""
    kinds: tuple[Kind, ...] = ("compatible", "compatible", "distributive")
    found = [draw(kinds, 3, "empty", False, stream(seed, "x")) for seed in range(60)]
    reached = [max(one.a.reservation, one.b.reservation) for one in found if one is not None]
    assert 0.9 < max(reached) <= 0.95
    believed = [side.public_reservation for one in found if one for side in (one.a, one.b)]
    assert max(believed) == 0.95, "nor does the public believe in one"
    assert len(reached) < len(found)


def test_the_sides_of_another_game_differ() -> None:
    game = drawn(("distributive", "compatible", "integrative"), 3, "wide", False, 1)
    a, b = game.sides
    assert (a.weights != b.weights).any()
    assert a.public_reservation != b.public_reservation
    assert np.sort(a.utilities()) != pytest.approx(np.sort(b.utilities()))


@pytest.mark.parametrize("symmetric", [False, True])
def test_the_same_stream_draws_the_same_game(symmetric: bool) -> None:
    kinds: tuple[Kind, ...] = ("distributive", "integrative", "integrative")
    games = [drawn(kinds, 3, "wide", symmetric, seed).payoffs for seed in (1, 1, 2)]
    assert repr(games[0]) == repr(games[1]) != repr(games[2])


FOUR: tuple[Kind, ...] = ("integrative", "integrative", "distributive", "compatible")


def test_the_stereotype_is_flatter_and_wrong_about_every_ladder_but_leans_nowhere() -> None:
    sides = [s for seed in range(12) for s in drawn(FOUR, 4, "wide", False, seed).sides]
    assert np.mean([s.weights.std() - s.public_weights.std() for s in sides]) > 0.03
    for s in sides:
        assert (s.public_values[0::2] <= s.values[0::2]).all(), "less than the best is little"
        assert (s.public_values[1::2] >= s.values[1::2]).all(), "anything but the worst is much"
    off = [(s.public_values - s.values).mean() for s in sides]
    assert abs(np.mean(off)) < 0.01
    missed = [s.public_reservation - s.reservation for s in sides]
    assert abs(np.mean(missed)) < 0.03, "no deal is misjudged either way"
    assert np.std(missed) > 0.01


@pytest.mark.parametrize("symmetric", [False, True])
def test_what_the_public_believes_changes_nothing_that_is_true(symmetric: bool) -> None:
    streams = [stream(7, "test", attempt) for attempt in range(TRIES) for _ in range(2)]
    pairs = zip(streams[::2], streams[1::2], strict=True)
    known = Public(exaggeration=1, hardness=1)
    for one, other in pairs:
        wrong = draw(FOUR, 4, "wide", symmetric, one)
        right = draw(FOUR, 4, "wide", symmetric, other, known)
        assert (wrong is None) == (right is None)
        if wrong is None or right is None:
            continue
        for mistaken, informed in ((wrong.a, right.a), (wrong.b, right.b)):
            assert (mistaken.weights == informed.weights).all()
            assert (mistaken.values == informed.values).all()
            assert mistaken.reservation == informed.reservation
            assert abs(informed.public_values - informed.values).max() < 0.2, "noise alone"


@given(
    issues=st.integers(1, 10),
    exaggeration=st.floats(1, 4),
    hardness=st.floats(0.25, 4),
)
@settings(max_examples=60, deadline=None)
def test_a_public_is_as_often_too_soft_as_too_hard(
    issues: int, exaggeration: float, hardness: float
) -> None:
    factors = Public(exaggeration, hardness).factors(issues)
    assert factors.shape == (issues,)
    assert np.exp(np.log(factors).mean()) == pytest.approx(hardness)
    assert Public(1, hardness).factors(issues) == pytest.approx(np.full(issues, hardness))


# --- sides ---------------------------------------------------------------------------------------


def side(weights: list[float], values: list[list[float]], reservation: float = 0.0) -> Side:
    table, shares = np.array(values), np.array(weights)
    costs = np.tile([0.5, 0.3, 0.2], (len(weights), 1))
    return Side(shares, table, costs, 0, shares, table, reservation)


def test_utilities_stand_in_row_major_order() -> None:
    made = side([0.75, 0.25], [[0.0, 0.5, 1.0], [1.0, 0.4, 0.0]])
    found = made.utilities().reshape(3, 3)
    for package in np.ndindex(3, 3):
        first, second = package
        by_hand = 0.75 * made.values[0, first] + 0.25 * made.values[1, second]
        assert found[package] == pytest.approx(by_hand)


def test_a_side_rules_out_its_worst_option() -> None:
    made = side([0.75, 0.25], [[0.0, 0.5, 1.0], [1.0, 0.4, 0.0]])
    assert made.red_option() == 0
    assert replace(made, red_issue=1).red_option() == 2


# --- sizes of a ZOPA -----------------------------------------------------------------------------


@given(st.integers(1, 400_000), st.integers(0, 400_000))
def test_a_zopa_fits_where_its_share_does(packages: int, count: int) -> None:
    low, high = ZOPA_SHARE["wide"]
    assert fits("wide", count, packages) == (low * packages <= count <= high * packages)
    assert fits("empty", count, packages) == (count == 0)
    if packages >= 300:  # from there on the shares decide
        low, high = ZOPA_SHARE["narrow"]
        assert fits("narrow", count, packages) == (low * packages <= count <= high * packages)


@given(st.integers(27, 400_000), st.integers(0, 400_000))
def test_no_count_is_of_two_sizes(packages: int, count: int) -> None:
    assert sum(fits(zopa, count, packages) for zopa in ZOPA_SHARE) <= 1


@given(st.integers(1, 100))
def test_in_a_small_game_a_narrow_zopa_is_a_few_packages(packages: int) -> None:
    counts = [count for count in range(packages + 5) if fits("narrow", count, packages)]
    assert counts == list(range(1, NARROW_COUNT + 1))


@pytest.mark.parametrize(
    ("zopa", "count", "packages", "answer"),
    [
        ("wide", 150, 1000, True),
        ("wide", 149, 1000, False),
        ("wide", 351, 1000, False),
        ("narrow", 30, 1000, True),
        ("narrow", 31, 1000, False),
        ("narrow", 9, 1000, False),
        ("narrow", 1, 27, True),
        ("narrow", 4, 27, False),
        ("narrow", 0, 27, False),
        ("empty", 0, 1000, True),
        ("empty", 1, 1000, False),
    ],
)
def test_size_of_a_zopa(zopa: str, count: int, packages: int, answer: bool) -> None:
    (key,) = (name for name in ZOPA_SHARE if name == zopa)
    assert fits(key, count, packages) is answer
