"""The parts that a comparison is repeated on."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import GAIN
from harness.analysis.comparison_pairs import standings
from harness.analysis.comparison_rows import Meetings
from harness.analysis.comparison_slices import kinds_in, parts_of, within
from harness.analysis.holm import holm
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.meetings import StubRun, empty, meet, stub_run

ONE = (GAIN,)


def of_two_families(tmp_path: Path) -> Meetings:
    """``alpha`` above ``beta`` in a story family, below it in games of one generator."""
    story = small(tmp_path)
    scenarios = {f"s{i}": story.model_copy(update={"id": f"s{i}"}) for i in range(6)}
    for i in range(6):
        name = f"ladder-{i:02}"
        scenarios[name] = story.model_copy(update={"id": name, "title": f"Ladder {i:02}"})
    run = cast("StubRun", stub_run())
    run.info = run.info.model_copy(update={"scenarios": {**scenarios, "unplayed": story}})
    meetings = Meetings([cast("RunFolder", run)], ["a"])
    for number, name in enumerate(scenarios):
        sign = -1 if name.startswith("ladder") else 1
        meet(meetings, "alpha", sign * (0.2 + number / 100), scenario=name)
        meet(meetings, "beta", 0.0, scenario=name)
    return meetings


def test_families_of_what_was_played_are_told_apart(tmp_path: Path) -> None:
    meetings = of_two_families(tmp_path)
    kinds = kinds_in(meetings)
    assert [(kind.title, len(kind.scenarios)) for kind in kinds] == [
        ("story disputes", 6),
        ("Ladder", 6),
    ]
    assert kinds_in(empty("a")) == ()


def test_a_difference_that_turns_its_sign_says_so_and_is_no_win(tmp_path: Path) -> None:
    found = compare(of_two_families(tmp_path), ONE, ONE)
    (difference,) = found.whole.differences_of("u")
    assert not difference.effect.shown
    sizes = {part.family: part.estimate > 0 for part in difference.families}
    assert len(set(sizes.values())) == 2
    assert difference.split is not None
    assert difference.split.shown
    said = " ".join(found.answer)
    assert "Families of scenarios have opposite signs:" in said
    assert "so the mean over all of them holds of neither" in said
    (found_json,) = found.as_json()["differences"]
    assert found_json["families_disagree"] is True
    assert {part["n_scenarios"] for part in found_json["families"]} == {6}


def test_by_family_repeats_the_comparison_and_one_family_says_so(tmp_path: Path) -> None:
    found = compare(of_two_families(tmp_path), ONE, ONE, by="family")
    assert [part.name for part in found.slices] == ["story disputes", "Ladder"]
    assert [part.of("u")[0].label for part in found.slices] == ["alpha", "beta"]
    effects = [one.effect for part in found.slices for one in part.differences]
    assert all(effect.shown for effect in effects)
    assert [effect.holm_p for effect in effects] == holm([effect.p_t for effect in effects])
    alone = empty("a")
    meet(alone, "alpha", 0.1)
    assert any("of one family" in note for note in compare(alone, ONE, ONE, by="family").notes)


def test_parts_hold_their_own_dialogues() -> None:
    meetings = empty("a")
    meet(meetings, "alpha", 0.1, scenario="s1", arms=("plain", "lean"))
    meet(meetings, "alpha", 0.2, scenario="s2", arms=("lean",))
    rows = {
        (by, name): [one.rows for one in within(meetings, standings(meetings), belongs)]
        for by in ("scenario", "arm")
        for name, belongs in parts_of(meetings, by, ())
    }
    assert rows["scenario", "s1"] == [(0,), (0,)]
    assert rows["arm", "lean"] == [(0, 1), (0, 1)]
    assert rows["arm", "plain"] == [(0,), (0,)]
    assert parts_of(meetings, None, ()) == []
