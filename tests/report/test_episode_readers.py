"""Readers of an episode, before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.evaluators.case import Case
from harness.records.readership import ReaderAnswer, Readership, ReadershipRecord
from harness.records.transcript import VoidReason
from harness.report.episode import OneReader, Panel
from harness.report.episode_readers import CHECKS, NO_ANSWER, mean_of, panel_of
from tests.support.episodes import stages


def panel(run: Path, arm: str = "chain", **records: ReadershipRecord) -> Panel:
    found = stages(run, arm)
    assert found.case is not None
    case = found.case
    shown = panel_of(Case(case.record, case.scenario, case.spec, {**case.inputs, **records}))
    assert shown is not None
    return shown


def after(run: Path) -> ReadershipRecord:
    record = stages(run).records["after"]
    assert isinstance(record, ReadershipRecord)
    return record


def one(shown: Panel, reader: str = "official") -> OneReader:
    return next(r for r in shown.readers if r.reader == reader)


def test_changes_are_costs_in_points_the_largest_first(chain_run: Path) -> None:
    shown = panel(chain_run)
    reader = one(shown)
    sizes = [abs(change.change) for change in reader.changes]
    assert sizes == sorted(sizes, reverse=True)
    for change in reader.changes:
        assert change.change == pytest.approx(change.after - change.before)
        assert -1e-9 <= change.before <= 100 + 1e-9
    conceding = [c.change for c in reader.changes if c.seat == "u"]
    assert reader.conceding == pytest.approx(sum(conceding) / len(conceding))
    assert reader.conceding is not None
    assert reader.asking is not None
    assert reader.conceding < 0 < reader.asking, "as a laundering script moves a trusting one"
    assert reader.advises
    assert shown.mean[0].change == pytest.approx(
        sum(
            next(
                c.change
                for c in r.changes
                if (c.seat, c.issue, c.option)
                == (shown.mean[0].seat, shown.mean[0].issue, shown.mean[0].option)
            )
            for r in shown.readers
        )
        / len(shown.readers)
    )


def test_who_read_nothing_says_the_same_twice(chain_run: Path) -> None:
    shown = panel(chain_run, "no-article")
    assert shown.read == "asked before, and again after they had read nothing"
    assert {c.change for r in shown.readers for c in r.changes} == {0.0}
    assert not any(moved.changed for r in shown.readers for moved in r.settlement)


def test_an_answer_that_is_missing_is_no_change_and_has_its_reason(chain_run: Path) -> None:
    read = after(chain_run)
    first, *rest = read.body.answers
    failed = ReaderAnswer(
        reader=rest[0].reader,
        values=rest[0].values,
        settlement=rest[0].settlement,
        checks=dict.fromkeys(CHECKS, False),
    )
    none = ReaderAnswer(reader=first.reader, problem="no JSON")
    body = Readership(answers=(none, failed, *rest[1:]))
    shown = panel(chain_run, after=read.model_copy(update={"body": body}))
    lacking = one(shown, first.reader)
    assert [why.line for why in lacking.missing] == [f"after: {NO_ANSWER}: no JSON"]
    assert (lacking.changes, lacking.conceding) == ((), None)
    assert [f.split(" (")[1] for f in one(shown, failed.reader).failed] == ["after)"] * len(CHECKS)
    assert one(shown, failed.reader).changes, "a check that failed drops nobody"


def test_a_void_reading_says_so_of_each_of_its_readers(chain_run: Path) -> None:
    void = VoidReason(kind="reply", seat=None, detail="it refused")
    update = {"status": "void", "void": void, "body": Readership()}
    shown = panel(chain_run, after=after(chain_run).model_copy(update=update))
    assert {why.line for r in shown.readers for why in r.missing} == {
        "after: void (reply): it refused"
    }
    assert shown.mean == ()
    assert mean_of([]) == []
