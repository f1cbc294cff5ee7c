"""The same questions in another form: names exchanged, or the order reversed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.plans.rubric_file import read_rubric
from harness.plans.rubrics import RUBRICS
from harness.plans.swaps import LABELS, ORDER, names_exchanged, rubric_swapped
from tests.support.judging import SMALL_DISPUTE
from tests.support.rubric_files import BOTH, write

WORDS = st.lists(
    st.sampled_from(["Arden", "Boral", "ARDEN", "Boralian", "Ardenese", "Corin", "ardent", "the"])
)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Arden asks Boral.", "Boral asks Arden."),
        ("The Ardenese and the Boralians", "The Boralian and the Ardeneses"),
        ("ARDEN's well, (Boral)!", "BORAL's well, (Arden)!"),
        ("Ardent hopes of Corin in Boralia", "Ardent hopes of Corin in Boralia"),
        ("arden", "arden"),
    ],
)
def test_whole_names_are_exchanged(said: str, heard: str) -> None:
    assert names_exchanged(said, SMALL_DISPUTE) == heard


def test_a_name_that_holds_the_adjective_is_one_name() -> None:
    (merger,) = load_scenarios("merger")
    said = "Fenwright Instruments and Fenwright jobs; Castorel Group."
    heard = "Castorel Group and Castorel jobs; Fenwright Instruments."
    assert names_exchanged(said, merger) == heard


@given(WORDS)
def test_exchanged_twice_it_is_what_it_was(words: list[str]) -> None:
    said = " ".join(words)
    once = names_exchanged(said, SMALL_DISPUTE)
    assert names_exchanged(once, SMALL_DISPUTE) == said
    assert names_exchanged(said, SMALL_DISPUTE.twin(Twin.NAMES)) == once


@pytest.mark.parametrize("twin", Twin)
def test_the_questions_are_those_of_the_other_twin(twin: Twin, small: Scenario) -> None:
    of = RUBRICS["talks-claims"].of
    played = small.twin(twin)
    asked = rubric_swapped(of, played, LABELS)
    assert asked == of(played.twin(Twin.NAMES))
    assert [one.id for one in asked.items] == [one.id for one in of(played).items]
    assert asked != of(played)


def test_the_order_is_reversed_and_nothing_else(tmp_path: Path, small: Scenario) -> None:
    of = read_rubric(write(tmp_path, BOTH)).of
    usual, turned = of(small), rubric_swapped(of, small, ORDER)
    assert [one.id for one in turned.items] == ["instructs", "better"]
    assert turned.items[1].answers == usual.items[0].answers[::-1]
    assert turned.about == usual.about
    assert rubric_swapped(lambda _: turned, small, ORDER) == usual
