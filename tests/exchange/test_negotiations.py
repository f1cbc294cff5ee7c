"""A run in the neutral form: read again, it has the same scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.app.importing import import_file
from harness.exchange.importing.negotiation import plain
from harness.exchange.negotiations import negotiation_chunks, negotiation_from
from harness.exchange.tidy import Chosen
from harness.records.reader import RunFolder
from tests.support.negotiations import CAR, WORDS, changed, written

NOT_HERE = (
    "the dialogue was not played by this program",
    "no debrief was asked for",
    "what was said in private is not on record",
    "no red line of anybody's is on record",
)
"""Why what an imported dialogue lacks is null."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("runs")
    done = app.run("smoke", log_dir=folder, scenarios=["opening", "mirror"], epochs=1, limit=4)
    return done.folder


def exported(folder: RunFolder, path: Path, *, public: bool = False) -> Path:
    path.write_bytes(b"".join(negotiation_chunks(folder, Chosen(public=public))))
    return path


def values(folder: RunFolder) -> dict[str, dict[str, tuple[Any, str]]]:
    """Dialogue, by the name that the source had for it -> measure -> value, and why it is None."""
    called = {one.id: getattr(one.spec, "called", None) or one.id for one in folder.transcripts()}
    found: dict[str, dict[str, tuple[Any, str]]] = {name: {} for name in called.values()}
    for score in folder.scores():
        if score.evaluator == "reported":
            continue
        found[called[score.id]] |= {
            f"{score.evaluator}.{name}": (value, score.why_null.get(name, ""))
            for name, value in score.values.items()
        }
    return found


def test_a_run_that_went_out_and_in_has_the_same_scores(played: RunFolder, tmp_path: Path) -> None:
    back = import_file("jsonl", exported(played, tmp_path / "own.jsonl"), log_dir=tmp_path).folder
    app.score(back)
    before, after = values(played), values(back)
    assert len(before) == 4
    assert before.keys() == after.keys()
    same = 0
    for dialogue, known in before.items():
        for measure, (value, _) in known.items():
            found, why = after[dialogue][measure]
            if found is None and value is not None:
                assert any(reason in why for reason in NOT_HERE), (measure, why)
            else:
                same += 1
                assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert same > 400


def test_in_public_nobody_learns_what_it_is_worth(played: RunFolder, tmp_path: Path) -> None:
    path = exported(played, tmp_path / "own.jsonl", public=True)
    text = path.read_text(encoding="utf-8")
    assert "reservation" not in text
    assert '"values"' not in text
    back = import_file("jsonl", path, log_dir=tmp_path).folder
    assert not any(one.valued for one in back.transcripts())
    assert [one.body.outcome.kind for one in back.transcripts()] == [
        one.body.outcome.kind for one in played.transcripts()
    ]


@pytest.mark.parametrize("told", [CAR, WORDS, changed(CAR, outcome={"kind": "failed"})])
def test_what_was_imported_goes_out_again(tmp_path: Path, told: dict[str, Any]) -> None:
    path = written(tmp_path / "a.jsonl", [told])
    first = import_file("jsonl", path, log_dir=tmp_path / "a").folder
    again = import_file("jsonl", exported(first, tmp_path / "b.jsonl"), log_dir=tmp_path / "b")
    app.score(first)
    app.score(again.folder)
    one, two = next(first.transcripts()), next(again.folder.transcripts())
    assert one.body.turns == two.body.turns
    assert one.body.outcome == two.body.outcome
    assert [(s.points, s.said) for s in one.spec.seats] == [  # type: ignore[union-attr]
        (s.points, s.said)  # type: ignore[union-attr]
        for s in two.spec.seats
    ]
    assert values(first) == values(again.folder)


def test_what_is_not_told_is_left_out(tmp_path: Path) -> None:
    done = import_file("jsonl", written(tmp_path / "a.jsonl", [WORDS]), log_dir=tmp_path)
    (record,) = done.folder.transcripts()
    told = plain(negotiation_from(record, done.folder.info.scenarios, "imported"))
    assert told["parties"] == {"ann": {"name": "ann"}, "bo": {"model": "openai/x", "name": "bo"}}
    assert told["outcome"] == {"kind": "unknown", "round": 1}
    assert "issues" not in told
