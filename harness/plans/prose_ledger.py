"""What a judge is asked about the words of talks: the prose ledger (claims C4, C6).

It lists what a delegation gives, takes back, calls its last word or threatens in words, each with
its place, and how far the words commit it. It reads the words alone. What was put at the table is
not shown to it, so that its list can be held against the structured offers.

One rubric reads all delegations, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.disputes.scenario import Issue, Scenario
from harness.records.judgement import JudgedAnswer, JudgedField, JudgedItem, JudgedTopic, Rubric

PROSE_LEDGER: Final = "prose-ledger"
"""Id of the rubric."""
CONCEDES: Final = "concedes"
TAKES_BACK: Final = "takes_back"
FINAL: Final = "final"
THREAT: Final = "threat"
ACTS: Final[Mapping[str, str]] = {
    CONCEDES: "concessions",
    TAKES_BACK: "retractions",
    FINAL: "last words",
    THREAT: "threats",
}
"""What words do -> what tables call it."""
THREATS: Final = "threats"
"""The topic of threats."""
UNNAMED: Final = "unnamed"
"""The answer of a step without an option that could be named."""
LEAVE: Final = "leave"
WORSE: Final = "worse"
BY: Final = "by"
WAS: Final = "was"
UNSAID: Final = "unsaid"
COMMITMENT: Final = "commitment"
BINDING: Final = "binding"
CONDITIONAL: Final = "conditional"
HYPOTHETICAL: Final = "hypothetical"
PERSONAL: Final = "personal"
CONDITION: Final = "condition"
IN_RETURN: Final = "in_return"
SOMETHING_ELSE: Final = "something_else"
NOTHING: Final = "nothing"
MOST: Final = 24_000
"""Characters of words that are read in one question: nearly all talks on story disputes have less.
"""
AUTHORISED: Final = "authorised"
CLAIMED: Final = "claimed"
DENIED: Final = "denied"
_ABOUT: Final = """\
What you read is what was said aloud in talks about a dispute, passage by passage, with the party \
for whom each speaker sits there. You see the words alone, and not the terms that were put on the \
table beside them. At the table sit delegations for {names}.

The dispute: {summary}"""
_LISTED: Final = """\
List each time that a delegation, in its own words,

- moves towards the other side on an issue from what it has last said or demanded (`concedes`);
- goes back on an issue, all the way or part of it, from what it had offered or agreed before \
(`takes_back`);
- calls terms that it asks for itself on an issue its last word, its limit, a red line or not \
negotiable, or says that it will never move from them (`final`);
- threatens the other side, with an if or without (`threat`).

An event is an entry of its own for each issue: words that give way on two issues are two entries. \
A step that is only said again, in the same passage or a later one, is no new step, unless it now \
commits more: a thought that becomes an offer is an entry again, and so is an offer that drops its \
if. To say that an offer will be gone if something happens is a `threat`, and no `takes_back` \
until it is gone. A delegation that takes up terms which the other side asked for concedes, and so \
does one that drops a demand of its own. Where it agrees to several terms at once, list each issue \
of which the talks have said the terms, and on which this moves it. Thinking aloud is listed too, \
as `hypothetical`, where it names terms that would be a step of its own, be it as a question or \
with the words that it is no offer.

The first demand that it makes on an issue is no concession, and nor are praise, thanks, questions \
that name no such terms, understanding for the other side, or words on what the other side should \
do. Words that only seem to give, and leave its demand where it was, are no concession either. To \
refuse terms of the other side, however strongly, is not `final`, and nor is what it says of the \
other side's last word. So a "never" is `final` where it is said of moving from its own terms, and \
is not where it is said of taking those of the other side."""


def prose_ledger_rubric(scenario: Scenario) -> Rubric:
    """What is listed of the words of talks on a dispute.

    Args:
        scenario: In the twin that was played.
    """
    seated = _seated(scenario)
    *most, last = (scenario.principals[one].name for one in seated)
    return Rubric(
        id=PROSE_LEDGER,
        about=_ABOUT.format(
            names=f"{', '.join(most)} and {last}", summary=scenario.say(scenario.summary)
        ),
        listed=_LISTED,
        items=tuple(_items(scenario)),
        placed=True,
        fields=tuple(_fields(scenario, seated)),
        topics=tuple(_topics(scenario)),
        most=MOST,
    )


def item_of(what: str, issue: str) -> str:
    """Id of an item on an issue."""
    return f"{what}.{issue}"


