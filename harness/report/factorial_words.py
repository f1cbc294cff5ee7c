"""What combinations of incentives show, in words and as a table; the same at the terminal and on
the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from harness.analysis.factorial_effects import FactorialFinding, Part
from harness.analysis.numbers import p_value
from harness.analysis.verdict import LEAST_SCENARIOS
from harness.errors import counted
from harness.incentives.tracks import MECHANISMS
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, exact

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.findings import Findings

HEADINGS: Final = ("incentive", "share", "main effect")
PAIRS: Final = ("two incentives", "together, beyond\none by one")
MORE: Final = ("incentive", "last, beyond alone")
_ON: Final = {"1": "added to Track 1", "1.5": "left out of Track 1.5"}
_EVEN: Final = 1e-6
"""Most by which an interval may miss the middle and still be told by its half."""


def called(part: Part) -> str:
    """What a part is of: an incentive by its title, two by their names, or all together."""
    if len(part.mechanisms) == 1:
        return MECHANISMS[part.mechanisms[0]].title
    return " × ".join(part.mechanisms) or "all together"


def _named(part: Part) -> str:
    """As :func:`called`, with the name by which pairs of it are called."""
    return f"{called(part)} ({part.mechanisms[0]})" if len(part.mechanisms) == 1 else called(part)


def marked(part: Part) -> str:
    """A part with its interval, and a star where it is shown: ``+0.018 ±0.008*``; its ends, where
    a bound of the measure has cut one off."""
    if part.estimate is None:
        return MISSING
    text, ends = _signed(part.estimate), part.interval
    if ends is not None and abs(ends[0] + ends[1] - 2 * part.estimate) > _EVEN:
        text += f" [{_signed(ends[0])}, {_signed(ends[1])}]"
    elif ends is not None:
        text += f" ±{(ends[1] - ends[0]) / 2:.3f}"
    return text + ("*" if part.shown else "")


def _signed(value: float) -> str:
    """Three decimals and a sign; no sign where they show only zeros."""
    text = f"{value:+.3f}"
    return "0.000" if text in ("+0.000", "-0.000") else text.replace("-", "−")


def share_rows(found: FactorialFinding) -> list[tuple[str, ...]]:
    """Each incentive: its share of the whole and its main effect; then the whole. Empty without
    shares."""
    main = {part.mechanisms: part for part in found.of("main")}
    rows = [
        (_named(part), marked(part), marked(main[part.mechanisms])) for part in found.of("shapley")
    ]
    return [*rows, *((called(part), marked(part), "") for part in found.of("total"))]


def pair_rows(found: FactorialFinding) -> list[tuple[str, ...]]:
    """Each two incentives, and how much more they do together than one by one."""
    return [(called(part), marked(part)) for part in found.of("two_way")]


def more_rows(found: FactorialFinding) -> list[tuple[str, ...]]:
    """Each incentive, and how much more it does last of all than alone."""
    return [(_named(part), marked(part)) for part in found.of("more")]


def tables(found: FactorialFinding) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Headings and rows of each table that has rows."""
    made: tuple[tuple[tuple[str, ...], list[tuple[str, ...]]], ...] = (
        (HEADINGS, share_rows(found)),
        (PAIRS, pair_rows(found)),
        (MORE, more_rows(found)),
    )
    return [(headings, rows) for headings, rows in made if rows]


def sentences(found: FactorialFinding, measure: str) -> list[str]:
    """What it shows, what it does not, and what it is made of.

    Args:
        found: Of a run, or of a line-up of it.
        measure: Title of the measure.
    """
    said = [*_design(found)]
    if not found.parts:
        said.append("No dialogue has a value together with its counterparts in all combinations.")
    elif found.mechanisms:
        said += [*_whole(found, measure), *_each(found)]
        said.append(_pairs(found, "two_way", "does more or less together than one by one"))
    else:
        said.append(_pairs(found, "more", "does more or less last of all than alone"))
    said += [*_strength(found), *_left_out(found)]
    return said


def _design(found: FactorialFinding) -> Iterator[str]:
    k, possible = len(found.switched), 2 ** len(found.switched)
    of = f"{k} incentives {_ON[found.track]}"
    if found.full:
        yield f"The suite plays all {possible} combinations of {of}."
        return
    some = f"{found.played} of {possible:,} combinations"
    yield f"Not a full factorial: the suite plays {some} of {of}."
    if not found.mechanisms:
        yield (
            "So how the whole is shared out between them (Shapley values) cannot be told. What can "
            "is how much more each does when all others are on than alone; the two tracks differ "
            "in roles too. The suite factorial plays every combination of four."
        )
        return
    names = ", ".join(MECHANISMS[name].title for name in found.mechanisms)
    others = "off" if found.track == "1" else "on"
    yield f"Every combination is played of {names}, with the others {others}: this is of these."


