"""Loads the scenarios that a suite or the command line names, with errors that name the line."""

from __future__ import annotations

from typing import Any

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.yamlfile import Document


def named_scenarios(ref: str, file: Document | None) -> list[Scenario]:
    """The scenarios called ``ref``; what the command line names starts where it was typed.

    Raises:
        InputError: They cannot be loaded; with the line of a suite that names them.
    """
    if file is None:
        return load_scenarios(ref)
    try:
        return load_scenarios(ref, file.path.parent)
    except InputError as error:
        if error.where is None:
            error.where = f"{file.path}:{file.line(_named_at(ref, file.data))}: scenarios"
        raise


def _named_at(ref: str, suite: dict[str, Any]) -> tuple[str | int, ...]:
    """Where in a suite's file a scenario is named."""
    places: list[tuple[tuple[str, ...], Any]] = [(("scenarios",), suite.get("scenarios"))]
    for arm, given in suite.get("arms", {}).items():
        places.append((("arms", arm, "scenarios"), given.get("scenarios")))
    for path, refs in places:
        if refs and ref in refs:
            return (*path, refs.index(ref))
    return ("scenarios",)
