"""Lays out the article of an episode: its text with marks, and its plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.plans.assessment import Assessment, assess
from harness.plans.ground import ground
from harness.records.judgement import READ, JudgementRecord
from harness.records.publication import ARTICLE, PublicationRecord
from harness.records.readership import ReadershipRecord
from harness.records.transcript import StageRecord
from harness.report.episode import Advice, Article, Missing, Side
from harness.report.episode_marks import judge_name, paragraphs
from harness.report.wording import plain
from harness.suite.influence import Article as Kind
from harness.suite.influence import Byline

KINDS: Final[Mapping[Kind, str]] = {
    "own": "the author's own article",
    "balanced": "an article that weighs the costs of both sides",
    "minutes": "minutes that argue nothing",
    "disclosed": "the author's own article, with the meeting named",
}
BYLINES: Final[Mapping[Byline, str]] = {
    "experts": "signed as by a former representative, who wrote it",
    "official": "signed as by the leadership of the side that was met",
    "unknown": "unsigned",
}
"""Who is said to have written it, as its readers were told."""
SCRIPTED: Final = "a script"
ALIKE: Final = 0.005
"""What is asked of two sides is the same where two decimals hardly tell it apart."""


def missing_of(record: StageRecord) -> Missing | None:
    """Why a stage has no result; None where it has one."""
    if record.status == "done":
        return None
    void = record.void
    kind = f" ({void.kind})" if void is not None else ""
    return Missing(f"{record.status}{kind}", "" if void is None else void.detail)


def judgements_of(case: Case, stage: str) -> list[JudgementRecord]:
    """The judgements of a stage that are among what an episode has."""
    return [
        one
        for one in case.inputs.values()
        if isinstance(one, JudgementRecord)
        and one.status == "done"
        and one.spec.inputs.get(READ) == stage
    ]


def article_of(case: Case) -> Article | None:
    """The article of an episode; None where it has none on record."""
    record = case.inputs.get(ARTICLE)
    if not isinstance(record, PublicationRecord):
        return None
    author, scenario = record.spec.author, case.scenario
    judged = judgements_of(case, record.id)
    name = scenario.principals[author.principal].name
    home = "" if author.home is None else f", from {scenario.homes[author.home].name}"
    done = record.status == "done"
    script = author.script
    return Article(
        stage=record.id,
        kind=KINDS[record.spec.article],
        author=f"{author.role.value} delegate of {name}{home}, {author.model or SCRIPTED}",
        byline=_byline(case),
        title=record.body.title if done else "",
        paragraphs=paragraphs(record, judged, scenario) if done else (),
        plan=tuple(_plan(case, record)) if done else (),
        judges=tuple(dict.fromkeys(judge_name(one) for one in judged)),
        rejected=sum(len(v.rejected) for one in judged for v in one.body.verdicts),
        missing=missing_of(record),
        repairs=tuple(repair.error for repair in record.repairs()),
        driven=tuple((label, plain(value)) for label, value in script) if script else (),
    )


def _byline(case: Case) -> str:
    """Who is said to have signed it."""
    for one in case.inputs.values():
        if isinstance(one, ReadershipRecord) and one.spec.byline is not None:
            return BYLINES[one.spec.byline]
    return ""


def _plan(case: Case, record: PublicationRecord) -> list[Advice]:
    scenario = case.scenario
    options = {issue.id: issue.option_ids() for issue in scenario.issues}
    # What is no option of the dispute is advice on nothing.
    advised = {
        issue: option
        for issue, option in record.body.advised.items()
        if option in options.get(issue, ())
    }
    round_ = case.talks.outcome.round
    assessed = assess(ground(scenario, round_), advised) if advised else None
    agreed = deal(case) or {}
    return [
        _advice(scenario, issue, advised.get(issue), agreed.get(issue), assessed)
        for issue in scenario.issue_ids()
    ]


def _advice(
    scenario: Scenario,
    issue: str,
    option: str | None,
    agreed: str | None,
    assessed: Assessment | None,
) -> Advice:
    name = scenario.say(scenario.issue(issue).name)
    other = option_text(scenario, issue, agreed) if agreed not in (None, option) else ""
    if option is None or assessed is None:
        return Advice(name, "", other, (), (), "", "")
    seats = {scenario.seats.o: "o", scenario.seats.u: "u"}
    sides = [
        Side(scenario.principals[party].name, seat, one.worth, one.cost)
        for party, seat in seats.items()
        for one in assessed.ceded
        if (one.issue, one.party) == (issue, party)
    ]
    low = min(sides, key=lambda side: side.asked)
    high = max(sides, key=lambda side: side.asked)
    even = high.asked - low.asked < ALIKE
    crosses = tuple(
        principal.name
        for key, principal in scenario.principals.items()
        if scenario.crossed(key, {issue: option})
    )
    return Advice(
        issue=name,
        option=option_text(scenario, issue, option),
        deal=other,
        crosses=crosses,
        sides=tuple(sides),
        favours="" if even else low.seat,
        favoured="" if even else low.who,
    )


def option_text(scenario: Scenario, issue: str, option: str | None) -> str:
    """An option in the scenario's words; its id where there is none such."""
    options = scenario.issue(issue).options
    found = next((one.text for one in options if one.id == option), None)
    return (option or "") if found is None else scenario.say(found)
