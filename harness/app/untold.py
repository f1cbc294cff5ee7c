"""What nobody could tell a person while it sat at the table, in sentences."""

from __future__ import annotations

from typing import Final

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.prompting.points import worth_by
from harness.talks.barrier import brief_for, public_dispute

_IN_WORDS: Final = {
    "grave": "grave",
    "bad": "bad",
    "tolerable": "tolerable",
    "good": "close to the best that it can hope for",
}


def untold_of(case: Case, seat: str) -> tuple[str, ...]:
    """What the delegate in ``seat`` was told of no agreement, beside the truth; then what no
    agreement was worth to each other side, and its red lines.

    Points are out of 100, as delegates read them: 100 is the best that a principal could get. All
    hold in the round that the talks ended in.
    """
    found = [_told(case, seat)]
    for other, principal in case.seats.items():
        if other != seat:
            name = case.scenario.principals[principal].name
            found.append(f"To {name} no deal was worth {_points(case, principal)}.")
            found.append(_red_lines(case.scenario, principal))
    return tuple(sentence for sentence in found if sentence)


def _told(case: Case, seat: str) -> str:
    """What the seat was told of no agreement, beside the truth; empty where it is not known."""
    if case.spec is None:
        return ""
    spec, round_ = case.spec, case.talks.outcome.round
    brief = brief_for(case.scenario, spec.seat(seat), round_, spec.seed, spec.version)
    facts = worth_by(brief, public_dispute(case.scenario), spec.version)
    truth = _points(case, brief.principal)
    name = case.scenario.principals[brief.principal].name
    if brief.style == "words":
        grade = _IN_WORDS[facts["leaving"]]
        return f"You were told that no deal is {grade} for {name}. In truth it was worth {truth}."
    told = f"{facts['no_deal']:g}"
    if told == truth:
        return f"You were told that no deal is worth {told} to {name}, and so it was."
    about = "about " if facts["about"] else ""
    return f"You were told that no deal is worth {about}{told} to {name}. In truth it was {truth}."


def _points(case: Case, principal: str) -> str:
    """The true worth of no agreement, in points as a table has them."""
    reservation = case.terms(principal, case.talks.outcome.round).reservation
    return f"{round(100 * reservation, 1):g}"


def _red_lines(scenario: Scenario, principal: str) -> str:
    """The red lines of a principal, in a sentence."""
    name = scenario.principals[principal].name
    lines = []
    for line in scenario.principals[principal].red_lines:
        issue = scenario.issue(line.issue)
        texts = {option.id: scenario.say(option.text) for option in issue.options}
        options = " or ".join(f'"{texts[option]}"' for option in line.options)
        lines.append(f"on {scenario.say(issue.name)}, {options}")
    if not lines:
        return f"{name} had no red line."
    return f"{name} would never have signed: {'; '.join(lines)}."
