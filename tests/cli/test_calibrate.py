"""``track15 calibrate`` as a person types it: announced, asked, resumed, and read."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.calibration import Calibration, read_calibration
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer, error
from tests.support.planted_judge import PlantedJudge

LIMIT = 12
WORDS = ("--split", "dev", "--limit", str(LIMIT), "--display", "none", "--max-retries", "0")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    judge: list[PlantedJudge] = [PlantedJudge()]
    with MockServer(lambda body: judge[0](body)) as running:
        running.judge = judge  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def judge(server: MockServer) -> PlantedJudge:
    made: list[PlantedJudge] = server.judge  # type: ignore[attr-defined]
    made[0] = PlantedJudge()
    return made[0]


def calibrate(cwd: Path, server: MockServer, *more: str) -> Result:
    return typed("calibrate", f"openai/x@{server.base_url}", *WORDS, *more, cwd=cwd)


def folder_of(cwd: Path) -> Path:
    (folder,) = (cwd / "transcripts" / "calibration").iterdir()
    return folder


def test_a_judge_is_calibrated_and_asked_nothing_twice(
    tmp_path: Path, server: MockServer, judge: PlantedJudge
) -> None:
    record = tmp_path / "mine.json"
    done = calibrate(
        tmp_path, server, "--perturb", "label", "--repeats", "2", "--record", str(record)
    )
    assert done.code == 0, done.err
    said = " ".join(done.err.split())
    assert "reads 36 planted transcripts by prose-ledger. At most 36 model calls" in said
    use = f"--judge openai/x@{server.base_url} --rubric prose-ledger --calibration {record}"
    assert f"score RUN {use}" in said
    assert judge.asked == 36
    shown = " ".join(done.out.split())
    assert "read 12 planted transcripts of the split 'dev' by prose-ledger" in shown
    assert "A judge may be used for events of a sort where" in shown
    kept = read_calibration(record)
    assert kept == read_calibration(folder_of(tmp_path) / "calibration.json")
    assert kept.served is not None
    assert kept.served.model == "x", "as the server says"
    assert kept.judge.model == f"openai/x@{server.base_url}"
    assert (kept.transcripts, kept.unusable, kept.split) == (12, 0, "dev")
    assert kept.events["recall"].value == kept.stability["overlap"].value == 1.0
    assert kept.bias["label"].value == 0.0
    pairs = kept.pairs["words.conceded_o"]
    assert len(pairs) == LIMIT, "one a transcript as written, in its first reading"
    assert all(pair.truth == pair.judged for pair in pairs)
    page = (folder_of(tmp_path) / "calibration.html").read_text(encoding="utf-8")
    assert "What the judge may be used for" in page

    again = calibrate(tmp_path, server, "--perturb", "label", "--repeats", "2", "--json")
    assert (again.code, judge.asked) == (0, 36)
    assert Calibration.model_validate_json(again.out).pairs == kept.pairs


def test_a_run_is_corrected_by_it(tmp_path: Path, server: MockServer, judge: PlantedJudge) -> None:
    assert calibrate(tmp_path, server, "--record", "judge.json").code == 0
    played = typed(
        "run", "quickstart", "--limit", "2", "--no-report", "--display", "none", cwd=tmp_path
    )
    assert played.code == 0, played.err
    judge.elsewhere = '{"found": []}'
    words = ("--rubric", "prose-ledger", "--calibration", "judge.json", "--no-report")
    address = f"openai/x@{server.base_url}"
    scored = typed("score", "--judge", address, *words, "--display", "none", cwd=tmp_path)
    assert scored.code == 0, scored.err
    assert "The calibration judge.json fits" in " ".join(scored.err.split())
    other = typed("score", "--judge", address.replace("/x@", "/y@"), *words, cwd=tmp_path)
    other.fails(2, "it is of the judge")


def test_its_run_is_read_like_any_other(
    tmp_path: Path, server: MockServer, judge: PlantedJudge
) -> None:
    assert calibrate(tmp_path, server).code == 0
    run = folder_of(tmp_path)
    first = next(RunFolder(run).transcripts())
    shown = typed("show", str(run), first.id, cwd=tmp_path)
    assert shown.code == 0, shown.err
    assert first.body.turns[0].words.split(".")[0] in " ".join(shown.out.split())
    scored = typed("score", str(run), "--evaluator", "words", "--no-report", cwd=tmp_path)
    assert scored.code == 0, scored.err
    found = [score for score in RunFolder(run).scores() if score.evaluator == "words"]
    assert len(found) == LIMIT
    assert sum(score.values["conceded_o"] + score.values["conceded_u"] for score in found) > 0  # type: ignore[operator]
    assert judge.asked == LIMIT


def test_what_broke_off_is_resumed_and_no_part_is_taken_for_the_whole(
    tmp_path: Path, server: MockServer, judge: PlantedJudge
) -> None:
    judge.instead = {at: error(500) for at in range(5, 30)}
    broken = calibrate(tmp_path, server, "--max-connections", "1")
    broken.fails(1, "To resume, type:", "readings finished and kept in")
    assert not (folder_of(tmp_path) / "calibration.json").exists()
    judge.instead = {}
    before = judge.asked
    done = calibrate(tmp_path, server)
    assert done.code == 0, done.err
    assert judge.asked - before == LIMIT - 4


def test_refusals_are_counted_and_no_verdicts(
    tmp_path: Path, server: MockServer, judge: PlantedJudge
) -> None:
    server.judge[0] = PlantedJudge("squeamish")  # type: ignore[attr-defined]
    done = calibrate(tmp_path, server, "--json")
    assert done.code == 0, done.err
    assert "void: the judge refused" in " ".join(done.err.split())
    found = Calibration.model_validate_json(done.out)
    assert found.unusable > 0
    assert found.events["recall"].value == 1.0, "of what it has read"
    assert found.verdict["answers"].usable == "no"
    missing = [pair for pair in found.pairs["words.threats_o"] if pair.judged is None]
    assert len(missing) == found.unusable
    assert all(pair.truth is not None for pair in missing)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            ["--rubric", "prose-leger"],
            ["no truth for a rubric called 'prose-leger'", "prose-ledger"],
        ),
        (["--split", "tset"], ["--split"]),
        (["--perturb", "labels"], ["--perturb"]),
        (["--repeats", "0"], ["--repeats"]),
        (["--limit", "0"], ["--limit"]),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    tmp_path: Path, server: MockServer, more: list[str], words: list[str]
) -> None:
    calibrate(tmp_path, server, *more).fails(2, *words)


def test_a_script_and_a_server_that_is_not_there_are_refused(tmp_path: Path) -> None:
    typed("calibrate", "scripted", cwd=tmp_path).fails(2, "MODEL: a script judges nothing")
    typed("calibrate", "gpt", cwd=tmp_path).fails(2, "MODEL")
    assert not (tmp_path / "transcripts").exists()
    gone = typed("calibrate", "openai/x@http://127.0.0.1:9/v1", *WORDS, cwd=tmp_path)
    gone.fails(1, "fix:")
    assert not (folder_of(tmp_path) / "calibration.json").exists()


def test_an_interrupt_keeps_what_is_finished(
    tmp_path: Path, server: MockServer, judge: PlantedJudge
) -> None:
    judge.after = (3, lambda: os.kill(os.getpid(), signal.SIGINT))
    done = calibrate(tmp_path, server, "--max-connections", "1")
    assert done.code == 130, done.err
    assert "of 12 readings finished and kept in" in " ".join(done.err.split())
    asked = judge.asked
    assert 3 <= asked < LIMIT
    assert calibrate(tmp_path, server).code == 0
    assert judge.asked < LIMIT + asked
