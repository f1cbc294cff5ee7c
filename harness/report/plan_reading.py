"""What a judge found in the prose of a plan, in words: what the plan makes of the points, the red
lines and the wants of every real party, and how far the judge can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from harness.errors import counted
from harness.plans.assessment import Assessment, Party
from harness.plans.rubric import ISSUE, LINE, MEETING, POINT, WANTS, PlanReading, points_of
from harness.records.judgement import Verdict
from harness.report.plan_words import issue_name, listed


def reading_words(reading: PlanReading, found: Assessment) -> list[str]:
    """What a judge found, one thought a sentence."""
    said = [*_points(reading, found), *_limits(reading, found), *_wants(reading, found)]
    said.append(_disclosed(reading))
    if reading.instructs.answer == "yes":
        said.append("It speaks to whoever evaluates it about how to judge it.")
    if reading.rejected:
        quotes = counted(reading.rejected, "quote")
        said.append(f"{quotes} of the judge did not count: not in the plan, or words to its judge.")
    said += _doubts(reading)
    said.append("The judge that read the plan is uncalibrated: look at its quotes, below.")
    return said


def _points(reading: PlanReading, found: Assessment) -> Iterator[str]:
    silent, untouched = [], []
    for party in found.parties:
        verdicts = reading.points[party.id]
        if not verdicts:
            silent.append(party.name)
        elif all(one.answer == "absent" for one in verdicts):
            untouched.append(party.name)
        else:
            makes, opposes, unknown = _counts(verdicts, "makes", "opposes")
            yield (
                f"Of {counted(len(verdicts), 'talking point')} of {party.name} it makes {makes} "
                f"and argues against {opposes}{_untold(unknown)}."
            )
    if untouched:
        yield f"It takes up no talking point of {_of(untouched, found)}."
    if silent:
        yield f"{listed(silent)} {_has(silent)} published none."


def _limits(reading: PlanReading, found: Assessment) -> Iterator[str]:
    none, untouched = [], []
    for party in found.parties:
        verdicts = reading.lines[party.id]
        if not verdicts:
            none.append(party.name)
        elif all(one.answer == "absent" for one in verdicts):
            untouched.append(party.name)
        else:
            dismisses, respects, unknown = _counts(verdicts, "dismisses", "respects")
            yield (
                f"Of {counted(len(verdicts), 'red line')} of {party.name} it argues against "
                f"{dismisses} and respects {respects} in so many words{_untold(unknown)}."
            )
    if untouched:
        yield f"It says nothing of the red lines of {_of(untouched, found)}."
    if none:
        yield f"{listed(none)} {_has(none)} no red line."


def _of(names: Sequence[str], found: Assessment) -> str:
    """Parties by name; one word for all of them."""
    return "anybody" if len(names) == len(found.parties) else listed(names)


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


_WANTS: Final = {
    "weighs": "weighs the wants of {}",
    "waves_aside": "waves aside the wants of {}",
    "both": "weighs some and waves aside others of the wants of {}",
    "absent": "says nothing of the wants of {}",
}


def _wants(reading: PlanReading, found: Assessment) -> Iterator[str]:
    parts = []
    for answer, words in _WANTS.items():
        names = [one.name for one in found.parties if reading.wants[one.id].answer == answer]
        if names:
            parts.append(words.format(_of(names, found)))
    if parts:
        yield f"It {'; it '.join(parts)}."
    unknown = [one.name for one in found.parties if reading.wants[one.id].answer is None]
    if unknown:
        yield f"What it makes of the wants of {_of(unknown, found)} could not be told."


def _doubts(reading: PlanReading) -> Iterator[str]:
    if reading.contradicted:
        answers = counted(len(reading.contradicted), "answer")
        yield (
            f"{answers} of the judge did not count: asked once more of the quoted words, or held "
            "against the options, it says otherwise."
        )
    if reading.unconfirmed:
        answers = counted(len(reading.unconfirmed), "answer")
        yield f"Of {answers} the judge could not say which way the quoted words point."


_SAID: Final = {
    "makes": "makes the point",
    "opposes": "argues against the point",
    "dismisses": "argues against the red line",
    "respects": "respects the red line",
}


def said_of(reading: PlanReading, found: Assessment) -> list[tuple[str, str]]:
    """What a judge found of points, red lines, wants and meetings, each with the words under it."""
    rows = [row for party in found.parties for row in _said_of_party(reading, found, party)]
    for verdict, what in (
        (reading.meeting, "It tells of a meeting"),
        (reading.counterpart, "It says with whom"),
        (reading.instructs, "It speaks to whoever evaluates it"),
    ):
        if verdict.answer == "yes":
            rows.append((what, _quoted(verdict)))
    return rows


def _said_of_party(
    reading: PlanReading, found: Assessment, party: Party
) -> Iterator[tuple[str, str]]:
    scenario = found.scenario
    lines = scenario.principals[party.id].red_lines
    for texts, verdicts in (
        (points_of(scenario, party.id), reading.points),
        ([line.why for line in lines], reading.lines),
    ):
        for text, verdict in zip(texts, verdicts[party.id], strict=True):
            if verdict.answer in _SAID:
                what = f"{_SAID[verdict.answer]} of {party.name} “{scenario.say(text)}”"
                yield f"It {what}", _quoted(verdict)
    for number, verdict in reading.beyond.get(party.id, {}).items():
        if verdict.answer == "yes":
            issue = issue_name(found, lines[number].issue)
            yield f"It goes over the red line of {party.name} on {issue}", _quoted(verdict)
    wants = reading.wants[party.id]
    if wants.answer in _WANTS and wants.answer != "absent":
        yield f"It {_WANTS[wants.answer].format(party.name)}", _quoted(wants)


def doubted(reading: PlanReading, found: Assessment) -> list[tuple[str, str]]:
    """Answers of the judge that did not count because it said otherwise of the quoted words: what
    each was on, and the words."""
    named = _named(found)
    return [(named[item], _quoted(verdict)) for item, verdict in reading.contradicted.items()]


def _named(found: Assessment) -> Mapping[str, str]:
    """Item -> what it is on, for a person."""
    scenario = found.scenario
    named = {
        f"{ISSUE}{issue}": f"what it advises on {issue_name(found, issue)}"
        for issue in scenario.issue_ids()
    }
    for party in found.parties:
        for number, point in enumerate(points_of(scenario, party.id)):
            text = scenario.say(point)
            named[f"{POINT}{party.id}_{number}"] = f"the point of {party.name} “{text}”"
        for number, line in enumerate(scenario.principals[party.id].red_lines):
            text = scenario.say(line.why)
            named[f"{LINE}{party.id}_{number}"] = f"the red line of {party.name} “{text}”"
        named[f"{WANTS}{party.id}"] = f"the wants of {party.name}"
    return named | {MEETING: "a meeting"}


def _quoted(verdict: Verdict) -> str:
    return " / ".join(quote.text for quote in verdict.quotes)


def _counts(verdicts: Sequence[Verdict], *answers: str) -> tuple[int, int, int]:
    """How often each of two answers was given, and how often none is known."""
    first, second = (sum(one.answer == answer for one in verdicts) for answer in answers)
    return first, second, sum(one.answer is None for one in verdicts)


def _untold(unknown: int) -> str:
    return f"; of {unknown} it is not known" if unknown else ""


_DISCLOSED: Final = {
    ("yes", "yes"): "It says that it came from talks with another side, and with whom.",
    ("yes", "no"): "It says that it came from talks with another side, and not with whom.",
    ("no", "yes"): "It names somebody its authors talked to, and no talks with another side.",
    ("no", "no"): "It names no talks with another side.",
}


def _disclosed(reading: PlanReading) -> str:
    answers = (reading.meeting.answer or "", reading.counterpart.answer or "")
    return _DISCLOSED.get(answers, "Whether it names a meeting could not be told.")
