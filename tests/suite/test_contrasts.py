"""What a suite asks."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.suite.contrasts import Contrasts

ASKED = {"name": "x", "treatment": "a", "control": "b"}


def test_a_control_is_declared_and_the_primary_comparison_is_none() -> None:
    made = Contrasts.model_validate(
        {"primary": ASKED, "secondary": [{**ASKED, "expects": "nothing"}]}
    )
    assert made.all()[1].expects == "nothing"
    assert "expects" not in made.primary.model_dump(), "written as before"
    with pytest.raises(ValidationError, match="the primary contrast is a question"):
        Contrasts.model_validate({"primary": {**ASKED, "expects": "nothing"}})
