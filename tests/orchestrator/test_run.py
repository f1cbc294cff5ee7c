"""Playing a plan: resumable, nothing lost, nothing twice, the same bytes at any concurrency."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from harness import kinds
from harness.delegations.base import Answer
from harness.delegations.seating import seat_delegations
from harness.errors import Account, ModelError, Track15Error
from harness.models.usercode import FIX
from harness.orchestrator.graph import Node
from harness.orchestrator.plan import Plan
from harness.orchestrator.ready import ReadyStage
from harness.orchestrator.run import ABORT_AFTER, _play, play_plan
from harness.records.finished import Played
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spec import StageSpec
from harness.records.transcript import StageRecord
from harness.records.writer import RunWriter
from harness.stages.base import InPlay, Kind
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support.command import PATIENCE, begun
from tests.support.disputes import write
from tests.support.forkserver import Forked
from tests.support.puppets import Puppet
from tests.support.runs import bench_of, no_model, play, run_info, tiny_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


def sit(
    plan: Plan,
    writer: RunWriter,
    seating: Any,
    progress: Progress,
    *,
    slots: int,
    retry_void: bool = False,
) -> None:
    """Play ``plan`` in this process."""
    executor = LocalExecutor(bench_of(plan.scenarios, seating, progress), progress, slots=slots)
    asyncio.run(play_plan(plan, writer, executor, progress, retry_void=retry_void))


def test_the_same_bytes_at_any_concurrency(plan: Plan, tmp_path: Path) -> None:
    written = []
    for workers in (1, 3, 200):
        play(plan, tmp_path / str(workers), workers=workers)
        written.append((tmp_path / str(workers) / TRANSCRIPTS).read_bytes())
    assert written[0] == written[1] == written[2]
    assert len(written[0].splitlines()) == len(plan.ids)


def test_lines_that_finished_out_of_order_end_in_plan_order(plan: Plan, tmp_path: Path) -> None:
    """Delegations that answer late, the first dialogues latest."""
    waits = {key: len(plan.ids) - n for n, key in enumerate(plan.ids)}

    def seating(spec: Any) -> Any:
        seated = seat_delegations(spec, no_model, None)
        first = seated["o"].move

        async def slow(view: Any, complaint: Any) -> Answer:
            await asyncio.sleep(0.002 * waits[spec.id])
            return await first(view, complaint)

        seated["o"].move = slow  # type: ignore[method-assign]
        return seated

    with RunWriter(tmp_path / "late", run_info(plan)) as writer:
        sit(plan, writer, seating, Progress(), slots=len(plan.ids))
    play(plan, tmp_path / "plain", workers=1)
    late, plain = (tmp_path / name / TRANSCRIPTS for name in ("late", "plain"))
    assert late.read_bytes() == plain.read_bytes()


@pytest.mark.usefixtures("interrupted")
def test_an_interrupted_run_resumes_and_plays_nothing_twice(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(plan, tmp_path / "run", workers=1, limit=3)
    assert len(RunFolder(tmp_path / "run").index()) == 3
    progress = play(plan, tmp_path / "run")
    assert (progress.resumed, progress.done) == (3, len(plan.ids) - 3)
    again = play(plan, tmp_path / "run")
    assert (again.resumed, again.done) == (len(plan.ids), 0)
    play(plan, tmp_path / "plain")
    run, plain = (tmp_path / name / TRANSCRIPTS for name in ("run", "plain"))
    assert run.read_bytes() == plain.read_bytes()


def _with(answer: Any) -> Any:
    def seating(spec: Any) -> Any:
        seated = seat_delegations(spec, no_model, None)
        seated["u"] = Puppet(answer)
        return seated

    return seating


def test_a_dead_endpoint_stops_the_run_soon(plan: Plan, tmp_path: Path) -> None:
    progress = Progress()
    with (
        RunWriter(tmp_path / "run", run_info(plan)) as writer,
        pytest.raises(ModelError, match="connection refused") as error,
    ):
        sit(plan, writer, _with(_dead), progress, slots=1)
    assert "resumes" in str(error.value)
    assert progress.failed == ABORT_AFTER
    assert play(plan, tmp_path / "run").done == len(plan.ids), "failed dialogues are played again"


CHANGED = "but a changed file is another delegation (docs/delegations.md)"


@pytest.mark.kind("F9")
@pytest.mark.kind("G9")
@pytest.mark.parametrize(
    ("account", "fix", "said"),
    [
        ("endpoint", "start it", "start it; the same command resumes"),
        ("endpoint", None, "fix what failed; the same command resumes"),
        ("endpoint", "it resumes by itself", "it resumes by itself"),
        (
            "delegation",
            None,
            f"fix what failed; the same command resumes, {CHANGED}",
        ),
        ("delegation", FIX, FIX),
    ],
)
def test_what_stops_the_run_is_said_by_its_account(
    plan: Plan, tmp_path: Path, account: Account, fix: str | None, said: str
) -> None:
    def fails(view: Any, complaint: Any) -> Answer:
        error = ModelError("it failed", where="there", fix=fix)
        error.account = account
        raise error

    with (
        RunWriter(tmp_path / "run", run_info(plan)) as writer,
        pytest.raises(ModelError) as stopped,
    ):
        sit(plan, writer, _with(fails), Progress(), slots=1)
    assert (stopped.value.account, stopped.value.fix) == (account, said)


def test_failures_that_are_not_in_a_row_do_not_stop_the_run(plan: Plan, tmp_path: Path) -> None:
    doomed = set(plan.ids[::2])

    def seating(spec: Any) -> Any:
        seated = seat_delegations(spec, no_model, None)
        if spec.id in doomed:
            seated["u"] = Puppet(_dead)
        return seated

    progress = Progress()
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        sit(plan, writer, seating, progress, slots=1)
    assert progress.failed == len(doomed) > ABORT_AFTER
    assert progress.done == len(plan.ids) - len(doomed)


class _NoteSpec(StageSpec):
    kind: Literal["note"] = "note"
    arm: str


class _Note(Kind[_NoteSpec]):
    """A kind of a user's, with a mistake in it."""

    name = "note"
    spec = _NoteSpec
    record = StageRecord

    def __init__(self, mistake: str) -> None:
        self.mistake = mistake

    def next_stages(self, arm: str, before: Any, planning: Any) -> Iterator[tuple[str, _NoteSpec]]:
        if self.mistake == "follows":
            raise LookupError("no such arm")
        odd: dict[str, Any] = {
            "gives three": ("note", before["talks"], 1),
            "gives no spec": ("note", {"kind": "note"}),
            "gives no name": ([], before["talks"]),
        }
        if self.mistake in odd:
            yield odd[self.mistake]
        yield "note", _NoteSpec(inputs={"talks": before["talks"].id}, arm=arm)

    def can_play(self, spec: _NoteSpec, missing: Any) -> bool:
        if self.mistake == "counts":
            raise LookupError("no such quorum")
        return False

    def empty_body(self, spec: _NoteSpec, why: Any) -> Any:
        raise LookupError("no such body")

    async def play(self, spec: _NoteSpec, inputs: Any, bench: Any) -> Played:
        if self.mistake == "raises" and spec.arm == "half":
            raise LookupError("no such arm")
        played = InPlay(self, spec).over(spec.arm)
        return None if self.mistake == "forgets" else played  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("mistake", "says", "kept"),
    [
        ("raises", r"'note' failed in its own code: LookupError at test_run\.py:\d+: no such", 1),
        ("forgets", r"'note' failed over what its own code gave: AttributeError at", 0),
    ],
)
def test_a_mistake_in_a_kind_of_a_users_stops_the_run_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: str, says: str, kept: int
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds.register(_Note(mistake))
    short = {"rounds": 1, "turns": 2}
    plan = tiny_plan(write(tmp_path), epochs=1, twins=["none"], protocol=short)
    plan = replace(plan, later_kinds=("note",))
    with pytest.raises(Track15Error, match=says) as error:
        play(plan, tmp_path / "run", workers=1)
    assert error.value.exit_code == 1
    folder = RunFolder(tmp_path / "run")
    assert len(list(folder.records("note", StageRecord))) == kept
    assert len(folder.index()) == kept + 1, "the talks before it"
    kinds.register(_Note(""))
    resumed = play(plan, tmp_path / "run", workers=1)
    assert (resumed.resumed, resumed.done) == (2 * kept + 1, 3 - 2 * kept)


