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
    assert found.said.startswith("cut off at the server's own limit")
    assert found.said.endswith(", 4 times"), "the first reply was whole"
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


@pytest.mark.kind("S2")
@pytest.mark.parametrize("status", [404, 500])
async def test_what_is_refused_of_a_short_prompt_too_is_not_its_length(
    status: int, tmp_path: Path
) -> None:
    def no_debrief(body: Body, text: str) -> Answer | None:
        return error(status, "an inner fault") if "gave_more" in text else None

    with MockServer(Bargainer(no_debrief)) as server:
        checkup = await visited(server, tmp_path)
    found = row(checkup, "longest prompt")
    assert "an inner fault" in found.said
    assert "context" not in found.change
    assert checkup.usable == (status == 500), "a run keeps talks whose debrief is missing"


@pytest.mark.kind("S4")
async def test_a_filter_is_not_blamed_on_the_form(tmp_path: Path) -> None:
    def filtered(body: Body, text: str) -> Answer | None:
        return completion(text[:40], finish_reason="content_filter", usage=counted(body, text))

    with MockServer(Bargainer(filtered)) as server:
        found = row(await visited(server, tmp_path), "first move")
    assert "withheld by a content filter" in found.said
    assert "'content_filter'" in found.change


@pytest.mark.kind("S1")
async def test_what_a_filter_refuses_later_is_not_called_too_long(tmp_path: Path) -> None:
    def filtered(body: Body, text: str) -> Answer | None:
        words = " ".join(message["content"] for message in body["messages"][3:])
        return (
            error(400, "triggered our policy") if "Let us settle" in str(body) and words else None
        )

    with MockServer(Bargainer(filtered)) as server:
        checkup = await visited(server, tmp_path)
    found = row(checkup, "second move")
    assert "refused: what the prompt says" in found.said
    assert "context" not in found.change
    assert checkup.requests == len(chats(server))


@pytest.mark.kind("S1")
async def test_an_empty_reply_in_a_full_context_is_no_thinking(tmp_path: Path) -> None:
    def full(body: Body, text: str) -> Answer | None:
        usage = {**counted(body, text), "completion_tokens": 1}
        return completion("", finish_reason="length", usage=usage)

    with MockServer(Bargainer(full)) as server:
        found = row(await visited(server, tmp_path), "first move")
    assert "the context is full after 1 token:" in found.change
