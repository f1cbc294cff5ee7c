"""What a person reads is what a model in the seat reads, without how a model is to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import BriefStyle
from harness.incentives.tracks import TrackName
from harness.prompting import reader
from harness.prompting.points import worth
from harness.prompting.talks import Prompts
from harness.records.transcript import Action, Move
from harness.suite.parts import Protocol
from harness.view import View
from tests.support.disputes import small
from tests.support.puppets import proposing
from tests.support.views import PlayedTable, track

STYLES: tuple[BriefStyle, ...] = ("words", "principal", "own")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


def seated(scenario: Scenario, name: TrackName = "1.5", brief: BriefStyle = "own") -> PlayedTable:
    spec = track(scenario, name, protocol=Protocol(rounds=2, turns=2).resolved())
    seats = tuple(seat.model_copy(update={"brief": brief}) for seat in spec.seats)
    return PlayedTable(spec.model_copy(update={"seats": seats}), scenario)


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip()}


@pytest.mark.parametrize("brief", STYLES)
@pytest.mark.parametrize("seat", ["o", "u"])
def test_a_briefing_is_the_model_s_without_the_form_of_a_reply(
    scenario: Scenario, prompts: Prompts, seat: str, brief: BriefStyle
) -> None:
    view = seated(scenario, brief=brief).view(seat)
    *standing, private = reader.briefing(prompts, view)
    system = prompts.system(view)
    assert all(piece in system for piece in standing)
    assert lines(private) <= lines(prompts.brief(view))
    whole = "\n".join((*standing, private))
    assert "JSON" in system
    assert "JSON" not in whole
    left_out = lines(prompts.brief(view)) - lines(private)
    assert all(line.startswith("- `") for line in left_out), "the rows, which are a table"


@pytest.mark.parametrize("brief", STYLES)
def test_the_table_holds_the_rows_that_the_text_leaves_out(
    scenario: Scenario, brief: BriefStyle
) -> None:
    view = seated(scenario, brief=brief).view("u")
    shown, facts = reader.topics(view), worth(view)
    if brief == "words":
        assert reader.no_deal(view) is None
        assert reader.points(view, scenario.package((0, 0))) is None
        assert all(o.points is None and o.place for topic in shown for o in topic.options)
        assert [topic.id for topic in shown] == [row["id"] for row in facts["ranked"]]
        return
    told = {(row["id"], o["id"]): o["points"] for row in facts["rows"] for o in row["options"]}
    assert {(t.id, o.id): o.points for t in shown for o in t.options} == told
    assert reader.no_deal(view) == facts["no_deal"]
    package = scenario.package((0, 1))
    assert reader.points(view, package) == pytest.approx(sum(told[x] for x in package.items()))


def test_its_own_red_lines_are_marked_and_nobody_else_s(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    marked = {
        seat: {(t.id, o.id) for t in reader.topics(table.view(seat)) for o in t.options if o.never}
        for seat in ("o", "u")
    }
    assert marked == {"o": set(), "u": {("well", "yours")}}


def test_news_and_table_are_a_model_s(scenario: Scenario, prompts: Prompts) -> None:
    table = seated(scenario, "1")
    table.play("o", proposing(scenario, (1, 1), "A fair half."))
    view = table.view("u")
    turn = prompts.turn(view, view.history)
    assert reader.news(prompts, view, view.history) in turn
    assert "A fair half." in reader.news(prompts, view, view.history)
    assert reader.table(prompts, view, view.history) in turn
    assert "well: half" in reader.table(prompts, view)
    assert not reader.news(prompts, view, ())


def test_a_further_round_says_what_has_changed(scenario: Scenario, prompts: Prompts) -> None:
    table = seated(scenario, "1")
    before = table.view("u").brief
    table.next_round()
    view = table.view("u")
    said = reader.further_round(prompts, view, (), view.events, before)
    assert said.startswith("# Round 2")
    assert "Nothing from it is still on the table" in said


def places(scenario: Scenario) -> list[View]:
    table = seated(scenario, "1")
    found = [table.view("o")]
    table.play("o", Move(action=Action.PASS, words="One."))
    table.play("u", Move(action=Action.PASS, words="Two."))
    found.append(table.view("o"))
    table.play("o", Move(action=Action.PASS, words="Three."))
    found.append(table.view("u"))
    return found


def test_it_is_told_where_it_is(scenario: Scenario) -> None:
    first, last, end = (reader.place(view) for view in places(scenario))
    assert first == "Round 1 of 2, your turn 1 of 2."
    assert last.endswith("This is your last turn of the round. `u` still to speak after you.")
    assert end.endswith("a proposal made now cannot be accepted.")


def test_how_it_ended_is_told_from_the_public_record(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    assert reader.ending(table.view("u")) == "They ended without an agreement."
    table.play("o", proposing(scenario, (1, 1)))
    assert "`o-1`: well: half; fence: us" in reader.ending(table.view("u"))
    table.play("u", Move(action=Action.WALK_OUT, words="No."))
    assert reader.ending(table.view("u")).startswith("They ended when you left the table.")
    assert reader.ending(table.view("o")).startswith("They ended when `u` left the table.")


def test_an_agreement_is_told_with_its_terms(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    table.play("o", proposing(scenario, (1, 1)))
    table.play("u", Move(action=Action.ACCEPT, offer="o-1", words="Yes."))
    said = reader.ending(table.view("u"))
    assert said.startswith("They ended in an agreement on `o-1`, subject to approval at home:")
    assert "- well: half" in said


def test_who_speaks_first_is_told(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    assert reader.beginning(table.view("o")) == "You speak first."
    assert reader.beginning(table.view("u")) == "`o` speaks first."


def test_hearsay_is_about_right(scenario: Scenario) -> None:
    assert reader.about(seated(scenario, "1.5").view("u"))
    assert not reader.about(seated(scenario, "1").view("u"))


def test_the_record_has_what_the_seat_has_heard_and_done(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    table.play("o", proposing(scenario, (1, 1), "A fair half."))
    table.play("u", Move(action=Action.REJECT, offer="o-1", position={"well": "mine"}, words="No."))
    table.play("o", proposing(scenario, (2, 1), "Then this."))
    table.play("u", Move(action=Action.ACCEPT, offer="o-2", words="Yes."))
    first, second, third, fourth = reader.said(table.view("u"))
    assert (first.number, first.round, first.own) == (1, 1, False)
    assert first.what == "proposes o-1, subject to approval at home"
    assert first.terms == (("well", "half", ""), ("fence", "us", ""))
    assert first.words == "A fair half."
    assert second.own
    assert second.what == "rejects o-1, which is off the table, and says what it would want"
    assert second.terms == (("well", "mine", ""),)
    assert third.terms == (("well", "yours", "half"), ("fence", "us", "")), "what was before"
    assert fourth.what == "accepts o-2, subject to approval at home"
    ended = reader.ended(table.view("u"))
    assert ended.how.startswith("They ended in an agreement on `o-2`")
    assert ended.terms == (("well", "yours", ""), ("fence", "us", ""))
    assert [whose for whose, _ in ended.firsts] == [
        "A first proposal of another delegation was `o-1`"
    ]


def test_a_second_package_and_side_terms_are_in_the_record(scenario: Scenario) -> None:
    table = seated(scenario, "1")
    both = Move(
        action=Action.PROPOSE,
        package=scenario.package((1, 1)),
        or_package=scenario.package((1, 0)),
        side_terms="A bucket.",
        words="Either.",
    )
    table.play("o", both)
    table.play("u", Move(action=Action.WALK_OUT, words="No."))
    first, second = reader.said(table.view("u"))
    assert (first.or_offer, first.or_terms) == ("o-1b", (("fence", "them", ""),))
    assert first.side_terms == "A bucket."
    assert second.what == "leaves the table"
