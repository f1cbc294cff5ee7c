"""Who speaks when."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.records.spec import TalksSpec
from harness.talks.order import first_order, next_order
from tests.support.disputes import small
from tests.support.transcripts import make_spec


@pytest.fixture
def spec(tmp_path: Path) -> TalksSpec:
    return make_spec(small(tmp_path))


@pytest.mark.parametrize(("opener", "order"), [("o", ("o", "u")), ("u", ("u", "o"))])
def test_the_opener_speaks_first(spec: TalksSpec, opener: str, order: tuple[str, ...]) -> None:
    assert first_order(spec.model_copy(update={"opener": opener})) == order


def test_without_an_opener_the_order_is_drawn_by_seed(spec: TalksSpec) -> None:
    drawn = {first_order(spec.model_copy(update={"seed": seed})) for seed in range(20)}
    assert drawn == {("o", "u"), ("u", "o")}


def test_who_spoke_second_opens_the_next_round() -> None:
    assert next_order(("o", "u")) == ("u", "o")
    assert next_order(("o", "u", "x1")) == ("u", "x1", "o")


def test_an_opener_that_is_not_seated_is_refused(spec: TalksSpec) -> None:
    with pytest.raises(ValidationError, match="nobody sits in it"):
        TalksSpec.model_validate({**spec.model_dump(), "opener": "x3"})
