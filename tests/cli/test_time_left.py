"""What the progress line says of the time to come."""

from __future__ import annotations

from harness.cli.progress import remaining
from harness.workers.progress import Progress


def test_the_pace_so_far_is_taken_for_what_is_still_to_play() -> None:
    assert remaining(Progress(planned=4, done=1, failed=1), 10.0) == 10.0
    assert remaining(Progress(planned=4), 10.0) is None, "no pace yet"


def test_where_the_rest_failed_no_time_is_left_to_tell() -> None:
    assert remaining(Progress(planned=2, failed=2), 10.0) is None
    assert remaining(Progress(planned=3, done=1, failed=1, broken_off=1), 10.0) is None
