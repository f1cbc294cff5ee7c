from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.seeds import derive, stream

names = st.lists(st.text("abcdef", min_size=1) | st.integers(0, 99), max_size=3)


def test_a_seed_is_the_same_on_every_machine() -> None:
    # The first eight bytes of the SHA-256 of "7/belief/a" and of "0", less the lowest bit.
    assert derive(7, "belief", "a") == 8196045116743867704
    assert derive(0) == 3456079177858693020
    one, two = (stream(7, "belief", "a").random(3) for _ in range(2))
    assert (one == two).all()


@given(seed=st.integers(), path=names)
def test_a_seed_has_63_bits(seed: int, path: list[str | int]) -> None:
    assert 0 <= derive(seed, *path) < 2**63
    assert derive(seed, *path) == derive(seed, *path)


@given(one=names, two=names, seed=st.integers(0, 9))
def test_streams_of_different_names_differ(
    one: list[str | int], two: list[str | int], seed: int
) -> None:
    same = [str(name) for name in one] == [str(name) for name in two]
    assert (derive(seed, *one) == derive(seed, *two)) == same


def test_names_are_separate_words() -> None:
    assert derive(1, "ab", "c") != derive(1, "a", "bc")
    assert derive(1, 2) != derive(12)


def test_drawing_from_one_stream_never_shifts_another() -> None:
    alone = stream(3, "order").random(4)
    stream(3, "belief").random(100)
    assert (stream(3, "order").random(4) == alone).all()


def test_streams_are_not_correlated() -> None:
    draws = np.array([stream(0, "noise", k).standard_normal(500) for k in range(20)])
    correlations = np.corrcoef(draws)[np.triu_indices(20, 1)]
    assert np.abs(correlations).max() < 0.2
