"""Pages of a person at the table: sit down, the table, and the truth afterwards.

A form answers one question of one sitting, and holds the number of that question and the token of
this server. What comes late, twice, from another page, or incomplete is answered by a page that
says so, and moves nothing. A page is made from the person's form alone for as long as the talks
last, so that nothing of the other side can be in it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from harness.errors import Track15Error
from harness.report.reading import Line
from harness.viewer.helping import rendered
from harness.viewer.pages import href, page
from harness.viewer.play_form import (
    MAX_WORDS,
    PACKAGE,
    SECOND,
    SHOWN,
    Unclear,
    chosen_in,
    drafted,
    read_advice,
    read_debrief,
    read_move,
    section_of,
    sent_in,
    start_of,
)
from harness.viewer.play_house import ASKING, Choices, House, Now, Sitting, Start, new_token
from harness.visible import visible

LARGEST: Final = 1 << 21
"""Most bytes of a form: words of the greatest length for each move, in any script, are fewer."""
MOST_FIELDS: Final = 2000
"""Each move of a form has fields of its own, some of them for each issue."""
KEPT: Final = 2 * MAX_WORDS
"""Characters of a field that are shown again where it could not be used."""
SCRIPTED: Final = "scripted"
COUNT: Final = "count"
"""The button that works out points, and sends nothing to the table."""
FROM: Final = "from"
"""The button that begins a package from a proposal, and sends nothing either."""
STALE: Final = (
    "This form is of an earlier turn, or was sent already. Nothing was said or done with it."
)
UNKNOWN: Final = (
    "There is no such sitting here. A sitting lives as long as the viewer that it was begun in: "
    "where that was stopped hard, what was not over is lost, and counts as nothing."
)


class Play:
    """The pages of a house.

    Args:
        house: Where people sit down.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._token = new_token()

    @property
    def routes(self) -> list[BaseRoute]:
        """Where its pages are."""
        return [
            Route("/play", self.choose, methods=["GET"]),
            Route("/play", self.begin, methods=["POST"]),
            Route("/play/{sitting}", self.show, methods=["GET"]),
            Route("/play/{sitting}/answer", self.answer, methods=["POST"]),
            Route("/play/{sitting}/leave", self.leave, methods=["POST"]),
            # Whoever loads again what came of a form, as by hand, is led back to the table.
            Route("/play/{sitting}/answer", self.back, methods=["GET"]),
            Route("/play/{sitting}/leave", self.back, methods=["GET"]),
            Route("/play/{sitting}/state", self.state, methods=["GET"]),
        ]

    # --- sitting down ----------------------------------------------------------------------------

    def choose(self, request: Request) -> HTMLResponse:
        """What can be played, and the sittings that are held."""
        return self._choose(request, {})

    async def begin(self, request: Request) -> Response:
        """Sit down."""
        fields = await _fields(request)
        if isinstance(fields, str) or not self._ours(fields):
            return self._refused(request, fields)

        def begun() -> Response:
            choices = self._house.choices()
            problems, start = _start_of(fields, choices)
            if start is not None:
                try:
                    return _to(self._house.sit(start))
                except Track15Error as error:
                    fix = f" Fix: {error.fix}" if error.fix else ""
                    problems = [f"{error.what}.{fix}"]
            return self._choose(request, fields, problems)

        return await run_in_threadpool(begun)

    def _choose(
        self, request: Request, fields: Mapping[str, str], problems: list[str] | None = None
    ) -> HTMLResponse:
        choices = self._house.choices()
        first = choices.first
        chosen = {name: str(getattr(first, name) or "") for name in Start.__dataclass_fields__}
        return page(
            request,
            "play.html.j2",
            status=422 if problems else 200,
            choices=choices,
            opponents=[
                (name, "a script" if name == SCRIPTED else name) for name in choices.opponents
            ],
            chosen={**chosen, **fields},
            problems=problems or [],
            held=[(one, one.now().state) for one in self._house.sittings()],
            token=self._token,
        )

    # --- at the table ----------------------------------------------------------------------------

    def show(self, request: Request) -> Response:
        """The table, as the person sees it; or the truth, once it is over."""
        sitting = self._house.sitting(request.path_params["sitting"])
        if sitting is None:
            return self._say(request, 404, UNKNOWN)
        return self._show(request, sitting, sitting.now(), {})

    def state(self, request: Request) -> Response:
        """What is waited for: pages ask, and are loaded anew where it has changed."""
        sitting = self._house.sitting(request.path_params["sitting"])
        if sitting is None:
            return JSONResponse({"state": "gone"}, 404)
        now = sitting.now()
        return JSONResponse({"state": now.state, "number": now.number})

    def back(self, request: Request) -> Response:
        """To the table."""
        sitting = self._house.sitting(request.path_params["sitting"])
        return self._say(request, 404, UNKNOWN) if sitting is None else _to(sitting, "now")

    async def answer(self, request: Request) -> Response:
        """Answer the question that is open."""
        fields = await _fields(request)
        sitting = self._house.sitting(request.path_params["sitting"])
        if sitting is None:
            return self._say(request, 404, UNKNOWN)
        if isinstance(fields, str) or not self._ours(fields):
            return self._refused(request, fields, sitting)
        return await run_in_threadpool(self._answer, request, sitting, fields)

    def _answer(self, request: Request, sitting: Sitting, fields: dict[str, str]) -> Response:
        now = sitting.now()
        if now.state not in ASKING or fields.get("question") != str(now.number):
            return self._say(request, 409, STALE, sitting)
        action, _, offer = fields.get("action", "").partition(" ")
        if action in (COUNT, FROM):
            return self._show(request, sitting, now, fields, begin=offer)
        try:
            answer = _read(now, fields)
        except Unclear as unclear:
            return self._show(request, sitting, now, fields, unclear.problems)
        if not sitting.answer(now.number, answer, fields):
            return self._say(request, 409, STALE, sitting)
        return _to(sitting, "now")

    async def leave(self, request: Request) -> Response:
        """End the sitting, where that is meant."""
        fields = await _fields(request)
        sitting = self._house.sitting(request.path_params["sitting"])
        if sitting is None:
            return self._say(request, 404, UNKNOWN)
        if isinstance(fields, str) or not self._ours(fields):
            return self._refused(request, fields, sitting)
        if fields.get("sure") != "yes":
            problem = "Tick that you mean to end the sitting. It goes on as it was."
            return self._show(request, sitting, sitting.now(), {"action": "leave"}, (problem,))
        sitting.leave()
        return _to(sitting, "now")

    def _show(
        self,
        request: Request,
        sitting: Sitting,
        now: Now,
        fields: Mapping[str, str],
        problems: tuple[str, ...] = (),
        begin: str = "",
    ) -> HTMLResponse:
        status = 422 if problems else 200
        if now.truth is not None:
            d = now.truth.reading
            return page(
                request,
                "truth.html.j2",
                status=status,
                truth=now.truth,
                d=d,
                said=next((one for one in d.afterwards if one.seat == now.truth.seat), None),
                given=_given(d.ledger),
            )
        fields, form = fields or now.filled, now.form
        facts = _move_facts(now, fields, begin) if now.state == "move" else {}
        filled = {name: text[:KEPT] for name, text in fields.items()}
        action, _, offer = fields.get("action", "").partition(" ")
        return page(
            request,
            "sitting.html.j2",
            status=status,
            sitting=sitting,
            now=now,
            form=form,
            filled=filled,
            drafted=partial(drafted, filled),
            # The move whose button was pressed, where it was not made.
            sent=section_of(action, offer) if action else "",
            problems=problems,
            briefing=[_markdown(piece) for piece in now.briefing],
            changes=[_markdown(piece) for piece in (() if form is None else form.changes)],
            names={} if form is None else _names(form),
            token=self._token,
            max_words=MAX_WORDS,
            facts=facts,
        )

    # --- what moves nothing ----------------------------------------------------------------------

    def _ours(self, fields: Mapping[str, str]) -> bool:
        """Whether a page of this server sent the form."""
        return hmac.compare_digest(fields.get("token", "").encode(), self._token.encode())

    def _refused(
        self, request: Request, why: dict[str, str] | str, sitting: Sitting | None = None
    ) -> HTMLResponse:
        if isinstance(why, str):
            return self._say(request, 413 if "large" in why else 400, why, sitting)
        what = (
            "This form is not of this viewer, or of one that has ended since. Nothing was said or "
            "done with it."
        )
        return self._say(request, 403, what, sitting)

    def _say(
        self, request: Request, status: int, what: str, sitting: Sitting | None = None
    ) -> HTMLResponse:
        """A page that says why nothing was done, and leads back."""
        return page(request, "unplayed.html.j2", status=status, what=what, sitting=sitting)


