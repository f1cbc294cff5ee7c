"""The manipulation check in rows and words."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.analysis.account import Account
from harness.analysis.by_model import ModelFinding
from harness.analysis.thresholds import Acting, Number, Probes
from harness.report.manipulation import points, rows, sentences, threshold
from harness.report.terminal import _print_probes
from tests.support.findings import findings


def acting(**fields: object) -> Acting:
    known = {
        "arm": "lean",
        "seat": "u",
        "model": "openai/x",
        "answers": 70,
        "missing": 2,
        "scenarios": 8,
        "signed": 0.625,
        "expected": 0.5,
        "threshold": Number(value=-0.12, interval=(-0.2, 0.01)),
        "slope": Number(value=20, interval=(10, 40)),
        "separated": False,
        "own_threshold": -0.1,
        "problem": "",
    }
    return Acting.model_validate({**known, **fields})


def test_a_row_says_points_and_what_is_missing() -> None:
    found = findings(probes=Probes(acting=(acting(),), separations=()))
    assert rows(found) == [("lean", "u", "62%", "−12 (−20 to +1)", "−10", "2")]
    (said,) = sentences(found)
    assert said == (
        "lean, seat u: ten points more make signing 7.39 times as likely, in odds "
        "(2.72 times to 54.6 times)."
    )


def test_where_there_is_no_threshold_the_reason_is_said() -> None:
    none = acting(threshold=None, slope=None, signed=None, own_threshold=None, problem="it refused")
    sharp = acting(separated=True)
    plain = acting(slope=Number(value=900, interval=None), threshold=Number(value=0, interval=None))
    found = findings(probes=Probes(acting=(none, sharp, plain), separations=()))
    assert [row[2:5] for row in rows(found)][::2] == [("—", "—", "—"), ("62%", "0", "−10")]
    assert list(sentences(found)) == [
        "lean, seat u: no threshold; it refused.",
        "lean, seat u: everything above one value is signed and nothing below it.",
        "lean, seat u: ten points more make signing over 1,000 times as likely, in odds.",
    ]


def test_models_that_take_turns_in_a_seat_are_told_apart() -> None:
    account = Account(planned=0, played=0, missing=0, cut_by_limit=0, cut_scenarios=(), arms={})
    turns = ModelFinding(label="x", models={"unofficial": "x"}, account=account, primary=None)
    probes = Probes(
        acting=(acting(), acting(model="openai/y", problem="it refused")), separations=()
    )
    found = findings(probes=probes, by_model=(turns,))
    assert [row[1] for row in rows(found)] == ["u (openai/x)", "u (openai/y)"]
    assert [said.partition(":")[0] for said in sentences(found)] == [
        "lean, seat u (openai/x)",
        "lean, seat u (openai/y)",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.004, "0"), (-0.004, "0"), (0.126, "+13"), (-1.0, "−100"), (None, "—")]
)
def test_points_are_signed_and_whole(value: float | None, text: str) -> None:
    assert points(value) == text
    assert threshold(None if value is None else Number(value=value, interval=None)) == text


def test_a_run_without_probes_says_nothing() -> None:
    assert rows(findings(probes=None)) == []
    assert list(sentences(findings(probes=None))) == []
    file = io.StringIO()
    _print_probes(findings(probes=None), Console(file=file))
    assert file.getvalue() == ""
