"""Planted transcripts for the prose ledger: what is in them besides their plots, and their truth.

Last words and threats are among the beats, and where nothing is moved stand words that could be
taken for a move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from harness.disputes.scenario import Scenario
from harness.plans.prose_ledger import (
    AUTHORISED,
    BINDING,
    BY,
    COMMITMENT,
    CONDITION,
    IN_RETURN,
    LEAVE,
    NOTHING,
    PROSE_LEDGER,
    THREAT,
    UNSAID,
    WAS,
    WORSE,
    item_of,
)
from harness.planted.cells import Cell, cells
from harness.planted.kinds import PLOTS, SLOTS, Act, Beat, Slot, Who
from harness.planted.phrases import phrases_of
from harness.planted.planter import Planter, Said
from harness.planted.staging import Stage, Staged
from harness.records.judgement import Quote, Verdict

_DECOYS: Final = ("theirs_quoted", "polite_no", "irony", "never_day", "reported", "negate_devious")


class LedgerStage(Stage):
    """Stages a transcript for the prose ledger.

    Args:
        cell: What it is to be.
        scenario: The dispute, in any twin.
        parties: Who -> id of its principal.
    """

    def __init__(self, cell: Cell, scenario: Scenario, parties: Mapping[Who, str]) -> None:
        super().__init__(cell, scenario, parties, PLOTS[cell.kind], phrases_of(cell.split))
        self._extra = cell.extra

    def with_extras(self) -> list[Beat]:
        """The beats of the plot with threats among them."""
        beats, early = list(self.plot.beats), self.plot.deal or self.cell.balanced
        manner = "_devious" if self.cell.devious else ""
        threat: Beat | None = None
        if self._extra == "threat_not_carried_out":
            threat = Beat("giver", (Act(f"leave{manner}", "x", "leave"),))
        elif self._extra == "threat_carried_out":
            threat = Beat("taker", (Act(f"leave{manner}", "x", "leave"),))
        elif self._extra == "threat_of_harm":
            threat = Beat("taker", (Act(f"worse{manner}", "x", "worse"),))
        if threat is not None:
            beats.insert(0 if early else len(beats), threat)
        if self._extra == "none_of_these":
            near = (Act("theirs_final", "z"), Act("not_leaving", "z"))
            beats.insert(0, Beat("taker", near))
        return beats

    @property
    def walks_out(self) -> bool:
        """Whether the taker leaves in the end."""
        return self._extra == "threat_carried_out"

    def closes_opening(self, turn: Staged) -> None:
        """Add the last word of a delegation that has one."""
        word = self._last_word()
        if word is not None and word[0] == turn.who:
            phrase = "final_devious" if self.cell.devious else "final"
            self.say(turn, Act(phrase, word[1], "final"))

    def _last_word(self) -> tuple[Who, Slot] | None:
        """Who calls what its last word at the start, where that is to be; see
        :data:`~harness.planted.cells.EXTRAS`."""
        if not self._extra.startswith("last_word"):
            return None
        moves = any(
            beat.who == "giver" and act.issue == "x" and act.event == "concedes" and act.carried
            for beat in self.plot.beats
            for act in beat.acts
        )
        if moves:
            return ("giver", "x")
        return ("giver", "z") if self._extra == "last_word" else ("taker", "y")

    def between(self, who: Who) -> None:
        """Add a turn in which nothing is moved. In devious talks it holds words that could be taken
        for a move; they are on issues on which neither has moved."""
        open_ = [slot for slot in SLOTS if not self.moved & {("giver", slot), ("taker", slot)}]
        still = [slot for slot in SLOTS if (who, slot) not in self.moved]
        first = self.random.choice(("listen", "ask", "note"))
        about = self.random.choice(open_ or still or list(SLOTS))
        if first == "ask" and not open_:
            first = "listen"
        turn = Staged(who, [self.line(who, first, about)])
        if self.cell.devious and open_:
            decoys = (*_DECOYS, "theirs_final", "not_final")
            turn.lines.append(self.line(who, self.random.choice(decoys), about))
        elif still:
            turn.lines.append(self.line(who, "hold", self.random.choice(still)))
        self.perhaps_reason(turn)
        self.turns.append(turn)


def truth_of(
    cell: Cell,
    said: Sequence[Said],
    parties: Mapping[Who, str],
    seats: Mapping[Who, str],
) -> tuple[Verdict, ...]:
    """Every entry of the ledger, in the order in which it is said."""
    return tuple(
        _verdict(parties[one.who], one)
        for one in said
        if one.line.act is not None and one.line.act.event
    )


def _verdict(party: str, said: Said) -> Verdict:
    line, words = said.line, said.words
    act = line.act
    assert act is not None
    fields = {
        BY: party,
        WAS: UNSAID,
        COMMITMENT: BINDING,
        CONDITION: "",
        IN_RETURN: NOTHING,
        AUTHORISED: UNSAID,
    }
    quotes = (Quote(text=words.text, at=said.at),)
    if act.event in (LEAVE, WORSE):
        return Verdict(item=THREAT, answer=act.event, quotes=quotes, fields=fields)
    assert line.issue is not None
    assert line.phrase is not None
    item = item_of(act.event, line.issue)
    if act.event == "final":
        fields[WAS] = str(line.want)
        return Verdict(item=item, answer=line.want, quotes=quotes, fields=fields)
    answer, was = line.give, line.want
    if act.event == "takes_back":
        answer, was = line.want, line.give
    fields[WAS] = str(was)
    fields[COMMITMENT] = line.phrase.commitment or act.commitment
    fields[CONDITION] = words.condition
    if line.back is not None:
        fields[IN_RETURN] = line.back[0]
    if line.phrase.authorised is not None:
        fields[AUTHORISED] = line.phrase.authorised
    return Verdict(item=item, answer=answer, quotes=quotes, fields=fields)


LEDGER: Final = Planter(PROSE_LEDGER, cells, LedgerStage, truth_of, phrases_of)
"""Plants transcripts for the prose ledger."""