async def _fields(request: Request) -> dict[str, str] | str:
    """What was filled in; or why it cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return "This is no form of the viewer. Nothing was said or done with it."
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return "What was sent is too large. Nothing was said or done with it."
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="replace",
        )
    except ValueError:
        return "What was sent cannot be read. Nothing was said or done with it."
    return {name: value.strip() for name, value in pairs}


def _to(sitting: Sitting, place: str = "") -> RedirectResponse:
    """To the table, by a request that can be made again without harm."""
    address = href("play", sitting.name)
    return RedirectResponse(f"{address}#{place}" if place else address, 303)


def _start_of(fields: Mapping[str, str], choices: Choices) -> tuple[list[str], Start | None]:
    """What is sat down to; or what of it cannot be."""
    problems = []
    offered = {
        "scenario": choices.scenarios,
        "seat": choices.seats,
        "opponent": choices.opponents,
        "track": choices.tracks,
        "brief": choices.briefs,
    }
    for name, known in offered.items():
        if fields.get(name) not in known:
            problems.append(f"Choose one of the offered values of {name}.")
    numbers: dict[str, int | None] = {}
    for name, most in (("rounds", 20), ("turns", 200)):
        text = fields.get(name, "")
        if not text:
            numbers[name] = None
        elif text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most:
            numbers[name] = int(text)
        else:
            problems.append(f"Give {name} as a whole number from 1 to {most}, or leave it empty.")
    if problems:
        return problems, None
    return [], Start(**{name: fields[name] for name in offered}, **numbers)  # type: ignore[arg-type]


def _read(now: Now, fields: Mapping[str, str]) -> Any:
    """The answer to the question that is open.

    Raises:
        Unclear: It is none.
    """
    if now.state == "move":
        return read_move(sent_in(fields), now.form)
    return read_advice(fields) if now.state == "advise" else read_debrief(fields, now.form)


def _move_facts(now: Now, fields: Mapping[str, str], begin: str) -> dict[str, Any]:
    """What the form of a move begins with, and what it is worth so far.

    Args:
        now: A move is waited for.
        fields: What was filled in; empty where nothing was.
        begin: Id of the proposal that the package is to begin from; empty for what is filled in.
    """
    form = now.form
    start, whose = start_of(form, begin)
    first = start if begin else chosen_in(fields, form, PACKAGE) or start
    shown = chosen_in(fields, form, SHOWN) or first
    second = chosen_in(fields, form, SECOND) or shown
    return {
        "whose": "" if fields and not begin else whose,
        "first": first,
        "second": second,
        "shown": shown,
        "worth": {PACKAGE: form.points(first), SECOND: form.points(second)},
    }


def _names(form: Any) -> dict[str, Any]:
    """Id of an issue -> its name, and the texts of its options."""
    return {
        topic.id: (topic.name, {option.id: option.text for option in topic.options})
        for topic in form.topics
    }


def _markdown(text: str) -> Any:
    return rendered(visible(text))


def _given(ledger: Sequence[Line]) -> list[tuple[int, list[Line]]]:
    """What was given, by turn. A first move is none: it is held against an opening."""
    moved = [line for line in ledger if line.kind != "opening"]
    return [(turn, list(lines)) for turn, lines in groupby(moved, key=lambda line: line.turn)]
