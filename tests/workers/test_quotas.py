"""Limits split between workers: never more together than one process would take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.limits.admission import limit_of
from harness.models.settings import EndpointSettings, PoolSettings
from harness.workers.quotas import LEAST_TOKENS, most_workers, split

ONE, TWO = "openai/one@http://127.0.0.1:1/v1", "openai/two@http://127.0.0.1:2/v1"
rates = st.none() | st.floats(0.5, 1e9)


@given(
    connections=st.integers(1, 200),
    own=st.none() | st.integers(1, 200),
    requests=rates,
    tokens=rates,
    own_tokens=rates,
    wanted=st.integers(1, 64),
)
def test_shares_add_up_to_no_more_than_the_whole(
    connections: int,
    own: int | None,
    requests: float | None,
    tokens: float | None,
    own_tokens: float | None,
    wanted: int,
) -> None:
    settings = PoolSettings(
        max_connections=connections,
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        endpoints={TWO: EndpointSettings(max_connections=own, tokens_per_minute=own_tokens)},
    )
    most, _ = most_workers(settings, (ONE, TWO))
    assert most is not None
    workers = min(wanted, most)
    shares = split(settings, (ONE, TWO), workers)
    assert len(shares) == workers >= 1
    for name in (ONE, TWO):
        whole = limit_of(name, settings)
        parts = [limit_of(name, share) for share in shares]
        counts = [part.max_connections for part in parts]
        assert sum(counts) == whole.max_connections
        assert min(counts) >= 1
        assert max(counts) - min(counts) <= 1
        for rate in ("requests_per_minute", "tokens_per_minute"):
            limit = getattr(settings.of(name), rate) or getattr(settings, rate)
            given_out = [getattr(share.of(name), rate) for share in shares]
            if limit is None:
                assert given_out == [None] * workers
            else:
                assert sum(given_out) == pytest.approx(limit)


def test_what_is_particular_to_an_endpoint_goes_with_every_share() -> None:
    own = EndpointSettings(key="MY_KEY", prompt_price=1.0, completion_price=2.0)
    (share, _) = split(PoolSettings(endpoints={ONE: own}, timeout=3), (ONE,), 2)
    assert share.of(ONE).key == "MY_KEY"
    assert share.of(ONE).priced
    assert share.timeout == 3


@pytest.mark.parametrize(
    ("settings", "most", "why"),
    [
        (PoolSettings(max_connections=4), 4, "4 requests at once"),
        (PoolSettings(requests_per_minute=2.5), 2, "2.5 requests a minute"),
        (PoolSettings(tokens_per_minute=3 * LEAST_TOKENS), 3, "30000 tokens a minute"),
        (PoolSettings(tokens_per_minute=5), 1, "5 tokens a minute"),
    ],
)
def test_no_worker_is_left_without_a_share(settings: PoolSettings, most: int, why: str) -> None:
    found, words = most_workers(settings, (ONE,))
    assert found == most
    assert why in words.replace(",", "")


def test_scripts_need_no_share() -> None:
    assert most_workers(PoolSettings(max_connections=1), ()) == (None, "")
    assert [s.max_connections for s in split(PoolSettings(max_connections=1), (), 3)] == [1, 1, 1]
