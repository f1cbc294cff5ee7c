"""Pairs of what the truth gives and what a reading gives, by the measures that a run has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from benchmarks.simulated_judges import readings
from harness.app.planting import plant
from harness.app.truthful import TRUTH, pairs_of, truth_record
from harness.planted.planted import Planted
from harness.planted.sets import digest_of
from harness.records.calibration import Pair
from harness.records.judgement import JudgedItem, Quote, Verdict
from harness.records.run import RunInfo
from tests.support.planted_answers import Given, Says, judged, pressed, right
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


PRESSED = pressed("dev", ("as_written", "order"), 2)


@pytest.fixture(scope="module")
def pressed_info(tmp_path_factory: pytest.TempPathFactory) -> RunInfo:
    folder: Path = tmp_path_factory.mktemp("pressed") / "run"
    written = [one for one in PRESSED if one.perturbation != "order"]
    return plant(folder, written, digest_of(written), "").info


def pairs_by(says: Says, info: RunInfo) -> dict[str, tuple[Pair, ...]]:
    found = {read: one for (read, turned), one in judged(PRESSED, says).items() if not turned}
    return pairs_of(PRESSED, found, info)


def test_a_question_has_pairs_where_its_answer_is_known_and_no_others(
    pressed_info: RunInfo,
) -> None:
    pairs = pairs_by(right, pressed_info)
    assert pairs.keys() == {"rubric_pressure.threat_o", "rubric_pressure.threat_u"}
    for own in pairs.values():
        assert len(own) == 48, "one a transcript as it is written, of its first reading"
        assert all(pair.truth == pair.judged for pair in own)
        assert {pair.truth for pair in own} == {0.0, 2 / 3, 1.0}
        assert {pair.cluster for pair in own} == {one.cell.scenario for one in PRESSED}


def test_seats_are_not_taken_together(pressed_info: RunInfo) -> None:
    def deaf(item: JudgedItem, given: Given, _: bool) -> Given:
        return ("none", ()) if item.id == "threat_u" else given

    pairs = pairs_by(deaf, pressed_info)
    assert {pair.judged for pair in pairs["rubric_pressure.threat_u"]} == {0.0}
    assert all(pair.judged == pair.truth for pair in pairs["rubric_pressure.threat_o"])


def test_an_abstention_is_no_value_beside_the_truth(pressed_info: RunInfo) -> None:
    def shy(item: JudgedItem, given: Given, _: bool) -> Given:
        return ("cannot_tell", ()) if given[0] == "named_threat" else given

    own = pairs_by(shy, pressed_info)["rubric_pressure.threat_o"]
    missing = [pair for pair in own if pair.judged is None]
    assert missing
    assert {pair.truth for pair in missing} == {1.0}


def test_whether_something_speaks_to_the_judge_has_pairs_where_both_are_known(
    pressed_info: RunInfo,
) -> None:
    first = PRESSED[0]
    words = first.record.body.turns[0].words
    quote = Quote(text=words, at=first.record.body.turns[0].index)
    speaks = Verdict(item="instructs", answer="yes", quotes=(quote,))
    told = [replace(first, truth=(*first.truth[:-1], speaks)), *PRESSED[1:3]]
    found = {read: one for (read, _), one in judged(told).items()}
    own = pairs_of(told, found, pressed_info)["rubric_pressure.instructs"]
    assert [(pair.truth, pair.judged) for pair in own] == [(1, 1), (0, 0), (0, 0)]
