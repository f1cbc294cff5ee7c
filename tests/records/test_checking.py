"""A record that fits the schema and contradicts itself is refused, with the line it stands in."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import RecordError
from harness.records.checking import ArmSeats
from harness.records.folder import PLAN
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.run import FORMER_SCHEMA
from harness.records.spec import Fork, TalksSpec
from harness.records.transcript import Debrief, Repair
from harness.suite.parts import ModelSettings, SeatSpec
from harness.suite.suite import Suite
from tests.support.disputes import small as dispute
from tests.support.inprocess import typed
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    dialogue,
    make_run,
    make_suite,
)
from tests.support.transcripts import Entry, make_spec, make_transcript

Document = dict[str, Any]
Mutation = Callable[[Document], object]


@pytest.fixture
def small(tmp_path: Path) -> Scenario:
    return dispute(tmp_path)


@pytest.fixture
def run(tmp_path: Path, small: Scenario) -> RunFolder:
    debriefs = {
        "o": Debrief(gave_more="u", margin=2, reservations={"u": 0.3}),
        "u": Debrief(problem="none"),
    }
    played = [
        dialogue(small, "plain", [("o", LEANING), ("u", "reject"), ("u", MIDDLE), ("o", "accept")]),
        dialogue(
            small,
            "lean",
            [("o", LOPSIDED), ("u", "caucus"), "next round", ("o", MIDDLE), ("u", "accept")],
            debriefs=debriefs,
            repairs=[Repair(error="no")],
        ),
    ]
    return make_run(tmp_path / "run", make_suite(), {small.id: small}, played)


def talks(document: Document) -> Document:
    body: Document = document["body"]
    return body


def turn(document: Document, index: int = 0) -> Document:
    found: Document = talks(document)["turns"][index]
    return found


def seat(document: Document, index: int = 0) -> Document:
    found: Document = document["spec"]["seats"][index]
    return found


def ratified(document: Document, **changes: object) -> Document:
    package = talks(document)["outcome"]["package"]
    answer = {"package": package, "acceptable": True, "value": 0.5, "reservation": 0.25}
    return {**answer, **changes}


def call(**fields: object) -> Document:
    made = {"index": 0, "seat": "o", "purpose": "move", "model": "m", "prompt": [], "reply": ""}
    return {**made, **fields}


OF_THE_SPEC: dict[str, Mutation] = {
    "a scenario that the run lacks": lambda d: d["spec"].update(scenario="nowhere"),
    "an unknown principal": lambda d: seat(d).update(principal="nobody"),
    "a seat taken twice": lambda d: seat(d, 1).update(seat="o"),
    "nobody in seat u": lambda d: seat(d, 1).update(seat="x1"),
    "both for the same one": lambda d: seat(d, 1).update(principal=seat(d)["principal"]),
    "one who is not at the table": lambda d: seat(d, 1).update(principal="heirs"),
}
"""These change the spec, so the id is made to fit it again."""
MUTATIONS: dict[str, Mutation] = {
    **OF_THE_SPEC,
    "an id that is not the hash": lambda d: d["spec"].update(seed=99),
    "a kind that is not its spec's": lambda d: d.update(kind="recorded"),
    "a status that does not fit": lambda d: d.update(status="void"),
    "a void without a reason": lambda d: (
        d.update(status="void"),
        talks(d).update(outcome={"kind": "void", "round": 2}),
    ),
    "a reason without a void": lambda d: d.update(
        void={"kind": "reply", "seat": "u", "detail": "x"}
    ),
    "failed for a reply": lambda d: (
        d.update(status="failed", void={"kind": "reply", "seat": "u", "detail": "x"}),
        talks(d).update(outcome={"kind": "void", "round": 2}),
    ),
    "a void of an unknown seat": lambda d: (
        d.update(status="void", void={"kind": "reply", "seat": "z", "detail": "x"}),
        talks(d).update(outcome={"kind": "void", "round": 2}),
    ),
    "an order of others": lambda d: talks(d).update(order=["o", "z"]),
    "an order with one twice": lambda d: talks(d).update(order=["o", "u", "u"]),
    "an unknown seat in a turn": lambda d: turn(d).update(seat="z"),
    "a turn with a wrong index": lambda d: turn(d).update(index=5),
    "a round below one": lambda d: turn(d).update(round=0),
    "a negative round": lambda d: turn(d).update(round=-3),
    "a round that the protocol lacks": lambda d: turn(d, -1).update(round=10**30),
    "rounds that run backwards": lambda d: turn(d, 0).update(round=2),
    "a step below one": lambda d: turn(d).update(step=0),
    "a step that is too high": lambda d: turn(d).update(step=10**9),
    "a statement without a move": lambda d: turn(d).update(move=None),
    "a caucus with a move": lambda d: turn(d).update(kind="caucus"),
    "a consultation that is none": lambda d: turn(d).update(kind="consultation"),
    "a proposal without a package": lambda d: turn(d)["move"].update(package=None),
    "a proposal without a name": lambda d: turn(d).update(offer=None),
    "an unknown option": lambda d: turn(d)["move"]["package"].update(well="nothing"),
    "an unknown issue": lambda d: turn(d)["move"]["package"].update(moon="mine"),
    "an open issue": lambda d: turn(d)["move"]["package"].pop("well"),
    "an unknown option of a position": lambda d: turn(d)["move"].update(position={"well": "x"}),
    "an answer to no offer": lambda d: turn(d, -1)["move"].update(offer="o-9"),
    "a call out of range": lambda d: turn(d).update(calls=[3]),
    "a call below zero": lambda d: turn(d).update(calls=[-1]),
    "a repair of a call out of range": lambda d: turn(d).update(repairs=[{"error": "", "call": 7}]),
    "a call of another seat": lambda d: (
        d.update(calls=[call(seat="u")]),
        turn(d).update(calls=[0]),
    ),
    "a call with a wrong index": lambda d: d.update(calls=[call(index=4)]),
    "a call of an unknown seat": lambda d: d.update(calls=[call(seat="z")]),
    "tokens below zero": lambda d: d.update(calls=[call(usage={"prompt": -5})]),
    "tokens without end": lambda d: d.update(calls=[call(usage={"completion": 10**400})]),
    "a debrief of an unknown seat": lambda d: talks(d)["debriefs"].update(z={}),
    "a debrief with a call out of range": lambda d: talks(d)["debriefs"].update(o={"calls": [1]}),
    "a margin that is no number": lambda d: talks(d)["debriefs"].update(o={"margin": float("nan")}),
    "an estimate without end": lambda d: talks(d)["debriefs"].update(
        o={"reservations": {"u": float("inf")}}
    ),
    "an outcome in no turn": lambda d: talks(d)["outcome"].update(turn=99),
    "an outcome in a turn below zero": lambda d: talks(d)["outcome"].update(turn=-1),
    "an outcome in no round": lambda d: talks(d)["outcome"].update(round=0),
    "an outcome before its last turn": lambda d: talks(d)["outcome"].update(round=1),
    "a deal without terms": lambda d: talks(d)["outcome"].update(package=None),
    "terms without a deal": lambda d: talks(d)["outcome"].update(kind="no_deal"),
    "a void outcome of talks that are done": lambda d: talks(d)["outcome"].update(kind="void"),
    "a deal with an unknown option": lambda d: talks(d)["outcome"]["package"].update(well="x"),
    "a deal that is not the offer": lambda d: talks(d)["outcome"].update(package=LOPSIDED),
    "a second package with an open issue": lambda d: turn(d)["move"].update(
        or_package={"well": "half"}
    ),
    "an agreed issue without such an option": lambda d: turn(d)["move"].update(
        agreed={"well": "x"}
    ),
    "a sketch that was never put": lambda d: talks(d)["outcome"].update(explored=["o-9"]),
    "a ratification by a stranger": lambda d: talks(d)["outcome"].update(
        ratification={"z": ratified(d)}
    ),
    "a ratification of other terms": lambda d: talks(d)["outcome"].update(
        ratification={"o": {**ratified(d), "package": LOPSIDED}}
    ),
    "a ratification without bounds": lambda d: talks(d)["outcome"].update(
        ratification={"o": ratified(d, value=7.0)}
    ),
    "an unknown proposer": lambda d: talks(d)["outcome"].update(proposer="z"),
    "an unknown seat that ended it": lambda d: talks(d)["outcome"].update(by="z"),
}
MISFITS: dict[str, Mutation] = {
    "no body": lambda d: d.pop("body"),
    "a kind that is no dialogue's": lambda d: d.update(kind="other"),
    "a version that it is not of": lambda d: d.update(schema_version=1),
}
"""These no longer fit the schema: there is no saying what contradicts what."""


def mutated(run: RunFolder, mutate: Mutation, *, fits: bool) -> str:
    """Change the second line of the record; the id it has then. ``fits`` makes the id the hash of
    the spec again."""
    path = run.path / "transcripts.jsonl"
    lines = path.read_text().splitlines()
    document = json.loads(lines[1])
    mutate(document)
    if fits:
        spec = TalksSpec.model_validate(document["spec"])
        text = spec.model_dump_json(by_alias=True).encode()
        document["id"] = hashlib.sha256(text).hexdigest()[:16]
    lines[1] = json.dumps(document, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    return str(document["id"])


@pytest.mark.kind("X8")
@pytest.mark.parametrize("name", [*MUTATIONS, *MISFITS])
def test_a_record_that_contradicts_itself_is_refused_with_its_line(
    run: RunFolder, name: str
) -> None:
    key = mutated(run, {**MUTATIONS, **MISFITS}[name], fits=name in OF_THE_SPEC)
    where = f"{run.path}/transcripts.jsonl:2"
    with pytest.raises(RecordError) as found:
        list(RunFolder(run.path).transcripts())
    assert re.fullmatch("damaged line" if name in MISFITS else "damaged line: .+", found.value.what)
    assert found.value.where == where
    assert "\n" not in found.value.what
    with pytest.raises(RecordError) as found:
        RunFolder(run.path).transcript(key)
    assert found.value.where == where


@pytest.mark.kind("X8")
@pytest.mark.parametrize("name", ["no body", "an unknown option", "a call out of range"])
def test_every_command_says_so_in_one_line(run: RunFolder, name: str) -> None:
    key = mutated(run, {**MUTATIONS, **MISFITS}[name], fits=False)
    for line in (
        ["show", "run"],
        ["show", "run", key],
        ["show", "run", key, "--json"],
        ["score", "run"],
        ["report", "run"],
        ["fork", "run", key, "--turn", "1"],
    ):
        done = typed(*line, cwd=run.path.parent)
        done.fails(1, "transcripts.jsonl:2: damaged line")
        assert len(done.err.splitlines()) == 2, "what, and the fix"


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b"\xff\xfe",
        b'{"id":"0123456789abcdef","schema_version":1,"status":"done"}',
        b'{"id":"0123456789abcdef","schema_version":2,"status":"done"}',
        b'{"id":"0123456789abcdef","schema_version":1e999,"status":"done"}',
        b"9" * 10_000,
    ],
)
@pytest.mark.parametrize("name", ["transcripts.jsonl", "timings.jsonl", "scores.jsonl"])
def test_a_line_that_is_none_is_one_message(run: RunFolder, name: str, line: bytes) -> None:
    path = run.path / name
    path.write_bytes(path.read_bytes() + line + b"\n")
    number = len(path.read_bytes().splitlines())
    folder = RunFolder(run.path)
    read = {"transcripts": folder.transcripts, "timings": folder.timings, "scores": folder.scores}
    with pytest.raises(RecordError) as found:
        list(read[path.stem]())
    assert found.value.where == f"{path}:{number}"


@pytest.mark.kind("X8")
def test_an_id_and_a_status_that_are_said_twice_are_not_believed(run: RunFolder) -> None:
    path = run.path / "transcripts.jsonl"
    lines = path.read_text().splitlines()
    for more in ('"status":"void"', '"id":"0123456789abcdef"'):
        path.write_text(f"{lines[0]}\n{lines[1][:-1]},{more}}}\n")
        with pytest.raises(RecordError, match="states its id twice"):
            list(RunFolder(run.path).transcripts())


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    ("mutate", "words"),
    [
        (lambda d: d.update(dialogues=-1), "-1 dialogues"),
        (lambda d: d["scenarios"].update(other=d["scenarios"]["small"]), "calls itself 'small'"),
        (lambda d: d.update(scenarios={}), "no scenario"),
        (lambda d: d.update(suite=[]), "suite"),
    ],
)
def test_a_run_that_contradicts_itself_is_refused(
    run: RunFolder, mutate: Mutation, words: str
) -> None:
    document = json.loads((run.path / "run.json").read_text())
    mutate(document)
    (run.path / "run.json").write_text(json.dumps(document))
    for command in ("show", "score", "report"):
        typed(command, "run", cwd=run.path.parent).fails(1, words)


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    "fields",
    [
        {"seconds": float("nan")},
        {"calls": [{"call": -1, "seconds": 1, "attempts": 1}]},
        {"calls": [{"call": 0, "seconds": float("inf"), "attempts": 1}]},
        {"calls": [{"call": 0, "seconds": 1, "attempts": 10**40}]},
    ],
)
def test_timings_that_cannot_be_are_refused(run: RunFolder, fields: Document) -> None:
    line = {"id": "0" * 16, "started": "2026-01-01T00:00:00", "seconds": 1.0, "calls": [], **fields}
    (run.path / "timings.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(RecordError, match=r"damaged line: a"):
        list(RunFolder(run.path).timings())


@pytest.mark.kind("X8")
def test_values_that_are_too_large_are_missing(run: RunFolder) -> None:
    scores = [
        {**json.loads(line), "values": {"skew": 1e308, "agreement": 1e300}}
        for line in (run.path / "scores.jsonl").read_text().splitlines()
        if '"settlement"' in line
    ]
    text = "".join(json.dumps(score) + "\n" for score in scores)
    (run.path / "scores.jsonl").write_text(text)
    done = typed("report", "run", "--json", cwd=run.path.parent)
    assert done.code == 0
    for arm in json.loads(done.out)["arms"]:
        assert arm["measures"]["settlement.skew"]["missing"] == arm["dialogues"]


def test_a_record_as_it_is_played_contradicts_nothing(run: RunFolder) -> None:
    copied = copy.deepcopy([t.model_dump() for t in run.transcripts()])
    assert len(copied) == 2


# --- whose dialogue it is ------------------------------------------------------------------------


def seated(small: Scenario, arm: str, **changes: Any) -> TalksSpec:
    """Talks with the seats of an arm, each with these changes."""
    seats = make_suite().seats(arm, small.seats.o, small.seats.u)
    changed = tuple(seat.model_copy(update=changes) for seat in seats)
    return make_spec(small).model_copy(update={"seats": changed})


def settled(small: Scenario, arm: str) -> Placed:
    entries: list[Entry] = [("o", MIDDLE), ("u", "accept")]
    return Placed.of(make_transcript(small, entries, spec=seated(small, arm)), arm)


@pytest.fixture
def arms(tmp_path: Path, small: Scenario) -> RunFolder:
    both = [settled(small, arm) for arm in ("plain", "lean")]
    return make_run(tmp_path / "arms", make_suite(), {small.id: small}, both)


def test_arms_that_have_changed_their_names_are_refused_with_the_line(arms: RunFolder) -> None:
    first, second = arms.transcripts()
    assert [placement_of(arms, one).arms for one in (first, second)] == [("plain",), ("lean",)]
    path = arms.path / PLAN
    lines = path.read_text().replace('"plain"', '"x"').replace('"lean"', '"plain"')
    path.write_text(lines.replace('"x"', '"lean"'))
    says = f"{second.id} is of arm 'plain', and those who sit in it are those of arm 'lean'"
    with pytest.raises(RecordError, match=says) as error:
        placement_of(RunFolder(arms.path), second)
    assert error.value.where == f"{path}:2"
    assert "writes it again" in str(error.value)


def test_an_arm_that_is_not_the_dialogues_is_found_among_those_that_are(arms: RunFolder) -> None:
    first, _ = arms.transcripts()
    path = arms.path / PLAN
    line = path.read_text().splitlines()[0]
    with path.open("a") as file:
        file.write(line.replace('"plain"', '"lean"') + "\n")
    with pytest.raises(RecordError, match="is of arm 'lean', and") as error:
        placement_of(RunFolder(arms.path), first)
    assert error.value.where == f"{path}:3"


def test_who_plays_a_seat_does_not_tell_arms_apart(arms: RunFolder, small: Scenario) -> None:
    by_model = {"kind": "model", "model": "openai/m", "tactic": None}
    spec = seated(small, "plain", **by_model, settings=ModelSettings(temperature=0.1))
    held = ArmSeats(arms.info)
    assert held.exchanged(spec, ["plain"]) is None
    assert held.exchanged(spec, ["lean"]) == ("lean", "plain")
    assert held.exchanged(spec, ["plain", "lean"]) == ("lean", "plain")
    scripted = seated(small, "plain", tactic="boulware")
    assert held.exchanged(scripted, ["lean"]) is None, "no arm has these seats"
    further = spec.seats[1].model_copy(update={"seat": "x1"})
    more = spec.model_copy(update={"seats": (*spec.seats, further)})
    assert held.exchanged(more, ["lean"]) is None, "nor so many"


def test_what_nobody_can_hold_is_let_be(arms: RunFolder, small: Scenario) -> None:
    spec, held = seated(small, "plain"), ArmSeats(arms.info)
    assert held.exchanged(spec, ["lean"]) == ("lean", "plain")
    forked = spec.model_copy(update={"fork": Fork(of="a" * 16, turn=1)})
    assert held.exchanged(forked, ["lean"]) is None
    assert held.exchanged(spec, ["an arm of another suite"]) is None
    former = arms.info.model_copy(update={"schema_": FORMER_SCHEMA})
    assert ArmSeats(former).exchanged(spec, ["lean"]) is None


def test_the_seats_of_an_arm_are_made_once(
    arms: RunFolder, small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    seats = Suite.seats

    def counted(self: Suite, arm: str, o: str, u: str) -> tuple[SeatSpec, ...]:
        made.append(arm)
        return seats(self, arm, o, u)

    spec, held = seated(small, "lean"), ArmSeats(arms.info)
    monkeypatch.setattr(Suite, "seats", counted)
    for _ in range(3):
        assert held.exchanged(spec, ["plain"]) == ("plain", "lean")
    assert made == ["plain", "lean"]
