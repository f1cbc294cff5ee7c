"""From a suite's name and flags to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.console import notes
from harness.cli.remarks import remarks
from harness.errors import InputError, UsageError, suggest
from harness.orchestrator.plan import Overrides, Plan, load_suite_file, make_plan
from harness.problems import KeyPath, Problem
from harness.suite import Suite, contrasts_of
from harness.yamlfile import Document, input_error

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts


def prepare(
    suite_name: str,
    changes: Overrides,
    prompts_dir: Path | None,
    evaluators: Sequence[str] = (),
    *,
    plays: bool = True,
) -> tuple[Plan, Prompts | None]:
    """The plan, and the prompts when a model plays. What changes nothing is said (stderr).

    Args:
        suite_name: Name of a suite, or its file.
        changes: Flags.
        prompts_dir: Of ``--prompts``.
        evaluators: Named on the command line. Nothing else that the suite names is executed.
        plays: Whether the plan is to be played: then nothing that it asks for may be lacking.

    Raises:
        Track15Error: Suite, scenario, prompt or flag is unusable.
    """
    file = load_suite_file(suite_name)
    suite = file.suite
    _check_measures(suite, suite_name, evaluators, plays=plays)
    _hold_numbers(suite, file.document)
    prompts = None
    read = any(own.kind == "runnable" for own in changes.delegations.values())
    read |= any(model != "scripted" for model in changes.models.values())
    if read or prompts_dir is not None:  # a mistake in them shows, whoever plays
        from harness.prompting.talks import Prompts

        prompts = Prompts(prompts_dir)
    prompts = prompts if read else None
    plan = make_plan(suite, changes, prompts.hashes() if prompts else None, file.document)
    for remark in remarks(plan, changes, prompts_dir, plays=plays):
        notes().print(remark, markup=False, soft_wrap=True)
    return plan, prompts


def _check_measures(
    suite: Suite, suite_name: str, evaluators: Sequence[str], *, plays: bool
) -> None:
    """A misspelt measure must show before anything is played and paid for."""
    from harness.catalogue import find
    from harness.evaluators.choosing import choose
    from harness.evaluators.registry import builtin, measures
    from harness.yamlfile import load_document

    chosen = choose(suite.evaluators, evaluators)
    for one in chosen.left_out:
        if one.flag is None:
            raise UsageError(
                f"unknown evaluator {one.name!r}",
                where=str(find("suites", suite_name)),
                fix="known: those of 'track15 list measures'; or file.py:Object",
            )
        if plays:
            raise UsageError(
                f"the suite names an evaluator in a file, {one.name}. It runs only where you name "
                "it yourself",
                where=str(find("suites", suite_name)),
                fix=f"look at the file, then add {one.flag}; or take it out of 'evaluators'",
            )
        notes().print(str(one), markup=False, soft_wrap=True)
    known = measures(chosen.evaluators)
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
        evaluator = name.split(".", 1)[0]
        what, fix = f"unknown measure {name!r}", suggest(name, known, see="track15 list measures")
        if name in measures(builtin()):
            what = f"the measure {name!r} is of an evaluator that 'evaluators' does not list"
            fix = f"add {evaluator} to 'evaluators'"
        elif chosen.left_out and evaluator not in {e.name for e in chosen.evaluators}:
            continue  # it may be one of those that were left out
        file = find("suites", suite_name)
        where = f"{file}:{load_document(file).line(path)}"
        raise InputError(f"{'.'.join(map(str, path))}: {what}", where=where, fix=fix)


def _hold_numbers(suite: Suite, file: Document) -> None:
    """A measure in words has no mean: what asks for one could never be computed."""
    from harness.evaluators.registry import builtin, measures

    known = measures(builtin())
    asked: list[tuple[KeyPath, str]] = [
        ((*at, "measure"), contrast.measure) for at, contrast in contrasts_of(suite)
    ]
    asked += [(("checks", at, "measure"), check.measure) for at, check in enumerate(suite.checks)]
    found = [
        Problem(
            path,
            f"{name!r} is told in words ({known[name].range}), and has no mean",
            "name a measure in numbers, or yes/no; see: track15 list measures",
        )
        for path, name in asked
        if name in known and known[name].words
    ]
    if found:
        raise input_error(file, found)
