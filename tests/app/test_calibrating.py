"""Calibration from Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.app.calibrating import (
    PAGE,
    RECORD,
    Calibrated,
    calibrate,
    calibrated,
    calibrating,
    keep,
    write_record,
)
from harness.errors import RecordError, UsageError
from harness.records.calibration import read_calibration
from harness.records.reader import RunFolder
from tests.support.mock_server import MockServer
from tests.support.planted_judge import PlantedJudge


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(PlantedJudge("noisy")) as running:
        yield running


@pytest.fixture(scope="module")
def found(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    place = tmp_path_factory.mktemp("log")
    return calibrate(
        f"openai/x@{server.base_url}", split="dev", limit=24, perturb=("order",), log_dir=place
    )


def test_the_record_has_the_figures_of_the_account(found: Calibrated) -> None:
    record, account = found.record, found.account
    assert record.events.keys() == account.events.keys()
    assert record.events["recall"].value == account.events["recall"].value
    assert {"order", "order_changes", "speaker"} <= record.bias.keys()
    assert record.verdict.keys() == found.verdicts.keys()
    assert record.seeds
    assert found.erred
    assert found.erred[0].record in {one.id for one in RunFolder(found.folder).transcripts()}
    assert record.transcripts == 24
    assert record.events["recall"].value is not None
    assert 0.5 < record.events["recall"].value < 1.0, "it finds four in five"


def test_it_is_kept_with_its_page(found: Calibrated, tmp_path: Path) -> None:
    assert read_calibration(found.folder / RECORD) == found.record, "at once"
    keep(found)
    write_record(found, tmp_path / "mine.json")
    assert read_calibration(tmp_path / "mine.json") == found.record
    assert read_calibration(found.folder / RECORD) == found.record
    assert (found.folder / PAGE).read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"split": "tset"}, "no split is called 'tset'"),
        ({"perturb": ("names",)}, "no perturbation is called 'names'"),
        ({"rubric": "artcle"}, "no truth for a rubric called 'artcle'"),
        ({"rubric": "article"}, "nothing is planted for the rubric 'article'"),
        ({"repeats": 0}, "read 1 to 20 times"),
        ({"limit": 0}, "at least one transcript"),
        ({"by": "scripted"}, "a script judges nothing"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_written(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    given = {"by": "openai/x@http://127.0.0.1:9/v1", "log_dir": tmp_path / "log", **changes}
    with pytest.raises(UsageError, match=words):
        calibrate(**given)  # type: ignore[arg-type]
    assert not (tmp_path / "log").exists()


def test_answers_are_asked_in_the_reverse_order_about_the_same_words(tmp_path: Path) -> None:
    by = "openai/x@http://127.0.0.1:9/v1"
    given = {"log_dir": tmp_path}
    begun = calibrating(by, "pressure", "dev", ("order", "label"), 1, 3, given, lambda _: None)
    asked = begun.session.judging.asked
    assert [one.perturbation for one in begun.told] == [
        *["as_written"] * 3,
        *["label"] * 3,
        *["order"] * 3,
    ]
    written, turned = begun.told[:3], begun.told[6:]
    assert [one.record.id for one in turned] == [one.record.id for one in written]
    assert {one.read for one in asked if one.swap == "order"} == {one.record.id for one in turned}
    assert len(asked) == 9
    assert len(list(RunFolder(begun.folder).transcripts())) == 6
    assert len({begun.key(one) for one in begun.told}) == 9
    lists = calibrating(by, "prose-ledger", "dev", ("order",), 1, 3, given, lambda _: None)
    assert {one.swap for one in lists.session.judging.asked} == {None}
    assert len({one.record.id for one in lists.told}) == 6, "a list has tellings of its own"


def test_a_part_of_the_readings_is_no_calibration(tmp_path: Path) -> None:
    by = "openai/x@http://127.0.0.1:9/v1"
    begun = calibrating(by, "prose-ledger", "dev", (), 1, 3, {"log_dir": tmp_path}, lambda _: None)
    with pytest.raises(RecordError, match="3 of 3 readings are missing"):
        calibrated(begun)
