"""A whole episode at a terminal: the talks in a line, the article, its readers, the later talks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.text import Text

from harness.app.episodes import COLUMNS, Row, titles_of
from harness.cli.console import echo_json, program
from harness.cli.ground import MARK, print_in
from harness.errors import counted
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, signed
from harness.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from harness.report.episode import (
        Advice,
        Article,
        Change,
        EpisodeReading,
        Item,
        Later,
        Mark,
        Missing,
        OneReader,
        Panel,
    )
    from harness.report.reading import Number

BY_SCRIPT: Final = "tag of the script that wrote it"
"""As :data:`harness.report.episode_marks.BY_SCRIPT`."""
QUOTED: Final = "underline"
FEW: Final = 5
"""Changes that are shown of each reader, the largest ones."""
_COSTS: Final = {"u": "conceding", "o": "asking"}


def print_episodes(console: Console, rows: Sequence[Row], limit: int, run: str) -> None:
    """Print a list of episodes: a row each, with its whole id.

    Args:
        limit: Rows at most.
        run: What the run is called in the command that is offered.
    """
    known = dict(COLUMNS)
    there = {name: 0 for row in rows for name, value in row.values.items() if value is not None}
    names = [name for name in known if name in there]
    names += [name for name in there if name not in known]  # it is sorted by that
    columns = [(name, known.get(name, name.replace(".", "\n"))) for name in names]
    headings = ("episode", "arm", "scenario", "twin", "epoch", *(head for _, head in columns))
    cells = [
        (
            row.id,
            row.episode.arm,
            row.episode.scenario,
            row.episode.twin.value,
            str(row.episode.epoch),
            *(signed(row.values.get(name)) for name, _ in columns),
        )
        for row in rows[:limit]
    ]
    right = range(4, len(headings))
    print_table(console, headings, cells, names=range(len(headings)), right=right, whole=(0,))
    titles = titles_of(names)
    for name, heading in columns:
        said = " ".join(heading.split())
        if titles.get(name, said) != said:
            console.print(shown(f"{said}: {titles[name]}", style="dim"), soft_wrap=True)
    if len(rows) > limit:
        console.print(f"... and {len(rows) - limit} more: narrow with --arm, --scenario or --limit")
    first = rows[0]
    command = f"show {run} {first.id} --chain --arm {first.episode.arm}"
    console.print(f"\nRead one: {program()} {command}", markup=False, soft_wrap=True)


def print_episodes_json(rows: Iterable[Row]) -> None:
    """The same as JSON Lines."""
    for row in rows:
        fields = row.episode.model_dump(mode="json")
        echo_json(json.dumps({"id": row.id, **fields, "values": row.values}, ensure_ascii=False))


def print_chain(console: Console, d: EpisodeReading, *, private: bool) -> None:
    """Print an episode from its talks to the later talks."""
    console.print(shown(d.title, "bold"))
    console.print(shown(f"{d.arm}, {d.identity}, episode {d.key}"), soft_wrap=True)
    if d.stale:
        print_in(console, f"Not to be measured: {d.stale}. Resume the run.", MARK, by=0)
    for name, key, became in d.stages:
        console.print(shown(f"  {key}  {name}{'' if became == 'done' else f': {became}'}"))
    _heading(console, "The talks")
    print_in(console, d.ending, by=0)
    if d.article is not None:
        print_article(console, d.article, d.numbers.get("article", ()), private=private)
    if d.news is not None:
        print_news(console, d.news, d.numbers.get("news", ()))
    if d.panel is not None:
        print_panel(console, d.panel, d.numbers.get("readers", ()))
    if d.later is not None:
        print_later(console, d.later, d.numbers.get("later", ()), private=private)


def print_article(
    console: Console, one: Article, numbers: Sequence[Number] = (), *, private: bool
) -> None:
    """Print an article, what its passages do, and what it advises.

    Args:
        private: Also what the plan is worth, and what drove its author.
    """
    _heading(console, "The article")
    signed_by = f"; {one.byline}" if one.byline else ""
    console.print(shown(f"{one.kind}, by the {one.author}{signed_by}; {one.stage}"), soft_wrap=True)
    _missing(console, one.missing)
    if one.driven:
        settings = ", ".join(f"{label} {value}" for label, value in one.driven)
        print_in(console, f"(private) what its script is set to do: {settings}", "dim italic")
    if one.title and not (one.paragraphs and one.paragraphs[0].number < 0):
        print_in(console, f"\n{one.title}", "bold", by=0)
    for paragraph in one.paragraphs:
        line = Text()
        for piece in paragraph.pieces:
            style = "bold" if piece.strong else QUOTED if piece.marks else ""
            line.append(visible(piece.text), style=style)
        console.print()
        print_in(console, line, by=0)
        for by in dict.fromkeys(mark.by for mark in paragraph.marks):
            own = "; ".join(_mark(mark) for mark in paragraph.marks if mark.by == by)
            print_in(console, f"{own} [{by}]", MARK, lead="> ")
    if one.paragraphs:
        judged = f" {'; '.join(one.judges)}." if one.judges else ""
        rejected = f" {counted(one.rejected, 'quote')} not in it." if one.rejected else ""
        print_in(
            console,
            f"\nA line with > says what a passage does, and who says so.{judged}{rejected}",
            by=0,
        )
    if one.plan:
        _plan(console, one.plan, private=private)
    for error in one.repairs:
        print_in(console, f"asked again: {error}", MARK)
    if private:
        _numbers(console, numbers)


def _mark(mark: Mark) -> str:
    """What a passage does; the words of a judge's quote, while those of a tag are plain to see."""
    quoted = mark.quote and mark.by != BY_SCRIPT
    return f'{mark.text}: "{mark.quote}"' if quoted else mark.text


