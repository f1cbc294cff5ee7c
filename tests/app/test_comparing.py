"""``harness.app.compare``: runs as they are named, prices, and the table of all figures."""

from __future__ import annotations

import csv
import io
import pickle
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.analysis.comparison import compare as compared
from harness.analysis.comparison_measures import COLUMNS, GAIN
from harness.analysis.judged_measures import PLANTED
from harness.app import comparing
from harness.app.comparing import (
    CSV_COLUMNS,
    names_of,
    page_of,
    prices_of,
    rows_of,
    table_of,
    write,
)
from harness.errors import UsageError
from harness.evaluators.scales import scales_in
from harness.incentives.profiles import IncentiveProfile
from harness.plans.rubric_file import read_rubric
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Usage
from harness.suite.parts import ModelSettings
from tests.analysis.test_comparison_judged import HALF, WORDS, meetings
from tests.support.disputes import small
from tests.support.meetings import empty, meet, two_models
from tests.support.rubric_files import MINE, ScaleJudge, judged_run
from tests.support.rubric_files import write as write_rubric
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    copies,
    deal,
    make_run,
    make_suite,
)


@pytest.fixture
def runs(tmp_path: Path) -> list[RunFolder]:
    """Two runs of one suite; they share an arm, and differ in the other by what was agreed."""
    games = copies(small(tmp_path), 2)
    shared = [deal(game, "plain", MIDDLE) for game in games.values()]
    found = []
    for name, package in (("first", LOPSIDED), ("second", LEANING)):
        own = [deal(game, "lean", package) for game in games.values()]
        found.append(make_run(tmp_path / name, make_suite(), games, [*shared, *own]))
    return found


def test_runs_are_compared_as_they_are_named(
    tmp_path: Path, runs: list[RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (runs[1].path / SCORES).unlink()
    found = app.compare([runs[0], "second"], log_dir=tmp_path)
    assert isinstance(found, app.Comparison)
    assert (runs[1].path / SCORES).is_file(), "a run that is not scored is scored first"
    # The same script played both, so the two runs tell its entries apart.
    assert {e.label: e.dialogues for e in found.whole.of("u")} == {
        "scripted (no tactic named) in first": 4,
        "scripted (no tactic named) in second": 2,
    }
    assert "2 dialogues are in more than one run, and are counted once." in found.notes
    by_name = {one.measure: one for one in found.whole.differences_of("u")}
    # Over pairs alone: .42 - 0 to the principal of the second seat, in the arm that differs.
    assert abs(by_name["gain"].effect.estimate or 0) == pytest.approx(0.42)
    assert by_name["gain"].effect.n_pairs == 2


def _changed(placed: Placed, part: str) -> Placed:
    """The same dialogue, with a script in seat u that has another tactic, and one part changed."""
    spec = placed.spec
    seats = [
        seat.model_copy(update={"tactic": "boulware"} if seat.seat == "u" else {})
        for seat in spec.seats
    ]
    changes: dict[str, Any] = {}
    if part == "profile":
        seats[0] = seats[0].model_copy(update={"profile": IncentiveProfile(deal_reward=0.5)})
    elif part in ("settings", "own settings"):
        seats[1] = seats[1].model_copy(update={"settings": ModelSettings(temperature=0.5)})
    elif part == "protocol":
        changes["protocol"] = spec.protocol.model_copy(update={"turns": 3})
    elif part not in ("nothing", "a model"):
        changes[part] = {"templates": {"form": "bb"}, "seed": 7, "scenario_hash": "0" * 16}[part]
    if part in ("settings", "own settings", "templates", "a model"):  # what only a model reads
        model = "openai/y" if part == "settings" else "openai/x"
        seats[1] = seats[1].model_copy(update={"kind": "model", "model": model, "tactic": None})
    spec = spec.model_copy(update={"seats": tuple(seats), **changes})
    return Placed.of(placed.model_copy(update={"spec": spec, "id": spec.id}), placed.arm)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("profile", "profile of seat o (arm plain): profile.deal_reward is 0.0 in one and 0.5 in"),
        ("protocol", "protocol: turns is 8 in one and 3 in two"),
        ("seed", "seed (small): not the same in one and in two"),
        ("scenario_hash", "scenario (small): its text is"),
        ("templates", "prompts: not the same in one and in two: form"),
        ("settings", "temperature is not set in one and 0.5 in two"),
    ],
)
def test_each_part_that_differs_between_real_runs_is_refused(
    tmp_path: Path, part: str, said: str
) -> None:
    scenario = small(tmp_path)
    placed = deal(scenario, "plain", MIDDLE)
    games = {"small": scenario}
    if part in ("settings", "templates"):
        placed = _changed(placed, "a model")
    one = make_run(tmp_path / "one", make_suite(), games, [placed], [])
    two = make_run(tmp_path / "two", make_suite(), games, [_changed(placed, part)], [])
    with pytest.raises(UsageError) as no:
        app.compare([one, two])
    assert said in no.value.what
    assert app.compare([one, two], loose=True).marked


