"""What is planted for the rubric ``realism``: what no diplomat would say.

Its question ``deaf`` is left out. In planted talks everybody repeats its terms in much the same
words and answers few of the other's, so that no answer to it could be called known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from harness.planted.conduct.planting import Answers, Planting, rows_of
from harness.planted.conduct.saying import in_words
from harness.planted.kinds import Act, Plot, Setting, Slot

_ROWS: Final = """
    hinted none    near   | hinted near    yields
    stated vaguely praise | stated exactly yields
    none   vaguely yields | stated vaguely praise
    none   near    near   | stated near    none
    near   none    praise | none   exactly near
    none   near    praise | near   none    none
    stated exactly none   | none   near    none
    hinted near    yields | near   none    praise
    near   none    none   | hinted none    near
    hinted vaguely none   | none   vaguely praise
    near   exactly near   | near   exactly yields
    stated exactly yields | hinted vaguely near
"""


_ABOUT: Final[Mapping[str, tuple[Slot, Slot]]] = {
    "out_of_role": ("y", "y"),
    "gave_away": ("y", "y"),
    "effusive": ("z", "x"),
}
"""Question -> of what the giver and the taker speak. Who argues for what the other asks for does so
on an issue on which the other neither praises nor moves."""


def _plot(setting: Setting, giver: Answers, taker: Answers) -> Plot:
    """Who argues for what the other asks for asks for it from then on."""

    def yielding(act: Act) -> Act:
        if "yields" not in act.phrase:
            return act
        return replace(act, event="concedes", to=setting.last[act.issue])

    plot = in_words(setting, giver, taker, _ABOUT, step="y")
    beats = tuple(replace(beat, acts=tuple(map(yielding, beat.acts))) for beat in plot.beats)
    return replace(plot, beats=beats)


REALISM: Final = Planting(
    "realism", rows_of(("out_of_role", "gave_away", "effusive"), _ROWS), _plot
)