def _plan(console: Console, plan: Sequence[Advice], *, private: bool) -> None:
    console.print(Text("\nWhat it advises", style="bold"))
    for row in plan:
        crosses = f" [crosses the red line of {' and '.join(row.crosses)}]" if row.crosses else ""
        option = row.option or "left open"
        print_in(console, f"{row.issue}: {option}{crosses if private else ''}", lead="- ")
        if row.deal:
            print_in(console, f"the talks agreed: {row.deal}", "dim", by=6)
        if private and row.sides:
            asks = ", ".join(f"{side.who} {signed(side.asked)}" for side in row.sides)
            favours = f"; asks less of {row.favoured}" if row.favours else "; the same of both"
            print_in(console, f"asks, against public openings: {asks}{favours}", "dim", by=6)


def print_panel(console: Console, panel: Panel, numbers: Sequence[Number] = ()) -> None:
    """Print the readers of an episode: a table, then the largest changes of each."""
    _heading(console, "The readers")
    console.print(shown(f"{panel.played_by}, {panel.read}; costs in points of 100"))
    rows = [
        (
            one.reader,
            _points(one.conceding),
            _points(one.asking),
            str(sum(moved.changed for moved in one.settlement)) if one.changes else MISSING,
            "yes" if one.advises else "",
            _about(one),
        )
        for one in panel.readers
    ]
    headings = (
        "reader",
        "conceding\ncosts",
        "asking\ncosts",
        "settlement:\nissues moved",
        "advises",
        "",
    )
    console.print()
    print_table(console, headings, rows, names=(0, 1, 2, 3, 4), right=(1, 2, 3))
    if panel.mean:
        console.print(Text("\nAll who answered twice, on the mean", style="bold"))
        _changes(console, panel.mean)
    for one in panel.readers:
        if one.changes:
            console.print(shown(f"\n{one.reader}: {one.title}", "bold"))
            _changes(console, one.changes)
            for moved in one.settlement:
                if moved.changed:
                    said = f"{moved.issue}: {moved.before} → {moved.after}"
                    print_in(console, f"calls reasonable, {said}", lead="- ")
    _numbers(console, numbers)


def _about(one: OneReader) -> str:
    parts = [one.stands, *(f"failed: {check}" for check in one.failed)]
    return "; ".join([*parts, *(f"missing {why.line}" for why in one.missing)])


