"""Pages of one dialogue: what was said and given, the calls behind it, and another one beside it.

What was private is read into a page only where ``private=1`` asks for it; else it does not leave
the server. Ids from addresses are looked up among those of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from harness.errors import Track15Error
from harness.evaluators.case import case_of
from harness.records.placement import Placement, placement_of
from harness.records.transcript import Transcript
from harness.report.layout import read
from harness.report.private import without_private
from harness.report.reading import Reading
from harness.viewer.beside import aligned, differences
from harness.viewer.calls import Asked, calls_of, keys_of
from harness.viewer.finding import Finder, Finders, Sibling, UnknownDialogueError
from harness.viewer.pages import href, page
from harness.viewer.runs import Runs
from harness.viewer.trajectory import Track, course, dance
from harness.viewer.turns import linked, shown

MAX_RUNS: Final = 50
"""Runs that are looked through for the same dialogue, those that were played last first."""
_FINDERS: Final = Finders()


@dataclass(frozen=True)
class Opened:
    """A dialogue that a page is about.

    Attributes:
        run: Name of its run.
        finder: What else there is in it.
        transcript: Its record.
        place: Where it stands in the run.
        reading: As it is shown; without what is private, unless that was asked for.
        models: Addresses of the models that played it, or how it was played.
    """

    run: str
    finder: Finder
    transcript: Transcript
    place: Placement
    reading: Reading
    models: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.transcript.id

    @property
    def arms(self) -> str:
        return ", ".join(self.place.arms)

    def address(self, *further: str, **query: object) -> str:
        """Of the page of the dialogue, or of one below it."""
        return href("runs", self.run, "dialogues", self.id, *further, **query)


@dataclass(frozen=True)
class Choice:
    """A dialogue that may stand beside another one."""

    run: str
    arms: tuple[str, ...]
    dialogue: str
    models: tuple[str, ...]
    href: str


def dialogue(request: Request) -> HTMLResponse:
    """A dialogue of a run."""
    private = _private(request)
    one = _open(request, _run(request), request.path_params["dialogue"], private=private)
    reading = one.reading
    order = one.finder.order()
    at = order.index(one.id)
    siblings = _siblings(one)
    tracks = [Track(reading)]
    return page(
        request,
        "dialogue.html.j2",
        one=one,
        d=reading,
        private=private,
        query={"private": "1" if private else None},
        number=at + 1,
        total=len(order),
        previous=order[at - 1] if at else None,
        next=order[at + 1] if at + 1 < len(order) else None,
        siblings=siblings,
        rounds=[
            (round_, [shown(reading, entry) for entry in round_.entries])
            for round_ in reading.rounds
        ],
        pictures=[picture for picture in (dance(tracks), course(tracks)) if picture],
        **_TOOLS,
        hidden=sum(turn.kind != "statement" for turn in one.transcript.body.turns),
        calls=len(one.transcript.calls),
    )


def calls(request: Request) -> HTMLResponse:
    """Every call of a model behind a dialogue; or one, with its whole prompt."""
    one = _open(request, _run(request), request.path_params["dialogue"], private=True)
    names = {who.seat: who.name for who in one.reading.delegations}
    texts = one.finder.folder.messages(keys_of(one.transcript)) if one.transcript.calls else {}
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
        siblings=[one for one in _siblings(left) if one.dialogue != right.id],
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
        UnknownRunError: There is no such run, or no such dialogue in it.
        RecordError: Its record is damaged.
    """
    source: Runs = request.app.state.runs
    finder = _FINDERS.of(source.folder(run))
    transcript = finder.transcript(dialogue)
    place = placement_of(finder.folder, transcript)
    case = case_of(transcript, finder.folder.info)
    reading = read(case, finder.scores(dialogue), place, anchor="turn")
    if not private:
        reading = without_private(reading)
    return Opened(run, finder, transcript, place, reading, _models(reading))


def _models(reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(who.played_by for who in reading.delegations))


def _siblings(one: Opened) -> list[Sibling]:
    """The same dialogue in other arms of its run."""
    found = _alike(one.finder, one.place)
    return [sibling for sibling in found if sibling.dialogue != one.id]


def _alike(finder: Finder, place: Placement) -> list[Sibling]:
    if place.scenario is None or place.twin is None or place.epoch is None:
        return []
    return finder.siblings(place.scenario, place.twin, place.epoch)


def _choices(request: Request, one: Opened) -> list[Choice]:
    source: Runs = request.app.state.runs
    names = [one.run, *(name for name in source.names() if name != one.run)]
    choices = []
    for name in names[:MAX_RUNS]:
        try:
            finder = _FINDERS.of(source.folder(name))
            alike = _alike(finder, one.place)
        except Track15Error:
            continue  # a damaged run among others is shown where it is opened
        for sibling in alike:
            if (name, sibling.dialogue) == (one.run, one.id):
                continue
            other = None if name == one.run else name
            choices.append(
                Choice(
                    run=name,
                    arms=sibling.arms,
                    dialogue=sibling.dialogue,
                    models=tuple(finder.folder.info.models.values()),
                    href=one.address("beside", sibling.dialogue, run=other),
                )
            )
    return choices


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


def _single(request: Request, asked: Sequence[Asked]) -> Asked | None:
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
