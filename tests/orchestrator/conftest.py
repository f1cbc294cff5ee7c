from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def interrupted() -> Iterator[None]:
    """For tests that interrupt a run: what asyncio says of the tasks that were in it is said when
    the test is over, and not when everything ends."""
    yield
    gc.collect()
