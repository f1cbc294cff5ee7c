"""What each shipped dispute is worth to whom, so that no scenario builds a result in.

Enumerates all packages, and plays a scripted Track 1 in both speaking orders. Prints the tables of
docs/scenarios.md in Markdown: the bargaining, and what the public believes.

    python benchmarks/balance.py                      # the twelve disputes and the controls
    python benchmarks/balance.py --rounds 3 ceasefire neutral-03 my.yaml

Figures are given as ``official / other`` for the seats before any twin. Exchanging the chairs
negates every skew (tests/app/test_balance.py holds that).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import numpy as np

from harness.app.balance import Bargain, Belief, bargain, belief
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import Track15Error

STORIES = (
    "ceasefire",
    "opening",
    "nuclear",
    "sequencing",
    "armistice",
    "reunification",
    "insurgency",
    "borderland",
    "stalemate",
    "supply",
    "merger",
    "port",
)
CONTROLS = ("surrender", "no-possible-deal", "symmetric", "fair")

# --- tables -------------------------------------------------------------------------------------

HEAD = (
    "scenario",
    "round",
    "no deal",
    "best the other signs",
    "zone",
    "gain at most",
    "Nash",
    "fair (KS)",
    "its shares",
    "its place",
    "Nash skew",
    "skews in the zone",
    "first speaker",
)


def row(one: Bargain) -> str:
    """A line of the table of bargaining."""
    zone = f"{one.zone:,} ({one.zone / one.packages:.1%})"
    skews = "none" if one.lowest is None else f"{_signed(one.lowest)} to {_signed(one.highest)}"
    cells = (
        f"`{one.scenario}`",
        str(one.round),
        _both(one.reservations),
        _both(one.signable),
        zone,
        _both(one.surplus),
        _both(one.nash),
        _both(one.fair),
        _both(one.fair_share),
        _number(one.place),
        _signed(one.nash_skew),
        skews,
        _signed(one.first_speaker),
    )
    return "| " + " | ".join(cells) + " |"


def belief_row(one: Belief, other: Belief) -> str:
    """A line of the table of beliefs: the official seat, and the other."""
    cells = (
        f"`{one.scenario}`",
        f"{_signed(one.reservation, 2)} / {_signed(other.reservation, 2)}",
        _both((one.weights, other.weights)),
        f"{_signed(one.harder)} / {_signed(other.harder)}",
    )
    return "| " + " | ".join(cells) + " |"


def _both(pair: Sequence[float | None] | None) -> str:
    return "none" if pair is None else " / ".join(_number(value) for value in pair)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}".replace("0.", ".", 1)


def _signed(value: float | None, digits: int = 3) -> str:
    if value is None:
        return "none"
    rounded = round(value, digits) + 0.0  # no minus before a zero
    return f"{rounded:+.{digits}f}".replace("0.", ".", 1)


def _head(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n|" + "---|" * len(cells)


def tables(scenarios: Sequence[Scenario], rounds: int) -> Iterator[str]:
    """Both tables, line by line. A round that changes nothing is left out."""
    yield _head(HEAD)
    for scenario in scenarios:
        last = max((reality.after_round for reality in scenario.realities), default=0)
        for round_ in range(1, 1 + min(rounds, last + 1)):
            yield row(bargain(scenario, round_))
    yield ""
    yield _head(("scenario", "no deal", "weights", "harder than it is"))
    pairs = [(belief(one, "o"), belief(one, "u")) for one in scenarios]
    for one, other in pairs:
        yield belief_row(one, other)
    counted = [
        pair for pair, scenario in zip(pairs, scenarios, strict=True) if scenario.control is None
    ]
    if counted:
        means = [float(np.mean([pair[seat].harder for pair in counted])) for seat in (0, 1)]
        yield f"| mean of all but controls | | | {_signed(means[0])} / {_signed(means[1])} |"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="What each dispute is worth to whom.")
    parser.add_argument("scenarios", nargs="*", help="names or paths; none for all that ship")
    parser.add_argument("--rounds", type=int, default=2, help="rounds at most (default 2)")
    arguments = parser.parse_args(argv)
    names = arguments.scenarios or [*STORIES, *CONTROLS]
    try:
        scenarios = [one for name in names for one in load_scenarios(name)]
    except Track15Error as error:
        parser.exit(2, f"{error}\n")
    for line in tables(scenarios, arguments.rounds):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
