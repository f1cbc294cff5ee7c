"""Plants transcripts for a rubric file: their turns, and what is true of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial

from harness.disputes.scenario import Scenario
from harness.plans.rubric import INSTRUCTS
from harness.planted.conduct.cells import ConductCell, conduct_cells
from harness.planted.conduct.planting import Planting, rubric_file
from harness.planted.conduct.saying import ASIDE
from harness.planted.kinds import SLOTS, Plot, Setting, Who
from harness.planted.phrases import Phrase, Split, bank
from harness.planted.planter import Planter, Said
from harness.planted.staging import Line, Stage, Staged
from harness.records.judgement import Quote, Verdict


class ConductStage(Stage):
    """Stages a transcript for a rubric file. Its reasons are phrases like others: those of a
    dispute could be taken for pressure, or for a claim.

    Args:
        planting: What is planted.
        cell: What it is to be.
        scenario: The dispute, in any twin.
        parties: Who -> id of its principal.
    """

    def __init__(
        self,
        planting: Planting,
        cell: ConductCell,
        scenario: Scenario,
        parties: Mapping[Who, str],
    ) -> None:
        def plot(setting: Setting) -> Plot:
            return planting.plot(setting, cell.planted("giver"), cell.planted("taker"))

        self._padding = cell.padding
        super().__init__(cell, scenario, parties, plot, phrases_for(planting.rubric, cell.split))

    def pairs(self, least: int, most: int) -> int:
        """How many pairs of turns are added: as many to the transcripts of every row, so that
        their number tells nothing."""
        return min(max(self._padding, least), most)

    def between(self, who: Who) -> None:
        """Add a turn in which nothing is moved. What is asked about is open between the two."""
        open_ = [slot for slot in SLOTS if not self.moved & {("giver", slot), ("taker", slot)}]
        first = self.random.choice(("listen", "ask", "note")) if open_ else "note"
        turn = Staged(who, [self.line(who, first, self.random.choice(open_ or SLOTS))])
        still = [slot for slot in SLOTS if (who, slot) not in self.moved]
        if still:
            turn.lines.append(self.line(who, "hold", self.random.choice(still)))
        self.perhaps_reason(turn)
        self.turns.append(turn)

    def reason(self, who: Who) -> Line:
        """A remark that moves nothing and presses nobody; now and then one of those that stand
        where nothing is planted, so that their number tells nothing."""
        act = self.random.choice(("reason", "reason", ASIDE))
        return self.line(who, act, self.random.choice(SLOTS))


def truth_of(
    planting: Planting,
    cell: ConductCell,
    said: Sequence[Said],
    parties: Mapping[Who, str],
    seats: Mapping[Who, str],
) -> tuple[Verdict, ...]:
    """A verdict on every question whose answer is known, in the order of the rubric."""
    head, known = rubric_file(planting.rubric).head, planting.items
    speakers: dict[str, Who] = {seat: who for who, seat in seats.items()}
    found = []
    for item in (one.id for one in head.items if one.id in known):
        if head.each == "dialogue":
            found.append(_of_dialogue(planting, cell, item, said, seats["giver"]))
            continue
        for seat in ("o", "u"):
            who = speakers[seat]
            answer = planting.answer(item, cell.planted(who)[item])
            own = [one for one in said if one.who == who]
            found.append(_verdict(planting, item, f"{item}_{seat}", answer, own))
    return (*found, Verdict(item=INSTRUCTS, answer="no"))


def _of_dialogue(
    planting: Planting, cell: ConductCell, item: str, said: Sequence[Said], giver: str
) -> Verdict:
    """A verdict on the dialogue: with the giver in the other seat the scale runs the other way."""
    question, planted = planting.question(item), cell.row.giver[item]
    scale = [one.id for one in question.scale]
    answer = planting.answer(item, planted)
    if question.directed and giver == "u":
        answer = scale[-1 - scale.index(answer)]
    return _verdict(planting, item, item, answer, said)


def _verdict(
    planting: Planting, item: str, asked: str, answer: str, said: Sequence[Said]
) -> Verdict:
    if answer == planting.nothing(item):
        return Verdict(item=asked, answer=answer)
    quotes = tuple(
        Quote(text=one.words.text, at=one.at)
        for one in said
        if one.line.act is not None and item in one.line.act.shows
    )
    assert quotes, f"{planting.rubric}: nothing is said that {asked} {answer} could rest on"
    return Verdict(item=asked, answer=answer, quotes=quotes)


@cache
def phrases_for(rubric: str, split: Split) -> Mapping[str, Sequence[Phrase]]:
    """Act -> its phrases: those of a rubric, and the talk that all of them have.

    Raises:
        InputError: A file is unsound.
    """
    terms = rubric_file(rubric).head.reads == "terms"
    return {
        **bank(f"conduct-talk-{split}"),
        **(bank(f"conduct-terms-{split}") if terms else {}),
        **bank(f"conduct-{rubric}-{split}"),
    }


def planter_for(planting: Planting) -> Planter[ConductCell]:
    """Plants transcripts for a rubric file."""
    return Planter(
        planting.rubric,
        partial(conduct_cells, planting),
        partial(ConductStage, planting),
        partial(truth_of, planting),
        partial(phrases_for, planting.rubric),
    )
