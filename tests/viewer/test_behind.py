"""From a number of the chain to its episodes in the viewer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from harness.analysis.query import parse
from harness.records.reader import RunFolder
from harness.viewer import chains
from harness.viewer.behind import Ranked, leads_in, ranked, values_of
from harness.viewer.index import Index
from tests.report.test_chain_figure import LATER, TALKS
from tests.support.findings import findings, lineup

GAIN = "later.gain_u"


@pytest.fixture(scope="module")
def index(chain_run: Path) -> Index:
    made = Index(RunFolder(chain_run))
    made.complete()
    return made


def asked(address: str) -> tuple[str, dict[str, str]]:
    """The path of an address, and what it asks for."""
    parts = urlsplit(address)
    return parts.path, dict(parse_qsl(parts.query))


def test_what_follows_leads_to_episodes_and_talks_lead_to_dialogues() -> None:
    lead = leads_in("run", findings(by_model=()), private=False)
    measure = {"by": "settlement.gain_u", "arm": "chain"}
    assert asked(lead(0, LATER, 0)) == ("/runs/run/episodes", measure)
    assert asked(lead(0, LATER, 1))[1] == {**measure, "arm": "no-meeting"}
    assert asked(lead(0, LATER, None))[1] == {**measure, "against": "no-meeting"}
    own = {"arm": "chain", "sort": "-settlement.skew"}
    assert asked(lead(0, TALKS, 0)) == ("/runs/run", own)
    both = {"sort": "-settlement.skew", "filter": "arm in (chain, no-meeting)"}
    assert asked(lead(0, TALKS, None))[1] == both
    assert lead(0, TALKS, None).endswith("#dialogues")
    kept = leads_in("run", findings(by_model=()), private=True)
    assert {asked(kept(0, link, 0))[1]["private"] for link in (TALKS, LATER)} == {"1"}


def test_a_line_up_leads_to_its_own() -> None:
    lineups = tuple(lineup({"official": "s", "unofficial": name}) for name in "ab")
    lead = leads_in("run", findings(by_model=lineups), private=False)
    assert asked(lead(1, LATER, 0))[1]["lineup"] == "official=s, unofficial=b"
    assert asked(lead(1, TALKS, 0))[1]["filter"] == 'model_u == "b"', "who plays in all tells none"


@pytest.mark.parametrize("name", ['a "b" c', "it's", '"', """both ' and " of them"""])
def test_a_model_leads_to_its_own_whatever_its_name_holds(name: str) -> None:
    lineups = tuple(lineup({"official": "s", "unofficial": one}) for one in (name, "b"))
    found = asked(leads_in("run", findings(by_model=lineups), private=False)(0, TALKS, 0))[1]
    query = parse(found["filter"])
    assert query.holds({"model_u": name})
    assert not query.holds({"model_u": "b"})


def test_episodes_stand_the_worst_first_with_the_counterfactual(
    index: Index, chain_run: Path
) -> None:
    values = values_of(RunFolder(chain_run), GAIN)
    assert len(values) == 10
    with index.reading() as db:
        own = ranked(db, values, GAIN, chains.Picked("chain"))
        assert [one.value for one in own] == sorted(one.value or 0 for one in own)
        assert {one.against for one in own} == {None}
        found = ranked(db, values, GAIN, chains.Picked("chain"), "no-meeting")
        rows = chains.numbered(db, [one.number for one in found])
        others = [chains.find(db, "no-meeting", one.against or "") for one in found]
        assert all(one.difference is not None and one.difference < 0 for one in found)
        assert found == sorted(found, key=lambda one: one.difference or 0)
        assert [row.scenario for row in rows] == [one.scenario for one in others if one is not None]
        planned = [row.number for row in chains.listed(db, chains.Picked("chain")).rows]
        assert [one.number for one in ranked(db, {}, GAIN, chains.Picked("chain"))] == planned


def test_what_has_no_value_stands_last_and_is_no_zero(index: Index, chain_run: Path) -> None:
    values = dict(values_of(RunFolder(chain_run), GAIN))
    gone = next(key for key in values if key[1] == "chain")
    del values[gone]
    with index.reading() as db:
        found = ranked(db, values, GAIN, chains.Picked("chain"), "no-meeting")
    assert (found[-1].value, found[-1].difference) == (None, None)
    assert Ranked(1, 0.25, "x", 0.5).difference == -0.25
