"""``show``: the list of dialogues, one of them as a record, and all that was measured in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.show import OF_A_LIST, OF_ONE, _in_words, command
from harness.disputes.scenario import Scenario
from harness.evaluators.base import kind_of, rubric_of
from harness.evaluators.registry import builtin
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.records.spec import TALKS
from harness.records.transcript import VoidReason
from harness.report.rows import FIELDS
from tests.support.command import ROOT
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def run_of(
    tmp_path: Path, scenario: Scenario, played: list[Placed], *scores: Any, **more: Any
) -> RunFolder:
    return make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, scores, **more)


def words(text: str) -> str:
    return " ".join(text.split())


# --- the list -------------------------------------------------------------------------------------


def test_each_dialogue_has_a_row(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("o", LOPSIDED), ("o", "caucus"), ("u", "walk_out")]
    played = [dialogue(scenario, "lean", entries, epoch=2), deal(scenario, "plain", MIDDLE)]
    run = run_of(tmp_path, scenario, played)
    shown = typed("show", run.path, cwd=tmp_path)
    assert shown.code == 0, shown.err
    rows = [line.split() for line in shown.out.splitlines()]
    assert rows[:4] == [
        ["dialogue", "arm", "scenario", "epoch", "turns", "ending", "skew", "gap"],
        [played[0].id, "lean", "small", "2", "2", "walk", "out", "—", "—"],
        [played[1].id, "plain", "small", "1", "2", "deal", "—", "—"],
        [],
    ]
    assert shown.out.splitlines()[4] == "Of all of them: twin none."
    assert shown.out.splitlines()[6] == f"Read one: track15 show run {played[0].id[:6]}"


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ((), [0, 1, 2]),
        (("--arm", "lean"), [0, 2]),
        (("--outcome", "deal"), [0, 1]),
        (("--scenario", "small"), [0, 1, 2]),
        (("--grep", "so BE it"), [1]),
        (("--arm", "lean", "--outcome", "deal"), [0]),
        (("--limit", "2"), [0, 1]),
    ],
)
def test_the_list_can_be_narrowed(
    tmp_path: Path, scenario: Scenario, flags: tuple[str, ...], found: list[int]
) -> None:
    played = [
        deal(scenario, "lean", MIDDLE),
        deal(scenario, "plain", LEANING, words="So be it."),
        dialogue(scenario, "lean", [("o", LOPSIDED), ("u", "walk_out")], epoch=2),
    ]
    run = run_of(tmp_path, scenario, played)
    lines = typed("show", run.path, "--json", *flags, cwd=tmp_path).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [played[i].id for i in found]
    table = typed("show", run.path, *flags, cwd=tmp_path).out
    ids = [one.id for one in played]
    assert [ids.index(word) for word in table.split() if word in ids] == found
    assert ("... and more: narrow with" in table) == ("--limit" in flags)


@pytest.mark.kind("F9")
def test_an_unknown_arm_names_those_there_are(tmp_path: Path, scenario: Scenario) -> None:
    played = [deal(scenario, arm, MIDDLE) for arm in ("plain", "lean")]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    shown = typed("show", run.path, "--arm", "headline", cwd=tmp_path)
    shown.fails(1, "no dialogue of the arm 'headline'", "its arms: lean, plain")
    shown = typed("show", run.path, "--scenario", "fish", cwd=tmp_path)
    shown.fails(1, "no dialogue of the scenario 'fish'", "its scenarios: small")
    empty = make_run(tmp_path / "empty", make_suite(), {"small": scenario}, [])
    typed("show", empty.path, cwd=tmp_path).fails(1, "no dialogue yet", "track15 list runs")


def test_names_that_are_known_and_fit_nothing(tmp_path: Path, scenario: Scenario) -> None:
    run = run_of(tmp_path, scenario, [deal(scenario, "lean", MIDDLE)])
    flags = ("--arm", "lean", "--scenario", "small", "--outcome", "void")
    typed("show", run.path, *flags, cwd=tmp_path).fails(1, "no dialogue fits", "loosen the filters")


@pytest.mark.kind("F10")
def test_a_reason_is_cut_between_words(
    tmp_path: Path, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    detail = "no usable reply in 4 attempts; the last: You cannot reject now, " + "since " * 30
    void = VoidReason(kind="reply", seat="u", detail=detail)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    said = words(typed("show", run.path, cwd=tmp_path).out)
    assert "void: no usable reply in 4 attempts;" in said
    assert "the last: You cannot reject now, since since since since since since… " in said


def test_another_model_than_before_is_said(tmp_path: Path, scenario: Scenario) -> None:
    served = [
        {"since": "2020-01-01T00:00:00+00:00", "model": "small"},
        {"since": "2020-01-02T00:00:00+00:00", "model": "large"},
    ]
    played = [deal(scenario, "lean", MIDDLE)]
    run = run_of(tmp_path, scenario, played, served={"openai/m": served})
    said = words(typed("show", run.path, cwd=tmp_path).out)
    assert "large" in said
    assert "small" in said.partition("openai/m")[2]


def test_dialogues_are_listed_filtered_and_read(played: Path) -> None:
    listed = typed("show", cwd=played)
    assert listed.out.count("opening") == 4
    only = typed("show", "latest", "--arm", "track-1.5", "--outcome", "deal", cwd=played)
    assert only.out.count("track-1.5") == 2
    said = typed("show", "--grep", "WE HAVE LISTENED", cwd=played)
    assert said.code == 0
    ids = [json.loads(line)["id"] for line in typed("show", "--json", cwd=played).out.splitlines()]
    read = typed("show", "quickstart", ids[0][:8], cwd=played)
    assert read.code == 0
    assert "Round 1" in read.out
    assert "(private)" in read.out
    assert "Ending:" in read.out
    public = typed("show", "quickstart", ids[0], "--public", cwd=played)
    assert "(private)" not in public.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], ["no run 'nothing'", "known:"]),
        (["latst"], ["no run 'latst'", "did you mean 'latest'?"]),
        (["latest", "zzzz"], ["no dialogue"]),
        (["latest", "--grep", "unobtainium"], ["no dialogue fits"]),
    ],
)
def test_what_is_not_there_is_named(played: Path, arguments: list[str], said: list[str]) -> None:
    typed("show", *arguments, cwd=played).fails(1, *said)


def test_no_run_yet_reads_the_shipped_example(tmp_path: Path) -> None:
    assert "opening" in typed("show", cwd=tmp_path).out


# --- one dialogue ---------------------------------------------------------------------------------


def test_one_dialogue_as_json_is_its_record(tmp_path: Path, scenario: Scenario) -> None:
    transcript = deal(scenario, "lean", MIDDLE)
    run = run_of(tmp_path, scenario, [transcript])
    shown = typed("show", run.path, transcript.id[:6], "--json", cwd=tmp_path)
    assert json.loads(shown.out) == transcript.model_dump(mode="json", by_alias=True)
    assert len(shown.out.splitlines()) > 1


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--public", "--json"), ["the record holds what was private", "--public or --json"]),
        (("--public", "--prompts"), ["a model was shown is private", "--public or --calls"]),
        (("--scores", "--public"), ["leave out --scores or --public"]),
        (("--scores", "--prompts"), ["leave out --scores or --calls"]),
        (("--scores", "--turn", "0"), ["leave out --scores or --turn"]),
        (("--json", "--calls", "--turn", "1"), ["leave out --json or --calls and --turn"]),
        (("--limit", "3"), ["--limit: for a list", "leave out DIALOGUE or --limit"]),
        (("--arm", "a", "--worst", "3"), ["--arm and --worst: for a list of dialogues"]),
        (("--filter", "skew > 1"), ["leave out DIALOGUE or --filter"]),
    ],
)
def test_flags_that_do_not_go_together(
    tmp_path: Path, flags: tuple[str, ...], said: list[str]
) -> None:
    typed("show", "latest", "0", *flags, cwd=tmp_path).fails(2, *said)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--calls",), ["--calls: for one dialogue", "track15 show RUN DIALOGUE --calls"]),
        (("--turn", "0", "--calls"), ["--turn and --calls: for one dialogue"]),
        (("--public",), ["it limits what --grep searches", "add --grep TEXT"]),
        (("--public", "--json", "--grep", "x"), ["the record holds what was private"]),
        (("--worst", "3", "--sort", "skew"), ["--sort: --worst says itself in which order"]),
        (("--worst", "3", "--limit", "3"), ["--limit: --worst says itself how many"]),
        (("--by", "skew"), ["it chooses the score that --worst sorts by", "--sort -skew"]),
        (("--columns", ","), ["no column is named"]),
        (("--filter", "skew >"), ["--filter, character 7", "a number or a word should be"]),
        (("--filter", "skwe > 1"), ["no field or score 'skwe'", "did you mean 'skew'"]),
        (("--worst", "0"), ["--worst"]),
    ],
)
def test_flags_of_a_list_that_cannot_be_used(
    tmp_path: Path, flags: tuple[str, ...], said: list[str]
) -> None:
    typed("show", "latest", *flags, cwd=tmp_path).fails(2, *said)


def test_every_field_is_named_in_the_help_and_in_the_documents(tmp_path: Path) -> None:
    shown = words(typed("show", "--help", cwd=tmp_path).out).replace(",", " ").replace(".", " ")
    document = (ROOT / "docs" / "show.md").read_text(encoding="utf-8")
    for name in FIELDS:
        assert name in shown.split()
        assert f"`{name}`" in document


def test_every_option_is_of_a_list_or_of_one_or_of_both() -> None:
    both = {"public", "no_pager", "log_dir", "follow_links", "as_json", "chain"}
    options = {one.name for one in command.params if one.param_type_name == "option"}
    assert options == {*OF_A_LIST, *OF_ONE, *both}


def test_the_most_one_sided_dialogue_and_its_words_are_one_command_away(played: Path) -> None:
    worst = typed("show", "--worst", "1", cwd=played)
    assert worst.code == 0, worst.err
    assert "gave most at turn" in worst.out
    assert "\u201c" in worst.out, "its words are quoted"
    rows = [
        json.loads(line)
        for line in typed("show", "--columns", "skew", "--json", cwd=played).out.splitlines()
    ]
    most = max(rows, key=lambda row: abs(row["skew"]))
    assert worst.out.count(most["id"]) >= 1


# --- its scores -----------------------------------------------------------------------------------


def test_scores_are_of_one_dialogue(tmp_path: Path) -> None:
    shown = typed("show", "latest", "--scores", cwd=tmp_path)
    shown.fails(2, "scores are shown for one dialogue", "name it: track15 show RUN DIALOGUE")


def test_a_score_stands_with_what_it_is_or_why_it_is_missing(
    tmp_path: Path, scenario: Scenario
) -> None:
    one, other = deal(scenario, "lean", MIDDLE), deal(scenario, "plain", MIDDLE)
    skew = score(one, "settlement.skew", None, "no deal was made")
    scores = (skew, score(one, "mine.length", 3.0), score(one, "mine.odd", None, "[b]odd"))
    run = run_of(tmp_path, scenario, [one, other], *scores, score(other, "mine.length", 4.0))
    shown = typed("show", run.path, one.id, "--scores", cwd=tmp_path)
    title, head, *lines = [words(line) for line in shown.out.splitlines()]
    assert title == f"What was measured in the dialogue {one.id}"
    assert head == "measure value what it is, and why it has no value"
    assert lines[0].startswith("settlement.skew — ")
    assert lines[0].endswith(": no deal was made")
    assert lines[1:] == ["mine.length 3", "mine.odd — [b]odd"], "of the other dialogue nothing"
    document = json.loads(typed("show", run.path, one.id, "--scores", "--json", cwd=tmp_path).out)
    assert [each["values"] for each in document] == [dict(each.values) for each in scores]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (True, "yes"),
        (False, "no"),
        (3.0, "3"),
        (1234567.0, "1234567"),
        (-0.25, "−0.250"),
        ("a deal", "a deal"),
        ("word " * 20, "word " * 7 + "word…"),
    ],
)
def test_a_value_in_words(value: float | bool | str | None, shown: str) -> None:
    assert _in_words(value) == shown


def test_all_scores_of_a_dialogue_are_shown(played: Path) -> None:
    key = json.loads(typed("show", "--json", cwd=played).out.splitlines()[0])["id"]
    read = typed("show", "quickstart", key[:8], "--scores", cwd=played)
    assert read.code == 0, read.err
    scores = json.loads(typed("show", "quickstart", key, "--scores", "--json", cwd=played).out)
    assert [score["evaluator"] for score in scores] == [
        one.name for one in builtin() if kind_of(one) == TALKS and rubric_of(one) is None
    ]
    assert {score["id"] for score in scores} == {key}
    lines = read.out.splitlines()
    for found in scores:
        for name, value in found["values"].items():
            (line,) = [one for one in lines if one.startswith(f"{found['evaluator']}.{name} ")]
            if value is None:
                assert line.split()[1] == "—"
            elif isinstance(value, bool):
                assert line.split()[1] == ("yes" if value else "no")
    assert "kind of void: not void" in read.out


def test_a_dialogue_that_is_not_scored_says_so(tmp_path: Path, scenario: Scenario) -> None:
    transcript = deal(scenario, "lean", MIDDLE)
    run = run_of(tmp_path, scenario, [transcript])
    (run.path / SCORES).unlink()
    shown = typed("show", run.path, transcript.id, "--scores", cwd=tmp_path)
    shown.fails(1, f"{transcript.id} is not scored", "score the run: track15 score run")
