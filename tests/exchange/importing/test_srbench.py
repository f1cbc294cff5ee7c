"""Results of the marketplace: signed where the bench clamps, and void where a model failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.app.importing import import_file
from harness.errors import InputError
from harness.evaluators.case import case_of
from harness.evaluators.reported import Reported
from harness.evaluators.settlement import Settlement
from harness.exchange.importing.srbench import SocialReasoningBench
from harness.records.reader import RunFolder
from tests.support.corpora import corpus
from tests.support.negotiations import market, sale

HAGGLED = [("buyer", 45), ("seller", 52), ("buyer", 50)]
RESULTS = [
    sale(0, HAGGLED, "deal"),
    sale(1, [("buyer", 480)], "deal"),
    sale(2, HAGGLED, "leaves", foul=True),
    sale(3, HAGGLED, "breaks"),
    sale(4, HAGGLED, "runs out"),
]


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def values(folder: RunFolder) -> list[dict[str, Any]]:
    cases = [case_of(one, folder.info) for one in folder.transcripts()]
    return [Settlement().score(c).values | Reported().score(c).values for c in cases]


def test_a_deal_below_a_limit_keeps_its_sign(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", market(RESULTS))
    done = import_file("srbench", path, log_dir=tmp_path)
    fair, dear, left, void, out = values(done.folder)
    assert (done.read, done.scenarios) == (5, 1), "one task is one scenario"
    assert fair["gain_points_o"] == pytest.approx(2)
    assert fair["gain_points_u"] == pytest.approx(12)
    assert fair["gain_share_o"] == pytest.approx(2 / 14)
    assert dear["gain_points_o"] == pytest.approx(52 - 480)
    assert dear["gain_share_o"] == pytest.approx((52 - 480) / 14)
    assert dear["rated_o"] == 0.25
    assert left["agreement"] is False
    assert left["gain_points_o"] == 0
    assert void["agreement"] is None
    assert void["rated_o"] is None
    assert out["agreement"] is False
    arms = {done.folder.place(one.id).arm for one in done.folder.transcripts()}
    assert arms == {"normal", "malicious-seller"}


def test_who_spoke_and_what_they_did(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", market(RESULTS))
    records = list(import_file("srbench", path, log_dir=tmp_path).folder.transcripts())
    assert [seat.model for seat in records[0].spec.seats] == ["maker/one", "maker/two"]
    assert [turn.words for turn in records[0].body.turns][:2] == ["45 it is", "52 it is"]
    assert records[0].body.outcome.offer == "o-2"
    assert (records[2].body.outcome.kind, records[2].body.outcome.by) == ("walk_out", "o")
    assert records[3].status == "void"
    assert records[3].void is not None
    assert (records[3].void.seat, records[3].void.detail) == ("u", "Agent generation error.")


def test_a_task_of_two_files_is_one_scenario(tmp_path: Path) -> None:
    one = written(tmp_path / "one.json", market(RESULTS[:1]))
    two = written(tmp_path / "two.json", market([sale(0, [("buyer", 41)], "deal")]))
    assert import_file("srbench", [one, two], log_dir=tmp_path).scenarios == 1
    prices = [
        found.negotiation.issues
        for path in (one, two)
        for found in SocialReasoningBench().read(path)
        if found.negotiation is not None
    ]
    assert len(prices) == 2
    assert prices[0] != prices[1], "apart, they know of their own prices only"


def test_no_zone_of_agreement_is_left_as_it_is(tmp_path: Path) -> None:
    result = sale(0, HAGGLED, "deal")
    result["execution"]["task"]["buyer"]["reservation_price"] = 30.0
    path = written(tmp_path / "r.json", market([result]))
    (found,) = values(import_file("srbench", path, log_dir=tmp_path).folder)
    assert found["over_agreement"] is True
    assert found["gain_share_o"] is None
    assert found["gain_points_o"] == pytest.approx(-20)


def test_a_result_that_is_not_as_it_should_be_is_counted(tmp_path: Path) -> None:
    bad = sale(1, HAGGLED, "deal")
    bad["execution"]["outcome"]["deal_price"] = "free"
    path = written(tmp_path / "r.json", market([RESULTS[0], bad, {}]))
    found = list(SocialReasoningBench().read(path))
    assert [one.negotiation is not None for one in found] == [True, False, False]
    assert found[1].where == f"{path}: result 2"


@pytest.mark.parametrize("document", [[], {}, {"results": 3}, {"results": [{}]}])
def test_another_file_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(InputError, match="no results file of a marketplace"):
        list(SocialReasoningBench().read(written(tmp_path / "r.json", document)))


def test_the_samples_have_one_deal_that_a_clamp_hides(tmp_path: Path) -> None:
    done = import_file("srbench", sorted(corpus("srbench").glob("*.json")), log_dir=tmp_path)
    assert (done.read, done.refused, done.scenarios) == (15, 0, 3)
    rows = values(done.folder)
    deals = [row for row in rows if row["agreement"]]
    below = [row for row in deals if min(row["gain_o"], row["gain_u"]) < -1e-9]
    assert (len(deals), len(below)) == (9, 1)
    (hidden,) = below
    assert (round(hidden["gain_share_o"], 9), hidden["rated_o"]) == (-24, 0)
    assert round(hidden["gain_points_o"], 9) == -432
    assert [row["agreement"] for row in rows].count(None) == 3
