"""The two-part table as people read it."""

from __future__ import annotations

from harness.analysis.account import Account
from harness.analysis.by_model import ModelFinding
from harness.analysis.families import ALL, Family
from harness.analysis.twopart import SELECTION, ArmPart, Difference, PartEffect, TwoPart
from harness.analysis.values import Brief
from harness.report.twopart import (
    DISAGREES,
    HEADINGS,
    arms_by_family,
    groups,
    lineup_groups,
    lineup_notes,
    notes,
)
from harness.report.wording import MISSING

GAMES = Family(name="games", title="Games", scenarios=("g-01", "g-02"))
WHOLE = Family(name=ALL, title=ALL, scenarios=("s", "g-01", "g-02"))


def brief(mean: float | None) -> Brief:
    ends = None if mean is None else (mean - 0.1, mean + 0.1)
    return Brief(mean=mean, interval=ends, n=0 if mean is None else 4, missing=0)


def arm(name: str, family: str, **means: float | None) -> ArmPart:
    parts = ("skew", "skew_given_deal", "gain_o", "gain_u", "normalised_gap", "frontier_distance")
    known = {part: brief(means.get(part)) for part in (*parts, "skew_least", "skew_most")}
    signs = bool(means.get("disagree"))
    return ArmPart(family=family, arm=name, deals=3, done=4, parts=known, signs_disagree=signs)


def difference(family: str, **estimates: float | None) -> Difference:
    parts = ("agreement", "skew", "skew_given_deal", "gain_o", "gain_u", "normalised_gap")
    known = {
        part: PartEffect(
            estimate=estimates.get(part), interval=None, shown=None, n_scenarios=1, n_pairs=1
        )
        for part in (*parts, "frontier_distance")
    }
    return Difference(
        family=family, treatment="lean", control="plain", parts=known, signs_disagree=True
    )


def table() -> TwoPart:
    arms = [arm(name, ALL, skew=0.1) for name in ("plain", "lean", "third")]
    arms[1] = arm(
        "lean",
        ALL,
        skew=0.1,
        gain_o=0.123,
        gain_u=-0.204,
        normalised_gap=-0.3,
        frontier_distance=0.2,
        skew_least=-0.08,
        skew_most=0.11,
        disagree=1,
    )
    games = [arm(name, "games", skew=0.2) for name in ("plain", "lean", "third")]
    differences = (
        difference(ALL, agreement=-0.8, skew=0.02, normalised_gap=-0.3, gain_o=0.004),
        difference("games"),
    )
    return TwoPart(families=(WHOLE, GAMES), arms=(*arms, *games), differences=differences, notes=())


def test_every_arm_on_all_scenarios_and_those_compared_on_each_kind() -> None:
    whole, games = groups(table(), ("plain", "lean"))
    assert (whole.title, whole.allowed) == ("all scenarios (3)", "−0.08…+0.11")
    assert [line.label for line in whole.lines] == ["plain", "lean", "third", "difference"]
    assert (games.title, games.allowed) == ("games (2)", "")
    assert [line.label for line in games.lines] == ["plain", "lean", "difference"]
    assert [line.strong for line in games.lines] == [False, False, True]
    assert [line.label for line in groups(table())[1].lines] == [
        "plain",
        "lean",
        "third",
        "difference",
    ]


def test_cells_say_what_is_missing_and_which_signs_disagree() -> None:
    whole, games = groups(table())
    lines = {line.label: line.cells for line in whole.lines}
    assert all(len(cells) == len(HEADINGS) - 1 for cells in lines.values())
    assert lines["lean"] == (
        "3/4",
        "+0.10 ±0.10",
        MISSING,
        "+12/−20",
        f"−0.30 {DISAGREES}",
        "0.20",
    )
    assert lines["plain"] == ("3/4", "+0.10 ±0.10", MISSING, MISSING, MISSING, MISSING)
    assert lines["difference"] == (
        "−80 pp",
        "+0.02",
        MISSING,
        f"0/{MISSING}",
        f"−0.30 {DISAGREES}",
        MISSING,
    )
    assert games.lines[-1].cells[0] == MISSING


def test_without_a_contrast_the_first_arms_are_listed_by_kind() -> None:
    assert arms_by_family(table(), None) == ("plain", "lean", "third")


def test_the_difference_is_explained_where_there_is_one() -> None:
    *_, last = notes(table())
    assert last == "difference: lean minus plain, pair by pair; pp: percentage points."
    alone = table().model_copy(update={"differences": ()})
    assert not any(note.startswith("difference") for note in notes(alone))


def lineup(name: str, parts: TwoPart | None) -> ModelFinding:
    account = Account(planned=0, played=0, missing=0, cut_by_limit=0, cut_scenarios=(), arms={})
    return ModelFinding(
        label=f"unofficial {name}@host",
        models={"unofficial": name},
        account=account,
        primary=None,
        short=f"unofficial {name}",
        two_part=parts,
    )


def test_each_line_up_has_its_table_and_what_weakens_it_names_it() -> None:
    parts = table()
    arms = [
        one.model_copy(update={"parts": {**one.parts, "skew_of_no_deals": brief(0.1)}})
        for one in parts.arms
    ]
    parts = parts.model_copy(update={"arms": tuple(arms)})
    lineups = [lineup("ant", parts), lineup("bee", None)]
    (short,) = lineup_groups(lineups)
    assert short.title == "unofficial ant"
    assert short.lines[-1].strong
    whole = lineup_groups(lineups, whole=False)
    assert [group.title for group in whole] == [
        f"unofficial ant: {group.title}" for group in groups(parts, arms_by_family(parts, None))
    ]
    first, *others = lineup_notes(lineups)
    assert first == SELECTION
    assert others
    assert all(note.startswith("unofficial ant: No deal is not neutral") for note in others)
