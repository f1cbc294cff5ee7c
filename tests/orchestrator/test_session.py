"""A session plays a plan into its folder, resumes it, and writes down what was planned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import harness
from harness import kinds
from harness.delegations.base import Delegation
from harness.errors import ModelError, UsageError
from harness.models.limits.budget import Budget
from harness.models.settings import PoolSettings
from harness.orchestrator.graph import Node
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.replay import Recording, ReplayWriter
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.folder import PLAN, RUN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.writer import RunWriter
from harness.stages.base import ChatOf
from harness.talks.stage import TalksKind
from harness.workers.backend import Backend
from harness.workers.progress import Progress
from harness.workers.replies import KeepingWriter
from tests.support.disputes import write
from tests.support.mock_server import Answer, MockServer, completion, error
from tests.support.player import plays
from tests.support.puppets import scripted
from tests.support.runs import tiny_plan, tiny_suite

WIRE = PoolSettings(max_connections=2, max_retries=0)


class Own(TalksKind):
    """A kind of a user's that plays nothing."""

    name = "own"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


class Model:
    """Plays, until it is told to do otherwise."""

    def __init__(self) -> None:
        self.instead: Answer | None = None

    def __call__(self, body: dict[str, Any]) -> Answer:
        return plays(body) if self.instead is None else self.instead


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


def with_model(folder: Path, server: MockServer) -> Plan:
    address = f"openai/m@{server.base_url}"
    suite = tiny_suite(write(folder), epochs=1, protocol={"rounds": 1, "turns": 2, "repairs": 0})
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


def asking(folder: Path, server: MockServer, name: str = "run", **more: Any) -> Session:
    more = {"wire": WIRE, "prompts": Prompts(), **more}
    return Session(with_model(folder, server), folder / name, **more)


def sit(session: Session) -> Progress:
    with session.opened() as writer:
        return asyncio.run(session.play(writer))


def test_a_plan_is_played_and_said_what_it_was(plan: Plan, tmp_path: Path) -> None:
    session = Session(plan, tmp_path / "run", command="track15 run tiny")
    progress = sit(session)
    assert progress is session.progress
    assert (progress.planned, progress.done, progress.failed) == (8, 8, 0)
    info = RunFolder(tmp_path / "run").info
    assert (info.version, info.command) == (harness.__version__, "track15 run tiny")
    assert (info.plan, info.root, info.dialogues) == (plan.digest, plan.root, 8)
    assert (info.limited, info.cut, info.cut_scenarios) == (False, 0, ())
    assert info.models == {}


