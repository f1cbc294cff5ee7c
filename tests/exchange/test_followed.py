"""What was measured of whole episodes, a row each."""

from __future__ import annotations

import json
from pathlib import Path

from harness.analysis.query import parse
from harness.exchange.followed import measured_of_episodes
from harness.exchange.measured import measured
from harness.exchange.tidy import Chosen, columns_of, rows_of
from harness.records.reader import RunFolder
from harness.report.rows import names_in

GAIN = "later.gain_u"


def test_every_measure_of_every_episode_is_a_row_of_its_arm(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    names = {column.name for column in columns_of("episodes", folder)}
    found = list(rows_of("episodes", folder))
    assert all(row.keys() == names for row in found)
    gains = {(row["arm"], row["scenario"]): row for row in found if row["measure"] == GAIN}
    assert len(gains) == 10, "five arms go on after their talks, in two disputes"
    assert gains["chain", "supply"]["value"] < gains["no-meeting", "supply"]["value"]
    stages = json.loads(gains["chain", "supply"]["stages"])
    assert list(stages) == ["talks", "article", "before", "after", "later"]
    assert gains["no-meeting", "supply"]["id"] == gains["chain", "supply"]["id"] == stages["talks"]
    (no_article,) = [
        row
        for row in found
        if (row["measure"], row["arm"], row["scenario"])
        == ("publication.skew", "no-article", "supply")
    ]
    assert (no_article["value"], no_article["why_null"]) == (None, "this arm has no article")


def test_only_those_of_chosen_dialogues(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    chosen = Chosen(parse("scenario == supply", names_in(folder)))
    assert {row["scenario"] for row in rows_of("episodes", folder, chosen)} == {"supply"}
    assert not list(measured_of_episodes(folder, set()))


def test_a_table_of_dialogues_has_no_column_that_is_always_empty(chain_run: Path) -> None:
    names = {column.name.partition(".")[0] for column in measured(RunFolder(chain_run))}
    assert "settlement" in names
    assert not names & {"publication", "published", "readers", "misread", "later"}
