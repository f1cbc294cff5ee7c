"""People's answers about whole records beside the judge's, and what they correct."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import app
from harness.analysis.judge_known import NOTHING_KNOWN
from harness.analysis.judged_measures import ANSWERS
from harness.analysis.label_answers import NO_ANSWERS, AnswersRead, answers_read
from harness.analysis.label_pairs import definitions_in, labels_read, with_labels
from harness.evaluators.judges import whose
from harness.records.labels import Label, add_labels, read_labels
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.labels import run_of
from tests.support.mock_server import MockServer
from tests.support.record_labels import answer_all, judge_by, nothing, scored_run
from tests.support.rubric_files import MINE, ScaleJudge, write
from tests.support.run_articles import with_articles
from tests.support.run_judges import RunJudge

LAST = 2
"""The judge takes every question for the last answer of three, and finds no words to a judge."""


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(ScaleJudge(LAST)) as running:
        yield running


@pytest.fixture(scope="module")
def labelled_once(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person finds nothing of the kind in any dialogue."""
    cwd = tmp_path_factory.mktemp("answered")
    rubric = write(cwd)
    folder = scored_run(cwd, server, str(rubric))
    answer_all(folder, str(rubric), "ann", nothing)
    return cwd


@pytest.fixture
def cwd(labelled_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(labelled_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def read(folder: RunFolder) -> AnswersRead:
    return answers_read(folder, read_labels(folder.path))


def test_what_the_judge_makes_up_is_taken_out(cwd: Path) -> None:
    done = typed("report", "quick", "--json", cwd=cwd)
    assert done.code in (0, 100), done.err
    found = json.loads(done.out)
    rows = [one for one in found["corrected"] if one["measure"] == "rubric_mine.loud_o"]
    means = [one for one in rows if one["control"] is None]
    assert [one["by"] for one in rows] == [ANSWERS] * 3
    assert [one["judged"] for one in means] == [1, 1]
    assert [one["corrected"] for one in means] == [pytest.approx(0)] * 2
    assert [one["pairs"] for one in rows] == [6, 6, 12]
    title = found["measures"]["rubric_mine.loud_o"]["title"]
    assert title.endswith("(by a judge, uncorrected)")
    (person,) = found["labels"]["answered"]
    assert (person["who"], person["records"], person["missing"]) == ("ann", 12, 0)
    page = typed("report", "quick", cwd=cwd)
    assert "ann has answered 36 questions about 12 records by mine." in page.out
    html = (run_of(cwd).path / "report.html").read_text(encoding="utf-8")
    assert "ann has answered 36 questions" in html
    assert "people&#39;s answers about the run&#39;s own records" in html


def test_labels_correct_every_question_and_speak_to_no_other_measure(cwd: Path) -> None:
    folder = run_of(cwd)
    found = read(folder)
    assert set(found.labels) == {
        f"rubric_mine.{name}" for name in ("loud_o", "loud_u", "instructs")
    }
    assert {len(one) for one in found.labels.values()} == {12}
    one = found.labels["rubric_mine.loud_u"][0]
    assert (one.truth, one.judged, one.chance) == (0, 1, 1)
    assert [arm for arm, _ in one.places] in (["track-1"], ["track-1.5"])
    assert found.warnings == ()
    known = with_labels(folder, NOTHING_KNOWN)
    assert known.judges["rubric_mine.loud_o"].startswith("openai/x@")
    told = definitions_in(folder)
    assert whose(told["rubric_mine.loud_o"]) == "uncorrected"
    assert whose(told["rubric_mine.undecided"]) is None, "of the reading there is no truth"


def test_of_several_people_the_mean_counts_and_what_is_left_open_is_missing(cwd: Path) -> None:
    folder, rubric = run_of(cwd), str(cwd / "mine.md")
    says = {"loud_o": "much", "loud_u": None, "instructs": "no"}
    answer_all(folder, rubric, "ben", lambda _, item: says[item.id])
    found = read(folder)
    assert {one.truth for one in found.labels["rubric_mine.loud_o"]} == {0.5}
    assert {one.truth for one in found.labels["rubric_mine.loud_u"]} == {0}
    assert [(one.who, one.missing) for one in found.people] == [("ann", 0), ("ben", 12)]
    people = [one for one in found.agreements if not one.judge]
    assert [(one.item, one.answers, one.same, one.missing) for one in people] == [
        ("loud", 12, 0, 12),
        ("instructs", 12, 12, 0),
    ]
    assert people[0].off == 1


def test_answers_to_other_words_do_not_correct_and_that_is_said(
    cwd: Path, server: MockServer
) -> None:
    rubric = write(cwd, MINE.replace("version: 3", "version: 4").replace("shouts", "yells"))
    judge_by(cwd, server, str(rubric))
    found = read(run_of(cwd))
    assert found.labels == {}
    assert "asked in other words" in found.warnings[0]
    assert "12 of 12" in found.warnings[0]
    assert [one for one in found.agreements if one.judge] == []


def test_of_several_judges_none_is_corrected(cwd: Path, server: MockServer) -> None:
    judge_by(cwd, server, str(cwd / "mine.md"), model="y")
    found = read(run_of(cwd))
    assert (found.labels, found.judges) == ({}, {})
    assert found.warnings[0].startswith("Several judges have read this run by the rubric 'mine'")
    assert len({one.second for one in found.agreements if one.judge}) == 2


def test_labels_of_records_that_are_not_there_are_not_used(cwd: Path) -> None:
    folder = run_of(cwd)
    first = read_labels(folder.path)[0]
    add_labels(folder.path, [first.model_copy(update={"record": "f" * 16})])
    found = read(folder)
    assert "not used: 1 of 13" in found.warnings[0]
    assert found.people[0].records == 12


def test_a_strangers_answers_are_data(cwd: Path) -> None:
    folder = run_of(cwd)
    first = read_labels(folder.path)[0]
    odd = first.model_dump(mode="json") | {"who": "eve", "rubric": "prose-ledger"}
    odd["verdicts"] = [{"item": "loud_o", "answer": "<script>"}, {"item": "nowhere", "answer": "x"}]
    add_labels(folder.path, [Label.model_validate(odd)])
    add_labels(folder.path, [Label.model_validate(odd | {"rubric": "mine"})])
    found = read(folder)
    assert {one.truth for one in found.labels["rubric_mine.loud_o"]} == {0}
    whole = labels_read(folder)
    assert whole is not None
    assert (whole.people, whole.labels) == ({}, {}), "nothing of it is a label of a turn"
    done = typed("label", "quick", "--report", cwd=cwd)
    assert done.code == 0
    assert "eve has answered" in done.out


def test_labels_come_first_and_the_judge_later(
    tmp_path: Path, server: MockServer, labelled_once: Path
) -> None:
    shutil.copytree(labelled_once, tmp_path, dirs_exist_ok=True)
    folder = run_of(tmp_path)
    for name in ("judgement.jsonl", "judging.jsonl", "scores.jsonl"):
        (folder.path / name).unlink()
    unjudged = read(run_of(tmp_path))
    assert (unjudged.labels, unjudged.warnings) == ({}, ())
    assert unjudged.people[0].answers == 36
    judge_by(tmp_path, server, str(tmp_path / "mine.md"))
    assert len(read(run_of(tmp_path)).labels["rubric_mine.loud_o"]) == 12


def test_the_figures_of_an_article_are_corrected_in_every_arm(tmp_path: Path) -> None:
    folder = with_articles(tmp_path / "run", small(tmp_path))
    with MockServer(RunJudge()) as server:
        app.judge(folder.path, by=f"openai/x@{server.base_url}")

    def says(_: object, item: object) -> str:
        ids = [one.id for one in item.answers]  # type: ignore[attr-defined]
        return "own" if "own" in ids else ids[-1]

    answer_all(RunFolder(folder.path), "article", "ann", says)
    found = read(RunFolder(folder.path))
    (echoed,) = found.labels["published.echoed_o"]
    assert (echoed.truth, echoed.judged) == (1, 0)
    assert echoed.places == (("plain", "none/1"), ("lean", "none/1"))
    assert "published.undecided" not in found.labels
    assert {one.item for one in found.agreements} >= {"point", "costs", "meeting"}


def test_questions_without_figures_have_agreement_alone(cwd: Path, server: MockServer) -> None:
    folder = run_of(cwd)
    judge_by(cwd, server, "talks-claims")
    answer_all(folder, "talks-claims", "ann", nothing, records=4)
    found = read(run_of(cwd))
    assert not any(name.startswith("rubric_talks") for name in found.labels)
    claims = [one for one in found.agreements if one.rubric == "talks-claims"]
    assert {one.item for one in claims} == {"mandate", "leaving", "final"}


def test_without_labels_of_records_there_is_nothing(cwd: Path) -> None:
    assert answers_read(run_of(cwd), []) is NO_ANSWERS
    quick = answers_read(run_of(cwd), read_labels(run_of(cwd).path), compare=False)
    assert quick.agreements == ()
    assert quick.labels
