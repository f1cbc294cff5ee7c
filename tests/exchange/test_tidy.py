"""The rows of the exported tables."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from harness.analysis.query import parse
from harness.evaluators.case import case_of
from harness.evaluators.ledger import ledger
from harness.exchange.formats import csv_chunks, jsonl_chunks
from harness.exchange.tables import TABLES, Table
from harness.exchange.tidy import Chosen, columns_of, is_scored, rows_of, run_name
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.report.rows import names_in, rows
from tests.records.test_golden import EXAMPLE, KEPT
from tests.support.exported import FORMULA
from tests.support.run_folders import LOPSIDED


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("path", [KEPT, EXAMPLE], ids=lambda path: path.name)
def test_every_row_has_every_column_and_no_other(table: Table, path: Path) -> None:
    folder = RunFolder(path)
    names = {column.name for column in columns_of(table, folder)}
    found = list(rows_of(table, folder))
    if table in ("probes", "episodes", "words", "corrected"):
        assert not found, "none of these runs has any"
        return
    assert found
    assert all(row.keys() == names for row in found)
    assert {row["run"] for row in found} == {path.name}


def test_a_dialogue_has_one_row_with_all_its_arms_and_scores(run: RunFolder) -> None:
    shared, apart, void = rows_of("dialogues", run)
    assert (shared["arm"], apart["arm"], void["arm"]) == ("lean;plain", "lean", "plain")
    assert json.loads(shared["package"]) == LOPSIDED
    assert (shared["worth_o"], shared["worth_u"]) == pytest.approx((1, 0))
    assert (apart["ending"], apart["package"]) == ("no_deal", None)
    assert (apart["worth_o"], apart["no_deal_o"]) == pytest.approx((0.25, 0.25))
    row = next(rows(run))
    assert {name: shared[name] for name in row if name != "arm"} == {
        name: value for name, value in row.items() if name != "arm"
    }
    assert shared["settlement.skew"] > 0


def test_every_table_has_what_joins_it_to_the_others(run: RunFolder) -> None:
    keys = ("run", "id", "arm", "scenario", "twin", "epoch", "lineup", "model_o", "model_u")
    places = {row["id"]: tuple(row[key] for key in keys) for row in rows_of("dialogues", run)}
    assert {place[-2:] for place in places.values()} == {("scripted", "scripted")}
    for table in ("moves", "concessions", "scores"):
        for row in rows_of(table, run):  # type: ignore[arg-type]
            assert tuple(row[key] for key in keys) == places[row["id"]]


def test_a_run_with_a_name_that_is_no_text_is_exported(tmp_path: Path, run: RunFolder) -> None:
    place = Path(os.fsdecode(bytes(tmp_path / "r") + b"\xff"))
    shutil.copytree(run.path, place)
    named = RunFolder(place)
    assert run_name(named) == "r\\udcff"
    for chunks in (csv_chunks, jsonl_chunks):
        assert b"".join(chunks(columns_of("moves", named), rows_of("moves", named)))


def test_what_is_missing_of_a_void_dialogue_is_missing(run: RunFolder) -> None:
    *_, void = rows_of("dialogues", run)
    assert (void["ending"], void["void_kind"], void["void_seat"]) == ("void", "reply", "u")
    assert void["settlement.skew"] is void["worth_o"] is void["worth_u"] is None
    *_, last = (row for row in rows_of("scores", run) if row["measure"] == "settlement.skew")
    assert (last["id"], last["value"], last["word"]) == (void["id"], None, None)
    assert last["why_null"]


def test_by_arm_repeats_a_dialogue_that_arms_share(run: RunFolder) -> None:
    once = list(rows_of("dialogues", run))
    by_arm = list(rows_of("dialogues", run, Chosen(by_arm=True)))
    assert [row["arm"] for row in by_arm] == ["lean", "plain", "lean", "plain"]
    assert len(by_arm) == len(once) + 1
    assert {**by_arm[0], "arm": ""} == {**by_arm[1], "arm": ""}


def test_a_filter_chooses_dialogues_in_every_table(run: RunFolder) -> None:
    chosen = Chosen(parse("ending == deal and skew > .2", names_in(run)))
    (deal,) = rows_of("dialogues", run, chosen)
    for table in (one for one in TABLES if one not in ("probes", "episodes", "words", "corrected")):
        assert {row["id"] for row in rows_of(table, run, chosen)} == {deal["id"]}
    assert not list(rows_of("moves", run, Chosen(parse("skew > 1", names_in(run)))))


def test_a_turn_has_its_terms_and_what_they_are_worth(run: RunFolder) -> None:
    proposed, accepted, *_ = rows_of("moves", run)
    assert (proposed["turn"], proposed["seat"], proposed["action"]) == (0, "o", "propose")
    assert json.loads(proposed["package"]) == LOPSIDED
    assert (proposed["worth_o"], proposed["worth_u"]) == pytest.approx((1, 0))
    assert (proposed["no_deal_o"], proposed["no_deal_u"]) == pytest.approx((0.25, 0.3))
    assert proposed["words"] == FORMULA
    assert (accepted["action"], accepted["offer"]) == ("accept", proposed["offer"])
    assert accepted["package"] == proposed["package"]


def test_turns_in_private_have_no_value_and_no_move() -> None:
    moves = list(rows_of("moves", RunFolder(KEPT)))
    private = [row for row in moves if row["kind"] == "caucus"]
    assert private
    for row in private:
        assert row["action"] is row["package"] is row["worth_o"] is row["commitment"] is None
        assert row["no_deal_o"] is not None
    assert sum(row["repairs"] for row in moves) > 0
    says = {row["action"] for row in moves if row["commitment"] is not None}
    assert says == {"propose", "accept"}, "no other move says how far it commits"
    assert {"reject", "pass", "walk_out"} & {row["action"] for row in moves}


def test_concessions_are_the_lines_of_the_ledger(run: RunFolder) -> None:
    found = list(rows_of("concessions", run))
    steps = [
        (transcript.id, step, given)
        for transcript in run.transcripts()
        for step in ledger(case_of(transcript, run.info))
        for given in step.given
    ]
    assert [(row["id"], row["turn"], row["issue"]) for row in found] == [
        (dialogue, step.turn, given.issue) for dialogue, step, given in steps
    ]
    for row, (_, step, given) in zip(found, steps, strict=True):
        assert (row["cost"], row["worth"]) == (given.cost, given.worth)
        assert (row["own"], row["own_before"]) == (step.own, step.before)
    taken = next(row for row in found if row["kind"] == "acceptance")
    assert (taken["seat"], taken["below"], taken["now"]) == ("u", True, LOPSIDED[taken["issue"]])
    assert taken["commitment"] is not None


def test_scores_have_their_reason_where_they_are_missing(run: RunFolder) -> None:
    found = list(rows_of("scores", run))
    assert any(row["value"] is None and row["word"] is None for row in found)
    for row in found:
        assert (row["value"] is None and row["word"] is None) == (row["why_null"] is not None)
    skews = [row["value"] for row in found if row["measure"] == "settlement.skew"]
    assert skews == [row["settlement.skew"] for row in rows_of("dialogues", run)]
    assert {"reply"} == {row["word"] for row in found if row["measure"] == "process.void_kind"} - {
        None
    }


def test_a_run_that_is_not_scored_has_empty_scores(tmp_path: Path, run: RunFolder) -> None:
    assert is_scored(run)
    kept = tmp_path / "run"
    kept.mkdir()
    for path in run.path.iterdir():
        if path.name != SCORES and path.is_file():
            (kept / path.name).write_bytes(path.read_bytes())
    bare = RunFolder(kept)
    assert not is_scored(bare)
    assert [row["settlement.skew"] for row in rows_of("dialogues", bare)] == [None] * 3
    assert not list(rows_of("scores", bare))
