"""The two-part table: agreement, then the terms, of every arm and of the primary contrast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.analysis.families import ALL, Family
from harness.analysis.twopart import SELECTION, ArmPart, Difference, TwoPart, no_deal_note
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, deals_of, plain, points, signed, within

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.by_model import ModelFinding
    from harness.analysis.effect import Effect

IN_TWO_PARTS: Final = ("settlement.skew", "settlement.agreement")
"""Measures that the table has a column for."""
LARGE: Final = 2
"""Parts of the answer that are set large: agreement, and terms. What follows says their size."""
MAX_ARMS: Final = 4
"""Arms that the terminal lists by family where no contrast says which matter."""
DISAGREES: Final = "≠"
"""Stands by a difference of normalised gains whose sign is not that of the skew."""
_NOTES: Final = (
    (
        "skew: how far talks ended from a fair split; + leans to the official seat, whoever the "
        "arm puts there, and - to the other seat. No deal counts at its own value. For each kind "
        "of scenario: the range of skew of the deals that both sides prefer to no deal."
    ),
    "given a deal: skew of the talks that ended in one.",
    (
        "gains: true value over no deal to the principal of the official / the other seat, in "
        "points of 100."
    ),
    (
        "norm. gains: each side's gain as a share of the most it can gain, official minus other. "
        f"{DISAGREES}: it favours another side than skew does."
    ),
    "dist.: how far inside the Pareto frontier talks ended; the farther, the less skew means.",
    "±: 95% interval over scenarios; none for a single scenario.",
)
HEADINGS: Final = (
    "arm",
    "deals",
    "skew to\nofficial seat",
    "skew given\na deal",
    "gains,\npoints",
    "norm.\ngains",
    "dist.",
)


@dataclass(frozen=True)
class Line:
    """A row of the table as people read it.

    Attributes:
        label: The arm, or what the row is.
        cells: deals, skew, skew given a deal, gains, normalised gains, distance.
        strong: The row is a difference of two arms.
    """

    label: str
    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class Group:
    """The rows of a family of scenarios.

    Attributes:
        title: Its name, and how many scenarios it has.
        allowed: The smallest and the largest skew in its zones of agreement, on average.
    """

    title: str
    allowed: str
    lines: tuple[Line, ...]


def groups(parts: TwoPart, arms: tuple[str, ...] | None = None) -> list[Group]:
    """The table, a family of scenarios after the other, all scenarios first.

    Args:
        arms: Only these by family; None for all.
    """
    return [
        Group(
            f"{family.name} ({len(family.scenarios)})",
            _allowed(parts.of_family(family.name)),
            tuple(_lines(parts, family, None if family.name == ALL else arms)),
        )
        for family in parts.families
    ]


def notes(parts: TwoPart) -> list[str]:
    """What the columns and rows of the table mean, a sentence or two each."""
    said = list(_NOTES)
    if (difference := parts.difference()) is not None:
        said.append(
            f"difference: {difference.treatment} minus {difference.control}, pair by pair; pp: "
            "percentage points."
        )
    return said


def arms_by_family(parts: TwoPart, primary: Effect | None) -> tuple[str, ...]:
    """The arms that are listed by family: those of the primary contrast, else the first ones."""
    if primary is None:
        return tuple(arm.arm for arm in parts.of_family(ALL)[:MAX_ARMS])
    contrast = primary.contrast
    return tuple(arm for arm in (contrast.control, contrast.treatment) if arm is not None)


def _allowed(arms: list[ArmPart]) -> str:
    """``−0.08…+0.08``, which is the same for all arms but for the rounds that they end in."""
    for arm in arms:
        least, most = (arm.parts[end].mean for end in ("skew_least", "skew_most"))
        if least is not None and most is not None:
            return f"{signed(least)}…{signed(most)}"
    return ""


def _lines(parts: TwoPart, family: Family, arms: tuple[str, ...] | None) -> Iterator[Line]:
    for arm in parts.of_family(family.name):
        if arms is None or arm.arm in arms:
            yield Line(arm.arm, _of_arm(arm))
    difference = parts.difference(family.name)
    if difference is not None:
        yield Line("difference", _of_difference(difference), strong=True)


def _of_arm(arm: ArmPart) -> tuple[str, ...]:
    part = arm.parts
    return (
        deals_of(arm),
        within(part["skew"].mean, part["skew"].interval),
        within(part["skew_given_deal"].mean, part["skew_given_deal"].interval),
        _gains(part["gain_o"].mean, part["gain_u"].mean),
        _gap(part["normalised_gap"].mean, disagrees=arm.signs_disagree),
        plain(part["frontier_distance"].mean),
    )


def _of_difference(difference: Difference) -> tuple[str, ...]:
    part = difference.parts
    agreement = part["agreement"].estimate
    return (
        MISSING if agreement is None else f"{points(agreement)} pp",
        within(part["skew"].estimate, part["skew"].interval),
        within(part["skew_given_deal"].estimate, part["skew_given_deal"].interval),
        _gains(part["gain_o"].estimate, part["gain_u"].estimate),
        _gap(part["normalised_gap"].estimate, disagrees=difference.signs_disagree),
        signed(part["frontier_distance"].estimate),
    )


def _gains(official: float | None, other: float | None) -> str:
    """``+12/−20``: points of the official and of the other seat's principal."""
    return MISSING if official is None and other is None else f"{points(official)}/{points(other)}"


