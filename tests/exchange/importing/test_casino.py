"""CaSiNo: read, and nothing personal with it. The figures of its paper come out through the
evaluators, where the corpus is there."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness.app.importing import import_file
from harness.errors import InputError
from harness.evaluators.case import case_of
from harness.evaluators.reported import Reported
from harness.evaluators.settlement import Settlement
from harness.exchange.importing.casino import Casino
from harness.records.reader import RunFolder
from tests.support.corpora import corpus
from tests.support.negotiations import campsite

DIALOGUES = 1030


def written(path: Path, dialogues: Iterable[Any]) -> Path:
    path.write_text(json.dumps(list(dialogues)), encoding="utf-8")
    return path


def found_in(folder: RunFolder) -> list[dict[str, Any]]:
    """What the evaluators find in each dialogue, its arm, and who spoke first."""
    rows = []
    for transcript in folder.transcripts():
        case = case_of(transcript, folder.info)
        rows.append(
            {
                "arm": folder.place(transcript.id).arm,
                "first": transcript.body.order[0],
                **Settlement().score(case).values,
                **Reported().score(case).values,
            }
        )
    return rows


def test_a_dialogue_comes_with_its_points(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", [campsite(1), campsite(2, walks=True, points=(5, 5))])
    folder = import_file("casino", path, log_dir=tmp_path).folder
    deal, walked = found_in(folder)
    assert (deal["points_o"], deal["points_u"], deal["agreement"]) == (19, 18, True)
    assert (walked["points_o"], walked["points_u"], walked["agreement"]) == (5, 5, False)
    assert not deal["differs"]
    assert not walked["differs"]
    assert deal["u_o"] == pytest.approx(19 / 36)
    assert deal["arm"] == "proself-prosocial"
    assert walked["gain_points_o"] == 0


def test_points_that_the_corpus_has_otherwise_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", [campsite(1, points=(20, 18))])
    (row,) = found_in(import_file("casino", path, log_dir=tmp_path).folder)
    assert row["differs"]


def test_nothing_personal_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", [campsite(1)])
    folder = import_file("casino", path, log_dir=tmp_path).folder
    kept = "".join(one.read_text(encoding="utf-8") for one in folder.path.iterdir())
    assert "prosocial" in kept
    for private in ("extraversion", "gender", "a reason of somebody's own", "Undecided", '"age"'):
        assert private not in kept


def test_what_is_not_as_it_should_be_is_counted(tmp_path: Path) -> None:
    odd, unknown = campsite(2), campsite(3)
    odd["chat_logs"][1]["task_data"]["issue2youget"]["Food"] = "3"
    unknown["participant_info"]["mturk_agent_1"]["personality"]["svo"] = "<b>kind</b>"
    broken = {"dialogue_id": 4, "chat_logs": [], "participant_info": {}}
    still = campsite(5)
    still["chat_logs"] = still["chat_logs"][:1]
    path = written(tmp_path / "c.json", [campsite(1), odd, unknown, broken, still])
    found = list(Casino().read(path))
    assert [one.negotiation is not None for one in found] == [True, True, False, False, True]
    assert found[2].where == f"{path}: dialogue 3"
    assert found[4].negotiation is not None
    assert found[4].negotiation.outcome.kind == "unknown"
    done = import_file("casino", path, log_dir=tmp_path)
    assert (done.read, done.refused) == (2, 3)
    assert "'Food' has no option '1:3'" in done.problems[0]


@pytest.mark.parametrize("document", [{}, [], [{"chat_logs": []}], 3, [1]])
def test_another_file_is_refused(tmp_path: Path, document: Any) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="no file of CaSiNo"):
        list(Casino().read(path))


def test_the_corpus_gives_its_own_figures(tmp_path: Path) -> None:
    path = corpus("casino", "casino_all_1030.json")
    done = import_file("casino", path, log_dir=tmp_path)
    assert (done.read, done.refused, done.scenarios) == (DIALOGUES, 0, 36)
    rows = found_in(done.folder)
    deals = [row for row in rows if row["agreement"]]
    walked = [row for row in rows if not row["agreement"]]
    assert (len(deals), len(walked)) == (1005, 25)
    assert {(row["points_o"], row["points_u"]) for row in walked} == {(5.0, 5.0)}
    assert not any(row["differs"] for row in rows), "points are those of the last submitted deal"
    points = [row[f"points_{seat}"] for row in rows for seat in "ou"]
    assert round(statistics.mean(points), 3) == 18.637
    assert round(statistics.mean(row[f"u_{s}"] for row in rows for s in "ou"), 4) == 0.5177
    on_frontier = [row["frontier_distance"] < 1e-9 for row in deals]
    assert round(statistics.mean(on_frontier), 4) == 0.6736
    most_joint = [math.isclose(row["efficiency"], 1) for row in deals]
    assert round(statistics.mean(most_joint), 4) == 0.3940
    signs = {"proself-prosocial": 1, "prosocial-proself": -1}
    mixed = [signs[row["arm"]] * row["points_gap"] for row in deals if row["arm"] in signs]
    error = statistics.stdev(mixed) / math.sqrt(len(mixed))
    assert (len(mixed), round(statistics.mean(mixed), 2), round(error, 2)) == (517, 0.83, 0.23)
    first = [row["points_gap"] * (1 if row["first"] == "o" else -1) for row in rows]
    assert round(statistics.mean(first), 3) == 0.013
