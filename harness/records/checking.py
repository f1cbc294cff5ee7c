"""Checks that a transcript is consistent with its own spec and with its run.

A record that fits the schema may still contradict itself: a seat that does not exist, an option
that the scenario does not have, a call that was never made. These checks are made once, when a line
is read. Whatever uses a record later may rely on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from harness.disputes.scenario import Package, Scenario, Twin
from harness.memo import once_per_object
from harness.models.reply import MOST_TOKENS
from harness.records.declaration import hash_of
from harness.records.moves import SECOND, CapitalAnswer
from harness.records.run import RunInfo
from harness.records.score import Score
from harness.records.spec import RecordedSeat, RecordedSpec, TalksSpec
from harness.records.transcript import (
    NOT_FINISHED,
    SCHEMA_VERSION,
    Action,
    Debrief,
    Repair,
    Talks,
    Timing,
    Transcript,
    Turn,
    Usage,
)
from harness.suite.parts import SeatSpec

SHOWN: Final = 40
"""Characters of a record's own words that a complaint repeats."""
_OF_THE_SUITE: Final = attrgetter("seat", "principal", "role", "profile", "members")
"""Fields of a seat that are as the suite has them, whoever plays it."""


_Fitting = Callable[[tuple[SeatSpec, ...]], dict[tuple[str, str, Twin], bool]]
"""Seats -> arm, scenario and twin -> whether they are those of the arm."""


class _Contradiction(Exception):  # noqa: N818 - it carries words, and never leaves this module
    pass


def contradiction(transcript: Transcript, scenarios: Mapping[str, Scenario]) -> str | None:
    """A contradiction in a transcript of one of these scenarios, in words; None for none."""
    try:
        _check(transcript, scenarios)
    except _Contradiction as found:
        return str(found)
    return None


class ArmSeats:
    """Who sits in each arm of a run, as its suite says: one arm's dialogues are not another's.

    Whose dialogue it is stands in the plan alone, and not in what is hashed. Held is only what
    tells arms apart: what drives a model, and profiles of a track as they were in another version,
    may be something else than the suite says by now.

    Args:
        info: Of the run.
    """

    def __init__(self, info: RunInfo) -> None:
        self._info = info
        self._known: dict[tuple[str, str, Twin], tuple[SeatSpec, ...]] = {}
        self._fitting: _Fitting = once_per_object(lambda _: {})

    def exchanged(self, spec: TalksSpec, arms: Iterable[str]) -> tuple[str, str] | None:
        """The first of ``arms``, to which a plan says that talks belong, of which they cannot be,
        and the arm whose seats they have; None where there is none. What has forked off sits
        otherwise than its arm."""
        suite = self._info.suite
        if spec.fork is not None or self._info.is_former:
            return None
        for arm in arms:
            if arm not in suite.arms or self._fits(spec, arm):
                continue
            for other in suite.arms:
                if self._fits(spec, other):
                    return arm, other
        return None

    def _fits(self, spec: TalksSpec, arm: str) -> bool:
        """Whether those who sit at a table are those of an arm."""
        key = (arm, spec.scenario, spec.twin)
        fitting = self._fitting(spec.seats)
        if key not in fitting:
            if key not in self._known:
                scenario = self._info.scenario(spec.scenario, spec.twin)
                self._known[key] = self._info.suite.seats_on(arm, scenario)
            placed = self._known[key]
            alike = len(placed) == len(spec.seats) and all(map(_sits, spec.seats, placed))
            fitting[key] = alike
        return fitting[key]


def _sits(seat: SeatSpec, placed: SeatSpec) -> bool:
    """Whether a seat is as a suite has it, who plays it apart."""
    if seat.kind == "scripted":
        return seat == placed
    return bool(_OF_THE_SUITE(seat) == _OF_THE_SUITE(placed))


def timing_contradiction(timing: Timing) -> str | None:
    """A contradiction in timings, in words; None where they are consistent."""
    numbers = (timing.seconds, *(call.seconds for call in timing.calls))
    if not all(math.isfinite(number) for number in numbers):
        return "a time is no finite number"
    counts = ((call.call, call.attempts, call.cached_tokens or 0) for call in timing.calls)
    if not all(0 <= count <= MOST_TOKENS for row in counts for count in row):
        return "a count of a call is out of range"
    return None


