"""Pairs of what the truth gives and what a reading gives, by the measures that a run has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from benchmarks.simulated_judges import readings
from harness.app.planting import plant
from harness.app.truthful import TRUTH, pairs_of, truth_record
from harness.planted.planted import Planted
from harness.planted.sets import digest_of
from harness.records.run import RunInfo
from tests.support.planted_judge import named, told


@cache
def transcripts() -> tuple[Planted, ...]:
    return told("dev", ("as_written", "label"), 2)


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> RunInfo:
    folder: Path = tmp_path_factory.mktemp("planted") / "run"
    return plant(folder, transcripts(), digest_of(transcripts()), "").info


def test_a_perfect_judge_gives_what_the_truth_gives(info: RunInfo) -> None:
    pairs = pairs_of(transcripts(), readings(named("perfect"), transcripts()), info)
    assert {"words.conceded_o", "words.any_final_false_u", "words.value_o"} <= pairs.keys()
    assert not {"words.rejected", "words.unusable"} & pairs.keys()
    for name, own in pairs.items():
        assert len(own) == 48, "one a transcript as it is written, of its first reading"
        assert all(pair.truth == pair.judged for pair in own), name
    assert {pair.cluster for pair in pairs["words.conceded_o"]} == {
        one.cell.scenario for one in transcripts()
    }
    assert sum(pair.truth or 0 for pair in pairs["words.only_o"]) > 0


def test_what_a_judge_does_not_answer_is_null_beside_the_truth(info: RunInfo) -> None:
    own = pairs_of(transcripts(), readings(named("squeamish"), transcripts()), info)[
        "words.threats_o"
    ]
    missing = [pair for pair in own if pair.judged is None]
    assert 0 < len(missing) < len(own)
    assert all(pair.truth is not None for pair in missing)


def test_the_truth_is_a_judgement_by_the_same_rubric(info: RunInfo) -> None:
    (reading,) = readings(named("perfect"), transcripts()[:1]).values()
    truth = truth_record(transcripts()[0], reading)
    assert truth.spec.judge == TRUTH
    assert truth.spec.rubric == reading.spec.rubric
    assert truth.body.verdicts == transcripts()[0].truth
