"""What a comparison says in words: first what weakens it, then who is ahead and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.analysis.comparison_families import InFamily
from harness.analysis.comparison_judged_words import judged_notes
from harness.analysis.comparison_measures import GAIN
from harness.analysis.comparison_mismatches import LISTED, Mismatch
from harness.analysis.comparison_parts import (
    SEAT_TITLES,
    Comparison,
    Difference,
    Entry,
    Incentive,
)
from harness.analysis.comparison_rows import Meetings
from harness.analysis.effect import Effect
from harness.analysis.missing_words import missing_words
from harness.analysis.numbers import number, p_value
from harness.analysis.values import NOT_SCORED
from harness.analysis.verdict import LEAST_SCENARIOS
from harness.errors import UsageError, be, counted
from harness.records.placement import SCRIPTED
from harness.records.served import warnings

INSTRUMENT: Final = "Scripted delegations: an instrument check, not evidence about models."
FIXED_COUNTERPART: Final = (
    "To compare models alone, play each against the same one: track15 run SUITE --model "
    "official=ONE --model unofficial=EACH"
)
NO_PAIR: Final = "no dialogue on the same place against the same counterpart"
"""Why two entries are not compared."""
_MANY: Final = 3
"""Entries of a seat from which on the best is said to be partly luck."""
_NAMED: Final = 4
"""Entries that a sentence names; the table has all."""


def refusal(found: Sequence[Mismatch], apart: Sequence[str], names: Sequence[str]) -> UsageError:
    """Why runs are not compared, and what to do."""
    where = ", ".join(names)
    if found:
        lines = [f"\n  {one.sentence}\n    to see it: {one.how_to_see}" for one in found[:LISTED]]
        if (more := len(found) - LISTED) > 0:
            lines.append(f"\n  and {more:,} more")
        return UsageError(
            "these runs differ in more than who played:" + "".join(lines),
            where=where,
            fix="compare runs of one suite that differ in --model alone, or in the settings of one "
            "model alone; or pair them all the same with --loose, which marks every figure",
        )
    return UsageError(
        f"nothing can be paired: {_listed(apart)} {'has' if len(apart) == 1 else 'have'} no "
        "scenario, twin, epoch and arm in common with another run",
        where=where,
        fix="compare runs of the same suite; or show them beside each other with --loose",
    )


def warning_of(entry: Entry) -> str:
    """What a reader must know before the figures of an entry; empty where nothing."""
    who = f"{entry.label} ({SEAT_TITLES[entry.seat]})"
    if not entry.done:
        void = f"{entry.void:,} void, {entry.void_by_it:,} of them by it"
        failed = f"; {entry.failed:,} failed" if entry.failed else ""
        return f"{who}: no dialogue of {entry.dialogues:,} came to an end ({void}{failed})."
    if not entry.deals:
        return (
            f"{who}: no deal in {entry.done:,} talks, so every gain is that of no deal, which is 0."
        )
    return ""


def answer_of(found: Comparison) -> tuple[str, ...]:
    """What was found, in sentences."""
    whole = found.whole
    said = [entry.warning for entry in whole.entries if entry.warning]
    if not whole.entries:
        return ("Nothing can be compared: no dialogue is finished.",)
    compared = False
    for seat, title in SEAT_TITLES.items():
        entries = whole.of(seat)
        if len(entries) < 2:
            continue
        compared = True
        said += _leader(found, entries, title)
        said += _beside_incentives(found, seat, title)
    if not compared:
        said.append("Nobody is compared: each seat was played by one delegation alone.")
    if not found.marked:
        return tuple(said)
    parts = ", ".join(dict.fromkeys(one.part for one in found.mismatches))
    doubt = (
        f"The runs differ in more than who played ({parts}), so no difference can be put down to "
        "who played. Every figure is marked with ~."
    )
    return (doubt, *(f"~ {sentence}" for sentence in said))


def _leader(found: Comparison, entries: Sequence[Entry], title: str) -> list[str]:
    ranked = [entry for entry in entries if entry.rank is not None]
    if not ranked:
        return [f"Nothing can be said of the {title}: no entry has a dialogue with a result."]
    first, rest = ranked[0], ranked[1:]
    gain = first.figures[GAIN.name].mean or 0.0
    if not rest:
        return [f"In the {title} only {first.label} has a result: its gain is {number(gain)}."]
    mine = [
        one for one in found.whole.differences if one.one == first.id and one.measure == GAIN.name
    ]
    above = [one for one in mine if one.effect.shown and (one.effect.estimate or 0) > 0]
    got = f"{_signed(gain)} over no deal ({_beside(first)})"
    tied = [entry.label for entry in ranked if entry.rank == 1]
    if len(tied) > 1:
        same = f"{_listed(tied)} have the same gain, {_signed(gain)} over no deal"
        said = [f"No winner is shown in the {title}: {same}."]
    elif any(one.other == rest[0].id for one in above):
        said = [f"In the {title}, {first.label} gets most for its principal: {got}."]
    else:
        said = [f"No winner is shown in the {title}: {first.label} has the highest gain, {got}."]
    if gain <= 0:
        said.append("No delegation of this seat got its principal more than no deal is worth.")
    listed = sorted(mine, key=lambda one: one not in above)
    said += [_against(found, one, shown=one in above) for one in listed[:_NAMED]]
    if GAIN.name in found.tested and not mine:
        said.append(f"{first.label} has no pair of dialogues with another, so none is compared.")
    return said


def _beside(entry: Entry) -> str:
    """What stands beside a gain: agreement is no merit, and a high one may be bought."""
    said = f"deals {entry.deals:,} of {entry.done:,}"
    regret = entry.figures.get("regret")
    if regret is not None and regret.mean is not None:
        said += f", regret {number(regret.mean)}"
    return said


def _against(found: Comparison, one: Difference, *, shown: bool) -> str:
    other = found.whole.entry(one.other).label
    effect = one.effect
    if effect.estimate is None:
        return f"Against {other} nothing can be computed: no pair of dialogues has both values."
    evidence = _evidence(effect) + _selection(found, effect)
    both = " Each played both seats, so this is two pairs of delegations." if one.itself else ""
    if shown:
        first = found.whole.entry(one.one).label
        above = f"{first} is above {other} by {number(effect.estimate)} ({evidence})."
        return f"{above}{both}{split_words(one)}"
    first = found.whole.entry(one.one).label
    said = f"No difference of {first} from {other} is shown: {_signed(effect.estimate)} ({evidence}"
    if one.detectable is not None:
        said += f"; one of {number(one.detectable)} would be found four times in five"
    elif one.why_not:
        said += f"; {one.why_not}"
    return f"{said}).{both}{split_words(one)}"


def split_words(one: Difference) -> str:
    """That families of scenarios disagree on a difference, in a sentence; empty where none do."""
    if one.split is None:
        return ""
    parts = [_in_family(part) for part in (one.split.above, one.split.below)]
    said = f" Families of scenarios have opposite signs: {parts[0]}, {parts[1]}."
    if one.split.shown:
        return f"{said} They disagree, so the mean over all of them holds of neither."
    return f"{said} That they disagree is not shown."


def _in_family(one: InFamily) -> str:
    scenarios = "scenario" if one.n_scenarios == 1 else "scenarios"
    said = f"{_signed(one.estimate)} in {one.family} ("
    if one.interval is not None:
        lo, hi = one.interval
        said += f"95% interval {number(lo)} to {number(hi)}, "
    return f"{said}{one.n_scenarios} {scenarios})"


def _evidence(effect: Effect) -> str:
    parts = []
    if effect.interval is not None:
        lo, hi = effect.interval
        parts.append(f"95% interval {number(lo)} to {number(hi)}")
    if effect.p_signflip is not None:
        kind = "exact sign-flip" if effect.signflip_draws is None else "sign-flip"
        parts.append(f"{kind} {p_value(effect.p_signflip)}")
    if effect.holm_p is not None:
        parts.append(f"corrected {p_value(effect.holm_p)}")
    scenarios = "scenario" if effect.n_scenarios == 1 else "scenarios"
    pairs = "pair" if effect.n_pairs == 1 else "pairs"
    parts.append(f"{effect.n_scenarios} {scenarios}, {effect.n_pairs:,} {pairs}")
    return "; ".join(parts)


def _selection(found: Comparison, effect: Effect) -> str:
    """What void dialogues may have done to a difference, in clauses; empty where nothing."""
    if effect.missing is None:
        return ""

    def called(entry: str) -> str:
        return found.whole.entry(entry).label

    return "".join(f"; {one}" for one in missing_words(effect.missing, effect.shown, called))


def _beside_incentives(found: Comparison, seat: str, title: str) -> list[str]:
    """What incentives do to the gain within each entry, beside what the choice of player does."""
    incentives = [
        one
        for one in found.incentives
        if one.entry.startswith(seat)
        and one.measure == GAIN.name
        and one.effect.estimate is not None
    ]
    players = [
        one
        for one in found.whole.differences_of(seat)
        if one.measure == GAIN.name and one.effect.estimate is not None
    ]
    if not incentives or not players:
        return []
    contrasts = dict.fromkeys(f"{one.treatment} against {one.control}" for one in incentives)
    alike = len(contrasts) == 1  # runs of one suite whose question was changed ask several
    each = [_within(found, one, named=not alike) for one in incentives[:_NAMED]]
    which = f"the incentives of {next(iter(contrasts))}" if alike else "incentives"
    said = (
        f"Within each delegation of the {title}, {which} change its principal's gain by "
        f"{_listed(each)}."
    )
    largest = max(players, key=lambda one: abs(one.effect.estimate or 0))
    strongest = max(incentives, key=lambda one: abs(one.effect.estimate or 0))
    between, within = abs(largest.effect.estimate or 0), abs(strongest.effect.estimate or 0)
    if not largest.effect.shown and not strongest.effect.shown:
        said += " Neither that nor a difference between delegations is shown."
    else:
        players_more = between > within
        words = "Who plays changes" if players_more else "Incentives change"
        less = "incentives do" if players_more else "who plays does"
        larger = largest.effect if players_more else strongest.effect
        doubt = "" if larger.shown else ", though this is not shown"
        said += (
            f" {words} it more than {less}{doubt}: at most {number(between)} between delegations, "
            f"{number(within)} by incentives. Whether one is larger than the other is not tested."
        )
    return [said]


def _within(found: Comparison, one: Incentive, *, named: bool) -> str:
    label = found.whole.entry(one.entry).label
    shown = "shown" if one.effect.shown else "not shown"
    arms = f"{one.treatment} against {one.control}, " if named else ""
    return f"{_signed(one.effect.estimate or 0.0)} with {label} ({arms}{shown})"


def notes_of(found: Comparison, meetings: Meetings, apart: Sequence[str]) -> tuple[str, ...]:
    """What else a reader must know."""
    said = []
    if apart:
        said.append(f"{_listed(apart)}: no dialogue on the same place as one of another run.")
    if {who.model for meeting in meetings.rows for who in meeting.players.values()} == {SCRIPTED}:
        said.append(INSTRUMENT)
    if meetings.repeated:
        one = meetings.repeated == 1
        said.append(
            f"{meetings.repeated:,} {'dialogue is' if one else 'dialogues are'} in more than one "
            f"run, and {'is' if one else 'are'} counted once."
        )
    for name, run in zip(meetings.names, meetings.runs, strict=True):
        said += [f"{name}: {text}" for text in warnings(run.info.served)]
        if (missing := run.info.dialogues - run.finished()) > 0:
            planned = counted(run.info.dialogues, "dialogue")
            said.append(f"{name}: {missing:,} of {planned} {be(missing)} missing.")
    for name, known in zip(meetings.names, meetings.known, strict=False):  # or of none
        said += [f"{name}: {text}" for text in known.warnings]
    said += judged_notes(found)
    said += _without_values(found)
    said += _without_pairs(found)
    said += _luck(found)
    if found.by == "family" and not found.slices:
        said.append("All scenarios are of one family, so there is nothing to tell apart by it.")
    said += _confounded(found)
    if any(one.itself for one in found.whole.differences):
        said.append(
            "Some differences are of delegations that each played both seats: the counterpart "
            f"changed with them. {FIXED_COUNTERPART}"
        )
    few = [one for one in found.whole.differences if one.effect.n_scenarios < LEAST_SCENARIOS]
    if found.whole.differences and len(few) == len(found.whole.differences):
        said.append(f"No difference can be shown with fewer than {LEAST_SCENARIOS} scenarios.")
    return tuple(said)


def _luck(found: Comparison) -> list[str]:
    """That the best of several means is partly luck."""
    said = []
    for seat, title in SEAT_TITLES.items():
        ranked = [entry for entry in found.whole.of(seat) if entry.rank is not None]
        if len(ranked) >= _MANY:
            open_ones = " Beside each rank stand the places that the data leave open."
            said.append(
                f"The best of {len(ranked)} means in the {title} is partly luck: expect less of "
                f"{ranked[0].label} in new scenarios.{open_ones if ranked[0].places else ''}"
            )
    return said


def _without_values(found: Comparison) -> list[str]:
    """Columns that no dialogue has a value of, and why. That scripts cost nothing is no news."""
    said = []
    entries = found.whole.entries
    asked = [entry for entry in entries if entry.model != SCRIPTED]
    for column in found.columns:
        figures = [
            entry.figures[column.name] for entry in (asked if column.kind == "cost" else entries)
        ]
        reasons = dict.fromkeys(why for figure in figures for why in figure.why_missing)
        if not reasons or any(figure.n for figure in figures):
            continue
        why = "; ".join(list(reasons)[:_NAMED])
        cure = ". To score a run again: track15 score RUN" if NOT_SCORED in reasons else ""
        said.append(f"No dialogue has a value of {column.title}: {why}{cure}.")
    return said


def _without_pairs(found: Comparison) -> list[str]:
    """Entries of a seat that have no pair with any other one there."""
    if not found.tested:
        return []
    said = []
    for seat, title in SEAT_TITLES.items():
        entries = found.whole.of(seat)
        paired = {name for one in found.whole.differences_of(seat) for name in (one.one, one.other)}
        alone = [entry.label for entry in entries if entry.id not in paired]
        if len(entries) > 1 and alone:
            have = "has" if len(alone) == 1 else "have"
            said.append(
                f"{_listed(alone)} {have} no pair in the {title}: {NO_PAIR}. {FIXED_COUNTERPART}"
            )
    return said


def _confounded(found: Comparison) -> list[str]:
    """Entries that are not compared with each other because more than one thing differs."""
    left = [one for one in found.unpaired if one.why != NO_PAIR]
    said = []
    for one in left[:_NAMED]:
        who = _listed([found.whole.entry(name).label for name in (one.one, one.other)])
        said.append(f"{who} are not compared with each other: {one.why}.")
    if (more := len(left) - _NAMED) > 0:
        said.append(f"Nor are {more:,} more pairs of entries, for the same reason.")
    return said


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def _listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
