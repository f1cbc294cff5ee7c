"""How far readers who answered the same questions agree."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.analysis.agreement import cohen_kappa, krippendorff_alpha
from harness.analysis.answer_agreement import (
    Answer,
    AnswerAgreement,
    RecordReading,
    answer_agreements,
    differing,
    split_seat,
)

SCALE = {"none": 0.0, "some": 0.5, "much": 1.0}


def read(
    who: str, told: Sequence[str | None], *, item: str = "loud_o", judge: bool = False
) -> list[RecordReading]:
    """One answer a record, over ten scenarios."""
    return [
        RecordReading(
            who=who,
            rubric="mine",
            digest="0" * 64,
            record=f"r{n}",
            scenario=f"s{n % 10}",
            answers={item: None if one is None else Answer(one, SCALE.get(one))},
            judge=judge,
        )
        for n, one in enumerate(told)
    ]


def only(found: tuple[AnswerAgreement, ...]) -> AnswerAgreement:
    (one,) = found
    return one


ANN = [
    "none",
    "none",
    "some",
    "much",
    "much",
    "none",
    "some",
    "none",
    "much",
    "some",
    "none",
    "some",
]
BEN = [
    "none",
    "some",
    "some",
    "much",
    "some",
    "none",
    "some",
    "none",
    "much",
    "much",
    "none",
    "some",
]


def test_two_people_by_the_definitions() -> None:
    one = only(answer_agreements([*read("ben", BEN), *read("ann", ANN)]))
    assert (one.first, one.second, one.judge, one.item) == ("ann", "ben", False, "loud")
    assert (one.answers, one.same, one.missing) == (12, 9, 0)
    pairs = list(zip(ANN, BEN, strict=True))
    assert one.kappa == pytest.approx(cohen_kappa(pairs))
    placed = [(SCALE[a], SCALE[b]) for a, b in pairs]
    assert one.alpha == pytest.approx(krippendorff_alpha(placed, "interval"))
    assert one.off == pytest.approx(sum(b - a for a, b in placed) / 12)
    assert one.kappa_interval is not None
    assert one.alpha_interval is not None
    assert one.kappa is not None
    assert one.kappa_interval[0] <= one.kappa <= one.kappa_interval[1]


def test_what_is_left_open_is_counted_and_never_an_answer() -> None:
    one = only(answer_agreements([*read("ann", [None, *ANN[1:]]), *read("ben", [*BEN[:-1], None])]))
    assert (one.answers, one.missing) == (10, 2)
    nobody = only(answer_agreements([*read("ann", [None] * 6), *read("ben", BEN[:6])]))
    assert (nobody.answers, nobody.missing, nobody.kappa, nobody.alpha) == (0, 6, None, None)
    assert nobody.off is None


def test_the_same_answer_throughout_is_no_agreement_beyond_chance() -> None:
    one = only(answer_agreements([*read("ann", ["none"] * 12), *read("ben", ["none"] * 12)]))
    assert (one.same, one.kappa, one.alpha, one.off) == (12, None, None, 0)


def test_both_seats_of_a_question_count_for_it() -> None:
    both = [
        [*read(who, told, item="loud_o"), *read(who, told, item="loud_u")]
        for who, told in (("ann", ANN), ("ben", BEN))
    ]
    merged = []
    for own in both:
        for first, second in zip(own[:12], own[12:], strict=True):
            answers = {**first.answers, **second.answers}
            merged.append(
                RecordReading(first.who, "mine", first.digest, first.record, "s", answers)
            )
    assert only(answer_agreements(merged)).answers == 24


def test_answers_without_a_scale_are_nominal() -> None:
    told = ["yes", "no", "no", "yes", "no", "no"]
    other = ["yes", "no", "yes", "yes", "no", "no"]
    one = only(
        answer_agreements(
            [*read("ann", told, item="instructs"), *read("ben", other, item="instructs")]
        )
    )
    number = {"no": 0.0, "yes": 1.0}
    pairs = [(number[a], number[b]) for a, b in zip(told, other, strict=True)]
    assert one.alpha == pytest.approx(krippendorff_alpha(pairs))
    assert (one.item, one.off) == ("instructs", None)


def test_people_are_held_against_judges_and_judges_not_against_one_another() -> None:
    found = answer_agreements(
        [
            *read("x", ANN, judge=True),
            *read("y", BEN, judge=True),
            *read("x", ANN),
        ]
    )
    assert [(one.first, one.second, one.judge) for one in found] == [
        ("x", "x", True),
        ("x", "y", True),
    ]


def test_other_words_other_rubrics_and_other_records_are_not_compared() -> None:
    ann, ben = read("ann", ANN), read("ben", BEN)
    reworded = [
        RecordReading(one.who, one.rubric, "f" * 64, one.record, one.scenario, one.answers)
        for one in ben
    ]
    assert answer_agreements([*ann, *reworded]) == ()
    other = [
        RecordReading(one.who, "yours", one.digest, one.record, one.scenario, one.answers)
        for one in ben
    ]
    assert answer_agreements([*ann, *other]) == ()


@pytest.mark.parametrize(
    ("item", "split"),
    [
        ("threat_o", ("threat", "o")),
        ("whose_draft_u", ("whose_draft", "u")),
        ("point_o_12", ("point", "o")),
        ("ground", ("ground", "")),
        ("instructs", ("instructs", "")),
        ("_o", ("_o", "")),
    ],
)
def test_the_seat_of_an_item(item: str, split: tuple[str, str]) -> None:
    assert split_seat(item) == split


def test_where_people_differ_the_farthest_apart_come_first() -> None:
    ann, ben = ["none", "some", "much", None], ["some", "some", "none", "much"]
    eve = [None, "some", None, None]
    found = differing(
        [*read("ann", ann), *read("ben", ben), *read("eve", eve), *read("x", ann, judge=True)]
    )
    assert [(one.record, one.item, one.apart) for one in found] == [
        ("r2", "loud_o", 1.0),
        ("r0", "loud_o", 0.5),
    ]
    assert found[0].answers == {"ann": "much", "ben": "none"}
    (nominal,) = differing([*read("ann", ["yes"]), *read("ben", ["no"])])
    assert nominal.apart is None
    assert differing(read("ann", ann)) == ()
