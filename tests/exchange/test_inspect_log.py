"""Logs of Inspect, written and read by the real package."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.query import parse
from harness.exchange import inspect_log
from harness.exchange.inspect_log import eval_chunks
from harness.exchange.tidy import Chosen
from harness.files.writing import write_together
from harness.records.reader import RunFolder
from harness.report.rows import names_in
from tests.records.test_golden import KEPT
from tests.support.disputes import small
from tests.support.exported import with_model
from tests.support.run_folders import LOPSIDED, deal, make_run, make_suite

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


def test_messages_df_reads_what_scripts_said(run: RunFolder, tmp_path: Path) -> None:
    messages = frame("messages_df", written(run, tmp_path))
    said = [turn for t in run.transcripts() for turn in t.body.turns]
    assert len(messages) == len(said)
    for turn in said:
        assert messages["content"].str.contains(turn.words, regex=False).any()


def test_a_public_log_is_read_too(secret: RunFolder, tmp_path: Path) -> None:
    path = written(secret, tmp_path, Chosen(public=True))
    messages, samples = frame("messages_df", path), frame("samples_df", path)
    assert messages["content"].str.contains("We take it.").sum() == 1
    assert sorted(samples["metadata_ending"]) == ["deal", "void"]
    assert not [name for name in samples.columns if name.startswith("score_")]
    log = read_eval_log(path, header_only=True)
    assert log.results.scores == []
    assert "command" not in log.eval.metadata


@pytest.fixture
def parts(secret: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of logs, one a dialogue."""
    monkeypatch.setattr(inspect_log, "PART", 1)
    place = tmp_path / "logs"
    write_together(place, inspect_log.eval_files(secret, Chosen()))
    return place


def test_several_logs_are_read_as_one_run(secret: RunFolder, parts: Path) -> None:
    ids = [transcript.id for transcript in secret.transcripts()]
    assert [path.name for path in sorted(parts.iterdir())] == [
        "run-0001.eval",
        "run-0002.eval",
    ]
    samples = frame("samples_df", parts)
    assert sorted(samples["id"]) == sorted(ids)
    assert samples["sample_id"].is_unique
    assert len(frame("evals_df", parts)) == 2
    replies = {call.reply for t in secret.transcripts() for call in t.calls}
    assert replies <= set(frame("messages_df", parts)["content"])
    events = frame("events_df", parts)
    # Three calls of the first dialogue, and the one turn of the second, which called no model.
    assert (events["event"] == "model").sum() == 4
    headers = [read_eval_log(path, header_only=True) for path in sorted(parts.iterdir())]
    assert [log.eval.metadata["part"] for log in headers] == [1, 2]
    assert len({log.eval.eval_id for log in headers}) == 2
    assert {log.eval.run_id for log in headers} == {"run"}
    assert [log.results.total_samples for log in headers] == [1, 1]
    logs = map(read_eval_log, sorted(parts.iterdir()))
    assert [sample.id for log in logs for sample in log.samples] == ids


def test_no_more_than_a_part_is_held(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_log, "PART", 2)
    made: list[str] = []
    sample_of = inspect_log.sample_of

    def counted(made_of: Any, tools: Any) -> Any:
        made.append(made_of.case.transcript.id)
        return sample_of(made_of, tools)

    monkeypatch.setattr(inspect_log, "sample_of", counted)
    files = inspect_log.eval_files(run, Chosen())
    name, chunks = next(files)
    assert (name, len(made)) == ("run-0001.eval", 2)
    assert b"".join(chunks).startswith(b"PK")
    assert [name for name, _ in files] == ["run-0002.eval"]
    assert len(made) == 3


def test_long_prompts_make_small_parts(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_log, "PART_MESSAGES", 1)
    folder = RunFolder(KEPT)
    names = [name for name, _ in inspect_log.eval_files(folder, Chosen())]
    called = [len(transcript.calls) > 0 for transcript in folder.transcripts()]
    assert len(names) >= sum(called) > 1


def test_nothing_chosen_is_one_empty_log(run: RunFolder) -> None:
    chosen = Chosen(parse("skew > 1", names_in(run)))
    assert [name for name, _ in inspect_log.eval_files(run, chosen)] == ["run-0001.eval"]


def test_several_models_of_a_seat_are_all_told(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = [
        with_model(deal(scenario, "lean", LOPSIDED), "lean", "openai/a"),
        with_model(deal(scenario, "plain", LOPSIDED), "plain", "openai/b"),
    ]
    folder = make_run(tmp_path / "two", make_suite(), {"small": scenario}, played)
    path = written(folder, tmp_path)
    log = read_eval_log(path, header_only=True)
    assert log.eval.model == "openai/a, openai/b"
    roles = log.eval.model_roles
    assert [one.model for one in roles["unofficial"]] == ["openai/a", "openai/b"]
    assert roles["official"].model == "scripted"
    samples = frame("samples_df", path)
    assert dict(zip(samples["metadata_arm"], samples["metadata_model_u"], strict=True)) == {
        "lean": "openai/a",
        "plain": "openai/b",
    }


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
