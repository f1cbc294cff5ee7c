"""From a suite's name and flags to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.orchestrator.plan import Overrides, Plan, load_suite, make_plan

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
    prompts = None
    if any(model != "scripted" for model in changes.models.values()):
        from harness.prompting import Prompts

        prompts = Prompts(prompts_dir)
    plan = make_plan(suite, changes, prompts.hashes() if prompts else None)
    return plan, prompts