@pytest.mark.parametrize(("mistake", "says"), [("counts", "quorum"), ("", "no such body")])
def test_a_mistake_over_what_is_missing_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, mistake: str, says: str
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {"note": _Note(mistake)})
    spec = _NoteSpec(inputs={"talks": "0" * 16}, arm="one")
    turn = ReadyStage(1, Node("note", spec.id, spec), missing=("talks",))
    writer: Any = SimpleNamespace(played={"0" * 16: "void"})
    executor: Any = None
    with pytest.raises(Track15Error, match=rf"'note' failed in its own code: .*{says}"):
        asyncio.run(_play(turn, writer, executor, Progress()))


def test_a_mistake_in_planning_is_said_in_words(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, "note": _Note("follows")})
    with pytest.raises(Track15Error, match="'note' failed in its own code: LookupError at") as no:
        next(replace(plan, later_kinds=("note",)).ways())
    assert no.value.where == "what follows the talks of arm 'one'"


@pytest.mark.parametrize("mistake", ["gives three", "gives no spec", "gives no name"])
def test_what_planning_gives_and_is_no_stage_is_said_in_words(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, "note": _Note(mistake)})
    with pytest.raises(Track15Error, match="'note' failed over what its own code gave"):
        next(replace(plan, later_kinds=("note",)).ways())


