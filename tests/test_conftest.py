"""The guard itself: without it a test could spend money or leak a key."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 443)])
def test_no_test_can_reach_another_machine(address: tuple[str, int]) -> None:
    for way in ("connect", "connect_ex"):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock,
            pytest.raises(AssertionError, match="tried to reach"),
        ):
            getattr(sock, way)(address)
    with pytest.raises(AssertionError, match="tried to reach"):
        socket.create_connection(address, timeout=1)


async def test_nor_with_asyncio() -> None:
    with pytest.raises(AssertionError, match="tried to reach"):
        await asyncio.open_connection("example.invalid", 443)


@pytest.mark.parametrize("host", ["example.invalid", b"example.invalid"])
def test_no_name_is_looked_up_elsewhere(host: str | bytes) -> None:
    with pytest.raises(AssertionError, match="tried to reach"):
        socket.getaddrinfo(host, 443)


def test_sockets_within_the_machine_are_open(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
    assert socket.getaddrinfo("127.0.0.1", 80)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=60) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_no_key_of_the_machine_is_seen() -> None:
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["TRACK15_LOOPBACK_ONLY"] == "1"


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_sets_in_the_environment_ends_with_it(time: str) -> None:
    assert "TRACK15_SET_BY_A_TEST" not in os.environ, time
    os.environ["TRACK15_SET_BY_A_TEST"] = "1"


@pytest.mark.parametrize(("cores", "processes"), [(1, 2), (2, 4), (3, 6)])
def test_tests_that_wait_share_a_core(
    cores: int, processes: int, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    hook = pytestconfig.hook.pytest_xdist_auto_num_workers
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert hook(config=pytestconfig) == processes
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert hook(config=pytestconfig) == processes
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "7")
    assert hook(config=pytestconfig) == 7


@pytest.mark.xdist_group("kept-together")
def test_a_group_stands_behind_the_id_by_which_it_is_kept_together(
    request: pytest.FixtureRequest,
) -> None:
    grouped = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@kept-together") is grouped
