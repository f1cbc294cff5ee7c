"""What the scripted suites score stays what it is, to the last digit.

If a test here fails, the message names every arm and measure whose values changed. Where that is
meant, raise the evaluator's version and write the tables anew; ``tests/support/golden_scores.py``
says how.
"""

from __future__ import annotations

import pytest

from tests.support.golden_scores import SUITES, differences, read, table_of
from tests.support.shipped import GROUP, played

pytestmark = pytest.mark.xdist_group(GROUP)


@pytest.mark.parametrize("suite", SUITES)
def test_a_scripted_suite_scores_what_it_did(suite: str) -> None:
    _, run = played(suite)
    changed = differences(read(suite), table_of(run))
    assert not changed, f"{len(changed)} cells differ:\n" + "\n".join(changed[:20])


def test_a_difference_names_the_arm_and_the_measure() -> None:
    kept = {"a.b": {"one": "4 2.0 aa", "two": "4 3.0 bb"}, "c.d": {"one": "4 0.0 cc"}}
    new = {"a.b": {"one": "4 2.0 aa", "two": "4 3.0000000000000004 dd"}}
    assert differences(kept, kept) == []
    assert differences(kept, new) == [
        "two, a.b: was 4 3.0 bb, is 4 3.0000000000000004 dd",
        "one, c.d: was 4 0.0 cc, is None",
    ]


def test_of_slopes_the_last_digits_are_the_processors() -> None:
    slope = "concessions.reciprocity_o"
    kept = {slope: {"one": "4 3.0 bb"}}
    assert differences(kept, {slope: {"one": "4 3.0000000000000004 dd"}}) == []
    assert differences(kept, {slope: {"one": "4 3.0001 dd"}})
    assert differences(kept, {slope: {"one": "3 3.0 dd"}})
