"""For every test: no network but loopback, no real keys, reproducible property tests; and every
assert is reached."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.nodeid import NodeId
from hypothesis import settings

from tests.support import command, every_assert
from tests.support.browsers import browser as browser  # a fixture of every file
from tests.support.compiled import compile_all
from tests.support.disk import to_no_disk
from tests.support.forkserver import Meeting

settings.register_profile("track15", deadline=None, derandomize=True)
settings.load_profile("track15")

MEETING = pytest.StashKey[Meeting]()
KEYS = ("OPENAI_API_KEY", "TRACK15_API_KEY", "ANTHROPIC_API_KEY")
CURRENT = b"PYTEST_CURRENT_TEST"
"""What pytest itself changes in the environment during a test."""


def pytest_configure(config: pytest.Config) -> None:
    os.environ["TRACK15_LOOPBACK_ONLY"] = "1"
    for name in KEYS:
        os.environ.pop(name, None)
    os.fsync = to_no_disk
    every_assert.install()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's background job ignores Ctrl-C, and so would every command that a test starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(every_assert.EveryAssert(config), "every_assert")
    told = getattr(config, "workerinput", {})
    if "meeting" in told:
        command.MEETING = Path(told["meeting"])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """What the workers share is made before they start."""
    compile_all(config, _cores())
    meeting = Meeting()
    config.stash[MEETING] = meeting
    config.add_cleanup(meeting.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["meeting"] = str(node.config.stash[MEETING].folder)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep tests that share an object of their file in one worker: each would make it anew."""
    made = getattr(item, "_fixtureinfo", None)
    if made is None or item.get_closest_marker("xdist_group") is not None:
        return
    if any(definitions[-1].scope == "module" for definitions in made.name2fixturedefs.values()):
        item.add_marker(pytest.mark.xdist_group(item.location[0]))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name the group of a test behind its id, by which ``--dist loadgroup`` keeps groups together.

    pytest-xdist 3.8 does so itself, in a way that pytest 9.2 no longer looks at: without this every
    worker would make for itself what the tests of a group share. What does it already is let be.
    """
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and not item.nodeid.endswith(f"@{mark.args[0]}"):
            item._id = NodeId.parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Collect garbage rarely. Nearly all that is made while the tests are collected stays, and the
    collector would walk through it again and again: that was a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.set_threshold(20_000, 50, 100)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two processes for each core, under ``-n auto``: many tests wait for a process, a server or a
    time-out, and a core need not wait with them."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None  # whoever says a number means it
    return 2 * _cores()


def _cores() -> int:
    """Processors that this process may use."""
    mine = getattr(os, "sched_getaffinity", None)
    return len(mine(0)) if mine else os.cpu_count() or 1


class BeyondLoopbackError(AssertionError):
    """A test tried to speak to another machine."""


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """What a test changes in the environment ends with it: code that loads an agent switches
    tracing off for the whole process, and a later test would start its commands in that."""
    kept = vars(os.environ)["_data"]  # os.environ itself would decode all of it, for every test
    before = dict(kept)
    yield
    before[CURRENT] = kept.get(CURRENT, b"")
    if kept != before:
        for name in kept.keys() - before.keys():
            del os.environ[os.fsdecode(name)]
        for name, value in before.items():
            os.environ[os.fsdecode(name)] = os.fsdecode(value)


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Any:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        _check(self, address)
        return connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *more: Any, **options: Any) -> Any:
        _check_host(host)  # a name is asked of another machine
        return getaddrinfo(host, *more, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


@pytest.fixture
def interrupted() -> Iterator[None]:
    """For tests that interrupt a run: what asyncio says of the tasks that were in it is said when
    the test is over, and not when everything ends. Only what the test made is looked through: all
    that there was before, the other tests and the libraries, would take two seconds."""
    gc.freeze()
    yield
    gc.collect()
    gc.unfreeze()


def _check(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    _check_host(address[0])


def _check_host(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise BeyondLoopbackError(f"a test tried to reach {name}")


@pytest.fixture(scope="session")
def chain_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scripted run of the whole chain, scored; nobody changes it."""
    from tests.support.chains import play_chain

    return play_chain(tmp_path_factory.mktemp("chain"))
