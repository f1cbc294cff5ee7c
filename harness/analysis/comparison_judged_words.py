"""What a comparison says of differences in measures by a judge: what is taken out of them, what is
taken for granted, and where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from harness.analysis.comparison_judged import CorrectedDifference
from harness.analysis.comparison_parts import Comparison, Difference
from harness.analysis.judged_measures import LABELS, PLANTED

TESTED: Final = (
    "Differences in measures by a judge are tested as the judge reads them: p, its correction for "
    "the number of comparisons, and what is shown are of these."
)
BESIDE: Final = (
    "Beside them stands what they come to without the errors that the judge is known to make. "
    "Those intervals also hold how well its errors are known."
)
AS_PLANTED: Final = (
    "By planted transcripts: a judge is taken to err on these talks as it does on those."
)
ONE: Final = (
    "Where one calibration corrects both sides, its error counts once, and the judge is taken to "
    "err alike on both. If it errs otherwise on one, a difference may be its doing."
)
OWN: Final = (
    "Where each side has a calibration of its own, each is corrected by that, and their errors are "
    "taken to be independent."
)
LABELLED: Final = "By labels: each side is corrected by its own turns."
ANSWERED: Final = (
    "People have answered about whole records of {}. That corrects figures of the run itself "
    "(track15 report), and no comparison."
)
CLIPPED: Final = (
    "Beyond what a difference can be, a corrected one is shown at the end of its range."
)


def judged_notes(found: Comparison) -> list[str]:
    """A sentence for each thing that has to be known; none where no measure is by a judge."""
    told = _judged(found.whole.differences)
    if not told:
        return []
    every = [judged for _, judged in told]
    corrected = [one for one in every if one.value is not None]
    planted = [one for one in corrected if PLANTED in (one.one.by, one.other.by)]
    said = (
        (TESTED, True),
        (BESIDE, bool(corrected)),
        (AS_PLANTED, bool(planted)),
        (ONE, any(one.shared for one in corrected)),
        (OWN, any(one.one.by == one.other.by == PLANTED and not one.shared for one in corrected)),
        (LABELLED, any(LABELS in (one.one.by, one.other.by) for one in corrected)),
        (CLIPPED, any(_clipped(found, *both) for both in told)),
    )
    return [
        *(note for note, holds in said if holds),
        *_uncalibrated(found, told),
        *_answered(every),
        *_judges(found, told),
    ]


def _judged(differences: Iterable[Difference]) -> list[tuple[Difference, CorrectedDifference]]:
    return [(one, one.judged) for one in differences if one.judged is not None]


def _clipped(found: Comparison, one: Difference, judged: CorrectedDifference) -> bool:
    scale = found.column(one.measure).scale
    return judged.inside(scale) != (judged.value, judged.interval)


def _uncalibrated(
    found: Comparison, told: Sequence[tuple[Difference, CorrectedDifference]]
) -> list[str]:
    """On which side nothing is known, measure by measure."""
    whose: dict[str, dict[str, None]] = {}
    for one, judged in told:
        for entry, side in ((one.one, judged.one), (one.other, judged.other)):
            if side.unknown:
                label = f"{found.whole.entry(entry).label} ({', '.join(side.unknown)})"
                whose.setdefault(one.measure, {})[label] = None
    return [
        f"{measure} is uncalibrated: nothing corrects the judge of {_listed(list(labels))}, so "
        f"that no difference from {'it' if len(labels) == 1 else 'them'} is corrected."
        for measure, labels in whose.items()
    ]


def _answered(every: Iterable[CorrectedDifference]) -> list[str]:
    """In which runs people have answered what does not correct the comparison."""
    runs = dict.fromkeys(
        run for one in every for side in (one.one, one.other) for run in side.answered
    )
    return [ANSWERED.format(_listed(list(runs)))] if runs else []


def _judges(found: Comparison, told: Sequence[tuple[Difference, CorrectedDifference]]) -> list[str]:
    """Whose words were read by whom, where that was not the same judge."""
    by = dict.fromkeys(
        f"{found.whole.entry(entry).label} by {_listed(side.judges)}"
        for one, judged in told
        if judged.judges_differ
        for entry, side in ((one.one, judged.one), (one.other, judged.other))
    )
    if not by:
        return []
    return [f"The judges differ: {'; '.join(by)}. A difference as it was read may be theirs."]


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
