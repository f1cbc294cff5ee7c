"""A dialogue laid out for the page: who said what, what was offered, what stayed private.

Texts are plain strings here; the template escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.disputes.scenario import Package, Scenario
from harness.records.placement import Placement
from harness.records.score import Score
from harness.records.spec import RecordedSeat
from harness.records.transcript import Action, Debrief, Transcript, Turn
from harness.report import afterwards
from harness.report.extras import besides, ended_with
from harness.report.material import Example
from harness.report.truth import TrueValues
from harness.report.wording import (
    ACTIONS,
    COMMITMENTS,
    ENDINGS,
    MISSING,
    ROLES,
    counted,
    plain,
    signed,
)
from harness.suite.parts import SeatSpec


@dataclass(frozen=True)
class Delegation:
    """Who sits in a seat; ``side`` is the column of its turns."""

    seat: str
    name: str
    role: str
    played_by: str
    side: str


@dataclass(frozen=True)
class Term:
    """One issue of a package: what is proposed, and whose red line it crosses."""

    issue: str
    text: str
    changed: bool
    crosses: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One turn. ``private`` entries were seen by one delegation only."""

    seat: str
    side: str
    who: str
    what: str
    private: bool
    words: str
    thoughts: str
    terms: tuple[Term, ...]
    package: tuple[Term, ...]
    worth: str
    besides: str
    capital: str
    repairs: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """A round and what had happened before it."""

    number: int
    realities: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Afterwards:
    """A delegation's private debrief beside the truth."""

    who: str
    seat: str
    said: str
    truth: str
    blind: bool | None
    estimates: tuple[str, ...]
    words: str
    problem: str


@dataclass(frozen=True)
class Reading:
    """A whole dialogue, ready for the template."""

    anchor: str
    label: str
    title: str
    arm: str
    why: str
    identity: str
    delegations: tuple[Delegation, ...]
    rounds: tuple[Round, ...]
    ending: str
    reason: str
    terms: tuple[Term, ...]
    worths: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    afterwards: tuple[Afterwards, ...]


@dataclass
class _Writer:
    """What the parts of one dialogue share."""

    transcript: Transcript
    scenario: Scenario
    truth: TrueValues
    last: dict[str, Package] = field(default_factory=dict)

    def name(self, seat: str) -> str:
        """Of the principal that a seat speaks for; the seat itself where it is unknown."""
        found = next((s for s in self.transcript.spec.seats if s.seat == seat), None)
        return self.scenario.principals[found.principal].name if found else seat

    def terms(self, package: Mapping[str, str], before: Mapping[str, str] | None) -> list[Term]:
        """A complete or partial package in the order of the agenda."""
        crossing: dict[str, list[str]] = {}
        for principal in self.scenario.principals:
            for line in self.scenario.crossed(principal, package):
                name = self.scenario.principals[principal].name
                crossing.setdefault(line.issue, []).append(name)
        found = []
        for issue in self.scenario.issues:
            if issue.id not in package:
                continue
            option = next((o for o in issue.options if o.id == package[issue.id]), None)
            found.append(
                Term(
                    issue=self.scenario.say(issue.name),
                    text=self.scenario.say(option.text) if option else package[issue.id],
                    changed=before is not None and before.get(issue.id) != package[issue.id],
                    crosses=tuple(dict.fromkeys(crossing.get(issue.id, ()))),
                )
            )
        return found

    def worth(self, seat: SeatSpec | RecordedSeat, round_: int, package: Package) -> str:
        """True value of a package to a seat's principal, beside no deal."""
        scenario = self.transcript.spec.scenario
        value = self.truth.value(scenario, seat.principal, round_, package)
        no_deal = self.truth.reservation(scenario, seat.principal, round_)
        return f"{plain(value)} to {self.name(seat.seat)} (no deal {plain(no_deal)})"


