"""What a move or an ending holds besides its terms, in words: the same at the terminal and on the
page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.records.moves import SECOND

if TYPE_CHECKING:
    from harness.disputes.scenario import Scenario
    from harness.records.transcript import Outcome, Turn


def besides(scenario: Scenario, turn: Turn) -> list[str]:
    """A turn's second package, side terms and agreed issues, and whether it explored a sketch."""
    move, said = turn.move, list[str]()
    if move is None:
        return said
    if move.or_package is not None:
        said.append(f"or, as {turn.offer}{SECOND}: {named(scenario, move.or_package)}")
    if move.side_terms is not None:
        said.append(f"side terms: {move.side_terms}")
    if move.agreed is not None:
        said.append(f"takes as agreed: {named(scenario, move.agreed)}")
    if turn.explored:
        said.append("an explored sketch now, which ends nothing")
    return said


def ended_with(outcome: Outcome, who: Mapping[str, str], *, private: bool = True) -> list[str]:
    """The side terms of a deal, the sketches left on the table, and what the leaderships say to a
    deal that is subject to their approval.

    Args:
        who: Seat -> what its delegation is called.
        private: Whether to tell what no other seat may know: the answers of the leaderships.
    """
    said = [] if outcome.side_terms is None else [f"Side terms: {outcome.side_terms}"]
    if outcome.explored:
        said.append(f"Sketches left on the table: {', '.join(outcome.explored)}")
    answers = (outcome.ratification or {}) if private else {}
    for seat, answer in answers.items():
        verdict = "signs" if answer.acceptable else "does not sign"
        said.append(f"The leadership of {who.get(seat, seat)} {verdict}")
    return said


def named(scenario: Scenario, terms: Mapping[str, str]) -> str:
    """Terms in the order of the agenda, in the scenario's words."""
    texts = {
        (issue.id, option.id): option.text for issue in scenario.issues for option in issue.options
    }
    return "; ".join(
        f"{scenario.say(issue.name)}: "
        + scenario.say(texts.get((issue.id, terms[issue.id]), terms[issue.id]))
        for issue in scenario.issues
        if issue.id in terms
    )
