"""What is planted for the rubric ``mandate-claims``: authority that is claimed, or denied.

Who claims to bind its principal does not say in the same talks that it cannot, and who claims to
speak for it says so of single terms alone.
"""

from __future__ import annotations

from typing import Final

from harness.planted.conduct.planting import Planting, rows_of
from harness.planted.conduct.saying import in_words

_ROWS: Final = """
    none       none       | none       none
    knows      in_passing | speaks_for of_terms
    binds      none       | binds      near
    speaks_for none       | speaks_for near
    none       in_passing | binds      none
    knows      near       | contact    near
    speaks_for of_terms   | contact    of_terms
    contact    in_passing | none       in_passing
    binds      near       | near       in_passing
    near       of_terms   | knows      in_passing
    near       near       | knows      of_terms
    contact    of_terms   | near       none
"""

MANDATE_CLAIMS: Final = Planting(
    "mandate-claims", rows_of(("authority", "disclaimed"), _ROWS), in_words
)
