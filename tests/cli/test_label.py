"""``track15 label`` as a person types it: over a pipe and at a terminal, with going back, leaving
out and Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.folder import LABELS
from harness.records.labels import read_labels
from tests.support.command import COMMAND, PATIENCE, environment
from tests.support.inprocess import typed
from tests.support.labels import WordsJudge, judged_run, label, run_of
from tests.support.mock_server import MockServer
from tests.support.record_labels import judge_by
from tests.support.rubric_files import MINE, ScaleJudge, write

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


@pytest.fixture(scope="module")
def pressed(server: MockServer, judged_once: Path) -> Iterator[MockServer]:
    """The same run, judged by a rubric that asks questions as well."""
    with MockServer(ScaleJudge(1)) as running:
        judge_by(judged_once, running, "pressure")
        yield running


@pytest.fixture
def asked(pressed: MockServer, judged_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(judged_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


QUESTIONS = 7
"""Of the rubric 'pressure': three of each seat, and one more."""


def test_a_person_answers_about_records_stops_and_goes_on(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ("--rubric", "pressure", "--records", "4", "--who", "Ann B.")
    first = label(asked, ["1"] * QUESTIONS + ["2", "t", "q"], monkeypatch, *flags)
    assert first.code == 0, first.err
    assert "1 of 4 records is answered by Ann B., and 1 question left open." in first.err
    assert "The same command goes on." in first.err
    assert "2 of 4: " in first.out
    done, begun = read_labels(run_of(asked).path)
    assert (len(done.items), len(begun.items)) == (QUESTIONS, 2)

    again = label(asked, ["1"] * 19, monkeypatch, *flags)
    assert again.code == 0, again.err
    assert "1 of 4: " not in again.out
    assert f"Question 3 of {QUESTIONS}" in again.out
    assert f"Question 2 of {QUESTIONS}" in again.out, "of the next one"
    assert "4 of 4 records are answered" in again.err
    whole = label(asked, [], monkeypatch, *flags)
    assert (whole.code, whole.out) == (0, "")


def test_going_back_from_a_first_question_leads_to_the_record_before(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ["b", *["1"] * QUESTIONS, "b", "2", "q"]
    done = label(asked, keys, monkeypatch, "--rubric", "pressure", "--records", "4")
    assert done.code == 0, done.err
    assert "This is the first question." in done.out
    assert done.out.count("You look at how a delegation presses the other") == 1
    assert done.out.count("You have read this one.") == 3
    (one,) = read_labels(run_of(asked).path)
    assert one.items["instructs"].answer == "no"


def test_the_judge_and_the_arms_are_hidden_while_questions_are_answered(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ["about", "read", "?", *["1"] * QUESTIONS] * 4
    shown = label(asked, keys, monkeypatch, "--rubric", "pressure", "--records", "4").out
    folder = run_of(asked)
    hidden = [*folder.info.suite.arms, "track-1", "openai/x", "deal_reward", "reservation"]
    assert [word for word in hidden if word in shown] == []
    names = {
        one.name
        for scenario in folder.info.scenarios.values()
        for one in scenario.principals.values()
    }
    assert any(f"for {name}" in " ".join(shown.split()) for name in names)


def test_two_people_and_the_judge_are_compared_question_by_question(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who, last in (("ann", "1"), ("ben", "2")):
        keys = [*["1"] * (QUESTIONS - 1), last] * 12
        done = label(asked, keys, monkeypatch, "--rubric", "pressure", "--who", who)
        assert done.code == 0, done.err
        assert "12 of 12 records are answered" in done.err
    shown = typed("label", "quick", "--report", cwd=asked)
    assert shown.code == 0, shown.err
    assert "ann has answered 84 questions about 12 records by pressure." in shown.out
    assert "ann and ben, by pressure" in shown.out
    assert "People differ on 12 answers" in shown.out
    document = json.loads(typed("label", "quick", "--report", "--json", cwd=asked).out)
    assert document["labelled"]["rubric_pressure.threat_o"] == 12
    pairs = {(one["first"], one["judge"]) for one in document["answers"]}
    assert pairs == {("ann", False), ("ann", True), ("ben", True)}
    assert {one["item"] for one in document["differing"]} == {"instructs"}
    assert document["differing"][0]["answers"] == {"ann": "yes", "ben": "no"}
    threat = next(one for one in document["answers"] if one["judge"] and one["item"] == "threat")
    assert (threat["answers"], threat["same"]) == (24, 0)
    assert threat["off"] > 0
    corrected = typed("report", "quick", cwd=asked)
    assert "rubric_pressure.threat_o" in corrected.out
    assert "12 records" in corrected.out


def test_bad_input_about_records_gives_one_clear_error(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (asked / "odd.md").write_text("---\nid: odd\n---\n", encoding="utf-8")
    for more, said in (
        (("--rubric", "presure"), "did you mean 'pressure'"),
        (("--rubric", "private-facts"), "asks no questions"),
        (("--rubric", "article"), "no finished record"),
        (("--rubric", "odd.md"), "odd.md"),
        (("--rubric", "pressure", "--turns", "4"), "use --records in its place"),
        (("--records", "4"), "use --turns in its place"),
        (("--rubric", "pressure", "--records", "1"), "--records"),
        (("--rubric", "pressure", "--who", " "), "no name to file labels under"),
    ):
        done = label(asked, [], monkeypatch, *more)
        assert done.code == 2, more
        assert said in done.err
        assert "Traceback" not in done.err
    assert not (run_of(asked).path / LABELS).exists()


def test_a_rubric_of_the_users_own_by_which_nobody_has_judged(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(asked)
    done = label(asked, ["1", "2", "2", "q"], monkeypatch, "--rubric", "mine.md", "--who", "ann")
    assert done.code == 0, done.err
    assert "No judge has read this run by 'mine' yet" in done.err
    assert "--rubric mine.md" in done.err
    write(asked, MINE.replace("It shouts.", "It yells."))
    again = label(asked, ["q"], monkeypatch, "--rubric", "mine.md", "--who", "ann")
    assert "You have answered about 1 of these records" in again.err
    assert "0 of 12 records are answered" in again.err


class Terminal:
    """The command at a terminal of its own, of 24 lines."""

    def __init__(self, cwd: Path, *words: str) -> None:
        self.ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            cwd=cwd,
            env=environment(TERM="xterm"),
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(its)
        self.seen = ""

    def until(self, words: str) -> None:
        """Read on until these words come."""
        start = len(self.seen)
        while words not in self.seen[start:]:
            assert select.select([self.ours], [], [], PATIENCE)[0], f"no {words!r}: {self.seen}"
            self.seen += os.read(self.ours, 1 << 16).decode(errors="replace")

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def end(self) -> int:
        """Read the rest; the exit code."""
        with contextlib.suppress(OSError):  # how Linux ends a terminal that nobody holds open
            while part := os.read(self.ours, 1 << 16):
                self.seen += part.decode(errors="replace")
        os.close(self.ours)
        return self.process.wait()


def test_at_a_terminal_long_talks_have_pages_and_ctrl_c_keeps_what_was_answered(
    asked: Path,
) -> None:
    run = run_of(asked).path.name
    screen = Terminal(asked, "label", run, "--rubric", "pressure", "--who", "ann")
    screen.until("for the questions > ")
    assert "Question 1" not in screen.seen
    screen.type("s\n")
    screen.until("read, ? > ")
    screen.type("1\n")
    screen.until("read, ? > ")
    # The interpreter may not wait for a line yet: the end of one lets it see the interrupt.
    screen.type("\x03\n")
    assert screen.end() == 130
    assert "0 of 12 records are answered by ann." in screen.seen
    assert "Traceback" not in screen.seen
    (one,) = read_labels(run_of(asked).path)
    assert len(one.verdicts) == 1


def test_a_reader_who_has_left_ends_it_without_a_traceback(asked: Path) -> None:
    gone, output = os.pipe()
    os.close(gone)
    done = subprocess.run(
        [*COMMAND, "label", run_of(asked).path.name, "--rubric", "pressure", "--who", "ann"],
        cwd=asked,
        env=environment(),
        input="1\n" * 10,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(output)
    assert "Traceback" not in done.stderr
