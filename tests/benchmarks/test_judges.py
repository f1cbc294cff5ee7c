"""Simulated judges come out at their true quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from benchmarks.answer_judges import holds
from benchmarks.judges import Figure, counted, figures, rows
from benchmarks.simulated_judges import JUDGES, Library, readings
from harness.analysis.judge_account import account_of
from harness.analysis.judge_errors import BENT, JudgedPair, errors_of
from harness.app.planting import plant
from harness.app.truthful import pairs_of
from harness.planted.planted import Perturbation
from harness.planted.sets import digest_of
from tests.support.planted_judge import read_by, told

WAYS: tuple[Perturbation, ...] = ("as_written", "label", "order")


@cache
def known() -> Mapping[str, Sequence[tuple[str, float, Figure]]]:
    return figures(counted(told("test")))


def test_every_judge_has_figures_that_are_known() -> None:
    assert known().keys() == {judge.name for judge in JUDGES}


@pytest.mark.parametrize("name", [judge.name for judge in JUDGES])
def test_a_judge_comes_out_as_good_as_it_is(name: str) -> None:
    # One interval in twenty misses by chance: benchmarks/judges.py counts over many seeds.
    account = account_of(read_by(name, told("test", WAYS), seed=1))
    for figure, true, find in known()[name]:
        assert holds(find(account), true), f"{figure}: {find(account)}, truly {true}"


def test_the_form_of_a_sentence_gives_no_event_away() -> None:
    found = account_of(read_by("gullible", told("test")))
    precision = found.events["precision.concedes"]
    assert precision.high is not None
    assert precision.high < 0.5, "most mentions of another option are no concession"
    devious = found.per_kind["none/devious"]["false"]
    assert devious.value == 1.0


def test_a_request_without_a_planted_transcript_is_refused() -> None:
    body = {"messages": [{"content": "x"}, {"content": "> [0] A: hello there"}]}
    with pytest.raises(LookupError):
        Library(told("dev")).seen(body, "")


def test_the_table_is_made_by_the_command_itself() -> None:
    found = list(rows(limit=2))
    assert [row[0] for row in found if row[0]] == [judge.name for judge in JUDGES]
    assert all(row[5] in ("yes", "**no**") for row in found)


def test_a_judge_that_errs_by_chance_is_refused_no_measure_for_a_bend(tmp_path: Path) -> None:
    whole = told("test")
    info = plant(tmp_path / "run", whole, digest_of(whole), "").info
    judged = readings(next(judge for judge in JUDGES if judge.name == "noisy"), whole, seed=1)
    refused, tried = [], set()
    for name, own in pairs_of(whole, judged, info).items():
        pairs = [JudgedPair(one.cluster, one.truth, one.judged) for one in own]
        if {one.truth for one in pairs} - {0.0, 1.0, None}:
            tried.add(name)
            refused += [name] * (errors_of(pairs, yes_no=False) == BENT)
    assert {"words.value_o", "words.conceded_u"} <= tried
    assert refused == []