def score_contradiction(score: Score) -> str | None:
    """A contradiction in a score, in words; None where it is consistent."""
    if not score.evaluator or "." in score.evaluator:
        return f"no evaluator is called {_shown(score.evaluator)}"
    return None


def info_contradiction(info: RunInfo) -> str | None:
    """A contradiction in ``run.json``, in words; None where it is consistent."""
    for key, scenario in info.scenarios.items():
        if key != scenario.id:
            return f"the scenario {_shown(key)} calls itself {_shown(scenario.id)}"
    if info.dialogues < 0:
        return f"{info.dialogues} dialogues were planned"
    for number, one in enumerate(info.declarations, start=1):
        if one.hash != hash_of(one.contrasts, one.checks):
            return f"declaration {number} does not match its hash"
    if info.declarations and not info.declarations[-1].asks(info.suite):
        return "its comparisons and checks are not those that were declared last"
    return None


def _hold(holds: bool, what: str) -> None:
    if not holds:
        raise _Contradiction(what)


def _shown(text: object) -> str:
    said = ascii(text)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}..."


@dataclass(frozen=True)
class _Options:
    """What a package may say.

    Attributes:
        by_issue: Issue -> its options.
        pairs: The same as pairs of an issue and an option.
    """

    by_issue: Mapping[str, Collection[str]]
    pairs: frozenset[tuple[str, str]]


@once_per_object
def _options(scenario: Scenario) -> _Options:
    by_issue = {issue.id: frozenset(issue.option_ids()) for issue in scenario.issues}
    pairs = frozenset((issue, option) for issue, own in by_issue.items() for option in own)
    return _Options(by_issue, pairs)


@dataclass(slots=True)
class _Table:
    """What the parts of a transcript are held against. Not frozen: that takes longer to make.

    Attributes:
        seats: At the table.
        options: Of the scenario.
        rounds, turns: Most rounds, and turns of a delegation in a round; without an end where the
            rules are not known.
        calls: Seat of every call.
        put: Offer -> who put it, and what it says; filled turn by turn.
    """

    seats: frozenset[str]
    options: _Options
    rounds: float
    turns: float
    calls: tuple[str, ...]
    put: dict[str, tuple[str, Package]] = field(default_factory=dict)


def _check(transcript: Transcript, scenarios: Mapping[str, Scenario]) -> None:
    spec = transcript.spec
    if transcript.schema_version == SCHEMA_VERSION and transcript.id != spec.id:
        _hold(False, f"its id is not that of its spec, which is {spec.id}")
    _hold(transcript.kind == spec.kind, "it states its kind twice")
    scenario = scenarios.get(spec.scenario)
    if scenario is None:
        raise _Contradiction(f"the run has no scenario {_shown(spec.scenario)}")
    seats = _seats(spec, scenario)
    _check_status(transcript)
    for index, call in enumerate(transcript.calls):
        if call.index != index:
            _hold(False, f"call {index} says that it is call {_shown(call.index)}")
        if call.seat not in seats:
            _hold(False, f"call {index} is of seat {_shown(call.seat)}, which is not at the table")
        _check_usage(call.usage, index)
    rules = spec.protocol if isinstance(spec, TalksSpec) else None
    table = _Table(
        seats=seats,
        options=_options(scenario),
        rounds=math.inf if rules is None else rules.rounds,
        turns=math.inf if rules is None else rules.turns,
        calls=tuple([call.seat for call in transcript.calls]),
    )
    if transcript.void is not None:
        _known(transcript.void.seat, seats, "the reason of the void")
        _check_calls((), transcript.void.repairs, None, table, "the reason of the void")
    _check_talks(transcript.body, table)


def _seats(spec: TalksSpec | RecordedSpec, scenario: Scenario) -> frozenset[str]:
    """Who sits at the table, held against the scenario; once for talks that have them in common."""
    known = _held(spec.seats)
    if id(scenario) not in known:
        known[id(scenario)] = (scenario, _hold_seats(spec, scenario))
    return known[id(scenario)][1]


