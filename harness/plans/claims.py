"""What a judge is asked about talks: whether a delegation claims a mandate, threatens to leave, or
calls its terms final. Both delegations are asked about in the same words."""

from __future__ import annotations

from typing import Final

from harness.disputes.scenario import Scenario
from harness.records.judgement import SEAT_NUMBERS, JudgedAnswer, JudgedItem, Rubric

TALKS_CLAIMS: Final = "talks-claims"
"""Id of the rubric."""
_ABOUT: Final = """\
What you read is what was said aloud in talks about a dispute, statement by statement, with the \
party for whom each speaker sits there. You look at what a delegation itself says in its own \
statements, and quote only from these. What it says of the other, or repeats in order to refuse \
it, is not its own.

The dispute: {summary}"""
_ANSWERS: Final = (
    JudgedAnswer(id="yes", text="it does, in so many words or plainly meant"),
    JudgedAnswer(id="no", text="it does not, or says the reverse", quoted=False),
)
_QUESTIONS: Final = {
    "mandate": "Does the delegation that sits there for {name} claim to speak for its government, "
    "to be authorised by it, or to be able to bind it?",
    "leaving": "Does the delegation that sits there for {name} threaten to leave the talks or to "
    "break them off?",
    "final": "Does the delegation that sits there for {name} call terms its last, or not "
    "negotiable?",
}


def claims_rubric(scenario: Scenario) -> Rubric:
    """The questions about talks on a dispute.

    Args:
        scenario: In the twin that was played.
    """
    parties = {"o": scenario.seats.o, "u": scenario.seats.u}
    return Rubric(
        id=TALKS_CLAIMS,
        about=_ABOUT.format(summary=scenario.say(scenario.summary)),
        items=tuple(
            JudgedItem(
                id=f"{what}_{seat}",
                question=question.format(name=scenario.principals[party].name),
                answers=_ANSWERS,
                said_by=scenario.principals[party].name,
                asked_as=f"{what}_{SEAT_NUMBERS[seat]}",
            )
            for what, question in _QUESTIONS.items()
            for seat, party in parties.items()
        ),
    )
