"""Pages of all runs, and of one run."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from harness.errors import Track15Error
from harness.records.activity import last_played
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.report.page import facts_of
from harness.viewer import chains
from harness.viewer.answers import Answer
from harness.viewer.behind import leads_in
from harness.viewer.counting import Counts
from harness.viewer.figures import without_styles
from harness.viewer.index import Index, Progress
from harness.viewer.listing import (
    PRIVATE,
    Asked,
    Choices,
    Listed,
    Order,
    OrderOf,
    asked_of,
    choices,
    listed,
    names,
    ordered,
)
from harness.viewer.pages import environment, href, page
from harness.viewer.runs import Runs
from harness.viewer.sidecar import unusable
from harness.viewer.withheld import kind_in_words, without_reasons
from harness.viewer.worst import SHOWN, Given, given_in

LOOK_S: Final = 0.7
"""How long the page of all runs looks into them; it fills in the others by and by."""
ANSWER_S: Final = 0.8
"""How long the page of a run waits for its answer, and reads what a run in play shows so far."""
LOOK_ON_S: Final = 0.1
"""How long each look of that page reads on in it."""


@dataclass(frozen=True)
class Summary:
    """A run in a line.

    Attributes:
        run: Its name.
        info: What it is; None where it was not looked at yet, or is damaged.
        counts: As far as it is indexed.
        answer: As far as it is known.
        problem: Why it cannot be shown.
    """

    run: str
    info: RunInfo | None = None
    counts: Counts | None = None
    answer: Answer | None = None
    problem: str = ""
    played: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """Each once."""
        roles = () if self.info is None else self.info.players.values()
        return tuple(dict.fromkeys(model for models in roles for model in models))

    @property
    def nobody(self) -> str:
        """What stands there where no model played."""
        elsewhere = self.info is not None and self.info.elsewhere
        return "others, elsewhere" if elsewhere else "scripted"

    @property
    def looked(self) -> bool:
        return self.info is not None or bool(self.problem)


def runs(request: Request) -> HTMLResponse:
    """The runs there are, the one that was played last first."""
    source: Runs = request.app.state.runs
    found = summaries(source)
    return page(request, "runs.html.j2", runs=found, place=str(source.place), single=source.single)


def all_states(request: Request) -> Response:
    """The same as data, for the page to fill in what it lacks."""
    source: Runs = request.app.state.runs
    found = summaries(source)
    whole = all(s.problem or (s.counts and s.info and finished(s)) for s in found)
    states = [{"run": summary.run, **_said(summary)} for summary in found]
    return _tagged(request, {"runs": states, "finished": whole})


def summaries(source: Runs) -> list[Summary]:
    """Every run in a line, as far as there is time to look at them."""
    end = time.monotonic() + LOOK_S
    found = [
        _summary(source, name) if time.monotonic() < end else Summary(name)
        for name in source.names()
    ]
    return sorted(found, key=lambda summary: summary.played, reverse=True)


def _summary(source: Runs, name: str) -> Summary:
    try:
        folder, index = source.folder(name), source.index(name)
        index.refresh(wait_s=0.1)
        counts = source.counts(name)
        answer = source.answer(name)
    except Track15Error as error:
        return Summary(name, problem=error.what)
    except sqlite3.Error as error:  # of this run alone: the others are shown
        source.mend(error)
        return Summary(name, problem=unusable(error)[0])
    at = last_played(folder.path, folder.info.created)
    played = at.isoformat(timespec="seconds") if at.year > 1970 else folder.info.created
    return Summary(name, folder.info, counts, answer, played=played)


def finished(summary: Summary) -> bool:
    """Whether nothing more is to come of a run, as far as can be told."""
    if summary.info is None or summary.counts is None or summary.answer is None:
        return False
    whole = summary.counts.played >= summary.info.dialogues
    return whole and summary.answer.state in ("ready", "failed")


def _said(summary: Summary) -> dict[str, Any]:
    """What the page of all runs fills in."""
    if summary.problem or summary.info is None or summary.counts is None:
        return {"problem": summary.problem}
    shown = environment().get_template("answer_line.html.j2").render(summary=summary)
    return {
        "played": f"{summary.counts.played:,} of {summary.info.dialogues:,}",
        "void": f"{summary.counts.of('void'):,}",
        "title": summary.info.suite.title,
        "models": ", ".join(summary.models) or summary.nobody,
        "answer": str(Markup(shown).striptags()),  # noqa: S704 - it was escaped as it was rendered
    }


def run(request: Request) -> HTMLResponse:
    """A run: what it shows, and its dialogues."""
    source: Runs = request.app.state.runs
    name = request.path_params["run"]
    folder, index = source.folder(name), source.index(name)
    asked = asked_of(request.query_params)
    private = request.query_params.get("private") == "1"
    progress = index.refresh()
    stamp = index.stamp()

    def order_of(db: sqlite3.Connection, wanted: Asked) -> Order:
        what = "order of all" if wanted == Asked() else "order"
        return source.made(name, what, (stamp, wanted), lambda: ordered(db, wanted))

    with index.reading() as db:
        table = listed(db, asked, order_of)
    picked = source.made(name, "choices", stamp, lambda: _choices(index))
    if not private:
        picked = replace(picked, fields=tuple(n for n in picked.fields if n not in PRIVATE))
    answer = _answer(source, name, progress)
    summary = Summary(name, folder.info, source.counts(name), answer)
    return page(
        request,
        "run.html.j2",
        status=400 if table.problem else 200,
        run=name,
        info=folder.info,
        summary=summary,
        counts=summary.counts,
        so_far=_so_far(source, name, summary, ANSWER_S),
        answer=answer,
        sections=source.made(
            name,
            "sections in full" if private else "sections",
            id(answer.findings),
            lambda: sections(name, folder, answer, private=private),
        ),
        progress=progress,
        finished=finished(summary) and progress.complete,
        table=table,
        choices=picked,
        short=_short(picked.scores),
        chained=source.made(name, "arms of episodes", stamp, lambda: _chained(index)),
        worst=source.made(name, "worst", stamp, lambda: _worst(folder, index, order_of)),
        link=_links(name, table, private=private),
        private=private,
        # What links to dialogues, and to this page, take along.
        kept={"private": "1" if private else None},
        onward={**table.asked.query, "private": "1" if private else None},
        toggled={**asked.query, "private": None if private else "1"},
        kind_in_words=kind_in_words,
        has_reasons=_has_reasons(summary.counts, answer),
    )


def _answer(source: Runs, name: str, progress: Progress) -> Answer:
    wait = ANSWER_S if progress.total < 1 << 24 else 0.0
    return source.answer(name, wait_s=wait)


def _so_far(source: Runs, name: str, summary: Summary, seconds: float = LOOK_ON_S) -> str:
    """What a run that is not finished shows of its primary question; empty for one that is."""
    if summary.counts is None or summary.info is None:
        return ""
    if summary.counts.played >= summary.info.dialogues:
        return ""
    return source.so_far(name, seconds=seconds)


def _has_reasons(counts: Counts | None, answer: Answer) -> bool:
    """Whether something has no result, or no value, and so a reason in words."""
    found = () if answer.findings is None else answer.findings.arms
    lacking = any(one.why_missing for arm in found for one in arm.measures.values())
    return lacking or bool(counts and counts.kinds)


def _choices(index: Index) -> Choices:
    with index.reading() as db:
        return choices(db)


def _chained(index: Index) -> tuple[str, ...]:
    """The arms in which something follows the talks."""
    with index.reading() as db:
        return chains.choices(db).arms


def _worst(folder: RunFolder, index: Index, order_of: OrderOf) -> list[Given]:
    """The most one-sided dialogues of all, whatever the table shows."""
    with index.reading() as db:
        first = listed(db, Asked(), order_of).rows[:SHOWN]
    return given_in(folder, index, first)


def _short(scores: tuple[str, ...]) -> dict[str, str]:
    """Full name of a score -> its short one, where it has one."""
    return {full: short for short, full in names(scores).items() if "." not in short}


def _links(run: str, table: Listed, *, private: bool) -> Any:
    """Makes the address of the same table with something else asked."""

    def link(**changes: Any) -> str:
        asked = replace(table.asked, page=1)
        number = changes.pop("page", 1)
        query: dict[str, object] = dict(replace(asked, **changes).query)
        if number > 1:
            query["page"] = number
        if private:
            query["private"] = "1"
        return href("runs", run, **query) + "#dialogues"

    return link


def sections(run: str, folder: RunFolder, answer: Answer, *, private: bool) -> Markup:
    """The sections of the report that show findings alone; empty where there are none.

    Args:
        run: Its name.
        folder: The run.
        answer: What was found.
        private: Whether reasons are told in words that may repeat what was private.
    """
    if answer.findings is None:
        return Markup("")
    findings = answer.findings if private else without_reasons(answer.findings)
    to = leads_in(run, findings, private=private)
    facts = without_styles(facts_of(folder.info, findings, to))
    text = environment().get_template("sections.html.j2").render(facts)
    return Markup(text)  # noqa: S704 - it was escaped as it was rendered


def state(request: Request) -> Response:
    """How far a run is, as data: the page of a run in play asks for it every other second."""
    source: Runs = request.app.state.runs
    name = request.path_params["run"]
    folder, index = source.folder(name), source.index(name)
    progress = index.refresh()
    answer = source.answer(name)
    summary = Summary(name, folder.info, source.counts(name), answer)
    assert summary.counts is not None
    return _tagged(
        request,
        {
            "played": f"{summary.counts.played:,}",
            "planned": f"{folder.info.dialogues:,}",
            "indexed": f"{progress.share:.0%}",
            **{ending: f"{number:,}" for ending, number in summary.counts.endings.items()},
            "so_far": _so_far(source, name, summary),
            "answer": answer.state,
            "answering": answer.progress,
            "finished": finished(summary) and progress.complete,
        },
    )


def _tagged(request: Request, facts: dict[str, Any]) -> Response:
    """Data with a tag, so that what is the same is not sent again."""
    body = json.dumps(facts, ensure_ascii=True)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})


routes: Final[list[BaseRoute]] = [
    Route("/", runs),
    Route("/state", all_states),
    Route("/runs/{run}", run),
    Route("/runs/{run}/state", state),
]
