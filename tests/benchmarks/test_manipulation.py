"""The page shows what the manipulation check finds of models with a known rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.manipulation import BEGIN, END, MODELS, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validity.md"


@pytest.mark.parametrize("place", [0, 3])
def test_the_page_shows_what_is_found(place: int) -> None:
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip().splitlines()
    heading, line, row = table([MODELS[place]]).splitlines()
    assert shown[:2] == [heading, line]
    assert shown[2 + place] == row


def test_the_table_has_a_row_for_every_model() -> None:
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip().splitlines()
    assert [row.split("|")[1].strip() for row in shown[2:]] == [model.name for model in MODELS]
