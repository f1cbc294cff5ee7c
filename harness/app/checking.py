"""Whether scenarios, suites and rubrics are fit to be used: every rule, with its figure and its
fix."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from harness.app.feasibility import (
    LEAST_SHARE,
    ArmFeasibility,
    PlanFeasibility,
    percent,
    plan_feasibility,
    preset_feasibility,
)
from harness.app.planning import prepare
from harness.app.rubrics import (
    RubricChecked,
    check_rubric,
    is_markdown,
    like_rubrics,
    rubric_path,
)
from harness.app.runs import Notify, unheard
from harness.app.soundness import Row, rows, worst
from harness.disputes.games.family import is_family
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError, counted
from harness.files.catalogue import find, located
from harness.files.yamlfile import load_document
from harness.orchestrator.overrides import Overrides

Kind = Literal["scenario", "games", "suite"]
NAMED: Final = 3
"""Scenarios that are named in a row about many."""


@dataclass(frozen=True)
class Checked:
    """What was found about one file.

    Attributes:
        ref: As it was named.
        kind: What it is.
        title: As a reader knows it.
        rows: Every rule, in the order in which it is told.
    """

    ref: str
    kind: Kind
    title: str
    rows: tuple[Row, ...]

    @property
    def sound(self) -> bool:
        """Whether no rule is broken in a way that makes results meaningless."""
        return all(row.state != "bad" for row in self.rows)

    @property
    def play(self) -> str:
        """The arguments of ``track15`` that play it."""
        if self.kind == "suite":
            return f"run {self.ref}"
        return f"run quickstart --scenario {self.ref}"

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "checked": self.ref,
            "kind": self.kind,
            "title": self.title,
            "sound": self.sound,
            "rows": [row.as_json() for row in self.rows],
            "play": self.play,
        }


def check(ref: str | os.PathLike[str], *, notify: Notify = unheard) -> Checked | RubricChecked:
    """Look at a scenario, a family of games, a suite or a rubric file. Nothing is sent and nothing
    is written.

    Scripted talks are played to see whether it helps to speak first: of a scenario, in its first
    round. Of a suite, every scenario that it plays is looked at, and its arms in place of the
    tracks' presets.

    Args:
        ref: Name or file. A name that both a suite and a scenario have is the suite's, and one that
            a rubric has besides is theirs.
        notify: Told what the user should know.

    Raises:
        Track15Error: There is none of that name, or its file is unusable.
    """
    name = os.fspath(ref)
    try:
        suite = not is_markdown(name) and _is_suite(name)
    except InputError:
        path = None if Path(name).exists() else rubric_path(name)  # a file that is wrong is no name
        if path is None:
            raise
        return check_rubric(name, path)
    if is_markdown(name):
        return check_rubric(name, find("rubrics", name))
    if suite:
        return _suite(name, notify)
    scenarios = load_scenarios(name)
    found = [rows(scenario) for scenario in scenarios]
    family = len(scenarios) > 1
    together = _together({s.id: r for s, r in zip(scenarios, found, strict=True)})
    told = together if family else found[0]
    arms = _arms(preset_feasibility([name]), "track")
    title = scenarios[0].say(scenarios[0].title)
    return Checked(name, "games" if family else "scenario", title, (*told, *arms))


def _is_suite(name: str) -> bool:
    """Whether a reference means a suite.

    Raises:
        InputError: It means nothing.
    """
    try:
        path: Path = find("suites", name)
    except InputError as unknown:
        try:
            located(name)
        except InputError as neither:
            raise _neither(name, unknown, neither) from None
        return False
    data = load_document(path).data
    return not (is_family(data) or "principals" in data)


def _neither(name: str, suite: InputError, scenario: InputError) -> InputError:
    if suite.what == scenario.what:  # a path
        return suite
    fixes = [one.fix for one in (scenario, suite) if (one.fix or "").startswith("did you")]
    fixes += [f"did you mean the rubric {one!r}?" for one in like_rubrics(name)]
    fix = fixes[0] if fixes else "see: track15 list; or give the path of a file"
    return InputError(f"no scenario and no suite is called {name!r}", fix=fix)


def _suite(name: str, notify: Notify) -> Checked:
    plan, _ = prepare(name, Overrides(), None, notify=notify, plays=False)
    scenarios: dict[str, Scenario] = dict(plan.scenarios)
    told = _together({key: rows(one, played=False) for key, one in scenarios.items()})
    return Checked(name, "suite", plan.suite.title, (*told, *_arms(plan_feasibility(plan), "arm")))


def _together(found: Mapping[str, Sequence[Row]]) -> list[Row]:
    """One row a rule over many scenarios, which names those that break it."""
    rules: dict[str, dict[str, Row]] = defaultdict(dict)
    for scenario, its in found.items():
        for row in its:
            name = "absent parties" if row.name.startswith("absent party") else row.name
            known = rules[name].get(scenario)
            if known is None or worst([known.state, row.state]) != known.state:
                rules[name][scenario] = row
    told = []
    for name, by_scenario in rules.items():
        broken = {key: row for key, row in by_scenario.items() if row.state != "good"}
        words = "; ".join(f"{key}: {row.found}" for key, row in list(broken.items())[:NAMED])
        more = f"; and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        first = next(iter(broken.values()), None)
        told.append(
            Row(
                name,
                worst([row.state for row in by_scenario.values()]),
                f"{len(by_scenario) - len(broken)} of {counted(len(by_scenario), 'scenario')}"
                + (f"; not {words}{more}" if broken else ""),
                next(iter(by_scenario.values())).aim,
                first.fix if first else "",
                len(broken),
            )
        )
    return told


def _arms(found: PlanFeasibility, noun: str) -> Iterator[Row]:
    """Whether delegates who follow their own stakes have a fair choice, arm by arm."""
    for arm in found.arms:
        if arm.cells:
            yield _arm(arm, noun)
    if found.looked_at < found.disputes:
        yield Row(
            "arms",
            "good",
            f"examined in {found.looked_at} of {found.disputes} disputes, evenly spaced, because "
            "enumerating all would take long",
        )


def _arm(arm: ArmFeasibility, noun: str) -> Row:
    name = f"{noun} {arm.arm.removeprefix('track-') if noun == 'track' else arm.arm}"
    count = len(arm.cells)
    share = "unknown" if arm.share is None else percent(arm.share)
    row = Row(
        name,
        "good",
        f"a fair deal is open in {count - len(arm.infeasible)} of {count} cells; both sides could "
        f"sign {share} of what both delegates accept",
        f"a fair deal in every cell, and at least {percent(LEAST_SHARE)}",
        value=arm.share,
    )
    if arm.infeasible:
        return replace(
            row,
            state="bad",
            fix="weaken the incentives, or change the scenario: only no deal or a lopsided deal is "
            f"left in {arm.infeasible[0].name}",
        )
    if arm.eager:
        cell = arm.eager[0]
        return replace(
            row,
            state="warn",
            found=f"{row.found}; in {len(arm.eager)} cells a delegate would sign even the worst "
            f"package (seat {' and '.join(cell.found.eager)}: {cell.name})",
            fix="lower deal_reward, or raise what the costs count to that delegate",
        )
    if not arm.fair:
        return replace(row, state="warn", fix="weaken the incentives of the delegates")
    return row
