"""Scores, findings and the page of a run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.analysis.anchored_arms import anchored_arms, arms_answered
from harness.analysis.findings import Findings, find
from harness.analysis.human_anchor import People, read_people
from harness.analysis.judge_known import judge_known, known_measures
from harness.analysis.label_pairs import definitions_in, with_labels
from harness.app.calibrations import keep_calibration, without_answers
from harness.app.onepass import OnePass, can_spread
from harness.app.runs import Notify, Run, load, to_write, unheard
from harness.errors import UsageError
from harness.evaluators.base import Evaluator, Measure, fooled_by_of
from harness.evaluators.choosing import Chosen
from harness.evaluators.of_run import choose_alone, choose_for, scales_here
from harness.evaluators.registry import builtin, measures, registry
from harness.evaluators.scoring import of_stages, scored
from harness.files.advice import UnwritableError
from harness.files.paths import shown_path
from harness.records.folder import LOG_DIR, SCORES
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.report.material import Gathering
from harness.report.page import write_report, write_report_out

REPORT: Final = "report.html"


@dataclass(frozen=True)
class Measured:
    """What was found in a run.

    Attributes:
        page: Where the report went; None where there is none.
        left_out: Evaluators of the suite that were not loaded.
    """

    findings: Findings
    page: Path | None
    left_out: tuple[str, ...]


def score(
    run: Run = None,
    *,
    evaluators: Sequence[str] = (),
    calibrations: Sequence[str | os.PathLike[str]] = (),
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> Findings:
    """Score a run's transcripts anew. Nothing is played and no model is called.

    No code that the run names is executed: an evaluator in a file counts where ``evaluators`` names
    it. Where the folder may not be written, what is found is given all the same.

    Args:
        run: As for :func:`~harness.app.load`.
        evaluators: Only these, where any is named; what others had found stays.
        calibrations: Files of ``track15 calibrate`` for the run's judges, kept in its folder.
        log_dir: Folder that holds the run folders.
        notify: Told which evaluators are left out, and that scores are not kept.

    Raises:
        UsageError: An evaluator is unknown or cannot be loaded; or a calibration does not fit.
        InputError: A calibration is none.
        RecordError: There is no such run, or it is damaged.
    """
    folder = load(run, log_dir=log_dir, notify=notify)
    folder = to_write(folder, Path(log_dir), notify, or_read=True)
    return measure(
        folder,
        evaluators=evaluators,
        only=True,
        page=False,
        calibrations=[Path(one) for one in calibrations],
        notify=notify,
    ).findings


def report(
    run: Run = None,
    *,
    out: str | os.PathLike[str] | None = None,
    evaluators: Sequence[str] = (),
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> Path:
    """Write the report of a run: one HTML file that works offline.

    Args:
        run: As for :func:`~harness.app.load`. It is scored first where it is not.
        out: Where the page goes; None for ``report.html`` in the run's folder.
        evaluators: Also these; then the run is scored anew.
        log_dir: Folder that holds the run folders.
        notify: As for :func:`score`.

    Returns:
        Where the page is.

    Raises:
        UsageError: An evaluator is unknown or cannot be loaded.
        RecordError: There is no such run, it is damaged, or the page cannot be written.
    """
    folder = load(run, log_dir=log_dir, notify=notify)
    if out is None or evaluators:
        folder = to_write(folder, Path(log_dir), notify, or_read=True)
    chosen = choose_for(folder, evaluators)
    over = OnePass.over(folder)
    with contextlib.ExitStack() as opened:
        if evaluators or not (folder.path / SCORES).is_file():
            _write_scores(folder, chosen, chosen.evaluators, opened, notify, over)
        findings, courses = _found(folder, chosen, over)
        return write_page(folder, findings, out, courses)


def ensure_scored(folder: RunFolder, opened: contextlib.ExitStack, notify: Notify) -> None:
    """Score a run that has no scores yet. Where its folder may not be written they go aside, until
    ``opened`` closes.

    Raises:
        RecordError: The run is damaged.
    """
    if not (folder.path / SCORES).is_file():
        chosen = choose_for(folder)
        over = OnePass.over(folder)
        _write_scores(folder, chosen, chosen.evaluators, opened, notify, over)


def definitions(*, installed: bool) -> dict[str, Measure]:
    """``evaluator.measure`` -> its definition, for the built-in evaluators.

    Args:
        installed: Include the evaluators of installed packages.
    """
    return measures(registry() if installed else builtin())


@dataclass(frozen=True)
class Described:
    """A measure and what is said of its evaluator.

    Attributes:
        name: ``evaluator.measure``.
        measure: Its definition.
        fooled_by: What makes the measures of its evaluator say what is not so.
        page: The document about its evaluator; None for one that does not ship.
    """

    name: str
    measure: Measure
    fooled_by: tuple[str, ...]
    page: str | None


def described() -> list[Described]:
    """Every measure of the built-in and installed evaluators, and of the rubric files that a name
    can find."""
    pages = {evaluator.name: f"docs/measures/{evaluator.name}.md" for evaluator in builtin()}
    rubrics = tuple(scales_here())
    pages |= {evaluator.name: "docs/rubrics.md" for evaluator in rubrics}
    return [
        Described(
            name=f"{evaluator.name}.{measure.name}",
            measure=measure,
            fooled_by=fooled_by_of(evaluator),
            page=pages.get(evaluator.name),
        )
        for evaluator in (*registry(), *rubrics)
        for measure in evaluator.measures
    ]


def definitions_of(folder: RunFolder) -> dict[str, Measure]:
    """``evaluator.measure`` -> its definition, for the built-in evaluators and those of the rubrics
    by which a run was judged; those by a judge say whether the run knows its errors.

    Raises:
        RecordError: A judgement of the run is damaged.
    """
    return definitions_in(folder)


def calibrated_judges(folder: RunFolder) -> Mapping[str, frozenset[str]]:
    """``evaluator.measure`` -> judges of a run for whose figures of it a calibration in its folder
    fits."""
    return known_measures(folder)


def measure(
    folder: RunFolder,
    *,
    rescore: bool = True,
    evaluators: Sequence[str] = (),
    only: bool = False,
    page: bool = True,
    out: Path | None = None,
    anchor: Path | None = None,
    calibrations: Sequence[Path] = (),
    notify: Notify = unheard,
) -> Measured:
    """Score a run, compute its findings and write its report, as far as its folder is writable.

    No code that the run names is executed. Evaluators of its suite that are files are left out,
    with a note, unless ``evaluators`` names them too. Their earlier scores are kept.

    Args:
        rescore: Score the dialogues anew, also where there are scores.
        evaluators: Named by the user.
        only: Score with ``evaluators`` alone.
        page: Write the report.
        out: Where the page goes; None for the run's folder.
        anchor: File with answers of people, which correct how far model readers were moved; None
            for none.
        calibrations: Files of ``track15 calibrate`` for the judges of the run, which are kept in
            its folder.
        notify: Told what is left out, and what could not be kept.

    Raises:
        UsageError: An evaluator is unknown or cannot be loaded; there are answers of people about
            readers, and the run asked none again; or a calibration does not fit.
        InputError: The file of answers, or a calibration, is wrong.
        RecordError: The run is damaged; or ``out`` cannot be written.
    """
    chosen = choose_for(folder, evaluators)
    alone = only and bool(evaluators)
    scoring = choose_alone(folder, evaluators) if alone else chosen.evaluators
    people = None if anchor is None else people_for(folder, anchor)
    for file in calibrations:
        if (why := without_answers(folder, file)) is not None:
            notify(why)
            continue
        kept = shown_path(keep_calibration(folder, file))
        notify(f"The calibration {file.name} fits, and is kept in {kept}.")
    over = OnePass.over(folder)
    with contextlib.ExitStack() as opened:
        if rescore:
            _write_scores(folder, chosen, scoring, opened, notify, over, alone=alone)
        for one in chosen.left_out:
            notify(f"{one}; its earlier scores are kept")
        findings, courses = _found(folder, chosen, over)
        if people is not None:
            moved = anchored_arms(folder, people)
            findings = findings.model_copy(update={"anchored": moved})
        written = _page(folder, findings, courses, out, notify) if page else None
    return Measured(findings, written, tuple(one.name for one in chosen.left_out))


def people_for(folder: RunFolder, file: Path) -> People:
    """The answers of people in a file, for a run in which readers were asked again.

    Raises:
        UsageError: None were; or it is not said what people had read.
        InputError: The file is wrong.
    """
    arms = folder.info.suite.arms.values()
    if not any(arm.then is not None and arm.then.reading for arm in arms):
        raise UsageError(
            "no reader was asked again in this run, so there is nothing to correct",
            where="--human-anchor",
            fix="name a run of a suite whose arms say 'reading: true', such as influence",
        )
    people = read_people(file)
    arms_answered(folder.info.suite, people)
    return people


def _found(
    folder: RunFolder, chosen: Chosen, over: OnePass | None
) -> tuple[Findings, Gathering | None]:
    """What a run shows, and the courses of its talks where they were read with it."""
    judges = with_labels(folder, judge_known(folder))
    if over is None:
        return find(folder, chosen.evaluators, judges=judges), None
    found = over.made(lambda known: find(folder, chosen.evaluators, known, judges))
    return found, over.courses


def write_page(
    folder: RunFolder,
    findings: Findings,
    out: str | os.PathLike[str] | None = None,
    courses: Gathering | None = None,
) -> Path:
    """Write the page; where it went. ``courses`` are those of all talks, where they were read.

    Raises:
        RecordError: A file of the run is damaged, or the page cannot be written.
    """
    if out is not None:
        write_report_out(folder, findings, Path(out), courses)
        return Path(out)
    write_report(folder, findings, folder.path / REPORT, courses)
    return folder.path / REPORT


def _page(
    folder: RunFolder,
    findings: Findings,
    courses: Gathering | None,
    out: Path | None,
    notify: Notify,
) -> Path | None:
    """Write the page; where it went, None where its folder may not be written."""
    try:
        return write_page(folder, findings, out, courses)
    except UnwritableError as error:
        if out is not None or not error.read_only:
            raise
        notify(
            f"the page is not written: {error.where}: {error.what}; name a place for it with: "
            "track15 report RUN --out FILE"
        )
        return None


def _write_scores(
    folder: RunFolder,
    chosen: Chosen,
    scoring: Sequence[Evaluator],
    opened: contextlib.ExitStack,
    notify: Notify,
    over: OnePass | None,
    *,
    alone: bool = False,
) -> None:
    """Write what ``scoring`` finds, beside what others had found where those are not asked now.
    Where the folder may not be written the scores go aside, until ``opened`` closes."""
    kept = bool(chosen.left_out) or alone
    try:
        folder.write_scores(_rescored(folder, scoring, over, kept=kept))
        if over is not None:
            over.keep()
    except UnwritableError as error:
        if not error.read_only:
            raise
        aside = opened.enter_context(tempfile.TemporaryDirectory(prefix="track15-"))
        folder.set_scores_aside(Path(aside), _rescored(folder, scoring, over, kept=kept))
        notify(f"the scores are not kept: {error.where}: {error.what}")


def _rescored(
    folder: RunFolder, scoring: Sequence[Evaluator], over: OnePass | None, *, kept: bool
) -> Iterator[Score | bytes]:
    """What ``scoring`` finds; where it is ``kept``, beside what others had found before."""
    named = {evaluator.name for evaluator in scoring}
    if kept:
        yield from (score for score in folder.scores() if score.evaluator not in named)
    if over is None or not can_spread(scoring):
        yield from scored(folder, scoring)
        return
    yield from over.scores(scoring, of_stages(folder, scoring), whole=not kept)
