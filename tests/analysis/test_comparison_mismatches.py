"""What differs between runs besides who played, each part of it."""

from __future__ import annotations

import pytest

from harness.analysis.comparison_mismatches import mismatches
from harness.analysis.comparison_rows import Meetings
from harness.records.served import Served
from tests.support.meetings import empty, meet, stub_run


def pair(part: str, before: object, after: object) -> Meetings:
    meetings = empty("run-a", "run-b")
    meet(meetings, "alpha", 0.1, same={part: before})
    meet(meetings, "beta", 0.1, run=1, same={part: after})
    return meetings


SEAT = '{{"profile": {{"deal_reward": {}, "stance": ""}}}}'
TOLD = '{{"brief": "words", "settings": {{"temperature": {}}}}}'
PROMPTS = ('{"brief": "aa", "form": "bb"}', '{"brief": "aa", "form": "cc", "new": "dd"}')
FOUND = [
    ("profile of seat u", SEAT.format(0.1), SEAT.format(0.3), "profile.deal_reward is 0.1|0.3"),
    (
        "briefing of seat u",
        TOLD.format("null"),
        TOLD.format(0.5),
        "settings.temperature is not set|0.5",
    ),
    ("protocol", '{"turns": 8}', '{"turns": 6}', "turns is 8|6"),
    ("scenario", "1111", "2222", "its text is 1111|2222 (hashes)"),
    ("rules of talks", 1, 2, "1|2"),
    ("prompts", *PROMPTS, "not the same in run-a and in run-b: form, new"),
    ("seed", 1, 2, "not the same in run-a and in run-b"),
    ("who opens", "o", "u", "not the same in run-a and in run-b"),
]
"""Part, its value in both runs, and what is said of it: ``|`` stands between both values."""
PLACE = {"profile of seat u": " (arm plain)", "briefing of seat u": " (arm plain)"}
PLACE |= dict.fromkeys(("scenario", "seed", "who opens"), " (s1)")


@pytest.mark.parametrize(("part", "before", "after", "said"), FOUND)
def test_each_part_is_found_and_said(part: str, before: object, after: object, said: str) -> None:
    (found,) = mismatches(pair(part, before, after))
    one, bar, other = said.partition("|")
    if bar:
        value, space, rest = other.partition(" ")
        said = f"{one} in run-a and {value} in run-b{space}{rest}"
    assert found.sentence == f"{part}{PLACE.get(part, '')}: {said}; 1 pair"
    assert found.how_to_see == (
        "track15 show run-a 0000000000000000 --json | jq .spec, and "
        "track15 show run-b 0000000000000001 --json | jq .spec"
    )


def test_what_is_the_same_is_no_mismatch() -> None:
    assert mismatches(pair("protocol", "{}", "{}")) == ()


def test_what_only_one_of_both_reads_is_no_mismatch() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, same={"prompts": '{"brief": "aa"}'})
    meet(meetings, "scripted", 0.1, run=1, same={})
    assert mismatches(meetings) == ()


def test_dialogues_on_other_places_are_not_held_against_each_other() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.1, same={"seed": 1})
    meet(meetings, "beta", 0.1, run=1, epoch=2, same={"seed": 2})
    assert mismatches(meetings) == ()


def test_a_difference_is_told_once_and_counted() -> None:
    meetings = empty("a", "b")
    for i in range(3):
        meet(meetings, "alpha", 0.1, scenario=f"s{i}", same={"rules of talks": 1})
        meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", same={"rules of talks": 2})
    (found,) = mismatches(meetings)
    assert found.places == 3


def test_within_one_run_the_dialogues_are_named() -> None:
    meetings = empty("a")
    meet(meetings, "alpha", 0.1, same={"rules of talks": 1})
    meet(meetings, "beta", 0.1, same={"rules of talks": 2})
    (found,) = mismatches(meetings)
    assert found.detail == "1 in a 0000000000000000 and 2 in a 0000000000000001"


def served(quantization: str) -> dict[str, list[Served]]:
    one = Served(since="2026-01-01", model="alpha", quantization=quantization)
    return {"vllm/alpha": [one]}


def test_a_model_that_was_served_otherwise_is_found() -> None:
    runs = [stub_run(served=served("q4")), stub_run(served=served("q8"))]
    meetings = Meetings(runs, ["a", "b"])
    meet(meetings, "vllm/alpha", 0.1)
    meet(meetings, "vllm/alpha", 0.1, run=1, scenario="elsewhere")
    (found,) = mismatches(meetings)
    assert found.sentence == ("what serves (vllm/alpha): quantization is q4 in a and q8 in b")
    assert found.how_to_see == "jq .served run.json, in both run folders"


def test_a_model_that_only_one_run_has_is_nobodys_mismatch() -> None:
    runs = [stub_run(served=served("q4")), stub_run(served=served("q8"))]
    meetings = Meetings(runs, ["a", "b"])
    meet(meetings, "vllm/alpha", 0.1)
    meet(meetings, "vllm/beta", 0.1, run=1)
    assert mismatches(meetings) == ()


def test_scores_of_other_versions_are_no_pair() -> None:
    meetings = empty("a", "b", "c")
    meetings.versions = {
        (0, "settlement"): {1},
        (1, "settlement"): {2},
        (0, "process"): {2},
        (2, "process"): {2},
    }
    (found,) = mismatches(meetings)
    assert found.sentence == "version of the evaluator (settlement): 1 in a and 2 in b"
    assert found.how_to_see == "track15 score a and track15 score b make them alike"
