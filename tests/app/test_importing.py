"""Other people's negotiations as a run: written whole or not at all, the same every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.app import importing
from harness.app.importing import import_file, slug
from harness.app.reading import reading_of
from harness.errors import InputError, RecordError, UsageError
from harness.records.reader import RunFolder
from harness.report.private import without_private
from harness.viewer.overview import Summary as Overview
from tests.support.disputes import small
from tests.support.negotiations import CAR, WORDS, changed, written


@pytest.fixture
def cars(tmp_path: Path) -> Path:
    lines = [CAR, "{", WORDS, changed(CAR, id="two", arm="fleet"), CAR, changed(WORDS, parties={})]
    return written(tmp_path / "My Cars!.jsonl", lines)


def test_it_makes_an_ordinary_run(tmp_path: Path, cars: Path) -> None:
    notes: list[str] = []
    done = import_file("jsonl", cars, log_dir=tmp_path / "runs", notify=notes.append)
    assert (done.read, done.scenarios, done.repeats, done.refused) == (3, 2, 1, 2)
    assert [note.split(": ")[1] for note in notes] == [f"{cars}:2", f"{cars}:6"]
    assert done.folder.path.name.startswith("import-my-cars-")
    folder = RunFolder(done.folder.path)
    assert [one.spec.called for one in folder.transcripts()] == ["car", "words", "two"]  # type: ignore[union-attr]
    assert [folder.place(one.id).arm for one in folder.transcripts()] == [
        "imported",
        "imported",
        "fleet",
    ]
    pairs = [folder.place(one.id).pair for one in folder.transcripts()]
    assert pairs[0] != pairs[2], "no two are a pair"
    assert folder.info.typed == "", "nothing resumes it"
    assert all(arm.track is None for arm in folder.info.suite.arms.values())
    found = app.score(folder)
    assert found.account.sentences() == [
        "3 dialogues that others have held.",
        "Deals: 2 of 3.",
        "Nobody told how they ended: 1 of 3 (imported 1 of 2, fleet 0 of 1).",
    ]
    page = app.report(folder).read_text(encoding="utf-8")
    assert "others, elsewhere" in page
    assert "from seed" not in page


def test_the_same_again_is_the_same_run(tmp_path: Path, cars: Path) -> None:
    first = import_file("jsonl", cars, log_dir=tmp_path)
    before = {one.name: one.stat().st_mtime_ns for one in first.folder.path.iterdir()}
    again = import_file("jsonl", cars, log_dir=tmp_path)
    assert (first.there, again.there) == (False, True)
    assert again.folder.path == first.folder.path
    assert {one.name: one.stat().st_mtime_ns for one in again.folder.path.iterdir()} == before


def test_a_limit_and_a_name(tmp_path: Path, cars: Path) -> None:
    done = import_file("jsonl", cars, log_dir=tmp_path, limit=1, name="Fleet 2")
    assert done.read == 1
    assert done.folder.path.name.startswith("import-fleet-2-")
    assert done.refused == 0, "what comes after is not looked at"
    with pytest.raises(UsageError, match="no name for a run"):
        import_file("jsonl", cars, name="!!!")
    assert slug("!!!") == "file"


def test_several_files_are_one_run(tmp_path: Path, cars: Path) -> None:
    other = written(tmp_path / "more.jsonl", [changed(CAR, id="three")])
    assert import_file("jsonl", [cars, other], log_dir=tmp_path).read == 4
    with pytest.raises(UsageError, match="no file is named"):
        import_file("jsonl", [])


def test_a_scenario_for_those_that_name_none(tmp_path: Path) -> None:
    small(tmp_path)
    told = changed(WORDS, parties={"b": {}, "a": {}}, turns=[{"who": "a", "text": "Hello."}])
    path = written(tmp_path / "a.jsonl", [told, CAR, changed(told, scenario="no-such-dispute")])
    done = import_file("jsonl", path, log_dir=tmp_path, scenario=str(tmp_path / "small.yaml"))
    assert next(iter(done.folder.info.scenarios)) == "small"
    assert done.read == 2
    assert "no-such-dispute" in done.problems[0]
    with pytest.raises(InputError, match="family"):
        import_file("jsonl", path, log_dir=tmp_path, scenario="neutral")


def test_two_scenarios_of_one_name_are_refused(tmp_path: Path) -> None:
    scenario = small(tmp_path).model_dump(mode="json", by_alias=True)
    told = changed(WORDS, parties={"b": {}, "a": {}}, turns=[], scenario=scenario)
    other = changed(told, id="other", scenario={**scenario, "title": "Another one"})
    done = import_file("jsonl", written(tmp_path / "a.jsonl", [told, other]), log_dir=tmp_path)
    assert (done.read, done.refused) == (1, 1)
    assert "another scenario in the file is called 'small'" in done.problems[0]


def test_nothing_is_written_where_it_is_refused(tmp_path: Path, cars: Path) -> None:
    runs = tmp_path / "runs"
    with pytest.raises(InputError, match="2 negotiations cannot be used") as found:
        import_file("jsonl", cars, log_dir=runs, strict=True)
    assert str(found.value.where).startswith(f"{cars}:2: ")
    with pytest.raises(InputError, match="holds no negotiation that can be used"):
        import_file("jsonl", written(tmp_path / "b.jsonl", ["{"]), log_dir=runs)
    assert not runs.exists()


def test_more_problems_than_are_told_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", ["{"] * 30 + [CAR])  # type: ignore[list-item]
    notes: list[str] = []
    import_file("jsonl", path, log_dir=tmp_path, notify=notes.append)
    assert len(notes) == importing.SHOWN + 1
    assert notes[-1] == "left out: 20 more"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_stops_it_leaves_nothing_half(
    tmp_path: Path, cars: Path, monkeypatch: pytest.MonkeyPatch, stop: Any
) -> None:
    def stopped(path: Path, chunks: object) -> None:
        path.write_bytes(b"half")
        if path.name == "plan.jsonl":
            raise stop

    monkeypatch.setattr(importing, "write_whole", stopped)
    runs = tmp_path / "runs"
    with pytest.raises((KeyboardInterrupt, RecordError)):
        import_file("jsonl", cars, log_dir=runs)
    assert list(runs.iterdir()) == []


def test_what_no_measure_could_compare_is_refused_in_words(tmp_path: Path) -> None:
    issues = {f"i{n}": [str(step) for step in range(9)] for n in range(9)}
    told = changed(WORDS, issues=issues)
    done = import_file("jsonl", written(tmp_path / "a.jsonl", [WORDS, told]), log_dir=tmp_path)
    (why,) = done.problems
    assert why.startswith(
        f"{tmp_path / 'a.jsonl'}:2: issues: the options make 387,420,489 packages"
    )
    assert "use fewer issues or options" in why


def test_more_than_can_be_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.jsonl", [CAR, WORDS, changed(CAR, id="b")])
    notes: list[str] = []
    monkeypatch.setattr(importing, "MOST", 2)
    done = import_file("jsonl", path, log_dir=tmp_path, notify=notes.append)
    assert done.read == 2
    assert notes == ["no more than 2 negotiations are read; split the file for the rest"]
    monkeypatch.setattr(importing, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="more than 0 MB together"):
        import_file("jsonl", path, log_dir=tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_it_says_where_they_come_from(tmp_path: Path) -> None:
    lines = [changed(CAR, id=str(n), source=f"class {n}") for n in range(5)]
    path = written(tmp_path / "a.jsonl", lines)
    asked = import_file("jsonl", path, log_dir=tmp_path).folder.info.suite.question
    assert asked.endswith("They come from: class 0; class 1; class 2 and 2 more.")
    assert "is “The buyer”; the other seat is “The seller”." in asked


def test_every_dialogue_may_have_a_scenario_of_its_own(tmp_path: Path) -> None:
    lines = []
    for number in range(60):
        told = changed(CAR, id=str(number))
        told["parties"]["buyer"]["values"]["tyres"]["yes"] = 5 + number
        lines.append(told)
    done = import_file("jsonl", written(tmp_path / "a.jsonl", lines), log_dir=tmp_path)
    assert (done.read, done.scenarios) == (60, 60)
    found = app.score(done.folder)
    assert len(found.scenarios) == 60


def test_talks_of_which_little_is_told_are_laid_out_without_a_number(tmp_path: Path) -> None:
    bare = changed(CAR, outcome={"kind": "unknown"})
    for party in bare["parties"].values():
        for field in ("values", "reservation", "said"):
            party.pop(field, None)
    done = import_file("jsonl", written(tmp_path / "a.jsonl", [bare]), log_dir=tmp_path)
    found = app.score(done.folder)
    assert found.answer.startswith("Nobody told how these talks ended")
    (record,) = done.folder.transcripts()
    reading = reading_of(done.folder, record)
    assert reading.ending == "Nobody told how they ended"
    assert (reading.worths, reading.ledger, reading.trajectory, reading.could) == ((), (), (), ())
    entries = reading.rounds[0].entries
    assert [entry.what for entry in entries] == [
        "proposes o-1",
        "proposes u-1",
        "speaks",
        "proposes u-2",
        "accepts u-2",
    ]
    assert not any(entry.worths for entry in entries)
    assert {number.value for number in reading.numbers} == {None}
    assert without_private(reading).numbers == reading.numbers
    out = tmp_path / "tables"
    app.export(done.folder, to="jsonl", table="all", out=out)
    moves = [json.loads(line) for line in (out / "moves.jsonl").read_text().splitlines()]
    assert {(move["worth_o"], move["no_deal_u"]) for move in moves} == {(None, None)}
    assert (out / "concessions.jsonl").read_text() == ""
    (row,) = [json.loads(line) for line in (out / "dialogues.jsonl").read_text().splitlines()]
    assert (row["worth_o"], row["no_deal_o"], row["reported.points_o"]) == (None, None, None)


def test_an_ending_has_the_points_of_the_source_beside_its_value(tmp_path: Path) -> None:
    lines = [CAR, changed(CAR, id="left", outcome={"kind": "walk_out", "by": "seller"})]
    folder = import_file("jsonl", written(tmp_path / "a.jsonl", lines), log_dir=tmp_path).folder
    deal, left = (reading_of(folder, one).could for one in folder.transcripts())
    assert deal[0] == "The buyer: 0.40 (10 points), no deal 0.20 (5 points): could sign."
    assert left[1] == "The seller: no deal is worth 0.20 (5 points)."


def test_an_empty_ledger_of_others_does_not_say_that_nobody_gave(tmp_path: Path) -> None:
    spoken = changed(CAR, turns=[], outcome={"kind": "deal", "terms": CAR["turns"][3]["offer"]})
    path = written(tmp_path / "a.jsonl", [CAR, spoken])
    folder = import_file("jsonl", path, log_dir=tmp_path).folder
    offered, words = (reading_of(folder, one) for one in folder.transcripts())
    assert (offered.in_words, len(offered.ledger)) == (False, 3)
    assert (words.in_words, words.ledger) == (True, ())
    app.score(folder)
    said = "No two moves of each side are on record; ground may have been given in words."
    assert said in app.report(folder).read_text(encoding="utf-8")


def test_it_is_listed_as_held_by_others(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [WORDS])
    info = import_file("jsonl", path, log_dir=tmp_path).folder.info
    assert info.elsewhere
    assert Overview(run="x", info=info).nobody == "others, elsewhere"
    assert Overview(run="x").nobody == "scripted"
