"""A second kind of stage: what arms share is played once, and what holds for talks holds for it.

The kind is that of ``tests/support/question.py``: it asks a model one question about talks.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ModelError, RecordError, UsageError
from harness.evaluators.base import kind_of
from harness.evaluators.choosing import choose
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.kinds import load_kind
from harness.models.limits.budget import Budget
from harness.models.settings import PoolSettings
from harness.orchestrator.estimate import estimate
from harness.orchestrator.fork import fork_seats, make_forks
from harness.orchestrator.replay import Recording
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.spec import TALKS
from harness.records.spend import paid_calls
from harness.records.transcript import StageRecord
from harness.records.writer import RunWriter
from harness.workers.backend import Backend
from tests.support.command import environment
from tests.support.mock_server import MockServer, error, hang
from tests.support.question import templates
from tests.support.question_score import Answers
from tests.support.questions import KIND, QUESTIONS, Model, lines, plan_of, session, sit


@pytest.fixture(autouse=True)
def _registered() -> None:
    load_kind(f"{KIND}:KIND")


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


def test_what_arms_share_is_played_once(tmp_path: Path, server: MockServer, model: Model) -> None:
    progress = sit(session(tmp_path, server))
    run = tmp_path / "run"
    (talks,) = lines(run, TRANSCRIPTS)
    asked = lines(run, QUESTIONS)
    assert (progress.done, progress.planned) == (3, 3)
    assert model.moves == len(talks["calls"])
    assert sorted(one["spec"]["asked_of"] for one in asked) == ["left", "right"]
    assert len(model.questions) == 2
    assert all("Let us settle this." in text for text in model.questions)
    assert [one["stages"]["talks"] for one in lines(run, PLAN)] == [talks["id"]] * 2
    assert {one["inputs"]["talks"]["id"] for one in asked} == {talks["id"]}
    assert [one["body"]["gave_more"] for one in asked] == ["u", "u"]
    assert RunFolder(run).place(talks["id"]).arms == ("left", "right")
    assert RunFolder(run).finished() == 2


def test_its_calls_are_paid_numbered_and_timed_as_those_of_talks(
    tmp_path: Path, server: MockServer
) -> None:
    sit(session(tmp_path, server))
    run = tmp_path / "run"
    stages = [*lines(run, TRANSCRIPTS), *lines(run, QUESTIONS)]
    assert [[call["index"] for call in one["calls"]] for one in stages[1:]] == [[0], [0]]
    timed = {one["id"]: one["calls"] for one in lines(run, "timings.jsonl")}
    assert {key: len(calls) for key, calls in timed.items()} == {
        one["id"]: len(one["calls"]) for one in stages
    }
    paid = list(paid_calls(run))
    assert len(paid) == sum(len(one["calls"]) for one in stages)
    assert sum(call.prompt == 100 for call in paid) == 2
    texts = RunFolder(run).messages()
    assert all(key in texts for one in stages for call in one["calls"] for key in call["prompt"])


def test_nothing_is_asked_again_when_it_is_resumed(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.spoil = lambda number: error(500) if number == 2 else None
    first = sit(session(tmp_path, server, wire=PoolSettings(max_connections=1, max_retries=0)))
    assert (first.done, first.failed) == (2, 1)
    assert RunFolder(tmp_path / "run").finished() == 1
    model.spoil, moves = (lambda _: None), model.moves
    again = sit(session(tmp_path, server))
    assert (again.resumed, again.done, again.failed) == (2, 1, 0)
    assert (model.moves, len(model.questions)) == (moves, 3)
    third = sit(session(tmp_path, server))
    assert (third.resumed, third.done) == (3, 0)
    assert len(model.questions) == 3


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, server: MockServer, model: Model, workers: int
) -> None:
    model.spoil = lambda number: hang() if number == 2 else None
    code = (
        "import sys; from pathlib import Path; from types import SimpleNamespace\n"
        "from harness.workers.backend import Backend\n"
        "from harness.kinds import load_kind\n"
        "from tests.support.questions import KIND, session, sit\n"
        "load_kind(f'{KIND}:KIND')\n"
        "there = SimpleNamespace(base_url=sys.argv[2])\n"
        "backend = Backend(workers=int(sys.argv[3]))\n"
        "sit(session(Path(sys.argv[1]), there, backend=backend))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), server.base_url, str(workers)]
    asked = tmp_path / "run" / QUESTIONS
    with subprocess.Popen(command, env=environment(), cwd=KIND.parents[2]) as process:
        # One question hangs, and what came of the other is on disk.
        while server.held.begun < 1 or not asked.exists() or not asked.read_bytes():
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    moves = model.moves
    model.spoil = lambda _: None
    progress = sit(session(tmp_path, server))
    assert (progress.resumed, progress.done) == (2, 1)
    assert (model.moves, len(model.questions)) == (moves, 3), "one was in flight"


def test_it_is_replayed_without_a_model(tmp_path: Path, server: MockServer, model: Model) -> None:
    sit(session(tmp_path, server))
    asked = (model.moves, len(model.questions))
    recording = Recording(RunFolder(tmp_path / "run"))
    recording.hold(session(tmp_path, server).plan)
    sit(session(tmp_path, server, "again", recording=recording))
    assert (model.moves, len(model.questions)) == asked
    for name in (TRANSCRIPTS, QUESTIONS, PLAN):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_a_replay_of_something_else_is_refused(tmp_path: Path, server: MockServer) -> None:
    sit(session(tmp_path, server))
    path = tmp_path / "run" / QUESTIONS
    path.write_text(path.read_text().replace('"gave_more":"u"}}', '"gave_more":"o"}}'))
    recording = Recording(RunFolder(tmp_path / "run"))
    with pytest.raises(RecordError, match="differs from the recorded one"):
        sit(session(tmp_path, server, "again", recording=recording))


def test_a_fork_plans_what_follows(tmp_path: Path, server: MockServer, model: Model) -> None:
    sit(session(tmp_path, server, talkers=False))
    folder = RunFolder(tmp_path / "run")
    (talks,) = folder.transcripts()
    seats = fork_seats(talks.spec, ["u.tactic=boulware"], {})  # type: ignore[arg-type]
    plan = make_forks(folder.info, talks, folder.place(talks.id), 0, seats)
    ways = list(plan.ways())
    assert [way.arm for way in ways] == ["left", "right"], "those that the talks are of"
    assert len({way.nodes[0].id for way in ways}) == 1
    for way in ways:
        assert [node.name for node in way.nodes] == ["talks", "question"]
        assert way.nodes[1].spec.inputs == {"talks": way.nodes[0].id}
        assert way.nodes[1].spec.asked_of == way.arm  # type: ignore[attr-defined]
        assert way.nodes[1].id not in {one["id"] for one in lines(folder.path, QUESTIONS)}


@pytest.mark.parametrize("backend", [Backend(workers=2)])
def test_workers_leave_the_same_bytes(
    tmp_path: Path, server: MockServer, model: Model, backend: Backend
) -> None:
    sit(session(tmp_path, server, epochs=3))
    asked = (model.moves, len(model.questions))
    sit(session(tmp_path, server, "backend", epochs=3, backend=backend))
    assert (model.moves, len(model.questions)) == (2 * asked[0], 2 * asked[1])
    for name in (TRANSCRIPTS, QUESTIONS, PLAN):
        assert (tmp_path / "backend" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_a_limit_of_the_run_holds_for_it(tmp_path: Path, server: MockServer, model: Model) -> None:
    wire = PoolSettings(max_connections=1, max_retries=0)
    first = session(tmp_path, server, talkers=False, wire=wire, budget=Budget(tokens=110))
    progress = sit(first)
    assert progress.stopped is not None
    assert len(model.questions) == 1
    assert RunFolder(tmp_path / "run").finished() == 1
    sit(session(tmp_path, server, talkers=False, wire=wire))
    assert len(model.questions) == 2


def test_it_is_foreseen(tmp_path: Path, server: MockServer) -> None:
    plan = plan_of(tmp_path, f"openai/x@{server.base_url}", talkers=False)
    cost = estimate(plan, None)
    assert (cost.calls, cost.prompt_tokens, cost.completion_tokens) == (2, 2_000, 40)


def test_without_talks_there_is_nothing_to_ask_about(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.babbles = True
    progress = sit(session(tmp_path, server))
    run = tmp_path / "run"
    asked = lines(run, QUESTIONS)
    assert [(one["status"], one["void"]["kind"]) for one in asked] == [("void", "input")] * 2
    assert (progress.void, progress.failed, model.questions) == (3, 0, [])
    assert RunFolder(run).finished() == 2, "as long as there are no talks, nothing is missing"
    again = sit(session(tmp_path, server))
    assert (again.resumed, again.failed) == (3, 0)
    assert lines(run, QUESTIONS) == asked
    model.babbles = False
    mended = sit(session(tmp_path, server, retry_void=True))
    assert (mended.done, len(model.questions)) == (3, 2)
    assert [one["status"] for one in lines(run, QUESTIONS)] == ["done", "done"]


def test_what_was_read_and_played_again_is_read_again(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    sit(session(tmp_path, server))
    path = tmp_path / "run" / TRANSCRIPTS
    # The talks are played again, and come out otherwise.
    path.write_text(path.read_text().replace("Let us settle this.", "Let us part.", 1))
    progress = sit(session(tmp_path, server))
    assert (progress.resumed, progress.done) == (1, 2)
    assert len(model.questions) == 4


def test_templates_of_one_kind_change_no_id_of_another(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "openai/x@http://127.0.0.1:9/v1")
    (talks, question, _) = plan.stages()
    assert question.spec.templates == templates().hashes()  # type: ignore[attr-defined]
    assert talks.spec.templates.keys().isdisjoint(templates().hashes())  # type: ignore[attr-defined]
    plain = replace(plan, later_kinds=())
    assert next(plain.stages()).id == talks.id


def test_writer_keeps_no_index_where_nothing_is_read(tmp_path: Path, server: MockServer) -> None:
    with RunWriter(tmp_path / "run", session(tmp_path, server).info) as writer:
        assert writer._kept is None


# --- what is measured of it ----------------------------------------------------------------------


def found(run: Path, *evaluators: Any) -> list[Score]:
    return list(scored(RunFolder(run), evaluators))


def test_an_evaluator_reads_it_with_the_talks_that_it_is_about(
    tmp_path: Path, server: MockServer
) -> None:
    sit(session(tmp_path, server))
    run = tmp_path / "run"
    (talks,) = RunFolder(run).transcripts()
    scores = found(run, Answers(), *builtin())
    of_talks = [e.name for e in builtin() if kind_of(e) == TALKS]
    assert [score.evaluator for score in scores[: len(of_talks)]] == of_talks
    assert {score.id for score in scores[: len(of_talks)]} == {talks.id}
    asked = scores[len(of_talks) :]
    assert [score.id for score in asked] == [one["id"] for one in lines(run, QUESTIONS)]
    for score, arm in zip(asked, ("left", "right"), strict=True):
        assert score.values == {"said": "u", "moves": len(talks.body.turns)}
        assert (score.arms, score.scenario, score.twin, score.epoch) == ((arm,), "small", "none", 1)
        assert score.models == {"judge": f"openai/x@{server.base_url}"}


def test_an_evaluator_of_a_file_reads_it_too(tmp_path: Path, server: MockServer) -> None:
    sit(session(tmp_path, server))
    path = KIND.with_name("question_score.py")
    (evaluator,) = choose(["settlement"], [f"{path}:Answers"]).evaluators[1:]
    scores = found(tmp_path / "run", evaluator)
    assert [score.values["said"] for score in scores] == ["u", "u"]


def test_it_can_be_read_without_knowing_it(tmp_path: Path, server: MockServer) -> None:
    sit(session(tmp_path, server))
    for record in RunFolder(tmp_path / "run").records("question", StageRecord):
        assert record.body == {"gave_more": "u"}
        assert record.spec["asked_of"] in ("left", "right")


def test_what_has_no_answer_has_no_value_and_the_reason(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.babbles = True
    sit(session(tmp_path, server))
    (score, _) = found(tmp_path / "run", Answers())
    assert score.values == {"said": None, "moves": None}
    assert score.why_null["said"] == "void: it reads talks, which has no result"


def test_what_was_made_from_other_talks_is_not_measured(tmp_path: Path, server: MockServer) -> None:
    sit(session(tmp_path, server))
    path = tmp_path / "run" / TRANSCRIPTS
    path.write_text(path.read_text().replace("Let us settle this.", "Let us part.", 1))
    (score, _) = found(tmp_path / "run", Answers())
    assert score.values == {"said": None, "moves": None}
    assert score.why_null["said"].startswith("talks was played again since")


@pytest.mark.parametrize(
    ("what", "instead", "says"),
    [
        ('"schema_version":2', '"schema_version":9', "newer version"),
        ('"status":"done"', '"status":"void"', "its status is not void"),
        ('"asked_of":"left"', '"asked_of":"west"', "not that of its spec"),
        ('"kind":"question"', '"kind":"answer"', "damaged"),
        ('"calls":[{"index":0', '"calls":[{"index":7', "not numbered from 0"),
        ('"body":{', '"body":[{', "damaged"),
    ],
)
def test_a_line_that_contradicts_itself_is_named(
    tmp_path: Path, server: MockServer, what: str, instead: str, says: str
) -> None:
    sit(session(tmp_path, server))
    path = tmp_path / "run" / QUESTIONS
    first, second = path.read_text().splitlines()
    assert what in first
    path.write_text(f"{first.replace(what, instead)}\n{second}\n")
    with pytest.raises(RecordError, match=says) as error:
        found(tmp_path / "run", Answers())
    assert error.value.where == f"{path}:1"


def test_a_missing_input_is_named(tmp_path: Path, server: MockServer) -> None:
    sit(session(tmp_path, server))
    (tmp_path / "run" / TRANSCRIPTS).write_bytes(b"")
    with pytest.raises(RecordError, match="is not there"):
        found(tmp_path / "run", Answers())


def test_a_judge_whose_server_is_down_stops_the_run_though_talks_go_well(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    model.spoil = lambda _: error(401)
    wire = PoolSettings(max_connections=1, max_retries=0)
    with pytest.raises(ModelError, match="3 stages of kind question in a row"):
        sit(session(tmp_path, server, talkers=False, epochs=3, wire=wire))
    assert len(model.questions) == 3


def test_talks_that_are_written_otherwise_are_replayed_with_what_reads_them(
    tmp_path: Path, server: MockServer
) -> None:
    sit(session(tmp_path, server))
    path = tmp_path / "run" / TRANSCRIPTS
    path.write_text(path.read_text().replace("Let us settle", "\\u004cet us settle"))
    recording = Recording(RunFolder(tmp_path / "run"))
    sit(session(tmp_path, server, "again", recording=recording))
    assert len(lines(tmp_path / "again", QUESTIONS)) == 2


def test_the_root_depends_on_all_that_determines_what_follows(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "openai/x@http://127.0.0.1:9/v1", talkers=False)
    other = replace(plan, models={"judge": "openai/y@http://127.0.0.1:9/v1"})
    assert len({plan.root, other.root, replace(plan, later_kinds=()).root}) == 3
    assert replace(plan, suite=plan.suite.model_copy(update={"title": "x"})).root == plan.root


def test_stages_are_counted_as_often_as_they_are_played(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "openai/x@http://127.0.0.1:9/v1", talkers=False, epochs=3)
    assert plan.stage_count == len(plan.ids) == 9
    assert replace(plan, limit=3).stage_count == len(replace(plan, limit=3).ids) == 5


def test_two_stages_of_one_name_are_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "openai/x@http://127.0.0.1:9/v1", talkers=False)
    with pytest.raises(UsageError, match="two stages of an episode are called 'question'"):
        replace(plan, later_kinds=("question", "question")).ids  # noqa: B018
