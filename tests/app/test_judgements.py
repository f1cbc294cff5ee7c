"""A run that is judged from Python: what it takes, what it may spend, and which runs can be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import app
from harness.app.announcing import Takes
from harness.app.budgets import spent
from harness.disputes.scenario import Scenario
from harness.errors import RecordError, UsageError
from harness.evaluators.claimed import NOT_JUDGED as NOT_COUNTED
from harness.evaluators.judges import SEVERAL
from harness.evaluators.published import NOT_JUDGED
from harness.records.folder import TRANSCRIPTS
from harness.records.judgement import JudgementRecord
from harness.records.publication import PublicationRecord
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.writer import RunWriter
from tests.support.command import ROOT
from tests.support.disputes import small
from tests.support.mock_server import MockServer
from tests.support.rubric_files import MINE, ScaleJudge, judged_run, write
from tests.support.run_articles import put, with_articles
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite
from tests.support.run_judges import RunJudge

GOLDEN = ROOT / "tests" / "records" / "golden" / "schema-1"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[MockServer, RunJudge]]:
    judge = RunJudge()
    with MockServer(judge) as running:
        yield running, judge


@pytest.fixture
def address(server: tuple[MockServer, RunJudge]) -> str:
    server[1].read.clear()
    server[1].lists.clear()
    return f"openai/x@{server[0].base_url}"


@pytest.fixture
def judge(server: tuple[MockServer, RunJudge]) -> RunJudge:
    return server[1]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def judgements(path: Path) -> list[JudgementRecord]:
    return list(RunFolder(path).records("judgement", JudgementRecord))


def test_articles_come_first_and_arms_that_share_one_have_it_judged_once(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    path = with_articles(tmp_path / "run", scenario).path
    notes: list[str] = []
    done = app.judge(path, by=address, notify=notes.append)
    assert (done.planned, done.done, judge.asked) == (1, 1, 1)
    assert "judges 1 finished record by article. At most 1 model call," in notes[0]
    assert "[2] Boral could live with half of the well." in judge.read[0]
    (one,) = judgements(path)
    assert one.spec.rubric.id == "article"
    assert RunFolder(path).place(one.id).arms == ("plain", "lean")
    app.judge(path, by=address, rubrics=["talks-claims", "article"])
    assert judge.asked == 1 + 1
    assert "So be it." in judge.read[1]


def figures(path: Path, evaluator: str) -> list[Score]:
    app.score(path, evaluators=[evaluator])
    return list(RunFolder(path).scores(evaluator=evaluator))


def test_what_a_judge_found_is_scored_in_every_arm(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    path = with_articles(tmp_path / "run", scenario).path
    before = figures(path, "published")
    assert {one.why_null["echoed_o"] for one in before} == {NOT_JUDGED}
    app.judge(path, by=address)
    found = figures(path, "published")
    assert [one.arms for one in found] == [("plain",), ("lean",)]
    assert [one.values["echoed_o"] for one in found] == [0, 0]
    (row,) = figures(path, "judged")
    assert (row.arms, row.values["undecided"]) == (("plain", "lean"), 0)
    app.judge(path, by=address.replace("/x@", "/y@"))
    assert {one.why_null["echoed_o"] for one in figures(path, "published")} == {SEVERAL}


def test_a_judgement_that_was_edited_is_not_scored(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    path = with_articles(tmp_path / "run", scenario).path
    app.judge(path, by=address)
    file = path / "judgement.jsonl"
    text = file.read_text(encoding="utf-8")
    (one,) = judgements(path)
    verdict = next(v for v in one.body.verdicts if v.answer is not None)
    said = f'"item":"{verdict.item}","answer":"{verdict.answer}"'
    assert text.count(said) == 1
    file.write_text(text.replace(said, f'"item":"{verdict.item}","answer":"greatly"'), "utf-8")
    with pytest.raises(RecordError, match="'greatly' is not of what was asked") as caught:
        app.score(path, evaluators=["published"])
    assert str(caught.value.where).startswith(str(file))


def test_what_was_played_again_is_judged_again(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    folder = with_articles(tmp_path / "run", scenario)
    app.judge(folder, by=address)
    (written,) = folder.records("publication", PublicationRecord)
    body = written.body.model_copy(update={"title": "Anew"})
    with RunWriter(folder.path, folder.info) as writer:
        put(writer, written.model_copy(update={"body": body}))
    stale = figures(folder.path, "published")[0]
    assert stale.why_null["echoed_o"] == NOT_JUDGED
    notes: list[str] = []
    app.judge(folder.path, by=address, notify=notes.append)
    assert judge.asked == 2
    assert "At most 1 model call," in notes[0]
    assert "[0] Anew" in judge.read[1]
    (one,) = judgements(folder.path)
    (_, read, same), *_ = RunFolder(folder.path).inputs(one)
    assert same
    assert read.body["title"] == "Anew"
    assert figures(folder.path, "published")[0].values["echoed_o"] == 0


def test_runs_of_the_first_version_are_judged_and_stay_as_they_are(
    tmp_path: Path, address: str, judge: RunJudge
) -> None:
    run = tmp_path / "old"
    shutil.copytree(GOLDEN, run)
    before = RunFolder(run).info
    done = app.judge(run, by=address, token_limit=100_000)
    statuses = [status for _, status in RunFolder(run).index().values()]
    assert done.done == statuses.count("done") == judge.asked < len(statuses)
    after = RunFolder(run).info
    assert after.served.keys() == {address}
    assert after.model_copy(update={"served": before.served}) == before
    assert (run / TRANSCRIPTS).read_bytes() == (GOLDEN / TRANSCRIPTS).read_bytes()
    talks = {one.id for one in RunFolder(run).transcripts()}
    assert {one.spec.inputs["read"] for one in judgements(run)} < talks
    app.judge(run, by=address)
    assert judge.asked == done.done


def test_a_limit_counts_judging_and_not_the_dialogues(tmp_path: Path, address: str) -> None:
    run = tmp_path / "old"
    shutil.copytree(GOLDEN, run)
    talks = spent(run, {}).tokens
    assert talks > 0
    app.judge(run, by=address)
    ours = {one.id for one in judgements(run)}
    assert spent(run, {}, ours).tokens == 18 * len(ours)
    assert spent(run, {}).tokens == talks + 18 * len(ours)


def test_a_price_is_said_before_anything_is_asked(
    tmp_path: Path, scenario: Scenario, address: str
) -> None:
    talks = [deal(scenario, "plain", MIDDLE)]
    path = make_run(tmp_path / "run", make_suite(), {"small": scenario}, talks, scores=()).path
    models = tmp_path / "models.yaml"
    models.write_text(
        "schema: track15/models/1\nmodels:\n  cheap:\n"
        f"    address: {address}\n    price: {{prompt: 1.0, completion: 2.0}}\n"
    )
    notes: list[str] = []
    app.judge(path, by="cheap", models_file=models, cost_limit=1.0, notify=notes.append)
    assert "reply tokens, $0.01: repairs not counted" in notes[0]


def test_what_it_takes_is_written_as_of_any_run() -> None:
    assert str(Takes(2, 100, 30, 0.5)).endswith("100 prompt and 30 reply tokens, $0.50")


def test_a_run_without_a_result_cannot_be_judged(
    tmp_path: Path, scenario: Scenario, address: str
) -> None:
    path = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [], scores=()).path
    with pytest.raises(UsageError, match="no finished record"):
        app.judge(path, by=address)
    with pytest.raises(UsageError, match="unknown option"):
        app.judge(path, by=address, suite="x")  # type: ignore[call-arg]


def test_both_sides_are_read_for_private_facts_and_the_dialogue_is_scored_by_them(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    talks = [deal(scenario, "plain", MIDDLE, words="No deal would be bad for us.")]
    path = make_run(tmp_path / "run", make_suite(), {"small": scenario}, talks, scores=()).path
    (before,) = figures(path, "leakage")
    assert before.why_null["said_u"].startswith("needs a judge")
    quote = "deal would be bad for us"
    judge.lists["for Arden"] = [{"quote": quote, "of": "no_deal", "answer": "bad"}]
    done = app.judge(path, by=address, rubrics="private-facts")
    assert (done.planned, done.done, judge.asked) == (2, 2, 2)
    assert "[1] Arden (accepts o-1): No deal would be bad for us." in judge.read[0]
    (after,) = figures(path, "leakage")
    assert {name: after.values[name] for name in ("said_o", "said_u", "bluffed_u")} == {
        "said_o": 0,
        "said_u": 1,
        "bluffed_u": 0,
    }
    assert [one.values["rejected"] for one in figures(path, "judged")] == [0, 0]
    app.judge(path, by=address, rubrics=["private-facts-u", "private-facts"])
    assert judge.asked == 2, "nothing is asked twice"


def test_a_refused_list_is_missing_and_asked_for_again_where_that_is_said(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    talks = [deal(scenario, "plain", MIDDLE, words="So be it.")]
    path = make_run(tmp_path / "run", make_suite(), {"small": scenario}, talks, scores=()).path
    bad = [{"quote": "So be it.", "of": "no_deal", "answer": "never"}]  # no answer of that item
    judge.lists["for Arden"] = bad
    done = app.judge(path, by=address, rubrics=["private-facts"])
    assert (done.done, done.void) == (1, 1)
    (row,) = figures(path, "leakage")
    assert row.values["said_o"] == 0
    assert row.why_null["said_u"].startswith("no judge gave a usable answer")
    judge.lists.clear()
    app.judge(path, by=address, rubrics=["private-facts"], retry_void=True)
    assert figures(path, "leakage")[0].values["said_u"] == 0


def test_the_claims_of_an_article_are_counted_beside_the_talks(
    tmp_path: Path, scenario: Scenario, address: str, judge: RunJudge
) -> None:
    folder = with_articles(tmp_path / "run", scenario)
    before = figures(folder.path, "claimed")
    assert {one.why_null["unsupported"] for one in before} == {NOT_COUNTED}
    judge.lists["accepts_1"] = [
        {"quote": "could live with half of the well", "of": "accepts_1", "answer": "nothing"},
        {"quote": "So be it, they said", "of": "other", "answer": "talks"},
    ]
    app.judge(folder.path, by=address, rubrics=["article-claims"])
    (read,) = judge.read
    assert "[2] Boral could live with half of the well." in read
    assert "> So be it." in read.split("End of what you read.")[1]
    found = figures(folder.path, "claimed")
    assert [one.arms for one in found] == [("plain",), ("lean",)]
    assert [one.values["unsupported"] for one in found] == [1, 1]
    assert [one.values["rejected"] for one in found] == [1, 1]
    assert figures(folder.path, "published")[0].why_null["echoed_o"] == NOT_JUDGED
    (one,) = judgements(folder.path)
    assert one.spec.inputs.keys() == {"read", "talks"}
    app.judge(folder.path, by=address, rubrics=["article-claims"])
    assert judge.asked == 1
    (talks,) = folder.transcripts()
    with RunWriter(folder.path, folder.info) as writer:
        put(writer, talks.model_copy(update={"schema_version": 3}))
    app.judge(folder.path, by=address, rubrics=["article-claims"])
    assert judge.asked == 2, "the talks beside it were played again"


def test_two_rubrics_whose_measures_would_have_the_same_names_are_refused(tmp_path: Path) -> None:
    """Else the figures of one of them would be lost without a word."""
    judge = ScaleJudge(1)
    one, two = (
        str(write(tmp_path / "rubrics", MINE.replace("id: mine", f"id: {name}"), f"{name}.md"))
        for name in ("my-own", "my_own")
    )
    run = judged_run(tmp_path / "run", judge, [one])
    asked = len(judge.asked)
    for named in ([two], [one, two]):
        with pytest.raises(UsageError, match="'my-own' and 'my_own' would have the same") as error:
            app.judge(run, by="openai/x@http://127.0.0.1:9/v1", rubrics=named)
        assert "give 'my_own' another id" in (error.value.fix or "")
    assert len(judge.asked) == asked
