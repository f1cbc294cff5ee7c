"""Where the numbers of the chain lead in a report: to a place that the page has."""

from __future__ import annotations

import re

import pytest

from harness.analysis.chain_behind import Behind
from harness.analysis.chain_finding import LinkFinding
from harness.report.chain_behind import Listed, anchor, label, listed
from harness.report.chain_figure import chain_figure
from tests.report.test_chain_figure import LATER, TALKS
from tests.support.findings import findings

OWN = Behind(arm="chain", id="5682fe575baac4e7", scenario="port", pair="seats/2", value=-0.09)
PAIR = OWN.model_copy(update={"against": "1badf5efbd430105", "other": 0.08})


def known(link: LinkFinding) -> LinkFinding:
    """The link with episodes behind every number that it has."""
    sides = [
        side.model_copy(update={"worst": () if side.value.mean is None else (OWN,)})
        for side in link.sides
    ]
    return link.model_copy(update={"sides": tuple(sides), "apart": (PAIR,)})


def places(*links: LinkFinding) -> dict[str, Listed]:
    found = findings(links=links)
    return {part.anchor: part for part in listed(0, found.chains[0], found)}


@pytest.mark.parametrize("narrow", [False, True])
def test_every_number_of_the_picture_leads_to_a_place_and_says_so(narrow: bool) -> None:
    links = (known(TALKS), known(LATER))
    svg = chain_figure(findings(links=links), narrow=narrow)
    assert svg is not None
    led = {address.removeprefix("#") for address in re.findall(r'<a [^>]*href="([^"]+)', svg)}
    assert led == places(*links).keys()
    assert led == {"behind-talks", "behind-talks-1", "behind-talks-2", "behind-later"} | {
        "behind-later-1"
    }, "a number that is missing leads nowhere"
    titles = re.findall(r"<a [^>]*>\s*<title>([^<]+)", svg)
    assert any(one.startswith("chain: +0.20 [+0.10, +0.30]: the talks behind it") for one in titles)
    # A mark that leads where its text does is for the pointer alone.
    stops = [one for one in re.findall(r"<a [^>]*>", svg) if 'tabindex="-1"' not in one]
    assert len(stops) == len(led)


def test_a_place_says_what_to_type() -> None:
    found = places(known(TALKS), known(LATER))
    (row,) = found["behind-later"].rows
    assert row.where == "port, twin seats, epoch 2"
    assert (row.value, row.other, row.difference) == ("−0.09", "+0.08", "−0.17")
    assert row.command == "track15 show RUN 5682fe575baac4e7 --chain --arm chain"
    assert found["behind-later"].command.endswith("--chain --arm chain --sort settlement.gain_u")
    assert found["behind-talks"].command.endswith("RUN --arm chain --sort -settlement.skew")
    assert found["behind-talks"].rows[0].command == "track15 show RUN 5682fe575baac4e7"
    assert found["behind-talks-1"].rows[0].other == "—", "an arm by itself has no counterfactual"
    assert found["behind-talks-1"].order == "Highest first, 1 of 4 dialogues with a value."


def test_line_ups_have_places_of_their_own() -> None:
    assert anchor(0, LATER, None) == "#behind-later"
    assert anchor(1, LATER, 0) == "#behind-2-later-1"


def test_a_link_is_called_what_is_read_first() -> None:
    said = label(TALKS, None, "skew")
    assert (
        said == "difference −0.20 [−0.30, −0.10]: the pairs behind it, furthest apart first. skew"
    )
    assert label(TALKS, 1, "skew").startswith("against no-meeting: 0.00 [−0.10, +0.10]: the talks")