def _dead(view: Any, complaint: Any) -> Answer:
    raise ModelError("connection refused", where="http://127.0.0.1:9", fix="start it")


def test_void_dialogues_are_kept_unless_they_are_asked_for(plan: Plan, tmp_path: Path) -> None:
    def babble(view: Any, complaint: Any) -> Answer:
        return Answer(problem="no JSON")

    progress = Progress()
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        sit(plan, writer, _with(babble), progress, slots=2)
    assert (progress.void, progress.done) == (len(plan.ids), 0)
    assert play(plan, tmp_path / "run").done == 0
    again = Progress()
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        seating = lambda spec: seat_delegations(spec, no_model, None)  # noqa: E731
        sit(plan, writer, seating, again, slots=2, retry_void=True)
    assert again.done == len(plan.ids)


def test_kill_dash_nine_at_random_points_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """Kill the real command again and again; what remains is what an undisturbed run writes."""
    command = ["run", "track-contrast", "--display", "none", "--epochs", "1", "--no-report"]
    command += ["--scenario", "neutral", "--scenario", "opening"]

    def start(log_dir: str) -> Forked:
        return begun(*command, "--log-dir", tmp_path / log_dir, cwd=tmp_path)

    rng = random.Random(15)
    killed = 0
    for _ in range(6):
        process = start("killed")
        seen = _lines(tmp_path / "killed")
        deadline = time.monotonic() + PATIENCE
        # Kill only once something new is being written, so that every sitting is cut in mid-play.
        while process.poll() is None and time.monotonic() < deadline:
            if _lines(tmp_path / "killed") > seen:
                time.sleep(rng.uniform(0, 0.05))
                break
            time.sleep(0.002)
        if process.poll() is None:
            process.kill()
            killed += 1
        process.wait()
    assert start("killed").wait() == 0
    assert start("whole").wait() == 0
    assert killed >= 2
    (one,), (other,) = (list((tmp_path / d).glob("*/" + TRANSCRIPTS)) for d in ("killed", "whole"))
    assert one.read_bytes() == other.read_bytes()


def _lines(log_dir: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in log_dir.glob("*/" + TRANSCRIPTS))
