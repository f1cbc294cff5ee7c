"""What to look at before a scenario is trusted: one row a rule, with its figure, aim and fix.

The rules are those of docs/scenarios.md, to which every shipped dispute is held. A scenario that
breaks one can still be played. What makes a file unusable is refused when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from harness.app.balance import Bargain, bargain, belief, package_values
from harness.bargaining.solutions import zopa
from harness.bargaining.space import TOLERANCE, Bools
from harness.disputes.scenario import Scenario
from harness.incentives.feasibility import rounds_that_differ
from harness.texts import SaidMark, texts_of

State = Literal["good", "warn", "bad"]

MOST_PACKAGES: Final = 65_536
"""Packages beyond which a dialogue takes seconds to measure."""
ZONE: Final = (0.02, 0.15)
"""Share of packages that both sides at the table prefer to no deal."""
RED_LINE: Final = 0.35
"""Value in [0, 1] that an option behind a red line has to its owner at most."""
OPENING: Final = 0.85
"""Value in [0, 1] of an opening to its owner at least."""
SHARES_APART: Final = 0.10
"""How far apart the gains of both sides at the fair point may be, as shares of their largest."""
FIRST: Final = 0.10
"""Skew that speaking first may bring to scripted delegations, either way."""
ABSENT: Final = (0.05, 0.97)
"""Share of the zone of agreement that an absent party accepts."""
BELIEVED: Final = (0.10, 0.30)
"""How far the public's weights are from the true ones: half the sum of the differences."""
LEAST_NAME: Final = 4
"""Letters of a word of a name from which on it counts as one in a text."""
_ORDER: Final[tuple[State, ...]] = ("good", "warn", "bad")


