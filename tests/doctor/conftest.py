"""A dialogue that is tried, made by hand: for tests of what the doctor says of it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.doctor.target import Target
from tests.support.disputes import small
from tests.support.views import track


@pytest.fixture(scope="session")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The small dispute."""
    return small(tmp_path_factory.mktemp("dispute"))


@pytest.fixture(scope="session")
def tried(dispute: Scenario) -> Target:
    """Talks of Track 1.5 in which seat u is tried."""
    spec = track(dispute, "1.5")
    prompts: Any = None  # nothing that takes this fixture reads them
    return Target(
        suite="tiny",
        arm="half",
        spec=spec,
        scenario=dispute,
        seat=spec.seat("u"),
        prompts=prompts,
        longest=2000,
        tokens=9000,
        calls=7,
    )
