"""More epochs, or another limit, go on where the run has ended: nothing is paid for twice (F11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.playing import folder_of
from harness.errors import RecordError
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.records.reader import RunFolder
from harness.records.run import FORMER_SCHEMA, RunInfo
from harness.records.writer import RunWriter
from tests.support.disputes import write
from tests.support.runs import play, run_info, tiny_plan, tiny_suite

pytestmark = pytest.mark.kind("F11")


def plan_of(folder: Path, **overrides: int) -> Plan:
    return make_plan(tiny_suite(write(folder)), Overrides(**overrides))


def lines(folder: Path) -> list[bytes]:
    return (folder / "transcripts.jsonl").read_bytes().splitlines()


def test_a_plan_with_more_epochs_has_the_same_folder(tmp_path: Path) -> None:
    one = plan_of(tmp_path, epochs=1)
    others = [plan_of(tmp_path, epochs=2), plan_of(tmp_path, epochs=9), plan_of(tmp_path, limit=3)]
    assert {plan.name for plan in others} == {one.name}
    assert len({plan.digest for plan in (one, *others)}) == 4
    assert one.name == f"tiny-{one.root[:8]}"
    assert {plan.root for plan in others} == {one.root}
    assert plan_of(tmp_path, epochs=2).ids[: len(one.ids)] == one.ids


@pytest.mark.parametrize("change", [{"seed": 7}, {"turns": 5}, {"rounds": 1}])
def test_a_plan_of_other_dialogues_has_another(tmp_path: Path, change: dict[str, int]) -> None:
    assert plan_of(tmp_path, epochs=1, **change).name != plan_of(tmp_path, epochs=1).name


def test_epochs_are_added_to_what_is_there(tmp_path: Path) -> None:
    run = tmp_path / "run"
    play(plan_of(tmp_path, epochs=1), run)
    before = lines(run)
    progress = play(plan_of(tmp_path, epochs=3), run)
    assert (progress.resumed, progress.planned) == (4, 12)
    assert lines(run)[:4] == before
    assert RunFolder(run).info.dialogues == 12
    assert RunFolder(run).info.suite.epochs == 3


def test_a_limit_is_raised_or_lifted(tmp_path: Path) -> None:
    run = tmp_path / "run"
    play(plan_of(tmp_path, limit=2), run)
    assert play(plan_of(tmp_path, limit=5), run).resumed == 2
    assert play(plan_of(tmp_path), run).resumed == 5
    assert len(RunFolder(run).index()) == 8


def test_fewer_epochs_take_nothing_away(tmp_path: Path) -> None:
    run = tmp_path / "run"
    play(plan_of(tmp_path, epochs=2), run)
    before = lines(run)
    progress = play(plan_of(tmp_path, epochs=1), run)
    assert (progress.resumed, progress.planned) == (4, 4), "nothing is played"
    assert lines(run) == before
    info = RunFolder(run).info
    assert (info.dialogues, info.suite.epochs) == (8, 2), "it is still the longer run"
    assert info.plan == plan_of(tmp_path, epochs=2).digest


def test_an_interrupted_longer_run_stays_the_longer_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        play(plan_of(tmp_path, epochs=3), run, limit=2, workers=1)
    assert play(plan_of(tmp_path, epochs=1), run).planned == 4
    assert RunFolder(run).info.dialogues == 12
    assert play(plan_of(tmp_path, epochs=3), run).planned == 12
    assert len(RunFolder(run).index()) == 12


def test_the_folder_is_named_alike_whatever_is_there(tmp_path: Path) -> None:
    one, two = plan_of(tmp_path, epochs=1), plan_of(tmp_path, epochs=2)
    log_dir = tmp_path / "log"
    assert folder_of(log_dir, two, None) == log_dir / two.name
    play(two, log_dir / two.name)
    assert folder_of(log_dir, two, None) == folder_of(log_dir, one, None) == log_dir / two.name


def test_a_folder_of_an_older_version_is_left_as_it_is(tmp_path: Path) -> None:
    """Its dialogues have other ids, so nothing of it could be gone on with."""
    plan, run = plan_of(tmp_path, epochs=2), tmp_path / "run"
    with RunWriter(run, run_info(plan).model_copy(update={"schema_": FORMER_SCHEMA})):
        pass
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    with pytest.raises(RecordError, match="another plan") as refused:
        RunWriter(run, run_info(plan))
    assert refused.value.fix
    after = {path.name: path.read_bytes() for path in run.iterdir()}
    assert after.keys() == before.keys()
    assert after["run.json"] == before["run.json"]


def test_a_plan_of_something_else_is_refused(tmp_path: Path) -> None:
    run = tmp_path / "run"
    play(plan_of(tmp_path, epochs=1), run)
    with (
        pytest.raises(RecordError, match="another plan"),
        RunWriter(run, run_info(plan_of(tmp_path, epochs=2, seed=9))),
    ):
        pass


def test_no_root_is_no_likeness(tmp_path: Path) -> None:
    info = run_info(tiny_plan(write(tmp_path))).model_copy(update={"root": ""})
    other: RunInfo = info.model_copy(update={"plan": "f" * 16})
    assert info.goes_on(info)
    assert not info.goes_on(other)
