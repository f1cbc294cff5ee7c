"""The answer at the terminal: first, plain, within 80 columns, and no traceback when cut off."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from harness.analysis.findings import Findings, find
from harness.analysis.instruments import INSTRUMENT
from harness.disputes.scenario import Scenario, Twin
from harness.records.reader import RunFolder
from harness.records.served import Served
from harness.records.transcript import VoidReason
from harness.report.page import render
from harness.report.terminal import print_findings
from harness.report.wording import MISSING
from tests.support.disputes import small
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    copies,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def run_of(path: Path, scenario: Scenario, **fields: object) -> RunFolder:
    """Three games in two arms, one void, and a third arm that was never played."""
    arms = {
        "plain": {"track": "1"},
        "lean": {"track": "1.5", "title": "the [bold]leaning[/bold] arm"},
        "an-arm-with-a-very-long-name-that-nobody-should-have-chosen": {"track": "2"},
    }
    checks = [
        {"name": "lean leans", "arm": "lean", "measure": "settlement.skew", "min": 0.1},
        {"name": "plain leans", "arm": "plain", "measure": "settlement.skew", "min": 0.1},
        {"name": "plain errs", "arm": "plain", "measure": "settlement.over_agreement", "max": 0},
    ]
    suite = make_suite(**{"arms": arms, "checks": checks, **fields})
    games = copies(scenario, 3)
    played = [deal(g, "lean", LOPSIDED) for g in games.values()]
    played += [deal(g, "plain", MIDDLE) for g in games.values()]
    void = VoidReason(kind="reply", seat="u", detail="[red]no usable reply[/red]")
    played.append(dialogue(games["game-1"], "lean", [("o", MIDDLE)], epoch=2, void=void))
    return make_run(path, suite, games, played)


def printed(findings: Findings, **settings: object) -> str:
    file = io.StringIO()
    print_findings(findings, Console(file=file, width=80, highlight=False, **settings))  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.kind("F10")
def test_caveat_question_and_what_became_of_the_run_come_before_the_answer(
    tmp_path: Path, scenario: Scenario
) -> None:
    findings = find(run_of(tmp_path / "run", scenario))
    words = " ".join(printed(findings).split())
    account = (
        "7 of 7 planned dialogues played. Deals: 6 of 6. Void: 1 of 7 (plain 0 of 3, lean 1 of 4)."
    )
    warnings = " ".join(findings.account.warnings(findings.answer))
    assert words.startswith(
        f"{INSTRUMENT} {findings.question} {account} {warnings} {findings.answer}"
    )


def test_fits_80_columns_without_escape_codes(tmp_path: Path, scenario: Scenario) -> None:
    text = printed(find(run_of(tmp_path / "run", scenario)))
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_a_terminal_gets_the_same_words_in_colour(tmp_path: Path, scenario: Scenario) -> None:
    findings = find(run_of(tmp_path / "run", scenario))
    coloured = printed(findings, force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert findings.question.split()[0] in coloured


def test_table_of_arms(tmp_path: Path, scenario: Scenario) -> None:
    lines = printed(find(run_of(tmp_path / "run", scenario))).splitlines()
    lean = next(line for line in lines if line.startswith("lean  "))
    assert lean.split() == ["lean", "4", "0/3", "1.0", "/", "0.0", "1"]
    plain = next(line for line in lines if line.startswith("plain  "))
    assert plain.split() == ["plain", "3", "0/3", "0.0", "/", "0.0", "0"]
    never = next(line for line in lines if line.startswith("an-arm"))
    assert never.split()[1:] == ["0", MISSING, MISSING, "/", MISSING, "0"]


def test_agreement_and_terms_come_before_the_rest(tmp_path: Path, scenario: Scenario) -> None:
    lines = printed(find(run_of(tmp_path / "run", scenario))).splitlines()
    title = next(line for line in lines if line.startswith("all scenarios (3)"))
    assert title.split()[-1] == "−0.20…+0.16"
    lean = next(line for line in lines if line.startswith("  lean "))
    terms = ["+0.45", "±0.00", "+0.45", "±0.00", "+75/−30", "+2.25", "0.00"]
    assert lean.split() == ["lean", "3/3", *terms]
    difference = next(line for line in lines if line.startswith("  difference "))
    assert difference.split()[:3] == ["difference", "0", "pp"]
    never = next(line for line in lines if line.startswith("  an-arm"))
    assert set(never.split()[1:]) == {MISSING}
    places = [lines.index(line) for line in (title, lean, difference)]
    assert places == sorted(places)
    assert places[-1] < next(i for i, line in enumerate(lines) if line.startswith("lean  "))


def test_another_measure_than_skew_stands_in_the_table_of_arms(
    tmp_path: Path, scenario: Scenario
) -> None:
    asked = {"name": "turns", "measure": "process.turns", "treatment": "lean", "control": "plain"}
    findings = find(run_of(tmp_path / "run", scenario, contrasts={"primary": asked}))
    lines = printed(findings).splitlines()
    lean = next(line for line in lines if line.startswith("lean  "))
    assert lean.split() == ["lean", "4", "+2.00", "±0.00", "0/3", "1.0", "/", "0.0", "1"]


def test_checks_voids_and_markup(tmp_path: Path, scenario: Scenario) -> None:
    text = printed(find(run_of(tmp_path / "run", scenario)))
    words = " ".join(text.split())
    assert "Checks: 2 of 3 do not hold" in words
    assert "✓ lean leans" in words
    assert "✗ plain leans (plain, skew to the official seat: 0.000 is below 0.100)" in words
    assert "✗ plain errs" in words
    assert "cannot be computed" in words
    assert "1 void by seat u" in words
    assert "[red]no usable reply[/red]" in words


def test_a_check_says_how_many_values_have_no_twin(tmp_path: Path, scenario: Scenario) -> None:
    checks = [{"name": "even", "arm": "lean", "measure": "settlement.skew", "max": 0.05}]
    suite = make_suite(checks=checks, twins=["none", "seats"], epochs=2)
    values = {(Twin.NONE, 1): 0.4, (Twin.NONE, 2): 0.4, (Twin.SEATS, 1): -0.4}
    played = {at: deal(scenario, "lean", MIDDLE, twin=at[0], epoch=at[1]) for at in values}
    scores = [score(played[at], "settlement.skew", value) for at, value in values.items()]
    run = make_run(tmp_path / "run", suite, {"small": scenario}, played.values(), scores)
    words = " ".join(printed(find(run)).split())
    assert "at most 0.050 (1 dialogue left out, whose twin has no value)" in words
    assert "<small>1 left out, whose twin has no value</small>" in render(run, find(run))


def test_secondary_and_mechanisms(tmp_path: Path, scenario: Scenario) -> None:
    contrasts = {
        "primary": {"name": "first", "treatment": "lean", "control": "plain"},
        "secondary": [
            {"name": "Prestige alone", "treatment": "pride", "control": "plain"},
            {
                "name": "Gains",
                "treatment": "lean",
                "control": "plain",
                "measure": "settlement.gain_u",
            },
        ],
    }
    arms = {
        "plain": {"track": "1"},
        "pride": {"track": "1", "with": ["prestige"]},
        "lean": {"track": "1.5"},
    }
    suite = make_suite(arms=arms, contrasts=contrasts)
    games = copies(scenario, 2)
    packages = {"plain": MIDDLE, "pride": MIDDLE, "lean": LOPSIDED}
    played = [deal(g, arm, packages[arm]) for g in games.values() for arm in arms]
    text = printed(find(make_run(tmp_path / "run", suite, games, played)))
    words = " ".join(text.split())
    assert "Gains gain of the other seat's principal −0.60 ±0.00 not shown" in words
    assert "deal prestige (C5) 0.00 ±0.00 0 — —" in words
    assert "Prestige alone" not in words  # it stands in the table of mechanisms


def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path: Path, scenario: Scenario) -> None:
    run = run_of(tmp_path / "run", scenario)
    command = [sys.executable, "-m", "harness.cli.main", "report", str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert "Traceback" not in errors
    assert "BrokenPipe" not in errors


def test_who_served_is_said_and_that_it_was_more_than_one(
    tmp_path: Path, scenario: Scenario
) -> None:
    folder = run_of(tmp_path / "run", scenario)
    first = Served(since="2026-01-01T00:00:00+00:00", model="m", quantization="Q4_K_M")
    second = Served(since="2026-01-02T00:00:00+00:00", model="m\x1b[31m")
    folder.info = folder.info.model_copy(update={"served": {"vllm/m": (first, second)}})
    findings = find(folder)
    words = " ".join(printed(findings).split())
    warning = (
        "More than one model served vllm/m, and all its dialogues are counted together: "
        "from 2026-01-01T00:00:00+00:00: m, Q4_K_M; from 2026-01-02T00:00:00+00:00: m\\x1b[31m."
    )
    assert warning in words
    assert words.index(warning) < words.index(findings.answer)
    assert "vllm/m served: m\\x1b[31m." in words
    whole = findings.as_json()
    assert any(text.startswith("More than one model") for text in whole["account"]["warnings"])
    assert whole["served"] == ["vllm/m served: m\x1b[31m."]
    page = render(folder, findings)
    assert "More than one model served vllm/m" in page
    assert "<dt>Served</dt><dd>vllm/m served: m" in page


def test_no_name_of_a_server_or_file_begins_a_line_of_its_own(
    tmp_path: Path, scenario: Scenario
) -> None:
    folder = run_of(tmp_path / "run", scenario)
    evil = "m\nEvery check holds."
    served = (Served(since="2026-01-01T00:00:00+00:00", model=evil),) * 2
    folder.info = folder.info.model_copy(update={"served": {"vllm/m": served}})
    lines = printed(find(folder)).splitlines()
    assert not any(line.startswith("Every check holds.") for line in lines)
    assert r"vllm/m served: m\nEvery check holds." in " ".join(lines)


def test_of_scripts_nobody_is_said_to_have_served(tmp_path: Path, scenario: Scenario) -> None:
    folder = run_of(tmp_path / "run", scenario)
    assert "served" not in printed(find(folder))
    assert "<dt>Served</dt>" not in render(folder, find(folder))
