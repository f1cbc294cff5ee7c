"""The question of a probe, in words."""

from __future__ import annotations

import re
from pathlib import Path

from harness.prompting.probe import others_prompts, probe_prompts
from harness.talks.barrier import public_dispute
from tests.support.disputes import small


def test_it_says_every_clause_and_no_value(tmp_path: Path) -> None:
    dispute = public_dispute(small(tmp_path))
    text = probe_prompts().question(dispute, {"well": "half", "fence": "us"})
    assert "- The well (`well`): `half` (each draws half)" in text
    assert "- The fence (`fence`): `us` (Arden mends it)" in text
    assert not re.search(r"\d", text)
    assert text.index("`half`") < text.index("`sign` or `leave`")


def test_a_complaint_says_what_is_wrong() -> None:
    said = "'decision' must be one of two."
    untold = probe_prompts().complaint(said)
    assert said in untold
    assert "try" not in untold
    assert probe_prompts().complaint(said, tries=1) == (
        f"{untold} You may try once more. If that cannot be used either, you are not asked "
        "again, and your answer is missing."
    )


def test_a_complaint_about_the_others_asks_for_that_form() -> None:
    words = others_prompts()
    assert "with `others` and `words`" in words.complaint("It is no JSON.")
    assert "You may try once more." in words.complaint("It is no JSON.", tries=1)
    assert set(words.hashes()) == {"complaint", "question"}
    assert set(probe_prompts().hashes()) == {"complaint", "question"}, "no more than before"
