"""Which dialogues a list has, in which order, and where a text was found in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.app.listing import Asked, Listing, found_in, nothing, scoring, start
from harness.disputes.scenario import Scenario
from harness.errors import RecordError, UsageError
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Debrief, VoidReason
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, Placed, deal, dialogue, make_run, make_suite, score


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


SKEWS = (0.25, -0.5, None, 0.25, 0.0)


@pytest.fixture
def run(tmp_path: Path, scenario: Scenario) -> RunFolder:
    """Five dialogues with these skews; the third is void."""
    void = VoidReason(kind="reply", seat="u", detail="no usable reply")
    played = [
        deal(scenario, "lean", MIDDLE, epoch=1, words="So be it."),
        deal(scenario, "plain", MIDDLE, epoch=1),
        dialogue(scenario, "lean", [("o", MIDDLE)], epoch=2, void=void),
        deal(scenario, "plain", MIDDLE, epoch=2),
        deal(scenario, "lean", MIDDLE, epoch=3),
    ]
    scores = [score(one, "settlement.skew", skew) for one, skew in zip(played, SKEWS, strict=True)]
    return make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, scores)


def listed(run: RunFolder, *columns: str, **asked: Any) -> tuple[list[int], bool]:
    """Places in the plan of what is listed, and whether there is more."""
    ids = list(run.places())
    found, more = Listing(run, Asked(**asked)).chosen(columns)
    return [ids.index(one.transcript.id) for one in found], more


@pytest.mark.parametrize(
    ("asked", "found", "more"),
    [
        ({}, [0, 1, 2, 3, 4], False),
        ({"limit": 5}, [0, 1, 2, 3, 4], False),
        ({"limit": 2}, [0, 1], True),
        ({"arm": "lean"}, [0, 2, 4], False),
        ({"outcome": "void"}, [2], False),
        ({"filter": "skew > .1"}, [0, 3], False),
        ({"filter": "skew is missing"}, [2], False),
        ({"filter": "skew > .1", "arm": "plain"}, [3], False),
        ({"sort": "skew"}, [1, 4, 0, 3, 2], False),
        ({"sort": "-skew"}, [0, 3, 4, 1, 2], False),
        ({"sort": "skew", "limit": 2}, [1, 4], True),
        ({"sort": "-skew", "limit": 4, "arm": "lean"}, [0, 4, 2], False),
        ({"sort": "arm"}, [0, 2, 4, 1, 3], False),
        ({"sort": "-epoch", "filter": "skew is not missing"}, [4, 3, 0, 1], False),
        ({"worst": 1}, [1], False),
        ({"worst": 9}, [1, 0, 3, 4], False),
        ({"worst": 2, "arm": "lean"}, [0, 4], False),
        ({"worst": 1, "by": "epoch"}, [4], False),
        ({"grep": "SO be"}, [0], False),
        ({"grep": "no usable"}, [2], False),
        ({"grep": "no usable", "public": True}, [], False),
        ({"grep": "so be", "sort": "skew"}, [0], False),
        ({"filter": "skew > 5"}, [], False),
        ({"filter": "skew > 5", "worst": 1}, [], False),
        ({"arm": "nobody"}, [], False),
        ({"scenario": "other"}, [], False),
    ],
)
def test_what_is_listed(
    run: RunFolder, asked: dict[str, Any], found: list[int], more: bool
) -> None:
    assert listed(run, **asked) == (found, more)


def test_a_row_holds_what_is_shown(run: RunFolder) -> None:
    found, _ = Listing(run, Asked(limit=1)).chosen(["skew", "ending"])
    assert found[0].row["settlement.skew"] == 0.25
    found, _ = Listing(run, Asked(limit=1)).chosen(["ending"])
    assert "settlement.skew" not in found[0].row


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"filter": "skwe > 1"}, "--filter, character 1"),
        ({"columns": ("skwe",)}, "--columns"),
        ({"sort": "-skwe"}, "--sort"),
        ({"worst": 1, "by": "skwe"}, "--by"),
    ],
)
def test_an_unknown_name_is_guessed(run: RunFolder, asked: dict[str, Any], where: str) -> None:
    with pytest.raises(UsageError, match="no field or score 'skwe'") as error:
        Listing(run, Asked(**asked))
    assert error.value.where == where
    assert "did you mean 'skew'" in str(error.value.fix)


@pytest.mark.parametrize("by", ["concessions.gap", "arm", "ending"])
def test_nothing_is_worst_by_what_has_no_size(run: RunFolder, by: str) -> None:
    with pytest.raises(RecordError, match="has a value of") as error:
        listed(run, worst=1, by=by)
    assert scoring(run) in str(error.value.fix)


def test_nothing_says_why(run: RunFolder, tmp_path: Path, scenario: Scenario) -> None:
    assert "no dialogue fits" in str(nothing(run, "lean", "small"))
    assert "its arms: lean, plain" in str(nothing(run, "headline", None))
    assert "its scenarios: small" in str(nothing(run, None, "fish"))
    empty = make_run(tmp_path / "empty", make_suite(), {"small": scenario}, [])
    assert "no dialogue yet" in str(nothing(empty, None, None))


def with_calls(played: Placed) -> Placed:
    """Two calls that made a turn and a debrief, and one that made nothing."""
    calls = tuple(
        Call(index=i, seat="o", purpose="move", model="m", prompt=(), reply=f"so be it {i}")
        for i in range(3)
    )
    talks = played.body
    first = replace(talks.turns[0], calls=(0,), words="So be it.")
    debriefs = {"o": Debrief(gave_more="equal", words="So be it, I said.", calls=(1,))}
    body = talks.model_copy(update={"turns": (first, *talks.turns[1:]), "debriefs": debriefs})
    return played.model_copy(update={"calls": calls, "body": body})


def test_a_raw_reply_is_found_where_nothing_was_made_of_it(scenario: Scenario) -> None:
    played = with_calls(deal(scenario, "lean", MIDDLE))
    found = [text.where for text in found_in(played, "SO BE IT", private=True)]
    assert found == ["turn 0, words", "afterwards, o", "call 2, raw reply"]
    assert [text.where for text in found_in(played, "it 1", private=True)] == ["call 1, raw reply"]
    assert [text.where for text in found_in(played, "so be", private=False)] == ["turn 0, words"]
    assert found_in(played, "it 1", private=False) == []


def test_the_start_of_an_id_is_as_long_as_it_must_be() -> None:
    key = "abcdef0123456789"
    assert start(key, [key, "1" * 16]) == "abcdef"
    assert start(key, [key, "abcdef0100000000"]) == "abcdef012"
    assert start(key, [key, key + "0"]) == key
