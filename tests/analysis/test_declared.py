"""When questions were declared, in words: only what the record shows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.declared import BEFORE, declared, named
from harness.records.declaration import declared_now
from harness.records.run import RunInfo
from harness.suite.contrasts import Contrast, Contrasts
from harness.suite.suite import Suite
from tests.support.runs import tiny_suite

SUITE = tiny_suite("small", contrasts=None)


def asking(measure: str | None, name: str = "x") -> Suite:
    """A suite with this primary measure; none where it is None."""
    if measure is None:
        return SUITE
    primary = Contrast(name=name, measure=measure, treatment="half", control="one")
    return SUITE.model_copy(update={"contrasts": Contrasts(primary=primary)})


def info(history: Sequence[tuple[str | None, int | None]], *, reused: bool = False) -> RunInfo:
    """A run with these primary measures, each declared when so many dialogues had finished."""
    made = tuple(
        declared_now(asking(measure), time="t", finished=finished, dialogues=8)
        for measure, finished in history
    )
    return RunInfo(
        version="test",
        created="t",
        command="",
        plan="p",
        dialogues=8,
        suite=asking(history[-1][0]),
        scenarios={},
        declarations=made,
        reused=reused,
    )


def said(*history: tuple[str | None, int | None], reused: bool = False) -> list[str]:
    return list(declared(info(history, reused=reused)).said)


def test_before_the_first_result() -> None:
    assert said(("a", 0)) == [f"{BEFORE}."]
    assert said(("a", 0), ("b", 0)) == [f"{BEFORE}."], "until then nothing is chosen by a result"
    assert declared(info([("a", 0)])).before_first_result is True


def test_after_some() -> None:
    assert said(("a", 0), ("b", 3)) == [
        (
            "The primary comparison was changed after 3 of 8 dialogues had finished; it was: half "
            "against one on a."
        )
    ]
    assert said(("a", 0), ("b", 3), ("a", 8)) == [
        (
            "The primary comparison was changed after 8 of 8 dialogues had finished; it was: half "
            "against one on b; before that: half against one on a."
        )
    ]
    assert said((None, 0), ("a", 1))[0].endswith("; it was: none.")
    assert said(("a", 0), (None, 8))[0].endswith(
        "it was: half against one on a. There is none now."
    )
    (late,) = said(("a", 2))
    assert late == (
        "The primary comparison was declared after 2 of 8 dialogues had finished; the comparison"
        " before it is not on record."
    )


def test_where_it_is_not_known() -> None:
    assert said(("a", None))[0].startswith("Whether the primary comparison was")
    assert declared(info([("a", None)])).before_first_result is None
    assert said(("a", None), ("b", 8))[0].startswith("The primary comparison was changed after 8")
    assert said((None, 0)) == []
    assert said(("a", 0), reused=True) == [
        f"{BEFORE} of this run, and results of other runs were taken into it."
    ]


def test_a_name_is_no_part_of_a_comparison() -> None:
    first = declared_now(asking("a"), time="t", finished=0, dialogues=8)
    renamed = declared_now(asking("a", "y"), time="t", finished=8, dialogues=8)
    run = info([("a", 0)]).model_copy(update={"declarations": (first, renamed)})
    assert declared(run).said == (f"{BEFORE}.",)
    assert len(declared(run).history) == 2


@pytest.mark.parametrize(
    ("contrast", "words"),
    [
        (None, "none"),
        (Contrast(name="x", treatment="a"), "a against 0 on settlement.skew"),
        (Contrast(name="x", treatment="a", control="b", measure="m.n"), "a against b on m.n"),
    ],
)
def test_a_comparison_in_words(contrast: Contrast | None, words: str) -> None:
    assert named(contrast) == words


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 8)), min_size=1, max_size=5)
)
@example([("a", 0), ("b", 1), ("a", 2)])
@example([("a", 0)])
def test_before_is_said_of_nothing_that_changed_since_a_result(
    history: list[tuple[str, int]],
) -> None:
    history.sort(key=lambda made: made[1])
    found = declared(info(history))
    started = [measure for measure, finished in history if finished == 0][-1:]
    later = {measure for measure, finished in history if finished > 0}
    honest = bool(started) and later <= set(started)
    assert (found.before_first_result is True) is honest
    assert (f"{BEFORE}." in found.said) is honest
    assert bool(found.changed) is not honest
