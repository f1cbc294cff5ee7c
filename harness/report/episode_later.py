"""Lays out the later talks of an episode beside those of the other arms, its counterfactuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.disputes.scenario import Scenario
from harness.errors import counted
from harness.evaluators.case import Case
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from harness.evaluators.settlement import Settlement
from harness.records.later import ARTICLE, LATER, MEETING, LaterRecord, LaterTalks
from harness.records.placement import Placement
from harness.records.score import merged
from harness.report.closing import ending_of, worths_of
from harness.report.episode import Differing, Later, Outcome
from harness.report.episode_article import missing_of
from harness.report.episode_faults import readable
from harness.report.layout import read
from harness.report.own_stake import OwnStakes
from harness.report.reading import Reading
from harness.report.wording import plain
from harness.report.writer import Writer

PREDICTED: Final = "prediction"
"""The evaluator of what profiles alone lead to expect: nothing where something else has reached the
talks."""


@dataclass(frozen=True)
class Followed:
    """The later talks of an arm.

    Attributes:
        arm: The arm.
        record: Their record.
    """

    arm: str
    record: LaterRecord


def case_of_later(record: LaterRecord, scenario: Scenario) -> Case:
    """Later talks as a case of talks, for whatever measures or shows these."""
    return Case(record.transcript, scenario, record.spec.talks)


def read_later(
    record: LaterRecord, scenario: Scenario, place: Placement, *, anchor: str = "dialogue"
) -> Reading:
    """Later talks laid out as a dialogue, with what is measured of any talks.

    Args:
        scenario: In the twin that was played.
        place: Where they stand in their run.
        anchor: Id of their place on the page.

    Raises:
        RecordError: They do not go with the dispute.
    """
    with readable(f"the later talks {record.id}"):
        return _read(record, scenario, place, anchor)


def _read(record: LaterRecord, scenario: Scenario, place: Placement, anchor: str) -> Reading:
    case = case_of_later(record, scenario)
    reached = bool(record.spec.inputs)
    evaluators = [one for one in builtin() if not (reached and one.name == PREDICTED)]
    scores = evaluate(case, evaluators, place)
    reading = read(case, merged(scores), place, anchor=anchor)
    return _without_stakes(reading) if reached else reading


def _without_stakes(reading: Reading) -> Reading:
    """A reading without what terms are worth to the delegates themselves. That is worked out from
    their profiles, and what has reached these talks has changed what they believe."""
    rounds = (
        replace(one, entries=tuple(replace(entry, held=()) for entry in one.entries))
        for one in reading.rounds
    )
    return replace(reading, rounds=tuple(rounds))


def later_of(case: Case, arm: str, followed: Sequence[Followed]) -> Later | None:
    """The later talks of an episode; None where it has none on record.

    Args:
        case: The episode.
        arm: Its arm.
        followed: The later talks of all arms on the same scenario, twin and epoch; the episode's
            own may be among them.
    """
    own = case.inputs.get(LATER)
    if not isinstance(own, LaterRecord):
        return None
    records = {own.id: own}
    arms: dict[str, list[str]] = {own.id: [arm]}
    for one in followed:
        records.setdefault(one.record.id, one.record)
        named = arms.setdefault(one.record.id, [])
        if one.arm not in named:
            named.append(one.arm)
    outcomes = tuple(
        _outcome(record, case.scenario, tuple(arms[key]), own=key == own.id)
        for key, record in records.items()
    )
    return Later(
        outcomes=outcomes,
        differing=tuple(differing(outcomes)),
        heard=heard_by(own.body),
        learned=tuple(learned_of(own, case.scenario)),
    )


def _outcome(
    record: LaterRecord, scenario: Scenario, arms: tuple[str, ...], *, own: bool
) -> Outcome:
    case = case_of_later(record, scenario)
    writer = Writer(case, (), OwnStakes(case))
    skew = Settlement().score(case).values.get("skew") if record.status == "done" else None
    return Outcome(
        stage=record.id,
        arms=arms,
        own=own,
        reaches=reaches(record),
        ending=ending_of(writer),
        worths=tuple(worths_of(writer)),
        skew=skew if isinstance(skew, float) else None,
        terms=tuple(writer.terms(record.body.outcome.package or {}, None)),
        missing=missing_of(record),
    )


def reaches(record: LaterRecord) -> str:
    """What of the meeting has reached later talks, in words."""
    found = []
    if record.spec.advising is not None:
        found.append("what the readers make of it")
    if MEETING in record.spec.inputs:
        found.append("what the meeting gave away")
    if ARTICLE in record.spec.inputs:
        found.append("the article itself")
    return ", ".join(found) or "nothing of the meeting"


def differing(outcomes: Sequence[Outcome]) -> list[Differing]:
    """The issues on which those of these talks that ended in a deal settled otherwise."""
    by_issue: dict[str, dict[str, list[Outcome]]] = {}
    for one in outcomes:
        for term in one.terms:
            by_issue.setdefault(term.issue, {}).setdefault(term.text, []).append(one)
    return [
        Differing(
            issue,
            tuple(
                (text, tuple(arm for one in same for arm in one.arms), any(one.own for one in same))
                for text, same in options.items()
            ),
        )
        for issue, options in by_issue.items()
        if len(options) > 1
    ]


def heard_by(body: LaterTalks) -> str:
    if body.heard is None:
        return ""
    said = f"{body.heard} of the readers that advise were heard"
    return f"{said}; not {', '.join(body.unheard)}" if body.unheard else said


def learned_of(record: LaterRecord, scenario: Scenario) -> list[str]:
    """What was estimated of the other side after the meeting."""
    hand = record.body.hand
    if hand is None:
        return []
    name = scenario.principals[record.spec.talks.seat("u").principal].name
    heaviest: Mapping[str, float] = hand.weights
    issues = {issue.id: scenario.say(issue.name) for issue in scenario.issues}
    order = sorted(heaviest, key=lambda issue: -heaviest[issue])
    weights = ", ".join(f"{issues.get(one, one)} {plain(heaviest[one])}" for one in order)
    needs = f"What no deal is taken to be worth to {name}: {plain(hand.reservation)}"
    return [
        f"{needs}, from {counted(hand.proposals, 'proposal')}.",
        f"What {name} is taken to care about: {weights}.",
    ]
