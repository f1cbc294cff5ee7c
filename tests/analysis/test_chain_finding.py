"""The chain as a finding: only what was asked, in the order of the chain."""

from __future__ import annotations

from harness.analysis.chain_finding import LINKS, link_of, links_of
from harness.analysis.values import Values
from harness.evaluators.registry import builtin
from tests.support.findings import effect


def test_every_evaluator_measures_one_link() -> None:
    found = {one.name: link_of(f"{one.name}.any") for one in builtin()}
    assert set(found.values()) <= LINKS.keys()
    assert found["settlement"] == "talks"
    assert link_of("later.skew") == "later"


def test_links_stand_in_the_order_of_the_chain_with_the_first_question_of_each() -> None:
    later = effect("later", -0.1, measure="later.gain_u", claim="C13")
    again = effect("later again", -0.2, measure="later.skew")
    talks = effect("talks", 0.3, measure="settlement.skew")
    found = links_of([later, again, talks], Values())
    assert [(one.link, one.effect.called, one.more) for one in found] == [
        ("talks", "talks", 0),
        ("later", "later", 1),
    ]
    assert [one.claim for one in found] == [LINKS["talks"][1], "C13"]
    assert [side.arm for side in found[1].sides] == ["lean", "plain"]
    assert found[1].sides[0].value.mean is None, "nothing was measured, and that is no zero"


def test_a_suite_that_asks_about_talks_alone_has_no_chain() -> None:
    assert links_of([effect("talks", 0.3), effect("more", 0.1)], Values()) == ()


def test_an_arm_held_against_zero_has_no_counterfactual() -> None:
    (link,) = links_of([effect("it", 0.1, measure="later.skew", control=None)], Values())
    assert [side.arm for side in link.sides] == ["lean"]


def test_a_question_without_a_value_leaves_the_link_to_the_next_one() -> None:
    judged = effect("by a judge", None, measure="published.net_echo")
    tagged = effect("by tags", 0.5, measure="publication.net_echo")
    (link,) = links_of([judged, tagged], Values())
    assert (link.effect.called, link.more) == ("by tags", 1)
    (link,) = links_of([judged, judged], Values())
    assert link.effect.called == "by a judge"


def test_a_control_says_nothing_of_a_link_unless_it_is_all_that_is_asked() -> None:
    control = effect("nothing", 0.0, measure="later.skew", expects="nothing")
    asked = effect("something", None, measure="later.gain_u")
    (link,) = links_of([control, asked], Values())
    assert (link.effect.called, link.more) == ("something", 1)
    (link,) = links_of([control], Values())
    assert link.effect.called == "nothing"
