"""Pages of one dialogue: what was said and given, the calls behind it, and another one beside it.

What was private is read into a page only where ``private=1`` asks for it, and into that of the
calls, which holds nothing else; elsewhere it does not leave the server. Ids from addresses are
looked up among those of the run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from harness.analysis.judge_known import known_judges
from harness.errors import Track15Error
from harness.evaluators.case import case_of
from harness.records.later import LaterRecord
from harness.records.placement import Placement
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.episode_later import heard_by, learned_of, reaches, read_later
from harness.report.in_words import WORDS
from harness.report.layout import read
from harness.report.private import without_private
from harness.report.reading import Reading
from harness.viewer.beside import aligned, differences
from harness.viewer.calls import Asked as AskedCall
from harness.viewer.calls import calls_of, keys_of
from harness.viewer.episodes import followers, later_talks, other_later, papers_of
from harness.viewer.listing import Around, Asked, Order, around, asked_of, ordered
from harness.viewer.lookup import Sibling, UnknownDialogueError, look_up, siblings
from harness.viewer.pages import href, page
from harness.viewer.runs import Runs
from harness.viewer.trajectory import Track, course, dance
from harness.viewer.turns import linked, shown

MAX_RUNS: Final = 50
"""Runs that are looked through for the same dialogue, those that were played last first."""


@dataclass(frozen=True)
class Opened:
    """A dialogue that a page is about.

    Attributes:
        run: Name of its run.
        folder: Its run.
        transcript: Its record.
        place: Where it stands in the run.
        reading: As it is shown; without what is private, unless that was asked for.
        siblings: The same dialogue in other arms of the run.
        later: Its record, where it is later real talks, which follow others.
    """

    run: str
    folder: RunFolder
    transcript: Transcript
    place: Placement
    reading: Reading
    siblings: tuple[Sibling, ...]
    later: LaterRecord | None = None

    @property
    def id(self) -> str:
        return self.transcript.id

    @property
    def arms(self) -> str:
        return ", ".join(self.place.arms)

    @property
    def models(self) -> tuple[str, ...]:
        """Addresses of the models that played it, or how it was played."""
        return tuple(dict.fromkeys(who.played_by for who in self.reading.delegations))

    def address(self, *further: str, **query: object) -> str:
        """Of the page of the dialogue, or of one below it."""
        return href("runs", self.run, "dialogues", self.id, *further, **query)


@dataclass(frozen=True)
class Choice:
    """A dialogue that may stand beside another one: of which run, and the address of the pair."""

    run: str
    sibling: Sibling
    href: str


def dialogue(request: Request) -> HTMLResponse:
    """A dialogue of a run. What the address asks of the table of dialogues says in which order the
    one before and the next one are found."""
    private = _private(request)
    one = _open(request, _run(request), request.path_params["dialogue"], private=private)
    place = _place(request, one)
    listed = {} if place is None else place.asked.query
    kept = {"private": "1" if private else None}
    tracks = [Track(one.reading)]
    return page(
        request,
        "dialogue.html.j2",
        one=one,
        d=one.reading,
        private=private,
        place=place,
        # What links take along: which table, and whether what was private is shown.
        kept=kept,
        onward={**listed, **kept},
        toggled={**listed, "private": None if private else "1"},
        rounds=[
            (round_, [shown(one.reading, entry) for entry in round_.entries])
            for round_ in one.reading.rounds
        ],
        pictures=[picture for picture in (dance(tracks), course(tracks)) if picture],
        hidden=sum(turn.kind != "statement" for turn in one.transcript.body.turns),
        calls=len(one.transcript.calls),
        followers=followers(request.app.state.runs, one.run, one.id, **kept),
        before_it=_before_it(one, private=private),
        **_TOOLS,
    )


def _before_it(one: Opened, *, private: bool) -> dict[str, Any]:
    """What had reached later talks; empty of any other."""
    if one.later is None:
        return {}
    scenario = one.folder.info.scenario(one.later.spec.scenario, one.later.spec.twin)
    return {
        "reaches": reaches(one.later),
        "heard": heard_by(one.later.body),
        "learned": learned_of(one.later, scenario) if private else (),
        "papers": papers_of(one.later, one.folder) if private else (),
    }


def calls(request: Request) -> HTMLResponse:
    """Every call of a model behind a dialogue; or one, with its whole prompt. Without ``private=1``
    how many there are, and where to read them: all that stands in them is private."""
    private = _private(request)
    one = _open(request, _run(request), request.path_params["dialogue"], private=private)
    if not private:
        number, wanted = len(one.transcript.calls), request.query_params.get("call")
        shown_at = one.address("calls", call=wanted, private="1")
        return page(
            request, "calls_hidden.html.j2", one=one, d=one.reading, calls=number, shown_at=shown_at
        )
    names = {who.seat: who.name for who in one.reading.delegations}
    texts = one.folder.messages(keys_of(one.transcript)) if one.transcript.calls else {}
    found = calls_of(one.transcript, texts, names)
    return page(
        request,
        "calls.html.j2",
        one=one,
        d=one.reading,
        calls=found,
        single=_single(request, found.asked),
        lost=set(one.reading.lost_calls),
    )


def beside(request: Request) -> HTMLResponse:
    """Two dialogues side by side; the other may be of another run."""
    private = _private(request)
    left = _open(request, _run(request), request.path_params["dialogue"], private=private)
    other_run = request.query_params.get("run") or left.run
    right = _open(request, other_run, request.path_params["other"], private=private)
    tracks = [Track(left.reading, "A", "a-turn-"), Track(right.reading, "B", "b-turn-")]
    query = {
        "run": other_run if other_run != left.run else None,
        "private": "1" if private else None,
    }
    return page(
        request,
        "beside.html.j2",
        left=left,
        right=right,
        private=private,
        query=query,
        remarks=_remarks(left, right),
        numbers=differences(left.reading, right.reading),
        rounds=aligned(left.reading, right.reading),
        pictures=[picture for picture in (dance(tracks), course(tracks)) if picture],
        **_TOOLS,
    )


def choose(request: Request) -> HTMLResponse:
    """What may stand beside a dialogue: the same one in other arms and in other runs."""
    one = _open(request, _run(request), request.path_params["dialogue"], private=False)
    return page(request, "choose.html.j2", one=one, d=one.reading, choices=_choices(request, one))


def names_of(reading: Reading) -> list[tuple[str, str]]:
    """(seat, principal) of those who sit at the table."""
    return [(who.seat, who.name) for who in reading.delegations]


def turns_of(reading: Reading) -> set[int]:
    """Indices of the turns that are shown."""
    return {entry.turn for round_ in reading.rounds for entry in round_.entries}


_TOOLS: Final[dict[str, Any]] = {
    "linked": linked,
    "names_of": names_of,
    "turns_of": turns_of,
}
"""What the templates of dialogues are told besides."""

routes: Final[list[BaseRoute]] = [
    Route("/runs/{run}/dialogues/{dialogue}", dialogue),
    Route("/runs/{run}/dialogues/{dialogue}/calls", calls),
    Route("/runs/{run}/dialogues/{dialogue}/beside", choose),
    Route("/runs/{run}/dialogues/{dialogue}/beside/{other}", beside),
]


def _run(request: Request) -> str:
    name: str = request.path_params["run"]
    return name


def _private(request: Request) -> bool:
    return request.query_params.get("private") == "1"


def _open(request: Request, run: str, dialogue: str, *, private: bool) -> Opened:
    """A dialogue of a run.

    Raises:
        UnknownRunError: There is no such run.
        UnknownDialogueError: There is no such dialogue in it, or none yet.
        RecordError: Its record is damaged.
    """
    source: Runs = request.app.state.runs
    folder, index = source.folder(run), source.index(run)
    progress = index.refresh()
    try:
        found = look_up(folder, index, dialogue)
    except UnknownDialogueError as error:
        if (known := later_talks(source, run, dialogue)) is not None:
            return _open_later(source, run, *known, private=private)
        if not progress.complete:
            error.fix = "the index of this run is being built: load the page again in a while"
        raise
    case = case_of(found.transcript, folder.info)
    reading = read(
        case, found.scores, found.place, anchor="turn", calibrated=known_judges(folder, WORDS)
    )
    if not private:
        reading = without_private(reading)
    others = tuple(one for one in siblings(index, found.place) if one.dialogue != dialogue)
    return Opened(run, folder, found.transcript, found.place, reading, others)


def _open_later(
    source: Runs, run: str, record: LaterRecord, place: Placement, *, private: bool
) -> Opened:
    """Later talks, as the dialogue that they are."""
    folder = source.folder(run)
    scenario = folder.info.scenario(record.spec.scenario, record.spec.twin)
    reading = read_later(record, scenario, place, anchor="turn")
    if not private:
        reading = without_private(reading)
    others = tuple(other_later(source, run, record.id))
    return Opened(run, folder, record.transcript, place, reading, others, record)


def _place(request: Request, one: Opened) -> Around | None:
    """Where a dialogue stands in the table that its address asks for; in the table of all where it
    is not in that one, or what is asked is not understood."""
    source: Runs = request.app.state.runs
    index = source.index(one.run)
    # Neither the page nor what is shown changes the order, which is kept.
    asked = asked_of(request.query_params)
    show, asked = asked.show, replace(asked, page=1, show="")
    for what, wanted in (("order", asked), ("order of all", Asked())):
        with index.reading() as db:

            def made(db: sqlite3.Connection = db, wanted: Asked = wanted) -> Order:
                return ordered(db, wanted)

            order = source.made(one.run, what, (index.stamp(), wanted), made)
            place = around(db, order, one.id)
        if place is not None:
            return replace(place, asked=replace(place.asked, show=show))
    return None


def _choices(request: Request, one: Opened) -> list[Choice]:
    """The same dialogue in other arms of its run, then in other runs."""
    found = [
        Choice(one.run, sibling, one.address("beside", sibling.dialogue))
        for sibling in one.siblings
    ]
    if one.later is not None:
        return found  # other runs know their dialogues by place, and not what follows them
    source: Runs = request.app.state.runs
    for name in [name for name in source.names() if name != one.run][:MAX_RUNS]:
        try:
            index = source.index(name)
            index.refresh(wait_s=0.1)
            alike = siblings(index, one.place)
        except (Track15Error, sqlite3.Error):
            continue  # a damaged run is named on the page of all runs
        for sibling in alike:
            address = one.address("beside", sibling.dialogue, run=name)
            found.append(Choice(name, sibling, address))
    return found


def _remarks(left: Opened, right: Opened) -> list[str]:
    """What keeps two dialogues from being the same one."""
    found = []
    for what, one, other in (
        ("scenarios", left.reading.title, right.reading.title),
        ("twins", left.place.twin, right.place.twin),
        ("epochs", left.place.epoch, right.place.epoch),
    ):
        if one != other:
            found.append(f"These are dialogues of different {what}: A of {one}, B of {other}.")
    hashes = {getattr(one.transcript.spec, "scenario_hash", None) for one in (left, right)}
    same = left.place.scenario == right.place.scenario and left.place.twin == right.place.twin
    if same and len(hashes) > 1:
        found.append("The scenario was changed between the two: its texts or values differ.")
    return found


def _single(request: Request, asked: Sequence[AskedCall]) -> AskedCall | None:
    """The call that is asked for alone; None where all are.

    Raises:
        UnknownDialogueError: There is none of that number.
    """
    wanted = request.query_params.get("call")
    if wanted is None:
        return None
    found = next((one for one in asked if str(one.number) == wanted), None)
    if found is None:
        raise UnknownDialogueError(
            f"no call {wanted!r} in this dialogue",
            fix=f"it has {len(asked)}, numbered from 0",
        )
    return found
