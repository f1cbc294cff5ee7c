"""What goes into the papers of a model at later talks, and what does not."""

from __future__ import annotations

import pytest

from harness.influence.later_inputs import hand_of, heard
from harness.influence.later_papers import advice, memorandum
from harness.records.transcript import StageRecord
from harness.suite.influence import PANEL
from tests.support.later import DISPUTE, article, later, meeting, panel, panels, planned, values


def paper(inputs: dict[str, StageRecord]) -> str:
    spec = later(inputs, talks=planned(models=("u",)))
    return advice(spec, heard(spec, inputs), inputs, DISPUTE)


def test_the_byline_and_the_outlet_are_those_that_its_readers_saw() -> None:
    text = paper({**panels(byline="official"), "article": article(home="uplands")})
    assert "appeared in a review, signed by the leadership of Boral:" in text, "whom they had met"
    own = paper({**panels(byline="experts"), "article": article()})
    assert "signed by a former representative of Arden:" in own


def test_only_those_are_named_that_were_heard() -> None:
    inputs = panels()
    inputs["after"] = panel(2, {"official": {}, "legislator": values(0.5)})
    text = paper(inputs)
    assert "One person" in text
    assert PANEL[1].title in text
    assert "serving official" not in text
    assert PANEL[-1].title not in text, "who does not advise is not heard"


def test_the_mean_change_is_told_in_full_whatever_a_script_would_follow() -> None:
    inputs = panels(cheaper=0.4, dearer=0.0)
    assert "`us` much cheaper" in paper(inputs)


@pytest.mark.parametrize("track", ["1", "1.5", "2"])
def test_a_memorandum_says_how_far_words_committed(track: str) -> None:
    held = meeting(spec=planned(track))  # type: ignore[arg-type]
    spec = later({"meeting": held}, talks=planned(models=("o",)))
    text = memorandum(spec, held, hand_of(held, DISPUTE, "a"), DISPUTE)
    assert ("committed Arden" in text) == (track != "1")
    former = text.count("ormer official representatives")
    assert former == {"1": 0, "1.5": 1, "2": 2}[track]


def test_its_author_side_is_found_by_principal_where_chairs_differ() -> None:
    spec = planned("1.5", home="uplands")
    held = meeting(spec=spec)
    found = memorandum(later({"meeting": held}), held, None, DISPUTE)
    assert "Erstia (no party to the dispute)" in found
    assert "estimate" not in found
