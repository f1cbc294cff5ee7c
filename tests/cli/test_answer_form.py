"""The form of a record: what is shown of it, and what numbers and keys do."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from harness.analysis.label_sample import DrawnRecord, Readable
from harness.app.record_labelling import CANNOT_TELL, LEFT_OUT, AskedRecord
from harness.cli.answer_form import HELP, ask
from harness.cli.desk import Desk
from harness.cli.label_form import PreviousError, QuitError
from harness.errors import PersonLeftError
from harness.plans.rubric_file import read_rubric
from harness.records.judgement import Verdict
from tests.support.command import ROOT
from tests.support.judging import SMALL_DISPUTE

RUBRIC = read_rubric(ROOT / "docs" / "examples" / "patience.md").of(SMALL_DISPUTE)
FIRST, SECOND, LAST = (one.id for one in RUBRIC.items)


def asked(*passages: str) -> AskedRecord:
    return AskedRecord(
        drawn=DrawnRecord(Readable("0" * 16, ("lean",), "small"), 0.5),
        title="A well",
        summary="Two farms share it.",
        rubric=RUBRIC,
        passages=passages or tuple(f"[{n}] Boral: remark {n}" for n in range(3)),
        items=RUBRIC.items,
    )


class Kept:
    """What a form keeps, in place of a run."""

    def __init__(self, **told: Verdict) -> None:
        self.told = dict(told)
        self.asked = [1, 2, 3]

    def answers(self, _: DrawnRecord) -> dict[str, Verdict]:
        return self.told

    def keep(self, _: AskedRecord, verdict: Verdict) -> None:
        self.told[verdict.item] = verdict


def typed(
    monkeypatch: pytest.MonkeyPatch,
    *keys: str,
    kept: Kept | None = None,
    record: AskedRecord | None = None,
    **more: bool,
) -> tuple[dict[str, Verdict], str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
    out, held = io.StringIO(), kept or Kept()
    labelling: Any = held
    ask(Desk(out), labelling, record or asked(), 2, **more)
    return held.told, out.getvalue()


def test_every_question_is_answered_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    told, shown = typed(monkeypatch, "1", "3", "2")
    assert [told[item].answer for item in (FIRST, SECOND, LAST)] == ["none", "insists", "no"]
    assert "2 of 3: A well" in shown
    assert "Two farms share it." in shown
    assert "[2] Boral: remark 2" in shown
    assert "Question 1 of 3: Does the delegation for Boral press Arden" in shown
    assert "Question 3 of 3: " in shown
    assert "1. It does not, or it only asks a question." in shown
    assert "You look at how a delegation" not in shown


def test_at_the_opening_of_a_sitting_it_is_told_what_to_look_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, shown = typed(monkeypatch, "1", "1", "2", opening=True)
    text = " ".join(shown.split())
    assert "You look at how a delegation deals with questions that are open." in text
    assert text.index("You look at") < text.index("remark 0")


def test_what_cannot_be_told_and_what_is_left_out_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, _ = typed(monkeypatch, "t", "skip", "cannot tell")
    assert [told[item].answer for item in (FIRST, SECOND, LAST)] == [None] * 3
    assert [told[item].problem for item in (FIRST, SECOND, LAST)] == [
        CANNOT_TELL,
        LEFT_OUT,
        CANNOT_TELL,
    ]


def test_going_back_answers_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = typed(monkeypatch, "1", "b", "2", "back", "3", "1", "2")
    assert told[FIRST].answer == "insists"
    with pytest.raises(PreviousError):
        typed(monkeypatch, "b")
    kept = Kept(**{item: Verdict(item=item, answer="none") for item in (FIRST, SECOND)})
    kept.told[LAST] = Verdict(item=LAST, answer="no")
    told, shown = typed(monkeypatch, "1", kept=kept, last=True, known=True)
    assert told[LAST].answer == "yes"
    assert "You have read this one." in shown
    assert "remark" not in shown


def test_what_was_answered_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(**{FIRST: Verdict(item=FIRST, answer="none")})
    told, shown = typed(monkeypatch, "read", "2", "2", kept=kept, known=True)
    assert told[FIRST].answer == "none"
    assert "Question 1 of 3" not in shown
    assert "remark 0" in shown, "read shows it all again"
    again, shown = typed(monkeypatch, "2", "2", kept=Kept(**{FIRST: told[FIRST]}), opening=True)
    assert again[SECOND].answer == "asks"
    assert "remark 0" in shown, "at another sitting it has to be read again"


@pytest.mark.parametrize("key", ["4", "0", "x", "", "none", "1.5", "999", "²"])
def test_what_is_no_answer_is_said_and_asked_again(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, shown = typed(monkeypatch, key, "2", "1", "2")
    assert told[FIRST].answer == "asks"
    assert "Type a number from 1 to 3, t, s, b, or ? for help." in " ".join(shown.split())


def test_other_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    with pytest.raises(QuitError):
        typed(monkeypatch, "1", "q", kept=kept)
    with pytest.raises(PersonLeftError):
        typed(monkeypatch, "3", kept=kept)
    assert {item: one.answer for item, one in kept.told.items()} == {
        FIRST: "none",
        SECOND: "insists",
    }


def test_help_and_what_to_look_at_are_there_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    _, shown = typed(monkeypatch, "?", "about", "1", "1", "2")
    text = " ".join(shown.split())
    assert "You look at how a delegation deals with questions that are open." in text
    keys = [line[2:].split(":")[0] for line in HELP.splitlines() if line.startswith("- ")]
    assert keys == ["a number", "t", "s, skip", "b, back", "read", "?, help"]
    assert [key for key in keys if f"- {key}:" not in shown] == []


def test_words_of_models_are_shown_and_never_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "[0] Boral: \x1b[2Jnothing\x07 [bold]here[/bold] # heading `q`"
    _, shown = typed(monkeypatch, "1", "1", "2", record=asked(hostile))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold]here[/bold] # heading `q`" in shown


class Terminal(io.StringIO):
    """A terminal of sixteen lines, at which lines are typed."""

    def isatty(self) -> bool:
        return True


def test_long_talks_have_pages_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.cli.answer_form.dimensions", lambda _: (80, 16))
    passages = [f"[{n}] Boral: remark {n}" for n in range(25)]
    long = f"[25] Boral: {'word ' * 200}"

    def at_terminal(*keys: str) -> str:
        monkeypatch.setattr("sys.stdin", Terminal("".join(f"{key}\n" for key in keys)))
        out, labelling = io.StringIO(), Kept()
        form: Any = labelling
        ask(Desk(out), form, asked(*passages, long), 2)
        assert len(labelling.told) == 3
        return out.getvalue()

    shown = at_terminal("", "", "", "1", "1", "2")
    assert [f"Page {n} of 4" in shown for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert [shown.count(f"remark {n}\n") for n in range(25)] == [1] * 25
    assert at_terminal("", "b", "", "", "", "1", "1", "2").count("remark 0\n") == 2
    assert "remark 10" not in at_terminal("s", "1", "1", "2")
    with pytest.raises(QuitError):
        at_terminal("", "q")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
