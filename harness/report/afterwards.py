"""What a delegation said in private afterwards beyond who gave more, beside the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.disputes.scenario import Scenario
from harness.records.score import Score
from harness.records.transcript import Debrief

MARGIN = 10
"""Most of how much more one side gave."""


def margin(debrief: Debrief) -> str:
    """How much more, as an addition to who gave more; empty where it was not said or is 0."""
    return f", {debrief.margin:.2g} of {MARGIN}" if debrief.margin else ""


def on_terms(debrief: Debrief, name: Callable[[str], str]) -> list[str]:
    """What it said of the agreed terms.

    Args:
        debrief: The answers.
        name: What a seat is called.
    """
    said = []
    if debrief.favours == "equal":
        said.append("the terms favour neither side")
    elif debrief.favours is not None:
        said.append(f"the terms favour {name(debrief.favours)}")
    if debrief.own_could_sign is not None:
        could = "could" if debrief.own_could_sign else "could not"
        said.append(f"its own leadership {could} sign them")
    return said


def on_others(debrief: Debrief, name: Callable[[str], str], scenario: Scenario) -> list[str]:
    """What it takes to matter most to the others, and what it has learned of their limits."""
    titles = {issue.id: scenario.say(issue.name) for issue in scenario.issues}
    said = []
    for seat, issue in debrief.top_issues.items():
        said.append(f"most important to {name(seat)}: {titles.get(issue, issue)}")
    for seat, learned in debrief.learned.items():
        said.append(f"learned of {name(seat)}: {learned}")
    return said


def verdicts(scores: Mapping[str, Score], seat: str) -> list[str]:
    """What of its answers is a blind spot, by the scores of the evaluator ``debrief``."""
    score = scores.get("debrief")
    found = {} if score is None else score.values
    said = []
    if found.get(f"favour_blind_{seat}"):
        said.append("a blind spot: the terms are worse for it than it says")
    if found.get(f"capital_wrong_{seat}"):
        told = "" if found.get(f"capital_blind_{seat}") else ", though it was told otherwise"
        said.append(f"in truth its own leadership could not sign them{told}")
    return said
