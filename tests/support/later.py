"""Later real talks on the small dispute: what leads into them, and how they are played."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import yaml

from harness.delegations.seating import seat_delegations
from harness.disputes.scenario import Package, Scenario, Twin
from harness.incentives.expectation import public_values
from harness.incentives.tracks import TRACKS, TrackName
from harness.influence.later import LaterKind
from harness.prompting.talks import Prompts
from harness.records.later import LaterRecord, LaterSpec
from harness.records.spec import TalksSpec
from harness.records.transcript import Record, StageRecord, Transcript
from harness.stages.base import Bench
from harness.suite.influence import PANEL, Byline
from harness.suite.parts import Protocol, SeatSpec
from tests.support.chats import FakeChat
from tests.support.disputes import HOMES, SMALL
from tests.support.transcripts import Entry, make_transcript

DISPUTE = Scenario.model_validate(yaml.safe_load(SMALL + HOMES))
ADDRESS = "openai/fake@http://127.0.0.1:9"
CONCEDES: tuple[Package, ...] = (
    {"well": "mine", "fence": "them"},
    {"well": "mine", "fence": "us"},
    {"well": "half", "fence": "us"},
)
"""What the side of a puts at a meeting: it holds on to the well, and gives way on the fence."""


class Answer(Record):
    """What a reader answered; of what a real one says, what later talks read."""

    reader: str
    values: dict[str, dict[str, dict[str, float]]]


class Answers(Record):
    """The body of a panel."""

    answers: tuple[Answer, ...] = ()


def planned(
    track: TrackName = "1",
    *,
    models: Sequence[str] = (),
    opener: str = "o",
    seed: int = 3,
    debrief: bool = False,
    home: str | None = None,
) -> TalksSpec:
    """Talks of a track on the small dispute.

    Args:
        models: Seats that a model plays.
        home: Where the delegates of seat u come from.
    """
    seats = []
    for name in ("o", "u"):
        one = TRACKS[track].seat("o" if name == "o" else "u")
        played = {"kind": "model", "model": ADDRESS, "brief": "principal"} if name in models else {}
        if home is not None and name == "u":
            played["home"] = home
        seats.append(
            SeatSpec.model_validate(
                {
                    "seat": name,
                    "principal": getattr(DISPUTE.seats, name),
                    "role": one.role,
                    "authority": one.authority,
                    "profile": one.profile,
                    **played,
                }
            )
        )
    return TalksSpec(
        scenario=DISPUTE.id,
        scenario_hash=DISPUTE.digest(),
        twin=Twin.NONE,
        seed=seed,
        protocol=Protocol(rounds=1, turns=4, debrief=debrief).resolved(),
        opener=opener,
        seats=tuple(seats),
    )


def meeting(entries: Sequence[Entry] | None = None, **changes: Any) -> Transcript:
    """A meeting of Track 1.5: by default the side of a gives way, and nothing is agreed."""
    said: list[Entry] = []
    for package in CONCEDES:
        said += [("u", dict(package)), ("o", {"well": "yours", "fence": "us"})]
    spec = changes.pop("spec", None) or planned("1.5")
    return make_transcript(DISPUTE, entries or said, spec=spec, **changes)


def values(cheaper: float = 0.0, dearer: float = 0.0) -> dict[str, dict[str, dict[str, float]]]:
    """What a reader says of both principals: the public image, every option of a moved towards 1
    and every one of b towards 0 by these shares of the way."""
    a, b = (public_values(DISPUTE, one) for one in ("a", "b"))
    return {
        "a": {i: {k: v + cheaper * (1 - v) for k, v in own.items()} for i, own in a.items()},
        "b": {i: {k: v - dearer * v for k, v in own.items()} for i, own in b.items()},
    }


def panel(number: int, said: Mapping[str, Any], byline: Byline | None = None) -> StageRecord:
    """A panel's record: reader -> its values; empty ones are no answer."""
    answers = tuple(Answer(reader=one, values=found) for one, found in said.items())
    spec = SimpleNamespace(readers=PANEL, byline=byline, outlet="a review")
    return StageRecord(
        id=f"{number:016x}",
        status="done",
        kind="readership",
        spec=spec,
        body=Answers(answers=answers),
    )


def panels(cheaper: float = 0.6, dearer: float = 0.6, **changes: Any) -> dict[str, StageRecord]:
    """The two advising readers of the panel, before and after."""
    readers = [reader.id for reader in PANEL]
    return {
        "before": panel(1, dict.fromkeys(readers, values())),
        "after": panel(2, dict.fromkeys(readers, values(cheaper, dearer)), **changes),
    }


def article(text: str = "Let them have the fence.", home: str | None = None) -> StageRecord:
    """An article."""
    return StageRecord(
        id=f"{3:016x}",
        status="done",
        kind="publication",
        spec=SimpleNamespace(author=SimpleNamespace(home=home), outlet=None),
        body=SimpleNamespace(title="The well and the fence", text=text),
    )


def later(
    inputs: Mapping[str, StageRecord] | None = None, *, talks: TalksSpec | None = None, **links: Any
) -> LaterSpec:
    """The spec of later talks that read these records."""
    talks = talks or planned()
    if inputs and "before" in inputs:
        links = {"advising": ("official", "legislator"), "quorum": 1, **links}
    return LaterSpec(
        scenario=talks.scenario,
        scenario_hash=talks.scenario_hash,
        twin=talks.twin,
        seed=talks.seed,
        talks=talks,
        inputs={name: record.id for name, record in (inputs or {}).items()},
        **links,
    )


def bench_of(chat: FakeChat | None = None, seated: list[TalksSpec] | None = None) -> Bench:
    """What plays on the small dispute.

    Args:
        chat: The model; None where only scripts play.
        seated: Takes the specs that delegations are made for.
    """

    def chat_of(_: str) -> FakeChat:
        assert chat is not None
        return chat

    def seats(spec: TalksSpec) -> Any:
        if seated is not None:
            seated.append(spec)
        return seat_delegations(spec, chat_of, None if chat is None else Prompts())

    return Bench(scenario=lambda _, __: DISPUTE, seats=seats)


def played(
    spec: LaterSpec, inputs: Mapping[str, StageRecord] | None = None, chat: FakeChat | None = None
) -> LaterRecord:
    """The record that a stage leaves."""
    found = asyncio.run(LaterKind().play(spec, inputs or {}, bench_of(chat)))
    assert isinstance(found.record, LaterRecord)
    return found.record
