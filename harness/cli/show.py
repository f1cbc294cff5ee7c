"""``track15 show RUN [ID]``: the dialogues behind the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from harness.cli.console import echo_json, results, say
from harness.cli.options import json_option, log_dir_option
from harness.cli.show_chain import refuse_beside_chain, show_chain, show_stage
from harness.errors import RecordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.app.listing import Asked
    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript

REASON: Final = 100
"""Characters of the reason why a value is missing."""
WORD: Final = 40
"""Characters of a value in words."""
OF_A_LIST: Final = (
    *("arm", "scenario", "outcome", "filter", "grep"),
    *("columns", "sort", "worst", "by", "limit"),
)
"""Options that choose dialogues and say how they are listed."""
OF_ONE: Final = ("turn", "calls", "scores")
"""Options that say what is shown of one dialogue."""
EPILOG: Final = """
\b
A filter compares fields and scores:
  skew > .2 and arm == "track-1.5"
  ending == void or red_lines.crossed_u >= 1
  not (scenario in (ceasefire, supply)) and gain_u < 0
  model_u ~ "qwen"        contains
  skew is missing         a comparison with what is missing is never true

\b
Fields: id, arm, scenario, twin, epoch, model_o, model_u, ending, commitment,
round, turns, void_kind, void_seat, void_reason, repairs, calls,
prompt_tokens, completion_tokens. A score goes by its full name, such as
settlement.skew, or by the last part of it where no other has that:
track15 list measures. skew, agreement and gap are those of settlement and
concessions.
"""


@click.command(epilog=EPILOG)
@click.argument("run", required=False)
@click.argument("dialogue", required=False, metavar="[ID]")
@click.option("--arm", help="List only this arm.")
@click.option("--scenario", help="List only this scenario.")
@click.option(
    "--outcome",
    type=click.Choice(["deal", "no_deal", "walk_out", "unknown", "void", "failed"]),
    help="List only these endings.",
)
@click.option("--filter", metavar="EXPR", help="List only dialogues that match; see below.")
@click.option(
    "--grep",
    metavar="TEXT",
    help="List only dialogues that hold TEXT, and where: in words, thoughts, debriefs, reasons, "
    "reasoning or raw replies. With --public, in what was said at the table.",
)
@click.option("--columns", metavar="A,B,...", help="List these fields and scores.")
@click.option("--sort", metavar="NAME", help="Sort the list; -NAME for the largest first.")
@click.option(
    "--worst",
    type=click.IntRange(1),
    metavar="N",
    help="List the N most one-sided dialogues, and the words that gave most ground in them.",
)
@click.option(
    "--by", metavar="SCORE", help=("Score that --worst sorts by, ignoring its sign.  [skew]")
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Rows of a list.  [50]")
@click.option(
    "--turn", type=click.IntRange(0), metavar="N", help="Read DIALOGUE from this turn on."
)
@click.option("--public", is_flag=True, help="Leave out what was private.")
@click.option(
    "--calls",
    "--prompts",
    is_flag=True,
    help="Instead of the dialogue, show every call of a model: what was new in its prompt, its "
    "reasoning where the server gave it, and its raw reply.",
)
@click.option(
    "--scores",
    is_flag=True,
    help="Instead of the dialogue, show every score, and why a value is missing.",
)
@click.option(
    "--chain",
    is_flag=True,
    help="List what followed the talks, episode by episode; with ID, read the whole chain that "
    "leads through it, from the talks to the later talks. With --arm, in that arm.",
)
@click.option("--no-pager", is_flag=True, help="Never stop at the end of a screen.")
@log_dir_option
@json_option
def command(
    run: str | None, dialogue: str | None, log_dir: Path, as_json: bool, **options: Any
) -> None:
    """List the dialogues of RUN (the latest when left out), or read one: ID is its id, or the start
    of it. An article, its readers, a news item, what was understood of it, and later talks have ids
    too, and are read likewise.

    --json gives one record: an object over several lines for ID, and else one object a line (JSON
    Lines). With --columns it gives one row a line, and with --scores one array of what each
    evaluator found.
    """
    from harness.app.runs import open_run

    if options["chain"]:
        refuse_beside_chain(options, one=dialogue is not None, as_json=as_json)
        folder = open_run(run, log_dir, say)
        show_chain(folder, dialogue, options, as_json=as_json)
        return
    if dialogue is None:
        _refuse_of_one(options, as_json=as_json)
    else:
        _refuse_of_a_list(options, as_json=as_json)
    folder = open_run(run, log_dir, say)
    if dialogue is None:
        _list(folder, _asked(options), as_json=as_json, pager=not options["no_pager"])
    else:
        _read_one(folder, dialogue, options, as_json=as_json)


def _read_one(folder: RunFolder, prefix: str, options: Mapping[str, Any], *, as_json: bool) -> None:
    """Show the dialogue, or the stage of another kind, whose id starts with ``prefix``.

    Raises:
        RecordError: None does, or several do.
    """
    from harness.app.episodes import stage_named

    record = None
    if not any(key.startswith(prefix) for key in folder.index()):
        record = stage_named(folder, prefix)
    if record is None:
        _show(folder, folder.transcript(prefix), options, as_json=as_json)
    else:
        show_stage(folder, record, options, as_json=as_json)


def _list(folder: RunFolder, asked: Asked, *, as_json: bool, pager: bool) -> None:
    from harness.app.listing import Listing
    from harness.cli.listed import print_json, print_list
    from harness.cli.paging import paged

    listing = Listing(folder, asked)
    if as_json:
        print_json(listing)
        return
    with paged(wanted=pager) as console:
        print_list(console, listing)


def _show(
    folder: RunFolder, transcript: Transcript, options: Mapping[str, Any], *, as_json: bool
) -> None:
    from harness.cli.paging import paged

    if options["scores"]:
        _show_scores(folder, transcript, as_json=as_json)
        return
    if as_json:
        echo_json(transcript.model_dump_json(by_alias=True, indent=1))
        return
    turn = options["turn"] or 0
    with paged(wanted=not options["no_pager"]) as console:
        if options["calls"]:
            from harness.cli.calls import print_calls

            print_calls(folder, transcript, console, turn=turn)
        else:
            from harness.cli.reading import print_dialogue

            private = not options["public"]
            print_dialogue(folder, transcript, console, private=private, turn=turn)


def _asked(options: Mapping[str, Any]) -> Asked:
    """What is asked of a list.

    Raises:
        UsageError: Two options contradict each other, or --by stands alone.
    """
    from harness.app.listing import Asked

    worst = options["worst"] is not None
    for other in ("sort", "limit"):
        if worst and options[other] is not None:
            raise UsageError(
                f"--worst says itself {'in which order' if other == 'sort' else 'how many'}",
                where=f"--{other}",
                fix=f"leave out --worst or --{other}",
            )
    if options["by"] is not None and not worst:
        raise UsageError(
            "it chooses the score that --worst sorts by",
            where="--by",
            fix=f"add --worst 10; or sort: --sort -{options['by']}",
        )
    columns = tuple(name.strip() for name in (options["columns"] or "").split(",") if name.strip())
    if options["columns"] is not None and not columns:
        raise UsageError("no column is named", where="--columns", fix="such as: --columns skew,gap")
    given = {name: options[name] for name in ("arm", "scenario", "outcome", "filter", "grep")}
    more = {name: options[name] for name in ("sort", "by", "limit") if options[name] is not None}
    return Asked(**given, **more, public=options["public"], columns=columns, worst=options["worst"])


def _given(options: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    """Which of these options were given, as they are typed."""
    return [
        f"--{name}" for name in names if options[name] is not None and options[name] is not False
    ]


def _refuse_of_a_list(options: Mapping[str, Any], *, as_json: bool) -> None:
    """Hold that what is asked of one dialogue goes together.

    Raises:
        UsageError: It does not, or an option is for lists.
    """
    if idle := _given(options, OF_A_LIST):
        raise UsageError(
            f"{_and(idle)}: for a list of dialogues; DIALOGUE is one already",
            fix=f"leave out DIALOGUE or {_and(idle)}",
        )
    public, calls, scores = (options[name] for name in ("public", "calls", "scores"))
    if public and (calls or as_json):
        flag = "--calls" if calls else "--json"
        raise UsageError(
            "what a model was shown is private" if calls else "the record holds what was private",
            where=flag,
            fix=f"leave out --public or {flag}",
        )
    if scores and (others := [*_given(options, ("public", "calls", "turn"))]):
        raise UsageError(
            "scores are shown instead of the dialogue",
            where="--scores",
            fix=f"leave out --scores or {_and(others)}",
        )
    if as_json and (others := _given(options, ("calls", "turn"))):
        raise UsageError(
            "the record is printed whole: its calls stand under 'calls'",
            where="--json",
            fix=f"leave out --json or {_and(others)}",
        )


def _refuse_of_one(options: Mapping[str, Any], *, as_json: bool) -> None:
    """Hold that what is asked of a list is for lists.

    Raises:
        UsageError: It is not.
    """
    if options["scores"]:
        raise UsageError(
            "scores are shown for one dialogue at a time",
            where="--scores",
            fix="name it: track15 show RUN DIALOGUE --scores; of all: --columns, or scores.jsonl",
        )
    if one := _given(options, OF_ONE):
        raise UsageError(
            f"{_and(one)}: for one dialogue, and none is named",
            fix=f"name it: track15 show RUN DIALOGUE {' '.join(one)}",
        )
    if options["public"] and as_json:
        raise UsageError(
            "the record holds what was private",
            where="--json",
            fix="leave out --public or --json",
        )
    if options["public"] and options["grep"] is None:
        raise UsageError(
            "in a list it limits what --grep searches",
            where="--public",
            fix="add --grep TEXT, or name a DIALOGUE",
        )


def _and(flags: list[str]) -> str:
    return " and ".join(flags)


def _show_scores(folder: RunFolder, transcript: Transcript, *, as_json: bool) -> None:
    """Everything that was measured in a dialogue.

    Raises:
        RecordError: It is not scored.
    """
    from harness.app.listing import scoring

    found = folder.score_lines().all_of(transcript.id)
    if not found:
        raise RecordError(
            f"the dialogue {transcript.id} is not scored",
            where=str(folder.path),
            fix=f"score the run: {scoring(folder)}",
        )
    if as_json:
        echo_json(f"[{', '.join(score.model_dump_json() for score in found)}]")
        return
    from harness.app.measuring import calibrated_judges, definitions_of
    from harness.report.judged_answers import print_answers
    from harness.report.tables import print_table, shown
    from harness.visible import shortened

    console = results()
    known = definitions_of(folder)
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
    print_answers(found, console, known, calibrated_judges(folder))


def _in_words(value: float | bool | str | None) -> str:
    """A value as people read it; the dash where there is none."""
    from harness.visible import shortened

    if isinstance(value, str):
        return shortened(value, WORD)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is not None and value.is_integer():
        return f"{value:.0f}"
    from harness.report.wording import exact

    return exact(value)
