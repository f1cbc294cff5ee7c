"""``list``, ``plan``, ``show``, ``score`` and ``report`` on a run that was played."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.evaluators.registry import builtin, measures
from harness.files.catalogue import list_files
from tests.support.command import track15


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("played")
    done = track15("run", "quickstart", "--scenario", "opening", "--epochs", "1", cwd=cwd)
    assert done.code == 0, done.err
    return cwd


@pytest.fixture
def cwd(played: Path, tmp_path: Path) -> Path:
    shutil.copytree(played, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    "what", ["suites", "scenarios", "tracks", "mechanisms", "tactics", "measures", "runs"]
)
def test_everything_can_be_listed(cwd: Path, what: str) -> None:
    shown = track15("list", what, cwd=cwd)
    rows = json.loads(track15("list", what, "--json", cwd=cwd).out)
    assert shown.code == 0
    assert rows
    assert not any("unusable:" in str(row) for row in rows)
    first = next(iter(rows[0].values()))
    assert first.split(" ")[0] in shown.out


def test_every_measure_is_listed(cwd: Path) -> None:
    rows = json.loads(track15("list", "measures", "--json", cwd=cwd).out)
    found = {row["measure"]: row["definition"] for row in rows}
    known = measures(builtin())
    assert found == {name: measure.definition for name, measure in known.items()}


def test_every_shipped_suite_can_be_planned(cwd: Path) -> None:
    for path in list_files("suites"):
        plan = json.loads(track15("plan", path.stem, "--json", cwd=cwd).out)
        assert plan["dialogues"] > 0
        assert plan["calls"] == 0
    model = ("--model", "openai/x@http://127.0.0.1:9/v1")
    costed = track15("plan", "quickstart", *model, cwd=cwd)
    assert costed.code == 0, costed.err
    assert "model calls" in costed.out
    assert "Smallest detectable difference" in costed.out


def test_dialogues_are_listed_filtered_and_read(cwd: Path) -> None:
    listed = track15("show", cwd=cwd)
    assert listed.out.count("opening") == 4
    only = track15("show", "latest", "--arm", "track-1.5", "--outcome", "deal", cwd=cwd)
    assert only.out.count("track-1.5") == 2
    said = track15("show", "--grep", "WE HAVE LISTENED", cwd=cwd)
    assert said.code == 0
    ids = [json.loads(line)["id"] for line in track15("show", "--json", cwd=cwd).out.splitlines()]
    read = track15("show", "quickstart", ids[0][:8], cwd=cwd)
    assert read.code == 0
    assert "Round 1" in read.out
    assert "(private)" in read.out
    assert "Ending:" in read.out
    public = track15("show", "quickstart", ids[0], "--public", cwd=cwd)
    assert "(private)" not in public.out


def test_all_scores_of_a_dialogue_are_shown(cwd: Path) -> None:
    key = json.loads(track15("show", "--json", cwd=cwd).out.splitlines()[0])["id"]
    read = track15("show", "quickstart", key[:8], "--scores", cwd=cwd)
    assert read.code == 0, read.err
    scores = json.loads(track15("show", "quickstart", key, "--scores", "--json", cwd=cwd).out)
    assert [score["evaluator"] for score in scores] == [one.name for one in builtin()]
    assert {score["id"] for score in scores} == {key}
    lines = read.out.splitlines()
    for score in scores:
        for name, value in score["values"].items():
            (line,) = [one for one in lines if one.startswith(f"{score['evaluator']}.{name} ")]
            if value is None:
                assert line.split()[1] == "—"
            elif isinstance(value, bool):
                assert line.split()[1] == ("yes" if value else "no")
    assert "kind of void: not void" in read.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "latest", "--scores"], ["scores are shown of one dialogue", "name it"]),
        (["show", "latest", "0", "--scores", "--public"], ["leave out --scores or --public"]),
        (["show", "latest", "0", "--scores", "--prompts"], ["leave out --scores or --prompts"]),
    ],
)
def test_scores_are_of_one_dialogue(cwd: Path, arguments: list[str], words: list[str]) -> None:
    track15(*arguments, cwd=cwd).fails(2, *words)


def test_a_dialogue_that_is_not_scored_says_so(cwd: Path) -> None:
    (scores,) = cwd.glob("transcripts/quickstart-*/scores.jsonl")
    key = json.loads(scores.read_text().splitlines()[0])["id"]
    scores.unlink()
    track15("show", "latest", key, "--scores", cwd=cwd).fails(1, "is not scored", "track15 score")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "nothing"], ["no run 'nothing'", "known:"]),
        (["show", "latst"], ["no run 'latst'", "did you mean 'latest'?"]),
        (["show", "latest", "zzzz"], ["no dialogue"]),
        (["show", "latest", "--grep", "unobtainium"], ["no dialogue fits"]),
        (["score", "nothing"], ["no run 'nothing'"]),
        (["report", "."], ["no run.json"]),
    ],
)
def test_what_is_not_there_is_named(cwd: Path, arguments: list[str], words: list[str]) -> None:
    track15(*arguments, cwd=cwd).fails(1, *words)


def test_no_run_yet_reads_the_shipped_example(tmp_path: Path) -> None:
    assert "opening" in track15("show", cwd=tmp_path).out


def test_scores_can_be_redone_with_an_evaluator_of_ones_own(cwd: Path) -> None:
    (cwd / "mine.py").write_text(
        "from harness.evaluators.base import Found, Measure\n"
        "class Length:\n"
        "    name = 'length'\n"
        "    version = 1\n"
        "    measures = (Measure(name='turns', title='turns', definition='number', range='0..',\n"
        "                        undefined='never'),)\n"
        "    def score(self, case):\n"
        "        found = Found()\n"
        "        found.put('turns', len(case.talks.turns))\n"
        "        return found\n"
    )
    done = track15("score", "latest", "--evaluator", "mine.py:Length", cwd=cwd)
    assert done.code == 0, done.err
    (scores,) = cwd.glob("transcripts/*/scores.jsonl")
    rows = [json.loads(line) for line in scores.read_text().splitlines()]
    own = [row for row in rows if row["evaluator"] == "length"]
    assert len(own) == 4
    assert all(row["values"]["turns"] > 2 for row in own)
    assert len(rows) == 4 * 7, "what the others found stays"
    assert "6/6" not in done.out
    assert track15("report", cwd=cwd).out == done.out
    assert track15("score", cwd=cwd).code == 0
    assert len(scores.read_text().splitlines()) == 4 * 6


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("setlement", "", "settlement"),
        ("none.py:X", "", "no such file"),
        ("bad.py:X", "1/0", "ZeroDivisionError"),
        ("bad.py:X", "Y = 1", "'X'"),
        ("bad.py:X", "X = 1", "evaluator"),
    ],
)
def test_an_unusable_evaluator_is_named(cwd: Path, name: str, text: str, word: str) -> None:
    (cwd / "bad.py").write_text(text)
    track15("score", "latest", "--evaluator", name, cwd=cwd).fails(2, word)


def test_the_page_can_go_elsewhere(cwd: Path) -> None:
    done = track15("report", "latest", "--out", "elsewhere.html", cwd=cwd)
    assert done.code == 0
    assert "elsewhere.html" in done.err
    assert "Dovania" in (cwd / "elsewhere.html").read_text()