@dataclass(frozen=True)
class Row:
    """One rule.

    Attributes:
        name: What was looked at.
        state: ``good``; ``warn``: worth a look; ``bad``: what is measured here means little.
        found: The figure, in words.
        aim: What it should be; empty where the figure says it.
        fix: What to change; empty where nothing has to be.
        value: The figure as a number, where it is one.
    """

    name: str
    state: State
    found: str
    aim: str = ""
    fix: str = ""
    value: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; null is a figure that is no number."""
        return asdict(self)


def worst(states: Sequence[State]) -> State:
    """The worst of some states; ``good`` for none."""
    return max(states, key=_ORDER.index, default="good")


def rows(scenario: Scenario, *, played: bool = True) -> list[Row]:
    """Every rule on one scenario, in its first twin.

    Args:
        scenario: Complete and loaded.
        played: Whether scripted talks are played in both speaking orders.
    """
    found = [_size(scenario)]
    if scenario.control is None:
        found += _bargaining(scenario, played=played)
        found += [_openings(scenario), _stereotypes(scenario)]
    else:
        found.append(
            Row(
                "control",
                "good",
                f"{scenario.control}: the right answer is known, so the zone of agreement, the "
                "balance and the stereotypes are not judged",
            )
        )
    return [*found, _red_lines(scenario), _names(scenario), _unused(scenario), _unnamed(scenario)]


def _row(name: str, found: str, aim: str, fix: str, *, ok: bool, value: float | None = None) -> Row:
    return Row(name, "good" if ok else "warn", found, aim, "" if ok else fix, value)


# --- numbers --------------------------------------------------------------------------------------


def _size(scenario: Scenario) -> Row:
    count = int(np.prod(scenario.shape()))
    issues = len(scenario.issues)
    return _row(
        "size",
        f"{issues} issue{'' if issues == 1 else 's'}, {count:,} packages",
        f"at most {MOST_PACKAGES:,}",
        "drop an issue, or options that nobody would argue for",
        ok=count <= MOST_PACKAGES,
        value=count,
    )


def _bargaining(scenario: Scenario, *, played: bool) -> Iterator[Row]:
    """The rules that need all packages enumerated, over the rounds that differ."""
    rounds = list(rounds_that_differ(scenario, 20))
    balances = [bargain(scenario, n, played=played and n == 1) for n in rounds]
    zones = [_zone(scenario, n) for n in rounds]
    yield _share(balances)
    if not all(zone.any() for zone in zones):
        return
    yield _clean(scenario, rounds, zones)
    yield from _absent(scenario, rounds, zones)
    yield _fair(balances)
    if played:
        yield _first_speaker(balances[0])


def _zone(scenario: Scenario, round_: int) -> Bools:
    terms = [scenario.terms(pid, round_) for pid in (scenario.seats.o, scenario.seats.u)]
    u = np.column_stack([package_values(scenario, one) for one in terms])
    return zopa(u, [one.reservation for one in terms])


def _share(balances: Sequence[Bargain]) -> Row:
    """The zone of agreement, of the round in which it is furthest from the aim."""

    def off(one: Bargain) -> float:
        share = one.zone / one.packages
        return max(ZONE[0] - share, share - ZONE[1])

    least = max(balances, key=lambda one: (one.zone == 0, off(one)))
    share = least.zone / least.packages
    row = _row(
        "zone of agreement",
        f"{share:.1%} of packages, in round {least.round}",
        f"{ZONE[0]:.0%} to {ZONE[1]:.0%} in every round",
        "raise a reservation to make agreement harder"
        if share > ZONE[1]
        else "lower a reservation to make agreement easier",
        ok=off(least) <= 0,
        value=share,
    )
    return replace(row, state="bad") if least.zone == 0 else row


def _clean(scenario: Scenario, rounds: Sequence[int], zones: Sequence[Bools]) -> Row:
    """Deals of the zone that cross no red line, of the round with fewest."""
    clean = np.ones(scenario.shape(), dtype=np.bool_)
    for pid in (scenario.seats.o, scenario.seats.u):
        for line in scenario.principals[pid].red_lines:
            axis = scenario.issue_ids().index(line.issue)
            ids = scenario.issue(line.issue).option_ids()
            np.moveaxis(clean, axis, 0)[[ids.index(option) for option in line.options]] = False
    counts = [int((zone & clean.ravel()).sum()) for zone in zones]
    least = int(np.argmin(counts))
    return Row(
        "deals without a red line",
        "good" if counts[least] else "bad",
        f"{counts[least]:,} of {int(zones[least].sum()):,} possible deals, in round "
        f"{rounds[least]}",
        "at least one",
        "" if counts[least] else "make a red line narrower, or lower a reservation",
        counts[least],
    )


def _absent(scenario: Scenario, rounds: Sequence[int], zones: Sequence[Bools]) -> Iterator[Row]:
    """The share of the zone that each absent party accepts, of the round furthest from the aim."""
    for pid, principal in scenario.principals.items():
        if principal.at_table:
            continue
        shares = []
        for round_, zone in zip(rounds, zones, strict=True):
            terms = scenario.terms(pid, round_)
            accepts = package_values(scenario, terms) >= terms.reservation - TOLERANCE
            shares.append(float(accepts[zone].mean()))
        off = [max(ABSENT[0] - share, share - ABSENT[1]) for share in shares]
        at = int(np.argmax(off))
        yield _row(
            f"absent party {pid}",
            f"would accept {shares[at]:.0%} of the possible deals, in round {rounds[at]}",
            f"{ABSENT[0]:.0%} to {ABSENT[1]:.0%}",
            f"{'raise' if shares[at] > ABSENT[1] else 'lower'} its reservation",
            ok=off[at] <= 0,
            value=shares[at],
        )


def _fair(balances: Sequence[Bargain]) -> Row:
    """Whether the fair point gives both sides a like share of what they can gain."""
    aim = f"at most {SHARES_APART:.2f} apart"
    shares = [(one, *one.fair_share) for one in balances if one.fair_share is not None]
    if len(shares) < len(balances):
        idle = next(one for one in balances if one.fair_share is None)
        found = f"a side can gain nothing by any possible deal, in round {idle.round}"
        return _row("balance", found, aim, "lower the reservation of that side", ok=False)
    one, official, other = max(shares, key=lambda share: abs(share[1] - share[2]))
    apart = abs(official - other)
    return _row(
        "balance",
        f"the fair deal gives the official side {official:.2f} and the other side {other:.2f} of "
        f"the most each can gain, in round {one.round}",
        aim,
        "raise the reservation of the side with the larger share",
        ok=apart <= SHARES_APART + TOLERANCE,
        value=apart,
    )


def _first_speaker(one: Bargain) -> Row:
    effect = one.first_speaker
    if effect is None:
        return Row("first speaker", "warn", "the skew of the scripted talks is undefined", "", "")
    return _row(
        "first speaker",
        f"the official side speaking first moves the skew by {effect:+.3f}",
        f"within {FIRST:.2f} of 0",
        "give both sides a similar number of options that they can trade",
        ok=abs(effect) <= FIRST,
        value=effect,
    )


# --- what is written ------------------------------------------------------------------------------


def _red_lines(scenario: Scenario) -> Row:
    """What the options behind red lines are worth to those who draw them."""
    lines = [
        (scenario.principals[pid].values[line.issue][option], pid, f"{line.issue}: {option}")
        for pid in scenario.principals
        for line in scenario.principals[pid].red_lines
        for option in line.options
    ]
    aim = f"at most {RED_LINE:.2f} to their owner"
    if not lines:
        fix = "add 'red_lines' to the principals at the table"
        return _row("red lines", "none", aim, fix, ok=scenario.control is not None)
    high, pid, option = max(lines)
    return _row(
        "red lines",
        f"worth at most {high:.2f} to their owners"
        if high <= RED_LINE
        else f"{option} is worth {high:.2f} of its issue to {pid}, who draws the line",
        aim,
        f"move the red line to a worse option, or lower the value of {option}",
        ok=high <= RED_LINE,
        value=high,
    )


def _openings(scenario: Scenario) -> Row:
    low, fault = 1.0, ""
    for pid in (scenario.seats.o, scenario.seats.u):
        opening = scenario.public(pid).opening
        worth = scenario.terms(pid).utility(opening)
        if worth < OPENING:
            fault = fault or f"the opening of {pid} is worth {worth:.2f} to it"
        low = min(low, worth)
    return _row(
        "openings",
        fault or f"worth at least {low:.2f} to their owners",
        f"at least {OPENING:.2f}",
        "let the opening ask for more",
        ok=not fault,
        value=low,
    )


def _stereotypes(scenario: Scenario) -> Row:
    beliefs = [belief(scenario, seat) for seat in ("o", "u")]
    off = [one.weights for one in beliefs]
    return _row(
        "stereotypes",
        f"the public is wrong about the weights of the official side by {off[0]:.2f} and of the "
        f"other side by {off[1]:.2f}",
        f"{BELIEVED[0]:.2f} to {BELIEVED[1]:.2f}, and similar on both sides",
        "change the weights in 'stereotype'; change both sides by about as much",
        ok=all(BELIEVED[0] - TOLERANCE <= one <= BELIEVED[1] + TOLERANCE for one in off),
        value=max(off),
    )


def _names(scenario: Scenario) -> Row:
    """Words of the names that twins exchange, in texts. Whole names are refused when the file is
    loaded."""
    words: dict[str, str] = {}
    for one in scenario.table_principals():
        pair = scenario.spoken_names()[one]
        for word in re.findall(r"\w+", " ".join(pair)):
            if len(word) >= LEAST_NAME and word[0].isupper():
                words.setdefault(word, one)
    found = {
        (word, ".".join(map(str, path)))
        for path, text in texts_of(scenario, SaidMark)
        for word in re.findall(r"\w+", text)
        if word in words
    }
    first = min(found, key=lambda one: one[::-1], default=("", ""))
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return _row(
        "names in texts",
        f"{first[0]!r} in {first[1]}{more}" if found else "none",
        "none: twins exchange the names",
        f"write ${words.get(first[0], '')} or ${words.get(first[0], '')}_adj",
        ok=not found,
        value=len(found),
    )


def _unused(scenario: Scenario) -> Row:
    """Options in no possible deal, no opening, no red line, and no way of the public's."""
    used: set[tuple[str, str]] = set()
    for pid in (scenario.seats.o, scenario.seats.u):
        used |= set(scenario.public(pid).opening.items())
        for line in scenario.principals[pid].red_lines:
            used |= {(line.issue, option) for option in line.options}
    for round_ in rounds_that_differ(scenario, 20):
        possible = np.unravel_index(np.flatnonzero(_zone(scenario, round_)), scenario.shape())
        for issue, chosen in zip(scenario.issues, possible, strict=True):
            used |= {(issue.id, issue.option_ids()[index]) for index in np.unique(chosen)}
    idle = [
        f"{i.id}: {o}" for i in scenario.issues for o in i.option_ids() if (i.id, o) not in used
    ]
    return _row(
        "unused options",
        _some(idle),
        "every option in a possible deal, an opening or a red line",
        "drop the option, or give it a value at which somebody would take it",
        ok=not idle or scenario.control is not None,
        value=len(idle),
    )


def _unnamed(scenario: Scenario) -> Row:
    """Issues that no text about the dispute speaks of, and issues worth nothing to both sides."""
    about = [scenario.summary, *(reality.text for reality in scenario.realities)]
    for principal in scenario.principals.values():
        about += [principal.description, *(line.why for line in principal.red_lines)]
        about += principal.public.talking_points if principal.public else ()
    spoken = _stems(" ".join(about))
    sides = [scenario.principals[pid].weights for pid in (scenario.seats.o, scenario.seats.u)]
    idle = [
        issue.id
        for issue in scenario.issues
        if not _stems(" ".join([issue.id.replace("_", " "), issue.name, issue.question])) & spoken
        or all(weights[issue.id] <= TOLERANCE for weights in sides)
    ]
    return _row(
        "unused issues",
        _some(idle),
        "every issue in a text, and worth something to a side",
        "say in the summary, a description or a talking point why the issue matters",
        ok=not idle or scenario.control is not None,
        value=len(idle),
    )


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words, so that 'prisoner' and 'prisoners' are one."""
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}


def _some(names: Sequence[str]) -> str:
    more = f", and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more if names else "none"
