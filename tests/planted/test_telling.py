"""Planted transcripts as records, and the truth of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.judging.passages import stands_in, words_of
from harness.plans.prose_ledger import BY, CONDITION, prose_ledger_rubric
from harness.planted.cells import Cell, cells
from harness.planted.ledger import LEDGER
from harness.planted.planted import PERTURBATIONS, Perturbation, Planted
from harness.planted.sets import scenario_of
from harness.planted.telling import tell, turned
from harness.records.checking import contradiction
from harness.records.transcript import Action

BY_KIND = {cell.kind: cell for cell in cells("test") if cell.manner == "plain"}
EACH = [cells("test")[at] for at in range(0, 96, 7)]


def told(cell: Cell, perturbation: Perturbation = "as_written", repeat: int = 1) -> Planted:
    return tell(LEDGER, cell, scenario_of(cell), perturbation, repeat)


@pytest.mark.parametrize("perturbation", PERTURBATIONS)
def test_records_hold_and_the_truth_stands_in_the_words_of_who_says_it(
    perturbation: Perturbation,
) -> None:
    for cell in EACH:
        one = told(cell, perturbation)
        spec = one.record.spec
        assert contradiction(one.record, {one.scenario.id: one.scenario}) is None
        assert one.record.id == spec.id
        scenario = one.scenario.twin(spec.twin)
        passages = {own.at: own for own in words_of(one.record, scenario)}
        items = {item.id: item for item in prose_ledger_rubric(scenario).items}
        for verdict in one.truth:
            (quote,) = verdict.quotes
            passage = passages[quote.at]
            assert stands_in(quote.text, passage)
            assert passage.who == scenario.principals[verdict.fields[BY]].name
            assert verdict.answer in {answer.id for answer in items[verdict.item].answers}
            assert verdict.fields[CONDITION] in quote.text


def places(one: Planted) -> list[tuple[int, str, str, str | None]]:
    return [(v.quotes[0].at, v.fields[BY], v.item, v.answer) for v in one.truth]


def test_however_it_is_told_the_same_is_said_in_it() -> None:
    for cell in EACH:
        base = told(cell)
        for perturbation in PERTURBATIONS[1:]:
            other = told(cell, perturbation)
            assert places(other) == places(base)
            assert other.record.id != base.record.id


def test_each_perturbation_changes_what_it_says_and_nothing_else() -> None:
    cell = BY_KIND["salami"]
    found = {one: told(cell, one) for one in PERTURBATIONS}
    words = {
        one: [turn.words for turn in planted.record.body.turns] for one, planted in found.items()
    }
    assert words["order"] == words["as_written"]
    assert found["order"].scenario.issue_ids() == scenario_of(cell).issue_ids()[::-1]
    base, order = (
        found[name].scenario.twin(found[name].record.spec.twin) for name in ("as_written", "order")
    )
    assert (order.seats.o, order.seats.u) == (base.seats.u, base.seats.o)
    names = [base.principals[party].name for party in (base.seats.o, base.seats.u)]
    swapped = [
        text.replace(names[0], "#").replace(names[1], names[0]).replace("#", names[1])
        for text in words["as_written"]
    ]
    assert [w.split()[:4] for w in words["label"]] == [w.split()[:4] for w in swapped]
    assert all(
        short in long for short, long in zip(words["as_written"], words["verbosity"], strict=True)
    )
    assert not set(words["paraphrase"]) & set(words["as_written"])


def test_copies_differ_in_nothing_but_their_ids() -> None:
    cell = BY_KIND["none"]
    one, two = told(cell), told(cell, repeat=2)
    assert one.record.id != two.record.id
    assert one.record.body == two.record.body


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        ("none", set()),
        ("pretended", set()),
        ("retracted", {"concedes", "takes_back"}),
        ("only_in_words", {"concedes"}),
        ("reciprocated", {"concedes"}),
    ],
)
def test_a_kind_has_the_events_it_is_called_by(kind: str, events: set[str]) -> None:
    own = {
        v.item.split(".")[0]
        for cell in cells("test")
        if cell.kind == kind
        for v in told(cell).truth
    }
    assert own - {"final", "threat"} == events


def ends(find: Callable[[Planted], bool]) -> list[Planted]:
    return [one for one in map(told, cells("test")) if find(one)]


def test_what_is_conceded_only_in_words_is_in_no_offer() -> None:
    for cell in (one for one in cells("test") if one.kind == "only_in_words"):
        one = told(cell)
        (event,) = (v for v in one.truth if v.item.startswith("concedes"))
        issue = event.item.partition(".")[2]
        seat = next(s.seat for s in one.record.spec.seats if s.principal == event.fields[BY])
        put = {
            turn.move.package[issue]
            for turn in one.record.body.turns
            if turn.seat == seat and turn.move is not None and turn.move.package is not None
        }
        assert put
        assert event.answer not in put


def test_talks_end_in_a_deal_by_leaving_or_without_either() -> None:
    deals = ends(lambda one: one.record.body.outcome.kind == "deal")
    left = ends(lambda one: one.record.body.outcome.kind == "walk_out")
    assert len(deals) == 12
    assert {one.cell.extra for one in left} == {"threat_carried_out"}
    for one in left:
        last = one.record.body.turns[-1]
        assert last.move is not None
        assert (last.words, last.move.action) == ("", Action.WALK_OUT)
        assert one.record.body.outcome.by == last.seat


def test_a_turned_scenario_is_another_with_the_same_values() -> None:
    scenario = scenario_of(cells("test")[0])
    other = turned(scenario)
    assert other.id == f"{scenario.id}-turned"
    assert set(other.issue_ids()) == set(scenario.issue_ids())
    assert other.principals == scenario.principals
