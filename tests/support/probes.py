"""Probed models of known responsiveness, and the scores that they leave."""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
from collections.abc import Callable, Sequence

from harness.disputes.scenario import Package, Scenario, Twin
from harness.evaluators.case import Case
from harness.evaluators.probing import Probing
from harness.evaluators.scoring import evaluate
from harness.incentives.stake import Belief, Stake, believe, stake
from harness.incentives.tracks import TRACKS, TrackName
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.probing.stage import ProbeKind, probe_of
from harness.prompting.talks import Prompts
from harness.records.placement import Placement
from harness.records.probe import ProbeRecord, ProbeSpec
from harness.records.score import Score
from harness.records.spec import TalksSpec
from harness.stages.base import Bench
from harness.suite.parts import Protocol, SeatSpec
from tests.support.chats import FakeChat

PROMPTS = Prompts()
ADDRESS = "openai/fake@http://127.0.0.1:9"
_TERM = re.compile(r"^- .* \(`(?P<issue>\w+)`\): `(?P<option>\w+)`", re.MULTILINE)

Decide = Callable[[ProbeSpec, Scenario, Package], "bool | str | ModelReply | Exception"]
"""What a model says of a package: signs or not, or the reply itself."""


def talks(
    scenario: Scenario, track: TrackName, *, seed: int = 1, kind: str = "model", repairs: int = 1
) -> TalksSpec:
    """Talks of a track's presets, with models in both seats."""
    preset = TRACKS[track]
    principals = {"o": scenario.seats.o, "u": scenario.seats.u}
    seats = [
        SeatSpec.model_validate(
            {
                "seat": seat,
                "principal": principals[seat],
                "role": one.role,
                "authority": one.authority,
                "profile": one.profile,
                "kind": kind,
                "model": ADDRESS if kind == "model" else None,
                "brief": "principal" if kind == "model" else None,
            }
        )
        for seat, one in (("o", preset.o), ("u", preset.u))
    ]
    return TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        seed=seed,
        protocol=Protocol(rounds=1, turns=2, repairs=repairs),
        seats=tuple(seats),
        opener="o",
        templates=PROMPTS.hashes(),
    )


def asked_about(request: Request) -> Package:
    """The package of a question."""
    question = next(m["content"] for m in request.messages if m["role"] == "user")
    found = _TERM.findall(question[question.index("# Before the talks") :])
    return dict(found)


def probed(
    spec: ProbeSpec,
    scenario: Scenario,
    decide: Decide,
    asked: list[Request] | None = None,
    others: str | ModelReply | Exception = "{}",
) -> ProbeRecord:
    """The record of a probe of a model that answers by ``decide``, and ``others`` where it is asked
    what the other sides need."""

    def answer(request: Request) -> str | ModelReply | Exception:
        if request.schema_name == "estimates":
            return others
        said = decide(spec, scenario, asked_about(request))
        if not isinstance(said, bool):
            return said
        return json.dumps({"why": "So I think.", "decision": "sign" if said else "leave"})

    chat = FakeChat(answer)
    bench = Bench(
        scenario=lambda name, twin: scenario,
        seats=lambda _: {},
        chats=lambda _: lambda _: chat,
        prompts=PROMPTS,
    )
    played = asyncio.run(ProbeKind().play(spec, {}, bench))
    if asked is not None:
        asked += chat.asked
    record = played.record
    assert isinstance(record, ProbeRecord)
    return record


def scores_of(
    record: ProbeRecord, scenario: Scenario, arms: Sequence[str], epoch: int = 1
) -> list[Score]:
    """The scores of a probe in these arms."""
    place = Placement(scenario.id, "none", epoch, tuple(arms))
    return evaluate(Case(record, scenario), [Probing()], place)


def believed(spec: ProbeSpec, scenario: Scenario) -> tuple[Belief, Stake]:
    """What the delegate believes, and its own stake."""
    asked = spec.asked
    belief = believe(scenario, asked.principal, 1, asked.profile, spec.seed)
    return belief, stake(scenario, asked.principal, belief, asked.profile)


def logistic(threshold: Callable[[ProbeSpec], float], slope: float, seed: int = 1) -> Decide:
    """A model that signs by a logistic rule in the believed value over no deal.

    Args:
        threshold: Of a delegate.
        slope: Log odds for one unit of value.
    """
    draw = random.Random(seed)

    def decide(spec: ProbeSpec, scenario: Scenario, package: Package) -> bool:
        belief, _ = believed(spec, scenario)
        value = belief.utility(package) - belief.reservation
        return draw.random() < 1 / (1 + math.exp(-slope * (value - threshold(spec))))

    return decide


def of_seat(spec: TalksSpec, seat: str, *, estimates: bool = False, **changes: object) -> ProbeSpec:
    """The probe of one seat, with another profile where fields of one are given."""
    placed = spec.seat(seat)
    if changes:
        profile = placed.profile.model_copy(update=changes)
        placed = placed.model_copy(update={"profile": profile})
        others = [placed if one.seat == seat else one for one in spec.seats]
        spec = spec.model_copy(update={"seats": tuple(others)})
    return probe_of(spec, placed, estimates=estimates)
