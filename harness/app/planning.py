"""From a suite's name and options to a plan, and to what it would take."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Unpack

from harness.analysis.account import cut_by_limit
from harness.analysis.design import Power
from harness.app.feasibility import PlanFeasibility, plan_feasibility
from harness.app.options import PlanOptions, as_changes, checked, folder_option, overrides_of
from harness.app.power import power
from harness.app.runs import Notify, Run, load, unheard
from harness.errors import InputError, UsageError, suggest
from harness.evaluators.base import kind_of
from harness.evaluators.chain import CHAIN
from harness.evaluators.choosing import choose
from harness.evaluators.of_run import scales_asked, scales_here
from harness.evaluators.registry import builtin, measures
from harness.evaluators.scales import PREFIX
from harness.files.catalogue import find
from harness.files.problems import KeyPath, Problem
from harness.files.yamlfile import Document, input_error, load_document
from harness.models.address import parse_address
from harness.models.lineups import lineups_of
from harness.models.named import NamedModel, endpoints, load_models
from harness.orchestrator.estimate import Estimate, estimate
from harness.orchestrator.model_order import loading_sentences
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.remarks import remarks
from harness.prompting.talks import Prompts
from harness.records.folder import LOG_DIR
from harness.records.spec import TALKS
from harness.suite.loading import SuiteFile, load_suite_file
from harness.suite.suite import Suite, contrasts_of

_NOTHING_FOLLOWS: Final = "what follows talks, and no arm says that anything does"
_IN_PRIVATE: Final = "what a delegate says in private, not a dialogue"
_OF_DIALOGUES: Final = (
    "name a measure of dialogues; the report says by itself whether the incentives took"
)


@dataclass(frozen=True)
class Prospect:
    """What a suite would play and take.

    Attributes:
        plan: Every dialogue of it.
        estimate: Bounds of calls, tokens and, where prices are known, cost.
        feasibility: Whether delegates who follow their own stakes have a fair choice.
        power: The smallest effect on the primary measure that could be shown.
        loading: How a server of several models would have to load them; empty where none has
            several.
        notes: Options that were given and have no effect.
    """

    plan: Plan
    estimate: Estimate
    feasibility: PlanFeasibility
    power: Power
    loading: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def smallest_detectable(self) -> float | None:
        """Smallest effect on the primary measure that would be shown in 80 % of such runs, in its
        units; None where there is none, and ``power`` says why."""
        return self.power.smallest

    def sentences(self) -> list[str]:
        """What would be played, what it would take and what it could show, in words."""
        cut = cut_by_limit(self.plan.cut, self.plan.cut_scenarios)
        taken = [*self.estimate.sentences(), *self.loading]
        return [*cut, *taken, *self.feasibility.sentences(), *self.power.sentences]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is unknown."""
        return {
            "suite": self.plan.suite.id,
            "cut_by_limit": self.plan.cut,
            "cut_scenarios": self.plan.cut_scenarios,
            **self.estimate.as_json(),
            "smallest_detectable": self.smallest_detectable,
            "feasibility": self.feasibility.as_json(),
            "power": self.power.as_json(),
            "loading": list(self.loading),
        }


def plan(
    suite: str | os.PathLike[str],
    *,
    pilot: Run = None,
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
    **options: Unpack[PlanOptions],
) -> Prospect:
    """What a suite would play, take, and be able to show. Nothing is sent and nothing is written.

    Args:
        suite: Name of a suite, or its file.
        pilot: A run, as for :func:`~harness.app.load`, that says how much the primary measure
            varies; None for what is assumed.
        log_dir: Folder that the pilot is in.
        notify: Called with every option that was given and has no effect.
        options: See :class:`~harness.app.options.PlanOptions`.

    Raises:
        Track15Error: Suite, scenario, prompt or option is unusable; or the pilot is none, is not
            scored, or does not have the primary measure.
    """
    given = checked(options, PlanOptions)
    known = load_models(given.get("models_file"))
    notes: list[str] = []

    def noted(text: str) -> None:
        notes.append(text)
        notify(text)

    planned, prompts = prepare_from(suite, given, known, noted, plays=False)
    cost = estimate(planned, prompts, endpoints(known))
    more = scales_asked(planned.suite)
    chosen = choose(planned.suite.evaluators, given.get("evaluators", ()), more)
    folder = None if pilot is None else load(pilot, log_dir=log_dir, notify=noted)
    return Prospect(
        plan=planned,
        estimate=cost,
        feasibility=plan_feasibility(planned),
        power=power(planned, cost, measures(chosen.evaluators), folder),
        loading=tuple(loading_sentences(planned)),
        notes=tuple(notes),
    )


def prepare_from(
    suite: str | os.PathLike[str],
    options: Mapping[str, Any],
    known: Mapping[str, NamedModel],
    notify: Notify,
    *,
    plays: bool = True,
) -> tuple[Plan, Prompts | None]:
    """:func:`prepare`, from options that are :func:`~harness.app.options.checked`."""
    changes = overrides_of(options, known)
    folder = folder_option(options, "prompts")
    evaluators = options.get("evaluators", ())
    return prepare(
        os.fspath(suite), changes, folder, evaluators, notify=notify, plays=plays, known=known
    )