def read(
    transcript: Transcript,
    scenario: Scenario,
    truth: TrueValues,
    scores: Mapping[str, Score],
    example: Example,
    place: Placement,
    anchor: str,
) -> Reading:
    """Lay out one dialogue.

    Args:
        scenario: The twin that was played.
        scores: Evaluator -> its score of this dialogue.
        place: Where it stands in its run.
        anchor: Id of its place on the page.
    """
    spec, talks = transcript.spec, transcript.body
    writer = _Writer(transcript, scenario, truth)
    title = scenario.say(scenario.title)
    return Reading(
        anchor=anchor,
        label=f"{example.arm}, {title}: {example.why}",
        title=title,
        arm=example.arm,
        why=example.why,
        identity=f"twin {place.twin}, epoch {place.epoch}, dialogue {transcript.id}",
        delegations=tuple(_delegation(seat, scenario) for seat in spec.seats),
        rounds=tuple(_rounds(writer)),
        ending=_ending(writer),
        reason=talks.outcome.reason if transcript.void is None else transcript.void.detail,
        terms=tuple(writer.terms(talks.outcome.package or {}, None)),
        worths=tuple(_worths(writer)),
        numbers=tuple(_numbers(scores)),
        afterwards=tuple(
            _afterwards(writer, seat, debrief, scores) for seat, debrief in talks.debriefs.items()
        ),
    )


def _side(seat: str) -> str:
    return {"o": "left", "u": "right"}.get(seat, "middle")


def _delegation(seat: SeatSpec | RecordedSeat, scenario: Scenario) -> Delegation:
    return Delegation(
        seat=seat.seat,
        name=scenario.principals[seat.principal].name,
        role=ROLES[seat.role],
        played_by=seat.model or seat.how,
        side=_side(seat.seat),
    )


def _rounds(writer: _Writer) -> list[Round]:
    grouped: dict[int, list[Entry]] = {}
    for turn in writer.transcript.body.turns:
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


def _entry(writer: _Writer, turn: Turn) -> Entry:
    move = turn.move
    package = move.package if move is not None else None
    stated = package or (move.position if move is not None else None) or {}
    before = writer.last.get(turn.seat)
    whole = tuple(writer.terms(stated, before))
    proposal = turn.kind == "statement" and turn.offer is not None and package is not None
    worth = ""
    if package is not None:
        seats = writer.transcript.spec.seats
        worth = "; ".join(writer.worth(seat, turn.round, package) for seat in seats)
    repeats = proposal and before is not None
    if proposal and package is not None:
        writer.last[turn.seat] = package
    return Entry(
        seat=turn.seat,
        side=_side(turn.seat),
        who=writer.name(turn.seat),
        what=_what(turn, repeated=repeats and not any(term.changed for term in whole)),
        private=turn.kind != "statement",
        words=turn.words,
        thoughts=turn.thoughts,
        terms=tuple(term for term in whole if term.changed) if repeats else whole,
        package=whole if repeats else (),
        worth=worth,
        besides="; ".join(besides(writer.scenario, turn)),
        capital=_capital(writer, turn),
        repairs=tuple(repair.error for repair in turn.repairs),
    )


def _what(turn: Turn, *, repeated: bool) -> str:
    if turn.kind == "caucus":
        return f"{turn.member or 'adviser'}, advice in caucus"
    if turn.move is None:
        return turn.kind
    action = ACTIONS[turn.move.action]
    if turn.kind == "consultation":
        return action
    offer = turn.offer or turn.move.offer
    text = f"{action} {offer}" if offer else action
    if repeated:
        text += " (the same terms again)"
    if turn.move.action in (Action.PROPOSE, Action.ACCEPT):
        text += f", {COMMITMENTS[turn.move.commitment]}"
    return text


