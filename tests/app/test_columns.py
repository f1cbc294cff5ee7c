"""A run as plain columns."""

from __future__ import annotations

import json
from pathlib import Path

from harness import app
from harness.records.folder import SCORES
from tests.app.conftest import SHORT
from tests.records.test_golden import KEPT


def test_every_score_is_a_row_with_its_place(here: Path) -> None:
    run = app.run("quickstart", **SHORT)
    frames = app.frames(run)
    scores = frames["scores"]
    assert len({len(column) for column in scores.values()}) == 1
    lines = [json.loads(line) for line in (run.path / SCORES).read_text().splitlines()]
    written = [
        (
            *(line["id"], line["scenario"], line["twin"], line["epoch"], tuple(line["arms"])),
            *(line["models"], f"{line['evaluator']}.{name}", value, line["why_null"].get(name)),
        )
        for line in lines
        for name, value in line["values"].items()
    ]
    names = ("dialogue", "scenario", "twin", "epoch", "arms", "models")
    names += ("measure", "value", "why_null")
    assert list(zip(*(scores[name] for name in names), strict=True)) == written
    assert any(value is None and why for *_, value, why in written)


def test_every_dialogue_is_a_row(here: Path) -> None:
    run = app.run("quickstart", **SHORT)
    dialogues = app.frames(run.path)["dialogues"]
    assert {len(column) for column in dialogues.values()} == {6}
    for number, transcript in enumerate(run.folder.transcripts()):
        row = {name: column[number] for name, column in dialogues.items()}
        assert row["dialogue"] == transcript.id
        assert row["outcome"] == transcript.body.outcome.kind
        assert row["package"] == transcript.body.outcome.package
        assert row["status"] == "done"
        assert row["worth"].keys() == {"o", "u"}
        assert row["models"] == {"o": "scripted", "u": "scripted"}
        assert (row["calls"], row["prompt_tokens"], row["void_kind"]) == (0, 0, None)


def test_a_run_of_version_1_has_them_too() -> None:
    frames = app.frames(KEPT)
    dialogues = frames["dialogues"]
    places = dict(zip(dialogues["dialogue"], dialogues["arms"], strict=True))
    assert all(places.values())
    assert frames["scores"]["arms"] == [places[one] for one in frames["scores"]["dialogue"]]
    void = [n for n, status in enumerate(dialogues["status"]) if status == "void"]
    assert void
    assert all(dialogues["void_reason"][n] for n in void)
    assert all(value is None for n in void for value in dialogues["worth"][n].values())
    assert sum(dialogues["calls"]) > 0
