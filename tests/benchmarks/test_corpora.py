"""The table of corpora is what the evaluators find, and what is known stands beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import correction, judges, manipulation, noisy, validity
from benchmarks.corpora import BEGIN, END, VARIABLE, _short, casino, market, table
from tests.support.command import ROOT, environment
from tests.support.corpora import corpus

PAGE = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8")


def row(arm: str, first: str, gap: float, **more: Any) -> dict[str, Any]:
    return {
        "arm": arm,
        "first": first,
        "points_gap": gap,
        "points_o": 20 + gap,
        "points_u": 20.0,
        "agreement": True,
        "frontier_distance": 0.0,
        "efficiency": 0.9,
        "differs": False,
        **more,
    }


def test_the_page_has_what_the_corpora_give() -> None:
    folder = corpus("casino").parent
    corpus("jobinterview")
    corpus("srbench")
    assert PAGE.split(BEGIN)[1].split(END)[0].strip() == table(folder)


def test_what_is_found_on_the_page_is_what_is_known() -> None:
    rows = [line.split(" | ") for line in PAGE.split(BEGIN)[1].split(END)[0].splitlines()[3:]]
    known = [(one[1], one[2], one[3].rstrip(" |")) for one in rows if "bench" not in one[0]]
    assert len(known) == 14
    assert [what for what, published, found in known if published != found] == []


def test_a_figure_follows_what_is_found() -> None:
    rows = [
        row("proself-prosocial", "o", 3.0),
        row("prosocial-proself", "o", -1.0, frontier_distance=0.2),
        row("prosocial-prosocial", "u", 4.0, differs=True, efficiency=1.0),
        row("proself-proself", "u", 0.0, agreement=False, points_o=5.0, points_u=6.0),
    ]
    found = {one.what: one.found for one in casino(rows)}
    assert found["deals, walk-outs"] == "3, 1"
    assert found["points of a side that walks out"] == "5, 6"
    assert found["negotiations in which points differ from the corpus's"] == "1"
    assert found["deals on the Pareto frontier"] == ".6667"
    assert found["deals with the largest joint value"] == ".3333"
    assert found["proself less prosocial in mixed pairs (SE, pairs)"] == "+2.00 (1.00, 2)"
    assert found["first speaker less second, points"] == "−.500"


def test_a_loss_keeps_its_sign_beside_the_score_of_the_source() -> None:
    deal = {"agreement": True, "gain_o": 0.1, "gain_u": 0.1, "gain_share_o": 0.5, "rated_o": 0.5}
    loss = {"agreement": True, "gain_o": -0.9, "gain_u": 0.9, "gain_share_o": -24.0, "rated_o": 0.0}
    void = {"agreement": None}
    worse, share, broken = market([deal, loss, void])
    assert (worse.found, broken.found) == ("1 of 2", "1 of 3")
    assert (share.published, share.found) == ("0", "−24")


def test_only_a_leading_0_is_left_out() -> None:
    assert [_short(number, ".2f") for number in (0.5, -0.5, 10.5, 1.0)] == [
        ".50", "−.50", "10.50", "1.00",
    ]  # fmt: skip


def test_corpora_that_are_not_there_are_told(tmp_path: Path) -> None:
    for named, told in ({VARIABLE: str(tmp_path)}, "no such file"), ({VARIABLE: ""}, VARIABLE):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.corpora"],
            cwd=ROOT,
            env={**environment(), **named},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_a_section_is_written_without_the_others(tmp_path: Path) -> None:
    page = tmp_path / "validity.md"
    for one in (validity, correction, judges, noisy, manipulation):
        page.write_text(PAGE, encoding="utf-8")
        validity.write_between(page, "anew", one.BEGIN, one.END)
        before, rest = page.read_text(encoding="utf-8").split(f"{one.BEGIN}\nanew\n{one.END}")
        assert PAGE.startswith(before)
        assert PAGE.endswith(rest)
        assert one.BEGIN not in before + rest
        assert PAGE.count(one.BEGIN) == PAGE.count(one.END) == 1
