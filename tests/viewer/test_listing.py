"""The table of dialogues: picked, sorted, turned over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from harness.viewer import listing
from harness.viewer.index import Index
from harness.viewer.listing import (
    Asked,
    Listed,
    around,
    asked_of,
    choices,
    listed,
    names,
    ordered,
    rows,
)
from tests.support.viewer import small_run


@pytest.fixture
def db(index: Index) -> Iterator[sqlite3.Connection]:
    with index.reading() as found:
        yield found


def skews(table: Listed) -> list[object]:
    return [row.scores["settlement.skew"] for row in table.rows]


def test_the_most_one_sided_come_first_and_what_is_missing_last(db: sqlite3.Connection) -> None:
    table = listed(db, Asked())
    found = skews(table)
    assert table.total == len(found) == 5
    assert found[-1] is None
    sizes = [abs(skew) for skew in found if isinstance(skew, float)]
    assert len(sizes) == 4
    assert sizes == sorted(sizes, reverse=True)
    assert table.rows[0].arms == ("lean",)


def test_the_largest_possible_skew_stands_beside_each(db: sqlite3.Connection) -> None:
    first, *_, last = listed(db, Asked()).rows
    assert first.most is not None
    assert last.most is None


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (Asked(arm="lean"), 3),
        (Asked(scenario="small"), 5),
        (Asked(scenario="large"), 0),
        (Asked(ending="void"), 1),
        (Asked(model="scripted"), 5),
        (Asked(model="other"), 0),
        (Asked(arm="lean", ending="deal"), 2),
        (Asked(filter='arm == "lean" and ending != void'), 2),
        (Asked(filter="skew is missing"), 1),
        (Asked(filter="settlement.gain_u < 0"), 1),
    ],
)
def test_dialogues_are_picked(db: sqlite3.Connection, asked: Asked, number: int) -> None:
    table = listed(db, asked)
    assert (table.total, len(table.rows)) == (number, number)


def test_any_field_or_score_sorts(db: sqlite3.Connection) -> None:
    up = [row.fields["epoch"] for row in listed(db, Asked(sort="epoch")).rows]
    down = [row.fields["epoch"] for row in listed(db, Asked(sort="-epoch")).rows]
    assert up == [1, 1, 2, 2, 3]
    assert down == up[::-1]
    gains = [row.scores["settlement.gain_u"] for row in listed(db, Asked(sort="gain_u")).rows]
    assert gains[-1] is None
    known = [gain for gain in gains if isinstance(gain, float)]
    assert len(known) == 4
    assert known == sorted(known)


def test_what_it_is_sorted_by_is_shown(db: sqlite3.Connection) -> None:
    assert "concessions.gap" in listed(db, Asked(sort="-gap")).shown
    assert "repairs" in listed(db, Asked(sort="repairs")).shown
    assert "settlement.efficiency" in listed(db, Asked(show="efficiency")).shown


@pytest.mark.parametrize(
    "asked", [Asked(filter="skw > 1"), Asked(filter="skew >"), Asked(sort="skw"), Asked(show="skw")]
)
def test_a_question_that_is_not_understood_has_an_answer(
    db: sqlite3.Connection, asked: Asked
) -> None:
    table = listed(db, asked)
    assert table.problem
    assert table.fix
    assert not table.rows


def test_pages_are_turned(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    found = [listed(db, Asked(page=number)) for number in (1, 2, 3, 99)]
    assert [len(table.rows) for table in found] == [2, 2, 1, 1]
    assert [table.first for table in found] == [1, 3, 5, 5]
    assert found[3].asked.page == found[3].pages == 3
    assert len({row.id for table in found[:3] for row in table.rows}) == 5


def test_an_address_says_what_is_asked() -> None:
    asked = asked_of(QueryParams("arm=lean&filter= skew > .1 &page=3&more=1"))
    assert asked == Asked(arm="lean", filter="skew > .1", page=3)
    assert asked.query == {"arm": "lean", "filter": "skew > .1"}


@given(st.text())
@example("-1")
@example("0")
@example("9" * 30)
@example("٣")
def test_a_page_is_a_number_from_1(text: str) -> None:
    assert asked_of(QueryParams({"page": text})).page >= 1


def test_what_can_be_chosen(db: sqlite3.Connection) -> None:
    found = choices(db)
    assert found.arms == ("plain", "lean")
    assert found.scenarios == ("small",)
    assert found.models == ("scripted",)
    assert "settlement.skew" in found.scores


def test_who_played_is_told_where_not_all_dialogues_have_the_same(db: sqlite3.Connection) -> None:
    assert choices(db).varied == ()
    copy = sqlite3.connect(":memory:")
    db.backup(copy)
    copy.execute("UPDATE dialogues SET model_u = 'openai/x' WHERE n = 1")
    assert choices(copy).varied == ("model_u",)
    table = listed(copy, Asked(sort="model_u", model="openai/x"))
    assert [row.fields["model_u"] for row in table.rows] == ["openai/x"]
    assert "model_u" not in table.shown, "it has a column of its own"


def test_a_short_name_means_one_score() -> None:
    known = names(["id", "settlement.skew", "prediction.skew", "mine.x"])
    assert known["skew"] == "settlement.skew"
    assert known["prediction.skew"] == "prediction.skew"
    assert "gap" not in known
    assert "x" not in known


def test_rows_come_in_the_order_that_was_asked(db: sqlite3.Connection) -> None:
    found = rows(db, [3, 1, 99], ())
    assert [row.number for row in found] == [3, 1]


def test_a_run_without_scores_stands_in_its_own_order(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:

    run = small_run(tmp_path_factory.mktemp("bare"))
    (run.path / "scores.jsonl").unlink()
    made = Index(run)
    made.complete()
    with made.reading() as db:
        table = listed(db, Asked())
        missing = listed(db, Asked(filter="skew is missing"))
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 5]
    assert table.rows[0].most is None
    assert missing.total == 5


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(sort="-id"), Asked(arm="lean"), Asked(filter="skew > 0", sort="turns")]
)
def test_neighbours_are_those_of_the_table(db: sqlite3.Connection, asked: Asked) -> None:
    ids: list[str | None] = [row.id for row in listed(db, asked).rows]
    assert ids
    order = ordered(db, asked)
    for place, (before, one, after) in enumerate(
        zip([None, *ids], ids, [*ids[1:], None], strict=False), start=1
    ):
        found = around(db, order, str(one))
        assert found is not None
        assert (found.before, found.after) == (before, after)
        assert (found.number, found.total) == (place, len(ids))


def test_what_is_not_in_a_table_has_no_neighbours(db: sqlite3.Connection) -> None:
    plain = listed(db, Asked(arm="plain")).rows[0].id
    assert around(db, ordered(db, Asked(arm="lean")), plain) is None
    assert around(db, ordered(db, Asked()), "0" * 16) is None
    assert list(ordered(db, Asked(filter="((")).numbers) == []
    assert list(ordered(db, Asked(sort="nonsense")).numbers) == []
