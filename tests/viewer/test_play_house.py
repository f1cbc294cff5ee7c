"""What pages of sittings are told."""

from __future__ import annotations

from harness.viewer.play_house import Now, new_token


def test_no_token_is_another_s() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 32


def test_a_sitting_that_has_not_begun_asks_nothing() -> None:
    now = Now("waiting")
    assert (now.number, now.form, now.truth, now.problem) == (0, None, None, None)
