"""The interface as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harness import app
from tests.support.command import environment


@pytest.mark.parametrize(
    ("module", "others"),
    [
        ("harness.app", ("openai", "langchain", "numpy", "pydantic", "click", "rich")),
        ("harness.app.measuring", ("harness.orchestrator", "harness.talks.table", "tenacity")),
    ],
)
def test_importing_it_loads_nothing_that_it_does_not_need(
    module: str, others: tuple[str, ...]
) -> None:
    code = f"import sys, {module}; print({{*sys.modules}} & {{*{others}}})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["run", "arun", "plan", "score", "report", "load", "frames"])
def test_its_functions_are_there_and_explained(name: str) -> None:
    assert name in dir(app)
    function = getattr(app, name)
    assert function.__doc__
    assert "Raises:" in function.__doc__


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(AttributeError, match="no attribute 'walk'"):
        app.walk  # noqa: B018
