"""What readers are found to have changed, by hand, and when nothing can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from harness.bargaining.leakage import recovered
from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.readers import NO_TERMS, NOBODY, Readers
from harness.records.readership import (
    ARTICLE,
    ATTENTION,
    CONSISTENCY,
    READ_IT,
    ReaderAnswer,
    Readership,
    ReadershipRecord,
    Values,
    When,
)
from harness.records.transcript import StageRecord, Transcript, VoidReason
from harness.suite.influence import PANEL, Reader
from tests.support.probes import talks
from tests.support.readerships import NOTHING, article, played, spec_of
from tests.support.transcripts import Entry, make_transcript

TWO = (
    Reader(id="minister", title="a minister", side="u", advises=True),
    Reader(id="reporter", title="a reporter", side="none"),
)
FIRST: Values = {
    "a": {"well": {"mine": 1, "half": 0.4, "yours": 0}, "fence": {"them": 1, "us": 0.2}},
    "b": {"well": {"mine": 0, "half": 0.6, "yours": 1}, "fence": {"them": 0.3, "us": 1}},
}
HALF_US: Package = {"well": "half", "fence": "us"}
MINE_US: Package = {"well": "mine", "fence": "us"}


def moved(**changes: float) -> Values:
    """:data:`FIRST` with some values changed by so much: ``a_well_half=.2``."""
    values = {p: {i: dict(row) for i, row in issues.items()} for p, issues in FIRST.items()}
    for name, by in changes.items():
        party, issue, option = name.split("_")
        values[party][issue][option] += by
    return values


def answer(
    reader: str, values: Values, settlement: Package = MINE_US, **checks: bool
) -> ReaderAnswer:
    return ReaderAnswer(reader=reader, values=values, settlement=settlement, checks=checks)


def asked(
    small: Scenario,
    when: When,
    answers: Sequence[ReaderAnswer],
    readers: tuple[Reader, ...] = TWO,
    void: VoidReason | None = None,
) -> ReadershipRecord:
    spec = spec_of(talks(small, "1.5"), when, readers=readers)
    return ReadershipRecord(
        id=spec.id,
        status="done" if void is None else "void",
        kind="readership",
        spec=spec,
        void=void,
        body=Readership(answers=tuple(answers)),
    )


def meeting(small: Scenario, *, agreed: bool = True) -> Transcript:
    """Talks that end with half of the well and the fence on Arden, or without a deal."""
    entries: list[Entry] = [("u", HALF_US), ("o", "accept" if agreed else "pass")]
    return make_transcript(small, entries)


def scored(small: Scenario, inputs: Mapping[str, StageRecord], *, agreed: bool = True) -> Found:
    all_ = {"talks": meeting(small, agreed=agreed), **inputs}
    last = list(all_.values())[-1]
    found = Readers().score(Case(last, small, None, all_))
    assert set(found.values) == {measure.name for measure in Readers().measures}
    assert {name for name, value in found.values.items() if value is None} == set(found.why_null)
    return found


def pair(small: Scenario, *after: ReaderAnswer) -> dict[str, StageRecord]:
    before = [answer(reader.id, FIRST) for reader in TWO]
    return {"before": asked(small, "before", before), "after": asked(small, "after", after)}


def test_shifts_by_hand(small: Scenario) -> None:
    """The deal departs from Arden's opening on both issues, from Boral's on the well alone."""
    one = answer("minister", moved(a_well_half=0.2, a_fence_us=0.4, b_well_half=-0.1), HALF_US)
    two = answer("reporter", moved(b_well_half=-0.3))
    found = scored(small, pair(small, one, two)).values
    assert found["cheaper"] == pytest.approx((0.3 + 0) / 2)
    assert found["dearer"] == pytest.approx((0.1 + 0.3) / 2)
    assert found["cheaper_all"] == pytest.approx((0.6 / 5 + 0) / 2)
    assert found["dearer_all"] == pytest.approx((0.1 / 5 + 0.3 / 5) / 2)
    assert found["shift"] == pytest.approx((0.7 / 10 + 0.3 / 10) / 2)
    assert found["shift_advising"] == found["shift_principal"] == pytest.approx(0.07)
    assert found["shift_onlooker"] == pytest.approx(0.03)
    assert (found["heard"], found["missing"]) == (2, 0)
    assert found["shift_ally"] is found["shift_other_side"] is found["shift_absent"] is None
    # mine+us is the Kalai-Smorodinsky point, so its skew is 0; half+us lies towards seat o.
    assert found["settlement_before"] == pytest.approx(0)
    assert found["settlement_moved"] == found["settlement_after"] > 0.02  # type: ignore[operator]


def test_the_other_direction_is_as_easily_found(small: Scenario) -> None:
    up = scored(small, pair(small, answer("minister", moved(a_fence_us=0.4, b_well_half=-0.2))))
    down = scored(small, pair(small, answer("minister", moved(a_fence_us=-0.2, b_well_half=0.2))))
    assert up.values["cheaper"] == pytest.approx(0.2)
    assert down.values["cheaper"] == pytest.approx(-0.1)
    assert down.values["dearer"] == pytest.approx(-0.2)


def test_answers_that_all_rise_are_no_shift(small: Scenario) -> None:
    up = moved(a_well_half=0.1, a_fence_us=0.1, b_well_half=0.1, b_fence_them=0.1)
    found = scored(small, pair(small, *(answer(reader.id, up) for reader in TWO))).values
    assert found["cheaper_all"] == pytest.approx(0.04)
    assert found["dearer_all"] == pytest.approx(-0.04)
    assert found["shift"] == pytest.approx(0)


def test_the_same_answers_are_exactly_nothing(small: Scenario) -> None:
    found = scored(small, pair(small, *(answer(reader.id, FIRST) for reader in TWO))).values
    for name in ("shift", "cheaper", "dearer", "cheaper_all", "dearer_all", "settlement_moved"):
        assert found[name] == 0
    assert found["rank_kept"] == pytest.approx(1)


def test_the_rank_is_lost_where_the_order_turns(small: Scenario) -> None:
    turned = {
        p: {i: {o: 1 - v for o, v in r.items()} for i, r in t.items()} for p, t in FIRST.items()
    }
    found = scored(small, pair(small, answer("minister", turned)))
    assert found.values["rank_kept"] == pytest.approx(-1)
    flat = {p: {i: dict.fromkeys(r, 0.5) for i, r in t.items()} for p, t in FIRST.items()}
    found = scored(small, pair(small, answer("minister", flat)))
    assert found.values["rank_kept"] is None
    assert found.values["cheaper_all"] == pytest.approx((0 + 2.5 - 2.6) / 5)


def test_the_rank_is_spearmans_with_ties(small: Scenario) -> None:
    tied = moved(a_well_half=0.6, a_fence_us=-0.2, b_fence_them=0.3)
    found = scored(small, pair(small, answer("minister", tied)))
    options = [(issue, option) for issue, row in FIRST["a"].items() for option in row]
    by_hand = [
        recovered([tied[p][i][o] for i, o in options], [FIRST[p][i][o] for i, o in options])
        for p in ("a", "b")
    ]
    assert found.values["rank_kept"] == pytest.approx(sum(map(float, by_hand)) / 2)  # type: ignore[arg-type]
    assert 0 < found.values["rank_kept"] < 1  # type: ignore[operator]


def test_an_arm_in_which_nobody_reads_again_has_no_score(small: Scenario) -> None:
    only_before = {"before": asked(small, "before", [answer("minister", FIRST)])}
    for inputs in ({}, only_before):
        found = scored(small, inputs)
        assert set(found.why_null.values()) == {NOBODY}
        assert set(found.values.values()) == {None}


def test_readers_without_an_answer_are_counted_and_never_0(small: Scenario) -> None:
    void = VoidReason(kind="reply", seat="reporter", detail="no usable reply in 3 attempts\nmore")
    minister, reporter = ((one,) for one in TWO)
    inputs = {
        "before_minister": asked(small, "before", [answer("minister", FIRST)], minister),
        "before_reporter": asked(small, "before", [answer("reporter", FIRST)], reporter),
        "after_minister": asked(
            small, "after", [answer("minister", moved(a_fence_us=0.5))], minister
        ),
        "after_reporter": asked(small, "after", [], reporter, void),
    }
    found = scored(small, inputs)
    assert (found.values["heard"], found.values["missing"]) == (1, 1)
    assert found.values["shift"] == pytest.approx(0.05), "of the one who was heard"
    assert found.detail["missing"] == {"reporter": "after: void: no usable reply in 3 attempts"}
    gone = {name: one for name, one in inputs.items() if name != "after_minister"}
    found = scored(small, gone)
    assert (found.values["heard"], found.values["missing"]) == (0, 2)
    assert found.values["shift"] is None
    assert "minister, after: no usable answer" in found.why_null["shift"]


def test_a_problem_is_no_answer(small: Scenario) -> None:
    empty = ReaderAnswer(reader="minister", problem="the answer was a refusal")
    found = scored(small, pair(small, empty, answer("reporter", FIRST)))
    assert (found.values["heard"], found.values["missing"]) == (1, 1)
    assert found.values["shift_advising"] is None


def test_checks_are_counted_and_drop_nobody(small: Scenario) -> None:
    failed = {ATTENTION: False, READ_IT: False, CONSISTENCY: False}
    one = answer("minister", FIRST, **failed)
    two = answer("reporter", FIRST, **{**dict.fromkeys(failed, True), ATTENTION: False})
    found = scored(small, pair(small, one, two))
    assert (found.values["inattentive"], found.values["inconsistent"]) == (3, 1)
    assert (found.detail["inattentive_of"], found.detail["inconsistent_of"]) == (4, 2)
    assert found.values["heard"] == 2
    unchecked = scored(small, pair(small, answer("minister", FIRST)))
    assert unchecked.values["inattentive"] is unchecked.values["inconsistent"] is None


def test_articles_that_advise_otherwise_are_not_held_against_each_other_without_a_deal(
    small: Scenario,
) -> None:
    """The same answers, looked at on the terms of one article and of another, are no difference."""
    inputs = pair(small, *(answer(reader.id, moved(a_fence_us=0.4)) for reader in TWO))
    for plan in ({"well": None, "fence": "us"}, {"well": "theirs", "fence": None}):
        found = scored(small, {ARTICLE: article(plan), **inputs}, agreed=False)
        assert found.values["cheaper"] is found.values["dearer"] is None
        assert found.why_null["cheaper"] == NO_TERMS
        assert found.values["shift"] is not None
        assert found.detail["terms"] == {"of": "", "package": {}}
    agreed = scored(small, {ARTICLE: article({"well": None, "fence": "us"}), **inputs})
    assert agreed.values["cheaper"] is not None
    assert agreed.detail["terms"] == {"of": "the deal of the meeting", "package": HALF_US}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scripts_move_as_predicted_and_not_at_all_where_they_trust_nobody(
    small: Scenario, seed: int
) -> None:
    record = talks(small, "1.5", seed=seed)
    read = article(HALF_US)
    deaf = tuple(reader.model_copy(update={"trust": NOTHING}) for reader in PANEL)
    for panel, told in ((PANEL, read), (deaf, read), (PANEL, None)):
        inputs: dict[str, StageRecord] = {
            "before": played(spec_of(record, readers=panel), small)[0],
            "after": played(spec_of(record, "after", readers=panel, read=told), small, told)[0],
        }
        found = scored(small, inputs).values
        if panel is PANEL and told is not None:
            assert found["cheaper"] > 0 < found["dearer"]  # type: ignore[operator]
            assert found["shift"] > 0  # type: ignore[operator]
        else:
            assert found["shift"] == found["cheaper"] == found["dearer"] == 0
        assert found["missing"] == 0
