from __future__ import annotations

import pytest
import yaml

from harness.disputes.scenario import Scenario
from tests.support.disputes import SMALL


@pytest.fixture
def small() -> Scenario:
    return Scenario.model_validate(yaml.safe_load(SMALL))
