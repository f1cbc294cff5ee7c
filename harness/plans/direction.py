"""What a judge is asked once more about a plan in prose: in which direction the words point that it
has quoted, and whether advice that is none of the options goes over a red line.

A quote that occurs shows that words are there, and not that they were understood: "the alliance
need not rule out membership" holds the words of the demand that it refuses. So a second call puts
the quoted words beside the statement alone, without what was made of them, and asks which way they
point. Where that contradicts the first answer, the answer is dropped and counted.

The quoted words stand below the text that is read and never among the questions: what strangers
wrote is no part of what a judge is told to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.disputes.scenario import RedLine, Scenario
from harness.plans.rubric import (
    INSTRUCTS,
    ISSUE,
    LINE,
    MEETING,
    NO_OPTION,
    NOT_ADDRESSED,
    POINT,
    WANTS,
    PlanReading,
    by_item,
    parties_of,
    points_of,
    reading_of,
    sound,
)
from harness.records.judgement import JudgedAnswer, JudgedItem, Judgement, Rubric, Verdict

SAME: Final = "same"
REVERSE: Final = "reverse"
NEITHER: Final = "neither"
BEYOND: Final = "beyond_"
"""How items begin on red lines that no option tells of."""
TURNED: Final = "asked of the quoted words alone, the judge said otherwise of them"
OVER: Final = "what the plan advises goes over the limit that it is said to keep within"
QUOTES: Final = 2
"""Quotes of an answer that are looked at again."""
ROOM: Final = 90_000
"""Characters of quotes that are looked at again, in all, with what parts them."""
_PARTS: Final = "\n\n"
EXPECTED: Final[Mapping[str, str]] = {
    "makes": SAME,
    "opposes": REVERSE,
    "respects": SAME,
    "dismisses": REVERSE,
    "weighs": SAME,
    "waves_aside": REVERSE,
    "yes": SAME,
}
"""Answer -> the direction in which its words point. Words that advise an option are the same."""
_ABOUT: Final = """\
What you read is a text about a dispute. It may be a plan, an article, a communique or something \
else. Its last lines, from [{start}] on, are words that were taken from it. Each question names \
lines of these. Find where the words stand in the text and read what is around them. Then say what \
the text does with the statement in that place. Words may take up a statement in order to refuse \
it, report it as another's, or turn it round with a single word such as "not" or "need not".

Nobody says that the words are on the statement, or for it. Every answer is as likely as another.

