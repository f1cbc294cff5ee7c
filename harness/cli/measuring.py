"""Scores, findings and the report of a run folder; shared by ``run``, ``score`` and ``report``."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.console import echo_json, notes, program, results, shown_path
from harness.cli.options import LOG_DIR
from harness.records.store import RunFolder
from harness.visible import visible_line

if TYPE_CHECKING:
    from harness.analysis.findings import Findings
    from harness.records.transcript import Score

REPORT = "report.html"


def measure(
    path: Path,
    *,
    as_json: bool = False,
    rescore: bool = True,
    evaluators: Sequence[str] = (),
    retry_hint: str | None = None,
    out: Path | None = None,
    max_void: float | None = None,
) -> int:
    """Score a run, find what it shows, write its report and print the answer.

    Args:
        max_void: Share of void dialogues that no arm may exceed, in [0, 1].

    Returns:
        The exit code: 0; 1 when dialogues are missing; 100 when a check does not hold, or more
        dialogues of an arm are void than ``max_void`` allows.
    """
    from harness.orchestrator.collecting import rare_collections

    folder = RunFolder(path)
    if rescore:
        with rare_collections():
            folder.write_scores(_rescored(folder, evaluators))
    findings = _find(folder)
    from harness.report.page import write_report

    page = out or path / REPORT
    write_report(folder, findings, page)
    return announce(
        folder, findings, page, as_json=as_json, retry_hint=retry_hint, max_void=max_void
    )


def _rescored(folder: RunFolder, evaluators: Sequence[str]) -> Iterator[Score]:
    """All scores anew; with ``evaluators`` named, theirs, beside what the others had found."""
    if evaluators:
        from harness.evaluators.base import registry

        named = {evaluator.name for evaluator in registry(evaluators)}
        yield from (score for score in folder.scores() if score.evaluator not in named)
    yield from scored(folder, evaluators)


def scored(folder: RunFolder, evaluators: Sequence[str] = ()) -> Iterator[Score]:
    """Every evaluator on every transcript of the run."""
    from harness.evaluators.base import evaluate, registry

    chosen = registry(evaluators or folder.info.suite.evaluators)
    for transcript in folder.transcripts():
        scenario = folder.info.scenario(transcript.spec.scenario, transcript.spec.twin)
        yield from evaluate(transcript, scenario, chosen)


def announce(
    folder: RunFolder,
    findings: Findings,
    page: Path,
    *,
    as_json: bool,
    retry_hint: str | None,
    max_void: float | None = None,
) -> int:
    """Print what was found (stdout) and what to do next (stderr); the exit code."""
    index = folder.index()
    missing = folder.info.dialogues - sum(
        1 for _, status in index.values() if status in ("done", "void")
    )
    where = shown_path(folder.path)
    if as_json:
        document = {"run": str(folder.path), "missing": missing, **findings.as_json()}
        echo_json(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        from harness.report.terminal import print_findings

        print_findings(findings, results())
        sys.stdout.flush()
        note = notes()
        note.print(f"\nTranscripts: {where}", markup=False, soft_wrap=True)
        note.print(f"Report:      {shown_path(page)}", markup=False, soft_wrap=True)
        note.print("\nNext:", markup=False)
        short = folder.path.name if folder.path.parent == LOG_DIR else where
        steps = [
            (f"{program()} show {shlex.quote(short)}", "read the dialogues behind the numbers"),
            (f"{program()} list", "other suites, scenarios, tracks and measures"),
        ]
        if not folder.info.models:
            model = "--model openai/MODEL@http://127.0.0.1:8000/v1"
            again = to_paste(folder.info.command)
            steps.append((f"{again} {model}", "the same with a language model"))
        for line, what in steps:
            beside = len(line) + len(what) + 6 <= note.width
            text = f"  {line:<44}  {what}" if beside else f"  {line}\n      {what}"
            note.print(text, markup=False, soft_wrap=True)
    if missing:
        hint = f"; to play them, type: {retry_hint}" if retry_hint else ""
        notes().print(
            f"{missing} of {folder.info.dialogues} dialogues are missing{hint}",
            markup=False,
            soft_wrap=True,
        )
        return 1
    from harness.cli.main import CHECK_FAILED

    too_many = _say_void(findings, max_void)
    return CHECK_FAILED if too_many or findings.failed_checks else 0


def _say_void(findings: Findings, max_void: float | None) -> bool:
    """Say, where it is so, that more dialogues of an arm are void than may be."""
    worst = findings.account.most_void
    if max_void is None or worst is None or worst[1] <= max_void:
        return False
    arm, share = worst
    went = findings.account.arms[arm]
    notes().print(
        f"Too many void: {went.void:,} of {went.settled:,} dialogues of {arm} ({share:.0%}); "
        f"--max-void allows {max_void:g}.",
        markup=False,
        soft_wrap=True,
    )
    return True


def to_paste(command: str) -> str:
    """A recorded command as it may be offered for pasting; a run can be a stranger's.

    It is quoted anew, starts this program and no other, and loads no file of code. Anything else
    is not offered; a general form stands in its place.
    """
    general = f"{program()} run SUITE"
    if visible_line(command) != command:
        return general
    try:
        words = shlex.split(command)
    except ValueError:
        return general
    ours = len(words) > 1 and Path(words[0]).name == "track15" and words[1] == "run"
    if not ours or any(".py" in word for word in words):
        return general
    return shlex.join([program(), *words[1:]])


def _find(folder: RunFolder) -> Findings:
    from harness.analysis.findings import find

    return find(folder)
