"""``track15 show RUN [ID]``: the dialogues behind the numbers."""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.console import echo_json, program, results, say
from harness.cli.options import json_option, log_dir_option
from harness.errors import RecordError, UsageError
from harness.files.paths import shown_path
from harness.records.folder import LOG_DIR
from harness.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript

REASON = 100
"""Characters of the reason of a void dialogue in a list."""
WORD = 40
"""Characters of a value in words in a list."""
LEAST_START = 6
"""Characters of an id in the command that is offered, or more where another id starts alike."""


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
@click.option(
    "--prompts",
    is_flag=True,
    help="Also every call of a model: what it was shown, and its raw reply.",
)
@click.option(
    "--scores",
    is_flag=True,
    help="In place of DIALOGUE, all that was measured in it, and why a value is missing.",
)
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
    scores: bool,
    log_dir: Path,
    as_json: bool,
) -> None:
    """List the dialogues of RUN (the latest when left out), or read one: its id, or the start of
    it, is DIALOGUE.

    --json gives one transcript: an object over several lines for DIALOGUE, and else one object a
    line (JSON Lines). With --scores it gives one array of what each evaluator found.
    """
    from harness.app.runs import open_run

    if public and (prompts or as_json):
        flag = "--prompts" if prompts else "--json"
        raise UsageError(
            "what a model was shown is private" if prompts else "the record holds what was private",
            where=flag,
            fix=f"leave out --public or {flag}",
        )
    if scores:
        _refuse_with_scores(dialogue, public=public, prompts=prompts)
    folder = open_run(run, log_dir, say)
    if dialogue is not None:
        transcript = folder.transcript(dialogue)
        if scores:
            _show_scores(folder, transcript, as_json=as_json)
        elif as_json:
            echo_json(transcript.model_dump_json(by_alias=True, indent=1))
        else:
            from harness.cli.reading import print_dialogue

            print_dialogue(folder, transcript, results(), private=not public, prompts=prompts)
        return
    wanted = (t for t in folder.transcripts() if _fits(folder, t, arm, scenario, outcome, grep))
    chosen = list(itertools.islice(wanted, limit + 1))
    if not chosen:
        raise _nothing(folder, arm, scenario)
    if as_json:
        for transcript in chosen[:limit]:
            echo_json(transcript.model_dump_json(by_alias=True))
        return
    _print_list(folder, chosen[:limit], more=len(chosen) > limit)


def _refuse_with_scores(dialogue: str | None, *, public: bool, prompts: bool) -> None:
    """Hold that scores are asked for of one dialogue, and nothing else of it.

    Raises:
        UsageError: They are not.
    """
    if dialogue is None:
        raise UsageError(
            "scores are shown for one dialogue at a time",
            where="--scores",
            fix="name it: track15 show RUN DIALOGUE --scores; of all: scores.jsonl, or report",
        )
    if public or prompts:
        raise UsageError(
            "scores are shown instead of the dialogue",
            where="--scores",
            fix=f"leave out --scores or {'--public' if public else '--prompts'}",
        )


def _show_scores(folder: RunFolder, transcript: Transcript, *, as_json: bool) -> None:
    """Everything that was measured in a dialogue.

    Raises:
        RecordError: It is not scored.
    """
    found = [score for score in folder.scores() if score.id == transcript.id]
    if not found:
        raise RecordError(
            f"the dialogue {transcript.id} is not scored",
            where=str(folder.path),
            fix=f"score the run: track15 score {shlex.quote(shown_path(folder.path))}",
        )
    if as_json:
        echo_json(f"[{', '.join(score.model_dump_json() for score in found)}]")
        return
    from harness.app.measuring import definitions
    from harness.report.tables import print_table, shown

    console = results()
    known = definitions(installed=False)
    rows = []
    for score in found:
        for name, value in score.values.items():
            measure = f"{score.evaluator}.{name}"
            said = known[measure].title if measure in known else ""
            if value is None:
                why = shortened(score.why_null.get(name, "undefined"), REASON)
                said = f"{said}: {why}" if said else why
            rows.append((measure, _in_words(value), said))
    console.print(shown(f"What was measured in the dialogue {transcript.id}", "bold"))
    print_table(console, ("measure", "value", "what it is, and why it has no value"), rows)


