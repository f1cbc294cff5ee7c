"""``list``: what there is to play, to switch and to measure, as tables and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.list import _print, _run_in_words, _runs, _safely, _scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.evaluators.base import fooled_by_of
from harness.evaluators.of_run import scales_here
from harness.evaluators.registry import builtin, measures
from harness.files.catalogue import list_files
from harness.incentives.tracks import MECHANISMS, TRACKS
from tests.disputes.games.test_family import FAMILY
from tests.support.command import ROOT
from tests.support.disputes import SMALL, small, write
from tests.support.inprocess import typed
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite

EVERYTHING = [
    "suites",
    "scenarios",
    "rubrics",
    "tracks",
    "mechanisms",
    "tactics",
    "measures",
    "runs",
]
ROW = {
    "run": "mine-0",
    "finished": "3/4",
    "models": "openai/m, openai/m",
    "created": "2020-01-02T03:04:05+00:00",
    "folder": "transcripts/mine-0",
}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are all the scenarios there are."""
    found: list[Path] = []
    monkeypatch.setattr("harness.files.catalogue.list_files", lambda _: found)
    return found


# --- everything that ships ------------------------------------------------------------------------


@pytest.mark.parametrize("what", EVERYTHING)
def test_everything_can_be_listed(tmp_path: Path, what: str) -> None:
    shown = typed("list", what, cwd=tmp_path)
    rows = json.loads(typed("list", what, "--json", cwd=tmp_path).out)
    assert shown.code == 0
    assert rows
    assert not any("unusable:" in str(row) for row in rows)
    first = next(iter(rows[0].values()))
    assert first.split(" ")[0] in shown.out
    assert shown.out.splitlines()[0] == what.capitalize()
    assert "Also:" not in shown.out


def test_every_measure_is_listed(tmp_path: Path) -> None:
    rows = json.loads(typed("list", "measures", "--json", cwd=tmp_path).out)
    found = {row["measure"]: row["definition"] for row in rows}
    known = measures((*builtin(), *scales_here()))
    assert "rubric_firmness.marked_o" in known
    assert found == {name: measure.definition for name, measure in known.items()}


def test_every_measure_names_its_page_and_what_fools_it(tmp_path: Path) -> None:
    listed = json.loads(typed("list", "measures", "--json", cwd=tmp_path).out)
    rows = {row["measure"]: row for row in listed}
    for evaluator in builtin():
        for measure in evaluator.measures:
            row = rows[f"{evaluator.name}.{measure.name}"]
            assert row["fooled_by"] == list(fooled_by_of(evaluator))
            assert row["source"] == measure.source
            assert (ROOT / row["page"]).is_file()
    assert "docs/measures.md" in typed("list", "measures", cwd=tmp_path).out


def test_a_track_says_what_its_seats_are_rewarded_for(tmp_path: Path) -> None:
    rows = json.loads(typed("list", "tracks", "--json", cwd=tmp_path).out)
    assert [row["track"] for row in rows] == list(TRACKS)
    first = next(iter(TRACKS.values())).o.profile
    k = first.internalised
    said = f"costs {k.material:g}/{k.political:g}/{k.emotional:g}, knows {first.knowledge:g}"
    assert said in rows[0]["official seat"]
    for row, track in zip(rows, TRACKS.values(), strict=True):
        for seat, key in ((track.o, "official seat"), (track.u, "other seat")):
            assert ("consults" in row[key]) == seat.profile.consults_capital
            assert ("publishes" in row[key]) == seat.profile.publishes
            assert ("access" in row[key]) == (seat.profile.access_reward > 0)
        feasible, of, cells = row["feasible"].split()
        assert (feasible, of) == (cells, "of")
        assert 50 <= int(row["signable"].removesuffix(" %")) <= 100


def test_a_mechanism_says_what_it_moves(tmp_path: Path) -> None:
    rows = json.loads(typed("list", "mechanisms", "--json", cwd=tmp_path).out)
    moved = {row["mechanism"]: row["moves"].split(", ") for row in rows}
    assert moved == {one.name: list(one.fields) for one in MECHANISMS.values()}


def test_without_a_word_it_lists_what_there_is_to_play_and_was_played(
    tmp_path: Path, few: list[Path]
) -> None:
    shown = typed("list", cwd=tmp_path).out.splitlines()
    titles = [name.capitalize() for name in EVERYTHING]
    at = [place for place, line in enumerate(shown) if line in titles]
    assert [shown[place] for place in at] == ["Suites", "Scenarios", "Runs"]
    assert [shown[place - 1] for place in at[1:]] == ["", ""]
    also = "plans | rubrics | tracks | mechanisms | tactics | measures"
    assert shown[-1] == f"Also: track15 list {also}"
    document = json.loads(typed("list", "--json", cwd=tmp_path).out)
    assert list(document) == ["suites", "scenarios", "runs"]
    assert document["suites"] == []


# --- scenarios ------------------------------------------------------------------------------------


def test_a_scenario_is_told_by_its_size(tmp_path: Path, few: list[Path]) -> None:
    few.append(write(tmp_path))
    assert _scenarios() == [
        {
            "scenario": "small",
            "issues": "2",
            "absent": "1",
            "control": "",
            "title": "A small dispute",
        }
    ]


