"""Delegations compared over finished runs, for scripts and for ``track15 compare``."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.analysis.comparison import compare as compared
from harness.analysis.comparison_judged import said_in_all
from harness.analysis.comparison_measures import columns_of
from harness.analysis.comparison_parts import Comparison, Difference, Slice
from harness.analysis.comparison_reading import Reading, Said, Task, read_meetings
from harness.analysis.comparison_slices import By
from harness.analysis.costs import Price
from harness.analysis.effect import Effect
from harness.analysis.judge_known import JudgeKnown, judge_known
from harness.analysis.label_pairs import with_labels
from harness.app.measuring import definitions, ensure_scored
from harness.app.runs import Notify, Run, load, unheard
from harness.app.spreading import processes_for, spread
from harness.errors import UsageError
from harness.evaluators.base import Evaluator
from harness.evaluators.chain import of_chains
from harness.evaluators.of_run import scales_of_run
from harness.evaluators.registry import measures as measures_of
from harness.evaluators.registry import registry
from harness.evaluators.scales import PREFIX
from harness.files.advice import ELSEWHERE
from harness.files.writing import write_out
from harness.models.limits.budget import cost
from harness.models.named import endpoints, load_models
from harness.models.settings import EndpointSettings
from harness.records.folder import LOG_DIR, RUN
from harness.records.reader import RunFolder
from harness.records.transcript import Call
from harness.report.compare_page import render

CSV_COLUMNS: Final = (
    *("kind", "part", "seat", "entry", "label", "model", "against", "measure"),
    *("estimate", "low", "high", "n", "missing", "pairs", "scenarios"),
    *("p_signflip", "p_corrected", "shown", "detectable", "marked"),
    *("judge_corrected", "judge_low", "judge_high", "judge_known_from", "judge_why"),
)


def compare(
    runs: Sequence[Run],
    *,
    measures: Sequence[str] = (),
    by: By | None = None,
    loose: bool = False,
    models_file: str | os.PathLike[str] | None = None,
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> Comparison:
    """Compare those who played in finished runs. Nothing is played and no model is called.

    Dialogues of the same scenario, twin, epoch and arm are paired. A run that is not scored is
    scored first.

    Args:
        runs: Each as for :func:`~harness.app.load`, or a folder of run folders for all of them. One
            alone will do where several models played a seat of it.
        measures: Names of columns, or of measures; left out, the default set.
        by: Also for each scenario, arm, or family of scenarios.
        loose: Pair dialogues that differ in more than who played.
        models_file: Models by name, with their prices; None for ``models.yaml`` here.
        log_dir: Folder that run folders are in.
        notify: Told that scores are not kept, as of :func:`~harness.app.score`.

    Raises:
        UsageError: No run, or one twice; an unknown measure; or the runs differ in more than who
            played, or have nothing in common, without ``loose``.
        RecordError: There is no such run, or it is damaged.
    """
    named = [one for run in runs for one in _each(run)]
    folders = [load(run, log_dir=log_dir, notify=notify) for run in named]
    _hold_different(folders)
    scales = _scales(folders) if any(name.startswith(PREFIX) for name in measures) else ()
    _refuse_of_episodes(measures, (*registry(), *scales))
    defined = definitions(installed=True) | measures_of(scales)
    columns, tested = columns_of(measures, defined)
    price = prices_of(Path(models_file) if models_file is not None else None)
    with contextlib.ExitStack() as opened:
        for folder in folders:
            ensure_scored(folder, opened, notify)
        known = [_known(folder) for folder in folders if any(one.by_judge for one in columns)]
        if known:  # titles say whether it is known in all runs
            columns, tested = columns_of(measures, said_in_all(defined, known))
        names = names_of(folders)
        meetings = read_meetings(folders, names, columns, price, _over_processes, known)
        return compared(meetings, columns, tested, by=by, loose=loose)


def _known(folder: RunFolder) -> JudgeKnown:
    """What is known of the judges of a run."""
    return with_labels(folder, judge_known(folder), compare=False)


def _scales(folders: Sequence[RunFolder]) -> tuple[Evaluator, ...]:
    """The evaluators of the rubric files by which runs were judged, each once."""
    found = {one.name: one for folder in folders for one in scales_of_run(folder)}
    return tuple(found.values())


def _refuse_of_episodes(measures: Sequence[str], evaluators: Sequence[Evaluator]) -> None:
    """Refuse measures of what follows talks: they have one value an arm, and dialogues that arms
    share have none of their own.

    Raises:
        UsageError: One was asked for.
    """
    whole = {one.name for one in of_chains(evaluators)}
    for measure in measures:
        if measure.split(".", 1)[0] in whole:
            raise UsageError(
                f"{measure} is measured of what follows talks; runs are compared on the talks",
                where="--measure",
                fix="compare the tables: track15 export RUN --to csv --table episodes",
            )


def _each(run: Run) -> list[Run]:
    """The runs that are meant: all those in a folder of run folders, else the one."""
    if not isinstance(run, str | os.PathLike) or (Path(run) / RUN).is_file():
        return [run]
    inside: list[Run] = [path.parent for path in sorted(Path(run).glob(f"*/{RUN}"))]
    return inside or [run]


def names_of(folders: Sequence[RunFolder]) -> list[str]:
    """What runs are called: their folders' names; their paths, where two have the same name."""
    names = [folder.path.resolve().name for folder in folders]
    return [
        name if names.count(name) == 1 else str(folder.path)
        for name, folder in zip(names, folders, strict=True)
    ]