def _in_words(value: float | bool | str | None) -> str:
    """A value as people read it; the dash where there is none."""
    if isinstance(value, str):
        return shortened(value, WORD)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is not None and value.is_integer():
        return f"{value:.0f}"
    from harness.report.wording import exact

    return exact(value)


def _nothing(folder: RunFolder, arm: str | None, scenario: str | None) -> RecordError:
    """Why no dialogue is listed: the run has none, a name is unknown, or nothing fits."""
    from harness.records.placement import placement_of

    arms: set[str] = set()
    scenarios: set[str] = set()
    for transcript in folder.transcripts():
        place = placement_of(folder, transcript)
        arms.update(place.arms)
        scenarios.add(place.scenario or "")
    where = str(folder.path)
    if not arms:
        return RecordError(
            "this run has no dialogue yet",
            where=where,
            fix="play it, or name another: track15 list runs",
        )
    for kind, name, known in (("arm", arm, arms), ("scenario", scenario, scenarios)):
        if name is not None and name not in known:
            return RecordError(
                f"no dialogue of the {kind} {name!r}",
                where=where,
                fix=f"its {kind}s: {', '.join(sorted(known))}",
            )
    return RecordError("no dialogue fits", where=where, fix="loosen the filters")


def _fits(
    folder: RunFolder,
    transcript: Transcript,
    arm: str | None,
    scenario: str | None,
    outcome: str | None,
    grep: str | None,
) -> bool:
    from harness.records.placement import placement_of

    place = placement_of(folder, transcript)
    if arm is not None and arm not in place.arms:
        return False
    if scenario is not None and place.scenario != scenario:
        return False
    if outcome is not None and transcript.body.outcome.kind != outcome:
        return False
    if grep is not None:
        text = grep.casefold()
        return any(text in turn.words.casefold() for turn in transcript.body.turns)
    return True


def _print_list(folder: RunFolder, transcripts: list[Transcript], *, more: bool) -> None:
    from harness.records.placement import placement_of
    from harness.records.served import warnings
    from harness.report.tables import print_table, shown

    rows = []
    for t in transcripts:
        talks = t.body
        ending = talks.outcome.kind.replace("_", " ")
        if t.void is not None:
            ending = f"{t.status}: {shortened(t.void.detail, REASON)}"
        statements = sum(turn.kind == "statement" for turn in talks.turns)
        place = placement_of(folder, t)
        where = (", ".join(place.arms), place.scenario or "", place.twin or "", str(place.epoch))
        rows.append((t.id, *where, str(statements), ending))
    console = results()
    headings = ("dialogue", "arm", "scenario", "twin", "epoch", "turns", "ending")
    print_table(console, headings, rows, names=(0, 1, 2), right=(4, 5))
    if more:
        console.print("... and more: narrow with --arm, --scenario, --outcome, --grep, or --limit")
    for warning in warnings(folder.info.served):
        console.print(shown(warning, "yellow"))
    name = folder.path.name if folder.path.parent == LOG_DIR else shown_path(folder.path)
    command = shlex.join(["show", name, _start(transcripts[0].id, folder.index())])
    console.print(f"\nRead one: {program()} {command}", markup=False, soft_wrap=True)


def _start(key: str, keys: Iterable[str]) -> str:
    """The start of an id that no other of ``keys`` has."""
    others = [other for other in keys if other != key]
    for length in range(LEAST_START, len(key)):
        if not any(other.startswith(key[:length]) for other in others):
            return key[:length]
    return key
