"""Runs whose arms have an article after their talks, written by hand."""

from __future__ import annotations

from pathlib import Path

from harness.disputes.scenario import Scenario
from harness.records.episodes import Episode
from harness.records.finished import Finished, Played
from harness.records.folder import PLAN
from harness.records.reader import RunFolder
from harness.records.transcript import StageRecord, Timing
from harness.records.writer import RunWriter
from tests.support.judged_articles import article
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite


def with_articles(path: Path, scenario: Scenario) -> RunFolder:
    """A run of two arms that share their talks and the article after them."""
    talks = deal(scenario, "plain", MIDDLE, words="So be it.")
    suite = make_suite(
        arms={name: {"track": "1", "then": {"article": "own"}} for name in ("plain", "lean")}
    )
    folder = make_run(path, suite, {"small": scenario}, [talks], scores=())
    written = article(scenario=scenario, talks=talks)
    stages = {"talks": talks.id, "article": written.id}
    (path / PLAN).unlink()
    with RunWriter(path, folder.info) as writer:
        for arm in suite.arms:
            writer.plan(
                Episode(arm=arm, scenario="small", twin=talks.spec.twin, epoch=1, stages=stages)
            )
        put(writer, written)
    return RunFolder(path)


def put(writer: RunWriter, record: StageRecord) -> None:
    timing = Timing(id=record.id, started="2020-01-01T00:00:00", seconds=0.0)
    writer.append(Finished.of(Played(record, timing, {})))
