"""What is said of a run that was measured, and with which exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.checks import CheckResult
from harness.analysis.findings import Findings, find
from harness.app.measuring import Measured
from harness.cli.measuring import announce, measure, to_paste
from harness.disputes.scenario import Scenario
from harness.evaluators.base import rubric_of
from harness.evaluators.registry import builtin
from harness.records.reader import RunFolder
from harness.records.spec import TALKS
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import MIDDLE, copies, deal, dialogue, make_run, make_suite

RUN = Path("transcripts/hand-made-0")
VOID = VoidReason(kind="reply", seat="u", detail="nothing usable")
BROKEN = VoidReason(kind="endpoint", seat="u", detail="no answer")


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """The small dispute, in the current folder; the program is called as it is installed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["track15"])
    return small(tmp_path)


def run_of(scenario: Scenario, *voids: VoidReason | None, **more: Any) -> RunFolder:
    """A run with as many dialogues of ``lean``, void or a deal."""
    played = [
        dialogue(scenario, "lean", [("o", MIDDLE)], epoch=epoch, void=void)
        if void
        else deal(scenario, "lean", MIDDLE, epoch=epoch)
        for epoch, void in enumerate(voids, 1)
    ]
    return make_run(RUN, make_suite(), {"small": scenario}, played, [], **more)


def announced(run: RunFolder, findings: Findings | None = None, **more: Any) -> int:
    how = {"page": RUN / "report.html", "as_json": False, "retry_hint": None, **more}
    return announce(run, findings or find(run, builtin()), **how)


# --- what is said ---------------------------------------------------------------------------------


