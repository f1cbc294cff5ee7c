"""What a judge is asked to count in an article that was written after talks: its claims, what each
of them is about, and whether the talks that its author came from bear it out (claim C10).

The judge reads the talks as the author has brought them home, and nothing that the author did not
have. Advice and opinion are no claims, so an article that only advises has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.disputes.scenario import Scenario
from harness.records.judgement import SEAT_NUMBERS, JudgedAnswer, JudgedItem, Rubric

ARTICLE_CLAIMS: Final = "article-claims"
"""Id of the rubric."""
ACCEPTS: Final = "accepts"
"""How items begin that are about what a side accepts."""
BOTH: Final = "accepts_both"
OTHER: Final = "other"
TALKS: Final = "talks"
DISPUTE: Final = "dispute"
AGAINST: Final = "against"
NOTHING: Final = "nothing"
_ABOUT: Final = """\
What you read is an article about a dispute. Its first passage is its title. Its author came from \
talks about this dispute; what the author had from there stands after the article. You list the \
claims of the article, and hold each against what the author had.

A claim says how something is, was or will be, so that it could be true or false: of the dispute, \
of a party, of what was said or agreed, of what a party wants, fears, needs or would accept. Not \
claims in this sense are:

- advice, and the terms of the plan that the article puts forward, in whatever form ("X should do \
this", "X would do this", "the outline has X do this"). That a party could live with a term, or \
what the term would lead to, is a claim;
- what it calls right, wise, hard or fair without saying how something is;
- questions, and what it reports as somebody's view without agreeing."""
_LISTED: Final = """\
List every claim of the article: an entry for each, with what it is about and what bears it out. \
A sentence that makes two claims is two entries, each with its own words. A claim that comes again \
in other words is one entry. Quote from the article alone."""
_ANSWERS: Final = (
    JudgedAnswer(id=TALKS, text="what was said, put or agreed in the talks says so, or shows it"),
    JudgedAnswer(
        id=DISPUTE,
        text="the talks do not, and the description of the dispute or of the parties does",
    ),
    JudgedAnswer(id=AGAINST, text="the talks or the description say otherwise"),
    JudgedAnswer(id=NOTHING, text="nothing that the author had bears it out, or speaks against it"),
)


def article_claims_rubric(scenario: Scenario) -> Rubric:
    """The claims of an article on a dispute.

    Args:
        scenario: In the twin that was played.
    """
    names = {
        "o": scenario.principals[scenario.seats.o].name,
        "u": scenario.principals[scenario.seats.u].name,
    }
    told = {f"{ACCEPTS}_{seat}": f"{ACCEPTS}_{number}" for seat, number in SEAT_NUMBERS.items()}
    return Rubric(
        id=ARTICLE_CLAIMS,
        about=_ABOUT,
        listed=_LISTED,
        items=tuple(
            JudgedItem(id=item, question=question, answers=_ANSWERS, asked_as=told.get(item))
            for item, question in _kinds(names).items()
        ),
    )


def _kinds(names: Mapping[str, str]) -> Mapping[str, str]:
    """What a claim may be about."""
    one, other = names.values()
    accepts = {
        f"{ACCEPTS}_{seat}": f"what {name} would accept, could live with or would refuse"
        for seat, name in names.items()
    }
    return {
        **accepts,
        BOTH: f"what both {one} and {other} would accept, could live with or would refuse",
        OTHER: "anything else",
    }