def test_games_of_a_family_are_one_row(tmp_path: Path, few: list[Path]) -> None:
    few.append(write(tmp_path, FAMILY, "games.yaml"))
    (row,) = _scenarios()
    assert row["scenario"] == "trial-01 ... 03"


def test_a_large_family_is_counted_in_full(
    tmp_path: Path, few: list[Path], monkeypatch: pytest.MonkeyPatch, scenario: Scenario
) -> None:
    games = [scenario.model_copy(update={"id": f"games-{n:02d}"}) for n in range(1, 121)]
    monkeypatch.setattr("harness.disputes.loading.load_scenarios", lambda _: games)
    few.append(tmp_path / "games.yaml")
    assert _scenarios()[0]["scenario"] == "games-01 ... 120"


def test_a_file_that_cannot_be_loaded_hides_no_other(tmp_path: Path, few: list[Path]) -> None:
    bad = write(tmp_path, SMALL.replace("reservation: 0.3", "reservation: 3"), "bad.yaml")
    few += [bad, write(tmp_path)]
    broken, sound = _scenarios()
    assert (broken["scenario"], broken["issues"], sound["scenario"]) == ("bad", "", "small")
    assert broken["title"].startswith(f"unusable: {bad}")
    assert "\n" not in broken["title"]


def test_an_error_that_names_no_place_is_put_at_the_file() -> None:
    def row(path: Path) -> dict[str, str]:
        raise InputError("it is wrong\nin many ways")

    rows = _safely([Path("evals/mine.yaml")], row, ("suite", "arms", "question"))
    assert rows == [
        {"suite": "mine", "arms": "", "question": "unusable: evals/mine.yaml: it is wrong"}
    ]


# --- runs -----------------------------------------------------------------------------------------


def test_a_run_is_told_by_what_is_finished_of_it(tmp_path: Path, scenario: Scenario) -> None:
    played, folder = [deal(scenario, "lean", MIDDLE)], tmp_path / "log" / "mine-0"
    make_run(folder, make_suite(), {"small": scenario}, played, [], dialogues=4)
    row = _runs(tmp_path / "log")[0]
    assert {**row, "folder": ""} == {
        "run": "mine-0",
        "finished": "1/4",
        "models": "scripted",
        "created": "2020-01-01T00:00:00+00:00",
        "folder": "",
    }
    assert Path(row["folder"]) == folder


def test_a_damaged_run_keeps_its_whole_name(tmp_path: Path, scenario: Scenario) -> None:
    folder = tmp_path / "log" / "track-1.5-0"
    make_run(folder, make_suite(), {"small": scenario}, [], [])
    (folder / "run.json").write_text("{}")
    row = _runs(tmp_path / "log")[0]
    assert row["run"] == "track-1.5-0"
    assert row["folder"].startswith("unusable: ")
    assert "unusable: " in _run_in_words(row)["models"]


@pytest.mark.parametrize(
    ("created", "said"),
    [
        ("2020-01-02T03:04:05+00:00", "2020-01-02 03:04"),
        ("2020-01-02T03:04:05.678901+00:00", "2020-01-02 03:04"),
        ("2020-01-02T03:04:05+02:00", "2020-01-02T03:04:05+02:00"),
        ("", ""),
    ],
)
def test_a_moment_is_cut_only_where_it_is_utc(created: str, said: str) -> None:
    assert _run_in_words({**ROW, "created": created}) == {
        "run": "mine-0",
        "finished": "3/4",
        "created (UTC)": said,
        "models": "openai/m",
    }


def test_nothing_yet_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    _print("runs", [])
    assert capsys.readouterr().out == "Runs\n  none yet\n"


@pytest.mark.kind("F8")
@pytest.mark.parametrize("columns", [40, 80, 100])
def test_names_in_lists_stay_whole(
    tmp_path: Path, scenario: Scenario, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    model = "vllm/a-model-with-a-name"
    models = {"official": model, "unofficial": model}
    name = "fishing-incentives-8bf19570"
    played = [deal(scenario, "lean", MIDDLE)]
    games: dict[str, Any] = {"small": scenario}
    run = make_run(tmp_path / "transcripts" / name, make_suite(), games, played, models=models)
    listed = typed("list", "runs", cwd=tmp_path).out
    assert any(line.startswith(name) for line in listed.splitlines()) or columns == 40
    words = "".join(listed.split())
    assert words.count("a-model-with-a-name") == 1, "once, where both seats are the same"
    assert "2020-01-01" in listed
    assert "00:00+00" not in listed
    (row, *_) = json.loads(typed("list", "runs", "--json", cwd=tmp_path).out)
    assert row["run"] == name
    assert row["created"] == "2020-01-01T00:00:00+00:00"
    shown = typed("show", name, cwd=tmp_path).out
    (key,) = run.index()
    assert key in shown.split()
    listed = typed("list", "measures", cwd=tmp_path).out
    if columns >= 80:
        assert set(measures()) <= set(listed.split())
    listed = typed("list", "suites", cwd=tmp_path).out
    assert {path.stem for path in list_files("suites") if len(path.stem) < 24} <= set(
        listed.split()
    )
