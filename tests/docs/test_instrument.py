"""The figures in ``docs/instrument.md`` are those that its commands give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import instrument
from harness.analysis.dose import AGREEMENT, SKEW
from harness.analysis.findings import find
from tests.support.command import ROOT
from tests.support.shipped import GROUP, played

pytestmark = pytest.mark.xdist_group(GROUP)
PAGE = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
HARDBALL = ("track-1", "hardball-25", "hardball-50", "hardball-75", "hardball-100")


def on_the_page(name: str) -> list[str]:
    """The rows of a table of the page."""
    between = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", PAGE, re.DOTALL)
    assert between is not None, name
    return between[1].strip().splitlines()


def test_the_presets_leave_what_the_page_says() -> None:
    assert on_the_page("feasibility") == list(instrument.feasibility())


def test_the_tracks_read_what_the_page_says() -> None:
    answer, run = played("track-contrast")
    rows = list(instrument.tracks(run))
    assert on_the_page("tracks") == rows
    for arm in answer["arms"]:  # and what the page tells by family, JSON tells of all
        skew = arm["measures"][SKEW]
        interval = instrument.spread(skew["interval"])
        (row,) = [r for r in rows if r.startswith(f"| `{arm['arm']}` | all |")]
        assert f"| {instrument.signed(skew['mean'])}{interval} |" in row
        agreed = arm["measures"][AGREEMENT]["total"]
        assert f"| all | {agreed:.0f} of {arm['dialogues']} |" in row


def test_what_the_theory_predicts_of_the_instrument_holds() -> None:
    answer, _ = played("track-contrast")
    skews = {arm["arm"]: arm["measures"][SKEW] for arm in answer["arms"]}
    for name in ("track-1", "backchannel", "track-2"):
        assert abs(skews[name]["mean"]) < 0.02, name
    low, high = skews["track-1"]["interval"]
    assert low <= 0 <= high or abs(skews["track-1"]["mean"]) < 0.01
    assert skews["track-1.5"]["interval"][0] > 0.02
    effect = answer["primary"]
    assert effect["shown"] is True
    assert effect["n_scenarios"] == 28
    assert effect["pairing_correlation"] is not None


def test_the_mechanisms_read_what_the_page_says() -> None:
    answer, run = played("mechanisms")
    assert on_the_page("mechanisms") == list(instrument.mechanisms(find(run)))
    moved = {
        mechanism["mechanism"]: mechanism[which]["interval"]
        for mechanism in answer["mechanisms"]
        for which in ("alone", "last")
    }
    for wordless in ("access", "intelligence", "publication"):
        assert moved[wordless] == [0.0, 0.0], "V has no term for it"


def test_the_dose_reads_what_the_page_says() -> None:
    """One of the four curves; the script makes them all alike."""
    answer, run = played("dose", *HARDBALL)
    (curve,) = find(run).doses
    assert on_the_page("dose-2") == list(instrument.dose(curve))
    (told,) = answer["doses"]
    responses = {response["measure"]: response for response in told["responses"]}
    assert responses[SKEW]["shown"] is True
    assert responses[SKEW]["against"] == 0, "monotone"
    assert responses[AGREEMENT]["change"] < 0


def test_every_control_holds() -> None:
    checks = played("controls")[0]["checks"]
    assert len(checks) == 12
    assert all(check["held"] for check in checks)


def test_tables_are_written_between_their_marks(tmp_path: Path) -> None:
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    once = instrument.written(page, {"x": "| 1 |"})
    assert once == "a\n<!-- x -->\n\n| 1 |\n\n<!-- /x -->\nb\n"
    assert instrument.written(once, {"x": "| 1 |"}) == once
    with pytest.raises(LookupError, match="'y'"):
        instrument.written(page, {"y": ""})