def page_of(comparison: Comparison) -> bytes:
    """The comparison as one HTML page that works offline; no script runs in it."""
    return render(comparison).encode("utf-8", errors="replace")


def table_of(comparison: Comparison) -> bytes:
    """The comparison as CSV: a row for every figure, difference and effect of incentives."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows_of(comparison):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue().encode("utf-8", errors="replace")


def write(content: bytes, place: Path, *, flag: str = "") -> None:
    """Write what a user asked for to the place he named; ``-`` is the standard output.

    Args:
        content: The whole.
        place: A file, a pipe or a device.
        flag: By which it was named, for the fix of an error.

    Raises:
        RecordError: It cannot be written.
    """
    write_out(place, content, elsewhere=f"{ELSEWHERE} with {flag}" if flag else ELSEWHERE)


def rows_of(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """The rows of :func:`table_of`, as plain values; None is missing."""
    for part in (comparison.whole, *comparison.slices):
        yield from _rows(comparison, part)
    for one in comparison.incentives:
        entry = comparison.whole.entry(one.entry)
        yield {
            **dict.fromkeys(CSV_COLUMNS),
            "kind": "incentives",
            "part": "",
            "seat": entry.seat,
            "entry": entry.id,
            "label": entry.label,
            "model": entry.model,
            "against": f"{one.treatment} - {one.control}",
            "measure": one.measure,
            **_effect(one.effect),
            "marked": comparison.marked,
        }


def _rows(comparison: Comparison, part: Slice) -> Iterator[dict[str, Any]]:
    for entry in part.entries:
        for name, figure in entry.figures.items():
            low, high = figure.interval or (None, None)
            yield {
                **dict.fromkeys(CSV_COLUMNS),
                "kind": "entry",
                "part": part.name,
                "seat": entry.seat,
                "entry": entry.id,
                "label": entry.label,
                "model": entry.model,
                "against": "; ".join(entry.against),
                "measure": name,
                "estimate": figure.mean,
                "low": low,
                "high": high,
                "n": figure.n,
                "missing": figure.missing,
                "scenarios": entry.scenarios,
                "marked": comparison.marked,
            }
    for one in part.differences:
        entry = part.entry(one.one)
        yield {
            **dict.fromkeys(CSV_COLUMNS),
            "kind": "difference",
            "part": part.name,
            "seat": entry.seat,
            "entry": entry.id,
            "label": entry.label,
            "model": entry.model,
            "against": part.entry(one.other).label,
            "measure": one.measure,
            **_effect(one.effect),
            "detectable": one.detectable,
            "marked": comparison.marked,
            **_judged(one),
        }
        for kind in one.families:
            low, high = kind.interval or (None, None)
            yield {
                **dict.fromkeys(CSV_COLUMNS),
                "kind": "difference in a family",
                "part": f"{part.name}: {kind.family}" if part.name else kind.family,
                "seat": entry.seat,
                "entry": entry.id,
                "label": entry.label,
                "model": entry.model,
                "against": part.entry(one.other).label,
                "measure": one.measure,
                "estimate": kind.estimate,
                "low": low,
                "high": high,
                "scenarios": kind.n_scenarios,
                "marked": comparison.marked,
            }


def _judged(one: Difference) -> dict[str, Any]:
    """A difference without the errors of the judge; nothing of a measure that no judge gives."""
    found = one.judged
    if found is None:
        return {}
    low, high = found.interval or (None, None)
    return {
        "judge_corrected": found.value,
        "judge_low": low,
        "judge_high": high,
        "judge_known_from": "; ".join(dict.fromkeys(filter(None, (found.one.by, found.other.by))))
        or None,
        "judge_why": found.why or None,
    }


def _effect(effect: Effect) -> dict[str, Any]:
    low, high = effect.interval or (None, None)
    return {
        "estimate": effect.estimate,
        "low": low,
        "high": high,
        "n": sum(effect.n_dialogues.values()),
        "missing": sum(effect.n_missing.values()),
        "pairs": effect.n_pairs,
        "scenarios": effect.n_scenarios,
        "p_signflip": effect.p_signflip,
        "p_corrected": effect.holm_p,
        "shown": effect.shown,
    }


def _cell(value: object) -> object:
    """A value as it stands in a cell. What a spreadsheet would run as a formula is text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _hold_different(folders: Sequence[RunFolder]) -> None:
    if not folders:
        raise UsageError("no run is named", fix="name the runs that are to be compared")
    paths = [os.path.realpath(folder.path) for folder in folders]
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise UsageError(
                "the same run is named twice", where=str(folders[number].path), fix="name it once"
            )


def _over_processes(
    make: Callable[..., Reading], setup: tuple[Any, ...], tasks: Iterable[Task], dialogues: int
) -> Iterator[list[Said]]:
    """Read a large run in several processes; a small one here."""
    return spread(make, setup, tasks, processes_for(dialogues))


@dataclass(frozen=True)
class _Prices:
    """What a call costs by the prices of ``models.yaml``."""

    known: Mapping[str, EndpointSettings]

    def __call__(self, call: Call, cached: int | None) -> float | None:
        found = self.known.get(call.model)
        if found is None:
            return None
        return cost(found, call.usage.prompt, call.usage.completion, cached)


def prices_of(file: Path | None) -> Price:
    """What a call costs by the prices of ``models.yaml``.

    Args:
        file: Models by name; None for ``models.yaml`` here.

    Raises:
        InputError: The file is missing or unsound.
    """
    return _Prices(endpoints(load_models(file)))