@once_per_object
def _held(seats: tuple[SeatSpec | RecordedSeat, ...]) -> dict[int, tuple[Scenario, frozenset[str]]]:
    """Identity of a scenario -> the scenario, and who sits at its table: none so far."""
    return {}


def _hold_seats(spec: TalksSpec | RecordedSpec, scenario: Scenario) -> frozenset[str]:
    seats = frozenset(placed.seat for placed in spec.seats)
    if len(seats) != len(spec.seats):
        _hold(False, "a seat is taken twice")
    _hold(seats >= {"o", "u"}, "nobody sits in seat o, or nobody in seat u")
    for placed in spec.seats:
        principal = scenario.principals.get(placed.principal)
        if principal is None:
            raise _Contradiction(
                f"seat {placed.seat} acts for {_shown(placed.principal)}, who is no principal of "
                f"scenario {spec.scenario}"
            )
        # An absent principal may be brought to the table, but never in one of the two chairs.
        if not (principal.at_table or principal.public) and placed.seat in ("o", "u"):
            _hold(False, f"seat {placed.seat} acts for {placed.principal}, who is not at the table")
    o, u = spec.seat("o").principal, spec.seat("u").principal
    _hold(o != u, "seats o and u act for the same one")
    return seats


def _check_status(transcript: Transcript) -> None:
    void, outcome = transcript.void, transcript.body.outcome
    broken = transcript.status != "done"
    if not (broken == (outcome.kind == "void") == (void is not None)):
        _hold(False, f"its status {transcript.status} does not go with how its talks ended")
    if void is not None:
        unfinished = void.kind in NOT_FINISHED
        if unfinished != (transcript.status == "failed"):
            _hold(False, f"its status {transcript.status} does not go with a void {void.kind}")


def _check_talks(talks: Talks, table: _Table) -> None:
    if frozenset(talks.order) != table.seats or len(talks.order) != len(table.seats):
        _hold(False, "its speaking order is not one of its seats")
    round_ = 1
    for index, turn in enumerate(talks.turns):
        if turn.index != index:
            _hold(False, f"turn {index} says that it is turn {_shown(turn.index)}")
        if not round_ <= turn.round <= table.rounds:
            _hold(False, f"turn {index} is in round {_shown(turn.round)}")
        round_ = turn.round
        _check_turn(turn, table)
    for seat, debrief in talks.debriefs.items():
        if seat not in table.seats:
            _hold(False, f"seat {_shown(seat)}, which is not at the table, is asked afterwards")
        _check_debrief(debrief, seat, table)
    _check_outcome(talks, table)


def _check_turn(turn: Turn, table: _Table) -> None:
    what, move = f"turn {turn.index}", turn.move
    if turn.seat not in table.seats:
        _hold(False, f"{what} is of seat {_shown(turn.seat)}, which is not at the table")
    if not 1 <= turn.step <= table.turns:
        _hold(False, f"{what} is step {_shown(turn.step)} of {table.turns}")
    if turn.calls or turn.repairs:
        _check_calls(turn.calls, turn.repairs, turn.seat, table, what)
    if turn.kind == "caucus":
        _hold(move is None, f"{what} is a caucus with a move")
        return
    if move is None:
        raise _Contradiction(f"{what} has no move")
    consults = move.action is Action.CONSULT
    if consults != (turn.kind == "consultation") or consults != (turn.capital is not None):
        _hold(False, f"{what} is a {turn.kind} whose move is to {move.action.value}")
    if move.package is not None:
        _check_package(move.package, table.options, what, complete=True)
    elif consults or move.action is Action.PROPOSE:
        _hold(False, f"{what} lacks the package")
    for named in (move.position, move.agreed):
        if named is not None:
            _check_package(named, table.options, what, complete=False)
    if turn.capital is not None:
        _check_package(turn.capital.package, table.options, what, complete=True)
        _check_capital(turn.capital, what)
    if move.action is Action.PROPOSE:
        if turn.offer is None or turn.offer in table.put:
            _hold(False, f"{what} puts an offer without a name of its own")
        assert turn.offer is not None
        assert move.package is not None
        table.put[turn.offer] = (turn.seat, move.package)
        if move.or_package is not None:
            _check_package(move.or_package, table.options, what, complete=True)
            table.put[f"{turn.offer}{SECOND}"] = (turn.seat, move.or_package)
    elif move.offer is not None and move.offer not in table.put:
        _hold(False, f"{what} answers the offer {_shown(move.offer)}, which was never put")


