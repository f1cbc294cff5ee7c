"""Ports of loopback."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.viewer import server
from harness.viewer.server import HOST, listening


def test_the_next_free_port_is_taken() -> None:
    with listening(None) as first, listening(None) as second:
        ports = [opened.getsockname()[1] for opened in (first, second)]
        assert all(opened.getsockname()[0] == HOST for opened in (first, second))
        assert ports[0] < ports[1]


def test_a_port_that_was_asked_for_and_is_in_use_is_an_error() -> None:
    with listening(None) as opened:
        port = opened.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is in use"):
            listening(port)


def test_where_all_are_in_use_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(None) as opened:
        monkeypatch.setattr(server, "PORT", opened.getsockname()[1])
        monkeypatch.setattr(server, "TRIED", 1)
        with pytest.raises(UsageError, match="in use") as caught:
            listening(None)
    assert caught.value.fix is not None
    assert "--port" in caught.value.fix
