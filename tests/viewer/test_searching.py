"""Search finds messages, says where, and never takes what is typed for anything but words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.errors import RecordError
from harness.viewer import searching
from harness.viewer.index import Index
from harness.viewer.searching import expression_of, search
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite
from tests.support.viewer import small_run


def test_a_message_is_found_with_its_turn_and_its_words(index: Index) -> None:
    found = search(index, "fair share")
    assert found.total == 2, "both turns of the dialogue say so"
    hit = found.hits[0]
    assert hit.text.turn == 0
    assert hit.row.arms == ("plain",)
    assert hit.excerpt == "A <mark>fair</mark> <mark>share</mark> of the well."


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("WELL", 6),
        ("share fair", 2),
        ('"fair share"', 2),
        ('"share fair"', 0),
        ("who*", 4),
        ("who", 0),
        ("fair whole", 0),
        ("- fair !", 2),
        ("nothing-of-the-kind", 0),
    ],
)
def test_every_word_is_in_one_message(index: Index, text: str, number: int) -> None:
    assert search(index, text).total == number


def test_what_was_private_is_found_only_where_that_is_asked(index: Index) -> None:
    assert search(index, "pasture").total == 0
    found = search(index, "pasture", private=True)
    assert [hit.text.kind for hit in found.hits] == ["debrief"]
    assert search(index, "private : pasture").total == 0


def test_pages_are_turned(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 4)
    first, second = search(index, "well"), search(index, "well", page=2)
    assert (len(first.hits), len(second.hits)) == (4, 2)
    monkeypatch.setattr(searching, "MOST_COUNTED", 5)
    many = search(index, "well", page=2)
    assert (many.total, many.more, len(many.hits)) == (5, True, 1)


@given(st.text(max_size=60), st.booleans())
@example('"', False)
@example('NEAR(a b) OR "x" AND public:y', False)
@example("a\0b* \udc80", True)
@example("* ** ^a -b", True)
@example("日本語", False)
def test_whatever_is_typed_is_words(text: str, private: bool) -> None:
    expression = expression_of(text, private=private)
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5 (public, private, content='')")
        if expression:
            assert db.execute("SELECT * FROM texts WHERE texts MATCH ?", (expression,)) is not None
        else:
            assert not any(char.isalnum() for char in text)
    db.close()


def test_words_of_strangers_stay_words(tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run", small(tmp_path))
    made = Index(run)
    made.complete()
    found = search(made, "window pwned", private=True)
    assert found.total
    for hit in found.hits:
        assert "<script" not in hit.excerpt
        assert "<img" not in hit.excerpt
        assert "\u202e" not in hit.excerpt
        assert hit.excerpt.count("<mark>") == hit.excerpt.count("</mark>") > 0


def test_words_without_spaces_are_found_in_their_place(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = [deal(scenario, "lean", MIDDLE, words="双方同意停火\x1f三十天 <b>。")]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, [])
    made = Index(run)
    made.complete()
    hit, *_ = search(made, "停火").hits
    assert hit.excerpt == "双方同意<mark>停火</mark> 三十天 &lt;b&gt;。"
    assert search(made, "火停").total == 0


def test_transcripts_that_changed_meanwhile_are_an_error(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    made = Index(run)
    made.complete()
    (run.path / "transcripts.jsonl").write_bytes(b"\n" * 9000)
    with pytest.raises(RecordError, match="changed"):
        search(made, "well")
    (run.path / "transcripts.jsonl").unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        search(made, "well")
