"""The small dispute: every value in it can be worked out by hand.

True values (official seat b, other seat a) of its packages in round 1, with r = (.25, .3):

    mine+them (0, 1)   half+them (.15, .82)   yours+them (.3, .4)
    mine+us (.7, .6)   half+us (.85, .42)     yours+us (1, 0)

All but yours+them are on the frontier. The zone of possible agreement is yours+them, mine+us and
half+us; mine+us is both the Nash and the Kalai-Smorodinsky point. The absent heirs (r = .4) value
half+us at 1 and mine+us at .1. In round 2, a values half+us at .32 and no deal at .2.
"""

from __future__ import annotations

import pytest
import yaml

from harness.disputes.scenario import Scenario
from tests.support.disputes import SMALL


@pytest.fixture(scope="session")
def small() -> Scenario:
    """The small dispute."""
    return Scenario.model_validate(yaml.safe_load(SMALL))
