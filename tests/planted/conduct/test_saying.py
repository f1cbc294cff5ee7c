"""Acts that a question is about, and plots of them."""

from __future__ import annotations

from itertools import product

from harness.planted.conduct.planting import NEAR
from harness.planted.conduct.saying import ASIDE, in_words, saying
from harness.planted.kinds import Act, Setting

LAST = {"x": 3, "y": 3, "z": 3}


def setting(devious: bool = False, first: bool = True, balanced: bool = True, turned: int = 0):  # type: ignore[no-untyped-def]
    return Setting(LAST, devious, first, balanced, turned)  # type: ignore[arg-type]


def test_an_answer_is_said_in_the_manner_of_the_talks() -> None:
    assert saying(setting(), "threat", "warning") == Act("threat_warning", "z", shows=("threat",))
    devious = saying(setting(devious=True), "threat", NEAR, "x")
    assert devious == Act("threat_near_devious", "x"), "what is near shows nothing"
    assert saying(setting(devious=True), "threat", "none") == Act(ASIDE, "z")


def test_whatever_is_planted_there_are_as_many_turns_and_words() -> None:
    quiet = {"a": "none", "b": "none", "c": "near"}
    loud = {"a": "yes", "b": "more", "c": "yes"}
    for devious, first, balanced, turned in product(*[(False, True)] * 3, (0, 1, 2)):
        own = setting(devious, first, balanced, turned)
        plots = [in_words(own, one, two) for one, two in product((quiet, loud), repeat=2)]
        shapes = {tuple((beat.who, len(beat.acts)) for beat in one.beats) for one in plots}
        assert len(shapes) == 1
        (shape,) = shapes
        assert [who for who, _ in shape] == (
            ["giver", "taker"] if first else ["taker", "giver"]
        ) * 3
        assert sum(count for _, count in shape) == 7, "three for each, and the step of the giver"
        assert {one.deal for one in plots} == {balanced}
        shown = [a.shows for beat in plots[-1].beats for a in beat.acts if a.shows]
        assert sorted(shown) == [("a",)] * 2 + [("b",)] * 2 + [("c",)] * 2
