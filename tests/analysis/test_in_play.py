"""A run in play is read as it grows, and says the same as when it is read whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.analysis.in_play import InPlay
from harness.errors import RecordError
from harness.records.reader import RunFolder
from tests.support.run_folders import make_suite
from tests.support.unfinished import SCENARIOS, cut_short, go_on, whole_run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return whole_run(tmp_path_factory.mktemp("whole"))


def looked(path: Path) -> InPlay:
    return InPlay(RunFolder(path))


def test_what_comes_is_read_on_and_nothing_is_said_before_six(
    whole: RunFolder, tmp_path: Path
) -> None:
    path = cut_short(whole, tmp_path / "one", 4)
    run = looked(path)
    (first,) = run.look(9)
    assert (first.blocks, first.planned, first.mean) == (1, SCENARIOS, None), "the second may go on"
    assert first.sentence == ("So far 1 of 8 scenarios are complete; nothing is said before 6 are.")
    go_on(path, whole, 13)
    (second,) = run.look(9)
    assert (second.blocks, second.shown) == (6, False)
    assert second.interval is not None
    assert "So far, after 6 of 8 scenarios, nothing is shown: lean is higher" in second.sentence
    go_on(path, whole, 16)
    (last,) = run.look(9)
    assert (last.blocks, last.treatment, last.control) == (8, "lean", "plain")
    assert looked(path).look(9) == (last,), "read at once it is the same"


def test_findings_of_a_scored_run_that_is_not_finished_say_the_same(
    whole: RunFolder, tmp_path: Path
) -> None:
    path = cut_short(whole, tmp_path / "one", 13, scored=True)
    found = find(RunFolder(path))
    assert found.so_far == looked(path).look(9)
    assert found.warnings[0].startswith("The run is not finished.")
    assert found.warnings[1] == found.so_far[0].sentence
    assert found.answer.endswith(
        "The run is not finished, and this answer may be read at its end alone."
    )
    assert found.as_json()["so_far"][0]["blocks"] == 6
    done = find(whole)
    assert done.so_far == ()
    assert "so_far" not in done.as_json()
    assert not any("not finished" in warning for warning in done.warnings)


def test_dialogues_that_are_not_scored_yet_are_not_missing(
    whole: RunFolder, tmp_path: Path
) -> None:
    path = cut_short(whole, tmp_path / "one", 14, scored=True)
    lines = (path / "scores.jsonl").read_bytes().splitlines(keepends=True)
    last = (path / "transcripts.jsonl").read_bytes().splitlines()[8][7:23]
    (path / "scores.jsonl").write_bytes(b"".join(line for line in lines if last not in line[:40]))
    (so_far,) = find(RunFolder(path)).so_far
    assert (so_far.blocks, so_far.missing) == (4, 0)


def test_a_line_that_is_being_written_is_left_for_another_time(
    whole: RunFolder, tmp_path: Path
) -> None:
    path = cut_short(whole, tmp_path / "one", 13)
    lines = (path / "transcripts.jsonl").read_bytes().splitlines(keepends=True)
    (path / "transcripts.jsonl").write_bytes(b"".join([*lines[:11], lines[11][:100]]))
    run = looked(path)
    assert run.look(9)[0].blocks == 5
    with (path / "transcripts.jsonl").open("ab") as file:
        file.write(lines[11][100:])
    assert run.look(9)[0].blocks == 6


def test_a_file_that_is_written_anew_is_read_anew(whole: RunFolder, tmp_path: Path) -> None:
    path = cut_short(whole, tmp_path / "one", 16)
    run = looked(path)
    before = run.look(9)
    text = (path / "transcripts.jsonl").read_bytes().splitlines(keepends=True)
    (path / "new").write_bytes(b"".join(reversed(text)))
    (path / "new").replace(path / "transcripts.jsonl")
    run.look(9)
    assert run.look(9) == before
    assert before[0].blocks == 8


def test_a_look_without_time_reads_a_little_and_the_next_one_goes_on(
    whole: RunFolder, tmp_path: Path
) -> None:
    path = cut_short(whole, tmp_path / "one", 16)
    run = looked(path)
    looks = 0
    while run.look(0.0)[0].blocks < 8:
        looks += 1
        assert looks < 99
    assert looks > 8


def test_how_few_scenarios_were_read_so_far_is_not_told(whole: RunFolder, tmp_path: Path) -> None:
    path = cut_short(whole, tmp_path / "one", 4)
    run = looked(path)
    assert run.sentences(0.0) == []
    assert run.behind
    assert run.sentences(9) == [
        "So far 1 of 8 scenarios are complete; nothing is said before 6 are."
    ]
    assert not run.behind


def test_two_who_look_at_once_do_not_read_twice(whole: RunFolder, tmp_path: Path) -> None:
    run = looked(cut_short(whole, tmp_path / "one", 16))
    run._lock.acquire()
    assert run.look(9) == ()
    run._lock.release()
    threads = [threading.Thread(target=run.look, args=(9,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.look(9)[0].blocks == 8


def test_failed_dialogues_are_waited_for(whole: RunFolder, tmp_path: Path) -> None:
    path = cut_short(whole, tmp_path / "one", 16)
    text = (path / "transcripts.jsonl").read_bytes()
    lines = text.splitlines(keepends=True)
    failed = lines[2].replace(b'"status":"done"', b'"status":"failed"', 1)
    (path / "transcripts.jsonl").write_bytes(b"".join([*lines[:2], failed, *lines[3:]]))
    run = looked(path)
    assert run.look(9)[0].blocks == 1
    with (path / "transcripts.jsonl").open("ab") as file:
        file.write(lines[2])
    assert run.look(9)[0].blocks == 8


def test_where_nothing_can_be_said_the_reason_is_known(whole: RunFolder, tmp_path: Path) -> None:
    later = {"name": "q", "measure": "later.gain_u", "treatment": "lean", "control": "plain"}
    run = looked(whole.path)
    assert run.why_not == ""
    folder = RunFolder(whole.path)
    for contrasts, why in (
        (None, "the suite declares no comparison"),
        ({"primary": later}, "its primary measure is told when it is scored"),
    ):
        suite = make_suite(contrasts=contrasts)
        folder.info = folder.info.model_copy(update={"suite": suite})
        silent = InPlay(folder)
        assert (silent.why_not, silent.look()) == (why, ())


def test_a_damaged_file_is_one_message(whole: RunFolder, tmp_path: Path) -> None:
    path = cut_short(whole, tmp_path / "one", 4)
    with (path / "plan.jsonl").open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(RecordError, match="no episode of a plan"):
        looked(path).look(9)
