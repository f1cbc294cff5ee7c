"""Which plain functions sit down, told by their arguments before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.delegations.plugins import load
from harness.errors import UsageError


@pytest.mark.kind("G13")
@pytest.mark.parametrize(
    ("arguments", "lacking"),
    [
        ("messages, schema, tools", "'tools'"),
        ("a, b, c, d", "'c'"),
        ("messages, *, model", "'model'"),
    ],
)
def test_a_function_that_wants_more_is_refused_before_it_is_asked(
    tmp_path: Path, arguments: str, lacking: str
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"async def agent({arguments}):\n    return ''\n")
    with pytest.raises(UsageError) as caught:
        load(f"{path}:agent")
    assert lacking in caught.value.what
    assert "agent(messages, schema)" in (caught.value.fix or "")


@pytest.mark.kind("G13")
@pytest.mark.parametrize(
    "arguments",
    ["m", "m, s", "m, s, tools=None", "messages, **more", "messages, thread_id, *, seed"],
)
def test_functions_that_can_be_called_sit_down(tmp_path: Path, arguments: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"async def agent({arguments}):\n    return ''\n")
    assert load(f"{path}:agent").kind == "runnable"