def test_the_answer_is_on_stdout_and_what_comes_next_on_stderr(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    assert announced(run_of(scenario, None)) == 0
    out, err = capsys.readouterr()
    assert "Does the second arm lean?" in out
    assert err.splitlines() == [
        "",
        "Transcripts: transcripts/hand-made-0",
        "Report:      transcripts/hand-made-0/report.html",
        "",
        "Next:",
        f"  {'track15 show hand-made-0 --worst 1':<44}  the most one-sided dialogue, in its words",
        f"  {'track15 view hand-made-0':<44}  all of it in a browser, on this machine alone",
        f"  {'track15 list':<44}  other suites, scenarios, tracks and measures",
        "  track15 run hand-made --model openai/MODEL@http://127.0.0.1:8000/v1",
        "      the same with a language model",
    ]


def test_a_run_of_a_model_is_offered_none(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    announced(run_of(scenario, None, models={"official": "openai/m"}), page=None)
    err = capsys.readouterr().err
    assert "--model" not in err
    assert "Report:" not in err, "there is none"


def test_a_run_elsewhere_is_named_by_its_path(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    run_of(scenario, None)
    RUN.parent.rename("my runs")
    announced(RunFolder(Path("my runs/hand-made-0")))
    assert "  track15 show 'my runs/hand-made-0' " in capsys.readouterr().err


def test_the_answer_steps_aside_for_the_page(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    announced(run_of(scenario, None), page=Path("-"), aside=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Does the second arm lean?" in err
    assert "Report:" not in err, "it is no file"


def test_json_is_one_document_and_nothing_else(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of(scenario, None, dialogues=3)
    findings = find(run, builtin())
    assert announced(run, findings, as_json=True, left_out=["mine.py:Mine"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "run": "transcripts/hand-made-0",
        "missing": 2,
        "left_out": ["mine.py:Mine"],
        **json.loads(json.dumps(findings.as_json())),
    }
    assert err == "2 of 3 dialogues are missing\n"


@pytest.mark.parametrize(
    ("command", "offered"),
    [
        ("track15 run mine.yaml --limit 6", "track15 run mine.yaml --limit 6"),
        ("track15 run mine.yaml; reboot", "track15 run 'mine.yaml;' reboot"),
        ("reboot", "track15 run SUITE"),
    ],
)
def test_a_command_is_offered_as_it_may_be_pasted(
    scenario: Scenario, command: str, offered: str
) -> None:
    assert to_paste(run_of(scenario, command=command).info) == offered


# --- the exit code --------------------------------------------------------------------------------


def test_what_is_missing_is_told_with_what_to_type(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of(scenario, None, BROKEN)
    assert announced(run, retry_hint="track15 run hand-made") == 1
    said = "1 of 2 dialogues is missing; to play it, type: track15 run hand-made"
    assert capsys.readouterr().err.splitlines()[-1] == said


@pytest.mark.parametrize(
    ("voids", "allowed", "code"),
    [
        ((None, VOID), None, 0),
        ((None, VOID), 0.5, 0),
        ((None, VOID, VOID), 0.5, 100),
        ((None, VOID), 0.4, 100),
        ((None, VOID), 0.0, 100),
        ((None,), 0.0, 0),
        ((VOID, BROKEN), 0.0, 1),
    ],
)
def test_more_voids_than_may_be_are_a_check_that_does_not_hold(
    scenario: Scenario, voids: tuple[VoidReason | None, ...], allowed: float | None, code: int
) -> None:
    assert announced(run_of(scenario, *voids), max_void=allowed) == code


def test_too_many_voids_are_told_by_arm_and_how_to_read_them(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    announced(run_of(scenario, None, VOID, VOID), max_void=0.25)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Too many dialogues are void: lean 2 of 3 (67%). --max-void allows 25%. "
        "To see why, type: track15 show hand-made-0 --outcome void"
    )


@pytest.mark.parametrize(("held", "code"), [(True, 0), (False, 100)])
def test_a_check_that_does_not_hold_leaves_with_100(
    scenario: Scenario, held: bool, code: int
) -> None:
    run = run_of(scenario, None)
    check = CheckResult(
        name="null",
        arm="lean",
        measure="settlement.skew",
        bound="at most 0",
        value=0.1,
        n=1,
        missing=0,
        held=held,
        problem="" if held else "it is above",
        why="nothing should lean",
    )
    findings = find(run, builtin()).model_copy(update={"checks": (check,)})
    assert announced(run, findings) == code


# --- what is done ---------------------------------------------------------------------------------


def test_what_is_asked_for_is_done_and_what_was_left_out_told(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def measured(folder: RunFolder, **how: Any) -> Measured:
        asked.update(how, path=folder.path)
        how["notify"]("one thing is left out")
        return Measured(find(folder, builtin()), None, ("mine.py:Mine",))

    monkeypatch.setattr("harness.app.measuring.measure", measured)
    run = run_of(scenario, None, VOID)
    wanted: dict[str, Any] = {
        "rescore": False,
        "evaluators": ("a",),
        "only": True,
        "page": False,
        "out": Path("x.html"),
    }
    assert measure(run.path, as_json=True, max_void=0.1, **wanted) == 100
    assert {name: asked[name] for name in (*wanted, "path")} == {**wanted, "path": run.path}
    out, err = capsys.readouterr()
    assert json.loads(out)["left_out"] == ["mine.py:Mine"]
    assert err.splitlines()[0] == "one thing is left out"


def test_scores_can_be_redone_with_an_evaluator_of_ones_own(played: Path) -> None:
    (played / "mine.py").write_text(
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
    done = typed("score", "latest", "--evaluator", "mine.py:Length", cwd=played)
    assert done.code == 0, done.err
    (scores,) = played.glob("transcripts/*/scores.jsonl")
    rows = [json.loads(line) for line in scores.read_text().splitlines()]
    own = [row for row in rows if row["evaluator"] == "length"]
    assert len(own) == 4
    assert all(row["values"]["turns"] > 2 for row in own)
    # The run has no other stages, and nobody has judged it.
    ours = sum(one.kind == TALKS and rubric_of(one) is None for one in builtin())
    assert len(rows) == 4 * (ours + 1), "what the others found stays"
    assert "6/6" not in done.out
    assert typed("report", cwd=played).out == done.out
    assert typed("score", cwd=played).code == 0
    assert len(scores.read_text().splitlines()) == 4 * ours


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
def test_an_unusable_evaluator_is_named(played: Path, name: str, text: str, word: str) -> None:
    (played / "bad.py").write_text(text)
    typed("score", "latest", "--evaluator", name, cwd=played).fails(2, word)


def test_the_page_can_be_left_out(played: Path) -> None:
    few = ("--scenario", "opening", "--epochs", "1", "--limit", "2", "--log-dir", "few")
    run = typed("run", "quickstart", *few, "--no-report", cwd=played)
    (page,) = played.glob("transcripts/*/report.html")
    page.write_text("as it was")
    scored = typed("score", "--no-report", cwd=played)
    for done in (run, scored):
        assert done.code == 0, done.err
        assert "instrument" in done.out
        assert "Transcripts:" in done.err
        assert "Report:" not in done.err
    assert list(played.glob("few/*/scores.jsonl"))
    assert not list(played.glob("few/*/report.html"))
    assert page.read_text() == "as it was"


def test_no_such_run_is_named(played: Path) -> None:
    typed("score", "nothing", cwd=played).fails(1, "no run 'nothing'")


@pytest.mark.kind("F10")
@pytest.mark.parametrize("command", ["report", "score"])
def test_more_voids_than_may_be_fail_a_pipeline(
    tmp_path: Path, scenario: Scenario, command: str
) -> None:
    void = VoidReason(kind="reply", seat="u", detail="nothing usable")
    games = copies(scenario, 4)
    played = [deal(game, arm, MIDDLE) for game in games.values() for arm in ("plain", "lean")]
    for epoch in (2, 3):
        played += [
            dialogue(game, "lean", [("o", MIDDLE)], epoch=epoch, void=void)
            for game in games.values()
        ]
    run = make_run(tmp_path / "run", make_suite(), games, played)
    done = typed(command, run.path, cwd=tmp_path)
    assert done.code == 100
    assert "lean 8 of 12 (67%). --max-void allows 50%." in done.err
    assert "Void: 8 of 16 (plain 0 of 4, lean 8 of 12)." in done.out
    answer = " ".join(done.out.split())
    assert answer.index("Void: 8 of 16") < answer.index("lean and plain average the same")
    assert "Void rates differ between arms (lean 8 of 12, plain 0 of 4)." in answer
    assert typed(command, run.path, "--max-void", "0.67", cwd=tmp_path).code == 0
    strict = typed(command, run.path, "--max-void", "0", "--json", cwd=tmp_path)
    assert strict.code == 100
    document = json.loads(strict.out)
    assert document["account"]["arms"]["lean"]["void"] == 8
    typed(command, run.path, "--max-void", "2", cwd=tmp_path).fails(2, "--max-void")
    page = (run.path / "report.html").read_text()
    assert page.index("Void: 8 of 16") < page.index('class="answer"')
    assert page.index("Many dialogues are void (lean 67%)") < page.index('class="answer"')


def test_an_interrupted_scoring_says_what_to_type(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Measured:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.app.measuring.measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        measure(run_of(scenario, None, VOID).path)
    said = capsys.readouterr().err
    assert "All finished dialogues are kept." in said
    assert re.search(r"type: track15 report \S", said.replace("\n", " "))
