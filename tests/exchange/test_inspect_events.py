"""The events of a sample of Inspect."""

from __future__ import annotations

import pytest

from harness.records.reader import RunFolder
from tests.support.exported import MODEL, kept, sampled

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_every_call_is_an_event_with_its_prompt_role_and_tokens() -> None:
    folder, transcripts = kept()
    texts = folder.messages()
    calls = 0
    for transcript in transcripts:
        events = {
            event.metadata["call"]: event
            for event in sampled(folder, transcript).events
            if event.event == "model"
        }
        assert sorted(events) == [call.index for call in transcript.calls]
        for call in transcript.calls:
            event = events[call.index]
            calls += 1
            assert [(m.role, m.text) for m in event.input] == [texts[key] for key in call.prompt]
            assert event.output.completion == call.reply
            assert event.role == {"o": "official", "u": "unofficial"}[call.seat]
            assert event.output.usage.input_tokens == call.usage.prompt
            assert event.metadata["purpose"] == call.purpose
    assert calls > 10


def test_events_are_in_the_order_in_which_things_happened() -> None:
    folder, transcripts = kept()
    for transcript in transcripts:
        events = sampled(folder, transcript).events
        assert [one.timestamp for one in events] == sorted(one.timestamp for one in events)
        assert sum(one.event == "info" for one in events) == len(transcript.body.turns)
        scores = [one.event for one in events].index("score")
        assert {one.event for one in events[scores:]} == {"score"}
    repaired = [t for t in transcripts if list(t.unusable_calls())]
    assert repaired
    complaints = {
        event.metadata["call"]
        for event in sampled(folder, repaired[0]).events
        if event.event == "model" and "complaint" in event.metadata
    }
    assert complaints == set(repaired[0].unusable_calls())


def test_calls_share_the_messages_of_their_prompts() -> None:
    folder, transcripts = kept()
    events = [one for one in sampled(folder, transcripts[0]).events if one.event == "model"]
    shown = [message for event in events for message in event.input]
    held = {message.id: message for message in shown}
    assert all(held[message.id] is message for message in shown)
    assert len(shown) > len(held), "each call is shown those before it again"


def test_turns_of_scripts_are_calls_without_a_prompt(run: RunFolder) -> None:
    first = next(run.transcripts())
    sample = sampled(run, first)
    calls = [one for one in sample.events if one.event == "model"]
    assert [one.metadata["turn"] for one in calls] == [turn.index for turn in first.body.turns]
    assert [one.role for one in calls] == ["official", "unofficial"]
    for call, turn in zip(calls, first.body.turns, strict=True):
        assert (call.model, call.input, call.output.usage) == ("scripted", [], None)
        assert turn.words in call.output.completion
        assert call.output.message.id == f"{first.id}-turn-{turn.index}"
    assert sample.model_usage == {}, "no tokens were taken"


def test_a_dialogue_of_models_has_no_other_calls() -> None:
    folder, transcripts = kept()
    for transcript in transcripts:
        told = [one for one in sampled(folder, transcript).events if one.event == "model"]
        if transcript.calls:
            assert all("purpose" in one.metadata for one in told)


def test_public_events_are_what_was_said(secret: RunFolder) -> None:
    first = next(secret.transcripts())
    whole = sampled(secret, first)
    public = sampled(secret, first, public=True)
    assert sum(one.event == "model" for one in whole.events) == len(first.calls)
    calls = [one for one in public.events if one.event == "model"]
    assert [(one.model, one.input) for one in calls] == [("scripted", []), (MODEL, [])]
    assert "We take it." in calls[1].output.completion
    assert not [one for one in public.events if one.event == "score"]
