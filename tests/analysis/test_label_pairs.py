"""Labels of a run's own turns correct its judge, arm by arm."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.analysis.judge_known import NOTHING_KNOWN, counted_judgements
from harness.analysis.judged_measures import LABELS
from harness.analysis.label_pairs import definitions_in, labels_read, with_labels
from harness.app.labelling import candidates
from harness.evaluators.judges import whose
from harness.evaluators.word_turns import MEASURES
from harness.records.labels import add_labels, read_labels
from harness.suite.parts import ModelSettings
from tests.support.inprocess import typed
from tests.support.labels import WordsJudge, judged_run, label, run_of
from tests.support.mock_server import MockServer


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(WordsJudge(lambda number, _: number == 1)) as running:
        yield running


@pytest.fixture(scope="module")
def labelled_once(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The judge takes the second turn of all talks for a concession; a person finds none."""
    cwd = tmp_path_factory.mktemp("labelled")
    judged_run(cwd, server)
    with pytest.MonkeyPatch.context() as monkeypatch:
        done = label(cwd, ["n"] * 500, monkeypatch, "--turns", "500", "--who", "ann")
    assert done.code == 0, done.err
    return cwd


@pytest.fixture
def cwd(labelled_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(labelled_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_what_the_judge_makes_up_is_taken_out(cwd: Path) -> None:
    done = typed("report", "quick", "--json", cwd=cwd)
    assert done.code in (0, 100), done.err
    found = json.loads(done.out)
    rows = [one for one in found["corrected"] if one["measure"].startswith("words.conceded")]
    means = [one for one in rows if one["control"] is None]
    assert len(means) == 4
    assert {one["by"] for one in rows} == {LABELS}
    assert sum(one["judged"] for one in means) == pytest.approx(2), "one in each of the talks"
    assert [one["corrected"] for one in means] == [pytest.approx(0)] * 4, means
    held = [one["interval"][0] <= 0 <= one["interval"][1] for one in means]
    assert held == [True] * 4
    assert found["measures"]["words.conceded_o"]["title"].endswith("(by a judge, uncorrected)")
    assert found["measures"]["words.only_o"]["title"].endswith("(by a judge, uncalibrated)")
    assert found["labels"]["people"]["ann"][1] == 0
    page = typed("report", "quick", cwd=cwd)
    assert "Labels by people" in page.out
    html = (run_of(cwd).path / "report.html").read_text(encoding="utf-8")
    assert 'id="labels"' in html
    assert "ann has labelled" in html


def test_every_turn_of_the_talks_that_were_judged_is_counted(cwd: Path) -> None:
    folder = run_of(cwd)
    found = labels_read(folder)
    assert found is not None
    there, judged = candidates(folder, "prose-ledger")
    assert judged
    assert found.people == {"ann": (len(there), 0)}
    assert sum(map(sum, found.turns.values())) == len(there)
    assert set(found.turns) == {one.record for one in there}
    assert set(found.labels) == set(MEASURES)
    assert {len(own) for own in found.labels.values()} == {len(there)}
    assert sum(one.judged for one in found.labels["words.conceded_u"]) > 0
    known = with_labels(folder, NOTHING_KNOWN)
    assert known.judges["words.final_o"] == found.judge
    assert known.warnings == ()


def test_where_several_have_read_a_turn_their_mean_counts_and_skips_are_missing(cwd: Path) -> None:
    folder = run_of(cwd)
    first, second, *_ = read_labels(folder.path)
    concession = next(
        one.body.verdicts[0] for one in counted_judgements(folder, "prose-ledger").values()
    )
    quote = concession.quotes[0]
    turn = next(one for one in read_labels(folder.path) if one.turn == quote.at)
    record = next(
        record
        for (record, _), one in counted_judgements(folder, "prose-ledger").items()
        if one.body.verdicts[0] == concession
    )
    turn = next(
        one for one in read_labels(folder.path) if (one.record, one.turn) == (record, quote.at)
    )
    add_labels(
        folder.path,
        [
            turn.model_copy(update={"who": "ben", "verdicts": (concession,)}),
            first.model_copy(update={"who": "ben", "skipped": True}),
            second.model_copy(update={"who": "ben", "record": "f" * 16}),
            second.model_copy(update={"who": "ben", "at": (99,), "sampled": {99: 0.5}}),
            second.model_copy(update={"who": "eve", "version": 9}),
        ],
    )
    found = labels_read(folder)
    assert found is not None
    assert found.people["ben"] == (2, 1)
    assert "not used: 2 of" in found.warnings[0]
    assert found.warnings[1].endswith("do not correct it: 1.")
    truths = [
        one.truth
        for measure in ("words.conceded_o", "words.conceded_u")
        for one in found.labels[measure]
    ]
    assert sorted(truths)[-1] == 0.5
    assert sum(truths) == 0.5


def test_labels_correct_no_judge_where_several_have_read(cwd: Path, server: MockServer) -> None:
    done = typed(
        *("score", "quick", "--judge", f"openai/y@{server.base_url}"),
        *("--rubric", "prose-ledger", "--no-report", "--display", "none"),
        cwd=cwd,
    )
    assert done.code in (0, 100), done.err
    found = labels_read(run_of(cwd))
    assert found is not None
    assert (found.labels, found.judge) == ({}, "")
    assert found.warnings[0].startswith("Several judges have read this run")
    assert {one.second for one in found.agreements if one.judge} == {
        f"openai/{name}@{server.base_url}" for name in "xy"
    }


def test_a_model_with_other_settings_is_another_judge(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is for the figures themselves, and for answers about whole records."""
    found = counted_judgements(run_of(cwd), "prose-ledger")
    (record, _), one = next(iter(found.items()))
    judge = one.spec.judge.model_copy(update={"settings": ModelSettings(extra={"a": {"b": [1]}})})
    other = one.model_copy(update={"spec": one.spec.model_copy(update={"judge": judge})})
    monkeypatch.setattr(
        "harness.analysis.label_pairs.counted_judgements",
        lambda *_: {**found, (record, judge.model_dump_json()): other},
    )
    labels = labels_read(run_of(cwd))
    assert labels is not None
    assert (labels.labels, labels.judge) == ({}, "")
    assert labels.warnings[0].startswith("Several judges have read this run")


def test_definitions_need_no_agreement_of_readers(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_of(cwd)
    whole = labels_read(folder)
    assert whole is not None
    assert whole.agreements
    monkeypatch.setattr("harness.analysis.label_pairs.agreements", None)  # it is not called
    told = definitions_in(folder)
    assert whose(told["words.conceded_o"]) == "uncorrected"
    assert whose(told["words.only_o"]) == "uncalibrated"


def test_a_run_without_labels_has_none(cwd: Path) -> None:
    (run_of(cwd).path / "labels.jsonl").unlink()
    assert labels_read(run_of(cwd)) is None
    assert with_labels(run_of(cwd), NOTHING_KNOWN) is NOTHING_KNOWN