def _whole(found: FactorialFinding, measure: str) -> Iterator[str]:
    (total,) = found.of("total")
    sets = counted(found.places, "dialogue")
    yield (
        f"All of them together change {measure} by {_told(total)}, over "
        f"{counted(len(found.scenarios), 'scenario')} and {sets} in each combination."
    )
    if found.adds_up:
        yield "The shares add up to that, exactly."
    else:
        yield "The shares do not add up to that: this is a fault of the program."


def _each(found: FactorialFinding) -> Iterator[str]:
    shown_, not_shown = _by_verdict(found.of("shapley"))
    for part in shown_:
        p = "" if part.holm_p is None else f"; corrected {p_value(part.holm_p)}"
        yield f"Shown: the share of {called(part)} is {_told(part)}{p}."
    if not_shown:
        names = "; ".join(called(part) for part in not_shown)
        yield f"No share shown: {names}. {_most(not_shown)}"


def _pairs(found: FactorialFinding, kind: str, claim: str) -> str:
    shown_, not_shown = _by_verdict([part for part in found.parts if part.kind == kind])
    said = [f"Shown: {called(part)}: {_told(part)}." for part in shown_]
    if not_shown and not shown_:
        what = "pair of them" if kind == "two_way" else "of them"
        said.append(f"Nothing shows that any {what} {claim}. {_most(not_shown)}")
    elif not_shown:
        said.append(f"Of the others none is shown. {_most(not_shown)}")
    return " ".join(said)


def _by_verdict(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    return [part for part in parts if part.shown], [part for part in parts if not part.shown]


def _most(parts: Sequence[Part]) -> str:
    """How large what is not shown could be: a null is told as plainly as an effect."""
    known = [part.interval for part in parts if part.interval is not None]
    if not known:
        return "None of these has an interval."
    most = max(abs(end) for ends in known for end in ends)
    said = f"The 95% intervals exclude more than {exact(most)} either way."
    without = [called(part) for part in parts if part.interval is None]
    return f"{said} Without an interval: {'; '.join(without)}." if without else said


def _told(part: Part) -> str:
    if part.interval is None:
        return exact(part.estimate)
    lo, hi = part.interval
    return f"{exact(part.estimate)} (95% interval {exact(lo)} to {exact(hi)})"


def _strength(found: FactorialFinding) -> Iterator[str]:
    most = max((len(part.scenario_values) for part in found.parts), default=0)
    if found.parts and most < LEAST_SCENARIOS:
        yield f"Nothing can be shown with fewer than {LEAST_SCENARIOS} scenarios."
    if found.tests:
        kinds = "shares and pairs" if found.mechanisms else "differences"
        yield (
            f"*: shown; p is corrected over the {counted(found.tests, 'test')} of these {kinds} "
            "(Holm), and the scenario is the unit."
        )


def _left_out(found: FactorialFinding) -> Iterator[str]:
    lacking = ", ".join(
        f"{arm} {number} of {found.dialogues[arm]}"
        for arm, number in found.lacking.items()
        if number
    )
    if found.excluded:
        own = f" (without a value: {lacking})" if lacking else ""
        yield (
            f"{counted(found.excluded, 'dialogue')} excluded: no value, or no counterpart with a "
            f"value in every other combination{own}."
        )
    elif lacking:
        yield f"Excluded with their counterparts, since they have no value: {lacking}."
    if found.without:
        yield f"Scenarios without a complete set: {', '.join(found.without)}."


def each(findings: Findings) -> list[tuple[str, FactorialFinding | None]]:
    """That of the run, without a name; or of each of its line-ups, with the line-up's."""
    of_lineups = [(one.short, one.factorial) for one in findings.by_model]
    return of_lineups or [("", findings.factorial)]


def print_factorial(findings: Findings, console: Console) -> None:
    """Of a run, or of each of its line-ups; nothing where incentives are not combined."""
    for name, found in each(findings):
        if found is not None:
            _print_one(found, findings.title_of(findings.primary_measure), name, console)


def _print_one(found: FactorialFinding, measure: str, name: str, console: Console) -> None:
    console.print()
    console.print(shown(f"What incentives do together{f': {name}' if name else ''}", "bold"))
    for headings, rows in tables(found):
        print_table(console, headings, rows, names=range(1, len(headings)))
        console.print()
    for sentence in sentences(found, measure):
        console.print(shown(sentence, style="dim"))
