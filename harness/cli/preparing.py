"""From a suite's name and flags to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.orchestrator.plan import Overrides, Plan, load_suite, make_plan
from harness.suite import Suite

if TYPE_CHECKING:
    from harness.prompting import Prompts


def prepare(
    suite_name: str, changes: Overrides, prompts_dir: Path | None
) -> tuple[Plan, Prompts | None]:
    """The plan, and the prompts when a model plays.

    Raises:
        Track15Error: Suite, scenario, prompt or flag is unusable.
    """
    suite = load_suite(suite_name)
    _check_measures(suite, suite_name)
    prompts = None
    read = any(own.kind == "runnable" for own in changes.delegations.values())
    if read or any(model != "scripted" for model in changes.models.values()):
        from harness.prompting import Prompts

        prompts = Prompts(prompts_dir)
    plan = make_plan(suite, changes, prompts.hashes() if prompts else None)
    return plan, prompts


def _check_measures(suite: Suite, suite_name: str) -> None:
    """A misspelt measure must show before anything is played and paid for."""
    import difflib

    from harness.catalogue import find
    from harness.evaluators.base import measures, registry
    from harness.yamlfile import KeyPath, load_document

    known = measures(registry(suite.evaluators))
    asked: list[tuple[KeyPath, str]] = []
    if suite.contrasts is not None:
        asked.append((("contrasts", "primary", "measure"), suite.contrasts.primary.measure))
        for index, contrast in enumerate(suite.contrasts.secondary):
            asked.append((("contrasts", "secondary", index, "measure"), contrast.measure))
    for index, check in enumerate(suite.checks):
        asked.append((("checks", index, "measure"), check.measure))
    for path, name in asked:
        if name in known:
            continue
        file = find("suites", suite_name)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise InputError(
            f"{'.'.join(map(str, path))}: unknown measure {name!r}",
            where=f"{file}:{load_document(file).line(path)}",
            fix=f"{hint}See: track15 list measures",
        )