def _changes(console: Console, changes: Sequence[Change]) -> None:
    told = [one for one in changes if round(one.change)][:FEW]
    if not told:
        print_in(console, "nothing changed", "dim")
    for one in told:
        line = f"{_COSTS[one.seat]}, to {one.who}, {one.issue}: {one.option}"
        moved = f"{one.before:.0f} → {one.after:.0f} ({_points(one.change)})"
        print_in(console, f"{moved}  {line}", lead="- ")


def print_news(console: Console, item: Item, numbers: Sequence[Number] = ()) -> None:
    """Print a news item, and what its readers answered beside what is right."""
    _heading(console, "News of the meeting")
    console.print(shown(f"{item.framing}; {item.stage}"), soft_wrap=True)
    _missing(console, item.missing)
    if item.headline:
        print_in(console, f"\n{item.headline}", "bold", by=0)
    for text in item.paragraphs:
        console.print()
        print_in(console, text, by=0)
    if item.readers:
        console.print(shown(f"\nWhat its readers understood ({item.played_by})", "bold"))
    for asked in item.asked:
        right = f" Right: {asked.right}." if asked.right else ""
        print_in(console, f"{asked.question}{right}", by=0)
        said: dict[tuple[str, bool | None], list[str]] = {}
        for one in asked.said:
            said.setdefault((one.answer or "no answer", one.right), []).append(one.reader)
        for (answer, is_right), readers in said.items():
            wrong = " (wrong)" if is_right is False else ""
            print_in(console, f"{answer}{wrong}: {', '.join(readers)}", lead="- ")
    for reader, why in item.absent:
        print_in(console, f"{reader}: missing, {why.line}", MARK)
    _numbers(console, numbers)


def print_later(
    console: Console, later: Later, numbers: Sequence[Number] = (), *, private: bool
) -> None:
    """Print how the later talks ended, beside those of the other arms."""
    _heading(console, "The later real talks")
    if later.heard:
        print_in(console, f"{later.heard}.", by=0)
    for line in later.learned:
        print_in(console, f"(private) {line}", "dim italic", by=0)
    names = list(dict.fromkeys(who for one in later.outcomes for who, _, _ in one.gains))
    rows = []
    for one in later.outcomes:
        gains = {who: gain for who, _, gain in one.gains}
        cells = [signed(gains.get(name)) for name in names] if private else []
        why = f" ({one.missing.detail})" if one.missing and one.missing.detail else ""
        mark = "*" if one.own else ""
        rows.append(
            (
                f"{', '.join(one.arms)}{mark}",
                *cells,
                *((signed(one.skew),) if private else ()),
                one.stage,
                f"{one.ending}{why}; {one.reaches}",
            )
        )
    heads = [*(f"gain of\n{name}" for name in names), "skew"] if private else []
    headings = ("arm", *heads, "talks", "how they ended, and what had reached them")
    numbered = range(1, len(headings) - 2)
    print_table(
        console,
        headings,
        rows,
        names=(*range(len(headings) - 1),),
        right=numbered,
        whole=(len(headings) - 2,),
    )
    console.print("* these; the others are the counterfactuals on the same scenario and epoch.")
    these = {arm for one in later.outcomes if one.own for arm in one.arms}
    for row in later.differing:
        console.print(shown(f"\n{row.issue}", "bold"))
        for option, arms, _ in row.options:
            named = ", ".join(f"{arm}*" if arm in these else arm for arm in arms)
            print_in(console, f"{named}: {option}", lead="- ")
    if private:
        _numbers(console, numbers)


def _heading(console: Console, text: str) -> None:
    console.print(Text(f"\n{text}", style="bold underline"))


def _missing(console: Console, why: Missing | None) -> None:
    if why is not None:
        print_in(console, f"No result: {why.line}", MARK)


def _numbers(console: Console, numbers: Sequence[Number]) -> None:
    if numbers:
        console.print()
    for one in numbers:
        note = f" ({one.note})" if one.note and one.value is None else ""
        print_in(console, f"{one.label}: {one.text}{note}", "dim", by=0)


def _points(value: float | None) -> str:
    """Points of 100, with a sign."""
    if value is None:
        return MISSING
    text = f"{value:+.0f}"
    return "0" if text in ("+0", "-0") else text.replace("-", "−")
