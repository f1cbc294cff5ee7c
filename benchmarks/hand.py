"""What readers and a revealed hand do to later real talks, with scripted delegations on both sides.

Scripts are instruments: this shows that the machinery does what its formulas say, and how large its
effects are in the shipped disputes. It is no evidence about people or models.

Each line is the mean, over disputes, of how much more than without anything before them the
principal of seat u gains in the later talks, with a 95 % t interval over disputes; then the same of
seat o, and of the share of talks that end in a deal. No deal is a gain of 0. Every dispute is
played from both chairs and with both openers.

* *knows*: the official of seat o reads the other side's weights as they truly are, and does nothing
  else with them. It gives more.
* *holds out*: it estimates them from an earlier meeting, and holds a floor (``caution``). It gives
  less.
* *readers*: those who advise seat u find every concession of its own cheaper, and every one of the
  other side's dearer (``persuadable`` .5); *reversed*: they have changed their minds the other way.

    python benchmarks/hand.py
    python benchmarks/hand.py --seeds 1 ceasefire opening
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.balance import STORIES
from harness.analysis.intervals import cluster_t
from harness.delegations.seating import seat_delegations
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.errors import Track15Error
from harness.incentives.expectation import public_values
from harness.incentives.tracks import TRACKS, TrackName
from harness.influence.later import LaterKind
from harness.records.later import MEETING, LaterSpec
from harness.records.spec import TalksSpec
from harness.records.transcript import Record, StageRecord
from harness.seeds import derive
from harness.stages.base import Bench
from harness.suite.parts import Protocol, SeatSpec
from harness.talks.stage import TalksKind

CHANGED = 0.5
"""How far the readers' values have moved: those of seat u's principal towards 1, those of the other
towards 0."""
READER = "adviser"
CAUTIONS = (0.25, 0.5, 0.75, 1.0)


class Answer(Record):
    """What a planted reader says."""

    reader: str = READER
    values: dict[str, dict[str, dict[str, float]]]


class Panel(Record):
    """A planted panel of one."""

    answers: tuple[Answer, ...]


class Result(NamedTuple):
    """How later talks ended: what the principals of both seats gain over no deal, and whether there
    is a deal (1) or none (0)."""

    u: float
    o: float
    deal: float


@dataclass(frozen=True)
class Episode:
    """One dispute from one chair, with one opener and seed: what comes before the later talks.

    Attributes:
        scenario: The twin.
        talks: The later talks, as they come without anything before them.
        meeting: Record of the earlier meeting.
        panels: Node -> record of the readers, ``before`` and ``after``.
    """

    scenario: Scenario
    talks: TalksSpec
    meeting: StageRecord
    panels: Mapping[str, StageRecord]

    def play(
        self,
        *,
        caution: float | None = None,
        persuadable: float | None = None,
        reverse: bool = False,
        knows: bool = False,
    ) -> Result:
        """Play the later talks.

        Args:
            caution: Of seat o, which has learned the hand; None where it has not.
            persuadable: Of seat u, which hears the readers; None where it does not.
            reverse: Whether what the readers said before and after is exchanged.
            knows: Whether seat o reads the other side's weights as they truly are.
        """
        inputs: dict[str, StageRecord] = {}
        links: dict[str, Any] = {}
        if caution is not None:
            inputs[MEETING], links["caution"] = self.meeting, caution
        if persuadable is not None:
            before, after = self.panels["before"], self.panels["after"]
            inputs |= {
                "before": after if reverse else before,
                "after": before if reverse else after,
            }
            links |= {"advising": (READER,), "quorum": 1, "persuadable": persuadable}
        talks = self.talks
        spec = LaterSpec(
            scenario=talks.scenario,
            scenario_hash=talks.scenario_hash,
            twin=talks.twin,
            seed=talks.seed,
            talks=talks,
            inputs={name: record.id for name, record in inputs.items()},
            **links,
        )
        scenario = told(self.scenario) if knows else self.scenario
        played = asyncio.run(LaterKind().play(spec, inputs, bench(scenario)))
        outcome = played.record.body.outcome
        if outcome.package is None:
            return Result(0.0, 0.0, 0.0)
        terms = [
            self.scenario.terms(getattr(self.scenario.seats, seat), outcome.round)
            for seat in ("u", "o")
        ]
        u, o = (one.utility(outcome.package) - one.reservation for one in terms)
        return Result(u, o, 1.0)


def told(scenario: Scenario) -> Scenario:
    """The dispute, with the true weights of seat u's principal for its public image."""
    name = scenario.seats.u
    own = scenario.principals[name]
    assert own.public is not None
    image = own.public.stereotype.model_copy(update={"weights": dict(own.weights)})
    public = own.public.model_copy(update={"stereotype": image})
    shown = {**scenario.principals, name: own.model_copy(update={"public": public})}
    return scenario.model_copy(update={"principals": shown})


