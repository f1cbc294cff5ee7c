"""What combinations of incentives show, in words and as tables."""

from __future__ import annotations

import io

from rich.console import Console

from harness.analysis.factorial_effects import FactorialFinding, Part
from harness.analysis.scale import Scale
from harness.report.factorial_words import each, marked, print_factorial, sentences, tables
from harness.report.wording import MISSING
from tests.support.factorials import decomposed, spread
from tests.support.findings import findings, lineup

NAMES = ("prestige", "hardball")
MEASURE = "skew to the official seat"


def told(found: FactorialFinding) -> str:
    return " ".join(sentences(found, MEASURE))


def effect(size: float = 0.1, count: int = 12) -> FactorialFinding:
    return decomposed(NAMES, spread(size, count, NAMES))


def printed(found: FactorialFinding | None, **fields: object) -> str:
    file = io.StringIO()
    known = {"factorial": found, "by_model": (), **fields}
    print_factorial(findings(**known), Console(file=file, width=100))
    return file.getvalue()


def test_what_is_shown_is_told_with_its_interval_and_corrected_p() -> None:
    said = told(effect())
    assert "The suite plays all 4 combinations of 2 incentives added to Track 1." in said
    assert "The shares add up to that, exactly." in said
    assert "Shown: the share of deal prestige is 0.110 (95% interval 0.105 to 0.115)" in said
    assert "No share shown: failure costs the officials nothing." in said
    assert "p is corrected over the 3 tests of these shares and pairs (Holm)" in said


def test_a_null_is_told_as_plainly_and_says_how_large_it_could_be() -> None:
    said = told(effect(0.0))
    assert "Shown:" not in said
    assert (
        "No share shown: deal prestige; failure costs the officials nothing. "
        "The 95% intervals exclude more than 0.001 either way." in said
    )
    assert "Nothing shows that any pair of them does more or less together than one by one." in said


def test_what_has_no_interval_is_not_said_to_exclude_anything() -> None:
    found = effect(0.0)
    part = found.of("shapley")[0]
    bare = part.model_copy(update={"interval": None, "shown": None})
    parts = tuple(bare if one is part else one for one in found.parts)
    said = told(found.model_copy(update={"parts": parts}))
    assert "either way. Without an interval: deal prestige." in said
    assert said.count("Without an interval") == 1


def test_pairs_that_multiply_are_named() -> None:
    worlds = [
        {cell: (0.1 + 0.002 * s) * (len(cell) == 2) for cell in world}
        for s, world in enumerate(spread(0.0, 12, NAMES))
    ]
    said = told(decomposed(NAMES, worlds))
    assert "Shown: prestige × hardball: 0.111 (95% interval" in said
    assert "Nothing shows" not in said


def test_shares_that_miss_the_whole_are_a_fault_and_said_so() -> None:
    wrong = effect().model_copy(update={"total": 9.0})
    assert "The shares do not add up to that: this is a fault of the program." in told(wrong)


def test_few_scenarios_and_none_and_what_is_left_out_are_said() -> None:
    assert "Nothing can be shown with fewer than 6 scenarios." in told(effect(count=5))
    alone = told(effect(count=1))
    assert "None of these has an interval." in alone
    lost = frozenset(f"s0/prestige/{twin}" for twin in ("none", "seats"))
    some = told(decomposed(NAMES, spread(0.1, 12, NAMES), lost=lost))
    assert (
        "8 dialogues excluded: no value, or no counterpart with a value in every other combination "
        "(without a value: prestige 2 of 24)." in some
    )
    assert "Scenarios without a complete set: s0." in some
    every = frozenset(f"s{s}/none/{twin}" for s in range(12) for twin in ("none", "seats"))
    nothing = told(decomposed(NAMES, spread(0.1, 12, NAMES), lost=every))
    assert "No dialogue has a value together with its counterparts in all combinations." in nothing


def test_a_design_with_gaps_says_what_can_be_told() -> None:
    part = Part(
        kind="more",
        mechanisms=("prestige",),
        estimate=0.02,
        interval=(-0.01, 0.05),
        p_t=0.2,
        p_signflip=0.2,
        min_p=0.001,
        scenario_values=(("s0", 0.02),) * 8,
    )
    gaps = FactorialFinding(
        mechanisms=(), track="1", switched=NAMES, played=3, parts=(part,), tests=1
    )
    said = told(gaps)
    assert "Not a full factorial: the suite plays 3 of 4 combinations of 2 incentives" in said
    assert "(Shapley values) cannot be told" in said
    assert "Nothing shows that any of them does more or less last of all than alone." in said
    assert tables(gaps) == [
        (("incentive", "last, beyond alone"), [("deal prestige (prestige)", "+0.020 ±0.030")])
    ]
    lost = {"dialogues": {"none": 8, "p": 8}, "lacking": {"none": 0, "p": 2}}
    assert "since they have no value: p 2 of 8." in told(gaps.model_copy(update=lost))
    shown = gaps.model_copy(update={"parts": (part.model_copy(update={"shown": True}),)})
    assert "Shown: deal prestige: 0.020 (95% interval −0.010 to 0.050)." in told(shown)


def test_of_some_incentives_it_says_what_the_others_are() -> None:
    some = effect().model_copy(update={"switched": (*NAMES, "ignorance"), "played": 5})
    assert (
        "Every combination is played of deal prestige, failure costs the officials nothing, with "
        "the others off: this is of these." in told(some)
    )
    assert "with the others on" in told(some.model_copy(update={"track": "1.5"}))


def test_the_tables_have_shares_main_effects_and_pairs() -> None:
    (shares, rows), (pairs, terms) = tables(effect())
    assert shares == ("incentive", "share", "main effect")
    assert rows[0] == ("deal prestige (prestige)", "+0.110 ±0.005*", "+0.110 ±0.005")
    assert rows[-1][0] == "all together"
    assert (pairs[0], terms) == ("two incentives", [("prestige × hardball", "0.000 ±0.000")])


def test_an_interval_that_a_bound_cuts_off_has_its_ends() -> None:
    base = effect().parts[0]
    assert marked(base.model_copy(update={"estimate": None})) == MISSING
    cut = base.model_copy(update={"estimate": 0.9, "interval": (0.7, 1.0), "shown": True})
    assert marked(cut) == "+0.900 [+0.700, +1.000]*"
    worlds = [dict.fromkeys(world, 0.0) for world in spread(0.1, 8, NAMES)]
    even = decomposed(NAMES, worlds, Scale(0.0, 1.0, yes_no=True))
    assert marked(even.parts[0]) == "0.000"


def test_the_terminal_has_it_of_the_run_or_of_each_line_up() -> None:
    assert printed(None) == ""
    once = printed(effect())
    assert once.count("What incentives do together\n") == 1
    assert "+0.110 ±0.005*" in once
    both = (lineup({}, short="ant", factorial=effect()), lineup({}, short="bee", factorial=None))
    text = printed(None, by_model=both)
    assert "What incentives do together: ant" in text
    assert "bee" not in text
    assert [name for name, _ in each(findings(by_model=both))] == ["ant", "bee"]
