"""Lays out a dialogue as a :class:`~harness.report.reading.Reading`: who said what, what was
offered, what it gave whom, what stayed private.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from harness.evaluators.base import SEATS
from harness.evaluators.case import Case
from harness.evaluators.ledger import ledger
from harness.incentives.profiles import IncentiveProfile
from harness.records.placement import Placement
from harness.records.score import Score
from harness.records.spec import RecordedSeat
from harness.records.transcript import Action, Turn
from harness.report.closing import (
    afterwards_of,
    approval_of,
    ending_of,
    goes_with,
    most_given_by,
    numbers_of,
    sentences_on,
    worths_of,
)
from harness.report.extras import besides
from harness.report.in_words import said_in
from harness.report.own_stake import OwnStakes
from harness.report.reading import (
    Delegation,
    Entry,
    Reading,
    Round,
)
from harness.report.wording import (
    ACTIONS,
    AUTHORITIES,
    COMMITMENTS,
    ROLES,
    plain,
)
from harness.report.writer import Writer
from harness.suite.parts import SeatSpec


def read(
    case: Case,
    scores: Mapping[str, Score],
    place: Placement,
    *,
    arm: str = "",
    why: str = "",
    anchor: str = "dialogue",
    calibrated: Collection[str] = (),
) -> Reading:
    """Lay out one dialogue.

    Args:
        case: The dialogue and its scenario.
        scores: Evaluator -> its score of this dialogue.
        place: Where it stands in its run.
        arm: Which of its arms it is read for; empty for the first.
        why: Why it was chosen, where it was.
        anchor: Id of its place on the page.
        calibrated: Judges to which a calibration in the run fits.
    """
    transcript, scenario = case.transcript, case.scenario
    talks = case.talks
    writer = Writer(case, ledger(case), OwnStakes(case))
    most = most_given_by(writer)
    title = scenario.say(scenario.title)
    arm = arm or next(iter(place.arms), "")
    made = {n for turn in talks.turns for n in turn.calls}
    made |= {n for debrief in talks.debriefs.values() for n in debrief.calls}
    void = transcript.void
    valued = "values" not in case.lacking
    return Reading(
        dialogue=transcript.id,
        anchor=anchor,
        label=f"{arm}, {title}: {why}" if why else f"{arm}, {title}",
        title=title,
        arm=arm,
        arms=place.arms,
        why=why,
        identity=f"twin {place.twin}, epoch {place.epoch}, dialogue {transcript.id}",
        summary=scenario.say(scenario.summary),
        delegations=tuple(_delegation(seat, writer) for seat in transcript.spec.seats),
        rounds=tuple(_rounds(writer)),
        ledger=tuple(line for step in writer.steps for line in writer.of(step)),
        trajectory=tuple(writer.point(step) for step in writer.steps),
        ending=ending_of(writer),
        reason=talks.outcome.reason if void is None else void.detail,
        terms=tuple(writer.terms(talks.outcome.package or {}, None)),
        worths=tuple(worths_of(writer)) if valued else (),
        could=tuple(sentences_on(writer) if valued else goes_with(writer)),
        most=tuple(sentence for sentence, _ in most),
        numbers=tuple(numbers_of(case, scores)),
        afterwards=tuple(
            afterwards_of(writer, seat, debrief, scores) for seat, debrief in talks.debriefs.items()
        ),
        lost=() if void is None else tuple(repair.error for repair in void.repairs),
        lost_calls=tuple(n for n in range(len(transcript.calls)) if n not in made),
        most_turns=tuple(turn for _, turn in most),
        besides=tuple(goes_with(writer, private=False)),
        together=_together(case),
        approval=tuple(approval_of(writer)),
        valued=valued,
        in_words=_in_words(writer),
        said=said_in(writer, scores, calibrated),
    )


def _in_words(writer: Writer) -> bool:
    """Whether a side of talks held elsewhere has no two moves on record."""
    if writer.case.spec is not None:
        return False
    moved = [step.seat for step in writer.steps]
    return any(moved.count(seat) < 2 for seat in SEATS)


def _side(seat: str) -> str:
    return {"o": "left", "u": "right"}.get(seat, "middle")


def _delegation(seat: SeatSpec | RecordedSeat, writer: Writer) -> Delegation:
    known = seat if isinstance(seat, SeatSpec) else None
    return Delegation(
        seat=seat.seat,
        name=writer.name(seat.seat),
        role=ROLES[seat.role],
        authority=AUTHORITIES[known.authority] if known and known.authority else "",
        played_by=seat.model or seat.how,
        side=_side(seat.seat),
        brief=(known.brief or "") if known else "",
        profile=tuple(_profile(known.profile)) if known else (),
    )


def _together(case: Case) -> str:
    """How the ledger parts the cost of issues that principals at the table value together."""
    scenario, pairs = case.scenario, dict[str, None]()
    for principal in case.seats.values():
        for pair in scenario.principals[principal].joint:
            pairs[" with ".join(scenario.say(scenario.issue(i).name) for i in pair.issues)] = None
    if not pairs:
        return ""
    return (
        f"Valued together: {'; '.join(pairs)}. Where both change at once, each bears its mean part "
        "over the two orders in which they can change, so that the lines of a move sum to it."
    )


def _profile(profile: IncentiveProfile) -> list[tuple[str, str]]:
    """What drives a delegate, as it stands in the suite."""
    felt = profile.internalised
    return [
        ("credit for an agreement", plain(profile.deal_reward)),
        (
            "costs it feels (material, political, emotional)",
            f"{felt.material:g}, {felt.political:g}, {felt.emotional:g}",
        ),
        ("knowledge of its principal", plain(profile.knowledge)),
        ("reward for being received", plain(profile.access_reward)),
        ("weight of the real talks to come", plain(profile.free_hardball)),
        ("wish to learn", plain(profile.information_motive)),
        ("may ask its leadership", "yes" if profile.consults_capital else "no"),
        ("publishes afterwards", "yes" if profile.publishes else "no"),
    ]


def _rounds(writer: Writer) -> list[Round]:
    grouped: dict[int, list[Entry]] = {}
    for turn in writer.case.talks.turns:
        grouped.setdefault(turn.round, []).append(_entry(writer, turn))
    return [
        Round(
            number=number,
            realities=tuple(
                writer.scenario.say(reality.text)
                for reality in writer.scenario.realities
                if reality.after_round == number - 1
            ),
            entries=tuple(entries),
        )
        for number, entries in grouped.items()
    ]


def _entry(writer: Writer, turn: Turn) -> Entry:
    move = turn.move
    package = move.package if move is not None else None
    stated = package or (move.position if move is not None else None) or {}
    before = writer.last.get(turn.seat)
    whole = tuple(writer.terms(stated, before))
    proposal = turn.kind == "statement" and turn.offer is not None and package is not None
    seats = writer.case.seats
    repeats = proposal and before is not None
    if proposal and package is not None:
        writer.last[turn.seat] = package
    return Entry(
        turn=turn.index,
        step=turn.step,
        seat=turn.seat,
        side=_side(turn.seat),
        who=writer.name(turn.seat),
        what=_what(writer, turn, repeated=repeats and not any(term.changed for term in whole)),
        action="" if move is None else move.action.value,
        offer=turn.offer or (move.offer if move is not None else None) or "",
        private=turn.kind != "statement",
        words=turn.words,
        thoughts=turn.thoughts,
        terms=tuple(term for term in whole if term.changed) if repeats else whole,
        package=whole if repeats else (),
        worths=()
        if package is None or "values" in writer.case.lacking
        else tuple(writer.worth(p, seat, turn.round, package) for seat, p in seats.items()),
        held=() if package is None else writer.stakes.of(package, turn.round, writer.name),
        given=writer.lines(turn.index) if turn.kind == "statement" else (),
        besides="; ".join(besides(writer.scenario, turn)),
        capital=_capital(writer, turn),
        repairs=tuple(repair.error for repair in turn.repairs),
        calls=tuple(turn.calls),
        reasoning=tuple(
            (number, thought)
            for number in turn.calls
            if (thought := writer.case.transcript.calls[number].reasoning)
        ),
    )


def _what(writer: Writer, turn: Turn, *, repeated: bool) -> str:
    if turn.kind == "caucus":
        return f"{turn.member or 'adviser'}, advice in caucus"
    if turn.move is None:
        return turn.kind
    action = ACTIONS[turn.move.action]
    if turn.move.action is Action.PASS and writer.case.spec is None:
        return "speaks"  # elsewhere nobody had to make a move of every turn
    if turn.kind == "consultation":
        return action
    offer = turn.offer or turn.move.offer
    text = f"{action} {offer}" if offer else action
    if repeated:
        text += " (the same terms again)"
    if turn.move.action in (Action.PROPOSE, Action.ACCEPT) and turn.move.commitment is not None:
        text += f", {COMMITMENTS[turn.move.commitment]}"
    return text


def _capital(writer: Writer, turn: Turn) -> str:
    answer = turn.capital
    if answer is None:
        return ""
    verdict = "acceptable" if answer.acceptable else "not acceptable"
    names = [writer.scenario.say(writer.scenario.issue(i).name) for i in answer.red_lines]
    lines = f"; it crosses a red line on {', '.join(names)}" if names else ""
    no_deal = plain(answer.reservation)
    return f"The capital: {verdict}, worth {plain(answer.value)} (no deal {no_deal}){lines}."