def event_of(item: str) -> tuple[str, str | None]:
    """What an item is of, and its issue; None of a threat.

    Args:
        item: Id of an item of the rubric.
    """
    what, _, issue = item.partition(".")
    return what, issue or None


def _seated(scenario: Scenario) -> tuple[str, ...]:
    """Principals that may have somebody at the table, the two of the seats first."""
    pair = (scenario.seats.o, scenario.seats.u)
    return tuple(dict.fromkeys((*pair, *scenario.table_principals())))


def _items(scenario: Scenario) -> Iterator[JudgedItem]:
    for issue in scenario.issues:
        name, answers = scenario.say(issue.name), _options(scenario, issue)
        for what, question in (
            (
                CONCEDES,
                f"moves towards the other side on {name}; the answer is where it now stands",
            ),
            (TAKES_BACK, f"goes back on {name}; the answer is where it now stands"),
            (
                FINAL,
                f"calls this its last word on {name}; the answer is what it will not go beyond",
            ),
        ):
            yield JudgedItem(id=item_of(what, issue.id), question=question, answers=answers)
    yield JudgedItem(
        id=THREAT,
        question="threatens the other side",
        answers=(
            JudgedAnswer(
                id=LEAVE,
                text="to leave or to break off the talks; to say that it leaves now is none",
            ),
            JudgedAnswer(id=WORSE, text="with another harm"),
        ),
    )


def _topics(scenario: Scenario) -> Iterator[JudgedTopic]:
    for issue in scenario.issues:
        items = tuple(item_of(what, issue.id) for what in (CONCEDES, TAKES_BACK, FINAL))
        yield JudgedTopic(id=issue.id, name=scenario.say(issue.name), items=items)
    # No word stands in every threat, so all words are read for them.
    yield JudgedTopic(id=THREATS, name="threats", items=(THREAT,), anywhere=True)


def _options(scenario: Scenario, issue: Issue) -> tuple[JudgedAnswer, ...]:
    return (
        *(JudgedAnswer(id=one.id, text=scenario.say(one.text)) for one in issue.options),
        JudgedAnswer(id=UNNAMED, text="something that is none of these, or is left open"),
    )


def _fields(scenario: Scenario, seated: tuple[str, ...]) -> Iterator[JudgedField]:
    yield JudgedField(
        id=BY,
        question="the party whose delegation says it, whose name stands before the words:",
        answers=_answers(**{one: scenario.principals[one].name for one in seated}),
        speaker=True,
    )
    yield JudgedField(
        id=WAS,
        question="where it stood on this before, by its own words, be it with an if; of last "
        f"words and threats always `{UNSAID}`.",
        answers=_answers(**{UNSAID: "it has not said so"}),
        of_item=True,
    )
    yield JudgedField(
        id=COMMITMENT,
        question="how far the words commit it. Where several hold, the last of these that does:",
        answers=_answers(
            **{
                BINDING: "it says so for its side, in whatever words, without an if; a last word "
                "or a threat without an if too",
                CONDITIONAL: "it says so for its side, and makes it depend on something; a last "
                "word or a threat with an if too. An if may be said in other words, as in "
                "'another such letter, and the offer is gone'",
                HYPOTHETICAL: "it only thinks aloud, asks what if, or says that it offers nothing "
                "yet",
                PERSONAL: "it says so as its own view and not for its side",
            }
        ),
    )
    yield JudgedField(
        id=CONDITION,
        question="what it makes this depend on, from the word on that begins it, such as if, "
        "unless or once; where no such word begins it, the words that say it. An if that is part "
        "of the terms themselves, as 'once the other half is built', is none.",
        quoted=True,
    )
    yield JudgedField(
        id=IN_RETURN,
        question="what it asks for or gets in return, by its own words there; of last words and "
        f"threats always `{NOTHING}`:",
        answers=_answers(
            **{one.id: scenario.say(one.name) for one in scenario.issues},
            **{
                SOMETHING_ELSE: "something else, or several of these",
                NOTHING: "it names nothing in return",
            },
        ),
    )
    yield JudgedField(
        id=AUTHORISED,
        question="what it says there of its mandate for this:",
        answers=_answers(
            **{
                CLAIMED: "that its leadership, or whoever must agree at home, has approved it, or "
                "lets it do so",
                DENIED: "that they have not, or would have to be asked",
                UNSAID: "nothing, also where it only says that it speaks for itself",
            }
        ),
    )


def _answers(**texts: str) -> tuple[JudgedAnswer, ...]:
    return tuple(JudgedAnswer(id=name, text=text) for name, text in texts.items())
