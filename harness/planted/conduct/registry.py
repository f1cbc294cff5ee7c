"""The rubric files for which transcripts are planted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.planted.conduct.planting import Planting
from harness.planted.conduct.pressure import PRESSURE

PLANTINGS: Final[Mapping[str, Planting]] = {one.rubric: one for one in (PRESSURE,)}
"""Id of a rubric -> what is planted for it."""
