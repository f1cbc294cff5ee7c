"""``track15 show RUN [ID]``: the dialogues behind the numbers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.console import echo_json, program, results, shown_path
from harness.cli.options import LOG_DIR, json_option, log_dir_option
from harness.errors import RecordError

if TYPE_CHECKING:
    from harness.records.store import RunFolder
    from harness.records.transcript import Transcript


@click.command()
@click.argument("run", required=False)
@click.argument("dialogue", required=False)
@click.option("--arm", help="List only this arm.")
@click.option("--scenario", help="List only this scenario.")
@click.option(
    "--outcome",
    type=click.Choice(["deal", "no_deal", "walk_out", "void"]),
    help="List only these endings.",
)
@click.option("--grep", metavar="TEXT", help="List only dialogues in which TEXT was said.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Rows.")
@click.option("--public", is_flag=True, help="Leave out what was private.")
@click.option("--prompts", is_flag=True, help="Also what each model was shown.")
@log_dir_option
@json_option
def command(
    run: str | None,
    dialogue: str | None,
    arm: str | None,
    scenario: str | None,
    outcome: str | None,
    grep: str | None,
    limit: int,
    public: bool,
    prompts: bool,
    log_dir: Path,
    as_json: bool,
) -> None:
    """List the dialogues of RUN (the latest when left out), or read one: its id, or the start of
    it, is DIALOGUE."""
    from harness.cli.runs import open_run

    folder = open_run(run, log_dir)
    if dialogue is not None:
        transcript = folder.transcript(dialogue)
        if as_json:
            echo_json(transcript.model_dump_json(by_alias=True, indent=1))
        else:
            from harness.cli.reading import print_dialogue

            print_dialogue(folder, transcript, results(), private=not public, prompts=prompts)
        return
    wanted = (t for t in folder.transcripts() if _fits(t, arm, scenario, outcome, grep))
    chosen = list(itertools.islice(wanted, limit + 1))
    if as_json:
        for transcript in chosen[:limit]:
            echo_json(transcript.model_dump_json(by_alias=True))
        return
    if not chosen:
        raise RecordError(
            "no dialogue fits", where=str(folder.path), fix="loosen the filters, or play it first"
        )
    _print_list(folder, chosen[:limit], more=len(chosen) > limit)


def _fits(
    transcript: Transcript,
    arm: str | None,
    scenario: str | None,
    outcome: str | None,
    grep: str | None,
) -> bool:
    if arm is not None and transcript.spec.arm != arm:
        return False
    if scenario is not None and transcript.spec.scenario != scenario:
        return False
    if outcome is not None and transcript.talks.outcome.kind != outcome:
        return False
    if grep is not None:
        text = grep.casefold()
        return any(text in turn.words.casefold() for turn in transcript.talks.turns)
    return True


def _print_list(folder: RunFolder, transcripts: list[Transcript], *, more: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("dialogue", "arm", "scenario", "twin", "epoch", "turns", "ending"):
        table.add_column(heading, justify="right" if heading in ("epoch", "turns") else "left")
    for t in transcripts:
        talks = t.talks
        ending = talks.outcome.kind.replace("_", " ")
        if talks.void is not None:
            ending = f"{t.status}: {talks.void.detail.splitlines()[0][:60]}"
        table.add_row(
            *(
                Text(value)
                for value in (
                    t.id,
                    t.spec.arm,
                    t.spec.scenario,
                    t.spec.twin.value,
                    str(t.spec.epoch),
                    str(sum(turn.kind == "statement" for turn in talks.turns)),
                    ending,
                )
            )
        )
    console = results()
    console.print(table)
    if more:
        console.print("... and more: narrow with --arm, --scenario, --outcome, --grep, or --limit")
    name = folder.path.name if folder.path.parent == LOG_DIR else shown_path(folder.path)
    line = f"\nRead one: {program()} show {name} {transcripts[0].id[:6]}"
    console.print(line, markup=False, soft_wrap=True)
