"""What a plan could show, and what a pilot says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.app.power import surpluses
from harness.disputes.loading import load_scenarios
from harness.evaluators.landscape import landscape
from tests.support.disputes import small


def test_half_the_surplus_is_what_skew_can_be_in_the_zone_of_agreement() -> None:
    (known,) = load_scenarios("ceasefire")
    (found,) = surpluses({known.id: known})
    land = landscape(known, {"o": known.seats.o, "u": known.seats.u}, 1)
    rows = [row for row in land.frontier.packages if (land.u[row] >= land.r).all()]
    skews = [skew for row in rows if (skew := land.position_of(row).skew) is not None]
    assert found == pytest.approx((max(skews) - min(skews)) / 2)


def test_a_dispute_without_a_surplus_is_left_out(tmp_path: Path) -> None:
    sound = small(tmp_path)
    high = {
        name: one.model_copy(update={"reservation": 0.95}) for name, one in sound.principals.items()
    }
    assert len(surpluses({"small": sound})) == 1
    assert surpluses({"small": sound.model_copy(update={"principals": high})}) == ()


@pytest.mark.usefixtures("here")
def test_the_same_from_python() -> None:
    options: dict[str, Any] = {"scenarios": ("opening", "ceasefire"), "turns": 3}
    pilot = app.run("quickstart", epochs=1, **options)
    found = app.plan("quickstart", pilot=pilot, **options)
    assert found.smallest_detectable is None, "two scenarios show nothing"
    assert found.sentences()[-1].startswith(
        "No effect, however large, could be shown with fewer than 6 scenarios"
    )
    spread = found.power.spread
    assert spread is not None
    assert spread.source == f"over 2 scenarios of {pilot.path.name}"
