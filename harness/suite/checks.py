"""Checks of a suite that is about to be played. They do not apply to a suite in a record.

A record can no longer be changed; a file that a person has just written can. So mistakes that would
otherwise show only after everything was paid for are looked for here: a comparison that no outcome
can decide, a text in which a placeholder is never filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError, closest
from harness.files.catalogue import located
from harness.files.problems import KeyPath, Problem
from harness.suite.absent import ABSENT
from harness.suite.contrasts import CLAIMS
from harness.suite.influence import Then
from harness.suite.suite import Names, Suite, contrasts_of
from harness.texts import (
    HeadingMark,
    SaidMark,
    names_in_headings,
    texts_of,
    unfilled,
    unfilled_headings,
)

MAX_SCENARIOS = 1_000
"""How many scenarios a list of a suite may name; a game family counts once."""


def problems_before_play(suite: Suite, folder: Path | None = None) -> list[Problem]:
    """Everything that shows without loading a scenario.

    Args:
        folder: Of the suite's file, beside which its paths are looked for first.
    """
    return [
        *unknown_claims(suite),
        *undecidable(suite),
        *without_link(suite),
        *without_effect(suite),
        *unfilled_headings(texts_of(suite, HeadingMark)),
        *scenarios_listed_twice(suite, folder),
    ]


def unknown_claims(suite: Suite) -> list[Problem]:
    """Claims that the theory does not make."""
    return [
        _unknown_claim((*at, "claim"), contrast.claim)
        for at, contrast in contrasts_of(suite)
        if contrast.claim and contrast.claim not in CLAIMS
    ]


def _unknown_claim(at: KeyPath, claim: str) -> Problem:
    close = closest(claim, CLAIMS)
    hint = f"did you mean {close[0]!r}? " if close else ""
    known = f"The claims are {CLAIMS[0]} to {CLAIMS[-1]}, in docs/method.md"
    return Problem(at, f"unknown claim {claim!r}", f"{hint}{known}")


def undecidable(suite: Suite) -> list[Problem]:
    """Contrasts and checks whose answer is known, or can never be, whatever is played."""
    found = [
        Problem(
            (*at, "control"),
            f"the arm {contrast.treatment!r} is compared with itself",
            "name another arm, or leave 'control' out: then the arm is compared with 0",
        )
        for at, contrast in contrasts_of(suite)
        if contrast.treatment == contrast.control
    ]
    for index, check in enumerate(suite.checks):
        if check.extreme is not None and len(suite.arms) == 1:
            found.append(
                Problem(
                    ("checks", index, "extreme"),
                    f"{check.arm!r} is the only arm, and so the {check.extreme} of all",
                    "give min or max, or add an arm to compare it with",
                )
            )
    for name, arm in suite.arms.items():
        if arm.twins is not None and len(set(arm.twins)) != len(arm.twins):
            found.append(
                Problem(("arms", name, "twins"), "a twin is named twice", "name each once")
            )
    return found


_LINKS: Final[Mapping[str, tuple[Callable[[Then], bool], str]]] = {
    "publication": (lambda then: then.article is not None, "article: own"),
    "published": (lambda then: then.article is not None, "article: own"),
    "readers": (lambda then: then.reading, "reading: true"),
    "misread": (lambda then: then.news is not None, "news: plain"),
    "later": (lambda then: then.later is not None, "later: {}"),
}
"""Evaluator of what follows talks -> whether an arm has what it measures, and what gives it."""


def without_link(suite: Suite) -> list[Problem]:
    """Contrasts and checks on what follows talks, of an arm in which that does not follow: it would
    have no value, whatever is played."""
    asked = [
        ((*at, field), contrast.measure, arm)
        for at, contrast in contrasts_of(suite)
        for field, arm in (("treatment", contrast.treatment), ("control", contrast.control))
    ]
    asked += [
        (("checks", index, "arm"), check.measure, check.arm)
        for index, check in enumerate(suite.checks)
    ]
    found = []
    for path, measure, arm in asked:
        link = _LINKS.get(measure.split(".", 1)[0])
        if link is None or arm is None:
            continue
        has, gives = link
        then = suite.arms[arm].then
        if then is None or not has(then):
            what = f"{measure!r} has no value in the arm {arm!r}, whatever is played"
            found.append(Problem(path, what, f"name another arm, or add 'then: {{{gives}}}' to it"))
    return found


def without_effect(suite: Suite) -> list[Problem]:
    """What an arm says of what follows its talks, and nothing in the arm would do: a link that
    would be missing in silence, and then be read as no effect."""
    found: list[Problem] = []

    def note(arm: str, path: tuple[str, ...], what: str, fix: str) -> None:
        found.append(Problem(("arms", arm, *path), what, fix))

    for name, arm in suite.arms.items():
        absent = [at for at, extra in enumerate(arm.also) if extra.principal == ABSENT]
        for at in absent[1:]:
            path = ("arms", name, "also", at, "principal")
            what = "the absent party of a scenario is one, and has a seat already"
            found.append(Problem(path, what, "name 'absent' once"))
        then = arm.then
        if then is None:
            continue
        if then.article is None:
            fix = "give the arm an article, or leave it out"
            if then.byline != "experts":
                note(name, ("then", "byline"), "there is no article to sign", fix)
            if then.script is not None:
                note(name, ("then", "script"), "no article is written", fix)
        later = then.later
        if later is None:
            continue
        if later.persuadable is not None and not later.readers:
            what = "these talks hear from no reader, so nothing is moved by it"
            note(name, ("then", "later", "persuadable"), what, "leave it out, or set readers: true")
        if later.caution is not None and not later.hand:
            what = "nothing of the meeting reaches these talks, so nothing is held out for"
            note(name, ("then", "later", "caution"), what, "leave it out, or set hand: true")
    return found


def never_paired(suite: Suite, played: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Contrasts of arms that have no scenario and twin in common.

    Args:
        played: Arm -> ids of its scenarios.
    """

    def cells(arm: str) -> set[tuple[str, Twin]]:
        return {(name, twin) for name in played[arm] for twin in suite.twins_of(arm)}

    return [
        Problem(
            at,
            f"{contrast.name!r} compares {contrast.treatment!r} with {contrast.control!r}, but "
            "they have no scenario and twin in common",
            "give both arms the same scenarios and twins",
        )
        for at, contrast in contrasts_of(suite)
        if contrast.control is not None and not cells(contrast.treatment) & cells(contrast.control)
    ]


