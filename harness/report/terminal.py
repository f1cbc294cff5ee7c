"""The answer at the terminal: first a sentence, then a table, then whether the controls held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.account import not_played
from harness.analysis.proceedings import NOBODY
from harness.report import manipulation
from harness.report.anchored_words import print_anchor
from harness.report.chain_words import print_chain
from harness.report.corrected_words import print_corrected
from harness.report.doses import print_doses
from harness.report.factorial_words import print_factorial
from harness.report.judged_words import print_judged
from harness.report.tables import print_table, shown, shown_line
from harness.report.twopart import IN_TWO_PARTS, LARGE, print_by_lineup, print_two_part
from harness.report.wording import (
    MISSING,
    average,
    counted,
    exact,
    points,
    prefix_sentence,
    share,
    verdict,
    voids,
    within,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from harness.analysis.arm_finding import ArmFinding
    from harness.analysis.checks import CheckResult
    from harness.analysis.effect import Effect
    from harness.analysis.findings import Findings

_SPREAD_NOTE = "±: 95% interval over scenarios; none for a single scenario."
_SIGN_NOTE = (
    "could sign: talks that ended in a deal that leaves no party worse off than no deal, those not "
    "at the table included."
)
FIRST_TALKS_NOTE = (
    "talks, could sign, red lines and void are of the talks that come first, not of what follows."
)
_LINES_NOTE = "red lines crossed a dialogue: of the other seat's principal / of absent parties."


def print_findings(findings: Findings, console: Console) -> None:
    """Print what a run found: first what became of its dialogues, then the answer. Text of users
    and models is never taken as markup."""
    if findings.caveat:
        console.print(shown(findings.caveat, style="yellow"))
        console.print()
    console.print(shown(findings.question))
    console.print(shown(" ".join(findings.account.sentences())))
    for warning in findings.warnings:
        console.print(shown_line(warning, "yellow"))
    for number, text in enumerate(findings.answer_in_parts):
        console.print(shown(text, "bold" if number < (len(findings.by_model) or LARGE) else ""))
    if findings.declaration and findings.declaration not in findings.answer:
        console.print(shown(findings.declaration, "dim"))
    console.print()
    if findings.by_model:
        print_by_lineup(findings.by_model, console)
        console.print()
        console.print(shown("Arms, over all line-ups together", "bold"))
    elif findings.two_part is not None:
        print_two_part(findings.two_part, findings.primary, console)
        console.print()
    _print_arms(findings, console)
    print_chain(findings, console)
    print_anchor(findings, console)
    print_corrected(findings, console)
    print_judged(findings, console)
    if findings.secondary:
        _print_secondary(findings, console)
    if findings.mechanisms:
        _print_mechanisms(findings, console)
    print_factorial(findings, console)
    print_doses(findings, console)
    _print_probes(findings, console)
    _print_voids(findings, console)
    _print_prompts(findings, console)
    if findings.served:
        console.print(shown_line(" ".join(findings.served), style="dim"))
    if findings.checks:
        _print_checks(findings, console)


def _print_arms(findings: Findings, console: Console) -> None:
    measure = findings.primary_measure
    primary = () if findings.two_part and measure in IN_TWO_PARTS else (findings.title_of(measure),)
    headings = ("arm", "talks", *primary, "could\nsign", "red\nlines", "void")
    columns = range(len(headings))
    print_table(
        console,
        headings,
        [_arm_row(arm, measure if primary else None) for arm in findings.arms],
        names=columns,
        right=columns[1:],
    )
    console.print()
    notes = (*((_SPREAD_NOTE,) if primary else ()), _SIGN_NOTE, _LINES_NOTE)
    for note in (*notes, FIRST_TALKS_NOTE) if findings.account.episodes else notes:
        console.print(shown(note, style="dim"))


def _arm_row(arm: ArmFinding, measure: str | None) -> tuple[str, ...]:
    lines = [
        average(arm.summary(f"red_lines.crossed_{whose}"), digits=1) for whose in ("u", "absent")
    ]
    primary = None if measure is None else arm.summary(measure)
    value = within(primary.mean, primary.interval) if primary else MISSING
    return (
        arm.arm,
        str(arm.dialogues),
        *((value,) if measure is not None else ()),
        share(arm.summary("acceptability.signable")),
        " / ".join(lines),
        voids(arm),
    )


def _print_secondary(findings: Findings, console: Console) -> None:
    """Secondary comparisons, save those that the table of mechanisms holds."""
    mechanisms = [e for m in findings.mechanisms for e in (m.alone, m.last)]
    rows = [
        (
            effect.called,
            findings.title_of(effect.contrast.measure),
            within(effect.estimate, effect.interval),
            verdict(effect),
        )
        for effect in findings.secondary
        if effect not in mechanisms
    ]
    if not rows:
        return
    console.print()
    print_table(console, ("also asked", "measure", "difference", ""), rows, names=(2, 3))


def _print_mechanisms(findings: Findings, console: Console) -> None:
    rows = []
    for found in findings.mechanisms:
        cells = [
            cell
            for effect, deals in (
                (found.alone, found.alone_agreement),
                (found.last, found.last_agreement),
            )
            for cell in (
                MISSING if effect is None else _marked(effect),
                points(None if deals is None else deals.estimate),
            )
        ]
        rows.append((f"{found.called} ({found.claim})", *cells))
    console.print()
    headings = ("incentive", "alone", "deals,\npp", "last, with\nall others", "deals,\npp")
    print_table(console, headings, rows, names=(1, 2, 3, 4), right=(2, 4))
    measure = findings.title_of(findings.primary_measure)
    note = (
        f"Change of {measure}, and of the share of talks that end in a deal, in percentage points. "
        "*: shown, all secondary comparisons weighed together."
    )
    console.print(shown(note, style="dim"))


def _marked(effect: Effect) -> str:
    star = "*" if effect.shown and effect.holm_p is not None else ""
    return within(effect.estimate, effect.interval) + star


def _print_probes(findings: Findings, console: Console) -> None:
    """What each delegate signs in private: silent where nobody was asked."""
    found = manipulation.rows(findings)
    if not found:
        return
    console.print()
    print_table(console, manipulation.HEADINGS, found, names=(0, 1), right=(2, 3, 4, 5))
    console.print()
    for sentence in (*manipulation.sentences(findings), manipulation.NOTE):
        console.print(shown(sentence, style="dim"))


def _print_voids(findings: Findings, console: Console) -> None:
    """Who failed to answer, and why: silent where everybody did."""
    for arm in findings.arms:
        parts = [
            f"{counted(number, 'void')} by " + (seat if seat == NOBODY else f"seat {seat}")
            for seat, number in arm.void_by_seat.items()
        ]
        parts += [not_played(kind, number) for kind, number in arm.failed_kinds.items()]
        parts += [
            f"{counted(number, 'reply', 'replies')} of seat {seat} asked again"
            for seat, number in arm.repairs_by_seat.items()
        ]
        parts += [
            f"{counted(number, 'debrief')} of seat {seat} missing (show says why)"
            for seat, number in arm.unanswered_debriefs.items()
        ]
        for warning, number in arm.warnings.items():
            such = "" if number == 1 else ", the first"
            text = f"{arm.arm}: warning in {counted(number, 'dialogue')}{such}: {warning}"
            console.print(shown(text, style="yellow"))
        if not parts:
            continue
        reason = next(iter(arm.void_reasons), "")
        text = f"{arm.arm}: {', '.join(parts)}" + (f". Most often: {reason}" if reason else "")
        console.print(shown(text, style="yellow"))


def _print_prompts(findings: Findings, console: Console) -> None:
    if findings.prompts is not None:
        console.print()
        console.print(shown(prefix_sentence(findings.prompts), style="dim"))


def _print_checks(findings: Findings, console: Console) -> None:
    failed = len(findings.failed_checks)
    total = len(findings.checks)
    head = (
        f"Checks: all {total} hold" if failed == 0 else f"Checks: {failed} of {total} do not hold"
    )
    console.print()
    console.print(shown(head, style="bold" if failed == 0 else "bold red"))
    for check in findings.checks:
        console.print(_check_line(check, findings))


def _check_line(check: CheckResult, findings: Findings) -> Text:
    found = check.problem or f"{exact(check.value)}, {check.bound}"
    what = f"{check.arm}, {findings.title_of(check.measure)}: {found}"
    if check.missing and check.value is not None:
        what += f" ({counted(check.missing, 'dialogue')} without a value)"
    if check.unpaired and check.value is not None:
        what += f" ({counted(check.unpaired, 'dialogue')} left out, whose twin has no value)"
    mark, style = ("✓", "green") if check.held else ("✗", "red")
    line = shown(f"{mark} ", style)
    line.append_text(shown(check.called))
    line.append_text(shown(f" ({what})", "dim" if check.held else style))
    return line
