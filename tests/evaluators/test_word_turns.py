"""The counts of words turn by turn are those of the whole talks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.word_turns import MEASURES, WORDS, acts, found_in_turn, judged_turns
from harness.evaluators.words import Words
from harness.records.judgement import Verdict
from tests.evaluators.test_words import TALK
from tests.support.judging import SMALL_DISPUTE
from tests.support.prose_ledgers import event, ledger_by, thrown_away
from tests.support.transcripts import make_transcript

SEATED = {0: "a", 2: "a", 4: "a", 1: "b", 3: "b", 5: "b"}
OPTIONS = {"well": ("yours", "half", "mine", "unnamed"), "fence": ("us", "them")}
EVENTS = st.builds(
    lambda at, what, on: event(
        at,
        SEATED[at],
        "threat" if what == "threat" else f"{what}.{on[0]}",
        "leave" if what == "threat" else on[1],
    ),
    st.sampled_from(sorted(SEATED)),
    st.sampled_from(["concedes", "takes_back", "final", "threat"]),
    st.sampled_from([(issue, option) for issue, own in OPTIONS.items() for option in own]),
)


@settings(max_examples=60)
@given(st.lists(EVENTS, max_size=12))
def test_the_sum_over_turns_is_the_measure(verdicts: list[Verdict]) -> None:
    judgement = ledger_by(SMALL_DISPUTE, *verdicts, thrown_away())
    case = Case(make_transcript(SMALL_DISPUTE, TALK), SMALL_DISPUTE, None, {"judged": judgement})
    whole = Words().score(case).values
    by_turn = judged_turns(case, judgement)
    assert set(by_turn) == set(MEASURES)
    assert Words.name == WORDS
    for measure, turns in by_turn.items():
        assert sum(turns.values()) == whole[measure.removeprefix("words.")]


def test_what_a_person_finds_in_a_turn(small: Scenario) -> None:
    case = Case(make_transcript(small, TALK), small, None, {})
    found = found_in_turn(
        case,
        [
            event(2, "a", "concedes.well", "half"),
            event(2, "a", "concedes.well", "half"),
            event(2, "a", "concedes.fence", "us"),
            event(2, "a", "threat", "leave"),
            event(2, "a", "takes_back.well", "mine"),
            event(2, "a", "final.well", None),
        ],
    )
    assert found == {
        "words.conceded_o": 0,
        "words.conceded_u": 2,
        "words.final_o": 0,
        "words.final_u": 0,
        "words.threats_o": 0,
        "words.threats_u": 1,
    }
    assert set(found_in_turn(case, []).values()) == {0}


def test_acts_are_told_apart_by_what_and_issue() -> None:
    verdicts = [
        event(2, "a", "concedes.well", "half"),
        event(2, "a", "concedes.well", "mine"),
        event(2, "a", "threat", "worse"),
        event(2, "a", "final.well", None),
    ]
    assert acts(verdicts) == {("concedes", "well"), ("threat", None)}
