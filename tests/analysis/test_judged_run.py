"""The corrected figures of a run by themselves are those of its findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.analysis.judge_known import NOTHING_KNOWN
from harness.analysis.judged_measures import LABELS
from harness.analysis.judged_run import corrected_in
from harness.analysis.label_pairs import with_labels
from harness.records.reader import RunFolder
from tests.support.labels import WordsJudge, judged_run, label, run_of
from tests.support.mock_server import MockServer


@pytest.fixture(scope="module")
def cwd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("figures")
    with MockServer(WordsJudge(lambda number, _: number == 1)) as server:
        judged_run(path, server)
        yield path


def test_nothing_is_known_of_a_judge_and_then_labels_are(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert corrected_in(run_of(cwd)) == ()
    done = label(cwd, ["n"] * 500, monkeypatch, "--turns", "500", "--who", "ann")
    assert done.code == 0, done.err
    folder = RunFolder(run_of(cwd).path)
    found = corrected_in(folder)
    assert {one.by for one in found} == {LABELS}
    assert found == find(folder, judges=with_labels(folder, NOTHING_KNOWN)).corrected