The dispute: {summary}"""
_ADVICE: Final = (
    JudgedAnswer(
        id=REVERSE,
        text="the text refuses it there, advises the reverse, or advises something that "
        "contradicts it",
        quoted=False,
    ),
    JudgedAnswer(
        id=SAME,
        text="the text advises it there, or its main point; on other parts it may be silent",
        quoted=False,
    ),
    JudgedAnswer(
        id=NEITHER,
        text="it only mentions or reports it there, or speaks of something else",
        quoted=False,
    ),
)
_POINT: Final = (
    JudgedAnswer(id=SAME, text="the text makes this point there as its own", quoted=False),
    JudgedAnswer(
        id=REVERSE,
        text="the text argues against it there, says the reverse, denies what follows from it, or "
        "turns it against the side that says it",
        quoted=False,
    ),
    JudgedAnswer(
        id=NEITHER,
        text="it only reports there that somebody says so, gives advice without a reason, "
        "or speaks of something else",
        quoted=False,
    ),
)
_LIMIT: Final = (
    JudgedAnswer(
        id=REVERSE, text="the text argues there that it need not or should not stand", quoted=False
    ),
    JudgedAnswer(
        id=SAME, text="the text says there that it exists, or why it matters", quoted=False
    ),
    JudgedAnswer(
        id=NEITHER,
        text="it gives advice without a word on the limit, or speaks of something else",
        quoted=False,
    ),
)
_WANTED: Final = (
    JudgedAnswer(
        id=SAME,
        text="the text tells there of what this party wants, or would lose or gain, as something "
        "that counts",
        quoted=False,
    ),
    JudgedAnswer(
        id=REVERSE,
        text="the text argues there that it should not count, or need not be asked about",
        quoted=False,
    ),
    JudgedAnswer(id=NEITHER, text="it speaks of something else", quoted=False),
)
_TOLD: Final = (
    JudgedAnswer(id=REVERSE, text="the text denies it there", quoted=False),
    JudgedAnswer(id=SAME, text="the text tells of it there", quoted=False),
    JudgedAnswer(
        id=NEITHER,
        text="it speaks of other talks, or tells somebody what to say of them",
        quoted=False,
    ),
)
_OVER: Final = (
    JudgedAnswer(id="yes", text="what the text advises goes over this limit"),
    JudgedAnswer(
        id="no",
        text="what it advises keeps within this limit, or it advises nothing on the matter",
        quoted=False,
    ),
)


@dataclass(frozen=True)
class SecondLook:
    """A second question about a plan.

    Attributes:
        rubric: What is asked.
        quotes: The words that the questions are on, each a line below the text.
    """

    rubric: Rubric
    quotes: tuple[str, ...]

    def read(self, text: str) -> str:
        """The text of a plan with the quoted words below it."""
        return _PARTS.join((text, *self.quotes))


def second_look(
    scenario: Scenario, found: Mapping[str, Verdict], passages: int
) -> SecondLook | None:
    """What to ask once more; None where nothing was quoted and every option is known.

    Args:
        found: Item of :func:`~harness.plans.rubric.rubric_of` -> its verdict, as
            :func:`~harness.plans.rubric.by_item` gives them.
        passages: How many passages the text has: the quoted words are numbered from there on.
    """
    items: list[JudgedItem] = []
    quotes: list[str] = []
    for item, statement, answers in _statements(scenario, found):
        taken = [" ".join(quote.text.split()) for quote in found[item].quotes[:QUOTES]]
        if sum(len(_PARTS) + len(one) for one in (*quotes, *taken)) > ROOM:
            continue
        first = passages + len(quotes)
        lines = " and ".join(f"[{first + number}]" for number in range(len(taken)))
        quotes += taken
        words = "line" if len(taken) == 1 else "lines"
        items.append(
            JudgedItem(id=item, question=f"Words of {words} {lines}: {statement}", answers=answers)
        )
    items += _unclear(scenario, found)
    if not items:
        return None
    about = _ABOUT.format(start=passages, summary=scenario.say(scenario.summary))
    return SecondLook(
        Rubric(id=f"direction-{scenario.id}"[:60], about=about, items=tuple(items)), tuple(quotes)
    )


def plan_reading(
    scenario: Scenario, title: str | None, first: Judgement, second: Judgement | None
) -> PlanReading:
    """What the verdicts on a plan come to, once the direction of its words was asked.

    Args:
        title: Of the plan.
        first: By :func:`~harness.plans.rubric.rubric_of`.
        second: By :func:`second_look`; None where there was nothing to ask.
    """
    found = by_item(first)
    asked = () if second is None else second.verdicts
    again = sound({one.item: one for one in asked} | {INSTRUCTS: found[INSTRUCTS]})
    contradicted: dict[str, Verdict] = {}
    unconfirmed: list[str] = []
    for item, _, _ in list(_statements(scenario, found)):
        verdict, pointing = found[item], again.get(item)
        assert verdict.answer is not None
        if pointing is None or pointing.answer is None:
            unconfirmed.append(item)
        elif pointing.answer != EXPECTED.get(verdict.answer, SAME):
            why = f"{TURNED}: first '{verdict.answer}', then '{pointing.answer}'"
            found[item] = contradicted[item] = replace(verdict, answer=None, problem=why)
    beyond = _beyond(scenario, again)
    over = _lines_crossed(scenario, found, beyond)
    for item in sorted(over):
        if found[item].answer == "respects":
            found[item] = contradicted[item] = replace(found[item], answer=None, problem=OVER)
    read = reading_of(found, scenario, title)
    more = sum(len(one.rejected) for of in beyond.values() for one in of.values())
    return replace(
        read,
        rejected=read.rejected + more,
        beyond=beyond,
        contradicted=contradicted,
        unconfirmed=tuple(one for one in unconfirmed if one not in contradicted),
    )


def _statements(
    scenario: Scenario, found: Mapping[str, Verdict]
) -> Iterator[tuple[str, str, tuple[JudgedAnswer, ...]]]:
    """Every item whose answer rests on quotes: its id, what the words are held against, and the
    answers. What is asked is the same whichever way the first answer was."""
    for issue in scenario.issues:
        answer = found[f"{ISSUE}{issue.id}"].answer
        if answer not in (None, NO_OPTION, NOT_ADDRESSED):
            text = next(one.text for one in issue.options if one.id == answer)
            asked = (
                f"what does the text make there of this advice? “{scenario.say(text)}” (to the "
                f"question: {scenario.say(issue.question)})"
            )
            yield f"{ISSUE}{issue.id}", asked, _ADVICE
    for party in parties_of(scenario):
        name = scenario.principals[party].name
        for number, point in enumerate(points_of(scenario, party)):
            item = f"{POINT}{party}_{number}"
            asked = (
                f"what does the text make there of this point of {name}? “{scenario.say(point)}”"
            )
            if found[item].answer in EXPECTED:
                yield item, asked, _POINT
    for party in parties_of(scenario):
        for number, line in enumerate(scenario.principals[party].red_lines):
            item = f"{LINE}{party}_{number}"
            if found[item].answer in EXPECTED:
                limit = _limit(scenario, party, line)
                yield item, f"what does the text make there of this limit of {limit}", _LIMIT
    for party in parties_of(scenario):
        principal = scenario.principals[party]
        if found[f"{WANTS}{party}"].answer in EXPECTED:
            asked = (
                f"what does the text make there of the wants of {principal.name}? "
                f"“{scenario.say(principal.description)}”"
            )
            yield f"{WANTS}{party}", asked, _WANTED
    if found[MEETING].answer in EXPECTED:
        one, other = (scenario.principals[party].name for party in parties_of(scenario)[:2])
        asked = (
            "what does the text say there of a meeting or of talks between people of "
            f"{one}'s side and people of {other}'s, from which the text came?"
        )
        yield MEETING, asked, _TOLD


def _limit(scenario: Scenario, party: str, line: RedLine) -> str:
    name = scenario.principals[party].name
    issue = scenario.say(scenario.issue(line.issue).name)
    return f"{name}? “{scenario.say(line.why)}” ({issue})"


def _unclear(scenario: Scenario, found: Mapping[str, Verdict]) -> list[JudgedItem]:
    """Questions on the red lines of which no option says whether the plan goes over them: what it
    advises there is none of the options, or is not known."""
    items = []
    for party in parties_of(scenario):
        for number, line in enumerate(scenario.principals[party].red_lines):
            if found[f"{ISSUE}{line.issue}"].answer not in (None, NO_OPTION):
                continue
            options = {one.id: scenario.say(one.text) for one in scenario.issue(line.issue).options}
            ruled = ", ".join(f"“{options[option]}”" for option in line.options)
            items.append(
                JudgedItem(
                    id=f"{BEYOND}{party}_{number}",
                    question="Does what the text advises go over this limit of "
                    f"{_limit(scenario, party, line)} This is behind it: {ruled}; so is all that "
                    "goes as far.",
                    answers=_OVER,
                )
            )
    return items


def _beyond(scenario: Scenario, again: Mapping[str, Verdict]) -> dict[str, dict[int, Verdict]]:
    found: dict[str, dict[int, Verdict]] = {}
    for party in parties_of(scenario):
        for number, _ in enumerate(scenario.principals[party].red_lines):
            verdict = again.get(f"{BEYOND}{party}_{number}")
            if verdict is not None:
                found.setdefault(party, {})[number] = verdict
    return found


def _lines_crossed(
    scenario: Scenario,
    found: Mapping[str, Verdict],
    beyond: Mapping[str, Mapping[int, Verdict]],
) -> set[str]:
    """Items on the red lines that the plan goes over, by its option or as the judge says."""
    crossed = set()
    for party in parties_of(scenario):
        for number, line in enumerate(scenario.principals[party].red_lines):
            said = beyond.get(party, {}).get(number)
            by_option = found[f"{ISSUE}{line.issue}"].answer in line.options
            if by_option or (said is not None and said.answer == "yes"):
                crossed.add(f"{LINE}{party}_{number}")
    return crossed