def _capital(writer: _Writer, turn: Turn) -> str:
    answer = turn.capital
    if answer is None:
        return ""
    verdict = "acceptable" if answer.acceptable else "not acceptable"
    names = [writer.scenario.say(writer.scenario.issue(i).name) for i in answer.red_lines]
    lines = f"; it crosses a red line on {', '.join(names)}" if names else ""
    no_deal = plain(answer.reservation)
    return f"The capital: {verdict}, worth {plain(answer.value)} (no deal {no_deal}){lines}."


def _ending(writer: _Writer) -> str:
    transcript: Transcript = writer.transcript
    outcome = transcript.body.outcome
    if transcript.status != "done":
        seat = transcript.void.seat if transcript.void is not None else None
        whose = f", by the delegation of {writer.name(seat)}" if seat else ""
        return f"{transcript.status.capitalize()}: no result{whose}"
    text = ENDINGS[outcome.kind].capitalize()
    if outcome.kind == "walk_out" and outcome.by is not None:
        text += f" by the delegation of {writer.name(outcome.by)}"
    if outcome.commitment is not None:
        text += f", {COMMITMENTS[outcome.commitment]}"
    return f"{text}, in round {outcome.round}"


def _worths(writer: _Writer) -> list[str]:
    """What the ending is worth to every principal, absent ones included."""
    transcript, scenario = writer.transcript, writer.scenario
    outcome = transcript.body.outcome
    if transcript.status != "done":
        return []
    seated = {seat.principal for seat in transcript.spec.seats}
    found = []
    for pid, principal in scenario.principals.items():
        no_deal = writer.truth.reservation(transcript.spec.scenario, pid, outcome.round)
        name = principal.name if pid in seated else f"{principal.name} (not at the table)"
        if outcome.package is None:
            found.append(f"{name}: no deal is worth {plain(no_deal)}.")
            continue
        value = writer.truth.value(transcript.spec.scenario, pid, outcome.round, outcome.package)
        verdict = "could sign" if value >= no_deal - 1e-9 else "worse off than without a deal"
        crossed = len(scenario.crossed(pid, outcome.package))
        lines = f", {counted(crossed, 'red line')} crossed" if crossed else ""
        found.append(f"{name}: {plain(value)}, no deal {plain(no_deal)}: {verdict}{lines}.")
    names = {seat.seat: writer.name(seat.seat) for seat in transcript.spec.seats}
    return found + [f"{line}." for line in ended_with(outcome, names)]


_SHOWN = (
    ("skew to the official seat", "settlement", "skew", signed),
    ("predicted skew", "prediction", "skew", signed),
    ("concession gap", "concessions", "gap", signed),
    ("one-sided concession", "concessions", "osc", signed),
    ("the same from public openings", "concessions", "osc_public", signed),
    ("the same from no deal", "concessions", "osc_no_deal", signed),
)


def _numbers(scores: Mapping[str, Score]) -> list[tuple[str, str]]:
    found = []
    for label, evaluator, name, write in _SHOWN:
        score = scores.get(evaluator)
        if score is None or name not in score.values:
            continue
        value = score.values[name]
        number = None if value is None or isinstance(value, str) else float(value)
        why = f" ({score.why_null[name]})" if number is None and name in score.why_null else ""
        if name.startswith("osc") and score.values.get("ambiguous"):
            why += " (ambiguous: the baselines disagree about who gave more)"
        found.append((label, write(number) + why))
    return found


def _afterwards(
    writer: _Writer, seat: str, debrief: Debrief, scores: Mapping[str, Score]
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
    )


def _estimates(writer: _Writer, debrief: Debrief) -> list[str]:
    spec, outcome = writer.transcript.spec, writer.transcript.body.outcome
    principals = {seat.seat: seat.principal for seat in spec.seats}
    found = []
    for seat, guess in debrief.reservations.items():
        if seat in principals:
            limit = writer.truth.reservation(spec.scenario, principals[seat], outcome.round)
            found.append(
                f"{writer.name(seat)}'s value of no deal: {plain(guess)}, in truth {plain(limit)}"
            )
    return found