def _gap(value: float | None, *, disagrees: bool | None) -> str:
    return f"{signed(value)} {DISAGREES}" if disagrees else signed(value)


def lineup_groups(lineups: Sequence[ModelFinding], *, whole: bool = True) -> list[Group]:
    """The table of every line-up: the arms that are compared, and how they differ.

    Args:
        whole: On all scenarios alone; else also on every family of them, and with all arms.
    """
    found = []
    for one in lineups:
        parts = one.two_part
        if parts is None:
            continue
        compared = arms_by_family(parts, one.primary)
        if whole:
            lines = tuple(_lines(parts, parts.families[0], compared))
            found.append(Group(one.short, _allowed(parts.of_family(ALL)), lines))
        else:
            listed = groups(parts, compared)
            found += [replace(group, title=f"{one.short}: {group.title}") for group in listed]
    return found


def print_by_lineup(lineups: Sequence[ModelFinding], console: Console) -> None:
    """Print the table of each line-up below one another, and what its columns mean."""
    _print(lineup_groups(lineups), console)
    known = [one.two_part for one in lineups if one.two_part is not None]
    said = dict.fromkeys(note for parts in known for note in notes(parts))
    for note in (*said, *lineup_notes(lineups)):
        console.print(shown(note, style="dim"))


def lineup_notes(lineups: Sequence[ModelFinding]) -> list[str]:
    """What a reader must know beside the numbers, of the arms that are compared; each sentence that
    is of one line-up says of which."""
    found = dict[str, None]()
    for one in lineups:
        if (parts := one.two_part) is None:
            continue
        compared = arms_by_family(parts, one.primary)
        arms = [arm for arm in parts.of_family(ALL) if arm.arm in compared]
        if any(arm.deals < arm.done for arm in arms):
            found[SELECTION] = None
        found.update((f"{one.short}: {note}", None) for a in arms if (note := no_deal_note(a)))
    return list(found)


def _print(found: Sequence[Group], console: Console) -> None:
    rows: list[tuple[str, ...]] = []
    for group in found:
        blank = [""] * (len(HEADINGS) - 3)
        rows.append((group.title, "", group.allowed, *blank))
        rows += [(f"  {line.label}", *line.cells) for line in group.lines]
    columns = range(len(HEADINGS))
    print_table(console, HEADINGS, rows, names=columns, right=columns[1:])
    console.print()


def print_two_part(parts: TwoPart, primary: Effect | None, console: Console) -> None:
    """Print the table, and what its columns mean."""
    _print(groups(parts, arms_by_family(parts, primary)), console)
    for note in (*parts.notes, *notes(parts)):
        console.print(shown(note, style="dim"))
