"""A calibration is held against a run's judgements before a corrected figure is made of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.judge_known import judge_known, known_measures
from harness.records.calibration import Calibration, read_calibration, rubric_digest
from harness.records.judgement import JUDGEMENT, JudgementRecord
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.run_judges import RunJudge

RUBRIC = "private-facts-u"
MEASURE = "leakage.said_u"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(RunJudge()) as running:
        yield running


@pytest.fixture(scope="module")
def judged_once(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("judged")
    play = ("run", "quickstart", "--scenario", "opening", "--limit", "4", "--no-report")
    assert typed(*play, cwd=cwd).code in (0, 100)
    done = score(cwd, "--judge", judge_at(server), "--rubric", "private-facts")
    assert done.code in (0, 100), done.err
    return cwd


@pytest.fixture
def cwd(judged_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(judged_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def judge_at(server: MockServer) -> str:
    return f"openai/x@{server.base_url}"


def score(cwd: Path, *more: str, command: str = "score") -> Result:
    quiet = ("--no-report", "--display", "none") if command == "score" else ()
    return typed(command, "quickstart", *quiet, *more, cwd=cwd)


def run_of(cwd: Path) -> RunFolder:
    (run,) = (cwd / "transcripts").iterdir()
    return RunFolder(run)


def calibration(cwd: Path, server: MockServer, **changes: Any) -> Path:
    spec = next(
        one.spec
        for one in run_of(cwd).records(JUDGEMENT, JudgementRecord)
        if one.spec.rubric.id == RUBRIC
    )
    fields: dict[str, Any] = {
        "made": "2026-01-01T00:00:00Z",
        "judge": {"model": judge_at(server)},
        "rubric": {"id": RUBRIC, "version": 1, "digest": rubric_digest(spec)},
        "planted": "0" * 64,
        "split": "test",
        "seeds": [0],
        "transcripts": 40,
        "pairs": {
            MEASURE: [
                {"transcript": f"t{n}", "cluster": f"s{n % 8}", "truth": n % 4, "judged": n % 4 / 2}
                for n in range(40)
            ]
        },
    }
    path = cwd / "judge.json"
    path.write_bytes(Calibration.model_validate(fields | changes).as_bytes())
    return path


def test_a_calibration_that_fits_is_kept_and_corrects(cwd: Path, server: MockServer) -> None:
    before = json.loads(score(cwd, "--json").out)
    assert "corrected" not in before
    assert before["measures"][MEASURE]["title"].endswith("(by a judge, uncalibrated)")
    file = calibration(cwd, server)
    done = score(cwd, "--calibration", str(file), "--json", command="report")
    assert done.code in (0, 100), done.err
    assert "The calibration judge.json fits, and is kept in" in done.err
    found = json.loads(done.out)
    assert found["measures"][MEASURE]["title"].endswith("(by a judge, uncorrected)")
    assert found["measures"]["leakage.said_o"]["title"].endswith("(by a judge, uncalibrated)")
    rows = found["corrected"]
    assert {one["measure"] for one in rows} == {MEASURE}
    mean = next(one for one in rows if one["control"] is None)
    assert (mean["judged"], mean["corrected"]) == (0, 0)
    assert mean["slope"] == pytest.approx(0.5)
    assert mean["by"] == "planted transcripts"
    kept = run_of(cwd).path / f"calibration-{RUBRIC}.json"
    assert kept.read_bytes() == file.read_bytes()

    asked = ("--judge", judge_at(server), "--rubric", "private-facts", "--rubric", "pressure")
    more = score(cwd, *asked)
    assert "Its judgements by private-facts-o and pressure are uncalibrated." in more.err

    file.unlink()
    again = score(cwd, command="report")
    assert "0.00 + 0.50 t" in " ".join(again.out.split())
    page = (run_of(cwd).path / "report.html").read_text(encoding="utf-8")
    assert 'id="corrected"' in page


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"judge": {"model": "openai/other"}}, "it is of the judge 'openai/other', and"),
        ({"rubric": {"id": RUBRIC, "version": 1, "digest": "1" * 64}}, "in other words"),
        ({"rubric": {"id": "article", "version": 1, "digest": "1" * 64}}, "nobody has judged"),
    ],
)
def test_one_that_does_not_fit_is_refused_and_says_in_what(
    changes: dict[str, Any], why: str, cwd: Path, server: MockServer
) -> None:
    file = calibration(cwd, server, **changes)
    done = score(cwd, "--calibration", str(file))
    assert done.code == 2
    assert why in done.err
    assert "--calibration: the calibration 'judge.json' does not fit" in done.err
    assert not list(run_of(cwd).path.glob("calibration-*"))


def test_another_model_behind_the_same_address_is_another_judge(
    cwd: Path, server: MockServer
) -> None:
    run = run_of(cwd).path / "run.json"
    whole = json.loads(run.read_text(encoding="utf-8"))
    whole["served"][judge_at(server)][-1]["version"] = "2"
    run.write_text(json.dumps(whole), encoding="utf-8")
    assert score(cwd, "--calibration", str(calibration(cwd, server))).code in (0, 100)
    done = score(cwd, "--calibration", str(calibration(cwd, server, served={"version": "1"})))
    assert done.code == 2
    assert "the judge's version was '1' and is '2'" in done.err


def test_it_is_refused_before_a_judge_is_paid(cwd: Path, server: MockServer) -> None:
    file = calibration(cwd, server)
    asked = ("--judge", f"openai/y@{server.base_url}", "--rubric", "private-facts")
    done = score(cwd, *asked, "--calibration", str(file))
    assert done.code == 2
    assert "it is of the judge" in done.err
    assert "judges 4 finished records" not in done.err
    never = calibration(cwd, server, rubric={"id": "realism", "version": 1, "digest": "0" * 64})
    other = score(cwd, "--judge", judge_at(server), "--calibration", str(never))
    assert other.code == 2
    assert "'talks-claims' was asked" in other.err
    file = calibration(cwd, server)
    fits = score(cwd, "--judge", judge_at(server), "--rubric", RUBRIC, "--calibration", str(file))
    assert fits.code in (0, 100), fits.err


def test_what_is_kept_and_fits_no_longer_is_not_used_and_that_is_said(
    cwd: Path, server: MockServer
) -> None:
    assert score(cwd, "--calibration", str(calibration(cwd, server))).code in (0, 100)
    assert MEASURE in judge_known(run_of(cwd)).pairs
    other = ("--judge", f"openai/y@{server.base_url}", "--rubric", "private-facts")
    done = score(cwd, *other)
    assert done.code in (0, 100), done.err
    (warning,) = judge_known(run_of(cwd)).warnings
    assert "several judges have judged this run" in warning
    assert warning[:40] in done.out.replace("\n", " ")
    kept = run_of(cwd).path / f"calibration-{RUBRIC}.json"
    kept.write_text("{}", encoding="utf-8")
    (warning,) = judge_known(run_of(cwd)).warnings
    assert warning.startswith(f"{kept.name} is not used: this is no calibration")


def test_calibrations_of_several_judges_stand_side_by_side_and_correct_nothing(
    cwd: Path, server: MockServer
) -> None:
    assert score(cwd, "--calibration", str(calibration(cwd, server))).code in (0, 100)
    usual = run_of(cwd).path / f"calibration-{RUBRIC}.json"
    before = usual.read_bytes()
    second = f"openai/y@{server.base_url}"
    own = calibration(cwd, server, judge={"model": second})
    asked = ("--judge", second, "--rubric", "private-facts")
    first = cwd / "first.json"
    first.write_bytes(before)
    done = score(cwd, *asked, "--calibration", str(own), "--calibration", str(first), "--json")
    assert done.code in (0, 100), done.err
    assert "judges 4 finished records by private-facts-o and private-facts-u" in done.err
    assert "Its judgements by private-facts-o are uncalibrated" in done.err
    kept = sorted(run_of(cwd).path.glob("calibration-*.json"))
    assert len(kept) == 2
    assert usual.read_bytes() == before, "that of the first judge is still there"
    assert {read_calibration(one).judge.model for one in kept} == {judge_at(server), second}
    found = json.loads(done.out)
    assert "corrected" not in found
    assert found["measures"][MEASURE]["title"].endswith("(by a judge, uncalibrated)")
    assert len(found["judge_warnings"]) == 2
    assert all(
        "is kept, and corrects nothing: several judges" in one for one in found["judge_warnings"]
    )
    assert known_measures(run_of(cwd)) == {MEASURE: {judge_at(server), second}}
    again = score(cwd, "--calibration", str(own))
    assert again.code in (0, 100), again.err
    assert sorted(run_of(cwd).path.glob("calibration-*.json")) == kept, "it takes its own place"


def test_one_that_fits_what_the_run_has_is_kept_while_another_rubric_is_asked(
    cwd: Path, server: MockServer
) -> None:
    file = calibration(cwd, server)
    done = score(cwd, "--judge", judge_at(server), "--calibration", str(file))
    assert done.code in (0, 100), done.err
    assert "by talks-claims. At most" in done.err
    assert "Its judgements are uncalibrated." in done.err
    assert MEASURE in judge_known(run_of(cwd)).pairs


def test_what_is_no_calibration_gives_its_place_up(cwd: Path, server: MockServer) -> None:
    usual = run_of(cwd).path / f"calibration-{RUBRIC}.json"
    usual.write_text("{}", encoding="utf-8")
    assert score(cwd, "--calibration", str(calibration(cwd, server))).code in (0, 100)
    assert [one.name for one in run_of(cwd).path.glob("calibration-*")] == [usual.name]
    assert read_calibration(usual).judge.model == judge_at(server)


def test_a_missing_file_is_one_clear_error(cwd: Path) -> None:
    done = score(cwd, "--calibration", "nowhere.json")
    assert done.code == 2
    assert "nowhere.json: the calibration cannot be read" in done.err
