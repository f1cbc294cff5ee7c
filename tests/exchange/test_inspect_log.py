"""Logs of Inspect, written and read by the real package."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.query import parse
from harness.exchange.inspect_log import eval_chunks
from harness.exchange.tidy import Chosen
from harness.records.reader import RunFolder
from harness.report.rows import names_in
from tests.records.test_golden import KEPT

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def frame(name: str, path: Path) -> Any:
    """What a function of Inspect's data frames reads."""
    import inspect_ai.analysis

    return getattr(inspect_ai.analysis, name)(str(path), quiet=True)


def read_eval_log(path: Path, **options: bool) -> Any:
    import inspect_ai.log

    return inspect_ai.log.read_eval_log(str(path), **options)


def written(folder: RunFolder, place: Path, chosen: Chosen | None = None) -> Path:
    path = place / "run.eval"
    path.write_bytes(b"".join(eval_chunks(folder, chosen or Chosen())))
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of a run of models, with a void dialogue and one that an endpoint failed."""
    return written(RunFolder(KEPT), tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def log(kept: Path) -> Any:
    return read_eval_log(kept)


def test_a_dialogue_is_a_sample(log: Any) -> None:
    assert log.samples is not None
    # Inspect sorts samples by their ids.
    transcripts = sorted(RunFolder(KEPT).transcripts(), key=lambda t: t.id)
    assert [(one.id, one.epoch) for one in log.samples] == [(t.id, 1) for t in transcripts]
    assert set(log.eval.dataset.sample_ids or ()) == {t.id for t in transcripts}
    assert log.eval.dataset.samples == len(transcripts)
    for sample, transcript in zip(log.samples, transcripts, strict=True):
        assert sample.metadata["arm"] in log.eval.metadata["arms"]
        assert sample.metadata["scenario"] == transcript.spec.scenario
        assert (sample.error is None) == (transcript.void is None)
        assert sample.target == ""


def test_a_run_of_which_dialogues_are_missing_is_not_a_success(log: Any, run: Any) -> None:
    assert log.status == "cancelled"
    assert log.eval.metadata is not None
    assert log.eval.metadata["missing"] > 0
    assert log.results is not None
    assert (log.results.total_samples, log.results.completed_samples) == (4, 2)


def test_models_stand_under_their_roles(log: Any) -> None:
    model = "openai/fake@http://127.0.0.1:9/v1"
    assert log.eval.model == model
    assert log.eval.model_roles is not None
    assert log.eval.model_roles.keys() == {"official", "unofficial"}
    assert log.stats.model_usage[model].total_tokens == sum(
        call.usage.prompt + call.usage.completion
        for transcript in RunFolder(KEPT).transcripts()
        for call in transcript.calls
    )


def test_samples_df_reads_fields_and_scores(kept: Path) -> None:
    samples = frame("samples_df", kept)
    folder = RunFolder(KEPT)
    for _, row in samples.iterrows():
        scores = folder.score_lines().of(row["id"])
        assert json.loads(row["score_settlement"]) == scores["settlement"].values
        assert row["metadata_scenario"] == "small"
    void = samples[samples["metadata_ending"] == "void"].iloc[0]
    assert "void (reply" in void["error"]
    assert json.loads(void["score_settlement"])["skew"] is None


def test_means_are_those_of_the_dialogues_that_have_a_value(run: RunFolder, tmp_path: Path) -> None:
    path = written(run, tmp_path)
    log = read_eval_log(path, header_only=True)
    assert log.results is not None
    skew = next(score for score in log.results.scores if score.name == "settlement.skew")
    assert skew.scorer == "settlement"
    assert (skew.scored_samples, skew.unscored_samples) == (2, 1)
    values = {
        score.id: float(score.values["skew"])  # type: ignore[arg-type]
        for score in run.scores()
        if score.evaluator == "settlement" and score.values["skew"] is not None
    }
    shared, apart, _ = (transcript.id for transcript in run.transcripts())
    assert skew.metrics["lean"].value == pytest.approx(math.fsum(values.values()) / 2)
    assert skew.metrics["plain"].value == pytest.approx(values[shared])
    assert values.keys() == {shared, apart}
    evals = frame("evals_df", path)
    assert evals["score_settlement.skew_plain"][0] == pytest.approx(values[shared])


def test_messages_df_reads_what_models_read_and_wrote(kept: Path) -> None:
    messages = frame("messages_df", kept)
    replies = {call.reply for t in RunFolder(KEPT).transcripts() for call in t.calls}
    assert replies <= set(messages["content"])


def test_a_filter_chooses_samples(run: RunFolder, tmp_path: Path) -> None:
    chosen = Chosen(parse("ending == deal", names_in(run)))
    log = read_eval_log(written(run, tmp_path, chosen))
    assert log.samples is not None
    (sample,) = log.samples
    assert sample.metadata["arm"] == "lean;plain"


def test_a_filter_that_leaves_nothing_leaves_a_log(run: RunFolder, tmp_path: Path) -> None:
    chosen = Chosen(parse("skew > 1", names_in(run)))
    log = read_eval_log(written(run, tmp_path, chosen))
    assert not log.samples
    assert log.results is not None
    assert not log.results.scores
