"""Which judgements count, and what is known of whoever made them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.analysis.judge_known import (
    NOTHING_KNOWN,
    Asked,
    asked_of,
    counted_judgements,
    digest_in,
    judge_known,
    known_judges,
    known_measures,
    misfits_among,
    misfits_of,
)
from harness.analysis.labelled_turns import LabelledTurn
from harness.records.calibration import rubric_digest
from harness.records.judgement import JUDGEMENT, JudgementRecord, Variant
from harness.records.reader import RunFolder
from tests.records.test_calibration import JUDGE, calibration
from tests.support.labels import WordsJudge, judged_run
from tests.support.mock_server import MockServer


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunFolder]:
    with MockServer(WordsJudge(lambda number, _: number == 1)) as server:
        yield judged_run(tmp_path_factory.mktemp("judged"), server)


def test_of_each_record_and_judge_the_last_with_an_answer_counts(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(run.records(JUDGEMENT, JudgementRecord))
    counted = counted_judgements(run, "prose-ledger")
    assert {one.id for one in counted.values()} == {one.id for one in whole}
    assert {record for record, _ in counted} == {one.spec.inputs["read"] for one in whole}
    assert counted_judgements(run, "article") == {}
    first = whole[0]
    variant = Variant(swapped="order", of=first.id)
    asked_otherwise = first.model_copy(
        update={"id": "f" * 16, "spec": first.spec.model_copy(update={"variant": variant})}
    )
    read = dataclasses.replace(first.inputs["read"], hash="0" * 64)
    before = first.model_copy(update={"id": "e" * 16, "inputs": {"read": read}})
    monkeypatch.setattr(RunFolder, "records", lambda *_: [*whole, asked_otherwise, before])
    assert counted_judgements(run, "prose-ledger") == counted, "nor of talks played again since"


def test_of_a_run_without_a_calibration_nothing_is_known(run: RunFolder) -> None:
    assert judge_known(run) == NOTHING_KNOWN


def test_judges_are_known_where_a_calibration_of_the_evaluator_fits(run: RunFolder) -> None:
    one = next(iter(run.records(JUDGEMENT, JudgementRecord))).spec
    rubric = {"id": one.rubric.id, "version": one.rubric.version, "digest": rubric_digest(one)}
    pairs = {"words.final_o": [{"transcript": "t", "cluster": "s", "truth": 1, "judged": 0}]}
    spec = {"judge": one.judge.model_dump(), "rubric": rubric, "served": {}}
    fits = calibration(**spec, pairs=pairs)
    kept = run.path / "calibration-prose-ledger.json"
    assert known_judges(run, "words") == frozenset()
    try:
        kept.write_bytes(fits.as_bytes())
        assert known_judges(run, "words") == {one.judge.model}
        assert known_judges(run, "leakage") == frozenset()
        whole = judge_known(run)
        later = fits.model_copy(update={"made": "later"})
        kept.write_bytes(later.as_bytes())
        assert judge_known(run) == whole, "written down twice it is one calibration"
        changed = [{**pairs["words.final_o"][0], "judged": 1}]
        other = calibration(**spec, pairs={"words.final_o": changed})
        kept.write_bytes(other.as_bytes())
        assert judge_known(run).calibrations.keys() == whole.calibrations.keys()
        assert judge_known(run).calibrations != whole.calibrations
        kept.write_bytes(calibration().as_bytes())
        assert known_judges(run, "words") == frozenset(), "it is of another judge"
    finally:
        kept.unlink()


def test_of_two_calibrations_of_a_judge_one_is_used_and_that_is_said(run: RunFolder) -> None:
    one = next(iter(run.records(JUDGEMENT, JudgementRecord))).spec
    spec = {
        "judge": one.judge.model_dump(),
        "rubric": {"id": one.rubric.id, "version": 1, "digest": rubric_digest(one)},
        "served": {},
    }
    files = [run.path / f"calibration-prose-ledger{end}.json" for end in ("", "-mine")]
    try:
        for judged, place in enumerate(files):
            pair = {"transcript": "t", "cluster": "s", "truth": 1, "judged": judged}
            place.write_bytes(calibration(**spec, pairs={"words.final_o": [pair]}).as_bytes())
        known = judge_known(run)
        assert [one.judged for one in known.pairs["words.final_o"]] == [0], (
            "as the rubric is called"
        )
        (said,) = known.warnings
        assert said.startswith(f"{files[1].name} is not used: {files[0].name} is of the same judge")
    finally:
        for place in files:
            place.unlink()


def test_it_is_held_against_the_words_of_its_own_judge(run: RunFolder) -> None:
    one = next(iter(run.records(JUDGEMENT, JudgementRecord))).spec
    (asked,) = asked_of(run, "prose-ledger")
    assert asked == (one.judge, rubric_digest(one))
    assert asked_of(run, "article") == ()
    other = Asked(JUDGE, "1" * 64)
    fits = calibration(
        judge=one.judge.model_dump(),
        rubric={"id": one.rubric.id, "version": 1, "digest": asked.digest},
        served={},
    )
    assert misfits_among(run, fits, [other, asked]) == [], "what another read makes no difference"
    assert misfits_among(run, fits, [other])[0].startswith("it is of the judge")
    elsewhere = one.model_copy(update={"scenario": "gone"})
    assert digest_in(run.info, elsewhere) == asked.digest, "of a list the dispute is no part"


def test_a_calibration_of_another_judge_is_none_of_this_run(run: RunFolder) -> None:
    (said, *_) = misfits_of(run, calibration())
    assert said.startswith(f"it is of the judge '{JUDGE.model}', and 'openai/x@")
    other = {"id": "article", "version": 1, "digest": "0" * 64}
    (nobody,) = misfits_of(run, calibration(rubric=other))
    assert nobody == "it is of the rubric 'article', by which nobody has judged this run"


def test_what_is_kept_and_cannot_be_read_is_a_warning_and_no_error(
    run: RunFolder, tmp_path: Path
) -> None:
    kept = run.path / "calibration-prose-ledger.json"
    kept.write_bytes(calibration().as_bytes())
    try:
        (warning,) = judge_known(run).warnings
        assert "does not fit the judgements of this run" in warning
        kept.write_text('{"schema": "\x1b[31m"}', encoding="utf-8")
        (warning,) = judge_known(run).warnings
        assert "is not used: this is no calibration" in warning
        assert "\x1b" not in warning
    finally:
        kept.unlink()


def test_a_calibration_speaks_of_measures_of_its_own_rubric_alone(run: RunFolder) -> None:
    """A file may hold pairs of any measure: those of another rubric, of which its judge was not
    held to the truth, are neither known nor corrected."""
    one = next(iter(run.records(JUDGEMENT, JudgementRecord))).spec
    pair = {"transcript": "t", "truth": 1, "judged": 0}
    others = ("rubric_pressure.threat_o", "leakage.said_u", "welfare.skew", "words_too.final_o")
    spec = {
        "judge": one.judge.model_dump(),
        "rubric": {
            "id": one.rubric.id,
            "version": one.rubric.version,
            "digest": rubric_digest(one),
        },
        "served": {},
    }
    kept = run.path / "calibration-prose-ledger.json"
    try:
        pairs = {name: [pair] for name in ("words.final_o", *others)}
        kept.write_bytes(calibration(**spec, pairs=pairs).as_bytes())
        assert judge_known(run).measures == ["words.final_o"]
        assert known_measures(run).keys() == {"words.final_o"}
        assert judge_known(run).warnings == ()
        kept.write_bytes(calibration(**spec, pairs={name: [pair] for name in others}).as_bytes())
        assert judge_known(run).measures == []
        (warning,) = judge_known(run).warnings
        assert "is kept, and corrects nothing: it has no reading of a measure" in warning
    finally:
        kept.unlink()


def test_the_name_of_a_file_is_shown_as_one_line_of_words(run: RunFolder) -> None:
    kept = run.path / "calibration-\x1b[31mevil\nEverybody agrees.json"
    kept.write_bytes(calibration().as_bytes())
    try:
        (warning,) = judge_known(run).warnings
        assert r"calibration-\x1b[31mevil\nEverybody agrees.json does not fit" in warning
        assert "\n" not in warning
        kept.write_bytes(b"{")
        (warning,) = judge_known(run).warnings
        assert r"calibration-\x1b[31mevil\nEverybody agrees.json is not used" in warning
    finally:
        kept.unlink()


def test_what_is_known_of_some_talks_has_their_labels_and_every_calibration() -> None:
    labels = tuple(
        LabelledTurn("s", ("a",), found=True, truth=1, judged=1, chance=1, record=name)
        for name in ("one", "two", "two")
    )
    whole = dataclasses.replace(
        NOTHING_KNOWN,
        pairs={"words.final_o": ()},
        labels={"words.final_u": labels},
        turns={"one": (1, 2), "two": (3, 4)},
    )
    part = whole.of({"two"})
    assert part.labels == {"words.final_u": labels[1:]}
    assert part.turns == {"two": (3, 4)}
    assert part.measures == ["words.final_o", "words.final_u"]