def unsound_texts(
    suite: Suite, scenarios: Mapping[str, Scenario], played: Mapping[str, Sequence[str]]
) -> list[Problem]:
    """What the texts of a suite get wrong about the scenarios that it is played on.

    Args:
        scenarios: Scenario id -> scenario.
        played: Arm -> ids of its scenarios.
    """
    found: dict[tuple[KeyPath, str], Problem] = {}

    def note(problems: Iterator[Problem], scenario: Scenario) -> None:
        for problem in problems:
            what = f"{problem.what} (on scenario {scenario.id!r})"
            found.setdefault((problem.path, problem.what), Problem(problem.path, what, problem.fix))

    for arm, ids in played.items():
        said = [(("arms", arm, *path), text) for path, text in texts_of(suite.arms[arm], SaidMark)]
        twins = suite.twins_of(arm)
        over = [(at, text) for at, text in texts_of(suite, HeadingMark) if _over(at, arm)]
        for key in ids:
            scenario = scenarios[key]
            names = {pid: (one.name, one.adjective) for pid, one in scenario.principals.items()}
            note(unfilled(iter(said), names), scenario)
            if any(twin.swaps_names for twin in twins):
                swapped = {pid: names[pid] for pid in (scenario.seats.o, scenario.seats.u)}
                note(names_in_headings(iter(over), swapped), scenario)
    return list(found.values())


def _over(at: KeyPath, arm: str) -> bool:
    """Whether a heading stands over an arm: its own, or one of the whole suite."""
    return at[0] != "arms" or at[1] == arm


def scenarios_listed_twice(suite: Suite, folder: Path | None = None) -> list[Problem]:
    """Scenarios that a list of the suite names more than once, by whatever names; played, each
    would count once. What cannot be found is passed over: loading the scenarios says so."""
    lists: list[tuple[KeyPath, Names]] = [(("scenarios",), suite.scenarios)]
    lists += [(("arms", n, "scenarios"), a.scenarios) for n, a in suite.arms.items() if a.scenarios]
    found = []
    for at, names in lists:
        if len(names) > MAX_SCENARIOS:
            what = f"{len(names):,} scenarios; at most {MAX_SCENARIOS:,} are played"
            found.append(Problem(at, what, "split the suite"))
            continue
        before: list[tuple[str, Path, int | None]] = []
        for index, name in enumerate(names):
            try:
                path, instance = located(name, folder)
            except InputError:
                continue
            path = path.resolve()
            for known, other, its_instance in before:
                # A family without a number is all of its instances.
                if path == other and (instance == its_instance or None in (instance, its_instance)):
                    found.append(Problem((*at, index), *_twice(name, known)))
                    break
            before.append((name, path, instance))
    return found


def _twice(name: str, known: str) -> tuple[str, str]:
    if name == known:
        return f"the scenario {name!r} is listed twice", "name it once"
    return f"{name!r} names a scenario that {known!r} has named", "keep one of the two"
