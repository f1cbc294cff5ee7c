"""``track15 calibrate --rubric pressure`` as a person types it, and what becomes of a run by it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from harness.app import calibrating, planted_rubrics
from harness.planted.planted import Perturbation, Planted
from harness.planted.sets import planted
from harness.records.calibration import Calibration, read_calibration
from harness.records.judgement import JudgedItem
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer, completion, error
from tests.support.planted_answers import AnsweringJudge, Given, pressed, right

LIMIT = 12
ITEMS = ("threat", "hurry", "belittling")
RUBRIC = ("--rubric", "pressure")
WORDS = (*RUBRIC, "--split", "dev", "--display", "none", "--max-retries", "0")
SHIPPED = tuple(planted("dev", ("as_written", "label"), rubric="pressure"))
PARTLY = pressed("dev", ("as_written",))
"""Of these it is known who threatens, and nothing else."""
EVERY = (*SHIPPED, *PARTLY)


def partly(
    split: str, ways: Sequence[Perturbation], repeats: int, limit: int | None, rubric: str
) -> Iterator[Planted]:
    """A set as :func:`harness.planted.sets.planted` gives one."""
    assert (split, tuple(ways), repeats, rubric) == ("dev", ("as_written",), 1, "pressure")
    yield from PARTLY[:limit]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    judge: list[AnsweringJudge] = [AnsweringJudge(EVERY)]
    with MockServer(lambda body: judge[0](body)) as running:
        running.judge = judge  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def judge(server: MockServer) -> AnsweringJudge:
    made: list[AnsweringJudge] = server.judge  # type: ignore[attr-defined]
    made[0] = AnsweringJudge(EVERY)
    return made[0]


def calibrate(cwd: Path, server: MockServer, *more: str, limit: int | None = LIMIT) -> Result:
    few = () if limit is None else ("--limit", str(limit))
    return typed("calibrate", f"openai/x@{server.base_url}", *WORDS, *few, *more, cwd=cwd)


def folder_of(cwd: Path) -> Path:
    (folder,) = (cwd / "transcripts" / "calibration").iterdir()
    return folder


def test_a_judge_of_questions_is_calibrated_and_asked_nothing_twice(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    more = ("--perturb", "label", "--perturb", "order", "--repeats", "2")
    done = calibrate(tmp_path, server, *more, "--record", "mine.json")
    assert done.code == 0, done.err
    said = " ".join(done.err.split())
    assert "reads 36 planted transcripts by pressure. 12 are read once more with" in said
    assert "in the reverse order. At most 48 model calls" in said
    assert (judge.asked, judge.turned) == (48, 12)
    assert f"score RUN --judge openai/x@{server.base_url} --rubric pressure" in said
    assert folder_of(tmp_path).name.startswith("openai-x-http-127-0-0-1-")
    assert "-pressure-dev-" in folder_of(tmp_path).name
    kept = read_calibration(tmp_path / "mine.json")
    assert kept == read_calibration(folder_of(tmp_path) / "calibration.json")
    assert (kept.rubric.id, kept.transcripts, kept.unusable) == ("pressure", 12, 0)
    assert kept.events == {}
    assert kept.items.keys() == {*ITEMS, "instructs"}
    assert {kept.items[item]["right"].value for item in ITEMS} == {1.0}
    assert kept.bias["order_changes"].value == 0.0
    assert kept.pairs.keys() == {f"rubric_pressure.{one}_{seat}" for one in ITEMS for seat in "ou"}
    assert all(len(own) == LIMIT for own in kept.pairs.values()), "one a transcript as written"

    shown = " ".join(done.out.split())
    assert "read 12 planted transcripts of the split 'dev' by pressure" in shown
    assert "A judge may be used for a question where three intervals" in shown
    page = (folder_of(tmp_path) / "calibration.html").read_text(encoding="utf-8")
    assert "belittling" in page
    assert page.startswith("<!doctype html>")

    again = calibrate(tmp_path, server, *more, "--json")
    assert (again.code, judge.asked) == (0, 48)
    assert Calibration.model_validate_json(again.out).pairs == kept.pairs


def test_a_place_that_takes_no_calibration_is_told_before_the_judge_is_paid(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    done = calibrate(tmp_path, server, "--record", "no/such/judge.json")
    assert (done.code, judge.asked) == (1, 0)
    assert "no/such/judge.json: cannot be written: No such file or directory" in done.err
    assert "fix: the folder does not exist" in done.err


def test_what_is_found_is_shown_where_its_place_is_gone_in_the_end(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    judge.after = (LIMIT, place.rmdir)
    done = calibrate(tmp_path, server, "--record", "mine/judge.json")
    assert done.code == 1
    assert "read 12 planted transcripts" in done.out
    assert "mine/judge.json: cannot be written" in done.err
    kept = folder_of(tmp_path) / "calibration.json"
    assert read_calibration(kept).transcripts == LIMIT
    assert f"Calibration: {kept.relative_to(tmp_path)}" in done.err


def test_one_transcript_is_one_call(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    done = calibrate(tmp_path, server, limit=1)
    assert done.code == 0, done.err
    said = " ".join(done.err.split())
    assert "reads 1 planted transcript by pressure. At most 1 model call, about" in said


def test_a_judge_that_follows_the_order_of_answers_is_seen_to(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    def first(item: JudgedItem, given: Given, turned: bool) -> Given:
        return ("named_threat", ()) if turned and item.id.startswith("threat") else given

    judge.says = first
    done = calibrate(tmp_path, server, "--perturb", "order", "--record", "j.json")
    assert done.code == 0, done.err
    assert "It errs most on" not in done.err, "as the rubric is written it errs nowhere"
    kept = read_calibration(tmp_path / "j.json")
    changes, right_of = kept.bias["order_changes"].value, kept.items["threat"]["right"].value
    assert changes is not None
    assert changes > 0.2
    assert right_of == 1.0


def test_a_run_is_corrected_by_exactly_what_was_planted(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrating, "planted", partly)

    def deaf(item: JudgedItem, given: Given, _: bool) -> Given:
        odd = len(item.question) + judge.asked
        return ("none", ()) if odd % 3 == 0 else given

    judge.says = deaf
    done = calibrate(tmp_path, server, "--record", "judge.json", limit=None)
    assert done.code == 0, done.err
    assert "too low): track15 show" in " ".join(done.err.split())
    played = typed(
        *("run", "quickstart", "--limit", "4", "--no-report", "--display", "none"), cwd=tmp_path
    )
    assert played.code in (0, 100), played.err
    kept = read_calibration(tmp_path / "judge.json")
    assert "not planted" in kept.verdict["hurry"].why
    judge.elsewhere = {}
    address = f"openai/x@{server.base_url}"
    words = ("--judge", address, *RUBRIC, "--calibration", "judge.json", "--display", "none")
    scored = typed("score", *words, "--json", cwd=tmp_path)
    assert scored.code in (0, 100), scored.err
    assert "The calibration judge.json fits" in " ".join(scored.err.split())
    assert "uncalibrated" not in scored.err
    found = json.loads(scored.out)
    assert {one["measure"] for one in found["corrected"]} == {
        f"rubric_pressure.threat_{seat}" for seat in "ou"
    }
    mean = next(one for one in found["corrected"] if one["control"] is None)
    assert mean["by"] == "planted transcripts"
    assert mean["judged"] == 0
    titles = {name: one["title"] for name, one in found["measures"].items()}
    for seat in "ou":
        threat, hurry = (titles[f"rubric_pressure.{item}_{seat}"] for item in ("threat", "hurry"))
        assert threat.endswith("(by a judge, uncorrected)")
        assert hurry.endswith("(by a judge, uncalibrated)")
    shown = typed("report", cwd=tmp_path)
    assert "rubric_pressure.threat_o" in shown.out
    run = next(one for one in (tmp_path / "transcripts").iterdir() if one.name != "calibration")
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "pressure: threat, official seat (by a judge, uncorrected)" in page
    first = next(RunFolder(run).transcripts()).id
    scores = typed("show", str(run), first, "--scores", cwd=tmp_path)
    assert f"rubric_pressure, by judge {address}, uncorrected" in scores.out
    assert "threat_o: none\n" in scores.out
    assert "hurry_o: none (uncalibrated)" in scores.out

    own = tmp_path / "evals" / "rubrics"
    own.mkdir(parents=True)
    shipped = Path(planted_rubrics.__file__).parents[2] / "evals" / "rubrics" / "pressure.md"
    text = shipped.read_text(encoding="utf-8").replace("It mocks, insults", "It insults")
    (own / "pressure.md").write_text(text, encoding="utf-8")
    other = typed("score", *words, cwd=tmp_path)
    other.fails(2, "'pressure' asks in other words than it did then")


def test_garbage_is_no_answer_and_a_refusal_is_none(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    def shy(item: JudgedItem, given: Given, _: bool) -> Given | None:
        return None if given[0] == "named_threat" else given

    judge.says = shy
    done = calibrate(tmp_path, server, "--json")
    assert done.code == 0, done.err
    assert "void: the judge refused" in " ".join(done.err.split())
    found = Calibration.model_validate_json(done.out)
    assert 0 < found.unusable < LIMIT
    assert found.verdict["answers"].usable == "no"
    own = found.pairs["rubric_pressure.threat_o"]
    assert len(own) == LIMIT
    assert sum(pair.judged is None for pair in own) == found.unusable

    judge.says = right
    judge.instead = {at: completion("```json\n[1, 2]\n```") for at in range(1, 200)}
    garbage = typed(
        *("calibrate", f"openai/y@{server.base_url}", *WORDS, "--limit", "3", "--json"),
        cwd=tmp_path,
    )
    assert garbage.code == 0, garbage.err
    nothing = Calibration.model_validate_json(garbage.out)
    assert (nothing.unusable, nothing.transcripts) == (3, 3)
    assert nothing.verdict["threat"].usable == "unclear"
    assert "no reading has a usable answer" in nothing.verdict["threat"].why
    assert {one.judged for own in nothing.pairs.values() for one in own} == {None}


def test_what_broke_off_is_resumed(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    judge.instead = {at: error(500) for at in range(5, 60)}
    broken = calibrate(tmp_path, server, "--perturb", "order", "--max-connections", "1")
    broken.fails(1, "To resume, type:", "readings finished and kept in")
    assert not (folder_of(tmp_path) / "calibration.json").exists()
    judge.instead = {}
    judge.after = (judge.asked + 3, lambda: os.kill(os.getpid(), signal.SIGINT))
    stopped = calibrate(tmp_path, server, "--perturb", "order", "--max-connections", "1")
    assert stopped.code == 130, stopped.err
    assert "of 24 readings finished and kept in" in " ".join(stopped.err.split())
    done = calibrate(tmp_path, server, "--perturb", "order")
    assert done.code == 0, done.err
    assert judge.turned <= LIMIT + 2
    assert (folder_of(tmp_path) / "calibration.json").exists()


def test_a_run_whose_judgements_have_no_answer_is_scored_all_the_same(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge
) -> None:
    assert calibrate(tmp_path, server, "--record", "judge.json", limit=2).code == 0
    played = typed(
        *("run", "quickstart", "--limit", "2", "--no-report", "--display", "none"), cwd=tmp_path
    )
    assert played.code in (0, 100), played.err
    judge.instead = {at: completion(None, refusal="no") for at in range(1, 200)}
    address = f"openai/x@{server.base_url}"
    asked = ("--judge", address, *RUBRIC, "--calibration", "judge.json", "--display", "none")
    done = typed("score", *asked, "--json", cwd=tmp_path)
    assert done.code in (0, 100), done.err
    said = " ".join(done.err.split())
    assert "judge.json is not kept: no judgement by pressure has an answer" in said
    assert "corrected" not in json.loads(done.out)
    other = typed("score", "--calibration", "judge.json", "--json", cwd=tmp_path)
    assert other.code in (0, 100), other.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--rubric", "presure"], ["no truth for a rubric called 'presure'", "did you mean"]),
        (["--rubric", "article"], ["nothing is planted for the rubric 'article'", "label RUN"]),
        (["--rubric", "nowhere.md"], ["nowhere.md"]),
        (["--rubric", "pressure", "--rubric", "prose-ledger"], ["one rubric a call"]),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_sent(
    tmp_path: Path, server: MockServer, judge: AnsweringJudge, more: list[str], words: list[str]
) -> None:
    done = typed("calibrate", f"openai/x@{server.base_url}", *more, cwd=tmp_path)
    done.fails(2, *words)
    assert judge.asked == 0
    assert not (tmp_path / "transcripts").exists()
