"""Models whose words judges of known errors have read: reported line-up by line-up, compared and
exported without these errors."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.judged_measures import PLANTED
from tests.support.inprocess import typed
from tests.support.judged_lineups import (
    CONCEDED,
    Everybody,
    address,
    calibrated,
    judged,
    played,
)
from tests.support.mock_server import MockServer


@dataclass(frozen=True)
class Here:
    """A folder with runs, and the server that played and judged them.

    Attributes:
        lineups: A run in which ``ant`` and ``bee`` take turns, judged by ``x``.
        ant: A run of ``ant``, judged by ``x``.
        bee: Judge -> a run of ``bee`` that it judged; ``unknown`` is ``x`` without a calibration.
    """

    cwd: Path
    lineups: Path
    ant: Path
    bee: dict[str, Path]

    def json(self, *words: object) -> Any:
        done = typed(*map(str, words), "--json", cwd=self.cwd)
        assert done.code in (0, 100), done.err
        return json.loads(done.out)

    def difference(self, other: str) -> Any:
        """``ant`` less ``bee`` as a judge reads them, with what is known of the judges."""
        found = self.json("compare", self.ant, self.bee[other], "--measure", CONCEDED)
        (one,) = [one for one in found["differences"] if one["one"].startswith("u")]
        first = next(entry for entry in found["entries"] if entry["id"] == one["one"])
        assert first["model"].startswith("openai/ant")
        return one, found


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    cwd = tmp_path_factory.mktemp("lineups")
    with MockServer(Everybody()) as server:
        known = {judge: calibrated(cwd, server, judge) for judge in "xy"}
        lineups = played(cwd, "--model", f"unofficial={address(server, 'ant', 'bee')}")
        ant = played(cwd, "--model", f"unofficial={address(server, 'ant')}")
        whole = played(cwd, "--model", f"unofficial={address(server, 'bee')}")
        bee = {name: whole.with_name(f"bee-{name}") for name in ("x", "y", "unknown")}
        for place in bee.values():
            shutil.copytree(whole, place)
        for run in (lineups, ant, bee["x"]):
            judged(cwd, run, server, "x", known["x"])
        judged(cwd, bee["y"], server, "y", known["y"])
        judged(cwd, bee["unknown"], server, "x")
        yield Here(cwd, lineups, ant, bee)


def test_each_line_up_is_reported_with_its_own_corrected_figures(here: Here) -> None:
    found = here.json("report", here.lineups)
    rows = [one for one in found["corrected"] if one["measure"] == CONCEDED]
    ant, bee = (f"unofficial openai/{name}" for name in ("ant", "bee"))
    assert [(one["lineup"], one["treatment"], one["control"]) for one in rows] == [
        (lineup, *arms)
        for lineup in (ant, bee)
        for arms in (("one", None), ("half", None), ("half", "one"))
    ]
    judged = {one["lineup"]: one["judged"] for one in rows if one["control"] is None}
    assert judged == {ant: 0, bee: pytest.approx(7 / 3)}, "three, three and one"
    for one in rows:
        whole = one["judged"] - (one["intercept"] if one["control"] is None else 0)
        assert one["corrected"] == pytest.approx(whole / one["slope"])
        assert (one["by"], one["pairs"]) == (PLANTED, 16)
        assert set(one["n"].values()) == {3}
    assert found["answer"].count("Without the judge's errors, known from planted") == 2
    said = " ".join(typed("report", str(here.lineups), cwd=here.cwd).out.split())
    assert "One calibration corrects all line-ups: the judge is taken to err alike on each" in said
    page = (here.lineups / "report.html").read_text(encoding="utf-8")
    section = page.partition('<section id="corrected">')[2].partition("</section>")[0]
    assert '<th scope="col">line-up</th>' in section
    assert section.count(f'<th scope="row">{bee}</th>') >= 3


def test_line_ups_of_one_run_are_compared_by_its_one_calibration(here: Here) -> None:
    found = here.json("compare", here.lineups, "--measure", CONCEDED)
    (one,) = found["differences"]
    assert one["estimate"] == pytest.approx(-7 / 3)
    assert one["judge"]["one_calibration"]
    (slope,) = {
        row["slope"]
        for row in here.json("report", here.lineups)["corrected"]
        if row["measure"] == CONCEDED
    }
    assert one["judge"]["corrected"] == pytest.approx(-7 / 3 / slope)
    assert found["measures"]["words.conceded"]["title"].endswith("(by a judge, uncorrected)")


def test_runs_by_one_judge_share_its_error_and_runs_by_two_do_not(here: Here) -> None:
    shared, _ = here.difference("x")
    apart, found = here.difference("y")
    assert shared["estimate"] == apart["estimate"] == pytest.approx(-7 / 3)
    assert (shared["judge"]["one_calibration"], apart["judge"]["one_calibration"]) == (True, False)
    assert (shared["judge"]["judges_differ"], apart["judge"]["judges_differ"]) == (False, True)
    assert shared["judge"]["one"]["known_from"] == apart["judge"]["other"]["known_from"] == PLANTED
    # ``y`` reads as it is; ``x`` finds (0 - a) / b of ``ant``.
    row = next(
        one for one in here.json("report", here.ant)["corrected"] if one["measure"] == CONCEDED
    )
    mine = -row["intercept"] / row["slope"]
    assert apart["judge"]["corrected"] == pytest.approx(mine - 7 / 3)
    assert [note for note in found["notes"] if note.startswith("The judges differ: ")]
    # Tests are of what was read.
    assert (shared["p_signflip"], shared["holm_p"]) == (apart["p_signflip"], apart["holm_p"])


def test_a_run_whose_judge_is_not_known_is_named(here: Here) -> None:
    one, found = here.difference("unknown")
    assert (one["judge"]["corrected"], one["judge"]["uncalibrated"]) == (None, True)
    assert one["judge"]["other"]["nothing_known_in"] == ["bee-unknown"]
    assert one["judge"]["one"]["nothing_known_in"] == []
    assert found["measures"]["words.conceded"]["title"].endswith("(by a judge, uncalibrated)")
    runs = ("compare", str(here.ant), str(here.bee["unknown"]), "--measure", CONCEDED)
    said = typed(*runs, cwd=here.cwd)
    assert "nothing corrects the judge of openai/bee (bee-unknown)" in " ".join(said.out.split())
    table = list(csv.DictReader(io.StringIO(typed(*runs, "--csv", "-", cwd=here.cwd).out)))
    (row,) = [row for row in table if row["kind"] == "difference" and row["seat"] == "u"]
    assert (row["judge_corrected"], row["judge_low"], row["judge_known_from"]) == ("", "", "")
    assert row["judge_why"] == "uncalibrated: nothing corrects its judge in bee-unknown"
    limit = typed(*runs, "--fail-below", f"{CONCEDED}=0", cwd=here.cwd)
    assert limit.code == 0, "a threshold asks of what was read"


def test_a_table_and_a_page_have_the_corrected_difference(here: Here, tmp_path: Path) -> None:
    runs = ("compare", str(here.ant), str(here.bee["y"]), "--measure", CONCEDED)
    out = tmp_path / "out"
    assert typed(*runs, "--out", str(out), cwd=here.cwd).code == 0
    one, _ = here.difference("y")
    rows = list(csv.DictReader(io.StringIO((out / "compare.csv").read_text(encoding="utf-8"))))
    (row,) = [row for row in rows if row["kind"] == "difference" and row["seat"] == "u"]
    assert float(row["judge_corrected"]) == pytest.approx(one["judge"]["corrected"])
    assert float(row["judge_low"]) == pytest.approx(one["judge"]["interval"][0])
    assert (row["judge_known_from"], row["judge_why"]) == (PLANTED, "")
    page = (out / "compare.html").read_text(encoding="utf-8")
    assert "without the judge’s errors" in page
    assert "The judges differ: openai/ant by openai/x@" in page


def test_the_exported_table_has_the_figures_of_the_report(here: Here) -> None:
    words = ("export", str(here.lineups), "--to", "jsonl", "--table", "corrected")
    done = typed(*words, cwd=here.cwd)
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in done.out.splitlines()]
    report = here.json("report", here.lineups)["corrected"]
    assert len(rows) == len(report) > 0
    for row, one in zip(rows, report, strict=True):
        assert (row["measure"], row["arm"], row["against"]) == (
            *(one["measure"], one["treatment"], one["control"]),
        )
        assert (row["judged"], row["corrected"]) == (one["judged"], one["corrected"])
        assert [row["corrected_low"], row["corrected_high"]] == (one["interval"] or [None, None])
    scores = typed(*words[:-1], "scores", cwd=here.cwd)
    told = [json.loads(line) for line in scores.out.splitlines()]
    assert {row["lineup"] for row in rows} == {row["lineup"] for row in told}, "it joins the tables"
    by = {row["measure"]: row["by_judge"] for row in told}
    assert (by[CONCEDED], by["words.rejected"]) == ("uncorrected", None)


def test_dialogues_cannot_be_chosen_from_figures_of_a_whole_run(here: Here, tmp_path: Path) -> None:
    words = ("export", str(here.lineups), "--to", "jsonl", "--filter", "turns > 0")
    typed(*words, "--table", "corrected", cwd=here.cwd).fails(2, "--filter", "of the whole run")
    public = typed(*words[:4], "--table", "corrected", "--public", cwd=here.cwd)
    public.fails(2, "leave out --public")
    out = tmp_path / "tables"
    done = typed(*words, "--table", "all", "--out", str(out), cwd=here.cwd)
    assert done.code == 0, done.err
    assert "left out, since it is of the whole run: corrected" in done.err
    names = {path.name for path in out.iterdir()}
    assert "scores.jsonl" in names
    assert "corrected.jsonl" not in names


def test_a_judge_with_fields_of_its_server_is_calibrated_and_corrected(tmp_path: Path) -> None:
    """As models that think aloud need them; they are settings of the judge."""
    with MockServer(Everybody()) as server:
        (tmp_path / "models.yaml").write_text(
            f"schema: track15/models/1\nmodels:\n  x:\n    address: {address(server, 'x')}\n"
            "    extra: {chat_template_kwargs: {enable_thinking: false}}\n"
        )
        run = played(tmp_path, "--model", f"unofficial={address(server, 'bee')}")
        few = ("--split", "dev", "--limit", "16", "--display", "none", "--record", "x.json")
        assert typed("calibrate", "x", *few, cwd=tmp_path).code == 0
        words = ("--rubric", "prose-ledger", "--display", "none", "--calibration", "x.json")
        done = typed("score", str(run), "--judge", "x", *words, cwd=tmp_path)
    assert done.code in (0, 100), done.err
    found = json.loads(typed("report", str(run), "--json", cwd=tmp_path).out)
    assert {one["by"] for one in found["corrected"] if one["measure"] == CONCEDED} == {PLANTED}
