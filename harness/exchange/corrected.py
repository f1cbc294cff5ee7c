"""The rows of figures by a judge, as it reads them and without the errors that it is known to
make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.analysis.judged_measures import JudgeCorrected
from harness.analysis.judged_run import corrected_in
from harness.records.reader import RunFolder

Ends = tuple[float, float] | None


def corrected_figures(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """A row a figure: of an arm, or of a difference of two.

    Args:
        folder: The run; a figure is of all its dialogues, or of all those of a line-up.

    Raises:
        RecordError: A file of the run is damaged.
    """
    yield from map(_row, corrected_in(folder))


def _row(one: JudgeCorrected) -> dict[str, Any]:
    against = one.control or ""
    return {
        "measure": one.measure,
        "title": one.title,
        "judge": one.judge or None,
        "lineup": one.lineup or None,
        "arm": one.treatment,
        "against": one.control,
        "declared": one.declared if one.control is not None or one.declared else None,
        "judged": one.judged,
        **_ends("judged", one.judged_interval),
        "corrected": one.corrected,
        **_ends("corrected", one.interval),
        "why": one.why or None,
        "by": one.by,
        "sensitivity": one.sensitivity,
        "specificity": one.specificity,
        "slope": one.slope,
        "intercept": one.intercept,
        "mean_error": one.mean_error,
        "pairs": one.pairs,
        "pairs_missing": one.pairs_missing,
        "n": one.n.get(one.treatment),
        "missing": one.missing.get(one.treatment),
        "n_against": one.n.get(against),
        "missing_against": one.missing.get(against),
    }


def _ends(name: str, ends: Ends) -> dict[str, float | None]:
    low, high = ends or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
