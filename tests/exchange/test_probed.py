"""The answers to probes, a row each."""

from __future__ import annotations

import json

import pytest

from harness import app
from harness.analysis.query import parse
from harness.evaluators.probing import Probing
from harness.evaluators.scoring import scored
from harness.exchange.probed import answers_of, episodes_of
from harness.exchange.tidy import Chosen, columns_of, rows_of
from harness.records.probe import PROBE, ProbeAnswer, ProbeRecord
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from harness.report.rows import names_in, rows

ARMS = ("track-1", "track-1.5")


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    place = tmp_path_factory.mktemp("probed")
    app.run("quickstart", scenarios="opening", limit=2, probe=True, log_dir=place)
    return app.load(log_dir=place)


def test_every_answer_is_a_row(probed: RunFolder) -> None:
    found = list(rows_of("probes", probed))
    names = {column.name for column in columns_of("probes", probed)}
    assert all(row.keys() == names for row in found)
    records = list(probed.records(PROBE, ProbeRecord))
    assert len(records) > 2
    assert [(row["probe"], row["asked"], row["signs"]) for row in found] == [
        (record.id, number, answer.signs)
        for record in records
        for number, answer in enumerate(record.body.answers, start=1)
    ]
    assert {json.loads(row["package"]).keys() == {i.id for i in _issues(probed)} for row in found}
    assert {row["arm"] for row in found} <= {*ARMS, ";".join(ARMS)}


def _issues(folder: RunFolder) -> tuple[object, ...]:
    return next(iter(folder.info.scenarios.values())).issues


def test_shares_are_those_that_the_evaluator_finds(probed: RunFolder) -> None:
    found = list(rows_of("probes", probed))
    for score in scored(probed, (Probing(),)):
        own = [row for row in found if row["probe"] == score.id]
        signed = [row["signs"] for row in own]
        assert sum(signed) / len(signed) == score.values["signed"]
        assert sum(row["expected"] for row in own) / len(own) == score.values["expected"]


def test_probes_are_those_of_the_chosen_dialogues(probed: RunFolder) -> None:
    only = Chosen(parse('arm == "track-1.5"', names_in(probed)))
    arms = {row["arm"] for row in rows_of("probes", probed, only)}
    assert arms == {"track-1.5"}
    nothing = Chosen(parse("turns > 9999", names_in(probed)))
    assert not list(rows_of("probes", probed, nothing))


def test_a_dialogue_belongs_to_an_episode_an_arm(run: RunFolder) -> None:
    shared = next(rows(run))
    found = list(episodes_of(shared, "A/B"))
    assert [(one[-2], one[-1]) for one in found] == [("A/B", "lean"), ("A/B", "plain")]


def test_a_void_probe_has_its_answers_and_no_values(
    probed: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = next(probed.records(PROBE, ProbeRecord))
    answers = tuple(
        ProbeAnswer(package=answer.package, problem="no decision")
        for answer in record.body.answers[:2]
    )
    void = record.model_copy(
        update={
            "status": "void",
            "void": VoidReason(kind="reply", seat="o", detail="nothing usable"),
            "body": record.body.model_copy(update={"answers": answers}),
        }
    )
    monkeypatch.setattr(probed, "records", lambda kind, read_as: iter([void]))
    found = [answer for _, answer in answers_of(probed, None)]
    assert [row["asked"] for row in found] == [1, 2]
    for row in found:
        assert row["signs"] is row["believed"] is row["expected"] is None
        assert row["problem"] == "no decision"
        assert row["worth"] is not None