def test_workers_that_cannot_load_a_kind_are_not_started(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    monkeypatch.setattr(kinds, "_TARGETS", {})
    kinds.register(Own())
    followed = replace(plan, later_kinds=("own",))
    for backend in (Backend(workers=2), Backend(executor="ray")):
        with pytest.raises(UsageError, match="'own' is known to this process alone"):
            sit(Session(followed, tmp_path / "run", backend=backend))
    assert not (tmp_path / "run" / TRANSCRIPTS).read_bytes()
    assert sit(Session(replace(followed, limit=1), tmp_path / "here")).done == 1


def test_a_cut_plan_says_what_it_leaves_out(plan: Plan, tmp_path: Path) -> None:
    cut = make_plan(plan.suite, Overrides(limit=3))
    info = Session(cut, tmp_path / "run").info
    assert (info.dialogues, info.limited, info.cut) == (3, True, 5)


def test_the_same_session_again_resumes(plan: Plan, tmp_path: Path) -> None:
    cut = make_plan(plan.suite, Overrides(epochs=1))
    sit(Session(cut, tmp_path / "run"))
    again = sit(Session(plan, tmp_path / "run"))
    assert (again.resumed, again.done) == (4, 4)
    sit(Session(plan, tmp_path / "whole"))
    for name in (PLAN, TRANSCRIPTS):
        one, other = ((tmp_path / folder / name).read_bytes() for folder in ("run", "whole"))
        assert one == other


def test_who_sits_down_can_be_said_otherwise(plan: Plan, tmp_path: Path) -> None:
    def seats(spec: TalksSpec, chat_of: ChatOf) -> Mapping[str, Delegation]:
        return {"o": scripted([]), "u": scripted([])}

    progress = sit(Session(plan, tmp_path / "run", seats=seats))
    assert (progress.done, progress.deals) == (8, 0)
    words = {
        turn.words
        for record in RunFolder(tmp_path / "run").transcripts()
        for turn in record.body.turns
    }
    assert words == {"Nothing to add."}


def test_what_writes_fits_who_plays(plan: Plan, tmp_path: Path, server: MockServer) -> None:
    with Session(plan, tmp_path / "scripts").opened() as writer:
        assert type(writer) is RunWriter
    with asking(tmp_path, server, "models").opened() as writer:
        assert type(writer) is KeepingWriter
    sit(Session(plan, tmp_path / "run"))
    recording = Recording(RunFolder(tmp_path / "run"))
    with Session(plan, tmp_path / "again", recording=recording).opened() as writer:
        assert type(writer) is ReplayWriter


def test_a_replay_asks_nobody(tmp_path: Path, server: MockServer) -> None:
    assert sit(asking(tmp_path, server)).done == 4
    asked = len(server.requests)
    recording = Recording(RunFolder(tmp_path / "run"))
    recording.hold(with_model(tmp_path, server))
    again = sit(asking(tmp_path, server, "again", recording=recording))
    assert (again.done, len(server.requests)) == (4, asked)
    one, other = ((tmp_path / f / TRANSCRIPTS).read_bytes() for f in ("run", "again"))
    assert one == other


def test_an_endpoint_is_tried_first_but_not_where_nothing_is_left(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.instead = error(401, "no such key")
    with pytest.raises(ModelError):
        sit(asking(tmp_path, server))
    assert not (tmp_path / "run" / TRANSCRIPTS).read_bytes()
    model.instead = None
    assert sit(asking(tmp_path, server)).done == 4
    model.instead = error(401, "no such key")
    assert sit(asking(tmp_path, server)).resumed == 4
    with pytest.raises(ModelError):  # though nothing is void
        sit(asking(tmp_path, server, retry_void=True))


def test_a_plan_of_which_less_is_finished_is_not_gone_through_before_it_is_played(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a million stages long."""
    sit(Session(make_plan(plan.suite, Overrides(epochs=1)), tmp_path / "run"))
    walked: list[str] = []
    ids, stages = plan.ids, Plan.stages

    def counted(self: Plan) -> Iterator[Node]:
        for node in stages(self):
            walked.append(node.id)
            yield node

    monkeypatch.setattr(Plan, "stages", counted)
    assert sit(Session(plan, tmp_path / "run")).done == 4
    assert walked == []
    assert sit(Session(plan, tmp_path / "run")).done == 0
    assert walked == ids, "where all may be there, it is"


def test_what_a_longer_run_has_finished_does_not_stand_for_what_is_missing(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    def lasting(epochs: int) -> Session:
        asked = asking(tmp_path, server)
        suite = asked.plan.suite.model_copy(update={"epochs": epochs})
        return replace(asked, plan=replace(asked.plan, suite=suite))

    sit(lasting(2))
    path = tmp_path / "run" / TRANSCRIPTS
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    model.instead = error(401)
    with pytest.raises(ModelError, match="401"):
        sit(lasting(1))
    assert len(path.read_bytes().splitlines()) == 7, "the endpoint was tried first"


def test_void_dialogues_are_played_again_where_that_is_asked_for(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.instead = completion("We agree!")
    assert sit(asking(tmp_path, server)).void == 4
    model.instead = None
    assert sit(asking(tmp_path, server)).resumed == 4
    again = sit(asking(tmp_path, server, retry_void=True))
    assert (again.resumed, again.done, again.void) == (0, 4, 0)


def test_a_limit_stops_it_and_a_higher_one_goes_on(tmp_path: Path, server: MockServer) -> None:
    wire = WIRE.model_copy(update={"max_connections": 1})
    first = sit(asking(tmp_path, server, wire=wire, budget=Budget(tokens=200)))
    assert first.stopped is not None
    assert first.done < 4
    asked = len(server.requests)
    assert sit(asking(tmp_path, server)).finished == 4
    assert len(server.requests) > asked


def test_a_cache_answers_another_run(tmp_path: Path, server: MockServer) -> None:
    cache = tmp_path / "cache.sqlite"
    sit(asking(tmp_path, server, cache=cache))
    asked = len(server.requests)
    progress = sit(asking(tmp_path, server, "other", cache=cache))
    assert progress.spending.asked == 0
    assert progress.spending.reused == progress.calls > 0
    assert len(server.requests) - asked <= 1, "the endpoint is tried, no more"


def test_a_user_is_told_of_workers_that_find_no_room(tmp_path: Path, server: MockServer) -> None:
    said: list[str] = []
    progress = sit(asking(tmp_path, server, backend=Backend(workers=3), notify=said.append))
    assert progress.done == 4
    (line,) = said
    assert line.startswith("2 of 3 workers:")
    assert (tmp_path / "run" / RUN).exists()
