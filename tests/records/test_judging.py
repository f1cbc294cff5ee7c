"""Which judgements a run has, and where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Twin
from harness.errors import RecordError
from harness.records.episodes import Place
from harness.records.folder import JUDGING, is_taken, stage_files
from harness.records.judging import (
    Judging,
    judged_nodes,
    node_name,
    read_judgings,
    with_judged,
)

TALKS, OTHER, FIRST, SECOND, THIRD = (digit * 16 for digit in "12abc")


def written(run: Path, *lines: tuple[str, str, str, str]) -> Path:
    names = ("judgement", "read", "rubric", "judge")
    made = [Judging.model_validate(dict(zip(names, one, strict=True))) for one in lines]
    (run / JUDGING).write_text("".join(f"{one.model_dump_json()}\n" for one in made))
    return run


def places() -> dict[str, Place]:
    return {TALKS: Place("talks", "small", Twin.NAMES, 2, ("plain", "lean"))}


def test_a_judgement_stands_where_its_record_does(tmp_path: Path) -> None:
    run = written(tmp_path, (FIRST, TALKS, "talks-claims", "openai/x"))
    found = with_judged(places(), run)
    assert found[FIRST] == Place("judged_talks-claims", "small", Twin.NAMES, 2, ("plain", "lean"))
    assert found[TALKS] == places()[TALKS]


def test_a_run_that_nobody_judged_has_no_more_places(tmp_path: Path) -> None:
    assert with_judged(places(), tmp_path) == places()
    assert judged_nodes(tmp_path) == {}


def test_no_line_moves_a_stage_of_the_plan(tmp_path: Path) -> None:
    run = written(tmp_path, (TALKS, TALKS, "article", "openai/x"))
    assert with_judged(places(), run) == places()


def test_judgements_of_what_the_run_does_not_have_are_refused(tmp_path: Path) -> None:
    run = written(tmp_path, (FIRST, OTHER, "article", "openai/x"))
    with pytest.raises(RecordError, match=f"judges the record {OTHER}") as caught:
        with_judged(places(), run)
    assert caught.value.where == f"{run / JUDGING}:1"


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / JUDGING).write_text('{"judgement":"x"}\n')
    with pytest.raises(RecordError, match="damaged line") as caught:
        list(read_judgings(tmp_path))
    assert "score RUN --judge" in (caught.value.fix or "")


def test_each_judge_has_a_name_of_its_own_beside_the_stages(tmp_path: Path) -> None:
    run = written(
        tmp_path,
        (FIRST, TALKS, "article", "openai/x"),
        (SECOND, TALKS, "article", "openai/y"),
        (THIRD, TALKS, "talks-claims", "openai/x"),
        (FIRST, TALKS, "article", "openai/x"),
    )
    assert judged_nodes(run) == {
        TALKS: {
            node_name("article"): FIRST,
            "judged_article_2": SECOND,
            "judged_talks-claims": THIRD,
        }
    }


def test_the_file_holds_no_stages(tmp_path: Path) -> None:
    written(tmp_path, (FIRST, TALKS, "article", "openai/x"))
    assert list(stage_files(tmp_path)) == []
    assert is_taken("judging")
