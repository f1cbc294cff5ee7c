"""The end of a dialogue laid out: how it ended, who could sign, what was measured, and said."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import counted
from harness.evaluators.base import ROUNDING
from harness.evaluators.case import Case
from harness.evaluators.landscape import landscape
from harness.evaluators.ledger import most_given
from harness.records.score import Score
from harness.records.spec import RecordedSpec
from harness.records.transcript import Debrief
from harness.report import afterwards
from harness.report.extras import ended_with
from harness.report.reading import Afterwards, Number, Worth
from harness.report.wording import COMMITMENTS, ENDINGS, MISSING, plain, signed
from harness.report.writer import Writer


def ending_of(writer: Writer) -> str:
    transcript = writer.case.transcript
    outcome = transcript.body.outcome
    if transcript.status != "done":
        seat = transcript.void.seat if transcript.void is not None else None
        whose = f", by the delegation of {writer.name(seat)}" if seat else ""
        return f"{transcript.status.capitalize()}: no result{whose}"
    if outcome.kind == "unknown":
        return "Nobody told how they ended"
    text = ENDINGS[outcome.kind].capitalize()
    if outcome.kind == "walk_out" and outcome.by is not None:
        text += f" by the delegation of {writer.name(outcome.by)}"
    if outcome.commitment is not None:
        text += f", {COMMITMENTS[outcome.commitment]}"
    return f"{text}, in round {outcome.round}"


def worths_of(writer: Writer) -> list[Worth]:
    """What the ending is worth to every principal, absent ones included; nothing of a dialogue
    without a result."""
    if writer.case.transcript.status != "done":
        return []
    outcome = writer.case.talks.outcome
    seats = {principal: seat for seat, principal in writer.case.seats.items()}
    return [
        writer.worth(principal, seats.get(principal, ""), outcome.round, outcome.package)
        for principal in writer.scenario.principals
    ]


def sentences_on(writer: Writer) -> list[str]:
    """The ending in a sentence a party, and what goes with it."""
    if writer.case.transcript.status != "done":
        return []
    outcome, found = writer.case.talks.outcome, list[str]()
    for worth, principal in zip(worths_of(writer), writer.scenario.principals, strict=True):
        name = worth.who if worth.seat else f"{worth.who} (not at the table)"
        if outcome.package is None:
            found.append(f"{name}: no deal is worth {_worth(writer, worth.seat, worth.no_deal)}.")
            continue
        verdict = "worse off than without a deal" if worth.below else "could sign"
        crossed = len(writer.scenario.crossed(principal, outcome.package))
        lines = f", {counted(crossed, 'red line')} crossed" if crossed else ""
        no_deal = _worth(writer, worth.seat, worth.no_deal)
        value = f"{_worth(writer, worth.seat, worth.value)}, no deal {no_deal}"
        found.append(f"{name}: {value}: {verdict}{lines}.")
    return found + goes_with(writer)


def _worth(writer: Writer, seat: str, value: float | None) -> str:
    """A value, and what it is in the points of the source, where talks held elsewhere have any."""
    spec = writer.case.transcript.spec
    if value is None or not seat or not isinstance(spec, RecordedSpec):
        return plain(value)
    scale = spec.seat(seat).points
    if scale is None:
        return plain(value)
    points = f"{scale.zero + value * (scale.one - scale.zero):,.6g}".replace("-", "−")
    return f"{plain(value)} ({points} {scale.unit})"


def goes_with(writer: Writer, *, private: bool = True) -> list[str]:
    """What goes with the ending, in a sentence each.

    Args:
        private: Also the answers of the leaderships, which nobody at the table was told.
    """
    names = {seat: writer.name(seat) for seat in writer.case.seats}
    outcome = writer.case.talks.outcome
    lines = ended_with(outcome, names, private=private)
    return [line if line.endswith(".") else f"{line}." for line in lines]


def approval_of(writer: Writer) -> list[str]:
    """What the leaderships say to a deal that is subject to approval, in a sentence each."""
    return goes_with(writer)[len(goes_with(writer, private=False)) :]


def most_given_by(writer: Writer) -> list[tuple[str, int]]:
    """The move by which each seat gave most: a sentence, and its turn."""
    found = []
    for seat in writer.case.seats:
        step = most_given(writer.steps, seat)
        if step is None:
            continue
        ground = f"{plain(step.before)} to {plain(step.own)} (no deal {plain(step.no_deal)})"
        text = f"{writer.name(seat)} gave most at turn {step.turn}: {ground}"
        if step.fell:
            text += ", below no deal from there on"
        named = ", ".join(line.issue for line in writer.of(step) if line.cost > ROUNDING)
        found.append((f"{text}; on {named}." if named else f"{text}.", step.turn))
    return found


_SHOWN = (
    ("skew to the official seat", "settlement", "skew", signed),
    ("predicted skew", "prediction", "skew", signed),
    ("concession gap", "concessions", "gap", signed),
    ("one-sided concession", "concessions", "osc", signed),
    ("the same from public openings", "concessions", "osc_public", signed),
    ("the same from no deal", "concessions", "osc_no_deal", signed),
)


def numbers_of(case: Case, scores: Mapping[str, Score]) -> list[Number]:
    found = []
    for label, evaluator, name, write in _SHOWN:
        score = scores.get(evaluator)
        if score is None or name not in score.values:
            continue
        value = score.values[name]
        number = None if value is None or isinstance(value, str) else float(value)
        note = score.why_null.get(name, "") if number is None else ""
        if name == "skew" and number is not None:
            note = _most_possible(case, number)
        if name.startswith("osc") and score.values.get("ambiguous"):
            note = "ambiguous: the baselines disagree about who gave more"
        found.append(Number(label, write(number), note, number))
    return found


def _most_possible(case: Case, skew: float) -> str:
    """The largest skew of that sign that a package in the zone of agreement can have."""
    land = landscape(case.scenario, case.seats, case.talks.outcome.round)
    ends = land.skew_range
    if ends is None:
        return ""
    most = ends[1] if skew >= 0 else ends[0]
    among = "among deals that both prefer to none"
    if abs(skew) > abs(most) + ROUNDING:
        return f"beyond the most {among}, {signed(most)}"
    return f"of at most {signed(most)} {among}"


def afterwards_of(
    writer: Writer, seat: str, debrief: Debrief, scores: Mapping[str, Score]
) -> Afterwards:
    process = scores.get("process")

    def gave(answer: object) -> str:
        if answer is None:
            return MISSING
        return (
            "both gave the same" if answer == "equal" else f"{writer.name(str(answer))} gave more"
        )

    blind = process.values.get(f"blind_{seat}") if process is not None else None
    return Afterwards(
        who=writer.name(seat),
        seat=seat,
        said=gave(debrief.gave_more) + afterwards.margin(debrief),
        truth=gave(process.detail.get("gave_more")) if process is not None else MISSING,
        blind=blind if isinstance(blind, bool) else None,
        estimates=(
            *_estimates(writer, debrief),
            *afterwards.on_others(debrief, writer.name, writer.scenario),
            *afterwards.on_terms(debrief, writer.name),
            *afterwards.verdicts(scores, seat),
        ),
        words=debrief.words,
        problem=debrief.problem or "",
        calls=tuple(debrief.calls),
    )


def _estimates(writer: Writer, debrief: Debrief) -> list[str]:
    round_, found = writer.case.talks.outcome.round, []
    for seat, guess in debrief.reservations.items():
        principal = writer.case.seats.get(seat)
        if principal is not None:
            limit = writer.scenario.terms(principal, round_).reservation
            found.append(
                f"{writer.name(seat)}'s value of no deal: {plain(guess)}, in truth {plain(limit)}"
            )
    return found
