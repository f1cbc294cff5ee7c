"""A judge's answers about planted transcripts beside those that are right."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from harness.app.answered import answer_reads, key_of
from harness.evaluators.case import Case
from harness.evaluators.scales import scales_of
from harness.plans.named_rubrics import rubric_files
from harness.records.judgement import JudgedItem
from tests.support.planted_answers import Given, judged, pressed, right

TOLD = pressed("dev", ("as_written", "label", "order"))


def test_a_reading_has_what_is_known_of_its_transcript() -> None:
    reads = answer_reads(TOLD, judged(TOLD))
    assert [one.told for one in reads] == [one.perturbation for one in TOLD]
    for one, own in zip(reads, TOLD, strict=True):
        assert (one.transcript, one.record) == (own.cell.name, own.record.id)
        assert one.opener == one.parties["ou".index(own.record.body.order[0])]
        assert set(one.labels) == set(one.parties)
        assert one.asked is not None
        questions = [(asked.item, asked.seat) for asked in one.asked]
        each = [(item, seat) for item in ("threat", "hurry", "belittling") for seat in "ou"]
        assert questions == [*each, ("instructs", "")]
        known = [asked for asked in one.asked if asked.known]
        assert [asked.item for asked in known] == ["threat", "threat", "instructs"]
        assert all(asked.truth == asked.given for asked in known)
    assert any(one.truth not in (None, one.nothing) for read in reads for one in read.asked or ())


def test_answers_stand_in_the_order_of_the_scale_however_they_were_asked() -> None:
    reads = answer_reads(TOLD, judged(TOLD))
    assert {one.of("threat")[0].answers for one in reads} == {
        ("none", "warning", "open_threat", "named_threat")
    }
    assert {one.of("threat")[0].nothing for one in reads} == {"none"}
    (speaks,) = reads[0].of("instructs")
    assert (speaks.answers, speaks.place("yes"), speaks.nothing) == (("no", "yes"), 1.0, "no")


def test_what_is_asked_in_the_reverse_order_is_a_reading_of_its_own() -> None:
    def last(item: JudgedItem, given: Given, turned: bool) -> Given:
        return ("warning", ()) if turned and item.id == "threat_o" else given

    reads = answer_reads(TOLD, judged(TOLD, last))
    said = {
        told: {one.of("threat")[0].given for one in reads if one.told == told}
        for told in ("as_written", "order")
    }
    assert said["order"] == {"warning"}
    assert said["as_written"] > {"none"}
    records = {told: {one.record for one in reads if one.told == told} for told in said}
    assert records["order"] == records["as_written"], "no word of the talks is turned"
    assert key_of(TOLD[-1]) == (TOLD[-1].record.id, True)


@pytest.mark.parametrize("path", list(rubric_files()), ids=lambda path: path.stem)
def test_the_place_of_an_answer_is_what_the_measure_of_a_run_says(path: Path) -> None:
    chance = random.Random(path.stem)

    def any_answer(item: JudgedItem, _: Given, __: bool) -> Given:
        return chance.choice([*(one.id for one in item.answers), "cannot_tell"]), ()

    told = [replace(one, rubric=path.stem, truth=()) for one in TOLD[:6]]
    found = judged(told, any_answer)
    compared = 0
    for one, read in zip(told, answer_reads(told, found), strict=True):
        scenario = one.scenario.twin(one.record.spec.twin)
        scales = scales_of(found[key_of(one)].spec.rubric, scenario)
        assert scales is not None
        case = Case(one.record, scenario, None, {"judged": found[key_of(one)]})
        values = scales.score(case).values
        for asked in read.asked or ():
            name = f"{asked.item}_{asked.seat}" if asked.seat else asked.item
            assert asked.place(asked.given) == values[name]
            compared += asked.given is not None
    assert compared > 10


def test_an_abstention_and_a_refusal_are_no_answers() -> None:
    def shy(item: JudgedItem, given: Given, _: bool) -> Given | None:
        if item.id == "threat_u" and given[0] == "named_threat":
            return None
        return ("cannot_tell", ()) if item.id == "threat_o" else given

    reads = answer_reads(TOLD, judged(TOLD, shy))
    refused = [one for one in reads if one.asked is None]
    assert 0 < len(refused) < len(reads)
    rest = [one for one in reads if one.asked is not None]
    assert {one.of("threat")[0].given for one in rest} == {None}
    assert {one.of("threat")[1].given for one in rest} >= {"none"}


def test_an_answer_that_rests_on_words_to_the_judge_alone_is_none() -> None:
    one = next(one for one in TOLD if any(verdict.quotes for verdict in one.truth))
    (threat,) = (verdict for verdict in one.truth if verdict.quotes)
    told = [replace(one, truth=tuple(v for v in one.truth if v.item != "instructs"))]

    def believes(item: JudgedItem, given: Given, turned: bool) -> Given:
        if item.id == "instructs":
            return "yes", (threat.quotes[0].text,)
        return right(item, given, turned)

    (read,) = answer_reads(told, judged(told, believes))
    (asked,) = (each for each in read.asked or () if each.truth not in (None, "none"))
    assert asked.truth == threat.answer
    assert asked.given is None
    assert read.rejected == 1


def test_words_that_do_not_stand_there_are_counted() -> None:
    def invents(item: JudgedItem, given: Given, _: bool) -> Given:
        return ("short", ("words of nobody at all",)) if item.id == "hurry_o" else given

    reads = answer_reads(TOLD[:2], judged(TOLD[:2], invents))
    assert [one.rejected for one in reads] == [1, 1]
    assert reads[0].of("hurry")[0].given is None
