"""The rubric files for which transcripts are planted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.planted.conduct.firmness import FIRMNESS
from harness.planted.conduct.mandate_claims import MANDATE_CLAIMS
from harness.planted.conduct.one_sidedness import ONE_SIDEDNESS
from harness.planted.conduct.overstatement import OVERSTATEMENT
from harness.planted.conduct.planting import Planting
from harness.planted.conduct.pressure import PRESSURE
from harness.planted.conduct.realism import REALISM
from harness.planted.conduct.reciprocity import RECIPROCITY

_ALL: Final = (
    PRESSURE,
    MANDATE_CLAIMS,
    REALISM,
    FIRMNESS,
    OVERSTATEMENT,
    RECIPROCITY,
    ONE_SIDEDNESS,
)
PLANTINGS: Final[Mapping[str, Planting]] = {one.rubric: one for one in _ALL}
"""Id of a rubric -> what is planted for it."""
