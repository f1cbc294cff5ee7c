"""``track15 label`` as a person types it: over a pipe, with going back, leaving out and Ctrl-C."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.folder import LABELS
from harness.records.labels import read_labels
from tests.support.inprocess import typed
from tests.support.labels import WordsJudge, judged_run, label, run_of
from tests.support.mock_server import MockServer

CONCEDES = ["c", "1", "5", "", "d"]
"""On the first issue, something unnamed, binding."""


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(WordsJudge(lambda number, _: number == 1)) as running:
        yield running


@pytest.fixture(scope="module")
def judged_once(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("labelled")
    judged_run(cwd, server)
    return cwd


@pytest.fixture
def cwd(judged_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(judged_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_person_labels_stops_and_goes_on(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = label(cwd, ["n", *CONCEDES, "s", "q"], monkeypatch, "--turns", "8", "--who", "Ann B.")
    assert first.code == 0, first.err
    assert "3 of 8 turns are answered by Ann B., 1 of them left out." in first.err
    assert "The same command goes on." in first.err
    assert "1 of 8: " in first.out
    assert "4 of 8: " in first.out
    found = read_labels(run_of(cwd).path)
    assert [(len(one.verdicts), one.skipped) for one in found] == [
        (0, False),
        (1, False),
        (0, True),
    ]
    assert {one.who for one in found} == {"Ann B."}
    (verdict,) = found[1].verdicts
    assert verdict.item.startswith("concedes.")
    assert verdict.fields["commitment"] == "binding"
    assert [quote.at for quote in verdict.quotes] == [found[1].turn]

    again = label(cwd, ["n"] * 5, monkeypatch, "--turns", "8", "--who", "Ann B.")
    assert again.code == 0, again.err
    assert "4 of 8: " in again.out
    assert "3 of 8: " not in again.out
    assert "8 of 8 turns are answered" in again.err
    assert "label" in again.err
    whole = label(cwd, [], monkeypatch, "--turns", "8", "--who", "Ann B.")
    assert (whole.code, whole.out) == (0, "")


def test_what_would_tell_what_is_expected_is_not_shown(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = label(cwd, ["about", "more", "?", "n"] * 4, monkeypatch, "--turns", "4").out
    folder = run_of(cwd)
    hidden = [*folder.info.suite.arms, "track-1", "openai/x", "deal_reward", "reservation"]
    assert [word for word in hidden if word in shown] == []
    assert "takes back" in shown
    assert "- c, concedes:" in shown


def test_going_back_answers_again_and_the_last_answer_counts(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ["b", "n", "back", *CONCEDES, "q"]
    done = label(cwd, keys, monkeypatch, "--turns", "4", "--who", "ann")
    assert "This is the first turn." in done.out
    (one,) = read_labels(run_of(cwd).path)
    assert len(one.verdicts) == 1
    assert len((run_of(cwd).path / LABELS).read_text(encoding="utf-8").splitlines()) == 2


def test_what_cannot_be_read_is_said_and_marks_can_be_taken_back(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ["x", "", "u", "c", "back", "c", "99", "1", "5", "", "n", "u", "h", "1", "2", "d", "q"]
    done = label(cwd, keys, monkeypatch, "--turns", "4", "--who", "ann")
    assert done.code == 0, done.err
    assert "'x' is none of these." in done.out
    assert "Nothing is marked." in done.out
    assert "Nothing was marked." in done.out
    assert "'99' is none of these." in done.out
    assert "Something is marked." in done.out
    assert "The last mark is gone." in done.out
    (one,) = read_labels(run_of(cwd).path)
    assert [(v.item, v.answer, v.fields["commitment"]) for v in one.verdicts] == [
        ("threat", "leave", "conditional")
    ]


class Interrupted:
    """A terminal at which Ctrl-C is typed after one answer."""

    def __init__(self) -> None:
        self.lines = ["n\n"]

    def readline(self) -> str:
        if self.lines:
            return self.lines.pop()
        raise KeyboardInterrupt

    def isatty(self) -> bool:
        return False


def test_ctrl_c_keeps_what_was_answered(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Interrupted())
    done = typed("label", "quick", "--turns", "4", "--who", "ann", cwd=cwd)
    assert done.code == 130
    assert "1 of 4 turns is answered by ann." in done.err
    assert len(read_labels(run_of(cwd).path)) == 1


def test_two_people_and_the_judge_are_held_against_one_another(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("ann", "ben"):
        keys = ["n"] * 12
        assert label(cwd, keys, monkeypatch, "--turns", "12", "--who", who).code == 0
    shown = typed("label", "quick", "--report", cwd=cwd)
    assert shown.code == 0, shown.err
    assert "ann has labelled 12 turns." in shown.out
    told = " ".join(shown.out.split())
    assert "concessions" in told
    document = json.loads(typed("label", "quick", "--report", "--json", cwd=cwd).out)
    assert document["people"] == {
        "ann": {"turns": 12, "left_out": 0},
        "ben": {"turns": 12, "left_out": 0},
    }
    pairs = {(one["first"], one["second"], one["judge"]) for one in document["agreement"]}
    assert {(first, judge) for first, _, judge in pairs} == {
        ("ann", False),
        ("ann", True),
        ("ben", True),
    }
    by_judge = next(
        one for one in document["agreement"] if one["judge"] and one["act"] == "concedes"
    )
    assert (by_judge["both"], by_judge["only_second"]) == (0, 6), "half of the draw"
    assert document["labelled"]["words.conceded_o"] == 12


def test_bad_input_gives_one_clear_error(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for more, said in (
        (("--rubric", "prose-leger"), "did you mean 'prose-ledger'"),
        (("--who", "\x1b[31m"), "no name to file labels under"),
        (("--who", " "), "no name to file labels under"),
        (("--json",), "add --report"),
        (("--turns", "1"), "--turns"),
        (("--report",), "nobody has labelled this run"),
    ):
        done = label(cwd, [], monkeypatch, *more)
        assert done.code == 2, more
        assert said in done.err
    assert not (run_of(cwd).path / LABELS).exists()


def test_a_run_that_nobody_judged_can_be_labelled_too(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("judgement.jsonl", "judging.jsonl"):
        (run_of(cwd).path / name).unlink()
    done = label(cwd, ["n", "q"], monkeypatch, "--turns", "4", "--who", "ann")
    assert done.code == 0
    assert "No judge has read this run by 'prose-ledger' yet" in done.err
    shown = typed("label", "quick", "--report", cwd=cwd)
    assert "No two have read the same turns" in " ".join(shown.out.split())
