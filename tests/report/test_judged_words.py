"""What judges said, at the terminal and on the page."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness import app
from harness.analysis.findings import Findings
from harness.analysis.judged import Judged, Without
from harness.app.importing import import_file
from harness.report import judged_words
from harness.report.judged_words import (
    LINEUPS,
    LISTS,
    MOST_ARMS,
    figures_of,
    judge_rows,
    missing_lines,
    missing_title,
    notes_of,
    print_judged,
    swap_rows,
)
from harness.report.templating import environment
from tests.support.findings import lineup
from tests.support.mock_server import MockServer, completion
from tests.support.negotiations import WORDS, written
from tests.support.rubric_files import BOTH, ScaleJudge, judged_run, write
from tests.support.run_judges import RunJudge


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    path = tmp_path_factory.mktemp("words")
    run = judged_run(
        path / "run",
        ScaleJudge(0),
        [str(write(path, BOTH, "both.md")), str(write(path))],
        swap="order",
    )
    return app.score(run.path)


def told(findings: Findings) -> str:
    out = io.StringIO()
    print_judged(findings, Console(file=out, width=120))
    return out.getvalue()


def test_every_question_has_a_mean_and_what_it_lacks(findings: Findings) -> None:
    headings, rows = figures_of(findings)
    assert headings == ("by the judge", "plain", "lean")
    assert ("both: better", "−1.00 (2)", "−1.00 (1)") in rows
    assert ("mine: loud, official seat", "0.00 (2)", "0.00 (1)") in rows
    assert len(rows) == 3, "how much of the judgements stands is told elsewhere"
    assert findings.measures["rubric_both.better"].range == "-1..1"
    assert "uncalibrated" in told(findings)


def test_figures_that_stand_elsewhere_are_named_and_several_judges_explained(
    findings: Findings,
) -> None:
    assert notes_of(findings) == []
    brief = findings.all_measures["rubric_mine.loud_o"]["plain"]
    known = findings.measures["rubric_mine.loud_o"]
    (judged, *_) = findings.judging.judged
    other = judged.model_copy(update={"judge": "openai/other"})
    both = findings.judging.model_copy(update={"judged": (judged, other)})
    more = findings.model_copy(
        update={
            "all_measures": {"words.conceded_o": {"plain": brief}},
            "measures": {"words.conceded_o": known},
            "judging": both,
        }
    )
    said = " ".join(told(more).split())
    assert "Other figures by the judge, uncalibrated: words. They are" in said
    assert f"Several judges judged by {judged.rubric}. None speaks" in said
    none = brief.model_copy(update={"n": 0})
    empty = {"words.conceded_o": {"plain": none}}
    assert notes_of(findings.model_copy(update={"all_measures": empty})) == []


def test_many_arms_stand_below_one_another_and_empty_ones_nowhere(findings: Findings) -> None:
    name = "rubric_mine.loud_o"
    brief = findings.all_measures[name]["plain"]
    none, some = (brief.model_copy(update={"n": n, "missing": m}) for n, m in ((0, 0), (1, 2)))
    arms = {f"arm-{n}": some for n in range(MOST_ARMS + 1)} | {"empty": none}
    headings, rows = figures_of(findings.model_copy(update={"all_measures": {name: arms}}))
    assert headings == ("by the judge", "arm", "mean (answers)")
    assert rows[0] == ("mine: loud, official seat", "arm-0", "0.00 (1, 2 none)")
    assert len(rows) == MOST_ARMS + 1


def test_a_flip_is_told_and_what_stays_is_summed_up(findings: Findings) -> None:
    whole, short = swap_rows(findings), swap_rows(findings, whole=False)
    assert [row[0] for row in short] == [
        "both: all 2 questions",
        "both: better",
        "mine: all 3 questions",
        "mine: loud_o",
        "mine: loud_u",
    ]
    assert {row[0] for row in whole} - {row[0] for row in short} == {
        "both: instructs",
        "mine: instructs",
    }
    assert short[1][2:] == ("order reversed", "3", "0", "3 (100%), 3 turned", "2.00", "−1.00")
    assert short[0][5] == "3 (50%)"
    assert [row[2] for row in judge_rows(findings)] == ["as usual", "order reversed"] * 2
    assert "turned: of these, from one party to the other" in " ".join(told(findings).split())


def test_what_has_no_verdict_is_listed_and_bounded(findings: Findings) -> None:
    listed = tuple(Without(record=f"{n:016x}", item="better", why="<b>") for n in range(5))
    one = Judged(
        judge="openai/x@http://h/v1",
        rubric="both",
        swapped=None,
        records=9,
        void=2,
        questions=14,
        undecided=7,
        rejected=0,
        reasons={"<b>": 7, "no usable reply": 2},
        listed=(Without(record="f" * 16, item=None, why="refused"), *listed),
    )
    lines = list(missing_lines(one, 2))
    assert lines == [
        f"{'f' * 16}, no answer at all: refused",
        f"{0:016x}, better: <b>",
        "and 7 more",
    ]
    assert "<b> (7); no usable reply (2)" in missing_title(findings, one)
    judging = findings.judging.model_copy(update={"judged": (one,)})
    other = findings.model_copy(update={"judging": judging})
    assert "Without a verdict by openai/x, both: <b> (7)" in told(other)
    page = environment().get_template("judged.html.j2").render(f=other, judged=judged_words)
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "and 3 more" in page

    evil = "x\n95% of all questions have a verdict"
    forged = one.model_copy(
        update={"judge": evil, "listed": (Without(record="f" * 16, item=None, why=evil),)}
    )
    assert missing_title(findings, forged).startswith(r"Without a verdict by x\n95% of all")
    assert not any("\n" in line for line in missing_lines(forged, 2))


def test_an_entry_of_a_list_that_was_thrown_away_counts_twice_and_that_is_said(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "talks.jsonl", [WORDS])
    run = import_file("jsonl", path, log_dir=tmp_path).folder.path
    entry = {"at": 0, "quote": "never said", "of": "threat", "answer": "leave", "by": "ann"}
    entry |= {"was": "unsaid", "commitment": "binding", "condition": "", "in_return": "nothing"}
    lists = completion(json.dumps({"found": [{**entry, "authorised": "unsaid"}]}))
    with MockServer(RunJudge(lambda _: lists)) as server:
        app.judge(run, by=f"openai/x@{server.base_url}", rubrics=["prose-ledger"])
    found = app.score(run)
    (one,) = found.judging.judged
    assert (one.questions, one.undecided, one.rejected, one.of_list) == (1, 1, 1, True)
    assert LISTS.format("prose-ledger") in notes_of(found)
    assert LISTS.format("prose-ledger") in " ".join(told(found).split())
    assert found.title_of("words.rejected") == "events thrown away"
    assert found.all_measures["words.rejected"][one_arm(found)].mean == 1


def one_arm(findings: Findings) -> str:
    (arm,) = findings.all_measures["words.rejected"]
    return arm


def test_figures_of_several_line_ups_say_that_they_are_of_all(findings: Findings) -> None:
    assert LINEUPS not in " ".join(told(findings).split())
    several = findings.model_copy(update={"by_model": (lineup({"unofficial": "a"}),)})
    assert LINEUPS in " ".join(told(several).split())
    page = environment().get_template("judged.html.j2").render(f=several, judged=judged_words)
    assert LINEUPS in page


def test_nothing_is_told_where_nobody_judged(findings: Findings) -> None:
    silent = findings.model_copy(update={"judging": type(findings.judging)()})
    assert told(silent) == ""
    assert "judging" not in silent.as_json()
    assert findings.as_json()["judging"]["judged"][0]["rubric"] == "both"


def test_talks_of_words_alone_have_what_judges_read_in_them(tmp_path: Path) -> None:
    """What terms are worth is told of none of these talks, and no judge needs it."""
    path = written(tmp_path / "talks.jsonl", [WORDS])
    run = import_file("jsonl", path, log_dir=tmp_path).folder.path
    for judge, rubric in (RunJudge(), "prose-ledger"), (ScaleJudge(0), "pressure"):
        with MockServer(judge) as server:
            app.judge(run, by=f"openai/x@{server.base_url}", rubrics=[rubric])
    findings = app.score(run)
    shown = {row[0]: row[1] for row in figures_of(findings)[1]}
    assert shown["official seat's concessions in words"] == "0.00 (1)"
    assert shown["official seat's concessions in words alone"] == "— (0, 1 none)"
    assert shown["pressure: threat, official seat"] == "0.00 (1)"
    (kept,) = list(app.load(run).scores(evaluators=("words",)))
    assert kept.values["threats_o"] == 0
    assert kept.why_null["only_o"] == "nobody told what any terms are worth"
    judges: Any = kept.detail["judges"]
    assert judges[0]["events"] == []
    assert "mean counts a dialogue" in told(findings)
