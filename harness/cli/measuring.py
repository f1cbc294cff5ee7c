"""Scores, findings and the report of a run folder; shared by ``run``, ``score`` and ``report``."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.console import echo_json, notes, program, results, say
from harness.errors import be, counted
from harness.files.paths import shown_path
from harness.files.writing import is_stdout
from harness.records.folder import LOG_DIR
from harness.records.reader import RunFolder

if TYPE_CHECKING:
    from harness.analysis.findings import Findings
    from harness.records.run import RunInfo


def measure(
    path: Path,
    *,
    as_json: bool = False,
    rescore: bool = True,
    evaluators: Sequence[str] = (),
    only: bool = False,
    retry_hint: str | None = None,
    page: bool = True,
    out: Path | None = None,
    max_void: float | None = None,
    anchor: Path | None = None,
    calibrations: Sequence[Path] = (),
) -> int:
    """Score a run, compute its findings, write its report and print the answer.

    No code that the run names is executed. Evaluators of its suite that are files are left out,
    with a note, unless ``evaluators`` names them too. Their earlier scores are kept.

    Args:
        path: The run folder.
        as_json: Print one JSON document.
        rescore: Score the dialogues anew, also where there are scores.
        evaluators: Named on the command line.
        only: Score with ``evaluators`` alone.
        retry_hint: What to type for dialogues that are missing.
        page: Write the report.
        out: Where the page goes; None for the run's folder.
        max_void: Share of void dialogues that no arm may exceed, in [0, 1].
        anchor: File with answers of people.
        calibrations: Files of ``track15 calibrate``.

    Returns:
        The exit code: 0; 1 when dialogues are missing; 100 when a check does not hold, or more
        dialogues of an arm are void than ``max_void`` allows.

    Raises:
        UsageError: An evaluator is unknown or cannot be loaded.
        RecordError: The run is damaged, or the page cannot be written to ``out``.
    """
    from harness.app.measuring import measure as measured
    from harness.workers.garbage import rare_collections

    folder = RunFolder(path)
    try:
        with rare_collections():
            found = measured(
                folder,
                rescore=rescore,
                evaluators=evaluators,
                only=only,
                page=page,
                out=out,
                anchor=anchor,
                calibrations=calibrations,
                notify=say,
            )
    except KeyboardInterrupt:
        command = shlex.join([program(), "report", shown_path(path)])
        say(f"All finished dialogues are kept. To score them and write the report, type: {command}")
        raise
    return announce(
        folder,
        found.findings,
        found.page,
        as_json=as_json,
        retry_hint=retry_hint,
        left_out=found.left_out,
        aside=out is not None and is_stdout(out),
        max_void=max_void,
    )


def announce(
    folder: RunFolder,
    findings: Findings,
    page: Path | None,
    *,
    as_json: bool,
    retry_hint: str | None,
    left_out: Sequence[str] = (),
    aside: bool = False,
    max_void: float | None = None,
) -> int:
    """Print what was found, and on stderr what to do next.

    Args:
        page: Where the report went; None where there is none.
        left_out: Evaluators of the suite that were not loaded, for the JSON document.
        aside: What was found goes to stderr too, since the page goes to stdout.
        as_json, retry_hint, max_void: As for :func:`measure`.

    Returns:
        The exit code, as of :func:`measure`.
    """
    missing = max(0, folder.info.dialogues - folder.finished())
    where = shown_path(folder.path)
    short = folder.path.name if folder.path.parent == LOG_DIR else where
    show = f"{program()} show {shlex.quote(short)}"
    if as_json:
        document = {"run": str(folder.path), "missing": missing, "left_out": list(left_out)}
        document.update(findings.as_json())
        echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        from harness.report.terminal import print_findings

        print_findings(findings, notes() if aside else results())
        sys.stdout.flush()
        note = notes()
        note.print(f"\nTranscripts: {where}", markup=False, soft_wrap=True)
        if page is not None and not is_stdout(page):
            note.print(f"Report:      {shown_path(page)}", markup=False, soft_wrap=True)
        note.print("\nNext:", markup=False)
        steps = [
            (f"{show} --worst 1", "the most one-sided dialogue, in its words"),
            (
                f"{program()} view {shlex.quote(short)}",
                "all of it in a browser, on this machine alone",
            ),
            (f"{program()} list", "other suites, scenarios, tracks and measures"),
        ]
        if findings.chains:
            from harness.app.episodes import worst_of

            chain = f"{show} {worst_of(findings.chains[0])}"
            steps.insert(1, (chain, "the talks with what followed them, the worst first"))
        if findings.by_model:
            compare = f"{program()} compare {shlex.quote(short)}"
            steps.insert(0, (compare, "the models beside each other, pair by pair"))
        if not folder.info.players:
            model = "--model openai/MODEL@http://127.0.0.1:8000/v1"
            steps.append((f"{to_paste(folder.info)} {model}", "the same with a language model"))
        for line, what in steps:
            beside = len(line) + len(what) + 6 <= note.width
            text = f"  {line:<44}  {what}" if beside else f"  {line}\n      {what}"
            note.print(text, markup=False, soft_wrap=True)
    if missing:
        them = "it" if missing == 1 else "them"
        hint = f"; to play {them}, type: {retry_hint}" if retry_hint else ""
        planned = counted(folder.info.dialogues, "dialogue")
        notes().print(
            f"{missing} of {planned} {be(missing)} missing{hint}",
            markup=False,
            soft_wrap=True,
        )
        return 1
    from harness.cli.main import CHECK_FAILED

    too_many = _say_void(findings, max_void, show)
    return CHECK_FAILED if too_many or findings.failed_checks else 0


def _say_void(findings: Findings, max_void: float | None, show: str) -> bool:
    """Say, where it is so, that more dialogues of an arm are void than may be, and what to type to
    ``show`` why; whether it is so."""
    if max_void is None:
        return False
    named = [
        f"{arm} {went.void:,} of {went.settled:,} ({went.void_share:.0%})"
        for arm, went in findings.account.arms.items()
        if went.void_share > max_void
    ]
    if not named:
        return False
    notes().print(
        f"Too many dialogues are void: {', '.join(named)}. --max-void allows {100 * max_void:g}%. "
        f"To see why, type: {show} --outcome void",
        markup=False,
        soft_wrap=True,
    )
    return True


def to_paste(info: RunInfo) -> str:
    """The command that made a run, as it may be pasted; ``track15 run SUITE`` where it may not."""
    return program() + (info.typed or "track15 run SUITE").removeprefix("track15")
