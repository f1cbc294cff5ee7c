"""A written plan held against a dispute: who concedes what, and whether the real parties could
sign it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.app.judging import PlanAsked, PlanJudged, plan_judged
from harness.app.runs import Notify, unheard
from harness.app.waiting import wait_for
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError, UsageError
from harness.files.catalogue import find
from harness.plans.assessment import Assessment, assess
from harness.plans.ground import ground
from harness.plans.prose import Prose, read_prose
from harness.plans.written import WrittenPlan, read_plan, template
from harness.report.plan_json import assessment_json, reading_json
from harness.report.plan_reading import reading_words
from harness.report.plan_words import verdict

OPTIONS: Final = (".yaml", ".yml", ".json", "")
"""Endings of files that are read as options; all else is prose, or refused."""
LAST_ROUND = 20
"""Realities end here."""


@dataclass(frozen=True)
class Audit:
    """A plan that was held against a dispute.

    Attributes:
        plan: What it advises.
        found: What that comes to.
        judged: How a judge read it; None for a plan that was written as options.
        record: File in which its judgements are kept; None for none.
    """

    plan: WrittenPlan
    found: Assessment
    judged: PlanJudged | None = None
    record: Path | None = None

    @property
    def comes_to(self) -> list[str]:
        """What it comes to, in words, one thought a sentence."""
        unread = {} if self.judged is None else self.judged.reading.unread
        return verdict(self.found, unread)

    @property
    def says(self) -> list[str]:
        """What its prose says of everybody, in words; empty for a plan that is none."""
        return [] if self.judged is None else reading_words(self.judged.reading, self.found)

    @property
    def verdict(self) -> list[str]:
        """Both, one thought a sentence."""
        return [*self.comes_to, *self.says]

    @property
    def page(self) -> str:
        """As an HTML page that works offline."""
        from harness.report.plan_page import render

        reading = None if self.judged is None else self.judged.reading
        return render(self.plan, self.found, self.comes_to, reading, self.says)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is what is undefined, or what the plan does not say."""
        return {
            "plan": self.plan.title,
            "scenario": self.found.scenario.id,
            "verdict": self.verdict,
            "advises": {
                issue: {"option": advice.option, "sentence": advice.sentence}
                for issue, advice in self.plan.advises.items()
            },
            **assessment_json(self.found),
            **(
                reading_json(self.found.scenario)
                if self.judged is None
                else reading_json(self.found.scenario, self.judged.reading, self.judged.judge)
            ),
            "record": self._record,
        }

    @property
    def _record(self) -> dict[str, Any] | None:
        if self.record is None or self.judged is None:
            return None
        return {"file": str(self.record), "judgements": [one.id for one in self.judged.records]}


def audit(
    plan: str | os.PathLike[str],
    *,
    scenario: str | None = None,
    round_: int = 1,
    judge: str | None = None,
    models_file: Path | None = None,
    record: Path | None = None,
    retry_void: bool = False,
    notify: Notify = unheard,
    **wire: Any,
) -> Audit:
    """Hold a written plan against a dispute. Without a judge nothing is sent, and nothing written.

    Args:
        plan: Its file, or the name of one in ``evals/plans``.
        scenario: Name or file of the dispute; None for the one that the plan names.
        round_: From 1; realities that came before it are in force.
        judge: The model that reads a plan in prose, by address or name; None for none.
        models_file: Models by name; None for ``models.yaml`` here.
        record: File in which the answers of a judge are kept: the same plan, dispute, prompt and
            judge are not asked for twice. None to keep nothing.
        retry_void: Ask again where an answer on record was not usable.
        notify: Told what a call may take before it is made.
        wire: As ``max_retries`` and ``timeout`` of :func:`~harness.app.run`.

    Raises:
        Track15Error: The plan or the scenario is unusable, nobody named a scenario, a plan in prose
            has no judge, the judge gave no usable answer, or the record cannot be used.
    """
    path = find("plans", os.fspath(plan))
    if not 1 <= round_ <= LAST_ROUND:
        raise UsageError(
            f"there is no round {round_}", where="--round", fix=f"write 1 to {LAST_ROUND}"
        )
    if path.suffix.lower() not in OPTIONS:
        prose, dispute, by = _prose(path, scenario, judge)
        title = prose.heading or path.stem
        asked = PlanAsked(prose.text, title, dispute, by, models_file, record, retry_void)
        judged = wait_for(lambda: plan_judged(asked, notify, wire))
        reading = judged.reading
        found = assess(ground(dispute, round_), reading.plan.package, reading.goes_over(dispute))
        return Audit(reading.plan, found, judged, record)
    if judge is not None:
        notify("--judge has no effect: the plan is written as options")
    file = read_plan(path)
    named = scenario or file.scenario
    if named is None:
        raise _no_scenario(path, "add --scenario NAME, or 'scenario: NAME' above 'advises:'")
    dispute = one_scenario(named, path.parent if scenario is None else None)
    written = file.on(dispute)
    return Audit(written, assess(ground(dispute, round_), written.package))


def _prose(path: Path, scenario: str | None, judge: str | None) -> tuple[Prose, Scenario, str]:
    """A plan in prose, the dispute that it is for, and who is to read it."""
    prose = read_prose(path)
    if judge is None:
        raise UsageError(
            "a plan in prose needs a judge that says what it advises",
            where=str(path),
            fix="add --judge MODEL, or write 'issue: option' into a file that ends in .yaml: "
            "track15 audit --template --scenario NAME",
        )
    if scenario is None:
        raise _no_scenario(path, "add --scenario NAME")
    return prose, one_scenario(scenario), judge


def _no_scenario(path: Path, fix: str) -> UsageError:
    return UsageError("nobody says which dispute the plan is for", where=str(path), fix=fix)


def plan_template(scenario: str) -> str:
    """A plan to fill in.

    Raises:
        Track15Error: The scenario is unusable.
    """
    return template(one_scenario(scenario))


def one_scenario(name: str, folder: Path | None = None) -> Scenario:
    """The one scenario of that name.

    Args:
        folder: Of the file that names it: its paths start there.

    Raises:
        InputError: There is none, or it is a family of games.
    """
    found = load_scenarios(name, folder)
    if len(found) > 1:
        raise InputError(
            f"{name} is a family of {len(found)} games, and a plan is for one",
            fix=f"name one of them, such as {found[0].id}",
        )
    return found[0]