def _check_capital(answer: CapitalAnswer, what: str) -> None:
    sound = _unit(answer.value) and _unit(answer.reservation)
    _hold(sound, f"{what}: a value of the capital is not between 0 and 1")


def _check_package(package: Package, options: _Options, what: str, *, complete: bool) -> None:
    if not package.items() <= options.pairs:
        for issue, option in package.items():
            if option not in options.by_issue.get(issue, ()):
                _hold(False, f"{what}: {_shown(issue)} has no option {_shown(option)}")
    if complete and len(package) != len(options.by_issue):
        _hold(False, f"{what}: its package leaves an issue open")


def _check_calls(
    calls: Sequence[int], repairs: Sequence[Repair], seat: str | None, table: _Table, what: str
) -> None:
    if repairs:
        calls = [*calls, *(repair.call for repair in repairs if repair.call is not None)]
    for call in calls:
        if not 0 <= call < len(table.calls):
            _hold(False, f"{what} names call {_shown(call)} of {len(table.calls)}")
        if seat is not None and table.calls[call] != seat:
            _hold(False, f"{what} names call {call}, which is of another seat")


def _check_usage(usage: Usage, index: int) -> None:
    for count in (usage.prompt, usage.completion, usage.reasoning):
        if count is not None and not 0 <= count <= MOST_TOKENS:
            _hold(False, f"call {index} took {_shown(count)} tokens")


def _check_debrief(debrief: Debrief, seat: str, table: _Table) -> None:
    what = f"the debrief of seat {seat}"
    _check_calls(debrief.calls, debrief.repairs, seat, table, what)
    numbers = [*debrief.reservations.values()]
    numbers += [] if debrief.margin is None else [debrief.margin]
    _hold(all(map(math.isfinite, numbers)), f"{what}: a number is not finite")


def _check_outcome(talks: Talks, table: _Table) -> None:
    outcome = talks.outcome
    last = talks.turns[-1].round if talks.turns else 1
    if not last <= outcome.round <= table.rounds:
        _hold(False, f"the outcome is in round {_shown(outcome.round)}")
    if outcome.turn is not None and not 0 <= outcome.turn < len(talks.turns):
        _hold(False, f"the outcome is in turn {_shown(outcome.turn)} of {len(talks.turns)}")
    _known(outcome.proposer, table.seats, "the outcome")
    _known(outcome.by, table.seats, "the outcome")
    if (outcome.kind == "deal") != (outcome.package is not None):
        how = outcome.kind.replace("_", " ")
        _hold(False, f"the outcome is a {how}, and has terms or has none")
    for offer in outcome.explored or ():
        _hold(offer in table.put, f"the sketch {_shown(offer)} was never put")
    for seat, answer in (outcome.ratification or {}).items():
        _known(seat, table.seats, "the ratification")
        _hold(answer.package == outcome.package, "the ratification is of other terms than the deal")
        _check_capital(answer, "the ratification")
    if outcome.package is not None:
        _check_package(outcome.package, table.options, "the outcome", complete=True)
        known = table.put.get(outcome.offer or "")
        if known is not None and known != (outcome.proposer, outcome.package):
            _hold(False, f"the deal is not the offer {outcome.offer} as it was put")


def _known(seat: str | None, seats: frozenset[str], what: str) -> None:
    if seat is not None and seat not in seats:
        _hold(False, f"{what} names seat {_shown(seat)}, which is not at the table")


def _unit(number: float) -> bool:
    return -1e-6 <= number <= 1 + 1e-6
