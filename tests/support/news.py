"""News of the small dispute, and readers that answer what a test says."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from harness.disputes.scenario import Scenario
from harness.incentives.tracks import TRACKS, TrackName
from harness.influence.misreading import MisreadingKind
from harness.influence.news import NewsKind
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.misreading import TRUST, MisreadingRecord, MisreadingSpec
from harness.records.news import NEWS, NewsRecord, NewsSpec
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import Transcript
from harness.stages.base import Bench, Planning
from harness.suite.influence import Framing, Influence, Reader, Then
from tests.support.chats import FakeChat
from tests.support.disputes import HOMES, SMALL
from tests.support.transcripts import Entry, make_spec, make_transcript

ADDRESS = "openai/fake@http://127.0.0.1:9"
AT_HOME = Scenario.model_validate(yaml.safe_load(SMALL))
FROM_AN_ALLY = Scenario.model_validate(yaml.safe_load(SMALL + HOMES))
DEAL: list[Entry] = [("u", {"well": "half", "fence": "us"}), ("o", "accept")]
NO_DEAL: list[Entry] = [("u", {"well": "half", "fence": "us"}), ("o", "reject")]
ALLY = Reader(id="ally", title="a diplomat of an ally", side="ally")
JOURNALIST = Reader(id="journalist", title="a journalist")
Reply = str | ModelReply | Exception


def talks_spec(
    scenario: Scenario,
    track: TrackName = "1.5",
    *,
    extra: Mapping[str, str] | None = None,
    **seat_u: Any,
) -> TalksSpec:
    """Talks between scripts on a track; ``seat_u`` are changes to seat u, which comes from the home
    that the scenario names for its principal."""
    spec = make_spec(scenario, extra=extra)
    seat_u = {"home": scenario.home_of(spec.seat("u").principal), **seat_u}
    seats = []
    for seat in spec.seats:
        preset = TRACKS[track].seat("u" if seat.seat == "u" else "o")
        more = {"role": preset.role, "authority": preset.authority, "profile": preset.profile}
        seats.append(seat.model_copy(update=more | (seat_u if seat.seat == "u" else {})))
    return spec.model_copy(update={"seats": tuple(seats)})


def held(scenario: Scenario, entries: list[Entry] | None = None, **spec: Any) -> Transcript:
    """Finished talks."""
    return make_transcript(scenario, entries or DEAL, spec=talks_spec(scenario, **spec))


def planned(
    talks: TalksSpec,
    framing: Framing | None = "plain",
    *,
    model: str | None = None,
    panel: tuple[Reader, ...] = (ALLY, JOURNALIST),
) -> tuple[dict[str, NewsSpec], dict[str, MisreadingSpec]]:
    """What is planned of the two kinds after talks, by node."""
    planning = Planning(
        "suite",
        {} if model is None else {"reader": model},
        then={"arm": Then(news=framing)},
        influence=Influence(panel=panel),
    )
    news = dict(NewsKind().next_stages("arm", {TALKS: talks}, planning))
    before = {TALKS: talks, **news}
    return news, dict(MisreadingKind().next_stages("arm", before, planning))


def told(
    talks: Transcript, scenario: Scenario, framing: Framing = "plain", **changes: Any
) -> NewsRecord:
    """The news of talks."""
    assert isinstance(talks.spec, TalksSpec)
    spec = planned(talks.spec, framing)[0][NEWS].model_copy(update=changes)
    bench = Bench(scenario=lambda *_: scenario, seats=lambda _: {})
    played = asyncio.run(NewsKind().play(spec, {TALKS: talks}, bench))
    assert isinstance(played.record, NewsRecord)
    return played.record


def understood(
    news: NewsRecord,
    spec: MisreadingSpec,
    scenario: Scenario,
    answer: Callable[[Request], Reply] | None = None,
) -> tuple[MisreadingRecord, FakeChat]:
    """What readers have understood, and the chat of a model."""
    chat = FakeChat(answer or (lambda _: "nobody is asked"))
    bench = Bench(scenario=lambda *_: scenario, seats=lambda _: {}, chats=lambda _: lambda _: chat)
    played = asyncio.run(MisreadingKind().play(spec, {NEWS: news}, bench))
    assert isinstance(played.record, MisreadingRecord)
    return played.record, chat


def by_a_model(
    news: NewsRecord,
    talks: Transcript,
    scenario: Scenario,
    answer: Callable[[Request], Reply],
    reader: Reader = ALLY,
) -> tuple[MisreadingRecord, FakeChat]:
    """What a model makes of news, as that reader."""
    assert isinstance(talks.spec, TalksSpec)
    _, stages = planned(talks.spec, news.spec.framing, model=ADDRESS, panel=(reader,))
    (spec,) = stages.values()
    return understood(news, spec, scenario, answer)


def saying(
    texts: Mapping[str, str], trust: float = 6, chances: Mapping[str, float] | None = None
) -> Callable[[Request], str]:
    """A model that gives the answers with these words, wherever they stand on its sheet.

    Args:
        texts: Question -> how the answer begins.
        chances: Statement -> how likely; of those that are not named, what is so by :data:`SO`.
    """

    def answer(request: Request) -> str:
        sheet = request.messages[1]["content"]
        asked = re.findall(r"^- `(\w+)`: ", sheet, re.MULTILINE)
        given: dict[str, object] = {name: {**SO, **(chances or {})}[name] for name in asked}
        for name, words in texts.items():
            part = sheet.split(f"## `{name}`")[1].split("## `")[0]
            (letter,) = re.findall(rf"^- ([A-E]): {re.escape(words)}", part, re.MULTILINE)
            given[name] = letter
        return json.dumps({**given, TRUST: trust})

    return answer


RIGHT: Mapping[str, str] = {
    "spoke_for": "for nobody but themselves",
    "binds": "neither of them",
    "lacks": "at least negotiations between the two",
    "took_part": "no",
    "was_asked": "no",
    "view": "the report does not say",
    "consulted": "no",
}
"""How the right answers read, where the third party was not heard."""

SO: Mapping[str, float] = {
    "sent": 0,
    "sent_by_home": 0,
    "free": 100,
    "open": 100,
    "begun": 0,
    "stayed_away": 0,
    "heard": 0,
}
"""How likely what is so is, where the third party was not heard."""
