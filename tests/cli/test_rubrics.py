"""A rubric of one's own, as a person types it: listed, checked, judged by, and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.folder import JUDGING
from harness.records.judging import read_judgings
from harness.records.reader import RunFolder
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.rubric_files import BOTH, MINE, ScaleJudge, write


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(ScaleJudge(0)) as running:
        yield running


def run_of(cwd: Path) -> RunFolder:
    (run,) = (cwd / "transcripts").iterdir()
    return RunFolder(run)


def test_a_file_is_judged_by_compared_and_read_everywhere(played: Path, server: MockServer) -> None:
    write(played, BOTH, "both.md")
    judge = ("--judge", f"openai/x@{server.base_url}", "--display", "none")
    asked = ("--rubric", "both.md", "--swap", "labels,order")
    done = typed("score", "quickstart", *judge, *asked, cwd=played)
    assert done.code == 0, done.err
    said = " ".join(done.err.split())
    assert "judges 4 finished records by both. Each is judged 2 times more: with the names" in said
    assert "At most 12 model calls" in said
    out = " ".join(done.out.split())
    assert "both: better" in out
    assert "4 (100%), 4 turned 2.00 −1.00" in out, "the first answer, whatever it is"
    nodes = {one.node for one in read_judgings(run_of(played).path)}
    assert nodes == {"judged_both", "judged_both_labels", "judged_both_order"}

    again = json.loads(typed("score", "quickstart", "--json", cwd=played).out)
    found = again["judging"]["compared"]
    assert {one["flip_rate"] for one in found if one["item"] == "better"} == {0.0, 1.0}
    assert {brief["mean"] for brief in again["all_measures"]["rubric_both.better"].values()} == {
        -1.0
    }
    page = (run_of(played).path / "report.html").read_text(encoding="utf-8")
    assert "Asked again with something exchanged" in page
    assert "both: better" in page
    shown = typed("show", "quickstart", "--columns", "rubric_both.better", cwd=played)
    assert "−1.00" in shown.out or "-1.00" in shown.out
    alone = typed("score", "quickstart", "--evaluator", "rubric_both", "--no-report", cwd=played)
    assert alone.code == 0, alone.err


def test_what_is_asked_anew_in_other_words_counts_once(played: Path, server: MockServer) -> None:
    judge = ("--judge", f"openai/x@{server.base_url}", "--display", "none")
    line = ("score", "quickstart", *judge, "--rubric", "both.md", "--swap", "order", "--no-report")
    counts = []
    for words in ("as a whole", "as one"):
        write(played, BOTH.replace("as a whole", words), "both.md")
        done = typed(*line, "--evaluator", "rubric_both", "--json", cwd=played)
        assert done.code == 0, done.err
        found = json.loads(done.out)["judging"]
        counts.append(
            (
                [(one["swapped"], one["records"]) for one in found["judged"]],
                [(one["item"], one["compared"]) for one in found["compared"]],
            )
        )
    assert len(list(read_judgings(run_of(played).path))) == 16
    assert counts[0] == counts[1]
    assert sorted(map(str, counts[0][0])) == ["('order', 4)", "(None, 4)"]
    write(played, BOTH.replace("as a whole", "anew"), "both.md")
    done = typed(*line[:-3], "--no-report", "--json", cwd=played)
    found = json.loads(done.out)["judging"]
    assert [(one["item"], one["compared"], one["missing"]) for one in found["compared"]] == [
        (item, compared, 0) for item, compared in counts[0][1]
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--rubric", "firmnes"), "did you mean 'firmness'?"),
        (("--rubric", "wrong.md"), "wrong.md:5: titel: unknown field 'titel'"),
        (("--rubric", "none.md"), "no such file"),
        (("--swap", "label"), "did you mean 'labels'?"),
        (("--rubric", "private-facts", "--swap", "order"), "makes a list, which has no order"),
    ],
)
def test_a_mistake_is_one_clear_error(
    played: Path, server: MockServer, more: tuple[str, ...], said: str
) -> None:
    write(played, MINE.replace("title", "titel"), "wrong.md")
    done = typed("score", "quickstart", "--judge", f"openai/x@{server.base_url}", *more, cwd=played)
    done.fails(2, said)
    assert not (run_of(played).path / JUDGING).exists()


def test_swapping_needs_a_judge(played: Path) -> None:
    typed("score", "quickstart", "--swap", "labels", cwd=played).fails(2, "it is for a judge")


def test_a_file_is_checked_before_anything_is_asked(tmp_path: Path) -> None:
    write(tmp_path, MINE.replace("title: Mine", 'title: "[red]M\\u001b[31mine"'))
    done = typed("check", "mine.md", cwd=tmp_path)
    assert done.code == 0
    assert "[red]M\\x1b[31mine" in done.out
    assert "ok  loud" in done.out
    assert "Is the delegation for Tarsenia loud towards Velmora?" in done.out
    assert done.out.rstrip().endswith("track15 score RUN --judge PROVIDER/MODEL --rubric mine.md")
    (told,) = json.loads(typed("check", "mine.md", "--json", cwd=tmp_path).out)
    assert (told["kind"], told["measures"][0]) == ("rubric", "rubric_mine.loud_o")
    write(tmp_path, MINE.replace("{party} loud", "{prty} loud"))
    typed("check", "mine.md", cwd=tmp_path).fails(2, "mine.md:10", "did you mean {party}?")


def test_a_suite_may_ask_about_a_rubric(tmp_path: Path) -> None:
    suite = """\
id: words
title: Who gives ground in words
question: Does the unofficial side give ground in words?
scenarios: [opening]
arms:
  one: {track: "1"}
  other: {track: "1.5"}
contrasts:
  primary:
    name: ground
    treatment: other
    control: one
    measure: rubric_one_sidedness.ground
"""
    (tmp_path / "words.yaml").write_text(suite)
    done = typed("run", "words.yaml", "--limit", "2", "--display", "none", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "one-sidedness: ground" in done.out
    found = json.loads(typed("score", "words", "--json", cwd=tmp_path).out)
    assert found["primary"]["contrast"]["measure"] == "rubric_one_sidedness.ground"
    brief = found["all_measures"]["rubric_one_sidedness.ground"]["one"]
    assert brief["n"] == 0
    assert brief["missing"] > 0
    wrong = suite.replace("sidedness.ground", "sidedness.grund")
    (tmp_path / "words.yaml").write_text(wrong)
    typed("plan", "words.yaml", cwd=tmp_path).fails(2, "rubric_one_sidedness.ground")
