"""Delegations compared over finished runs: what each got, and by how much one is above another.

Every entry is ranked by the gain of its principal, never by agreement: one that signs anything has
all the deals, and the least gain. Differences are over pairs of dialogues alone, with the scenario
as the unit, and all of them are corrected together (docs/compare.md).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from harness.analysis.comparison_families import by_family, disagreement
from harness.analysis.comparison_judged import corrected_of
from harness.analysis.comparison_measures import GAIN, Column
from harness.analysis.comparison_mismatches import mismatches
from harness.analysis.comparison_pairs import (
    Pairs,
    Standing,
    labels,
    pairs_of,
    placed_by_arm,
    placed_pairs,
    standings,
)
from harness.analysis.comparison_parts import (
    Comparison,
    Difference,
    Entry,
    Figure,
    Incentive,
    Slice,
    Unpaired,
)
from harness.analysis.comparison_places import placed
from harness.analysis.comparison_players import confounded, why_confounded
from harness.analysis.comparison_questions import question_of, together, unordered
from harness.analysis.comparison_rows import Meetings
from harness.analysis.comparison_slices import By, kinds_in, parts_of, within
from harness.analysis.comparison_words import NO_PAIR, answer_of, notes_of, refusal, warning_of
from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.families import Family
from harness.analysis.intervals import cluster_t, share_interval
from harness.analysis.missing_course import Kept
from harness.analysis.observations import Observation
from harness.analysis.pairing import mean_of
from harness.analysis.power import minimum_detectable_effect
from harness.analysis.scale import Scale
from harness.analysis.verdict import LEAST_SCENARIOS
from harness.suite.contrasts import Contrast

_DIGITS: Final = 12
"""Decimals in which two gains have to be the same to be a tie; the rest is rounding noise."""
_TOO_FEW: Final = f"nothing can be shown with fewer than {LEAST_SCENARIOS} scenarios"
_ALIKE: Final = "the scenarios do not differ in it, so how much it varies is not known"
_IMPOSSIBLE: Final = "only a difference larger than any that is possible would be found"


def compare(
    meetings: Meetings,
    columns: Sequence[Column],
    tested: Sequence[Column],
    *,
    by: By | None = None,
    loose: bool = False,
) -> Comparison:
    """Compare everybody who played in the dialogues.

    Args:
        meetings: The dialogues, with the values of ``columns``.
        columns: What is shown; the gain among them.
        tested: What differences are tested in.
        by: Also for each scenario, arm, or family of scenarios.
        loose: Pair dialogues that differ in more than who played.

    Raises:
        UsageError: Dialogues that would be paired differ in more than who played, or runs have no
            dialogue on the same place; ``loose`` does so all the same.
    """
    found = mismatches(meetings, all_settings=loose)
    apart = _apart(meetings)
    if (found or apart) and not loose:
        raise refusal(found, apart, meetings.names)
    known = standings(meetings)
    names, kinds = labels(known, meetings.names), kinds_in(meetings)
    slices = tuple(
        _slice(
            meetings,
            within(meetings, known, belongs),
            names,
            columns,
            tested,
            name,
            kinds=kinds,
            loose=loose,
        )
        for name, belongs in parts_of(meetings, by, kinds)
    )
    result = Comparison(
        runs=tuple(meetings.names),
        columns=tuple(columns),
        tested=tuple(column.name for column in tested),
        whole=_slice(meetings, known, names, columns, tested, "", kinds=kinds, loose=loose),
        by=by,
        slices=tuple(map(placed, _corrected(slices))),
        incentives=_incentives(meetings, known, names, tested),
        loose=loose,
        mismatches=found,
        answer=(),
        notes=(),
    )
    result = replace(result, unpaired=_unpaired(result, known))
    result = replace(result, notes=notes_of(result, meetings, apart))
    return replace(result, answer=answer_of(result))


def _unpaired(found: Comparison, known: Sequence[Standing]) -> tuple[Unpaired, ...]:
    """Entries of a seat that are not compared, and why."""
    if not found.tested:
        return ()
    paired = {frozenset((one.one, one.other)) for one in found.whole.differences}
    left = [
        (one, other)
        for one, other in combinations(known, 2)
        if one.seat == other.seat and frozenset((one.id, other.id)) not in paired
    ]
    return tuple(
        Unpaired(
            one.id,
            other.id,
            why_confounded(one.player, other.player)
            if confounded(one.player, other.player)
            else NO_PAIR,
        )
        for one, other in left
    )


def _apart(meetings: Meetings) -> tuple[str, ...]:
    """Runs that share no scenario, twin, epoch and arm with any other one."""
    held: dict[object, set[int]] = defaultdict(set)
    for meeting in meetings.rows:
        for arm in meeting.arms:
            held[meeting.scenario, meeting.twin, meeting.epoch, arm].add(meeting.run)
    joined = {run for runs in held.values() if len(runs) > 1 for run in runs}
    # One whose dialogues were all read from an earlier run is no other run.
    filled = {meeting.run for meeting in meetings.rows}
    if len(filled) < 2:
        return ()
    return tuple(name for i, name in enumerate(meetings.names) if i in filled and i not in joined)


def _slice(
    meetings: Meetings,
    known: Sequence[Standing],
    names: dict[str, str],
    columns: Sequence[Column],
    tested: Sequence[Column],
    name: str,
    *,
    kinds: Sequence[Family],
    loose: bool,
) -> Slice:
    entries = _ranked([_entry(meetings, one, names, columns) for one in known])
    differences = []
    order = {entry.id: place for place, entry in enumerate(entries)}
    ordered = sorted(known, key=lambda one: order[one.id])
    for one, other in combinations(ordered, 2):
        if one.seat == other.seat and (loose or not confounded(one.player, other.player)):
            pairs = pairs_of(meetings, one, other)
            if pairs.rows:
                rows, kept = placed_pairs(meetings, pairs), Kept()
                same = unordered(pairs.rows)
                for column in tested:
                    observed = rows.observations(meetings, column.name)
                    found = _difference(pairs, observed, names, column, kept, kinds)
                    differences.append(
                        replace(
                            found,
                            question=question_of(name, column, one.seat, same),
                            judged=corrected_of(meetings, pairs, column, found.effect, names),
                        )
                    )
    return placed(_corrected((Slice(name, entries, tuple(differences)),))[0])


def _entry(
    meetings: Meetings, one: Standing, names: dict[str, str], columns: Sequence[Column]
) -> Entry:
    rows = [meetings.rows[row] for row in one.rows]
    against = dict.fromkeys(
        who.model + (f" ({who.detail})" if who.detail else "")
        for meeting in rows
        for _, who in meeting.others(one.seat)
    )
    entry = Entry(
        id=one.id,
        seat=one.seat,
        label=names[one.id],
        model=one.player.model,
        detail=one.player.detail,
        runs=tuple(dict.fromkeys(meetings.names[meeting.run] for meeting in rows)),
        against=tuple(against),
        rank=None,
        dialogues=len(rows),
        done=sum(meeting.deal is not None for meeting in rows),
        deals=sum(bool(meeting.deal) for meeting in rows),
        void=sum(meeting.status == "void" for meeting in rows),
        void_by_it=sum(meeting.void_by == one.seat for meeting in rows),
        failed=sum(meeting.status == "failed" for meeting in rows),
        scenarios=len({meeting.scenario for meeting in rows}),
        figures={column.name: figure(meetings, one, column) for column in columns},
    )
    return replace(entry, warning=warning_of(entry))


def figure(meetings: Meetings, one: Standing, column: Column) -> Figure:
    """One measure of one entry over its dialogues, each once."""
    by_scenario: dict[str, list[float]] = defaultdict(list)
    values = meetings.column(column.name, one.seat)[list(one.rows)].tolist()
    for row, value in zip(one.rows, values, strict=True):
        if not math.isnan(value):
            by_scenario[meetings.rows[row].scenario].append(value)
    means = [mean_of(values) for _, values in sorted(by_scenario.items())]
    known = [value for values in by_scenario.values() for value in values]
    return Figure(
        mean=math.fsum(means) / len(means) if means else None,
        interval=_interval(means, len(known), column.scale),
        n=len(known),
        missing=len(one.rows) - len(known),
        total=math.fsum(known) if known else None,
        why_missing=meetings.why_missing(one.rows, column.name, one.seat),
    )


def _interval(means: list[float], dialogues: int, scale: Scale) -> tuple[float, float] | None:
    if scale.yes_no:
        return share_interval(means, dialogues)
    found = cluster_t(means)
    if found is None:
        return None
    lo = found.lo if scale.lo is None else max(found.lo, scale.lo)
    hi = found.hi if scale.hi is None else min(found.hi, scale.hi)
    return lo, hi


def _ranked(entries: list[Entry]) -> tuple[Entry, ...]:
    """By seat, the best gain first; the same gain is the same rank. One without a gain stands last
    and has none."""

    def place(entry: Entry) -> tuple[str, bool, float, str]:
        mean = entry.figures[GAIN.name].mean
        return entry.seat, mean is None, -round(mean or 0.0, _DIGITS), entry.label

    found: list[Entry] = []
    for entry in sorted(entries, key=place):
        before = [one for one in found if one.seat == entry.seat]
        rank: int | None = len(before) + 1
        if entry.figures[GAIN.name].mean is None:
            rank = None
        elif before and place(before[-1])[:3] == place(entry)[:3]:
            rank = before[-1].rank
        found.append(replace(entry, rank=rank))
    return tuple(found)


def _difference(
    pairs: Pairs,
    rows: list[Observation],
    names: dict[str, str],
    column: Column,
    kept: Kept,
    kinds: Sequence[Family],
) -> Difference:
    one, other = pairs.one.id, pairs.other.id
    contrast = Contrast(
        name=f"{one} against {other}", measure=column.name, treatment=one, control=other
    )
    titles = {one: names[one], other: names[other], column.name: column.title}
    effect = evaluate(contrast, rows, titles, column.scale, breaking=kept)
    detectable, why = _detectable(effect, column.scale)
    known = (effect.scenario_differences, kinds, column.scale)
    return Difference(
        one=one,
        other=other,
        measure=column.name,
        effect=effect,
        detectable=detectable,
        why_not=why,
        itself=pairs.itself,
        families=by_family(*known),
        split=disagreement(*known),
    )


def _detectable(effect: Effect, scale: Scale) -> tuple[float | None, str]:
    """The smallest difference that would be found, or why there is none to name."""
    if effect.n_scenarios < LEAST_SCENARIOS:
        return None, _TOO_FEW
    if not effect.sd:
        return None, _ALIKE
    found = minimum_detectable_effect(effect.sd, 0.0, effect.n_scenarios, 1)
    if found is None or (scale.width is not None and found > scale.width):
        return None, _IMPOSSIBLE
    return found, ""


def _corrected(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    """Slices whose differences are corrected together (Holm), as contrasts of a suite are."""
    known = [(one.effect, one.question) for found in slices for one in found.differences]
    corrected = iter(together(known))
    return tuple(
        replace(
            found,
            differences=tuple(replace(one, effect=next(corrected)) for one in found.differences),
        )
        for found in slices
    )


def _incentives(
    meetings: Meetings,
    known: Sequence[Standing],
    names: dict[str, str],
    tested: Sequence[Column],
) -> tuple[Incentive, ...]:
    """The primary contrast of the runs within every entry that is compared; of runs that ask
    otherwise, that of the first run of the entry."""
    found = []
    seats = Counter(one.seat for one in known)
    for one in known:
        asked = _asked(meetings, one) if seats[one.seat] > 1 else None
        if asked is None:
            continue
        treatment, control, runs = asked
        kept = Kept()
        placed_rows = placed_by_arm(meetings, one, (treatment, control), runs)
        same = unordered([(row,) for row in placed_rows.rows])
        for column in tested:
            rows = placed_rows.observations(meetings, column.name)
            contrast = Contrast(
                name=f"{treatment} against {control}, {one.id}",
                measure=column.name,
                treatment=treatment,
                control=control,
            )
            titles = {column.name: f"{column.title} of {names[one.id]}"}
            effect = evaluate(contrast, rows, titles, column.scale, breaking=kept)
            question = question_of(f"{treatment} {control}", column, one.seat, same)
            found.append(Incentive(one.id, column.name, treatment, control, effect, question))
    corrected = together([(one.effect, one.question) for one in found])
    return tuple(replace(one, effect=effect) for one, effect in zip(found, corrected, strict=True))


def _asked(meetings: Meetings, one: Standing) -> tuple[str, str, set[int]] | None:
    """The arms that an entry's runs compare, and the runs that compare these."""
    runs = dict.fromkeys(meetings.rows[row].run for row in one.rows)
    asked: dict[tuple[str, str], set[int]] = {}
    for run in runs:
        contrasts = meetings.runs[run].info.suite.contrasts
        if contrasts is not None and contrasts.primary.control is not None:
            primary = contrasts.primary
            asked.setdefault((primary.treatment, contrasts.primary.control), set()).add(run)
    if not asked:
        return None
    (treatment, control), of = next(iter(asked.items()))
    return treatment, control, of
