"""The account of a judge: what it finds, how it leans, and whether it says the same again."""

from __future__ import annotations

import pytest

from harness.analysis.event_matching import Event
from harness.analysis.judge_account import account_of
from harness.analysis.judge_reads import Read
from tests.support.judge_reads import read

A, B = Event(1, "a", "concedes.x", "p"), Event(4, "b", "concedes.y", "q")
WORD = Event(2, "b", "final.x", "q")
SWAPPED = {"a": "Bela", "b": "Anna"}


def many(**fields: object) -> list[Read]:
    return [read(f"talk {number}", **fields) for number in range(20)]  # type: ignore[arg-type]


def test_a_judge_that_finds_everything() -> None:
    found = account_of(many(truth=(A, B, WORD), listed=(A, B, WORD)))
    for name in ("recall", "precision", "exact", "recall.final", "sensitivity.concedes"):
        assert found.events[name].value == 1.0, name
    assert found.events["recall.threat"].value is None, "there was none"
    assert found.events["specificity.threat"].value == 1.0
    assert found.agreement["kappa"].value == 1.0
    assert (found.bias["speaker"].value, found.bias["early"].value) == (0.0, 0.0)
    assert found.stability == {}
    assert "label" not in found.bias


def test_figures_of_kinds_and_manners_are_apart() -> None:
    devious = {"kind": "salami", "manner": "devious"}
    reads = [*many(truth=(A,), listed=(A,))]
    reads += [read(f"d{n}", truth=(A,), listed=(B,), marks=devious) for n in range(20)]
    found = account_of(reads).per_kind
    assert found["plain"]["recall"].value == found["salami/plain"]["recall"].value == 1.0
    assert (found["devious"]["recall"].value, found["devious"]["false"].value) == (0.0, 1.0)
    assert found["salami"]["recall"].value == 0.5


def test_a_wrong_answer_is_a_hit_that_is_not_exact() -> None:
    found = account_of(many(truth=(A,), listed=(Event(1, "a", "concedes.x", "r"),))).events
    assert (found["recall"].value, found["exact"].value) == (1.0, 0.0)


def test_the_right_commitment_is_counted_where_it_is_told() -> None:
    true = Event(1, "a", "concedes.x", "p", "conditional")
    reads = many(truth=(true, WORD), listed=(Event(1, "a", "concedes.x", "p", "binding"), WORD))
    found = account_of(reads).events["commitment"]
    assert (found.value, found.n) == (0.0, 20)


def test_a_lean_to_a_name_shows_over_both_tellings_and_one_to_a_seat_does_not() -> None:
    too_many = (A, B, Event(3, "a", "concedes.y", "p"))
    to_name = [
        *many(truth=(A, B), listed=too_many),
        *many(
            truth=(A, B),
            listed=(A, B, Event(3, "b", "concedes.x", "p")),
            told="label",
            labels=SWAPPED,
        ),
    ]
    assert account_of(to_name).bias["label"].value == 1.0
    to_party = [
        *many(truth=(A, B), listed=too_many),
        *many(truth=(A, B), listed=too_many, told="label", labels=SWAPPED),
    ]
    found = account_of(to_party).bias
    assert found["label"].value == 0.0
    assert found["label_changes"].value == 0.0
    assert found["speaker"].value == 1.0


def test_a_lean_to_the_first_named_shows_over_both_orders() -> None:
    reads = [
        *many(truth=(A, B), listed=(A,)),
        *many(truth=(A, B), listed=(B,), told="order", parties=("b", "a")),
    ]
    found = account_of(reads).bias
    assert found["order"].value == 1.0
    assert found["order_changes"].value == 1.0


def test_what_other_words_cost_is_a_difference() -> None:
    reads = [
        *many(truth=(A, B), listed=(A, B)),
        *[
            read(f"talk {n}", truth=(A, B), listed=(A,) if n % 2 else (A, B), told="paraphrase")
            for n in range(20)
        ],
    ]
    found = account_of(reads).bias["paraphrase_recall"]
    assert found.value == pytest.approx(-0.25)
    assert found.low is not None
    assert found.high is not None
    assert found.low < -0.25 < found.high <= 0


def test_recall_early_and_late() -> None:
    late = Event(5, "b", "concedes.y", "q")
    found = account_of(many(truth=(A, late), listed=(A,))).bias["early"]
    assert found.value == 1.0


def test_two_readings_of_the_same_words() -> None:
    reads = [
        one
        for n in range(20)
        for one in (
            read(f"t{n}", truth=(A, B), listed=(A, B)),
            read(f"t{n}", truth=(A, B), listed=(A,) if n < 10 else (A, B), repeat=2),
        )
    ]
    found = account_of(reads).stability
    assert found["same"].value == 0.5
    assert found["overlap"].value == pytest.approx(30 / 40)
    assert found["alpha"].value is not None
    assert 0 < found["alpha"].value < 1


def test_what_is_missing_is_counted_and_enters_no_figure() -> None:
    reads = [
        *many(truth=(A,), listed=(A,)),
        *[read(f"v{n}", truth=(A,), listed=None) for n in range(3)],
    ]
    reads.append(read("unsure", truth=(A,), listed=(), unsure=(A,), rejected=2))
    found = account_of(reads)
    assert (found.read, found.unusable, found.abstained, found.rejected) == (21, 3, 1, 2)
    assert (found.events["recall"].value, found.events["recall"].n) == (1.0, 20)


def test_nothing_that_was_read_gives_no_figure() -> None:
    found = account_of([read(truth=(A,), listed=None)])
    assert found.read == 0
    assert found.events["recall"].value is None
    assert found.agreement["kappa"].value is None
    assert found.per_kind == {}
