"""What a run does without, and why a reply was cut off: the doctor says so, and says the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doctor.test_visit import chats, row, visited
from tests.support import bargainer as faults
from tests.support.bargainer import Bargainer, counted
from tests.support.mock_server import Answer, Body, MockServer, completion, error

OLD_NAME, NEW_NAME = "max_tokens", "max_completion_tokens"


def only_in_pieces(body: Body, text: str) -> Answer | None:
    if body.get("stream"):
        return None
    return error(400, "This model only supports stream mode")


def new_name_only(body: Body, text: str) -> Answer | None:
    return error(400, f"Unknown parameter: {OLD_NAME}") if OLD_NAME in body else None


def no_seed(body: Body, text: str) -> Answer | None:
    return error(400, "Unknown parameter: seed") if "seed" in body else None


@pytest.mark.kind("S14")
@pytest.mark.kind("S3")
async def test_what_a_run_does_in_place_of_what_was_refused_is_said(tmp_path: Path) -> None:
    with MockServer(Bargainer(only_in_pieces)) as server:
        found = row(await visited(server, tmp_path), "streaming")
    assert found.state == "warn"
    assert "asked for in pieces" in found.said
    assert "only supports stream mode" in found.said
    with MockServer(Bargainer(new_name_only)) as server:
        found = row(await visited(server, tmp_path, max_tokens=700), "longest reply")
    assert found.state == "good"
    assert NEW_NAME in found.said
    with MockServer(Bargainer(no_seed)) as server:
        found = row(await visited(server, tmp_path), "seed")
    assert "Unknown parameter: seed" in found.said


@pytest.mark.kind("S3")
async def test_a_form_that_is_refused_for_debriefs_only_is_said(tmp_path: Path) -> None:
    def no_numbers(body: Body, text: str) -> Answer | None:
        form = body.get("response_format", {}).get("json_schema", {})
        return error(400, "no enumerations of numbers") if form.get("name") == "debrief" else None

    with MockServer(Bargainer(no_numbers)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    found = row(checkup, "replies")
    assert found.state == "warn"
    assert "'debrief', so it is asked for by tool call: no enumerations" in found.said


@pytest.mark.kind("S1")
@pytest.mark.parametrize("word", ["length", "MAX_TOKENS", "max_output_tokens"])
async def test_the_prompt_whose_reply_was_cut_off_is_asked_with_more_room(
    word: str, tmp_path: Path
) -> None:
    def full(body: Body, text: str) -> Answer | None:
        usage = counted(body, text)
        if len(body["messages"]) < 3:  # the first question is answered
            return None
        return completion(text[:60], finish_reason=word, usage={**usage, "completion_tokens": 15})

    with MockServer(Bargainer(full)) as server:
        checkup = await visited(server, tmp_path)
        roomy = [body for body in chats(server) if OLD_NAME in body]
    found = row(checkup, "second move")
    assert "cut off" in found.said
    assert "helps" not in found.change
    assert "the context is full" in found.change
    assert len(roomy[0]["messages"]) > 2, "the very prompt, not a shorter one"


@pytest.mark.kind("S10")
async def test_a_debrief_that_the_context_is_too_short_for_is_not_the_models_fault(
    tmp_path: Path,
) -> None:
    with MockServer(Bargainer(faults.reads_only(1536))) as server:
        found = row(await visited(server, tmp_path), "debrief")
    assert "cuts prompts to its context" in found.said
    assert "another model" not in found.change
    assert "OLLAMA_CONTEXT_LENGTH" in found.change