def prepare(
    suite_name: str,
    changes: Overrides,
    prompts_dir: Path | None,
    evaluators: Sequence[str] = (),
    *,
    notify: Notify = unheard,
    plays: bool = True,
    known: Mapping[str, NamedModel] | None = None,
) -> tuple[Plan, Prompts | None]:
    """The plan, and the prompts when a model plays.

    Args:
        suite_name: Name of a suite, or its file.
        changes: To the suite.
        prompts_dir: Folder whose templates replace the shipped ones.
        evaluators: Named by the user. Nothing else that the suite names is executed.
        notify: Told what changes nothing.
        plays: Whether the plan is about to be played; then everything it names must be there.
        known: Models by name.

    Raises:
        Track15Error: Suite, scenario, prompt or option is unusable.
    """
    file = load_suite_file(suite_name)
    suite = file.suite
    _check_measures(suite, suite_name, evaluators, notify, plays=plays)
    _hold_numbers(suite, file.document)
    changes = _with_models(changes, file, known or {})
    read = any(own.kind == "runnable" for own in changes.delegations.values())
    read |= any(model != "scripted" for _, model in changes.players)
    # A mistake in a folder of prompts shows, whoever plays.
    prompts = Prompts(prompts_dir) if read or prompts_dir is not None else None
    prompts = prompts if read else None
    planned = make_plan(suite, changes, prompts.hashes() if prompts else None, file.document)
    for remark in remarks(planned, changes, prompts_dir, plays=plays):
        notify(remark)
    return planned, prompts


def _with_models(changes: Overrides, file: SuiteFile, known: Mapping[str, NamedModel]) -> Overrides:
    """The changes with the models that the suite names, where no flag says who plays.

    Raises:
        InputError: One is unusable, or is on a server that only the suite names.
    """
    named = file.suite.models
    if named is None or changes.players or changes.delegations:
        return changes
    where = f"{file.document.path}:{file.document.line(('models',))}"
    try:
        lineups = lineups_of(named.texts, known, matrix=named.matrix, flag="models")
    except UsageError as error:
        raise InputError(f"models: {error.what}", where=where, fix=error.fix) from None
    ours = {model.address for model in known.values()}
    for chosen in (one for lineup in lineups for one in lineup.values()):
        address = parse_address(chosen.address)
        if address.base_url and not address.is_loopback and chosen.address not in ours:
            raise InputError(
                f"models: {chosen.address} is on a server that only the suite names, and your key "
                "would be sent there",
                where=where,
                fix="if you trust it, name it in models.yaml or with --model",
            )
    return replace(changes, **as_changes(lineups))


def _check_measures(
    suite: Suite, suite_name: str, evaluators: Sequence[str], notify: Notify, *, plays: bool
) -> None:
    """A misspelt measure must show before anything is played and paid for."""
    chosen = choose(suite.evaluators, evaluators, scales_asked(suite))
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
        notify(str(one))
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
        near = known
        if name.startswith(PREFIX):
            near = measures([*scales_here()]) or known
        what, fix = f"unknown measure {name!r}", suggest(name, near, see="track15 list measures")
        if name in measures(builtin()):
            what = f"the measure {name!r} is of an evaluator that 'evaluators' does not list"
            fix = f"add {evaluator} to 'evaluators'"
        elif chosen.left_out and evaluator not in {e.name for e in chosen.evaluators}:
            continue  # it may be one of those that were left out
        file = find("suites", suite_name)
        where = f"{file}:{load_document(file).line(path)}"
        raise InputError(f"{'.'.join(map(str, path))}: {what}", where=where, fix=fix)


def _hold_numbers(suite: Suite, file: Document) -> None:
    """Refuse contrasts and checks on a measure whose values are words, since it has no mean, and on
    one that is not of dialogues."""
    known = measures(builtin())
    asked: list[tuple[KeyPath, str]] = [
        ((*at, "measure"), contrast.measure) for at, contrast in contrasts_of(suite)
    ]
    asked += [(("checks", at, "measure"), check.measure) for at, check in enumerate(suite.checks)]
    found = [
        Problem(
            path,
            f"{name!r} has values in words ({known[name].range}), so it has no mean",
            "name a measure in numbers, or yes/no; see: track15 list measures",
        )
        for path, name in asked
        if name in known and known[name].words
    ]
    follows = (TALKS, CHAIN) if suite.goes_on else (TALKS,)
    of_talks = measures([one for one in builtin() if kind_of(one) in follows])
    chain = measures([one for one in builtin() if kind_of(one) == CHAIN])
    found += [
        Problem(
            path,
            f"{name!r} measures {_NOTHING_FOLLOWS if name in chain else _IN_PRIVATE}",
            "give an arm 'then:', see docs/suites.md" if name in chain else _OF_DIALOGUES,
        )
        for path, name in asked
        if name in known and name not in of_talks
    ]
    if found:
        raise input_error(file, found)
