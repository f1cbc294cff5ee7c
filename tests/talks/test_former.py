"""Talks of version 1 at the table of today: asked and played as they were, to the letter."""

from __future__ import annotations

import asyncio

import pytest

from harness.delegations.replay import replayed_seats
from harness.errors import RecordError
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.talks.table import Table
from tests.records.test_golden import REPLAYABLE


def again(run: RunFolder, kept: Transcript, prompts: Prompts) -> Transcript:
    assert isinstance(kept.spec, TalksSpec)
    scenario = run.info.scenario(kept.spec.scenario, kept.spec.twin)
    seats = replayed_seats(kept.spec, kept, prompts, texts=run.messages, where="run")
    return asyncio.run(Table(kept.spec, scenario, seats).play()).record


def test_old_talks_are_asked_and_played_as_they_were() -> None:
    """A call holds the hashes of its prompt, so equal calls are equal prompts."""
    run, prompts = RunFolder(REPLAYABLE / "run"), Prompts(REPLAYABLE / "prompts")
    for kept in run.transcripts():
        played = again(run, kept, prompts)
        assert played.calls == kept.calls
        assert played.body == kept.body
        assert played.spec == kept.spec


def test_todays_prompts_are_not_those_of_old_talks_and_it_says_so() -> None:
    run = RunFolder(REPLAYABLE / "run")
    with pytest.raises(RecordError, match=r"message 1 of its prompt \(system\) differs"):
        again(run, next(iter(run.transcripts())), Prompts())
