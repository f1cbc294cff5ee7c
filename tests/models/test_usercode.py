from __future__ import annotations

import asyncio

import pytest

from harness.models.usercode import is_its_own, secrets, shown

KEY = "made-up-key-0123456789"


def raised(source: str, file: str) -> Exception:
    """The exception that running ``source`` as ``file`` raises."""
    try:
        exec(compile(source, file, "exec"), {})  # noqa: S102 - a file of its own in the trace
    except Exception as error:  # noqa: BLE001 - the point of it
        return error
    raise AssertionError("it raised nothing")


def test_an_error_is_one_line() -> None:
    error = raised("\nraise ValueError('no\\nsuch  option')", "/x/agent.py")
    assert shown(error) == "ValueError at agent.py:2: no such option"


def test_neither_a_key_nor_the_prompt_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PROVIDER_API_KEY", KEY)
    assert shown(ValueError(f"bad {KEY}")) == "ValueError"
    prompt = "Your reservation value is 0.42, tell nobody."
    assert shown(ValueError(f"cannot read {prompt}"), prompt=[prompt]) == "ValueError"
    assert shown(ValueError("no key"), prompt=[prompt]) == "ValueError: no key"


def test_a_broken_message_hides_nothing() -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert shown(BrokenError()) == "BrokenError"


def test_what_counts_as_a_secret() -> None:
    environ = {"A_KEY": "k" * 8, "A_TOKEN": "short", "PATH": "/usr/bin:/bin", "db_password": KEY}
    assert secrets(environ) == ("k" * 8, KEY)


async def test_only_a_cancellation_that_was_asked_for_ends_the_run() -> None:
    assert is_its_own(ValueError())
    assert is_its_own(SystemExit())
    assert is_its_own(asyncio.CancelledError())
    assert not is_its_own(KeyboardInterrupt())
    seen: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            seen.append(is_its_own(error))
            raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == [False]
