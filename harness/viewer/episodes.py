"""Pages of episodes: talks, and what followed them in an arm; and a list of them.

What was private is read into a page only where ``private=1`` asks for it. Ids and arms from
addresses are looked up among those of the run.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from harness.analysis.chain_behind import low_first
from harness.evaluators.registry import builtin, measures
from harness.records.folder import SCORES, stage_files
from harness.records.later import LaterRecord
from harness.records.placement import Placement, models_of
from harness.records.reader import RunFolder
from harness.records.transcript import Call
from harness.report.episode_layout import lay_out
from harness.report.episode_private import without_private
from harness.report.episode_stages import alike as alike_among
from harness.report.episode_stages import followed, stages_of
from harness.viewer import behind, chains
from harness.viewer.listing import number_in
from harness.viewer.lookup import Sibling, UnknownDialogueError
from harness.viewer.pages import href, page
from harness.viewer.prefix import stamp_of
from harness.viewer.runs import Runs

COLUMNS: Final = (
    ("publication.asks_gap", "lopsided asks"),
    ("readers.shift", "readers' shift"),
    ("misread.distance", "news: distance from the truth"),
    ("misread.error", "news misread"),
    ("later.gain_u", "later gain of the other seat"),
    ("later.skew", "later skew"),
)
"""Measures that a list shows, where the run has them."""
FIRST: Final = frozenset(
    {
        "lopsided asks",
        "shift of readers to the official seat",
        "news misread",
        "later talks: gain of the other seat's principal",
    }
)
"""Titles of the measures that stand in the picture of an episode."""
_Values = dict[tuple[str, str], dict[str, float]]


@dataclass(frozen=True)
class _Page:
    """A page of a list of episodes.

    Attributes:
        rows: The episodes.
        order: What each is ordered by, with its counterfactual; empty where the order is that of
            the plan.
        total: Episodes in all.
        number: Of the page, from 1.
    """

    rows: tuple[chains.Row, ...]
    order: tuple[behind.Ranked, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // chains.PAGE))


def episodes(request: Request) -> HTMLResponse:
    """The episodes of a run: all, or those of an arm, a scenario and a line-up; as they were
    planned, or the worst first by a measure."""
    source: Runs = request.app.state.runs
    run = request.path_params["run"]
    folder, index = source.folder(run), source.index(run)
    progress = index.refresh()
    params = request.query_params
    picked = chains.Picked(*(params.get(name, "") for name in ("arm", "scenario", "lineup")))
    by, against = params.get("by", ""), params.get("against", "")
    stamp = (stamp_of(folder.path / SCORES), index.stamp())
    known: behind.Values = {}
    if by:
        known = source.made(
            run, "order of episodes", (stamp, by), lambda: behind.values_of(folder, by)
        )
    with index.reading() as db:
        listed = _page(db, picked, number_in(params), (by, against), known)
        choices = chains.choices(db)
    last = {row.last for row in listed.rows}
    values = source.made(
        run, "episode scores", (stamp, frozenset(last)), lambda: _values(folder, last)
    )
    there = {name for row in values.values() for name in row}
    kept = {"private": "1" if params.get("private") == "1" else None}

    def address(row: chains.Row) -> str:
        return href("runs", run, "episodes", row.arm, row.last, lineup=row.lineup, **kept)

    return page(
        request,
        "episodes.html.j2",
        run=run,
        info=folder.info,
        progress=progress,
        listed=listed,
        choices=choices,
        picked=picked,
        by=by,
        against=against if picked.arm and by else "",
        named={**({by: title_of(by)} if by else {}), **dict(COLUMNS)},
        low=low_first(by),
        valued=bool(known),
        columns=[one for one in COLUMNS if one[0] in there and one[0] != by],
        kept=kept,
        values=values,
        address=address,
    )


def title_of(measure: str) -> str:
    """What a list calls a measure; its name where no evaluator at hand defines it."""
    found = measures(builtin()).get(measure)
    return measure if found is None else found.title


def _page(
    db: sqlite3.Connection,
    picked: chains.Picked,
    number: int,
    order: tuple[str, str],
    known: behind.Values,
) -> _Page:
    """A page of the list.

    Args:
        number: Of the page, from 1.
        order: The measure, empty for the order of the plan; and the arm of the counterfactual.
        known: Values of the measure.
    """
    by, against = order
    if not by:
        found = chains.listed(db, picked, page=number)
        return _Page(found.rows, (), found.total, number)
    every = behind.ranked(db, known, by, picked, against)
    here = every[(number - 1) * chains.PAGE : number * chains.PAGE]
    rows = chains.numbered(db, [one.number for one in here])
    return _Page(tuple(rows), tuple(here), len(every), number)


def _values(folder: RunFolder, last: set[str]) -> _Values:
    """(last stage, arm) -> what a list shows of it.

    Args:
        folder: The run.
        last: Last stages of the episodes that are listed.
    """
    names = {name for name, _ in COLUMNS}
    evaluators = {name.split(".")[0] for name in names}
    found: _Values = {}
    for score in folder.scores(evaluators=evaluators, dialogues=last):
        if len(score.arms) == 1:
            row = found.setdefault((score.id, score.arms[0]), {})
            for name, value in score.values.items():
                if isinstance(value, float) and f"{score.evaluator}.{name}" in names:
                    row[f"{score.evaluator}.{name}"] = value
    return found


def episode(request: Request) -> HTMLResponse:
    """An episode of a run."""
    source: Runs = request.app.state.runs
    run, arm, stage = (request.path_params[name] for name in ("run", "arm", "stage"))
    private = request.query_params.get("private") == "1"
    lineup = request.query_params.get("lineup", "")
    index = source.index(run)
    progress = index.refresh()
    with index.reading() as db:
        one = chains.find(db, arm, stage, lineup)
        rows = [] if one is None else chains.alike(db, one)
        before, after = (None, None) if one is None else chains.around(db, one)
    if one is None:
        fix = None
        if not progress.complete:
            fix = "the index of this run is being built: load the page again in a while"
        raise UnknownDialogueError(
            f"no episode {stage!r} in the arm {arm!r}", where=str(source.path(run)), fix=fix
        )
    if one not in rows:
        rows.append(one)
    folder = current(source, run)
    planned = chains.read_episodes(folder.path, rows)
    own = planned[rows.index(one)]
    near = alike_among(own, planned)
    reading = lay_out(stages_of(folder, own), followed(folder, near))
    if not private:
        reading = without_private(reading)
    kept = {"private": "1" if private else None}

    def address(row: chains.Row) -> str:
        return href("runs", run, "episodes", row.arm, row.last, lineup=row.lineup, **kept)

    def to(_: str, key: str) -> str:
        return href("runs", run, "dialogues", key, **kept)

    lines = {id(planned[number]): row for number, row in enumerate(rows)}
    return page(
        request,
        "episode.html.j2",
        run=run,
        d=reading,
        private=private,
        toggle=href(
            *("runs", run, "episodes", arm, stage),
            lineup=lineup,
            private=None if private else "1",
        ),
        before=before,
        after=after,
        others=[lines[id(other)] for other in near if other is not own],
        kept=kept,
        address=address,
        to=to,
        shown=FIRST,
    )


def current(source: Runs, run: str) -> RunFolder:
    """A run whose stages are found where they stand now: a run in play moves them."""
    path = source.path(run)
    stamps = tuple(map(stamp_of, stage_files(path)))
    found: RunFolder = source.made(run, "stages", stamps, lambda: RunFolder(path))
    return found


def later_talks(source: Runs, run: str, stage: str) -> tuple[LaterRecord, Placement] | None:
    """Later talks of a run by their id, and where they stand; None where there are none of it."""
    index = source.index(run)
    with index.reading() as db:
        rows = _leading_to(db, stage)
    folder = current(source, run)
    if not rows or not folder.stage_index.has((stage,)):
        return None
    record, _ = folder.stage(stage)
    if not isinstance(record, LaterRecord):
        return None
    one = rows[0]
    return record, Placement(
        scenario=one.scenario,
        twin=one.twin,
        epoch=one.epoch,
        arms=tuple(row.arm for row in rows),
        models=models_of(record.transcript),
    )


def _leading_to(db: sqlite3.Connection, stage: str) -> list[chains.Row]:
    """The first episode of each arm that leads to these later talks."""
    return [row for row in chains.through(db, stage) if row.later == stage]


def other_later(source: Runs, run: str, stage: str) -> list[Sibling]:
    """The later talks of other arms on the same scenario, twin and epoch."""
    with source.index(run).reading() as db:
        rows = _leading_to(db, stage)
        near = chains.alike(db, rows[0]) if rows else []
    found: dict[str, list[str]] = {}
    for row in near:
        if row.later not in ("", stage):
            found.setdefault(row.later, []).append(row.arm)
    index = current(source, run).stage_index
    return [Sibling(key, tuple(arms), ()) for key, arms in found.items() if index.has((key,))]


def followers(source: Runs, run: str, stage: str, **query: object) -> list[tuple[str, str]]:
    """The episodes that lead through talks, or later talks: (arm, address), one an arm."""
    with source.index(run).reading() as db:
        rows = chains.through(db, stage)
    return [
        (row.arm, href("runs", run, "episodes", row.arm, row.last, lineup=row.lineup, **query))
        for row in rows
    ]


@dataclass(frozen=True)
class Paper:
    """What a delegation of later talks had been given to read before its first turn.

    Attributes:
        seat: Who read it.
        call: Number of the call of its model that it stands in.
        texts: The messages of that call.
    """

    seat: str
    call: int
    texts: tuple[str, ...]


def papers_of(record: LaterRecord, folder: RunFolder) -> list[Paper]:
    """What the models at later talks had read. Private.

    Raises:
        RecordError: The messages of the run cannot be read.
    """
    first: dict[str, Call] = {}
    for call in record.calls:
        first.setdefault(call.seat, call)
    texts = (
        folder.messages({key for call in first.values() for key in call.prompt}) if first else {}
    )
    return [
        Paper(seat, call.index, tuple(texts[key][1] for key in call.prompt if key in texts))
        for seat, call in first.items()
    ]


routes: Final[list[BaseRoute]] = [
    Route("/runs/{run}/episodes", episodes),
    Route("/runs/{run}/episodes/{arm:path}/{stage}", episode),
]
