"""The form of a turn: what is shown of it, and what the keys do."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from harness.analysis.label_sample import Drawn, Turn
from harness.app.labelling import AskedTurn, Said
from harness.cli.desk import Desk
from harness.cli.label_form import HELP, SHOWN_BEFORE, PreviousError, QuitError, ask
from harness.errors import PersonLeftError
from harness.plans.prose_ledger import prose_ledger_rubric
from harness.records.judgement import Verdict
from tests.support.judging import SMALL_DISPUTE


def asked(words: str = "We could live with half.", before: int = 6) -> AskedTurn:
    return AskedTurn(
        drawn=Drawn(Turn("0" * 16, 7, ("lean",), "small", found=True), 0.5),
        title="A well",
        summary="Two farms share it.",
        before=tuple(Said("Lower farm", f"remark {number}") for number in range(before)),
        said=Said("Upper farm", words),
        principal="a",
        rubric=prose_ledger_rubric(SMALL_DISPUTE),
        issues=(("well", "The well", (("half", "half of it"),)), ("fence", "The fence", ())),
    )


def typed(
    monkeypatch: pytest.MonkeyPatch, *keys: str, turn: AskedTurn | None = None
) -> tuple[list[Verdict] | None, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
    out = io.StringIO()
    labelling: Any = SimpleNamespace(asked=[1, 2, 3])
    return ask(Desk(out), labelling, turn or asked(), 2), out.getvalue()


def test_the_turns_before_are_shown_and_more_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    marked, shown = typed(monkeypatch, "more", "n")
    assert marked == []
    assert "2 of 3: A well" in shown
    assert f"({6 - SHOWN_BEFORE} turns were before this: type more)" in shown
    first, _, rest = shown.partition("type more)")
    assert "remark 1" not in first
    assert "remark 0" in rest
    assert "  > We could live with half." in shown
    _, alone = typed(monkeypatch, "n", turn=asked(before=0))
    assert "before this" not in alone


def test_several_marks_of_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ["c", "well", "half", "hypothetical", "f", "2", "1", "", "t", "1", "2", "4", "d"]
    marked, _ = typed(monkeypatch, *keys)
    assert marked is not None
    assert [(one.item, one.fields["commitment"]) for one in marked] == [
        ("concedes.well", "hypothetical"),
        ("final.fence", "binding"),
        ("takes_back.well", "personal"),
    ]
    assert marked[0].answer == "half"
    assert {one.fields["by"] for one in marked} == {"a"}
    assert marked[0].quotes[0].text == "We could live with half."


def test_a_mark_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    marked, shown = typed(
        monkeypatch, "c well half", "H leave conditional", "f fence us personal", "d"
    )
    assert marked is not None
    assert [(one.item, one.answer, one.fields["commitment"]) for one in marked] == [
        ("concedes.well", "half", "binding"),
        ("threat", "leave", "conditional"),
        ("final.fence", "us", "personal"),
    ]
    assert "none of these" not in shown


@pytest.mark.parametrize(
    "line", ["c well", "c well nowhere", "c nowhere half", "h", "c well half firmly", "x well half"]
)
def test_a_line_that_is_no_mark_marks_nothing(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = (line, "back", "n") if line == "h" else (line, "n")
    marked, shown = typed(monkeypatch, *keys)
    assert marked == []
    assert ("none of these" in shown) is (line != "h")


def test_leaving_out_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, "skip")[0] is None


@pytest.mark.parametrize(
    ("key", "error"),
    [("b", PreviousError), ("back", PreviousError), ("q", QuitError), ("quit", QuitError)],
)
def test_other_ways_out(key: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(error):
        typed(monkeypatch, "c", "1", "1", "", key)


def test_the_end_of_the_input_is_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PersonLeftError):
        typed(monkeypatch, "c")


def test_words_of_models_are_shown_and_never_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "\x1b[2Jnothing\x07 [bold]here[/bold]\n# heading `q`"
    _, shown = typed(monkeypatch, "n", turn=asked(words=hostile))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold]here[/bold]" in shown
    assert "  > # heading `q`" in shown


def test_help_names_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    _, shown = typed(monkeypatch, "?", "about", "n")
    keys = [line[2:].split(",")[0] for line in HELP.splitlines() if line.startswith("- ")]
    assert keys[:6] == ["c", "t", "f", "h", "n", "d"]
    assert [key for key in keys if f"- {key}" not in shown] == []
    assert "half: half of it" in shown
