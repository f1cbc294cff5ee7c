"""Episodes in the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.reader import RunFolder
from harness.viewer import chains
from harness.viewer.index import Index
from tests.support.episodes import episode_of


@pytest.fixture(scope="module")
def index(chain_run: Path) -> Index:
    made = Index(RunFolder(chain_run))
    made.complete()
    return made


@pytest.fixture
def db(index: Index) -> Iterator[sqlite3.Connection]:
    with index.reading() as opened:
        yield opened


def test_only_what_goes_on_is_an_episode(db: sqlite3.Connection) -> None:
    found = chains.listed(db)
    assert found.total == len(found.rows) == 10
    picked = chains.choices(db)
    assert picked.arms == ("chain", "no-article", "no-hand", "no-meeting", "unmoved")
    assert picked.scenarios == ("nuclear", "supply")
    own = chains.listed(db, chains.Picked("chain", "supply"))
    assert [(row.arm, row.scenario) for row in own.rows] == [("chain", "supply")]
    assert chains.listed(db, chains.Picked("'; DROP TABLE episodes; --")).total == 0


def test_pages_are_turned(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "PAGE", 7)
    pages = [chains.listed(db, page=number).rows for number in (1, 2, 3)]
    assert [len(rows) for rows in pages] == [7, 3, 0]


def test_an_episode_is_found_and_read_as_the_plan_has_it(
    chain_run: Path, db: sqlite3.Connection
) -> None:
    folder = RunFolder(chain_run)
    episode = episode_of(folder)
    last = next(reversed(episode.stages.values()))
    one = chains.find(db, "chain", last)
    assert one is not None
    assert chains.read_episodes(chain_run, [one]) == [episode]
    assert chains.find(db, "chain", one.talks) == one
    assert chains.find(db, "no-article", last) is None
    assert chains.find(db, "track-1", one.talks) is None
    near = chains.alike(db, one)
    assert {row.arm for row in near} == set(chains.choices(db).arms)
    before, after = chains.around(db, one)
    assert (before is None) != (after is None), "two disputes, so it has one neighbour in its arm"
    assert {row.arm for row in chains.through(db, one.talks)} == set(chains.choices(db).arms)
    assert [row.arm for row in chains.through(db, one.later)] == ["chain"]


def test_a_plan_that_changed_is_no_other_episode(
    chain_run: Path, db: sqlite3.Connection, tmp_path: Path
) -> None:
    one = chains.listed(db).rows[1]
    (tmp_path / "plan.jsonl").write_text("\n" * 3)
    with pytest.raises(RecordError, match="the plan has changed"):
        chains.read_episodes(tmp_path, [one])
    with pytest.raises(RecordError):
        chains.read_episodes(tmp_path / "nowhere", [one])
