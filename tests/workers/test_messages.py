"""What driver and workers say to each other arrives as it was sent, or not at all."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import (
    LimitReachedError,
    MissingExtraError,
    ModelError,
    Track15Error,
    UsageError,
)
from harness.records.finished import Finished
from harness.workers.messages import (
    Frame,
    of_error,
    of_finished,
    read_frame,
    read_frame_blocking,
    to_error,
    to_finished,
)

HEADS = st.dictionaries(
    st.text(min_size=1).filter(lambda key: key not in ("type", "parts")),
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    max_size=4,
)


async def _read(data: bytes) -> list[Frame]:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    found = []
    while (frame := await read_frame(stream)) is not None:
        found.append(frame)
    return found


@given(st.lists(st.tuples(st.text(min_size=1), HEADS, st.lists(st.binary(), max_size=3))))
def test_frames_arrive_as_they_were_sent(
    sent: list[tuple[str, dict[str, Any], list[bytes]]],
) -> None:
    frames = [Frame(type_, head, tuple(parts)) for type_, head, parts in sent]
    data = b"".join(frame.encode() for frame in frames)
    assert asyncio.run(_read(data)) == frames
    file = io.BytesIO(data)
    assert [read_frame_blocking(file) for _ in frames] == frames
    assert read_frame_blocking(file) is None
    assert [Frame.decode(frame.encode()) for frame in frames] == frames


def test_a_torn_frame_is_the_end() -> None:
    data = Frame("play", {"id": "x"}, (b"spec",)).encode()
    for length in range(len(data)):
        assert asyncio.run(_read(data[:length])) == []
        assert read_frame_blocking(io.BytesIO(data[:length])) is None


@pytest.mark.parametrize("kind", ["talks", "questionnaire"])
def test_a_finished_stage_arrives_byte_for_byte(kind: str) -> None:
    finished = Finished(
        id="0" * 16,
        kind=kind,
        status="void",
        record='{"words":"naïve \\n ☃"}'.encode(),
        timing=b'{"seconds":1.5}',
        messages={"a": b"line a", "b": b""},
        calls=7,
        deal=False,
        void="reply",
        detail="no usable reply",
    )
    frame = Frame.decode(of_finished(finished, {"calls": 3}).encode())
    assert to_finished(frame) == finished
    assert frame.head["counts"] == {"calls": 3}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ModelError("refused", where="http://x", fix="start it"), ModelError),
        (LimitReachedError("spent"), LimitReachedError),
        (MissingExtraError("ray", "ray"), UsageError),
        (Track15Error("else"), Track15Error),
    ],
)
def test_errors_keep_their_words_and_exit_code(
    error: Track15Error, kind: type[Track15Error]
) -> None:
    again = to_error(of_error(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert again.exit_code == error.exit_code
