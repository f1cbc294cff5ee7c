"""What a suite declares is answered with what it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.asked import courses_for, effects_of
from harness.analysis.balance import balance_of
from harness.analysis.run_values import read_values
from harness.evaluators.registry import builtin, measures
from harness.records.reader import RunFolder
from tests.support.run_folders import make_suite
from tests.support.unfinished import whole_run

SKEW = "settlement.skew"
FIRST = {"name": "q", "treatment": "lean", "control": "plain"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return whole_run(tmp_path_factory.mktemp("whole"))


def test_the_primary_stands_alone_and_the_others_are_corrected(folder: RunFolder) -> None:
    values, known = read_values(folder, [SKEW]), measures(builtin())
    suite = make_suite(contrasts={"primary": FIRST, "secondary": [{**FIRST, "name": "again"}]})
    primary, secondary = effects_of(suite, values, known, {}, apart=False)
    assert primary is not None
    assert primary.shown
    assert (primary.holm_p, [one.holm_p for one in secondary]) == (None, [primary.p_t])
    assert effects_of(suite, values, known, {}, apart=True) == (primary, ())
    silent = make_suite(contrasts=None)
    assert effects_of(silent, values, known, {}, apart=False) == (None, ())
    assert balance_of(silent, values, SKEW, known) == ()


def test_courses_are_asked_for_where_something_is_void(folder: RunFolder, tmp_path: Path) -> None:
    values = read_values(folder, [SKEW])
    assert courses_for(folder, folder.info.suite, values, None) == {}
    values.proceedings["lean"].void = 1
    kept = courses_for(folder, folder.info.suite, values, {("s", "p", "other"): None})  # type: ignore[dict-item]
    assert kept == {}
    assert {arm for *_, arm in courses_for(folder, folder.info.suite, values, None)} == {
        "lean",
        "plain",
    }