def test_runs_that_differ_in_who_played_alone_are_compared(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    placed = deal(scenario, "plain", MIDDLE)
    games = {"small": scenario}
    one = make_run(tmp_path / "one", make_suite(), games, [placed], [])
    two = make_run(tmp_path / "two", make_suite(), games, [_changed(placed, "nothing")], [])
    found = app.compare([one, two])
    assert found.mismatches == ()
    assert [entry.label for entry in found.whole.of("u")] == [
        "scripted (boulware)",
        "scripted (no tactic named)",
    ]


def test_one_model_at_two_settings_is_compared_and_the_labels_say_which(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    placed = _changed(deal(scenario, "plain", MIDDLE), "a model")
    games = {"small": scenario}
    one = make_run(tmp_path / "one", make_suite(), games, [placed])
    two = make_run(tmp_path / "two", make_suite(), games, [_changed(placed, "own settings")])
    found = app.compare([one, two])
    assert found.mismatches == found.unpaired == ()
    assert {entry.label for entry in found.whole.of("u")} == {
        "openai/x (temperature not set)",
        "openai/x (temperature 0.5)",
    }
    gain = next(one for one in found.whole.differences_of("u") if one.measure == "gain")
    assert gain.effect.n_pairs == 1
    assert not found.marked


def test_a_run_twice_and_no_run_are_refused(runs: list[RunFolder]) -> None:
    with pytest.raises(UsageError, match="the same run is named twice"):
        app.compare([runs[0], runs[0].path])
    with pytest.raises(UsageError, match="no run is named"):
        app.compare([])


def test_what_follows_talks_is_not_compared(runs: list[RunFolder]) -> None:
    with pytest.raises(
        UsageError, match=r"later\.gain_u is measured of what follows talks"
    ) as found:
        app.compare(runs[:2], measures=["later.gain_u"])
    assert "--table episodes" in (found.value.fix or "")


def test_a_folder_of_run_folders_stands_for_all_of_them(runs: list[RunFolder]) -> None:
    found = app.compare([runs[0].path.parent], measures=["gain"])
    assert found.runs == ("first", "second")
    assert app.compare([runs[0].path], measures=["gain"]).runs == ("first",)


def test_runs_of_the_same_name_are_called_by_their_paths(tmp_path: Path) -> None:
    games = copies(small(tmp_path), 1)
    one = make_run(tmp_path / "a" / "run", make_suite(), games, [])
    other = make_run(tmp_path / "b" / "run", make_suite(), games, [])
    assert names_of([one]) == ["run"]
    assert names_of([one, other]) == [str(one.path), str(other.path)]


def test_a_call_costs_what_models_yaml_says(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text(
        "schema: track15/models/1\nmodels:\n  mine:\n    address: openai/x\n"
        "    price: {prompt: 2.0, completion: 10.0, cached: 1.0}\n"
    )
    price = pickle.loads(pickle.dumps(prices_of(file)))  # noqa: S301 - it goes to other processes
    usage = Usage(prompt=1_000_000, completion=100_000)
    call = Call(
        index=0, seat="u", purpose="move", model="openai/x", prompt=(), reply="", usage=usage
    )
    assert price(call, None) == pytest.approx(3.0)
    assert price(call, 500_000) == pytest.approx(2.5)
    unknown = Call(
        index=0, seat="u", purpose="move", model="openai/y", prompt=(), reply="", usage=usage
    )
    assert price(unknown, None) is None


def test_the_table_has_every_figure_difference_and_effect_of_incentives() -> None:
    meetings = two_models([(0.2 + i / 100, 0.1) for i in range(6)])
    found = compared(meetings, COLUMNS, (GAIN,), by="arm")
    rows = list(csv.DictReader(io.StringIO(table_of(found).decode())))
    assert list(rows[0]) == list(CSV_COLUMNS)
    assert [row["kind"] for row in rows].count("entry") == 2 * 3 * len(COLUMNS)
    (whole, plain) = [row for row in rows if row["kind"] == "difference"]
    assert (whole["part"], plain["part"]) == ("", "plain")
    assert (whole["label"], whole["against"]) == ("openai/alpha", "openai/beta")
    assert float(whole["estimate"]) == pytest.approx(0.125)
    assert (whole["pairs"], whole["shown"], whole["marked"]) == ("6", "yes", "no")
    missing = next(row for row in rows if row["measure"] == "regret")
    assert (missing["estimate"], missing["missing"]) == ("", "12")
    assert len([row for row in rows if row["kind"] == "incentives"]) == 2
    assert len(rows) == len(list(rows_of(found)))


def test_a_name_that_a_spreadsheet_would_run_is_text() -> None:
    meetings = empty("a", "b")
    meet(meetings, "=cmd()", 0.1)
    meet(meetings, "beta", -0.1, run=1)
    text = table_of(compared(meetings, (GAIN,), (GAIN,))).decode()
    assert "'=cmd()" in text
    assert ",=cmd()" not in text
    assert ",-0.1," in text, "numbers stay numbers"


def test_the_page_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    found = compared(two_models([(0.2, 0.1)]), (GAIN,), (GAIN,))
    write(page_of(found), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_measures_of_the_rubric_files_by_which_a_run_was_judged_are_compared(
    tmp_path: Path,
) -> None:
    run = judged_run(tmp_path / "run", ScaleJudge(1), [str(write_rubric(tmp_path))])
    app.score(run.path)
    found = app.compare([run.path], measures=["rubric_mine.loud_u", "rubric_mine.rejected"])
    loud = found.column("rubric_mine.loud")
    assert loud.by_judge
    assert loud.title == "mine: loud, delegation (by a judge, uncalibrated)"
    assert not found.column("rubric_mine.rejected").by_judge
    (entry,) = found.whole.of("u")
    assert entry.figures["rubric_mine.loud"].mean == pytest.approx(0.5)
    for name in ("rubric_mine.lout", "rubric_other.loud"):
        with pytest.raises(UsageError, match="unknown measure"):
            app.compare([run.path], measures=[name])


def test_measures_of_an_article_by_a_rubric_file_are_of_episodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[RunFolder]
) -> None:
    article = read_rubric(write_rubric(tmp_path, MINE.replace("for: talks", "for: article")))
    monkeypatch.setattr(comparing, "scales_of_run", lambda _: (scales_in(article),))
    with pytest.raises(UsageError, match="measured of what follows talks"):
        app.compare(runs, measures=["rubric_mine.loud"])


def test_a_table_says_of_a_difference_by_a_judge_what_it_is_known_from() -> None:
    found = compared(meetings(HALF, HALF), (GAIN, WORDS), (GAIN, WORDS))
    rows = {row["measure"]: row for row in rows_of(found) if row["kind"] == "difference"}
    words, gain = rows["words.final"], rows["gain"]
    assert (words["judge_corrected"], words["judge_known_from"], words["judge_why"]) == (
        *(pytest.approx(-5), PLANTED, None),
    )
    assert words["judge_low"] < -5 < words["judge_high"]
    assert gain["judge_corrected"] is gain["judge_known_from"] is None
    assert all(row.keys() == set(CSV_COLUMNS) for row in rows_of(found))
