"""``report``: where the page may go, and when a run is scored for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.report import _refuse
from harness.errors import UsageError
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import MIDDLE, copies, deal, dialogue, make_run, make_suite, score


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    scenario = small(tmp_path)
    played = deal(scenario, "lean", MIDDLE)
    path = tmp_path / "transcripts" / "hand-made-0"
    scores = [score(played, "settlement.skew", 0.625)]
    return make_run(path, make_suite(), {"small": scenario}, [played], scores)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of :func:`harness.cli.measuring.measure`, which does the work."""
    found: list[dict[str, Any]] = []

    def measure(path: Path, **how: Any) -> int:
        found.append({"path": path, **how})
        return 100

    monkeypatch.setattr("harness.cli.measuring.measure", measure)
    return found


# --- where the page may go ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["run.json", "plan.jsonl", "transcripts.jsonl", "new.json", ".lock"]
)
def test_the_page_takes_no_place_of_the_record(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"the page would overwrite the run's {name}") as no:
        _refuse(tmp_path / name, tmp_path, as_json=False)
    assert (no.value.where, no.value.fix) == ("--out", "name another file")


def test_a_link_to_the_record_is_the_record(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "page.html").symlink_to(run / "run.json")
    with pytest.raises(UsageError, match=r"run's run\.json"):
        _refuse(tmp_path / "page.html", run, as_json=False)


def test_the_page_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"there is no folder '{tmp_path / 'none'}'") as no:
        _refuse(tmp_path / "none" / "page.html", tmp_path, as_json=False)
    assert no.value.fix == "make it first"


def test_one_stream_takes_one_document(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot both go to stdout") as no:
        _refuse(Path("-"), tmp_path, as_json=True)
    assert no.value.fix == "leave out --json, or name a file"


def test_any_other_place_will_do(tmp_path: Path) -> None:
    _refuse(Path("-"), tmp_path, as_json=False)
    for place in (tmp_path / "report.html", tmp_path / "notes.txt", tmp_path.parent / "run.json"):
        _refuse(place, tmp_path, as_json=True)


# --- the command ----------------------------------------------------------------------------------


def test_the_latest_run_is_reported_and_the_exit_code_passed_on(
    tmp_path: Path, run: RunFolder, asked: list[dict[str, Any]]
) -> None:
    assert typed("report", cwd=tmp_path).code == 100
    assert asked == [
        {
            "path": Path("transcripts/hand-made-0"),
            "as_json": False,
            "rescore": False,
            "evaluators": (),
            "out": None,
            "max_void": 0.5,
            "anchor": None,
            "calibrations": (),
        }
    ]


def test_a_run_is_scored_where_it_is_not_and_where_another_evaluator_is_named(
    tmp_path: Path, run: RunFolder, asked: list[dict[str, Any]]
) -> None:
    typed("report", run.path, "--evaluator", "mine.py:Mine", cwd=tmp_path)
    (run.path / SCORES).unlink()
    typed("report", run.path, "--json", "--max-void", "0.1", cwd=tmp_path)
    assert [(one["rescore"], one["evaluators"]) for one in asked] == [
        (True, ("mine.py:Mine",)),
        (True, ()),
    ]
    assert (asked[1]["as_json"], asked[1]["max_void"]) == (True, 0.1)


def test_a_refused_place_is_wrong_usage_and_nothing_is_done(
    tmp_path: Path, run: RunFolder, asked: list[dict[str, Any]]
) -> None:
    out = run.path / "run.json"
    typed("report", run.path, "--out", out, cwd=tmp_path).fails(
        2, "--out: the page would overwrite"
    )
    assert asked == []
    typed("report", run.path, "--out", "-", cwd=tmp_path)
    assert asked[0]["out"] == Path("-")


def test_no_such_run_is_named(played: Path) -> None:
    typed("report", ".", cwd=played).fails(1, "no run.json")


def test_the_page_can_go_elsewhere(played: Path) -> None:
    done = typed("report", "latest", "--out", "elsewhere.html", cwd=played)
    assert done.code == 0
    assert "elsewhere.html" in done.err
    assert "Dovania" in (played / "elsewhere.html").read_text()


# --- what is reported ---------------------------------------------------------------------------


def test_an_arm_that_signs_nothing_is_reported_as_a_fall_in_agreement(tmp_path: Path) -> None:
    """In the terminal, in the JSON document and on the page alike, by one command each."""
    games = copies(small(tmp_path), 6)
    played = [deal(game, "plain", MIDDLE) for game in games.values()]
    played += [dialogue(game, "lean", [("o", "walk_out")]) for game in games.values()]
    path = tmp_path / "run"
    make_run(path, make_suite(), games, played)
    (path / SCORES).unlink()
    told = typed("report", path, cwd=tmp_path)
    assert told.code == 0, told.err
    words = " ".join(told.out.split())
    agreement = "Agreement is lower in lean (0 of 6 talks ended in a deal) than in plain (6 of 6)"
    assert agreement in words
    assert "no effect" not in words.lower()
    assert "lean 0/6 −0.20 ±0.00 — 0/0 0.00" in words
    assert "difference −100 pp" in words
    document = json.loads(typed("report", path, "--json", cwd=tmp_path).out)
    assert agreement in document["answer"]
    (difference,) = document["two_part"]["differences"]
    assert difference["parts"]["agreement"]["estimate"] == -1
    assert difference["parts"]["skew_given_deal"]["estimate"] is None
    lean = next(arm for arm in document["arms"] if arm["arm"] == "lean")
    assert lean["measures"]["acceptability.signable"]["mean"] == 0
    assert lean["measures"]["acceptability.all_accept"]["mean"] is None
    page = (path / "report.html").read_text(encoding="utf-8")
    assert agreement in page
    assert "no deal enters at skew −0.20" in page


def test_sizes_of_readers_are_corrected_by_a_file_of_answers(
    chain_run: Path, tmp_path: Path
) -> None:
    scenario = RunFolder(chain_run).info.scenarios["supply"]
    lines = ["scenario,issue,option,party,before,after,arm"]
    for issue in scenario.issues:
        option = issue.options[0].id
        lines.append(f"supply,{issue.id},{option},{scenario.seats.u},50,40,chain")
    answers = tmp_path / "answers.csv"
    answers.write_text("\n".join(lines) + "\n")
    page = tmp_path / "page.html"
    command = ("report", chain_run, "--human-anchor", answers, "--out", page, "--json")
    done = typed(*command, cwd=tmp_path)
    assert done.code == 0, done.err
    anchored = json.loads(done.out)["anchored"]
    assert {(one["arm"], one["direction"]) for one in anchored} >= {("chain", "cheaper")}
    assert "How far readers were moved" in page.read_text()


def test_a_file_of_answers_that_is_wrong_names_its_line(chain_run: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("scenario,issue,option,party,before,after\nsupply,a,b,c,50,400\n")
    done = typed("report", chain_run, "--human-anchor", answers, cwd=tmp_path)
    done.fails(2, "answers.csv:2: after is '400'")
    plain = make_run(tmp_path / "plain", make_suite(), copies(small(tmp_path), 1), [])
    refused = typed("report", plain.path, "--human-anchor", answers, cwd=tmp_path)
    refused.fails(2, "no reader was asked again in this run")
