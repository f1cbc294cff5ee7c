"""A list of dialogues as people read it, and as JSON Lines."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from harness.app.listing import (
    FIELDS,
    Asked,
    Listed,
    Listing,
    nothing,
    scoring,
    start,
    written,
)
from harness.app.reading import skew_range
from harness.cli.console import echo_json, program, say
from harness.files.paths import shown_path
from harness.records.folder import LOG_DIR, SCORES
from harness.visible import shortened

if TYPE_CHECKING:
    from rich.console import Console

    from harness.evaluators.base import Measure
    from harness.records.reader import RunFolder

REASON: Final = 100
"""Characters of the reason of a void dialogue in a list."""
COLUMNS: Final = ("id", "arm", "scenario", "twin", "epoch", "turns", "ending", "skew", "gap")
"""What a list shows of each dialogue where nothing is named."""
ROOM: Final = 110
"""Columns of a terminal from which on a list shows :data:`MORE` besides."""
ROOM_FOR_REASONS: Final = 160
"""Columns from which on a list says in words why a dialogue is void."""
MORE: Final = ("gain_o", "gain_u", "crossed_u")
MODEL_OF: Final = {"official": "model_o", "unofficial": "model_u"}
"""Role -> the field that says who played it."""
ALIKE: Final = ("twin", "epoch")
"""Of the columns that nobody named, those that are said once where all rows have the same."""
SKEW: Final = "settlement.skew"
IN_ZONE: Final = "most in\nthe zone"
"""Heading of the largest skew in this direction that both principals prefer to no deal."""
_ZONE: Final = (
    "most in the zone: the largest skew in that direction of a deal that both principals prefer "
    "to no deal. Beyond it, one of them is worse off than without a deal."
)
PROSE: Final = frozenset({"ending", "towards", "void_reason"})
"""Columns that are broken between words where there is no room."""
RIGHT: Final = frozenset(
    {"epoch", "round", "turns", "repairs", "calls", "prompt_tokens", "completion_tokens"}
)
"""Fields that are set to the right, as all scores are that are no words."""
MOST_FOUND: Final = 3
"""Places of a searched text that are shown of each dialogue."""
AROUND: Final = 60
"""Characters shown to the left of a text that was searched for, and to the right."""
IN_FULL: Final = 5
"""Up to so many of the most one-sided dialogues are shown with the words that gave most."""


def print_list(console: Console, listing: Listing) -> None:
    """Print the chosen dialogues: a table, or each with the places where a text was found.

    Raises:
        RecordError: None fits, or a file of the run is damaged.
    """
    from harness.records.served import warnings
    from harness.report.tables import shown, shown_line

    folder, asked = listing.folder, listing.asked
    columns = columns_of(asked, console.width, varied(folder))
    listed, more = listing.chosen(columns)
    if not listed:
        raise nothing(folder, asked.arm, asked.scenario)
    _print_rows(console, listing, columns, listed)
    if more:
        console.print(
            "... and more: narrow with --filter, --arm, --scenario, --outcome, --grep, or --limit"
        )
    if asked.worst is not None and len(listed) <= IN_FULL:
        from harness.cli.ground import print_ground

        for one in listed:
            print_ground(folder, one.transcript, console)
    for warning in warnings(folder.info.served):
        console.print(shown_line(warning, "yellow"))
    if asked == Asked(limit=asked.limit):  # the whole run
        from harness.app.watching import so_far_of

        for sentence in so_far_of(folder):
            console.print(shown(f"\n{sentence}"))
    scores = any(listing.names[name] not in FIELDS for name in columns)
    scored = folder.path / SCORES
    if scores and not (scored.is_file() and scored.stat().st_size):
        say(f"The run is not scored, so all scores are missing. Type: {scoring(folder)}")
    name = folder.path.name if folder.path.parent == LOG_DIR else shown_path(folder.path)
    command = shlex.join(["show", name, start(listed[0].transcript.id, listing.ids())])
    console.print(f"\nRead one: {program()} {command}", markup=False, soft_wrap=True)
    if folder.info.suite.goes_on:
        command = shlex.join(["export", name, "--to", "csv", "--table", "episodes"])
        said = f"What followed these talks is in the report, and in: {program()} {command}"
        console.print(said, markup=False, soft_wrap=True)


def print_json(listing: Listing) -> None:
    """Print the chosen dialogues as JSON Lines: rows where columns are named, else transcripts.

    Raises:
        RecordError: None fits, or a file of the run is damaged.
    """
    asked = listing.asked
    listed, _ = listing.chosen(asked.columns)
    if not listed:
        raise nothing(listing.folder, asked.arm, asked.scenario)
    for one in listed:
        if not asked.columns:
            echo_json(one.transcript.model_dump_json(by_alias=True))
            continue
        row: dict[str, object] = {"id": one.transcript.id}
        row |= {name: one.row.get(listing.names[name]) for name in asked.columns}
        if asked.grep is not None:
            row["found"] = [{"where": text.where, "text": text.text} for text in one.found]
        echo_json(json.dumps(row, ensure_ascii=False))


def columns_of(asked: Asked, width: int, models: Sequence[str] = ()) -> tuple[str, ...]:
    """What is shown of each dialogue; always its id first.

    Args:
        asked: What is asked.
        width: Of the terminal.
        models: Fields that say who played, where not all dialogues have the same.
    """
    if asked.columns:
        return tuple(dict.fromkeys(("id", *asked.columns)))
    usual: tuple[str, ...] = (*COLUMNS, *MORE) if width >= ROOM else COLUMNS
    if asked.worst is not None:
        usual = ("id", "arm", "scenario", "twin", "epoch", "ending", asked.by)
    return ("id", *models, *usual[1:])


def varied(folder: RunFolder) -> tuple[str, ...]:
    """Fields that say who played, of the seats that several models took in turn."""
    return tuple(
        name
        for role, name in MODEL_OF.items()
        if len({models.get(role) for models in folder.info.lineups}) > 1
    )


def _places_told(folder: RunFolder) -> bool:
    """Whether models need their places to be told apart."""
    whole = {model for models in folder.info.lineups for model in models.values()}
    return len({model.partition("@")[0] for model in whole}) < len(whole)


def _print_rows(
    console: Console, listing: Listing, columns: Sequence[str], listed: Sequence[Listed]
) -> None:
    from harness.app.measuring import definitions
    from harness.report.tables import print_table

    asked, names, measures = listing.asked, listing.names, definitions(installed=False)
    wide = console.width >= ROOM_FOR_REASONS and not asked.public  # a reason may repeat a reply
    table = {
        name: [_cell(one, names[name], measures, wide=wide) for one in listed] for name in columns
    }
    if not asked.columns and not _places_told(listing.folder):
        for name in MODEL_OF.values() & table.keys():
            table[name] = [value.partition("@")[0] for value in table[name]]
    right = {name for name in columns if _to_the_right(names[name], measures)}
    said = []
    for name in ALIKE if not asked.columns else ():
        if len(set(table[name])) == 1:
            said.append(f"{name} {table.pop(name)[0]}")
    if asked.worst is not None and names[asked.by] == SKEW and asked.by in table:
        ends = [_lopsided(listing.folder, one) for one in listed]
        table[IN_ZONE] = [most for most, _ in ends]
        table["towards"] = [side for _, side in ends]
        right.add(IN_ZONE)
    headings = ["dialogue" if name == "id" else name for name in table]
    rows = list(zip(*table.values(), strict=True))
    if asked.grep is None:
        whole = [i for i, heading in enumerate(headings) if heading not in PROSE]
        print_table(
            console,
            headings,
            rows,
            names=whole,
            right=[i for i, name in enumerate(table) if name in right],
        )
    else:
        for row, one in zip(rows, listed, strict=True):
            cells = [*row[:1], *map(" ".join, zip(headings[1:], row[1:], strict=True))]
            _print_found(console, cells, one, asked.grep)
    if "towards" in table:
        console.print(f"\n{_ZONE}", markup=False)
    if said:
        console.print(f"\nOf all of them: {', '.join(said)}.", markup=False)


def _lopsided(folder: RunFolder, one: Listed) -> tuple[str, str]:
    """The most skew that was possible in this direction, and whose side that is."""
    from harness.report.wording import MISSING, signed

    skew = one.row[SKEW]
    if not isinstance(skew, float | int) or not skew:
        return MISSING, MISSING
    ends = skew_range(folder, one.transcript)
    most = None if ends is None else ends[skew > 0]
    spec = one.transcript.spec
    scenario = folder.info.scenario(spec.scenario, spec.twin)
    sides = {placed.seat: scenario.principals[placed.principal].name for placed in spec.seats}
    return signed(most), sides.get("o" if skew > 0 else "u", MISSING)


def _cell(one: Listed, name: str, measures: Mapping[str, Measure], *, wide: bool) -> str:
    """A value; a void dialogue says why it is void: in words where there is room for them."""
    void = one.transcript.void
    if name == "ending" and void is not None and not wide:
        return f"{one.transcript.status}: {void.kind}"
    if name == "ending" and void is not None:
        return f"{one.transcript.status}: {shortened(void.detail, REASON)}"
    return shortened(written(name, one.row.get(name), measures), REASON)


def _to_the_right(name: str, measures: Mapping[str, Measure]) -> bool:
    if name in FIELDS:
        return name in RIGHT
    return name not in measures or not measures[name].words


def _print_found(console: Console, row: Sequence[str], one: Listed, text: str) -> None:
    """A dialogue and the lines of it that hold a text."""
    from harness.cli.ground import print_in
    from harness.report.tables import shown

    console.print(shown(f"{row[0]}  {', '.join(row[1:])}", "bold"), soft_wrap=True)
    for place in one.found[:MOST_FOUND]:
        excerpt, at = excerpt_of(place.text, text)
        quoted = shown(excerpt)
        if quoted.plain == excerpt and at is not None:
            quoted.stylize("bold reverse", *at)
        print_in(console, quoted, by=2, lead=f"{place.where}: ")
    if (left := len(one.found) - MOST_FOUND) > 0:
        console.print(f"  ... and {left} more in this dialogue")


def excerpt_of(text: str, wanted: str) -> tuple[str, tuple[int, int] | None]:
    """The line of a text that holds another one, cut to some words around it, and where that stands
    in it; None where that cannot be told.

    Args:
        text: The whole text.
        wanted: What it holds, whatever its case.
    """
    match = re.search(re.escape(wanted), text, re.IGNORECASE)
    if match is None:  # other letters that mean the same, as in "STRASSE"
        return shortened(text, 2 * AROUND), None
    before = text[: match.start()].split("\n")[-1]
    after = text[match.end() :].split("\n")[0]
    if len(before) > AROUND:
        before = "…" + (before[-AROUND:].partition(" ")[2] or before[-AROUND:])
    if len(after) > AROUND:
        after = (after[:AROUND].rpartition(" ")[0] or after[:AROUND]) + "…"
    before = before.lstrip()
    found = match[0].replace("\n", " ")
    return f"{before}{found}{after}", (len(before), len(before) + len(found))
