"""Readings of planted transcripts beside what is said in them."""

from __future__ import annotations

from benchmarks.simulated_judges import readings
from harness.app.readings import events_of, reads_of
from harness.records.judgement import Quote, Verdict
from tests.support.planted_judge import named, told


def test_a_reading_has_what_is_known_of_its_transcript() -> None:
    transcripts = told("dev")
    found = readings(named("perfect"), transcripts)
    reads = reads_of(transcripts, found)
    assert [one.transcript for one in reads] == [one.cell.name for one in transcripts]
    for one, planted in zip(reads, transcripts, strict=True):
        assert one.listed == one.truth == events_of(planted.truth)
        assert one.opener == (
            one.parties[0] if planted.record.body.order[0] == "o" else one.parties[1]
        )
        assert set(one.labels) == set(one.parties)
        assert one.marks["kind"] == planted.cell.kind
        assert len(one.items) > 20


def test_a_refusal_gives_no_list() -> None:
    transcripts = told("dev")
    reads = reads_of(transcripts, readings(named("squeamish"), transcripts))
    refused = [one for one in reads if one.listed is None]
    assert refused
    assert all(any(event.answer == "worse" for event in one.truth) for one in refused)


def test_entries_without_an_answer_are_kept_apart() -> None:
    transcripts = told("dev")
    fields = {"by": "a", "commitment": "conditional"}
    kept = Verdict(
        item="concedes.x", answer="p", quotes=(Quote(text="we give", at=3),), fields=fields
    )
    word = Verdict(item="final.x", answer="p", quotes=(Quote(text="last", at=4),), fields=fields)
    unsure = Verdict(item="concedes.y", quotes=(Quote(text="perhaps", at=5),), fields=fields)
    first, second = events_of([kept, word, unsure])
    assert (first.at, first.by, first.commitment) == (3, "a", "conditional")
    assert second.commitment == "", "of a last word it is not told"
    record = readings(named("perfect"), transcripts[:1])[transcripts[0].record.id]
    body = record.body.model_copy(
        update={"verdicts": (kept, unsure, Verdict(item="threat", rejected=("nowhere said",)))}
    )
    (one,) = reads_of(
        transcripts[:1], {transcripts[0].record.id: record.model_copy(update={"body": body})}
    )
    assert [event.at for event in one.listed or ()] == [3]
    assert [event.at for event in one.unsure] == [5]
    assert one.rejected == 1
