"""The guard itself: without it a test could spend money or leak a key."""

from __future__ import annotations

import os
import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 443)])
def test_no_test_can_reach_another_machine(address: tuple[str, int]) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock,
        pytest.raises(AssertionError, match="tried to reach"),
    ):
        sock.connect(address)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_no_key_of_the_machine_is_seen() -> None:
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["TRACK15_LOOPBACK_ONLY"] == "1"