def bench(scenario: Scenario) -> Bench:
    """What plays scripts on a dispute."""

    def nobody(address: str) -> Any:
        raise AssertionError(f"a script asked for {address}")

    return Bench(
        scenario=lambda _, __: scenario, seats=lambda spec: seat_delegations(spec, nobody, None)
    )


def planned(scenario: Scenario, twin: Twin, track: TrackName, seed: int, opener: str) -> TalksSpec:
    """Scripted talks of a track on a twin; two rounds."""
    seats = ((name, TRACKS[track].seat(name)) for name in ("o", "u"))
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=twin,
        seed=seed,
        protocol=Protocol().resolved(),
        opener=opener,
        seats=tuple(
            SeatSpec(
                seat=name,
                principal=getattr(scenario.seats, name),
                role=one.role,
                authority=one.authority,
                profile=one.profile,
            )
            for name, one in seats
        ),
    )


def episodes(written: Scenario, seeds: int) -> Iterator[Episode]:
    """A dispute from both chairs, with both openers, and as many seeds."""
    for twin in (Twin.NONE, Twin.SEATS):
        scenario = written.twin(twin)
        for number in range(seeds):
            seed = derive(1, written.id, number)
            for opener in ("o", "u"):
                first = planned(scenario, twin, "1.5", seed, opener)
                meeting = asyncio.run(TalksKind().play(first, {}, bench(scenario))).record
                talks = planned(scenario, twin, "1", seed, opener)
                yield Episode(scenario, talks, meeting, panels(scenario))


def panels(scenario: Scenario) -> dict[str, StageRecord]:
    """A reader before, with the public image, and after."""
    o, u = (public_values(scenario, one) for one in (scenario.seats.o, scenario.seats.u))
    names = (scenario.seats.o, scenario.seats.u)
    cheap = {i: {k: v + CHANGED * (1 - v) for k, v in values.items()} for i, values in u.items()}
    dear = {i: {k: v - CHANGED * v for k, v in values.items()} for i, values in o.items()}
    said = {"before": (o, u), "after": (dear, cheap)}
    return {
        when: StageRecord(
            id=f"{number:016x}",
            status="done",
            kind="readership",
            spec={},
            body=Panel(answers=(Answer(values=dict(zip(names, values, strict=True))),)),
        )
        for number, (when, values) in enumerate(said.items())
    }


Condition = Callable[[Episode], Result]
CONDITIONS: dict[str, Condition] = {
    "knows": lambda one: one.play(knows=True),
    **{f"holds out, {c:g}": lambda one, c=c: one.play(caution=c) for c in CAUTIONS},  # type: ignore[misc]
    "holds out, 0": lambda one: one.play(caution=0.0),
    "readers": lambda one: one.play(persuadable=0.5),
    "readers, reversed": lambda one: one.play(persuadable=0.5, reverse=True),
    "readers, nobody follows": lambda one: one.play(persuadable=0.0),
    "readers and hand": lambda one: one.play(persuadable=0.5, caution=0.5),
}


def differences(
    written: Scenario, seeds: int, conditions: Mapping[str, Condition] = CONDITIONS
) -> dict[str, Result]:
    """Condition -> mean difference from talks without anything before them, on one dispute."""
    found: dict[str, list[Result]] = {name: [] for name in conditions}
    for episode in episodes(written, seeds):
        without = episode.play()
        for name, condition in conditions.items():
            apart = zip(condition(episode), without, strict=True)
            found[name].append(Result(*(one - other for one, other in apart)))
    return {
        name: Result(*map(fmean, zip(*results, strict=True))) for name, results in found.items()
    }


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="What readers and a hand do to later real talks.")
    parser.add_argument("scenarios", nargs="*", help="names or paths; none for the stories")
    parser.add_argument("--seeds", type=int, default=2, help="seeds a dispute (default 2)")
    arguments = parser.parse_args(argv)
    try:
        names = arguments.scenarios or STORIES
        scenarios = [one for name in names for one in load_scenarios(name)]
    except Track15Error as error:
        parser.exit(2, f"{error}\n")
    rows = [differences(one, arguments.seeds) for one in scenarios]
    print(f"{len(rows)} disputes, {4 * arguments.seeds} episodes each, less talks by themselves")
    print(f"{'':24} {'gain of seat u':44} gain of seat o  deals")
    for name in CONDITIONS:
        u, o, deal = zip(*(row[name] for row in rows), strict=True)
        found = cluster_t(u)
        interval = "" if found is None else f" ({found.lo:+.3f} to {found.hi:+.3f})"
        signs = f"{sum(v > 0 for v in u)} up, {sum(v < 0 for v in u)} down"
        first = f"{fmean(u):+.4f}{interval}  {signs}"
        print(f"{name:24} {first:44} {fmean(o):+.4f}         {fmean(deal):+.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
