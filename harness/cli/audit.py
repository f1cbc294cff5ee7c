"""``track15 audit``: who concedes what in a written plan, and could the real parties sign it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from harness.cli.console import echo, echo_json, results, say
from harness.cli.options import (
    UserPath,
    json_option,
    max_retries_option,
    models_option,
    timeout_option,
)
from harness.errors import UsageError
from harness.records.folder import LOG_DIR

AUDITS: Final = LOG_DIR / "audits.jsonl"
"""Where the answers of judges are kept."""
if TYPE_CHECKING:
    from rich.console import Console

    from harness.app.auditing import Audit
    from harness.plans.assessment import Assessment


@click.command()
@click.argument("plan", required=False, metavar="PLAN")
@click.option("--scenario", metavar="NAME", help="The dispute, by name or file.")
@click.option(
    "--round", "round_", type=int, default=1, show_default=True, help="As things stand then."
)
@click.option("--template", is_flag=True, help="Print a plan to fill in, and stop.")
@click.option("--html", "html_file", type=UserPath(dash=True), help="Write a page; - for stdout.")
@click.option(
    "--judge", metavar="PROVIDER/MODEL[@URL]", help="The model that reads a plan in prose."
)
@click.option(
    "--record",
    type=UserPath(),
    default=AUDITS,
    show_default=True,
    metavar="FILE",
    help="Keep the judge's answers here, and ask for none twice.",
)
@click.option("--no-record", is_flag=True, help="Keep nothing of the judge's answers.")
@click.option(
    "--retry-void", is_flag=True, help="Ask again where an answer on record was not usable."
)
@models_option
@max_retries_option
@timeout_option
@json_option
def command(
    plan: str | None,
    scenario: str | None,
    round_: int,
    template: bool,
    html_file: Path | None,
    judge: str | None,
    record: Path,
    no_record: bool,
    retry_void: bool,
    models_file: Path | None,
    max_retries: int,
    timeout: float,
    as_json: bool,
) -> int:
    """Hold a written plan against a dispute: what it advises on each issue, what that is worth to
    every real party, whose red lines it crosses, whom it favours, who could sign it, and the
    nearest package that all could sign.

    PLAN is a YAML file with 'issue: option' on each line, or the name of a shipped one; nothing is
    sent then. Or it is prose, as Markdown, text or HTML, which the model of --judge reads: every
    answer rests on words that occur in the plan, and a second call asks in which direction they
    point. Its answers are kept, and none is asked for twice. Issues that a plan leaves out count as
    open, and figures that depend on them are ranges.
    """
    from harness.app import auditing
    from harness.app.comparing import write

    if template:
        if scenario is None:
            raise UsageError(
                "--template needs a dispute", where="--template", fix="add --scenario NAME"
            )
        echo(auditing.plan_template(scenario).rstrip("\n"))
        return 0
    if plan is None:
        raise UsageError(
            "which plan?", where="PLAN", fix="name its file, or see: track15 list plans"
        )
    found = auditing.audit(
        plan,
        scenario=scenario,
        round_=round_,
        judge=judge,
        models_file=models_file,
        record=None if no_record else record,
        retry_void=retry_void,
        notify=say,
        max_retries=max_retries,
        timeout=timeout,
    )
    if html_file is not None:
        write(found.page.encode(), html_file, flag="--html")
    if as_json:
        echo_json(json.dumps(found.as_json(), indent=1, ensure_ascii=False, allow_nan=False))
    elif html_file is None or str(html_file) != "-":
        _print(found, results())
    return 0


def _print(audit: Audit, console: Console) -> None:
    from rich.padding import Padding

    from harness.report.plan_reading import doubted, said_of
    from harness.report.plan_words import nearest_terms
    from harness.report.tables import shown

    found = audit.found
    title = audit.plan.title or "A plan"
    heading = f"{title}, for: {found.scenario.say(found.scenario.title)}"
    console.print(shown(heading, "bold"))
    console.print()
    _print_issues(audit, console)
    console.print()
    _print_parties(found, console)
    console.print()
    console.print(shown(" ".join(audit.comes_to)))
    for issue, text in nearest_terms(found):
        console.print(Padding(shown(f"{issue}: {text}"), (0, 0, 0, 2)))
    if audit.judged is not None:
        console.print()
        console.print(shown(" ".join(audit.says)))
        for what, words in said_of(audit.judged.reading, found):
            console.print(shown(f'{what}: "{words}"'))
        for what, words in doubted(audit.judged.reading, found):
            console.print(shown(f'Did not count, on {what}: "{words}"'))


def _print_issues(audit: Audit, console: Console) -> None:
    from harness.report.plan_words import ceded_words, issue_name, option_text, why_open
    from harness.report.tables import print_table, shown
    from harness.report.wording import MISSING

    found = audit.found
    unread = {} if audit.judged is None else audit.judged.reading.unread
    one, other = found.parties[:2]
    by = {(ceded.issue, ceded.party): ceded for ceded in found.ceded}
    rows = []
    for issue in found.scenario.issue_ids():
        advice = audit.plan.advises.get(issue)
        if advice is None:
            rows.append(
                [issue_name(found, issue), f"({why_open(issue, unread)})", MISSING, MISSING]
            )
            continue
        text = option_text(found, issue, advice.option)
        cells = []
        for party in (one, other):
            ceded = by[issue, party.id]
            cells.append(ceded_words(ceded) + (" red line" if ceded.crossed else ""))
        rows.append([issue_name(found, issue), text, *cells])
    rows.append(
        ["All", "", *(ceded_total(found, party.id) for party in (one, other))],
    )
    heads = ["issue", "advised", f"{one.name}\ngives", f"{other.name}\ngives"]
    print_table(console, heads, rows)
    note = "gives: points of 100 against its public opening; + is more than it asks for."
    console.print(shown(note, "dim"))
    for issue, advice in audit.plan.advises.items():
        if advice.sentence:
            console.print(shown(f'{issue_name(found, issue)} rests on: "{advice.sentence}"'))


def ceded_total(found: Assessment, party: str) -> str:
    """What a plan asks of a party in all, in points with a sign."""
    from harness.report.wording import points

    return points(-found.asked(party))


def _print_parties(found: Assessment, console: Console) -> None:
    from harness.report.plan_words import crossed_words, hundredths, in_points, stance_words
    from harness.report.tables import print_table
    from harness.report.wording import MISSING

    rows = [
        [
            party.name + ("" if party.at_table else " (absent)"),
            in_points(party.value),
            hundredths(party.reservation),
            crossed_words(found, party) or MISSING,
            stance_words(party),
        ]
        for party in found.parties
    ]
    print_table(console, ["party", "worth", "no deal", "red lines crossed", "would"], rows)
