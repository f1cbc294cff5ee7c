"""What the commands show: names that can be typed, every call, and what became of the run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.registry import measures
from harness.files.catalogue import list_files
from harness.records.finished import Finished, Played
from harness.records.run import own_command
from harness.records.transcript import Call, Repair, Timing, VoidReason
from harness.records.writer import RunWriter
from harness.report.tables import print_table
from tests.support.command import track15
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, copies, deal, dialogue, make_run, make_suite


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


# --- F8: names stay whole -----------------------------------------------------------------------


@pytest.mark.kind("F8")
@pytest.mark.parametrize("columns", [40, 80, 100])
def test_names_in_lists_stay_whole(tmp_path: Path, scenario: Scenario, columns: int) -> None:
    model = "vllm/a-model-with-a-name"
    models = {"official": model, "unofficial": model}
    name = "fishing-incentives-8bf19570"
    played = [deal(scenario, "lean", MIDDLE)]
    games = {"small": scenario}
    run = make_run(tmp_path / "transcripts" / name, make_suite(), games, played, models=models)
    listed = track15("list", "runs", cwd=tmp_path, COLUMNS=str(columns)).out
    assert any(line.startswith(name) for line in listed.splitlines()) or columns == 40
    words = "".join(listed.split())
    assert words.count("a-model-with-a-name") == 1, "once, where both seats are the same"
    assert "2020-01-01" in listed
    assert "00:00+00" not in listed
    (row, *_) = json.loads(track15("list", "runs", "--json", cwd=tmp_path).out)
    assert row["run"] == name
    assert row["created"] == "2020-01-01T00:00:00+00:00"
    shown = track15("show", name, cwd=tmp_path, COLUMNS=str(columns)).out
    (key,) = run.index()
    assert key in shown.split()
    listed = track15("list", "measures", cwd=tmp_path, COLUMNS=str(columns)).out
    if columns >= 80:
        assert set(measures()) <= set(listed.split())
    listed = track15("list", "suites", cwd=tmp_path, COLUMNS=str(columns)).out
    assert {path.stem for path in list_files("suites") if len(path.stem) < 24} <= set(
        listed.split()
    )


def table(width: int, *rows: tuple[str, ...], **options: Any) -> list[str]:
    import io

    from rich.console import Console

    file = io.StringIO()
    headings = tuple(f"column {i}" for i in range(len(rows[0])))
    print_table(Console(file=file, width=width), headings, rows, **options)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.kind("F8")
def test_a_name_is_broken_between_its_parts_and_only_where_there_is_no_room() -> None:
    long = "an-arm-with-a-very-long-name-that-nobody-chose"
    prose = "words that can be broken anywhere between them"
    assert table(120, (long, prose))[1].startswith(long)
    lines = table(48, (long, prose))
    assert lines[1].startswith("an-arm-with-a-very-long-name-that- ")
    assert lines[2].startswith("nobody-chose ")
    whole = "ab12cd34ef56ab78cd90ef12ab34"
    assert table(40, (whole[:24], prose, prose))[1].startswith(whole[:24])


@pytest.mark.kind("F8")
def test_a_table_that_does_not_fit_is_wide_not_cut() -> None:
    names = tuple(f"name-number-{i}-of-six" for i in range(6))
    lines = table(40, names, names=range(6))
    assert lines[-1].split() == list(names)


# --- B1: every call -------------------------------------------------------------------------------


def call(index: int, seat: str, reply: str, prompt: tuple[str, ...], **more: Any) -> Call:
    settled = {"purpose": "move", "model": "openai/m", "finish_reason": "stop", **more}
    return Call(index=index, seat=seat, prompt=prompt, reply=reply, **settled)


@pytest.mark.kind("F10")
def test_every_call_is_shown_also_those_that_made_no_turn(
    tmp_path: Path, scenario: Scenario
) -> None:
    repairs = (Repair(error="no such option", call=1), Repair(error="not JSON", call=2))
    void = VoidReason(kind="reply", seat="u", detail="no usable reply", repairs=repairs)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    talks = played.body
    calls = (
        call(0, "o", '{"raw": "of the turn"}', ("aa",), how="schema"),
        call(1, "u", '{"raw": "option x"}', ("aa", "bb")),
        call(2, "u", "plain chatter", ("aa", "bb", "cc"), finish_reason="length"),
    )
    turn = replace(talks.turns[0], calls=(0,))
    talks = talks.model_copy(update={"turns": (turn,)})
    played = played.model_copy(update={"calls": calls, "body": talks})
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [], dialogues=1)
    texts = {"aa": ("system", "THE BRIEF"), "bb": ("user", "YOUR MOVE"), "cc": ("user", "AGAIN")}
    with RunWriter(run.path, run.info) as writer:
        timing = Timing(id=played.id, started="2020-01-01T00:00:00", seconds=0.0)
        writer.plan(played.episode)
        writer.append(Finished.of(Played(played, timing, texts)))
    shown = track15("show", run.path, played.id[:6], "--prompts", cwd=tmp_path)
    assert shown.code == 0, shown.err
    order = [
        "THE BRIEF",
        "reply to call 0 (move, by schema, finish reason stop), openai/m",
        '{"raw": "of the turn"}',
        "turn 0:",
        "that was not made",
        "YOUR MOVE",
        '{"raw": "option x"}',
        "unusable: no such option",
        "AGAIN",
        "finish reason length",
        "plain chatter",
        "unusable: not JSON",
        "Ending: void",
    ]
    places = [shown.out.find(text) for text in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert shown.out.count("THE BRIEF") == 1, "a message is shown once"
    plain = track15("show", run.path, played.id, cwd=tmp_path).out
    assert "unusable: not JSON" in plain
    assert "chatter" not in plain
    public = track15("show", run.path, played.id, "--public", cwd=tmp_path).out
    assert "not JSON" not in public
    track15("show", run.path, played.id, "--public", "--prompts", cwd=tmp_path).fails(2, "private")


@pytest.mark.kind("F9")
def test_an_unknown_arm_names_those_there_are(tmp_path: Path, scenario: Scenario) -> None:
    played = [deal(scenario, arm, MIDDLE) for arm in ("plain", "lean")]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    shown = track15("show", run.path, "--arm", "headline", cwd=tmp_path)
    shown.fails(1, "no dialogue of the arm 'headline'", "its arms: lean, plain")
    shown = track15("show", run.path, "--scenario", "fish", cwd=tmp_path)
    shown.fails(1, "no dialogue of the scenario 'fish'", "its scenarios: small")
    empty = make_run(tmp_path / "empty", make_suite(), {"small": scenario}, [])
    track15("show", empty.path, cwd=tmp_path).fails(1, "no dialogue yet", "track15 list runs")


@pytest.mark.kind("F10")
def test_a_reason_is_cut_between_words(tmp_path: Path, scenario: Scenario) -> None:
    detail = "no usable reply in 4 attempts; the last: You cannot reject now, " + "since " * 30
    void = VoidReason(kind="reply", seat="u", detail=detail)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    words = " ".join(track15("show", run.path, cwd=tmp_path, COLUMNS="200").out.split())
    assert "the last: You cannot reject now, since since since since since since… " in words


# --- F10: what became of the run ------------------------------------------------------------------


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
    done = track15(command, run.path, cwd=tmp_path)
    assert done.code == 100
    assert "lean 8 of 12 (67%). --max-void allows 50%." in done.err
    assert "Void: 8 of 16 (plain 0 of 4, lean 8 of 12)." in done.out
    answer = " ".join(done.out.split())
    assert answer.index("Void: 8 of 16") < answer.index("lean and plain average the same")
    assert "Void rates differ between arms (lean 8 of 12, plain 0 of 4)." in answer
    assert track15(command, run.path, "--max-void", "0.67", cwd=tmp_path).code == 0
    strict = track15(command, run.path, "--max-void", "0", "--json", cwd=tmp_path)
    assert strict.code == 100
    document = json.loads(strict.out)
    assert document["account"]["arms"]["lean"]["void"] == 8
    track15(command, run.path, "--max-void", "2", cwd=tmp_path).fails(2, "--max-void")
    page = (run.path / "report.html").read_text()
    assert page.index("Void: 8 of 16") < page.index('class="answer"')
    assert page.index("Many dialogues are void (lean 67%)") < page.index('class="answer"')


@pytest.mark.kind("F10")
def test_what_a_limit_cuts_is_said(tmp_path: Path) -> None:
    run = ("run", "quickstart", "--scenario", "opening", "--scenario", "fair", "--epochs", "2")
    cut = "--limit cut 12 dialogues of the suite, and 1 scenario whole: fair."
    planned = track15("plan", *run[1:], "--limit", "4", cwd=tmp_path)
    assert cut in " ".join(planned.out.split())
    assert "4 dialogues on 1 scenario." in planned.out
    done = track15(*run, "--limit", "4", cwd=tmp_path)
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "4 of 4 planned dialogues played." in said
    assert cut in said
    document = json.loads(track15("report", "--json", cwd=tmp_path).out)["account"]
    assert (document["planned"], document["cut_by_limit"]) == (4, 12)
    assert document["cut_scenarios"] == ["fair"]
    uncut = track15(*run, "--limit", "16", cwd=tmp_path)
    assert "--limit" not in uncut.out


# --- X3: a stranger's command ---------------------------------------------------------------------


@pytest.mark.kind("X3")
@pytest.mark.parametrize(
    ("recorded", "offered"),
    [
        ("track15 run quickstart --limit 6", "track15 run quickstart --limit 6"),
        (".venv/bin/track15 run mine.yaml", "track15 run mine.yaml"),
        ("/home/theirs/track15 run mine.yaml", "track15 run mine.yaml"),
        ("track15 run 'a b; rm -rf ~'", "track15 run 'a b; rm -rf ~'"),
        ("track15 run x; rm -rf ~", "track15 run 'x;' rm -rf '~'"),
        ("track15 run x $(reboot)", "track15 run x '$(reboot)'"),
        ("track15; reboot", None),
        ("rm -rf ~", None),
        ("track15 run x\nreboot", None),
        ("track15 run x\x1b[8m; reboot", None),
        ("track15 run x \u202e", None),
        ("track15 run x --delegation unofficial=evil.py:X", None),
        ("track15 score", None),
        ("track15 run 'x", None),
        ("", None),
    ],
)
def test_a_recorded_command_is_offered_only_when_it_is_harmless(
    recorded: str, offered: str | None
) -> None:
    assert own_command(recorded) == (offered or "")
