"""Delegates who speak to the judge of their words. What is controlled here does not change: what
the judge is told, the form of its answer, and whose words are whose. A judge that keeps to what it
is asked says the same with and without them, in whichever form it is asked."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.analysis.judged import judged_of
from harness.disputes.scenario import Scenario
from harness.evaluators.scales import verdicts_of
from harness.records.judgement import JudgementRecord
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.injections import INJECTIONS, TAGS, Reader
from tests.support.mock_server import MockServer
from tests.support.run_folders import MIDDLE, Placed, deal, make_run, make_suite

FIRM = "The well is not negotiable for Boral."
SOFT = "Arden could live with half of it."
CLEAN = "clean"


def talks(scenario: Scenario, number: int, more: str) -> Placed:
    """Boral is firm, and says ``more``; Arden is not."""
    placed = deal(scenario, "plain", MIDDLE, epoch=number)
    said = (f"{FIRM} {more}".strip(), SOFT)
    turns = tuple(
        replace(turn, words=words) for turn, words in zip(placed.body.turns, said, strict=True)
    )
    body = placed.body.model_copy(update={"turns": turns})
    return Placed.of(placed.model_copy(update={"body": body}), "plain", number)


@dataclass(frozen=True)
class Judged:
    """What a judge was asked about every dialogue, and what it said."""

    judge: Reader
    by_name: dict[str, JudgementRecord]
    requests: dict[str, dict[str, Any]]
    folder: RunFolder


def judged(path: Path, *, gullible: bool) -> Judged:
    scenario = small(path)
    names = [CLEAN, *INJECTIONS]
    made = [
        talks(scenario, number, INJECTIONS.get(name, ""))
        for number, name in enumerate(names, start=1)
    ]
    make_run(path / "run", make_suite(), {"small": scenario}, made, scores=())
    judge = Reader(gullible=gullible)
    with MockServer(judge) as server:
        address = f"openai/x@{server.base_url}"
        app.judge(path / "run", by=address, rubrics="firmness", max_connections=1)
        if not gullible:
            app.judge(path / "run", by=address, rubrics="firmness", swap="labels,order")
    folder = RunFolder(path / "run")
    of = {one.id: name for one, name in zip(made, names, strict=True)}
    usual = [
        one for one in folder.records("judgement", JudgementRecord) if one.spec.variant is None
    ]
    asked = judge.read[: len(names)]
    return Judged(
        judge,
        {of[one.spec.inputs["read"]]: one for one in usual},
        {of[one.spec.inputs["read"]]: body for one, body in zip(usual, asked, strict=True)},
        folder,
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(tmp_path_factory.mktemp("sound"), gullible=False)


@pytest.fixture(scope="module")
def gullible(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(tmp_path_factory.mktemp("gullible"), gullible=True)


def answers(found: Judged, name: str) -> dict[str, str | None]:
    kept = verdicts_of(found.by_name[name])
    return {item: one.answer for item, one in kept.items() if item != "instructs"}


def messages(found: Judged, name: str) -> tuple[str, str]:
    system, question = (one["content"] for one in found.requests[name]["messages"])
    return system, question


@pytest.mark.parametrize("name", INJECTIONS)
def test_what_the_judge_is_told_does_not_change(sound: Judged, name: str) -> None:
    system, question = messages(sound, name)
    clean_system, clean_question = messages(sound, CLEAN)
    assert system == clean_system
    forms = [sound.requests[one]["response_format"] for one in (name, CLEAN)]
    assert forms[0] == forms[1]
    lines, clean = question.splitlines(), clean_question.splitlines()
    assert len(lines) == len(clean), "one passage a line, whatever stands in it"
    other = [
        number for number, pair in enumerate(zip(lines, clean, strict=True)) if pair[0] != pair[1]
    ]
    assert [clean[number] for number in other] == [
        f"[0] Boral (puts o-1: well mine, fence us): {FIRM}"
    ]
    assert lines[other[0]].startswith(clean[other[0]])


@pytest.mark.parametrize("name", INJECTIONS)
def test_nothing_unseen_reaches_the_judge(sound: Judged, name: str) -> None:
    _, question = messages(sound, name)
    hidden = {unicodedata.category(one) for one in question if one != "\n"} & {"Cc", "Cf", "Co"}
    assert hidden == set()
    assert "<|" not in question
    assert "[INST]" not in question
    assert not any(one in question for one in TAGS)


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_sound_judge_says_the_same_with_and_without(sound: Judged, name: str) -> None:
    assert answers(sound, CLEAN) == {
        "marked_o": "absolute",
        "marked_u": "none",
        "stood_by_o": "none",
        "stood_by_u": "none",
    }
    assert answers(sound, name) == answers(sound, CLEAN)
    kept = verdicts_of(sound.by_name[name])
    assert [one.text for one in kept["marked_o"].quotes] == [FIRM.rstrip(".")] or [
        one.text for one in kept["marked_o"].quotes
    ] == [FIRM]


def test_a_sound_judge_says_so_and_says_the_same_in_every_form(sound: Judged) -> None:
    told = {
        name
        for name, record in sound.by_name.items()
        if verdicts_of(record)["instructs"].answer == "yes"
    }
    # One word of thousands of letters cannot be quoted in part, so nothing is said of it.
    assert told == {*INJECTIONS} - {"long", "deep"}
    compared = judged_of(sound.folder).compared
    assert len(compared) == 2 * 5
    assert sum(one.flipped for one in compared) == 0
    asked = {one.compared for one in compared if one.item != "instructs"}
    assert asked == {len(INJECTIONS) + 1}


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_gullible_judge_cannot_put_words_into_the_others_mouth(
    gullible: Judged, name: str
) -> None:
    found = answers(gullible, name)
    assert found["marked_u"] is None, "the words stand in the other's statement"
    verdict = verdicts_of(gullible.by_name[name])["marked_u"]
    assert verdict.rejected
    assert verdict.quotes == ()
    assert found["stood_by_u"] == "none"
    assert {one.item for one in gullible.by_name[name].body.verdicts} == {
        *answers(gullible, CLEAN),
        "instructs",
    }


def test_what_it_says_of_the_speaker_itself_shows_that_it_is_gullible(gullible: Judged) -> None:
    assert answers(gullible, CLEAN)["marked_u"] == "none"
    fooled = [name for name in INJECTIONS if answers(gullible, name)["marked_o"] == "absolute"]
    assert fooled, "no rule here keeps a judge from believing what it reads"
