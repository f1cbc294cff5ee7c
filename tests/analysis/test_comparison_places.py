"""The places of a ranking that the data leave open."""

from __future__ import annotations

from random import Random

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import BY_NAME, GAIN
from harness.analysis.comparison_places import placed
from harness.analysis.comparison_rows import Meetings
from tests.support.meetings import empty, meet

ONE = (GAIN,)


def played(means: dict[str, float], sd: float, draw: Random, scenarios: int = 8) -> Meetings:
    meetings = empty("a")
    for i in range(scenarios):
        base = draw.gauss(0, 0.2)
        for name, mean in means.items():
            meet(meetings, name, base + mean + draw.gauss(0, sd), scenario=f"s{i}")
    return meetings


def test_what_is_shown_narrows_the_places() -> None:
    meetings = empty("a")
    for i in range(8):
        for name, mean in {"a": 0.51, "b": 0.5 + 0.1 * (-1) ** i, "c": -0.5 + i / 100}.items():
            meet(meetings, name, mean, scenario=f"s{i}")
    found = compare(meetings, ONE, ONE).whole
    by_name = {entry.label: entry for entry in found.of("u")}
    assert {by_name["a"].places, by_name["b"].places} == {(1, 2)}
    assert by_name["c"].places == (3, 3)
    assert by_name["c"].standing == "3"
    assert {by_name["a"].standing, by_name["b"].standing} == {"1 (1–2)", "2 (1–2)"}
    assert placed(found) == found


def test_without_a_test_or_a_result_there_are_none() -> None:
    meetings = played({"a": 0.5, "b": 0.1}, 0.05, Random(1))
    meet(meetings, "broken", None, scenario="s0", status="void")
    skew = BY_NAME["skew"]
    for entry in compare(meetings, (GAIN, skew), (skew,)).whole.of("u"):
        assert entry.places is None
    last = compare(meetings, ONE, ONE).whole.of("u")[-1]
    assert (last.label, last.places, last.standing) == ("broken", None, "")


def meetings_of_three() -> Meetings:
    return played({"a": 0.1, "b": 0.1, "c": 0.1}, 0.1, Random(2))


def test_the_best_of_many_is_said_to_be_partly_luck() -> None:
    found = compare(played({"a": 0.1, "b": 0.1, "c": 0.1}, 0.1, Random(2)), ONE, ONE)
    first = found.whole.of("u")[0]
    assert any(
        note.startswith(
            f"The best of 3 means in the other seat is partly luck: expect less of {first.label}"
        )
        for note in found.notes
    )
    assert any("Beside each rank" in note for note in found.notes)
    skew = compare(meetings_of_three(), (GAIN, BY_NAME["skew"]), (BY_NAME["skew"],))
    assert any(note.endswith("in new scenarios.") for note in skew.notes)
    two = compare(played({"a": 0.1, "b": 0.1}, 0.1, Random(2)), ONE, ONE)
    assert not any("luck" in note for note in two.notes)


def test_the_true_places_of_all_entries_are_left_open_nineteen_times_in_twenty() -> None:
    draw, trials, held = Random(3), 100, 0
    means = {"a": 0.3, "b": 0.2, "c": 0.0}
    for _ in range(trials):
        found = compare(played(means, 0.15, draw), ONE, ONE).whole
        places = {entry.label: entry.places or (0, 0) for entry in found.of("u")}
        held += all(
            places[name][0] <= place <= places[name][1] for place, name in enumerate(means, 1)
        )
    assert held / trials >= 0.95
