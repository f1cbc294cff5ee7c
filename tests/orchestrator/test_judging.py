"""Judgements of a run as a plan: which, in which order, under which ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.errors import RecordError, UsageError
from harness.orchestrator.judging import (
    JudgingPlan,
    JudgingSession,
    JudgingWriter,
    plan_judging,
    rubrics_named,
)
from harness.records.finished import Finished, Played
from harness.records.folder import JUDGING
from harness.records.judgement import Judge, JudgementSpec
from harness.records.judging import read_judgings
from harness.records.reader import RunFolder
from harness.records.transcript import Timing, VoidReason
from tests.support.disputes import small
from tests.support.judged_articles import article_judgement
from tests.support.run_folders import MIDDLE, deal, dialogue, make_run, make_suite

VOID = VoidReason(kind="reply", seat="u", detail="no usable reply")
JUDGE = Judge(model="openai/x@http://127.0.0.1:9/v1")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """Three dialogues, one of them void."""
    scenario: Scenario = small(tmp_path)
    talks = [
        deal(scenario, "plain", MIDDLE),
        dialogue(scenario, "plain", [], epoch=2, void=VOID),
        deal(scenario, "lean", MIDDLE, twin=Twin.NAMES),
    ]
    return make_run(tmp_path / "run", make_suite(), {"small": scenario}, talks, scores=())


def plan(folder: RunFolder, judge: Judge = JUDGE) -> JudgingPlan:
    return plan_judging(folder, judge)


def test_finished_records_alone_are_judged_in_plan_order(folder: RunFolder) -> None:
    made = plan(folder)
    done = [one.id for one in folder.transcripts() if one.status == "done"]
    assert [one.read for one in made.asked] == done
    assert len(done) == 2
    assert (made.dialogues, made.stage_count, made.rubrics) == (2, 2, ("talks-claims",))
    assert made.addresses == (JUDGE.model,)


def test_an_id_is_that_of_its_spec_and_the_same_every_time(folder: RunFolder) -> None:
    nodes = list(plan(folder).stages())
    assert [node.id for node in nodes] == [node.spec.id for node in nodes]
    assert [node.id for node in plan(folder).stages()] == [node.id for node in nodes]
    others = plan(folder, Judge(model="openai/y"))
    assert {one.id for one in others.asked}.isdisjoint(node.id for node in nodes)


def test_a_judge_is_told_the_twin_that_was_played(folder: RunFolder) -> None:
    plain, lean = (node.spec for node in plan(folder).stages())
    assert isinstance(plain, JudgementSpec)
    assert isinstance(lean, JudgementSpec)
    assert "for Boral" in plain.rubric.items[0].question
    assert "for Arden" in lean.rubric.items[0].question
    assert plain.seed != lean.seed
    assert [way.arm for way in plan(folder).ways()] == ["plain", "lean"]


def test_rubrics_are_named_once_each() -> None:
    assert [one.id for one in rubrics_named(["article", "article"])] == ["article"]
    with pytest.raises(UsageError, match="no rubric is called 'claims'"):
        rubrics_named(["claims"])


def test_some_records_alone_can_be_asked_about_in_another_form(folder: RunFolder) -> None:
    first, second = (one.read for one in plan(folder).asked)
    made = plan_judging(folder, JUDGE, ["pressure"], ["order"], {second})
    assert [(one.read, one.swap) for one in made.asked] == [
        (first, None),
        (second, None),
        (second, "order"),
    ]
    nodes = {node.id: node for node in made.stages()}
    turned = nodes[made.asked[2].id].spec
    usual = nodes[made.asked[1].id].spec
    assert isinstance(turned, JudgementSpec)
    assert isinstance(usual, JudgementSpec)
    assert turned.rubric.items[-1].answers == usual.rubric.items[0].answers[::-1]
    every = plan_judging(folder, JUDGE, ["pressure"], ["order"])
    assert [one.swap for one in every.asked] == [None, "order"] * 2


def test_a_record_that_the_plan_lacks_is_an_error(folder: RunFolder) -> None:
    (folder.path / "plan.jsonl").write_text("")
    with pytest.raises(RecordError, match="the plan does not have the dialogue"):
        plan(RunFolder(folder.path))


def test_a_line_is_there_before_the_judgement_is(folder: RunFolder, tmp_path: Path) -> None:
    made = plan(folder)
    ways, before = list(made.ways()), (folder.path / "run.json").read_bytes()
    with JudgingWriter(folder, made) as writer:
        for way in ways:
            writer.plan(way.episode)
        assert list(read_judgings(folder.path)) == []
        spec = ways[0].nodes[0].spec
        record = article_judgement(small(tmp_path)).model_copy(update={"id": spec.id, "spec": spec})
        timing = Timing(id=spec.id, started="2020-01-01T00:00:00", seconds=0.0)
        writer.append(Finished.of(Played(record, timing, {})))
        assert [one.judgement for one in read_judgings(folder.path)] == [
            one.id for one in made.asked
        ]
    assert (folder.path / "run.json").read_bytes() == before
    with JudgingWriter(folder, made) as writer:
        writer.plan(ways[0].episode)
    assert len((folder.path / JUDGING).read_text().splitlines()) == 2, "no line twice"


def test_a_session_is_of_the_run_that_is_there(folder: RunFolder) -> None:
    session = JudgingSession(plan=plan(folder), folder=folder.path)
    assert session.info == folder.info
    assert session.on_record == {one.read for one in session.judging.asked}
    assert session.progress.noun == "judgements"
