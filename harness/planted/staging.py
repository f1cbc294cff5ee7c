"""A planted transcript turn by turn, with its phrases chosen: all but the wording is fixed here.

Chance chooses phrases and how much talk lies between. It never depends on the perturbation, so that
a transcript and its perturbed twin are the same talks.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from harness.disputes.scenario import Scenario
from harness.planted.cells import Cell
from harness.planted.kinds import PLOTS, SLOTS, Act, Beat, Plot, Setting, Slot, Who
from harness.planted.phrases import Phrase, dispute_words, phrases_of
from harness.seeds import derive

MOST_TURNS: Final = 14
_DECOYS: Final = ("theirs_quoted", "polite_no", "irony", "never_day", "reported", "negate_devious")
_OTHER: Final[Mapping[Who, Who]] = {"giver": "taker", "taker": "giver"}


@dataclass(frozen=True)
class Line:
    """A phrase that is said, and what it is about: options and issues by id.

    Attributes:
        phrase: The phrase; None for one of the reasons that ``reason`` numbers.
        issue: What it is about; None where it is about none.
        give, want, theirs: Options; None where none is meant.
        back: Issue and option that are named in return.
        act: What it does; None for talk that moves nothing.
        reason: Number of a reason of the speaker's party.
    """

    phrase: Phrase | None
    issue: str | None = None
    give: str | None = None
    want: str | None = None
    theirs: str | None = None
    back: tuple[str, str] | None = None
    act: Act | None = None
    reason: int = 0


@dataclass
class Staged:
    """A turn.

    Attributes:
        who: Who speaks.
        lines: What is said, in its order.
        offer: What the speaker has put at the table from this turn on: issue -> option, of the
            contested issues; None where nothing new is put.
        commitment: Of what is put.
        accepts: Whether it accepts the last offer of the other.
        leaves: Whether it leaves the table, without a word.
    """

    who: Who
    lines: list[Line] = field(default_factory=list)
    offer: dict[str, str] | None = None
    commitment: str = "binding"
    accepts: bool = False
    leaves: bool = False


class Stage:
    """Stages a transcript.

    Args:
        cell: What it is to be.
        scenario: The dispute, in any twin.
        parties: Who -> id of its principal.
    """

    def __init__(self, cell: Cell, scenario: Scenario, parties: Mapping[Who, str]) -> None:
        self.cell = cell
        self.parties = parties
        self._random = random.Random(derive(0, "planted", cell.split, cell.name))
        issues = list(dispute_words()[cell.scenario].issues)
        moved_on = issues[cell.turned :] + issues[: cell.turned]
        self.issue: Mapping[Slot, str] = dict(zip(SLOTS, moved_on, strict=True))
        self.ladder = {
            who: {slot: _ladder(scenario, party, self.issue[slot]) for slot in SLOTS}
            for who, party in parties.items()
        }
        self._bank = phrases_of(cell.split)
        self._used: dict[str, list[int]] = {}
        last: Mapping[Slot, int] = {slot: len(self.ladder["giver"][slot]) - 1 for slot in SLOTS}
        setting = Setting(last, cell.devious, cell.first, cell.balanced)
        self.plot: Plot = PLOTS[cell.kind](setting)
        self._said = {"giver": dict(self.plot.opens), "taker": dict.fromkeys(SLOTS, 0)}
        self._put = {who: dict(steps) for who, steps in self._said.items()}
        self._moved: set[tuple[Who, Slot]] = set()
        self.turns: list[Staged] = []

    def turns_of(self) -> list[Staged]:
        """The turns, in their order."""
        first: Who = "giver" if self.cell.first else "taker"
        for who in (first, _OTHER[first]):
            self._open(who)
        beats = self._with_extras()
        for one in self._speakers(beats, first):
            if isinstance(one, Beat):
                self._beat(one)
            else:
                self._between(one)
        self._end()
        return self.turns

    # --- which turns there are -----------------------------------------------------------------

    def _with_extras(self) -> list[Beat]:
        """The beats of the plot with last words and threats among them."""
        beats, early = list(self.plot.beats), self.plot.deal or self.cell.balanced
        extra, devious = self.cell.extra, self.cell.devious
        manner = "_devious" if devious else ""
        threat: Beat | None = None
        if extra == "threat_not_carried_out":
            threat = Beat("giver", (Act(f"leave{manner}", "x", "leave"),))
        elif extra == "threat_carried_out":
            threat = Beat("taker", (Act(f"leave{manner}", "x", "leave"),))
        elif extra == "threat_of_harm":
            threat = Beat("taker", (Act(f"worse{manner}", "x", "worse"),))
        if threat is not None:
            beats.insert(0 if early else len(beats), threat)
        if extra == "none_of_these":
            near = (Act("theirs_final", "z"), Act("not_leaving", "z"))
            beats.insert(0, Beat("taker", near))
        return beats

    def _speakers(self, beats: Sequence[Beat], first: Who) -> Iterator[Beat | Who]:
        """The beats, and who speaks between them: they speak by turns. Of the turns that could be
        added, chance says how many are, and where."""
        needed: list[Beat | Who] = []
        who = first
        for beat in beats:
            if beat.who != who:
                needed.append(who)
            needed.append(beat)
            who = _OTHER[beat.who]
        ending = 2 if self.plot.deal or self.cell.extra == "threat_carried_out" else 0
        room = (MOST_TURNS - 2 - len(needed) - ending) // 2
        least = 0 if len(needed) > 1 else 1  # four turns are the fewest
        for _ in range(self._random.randint(least, max(least, min(room, 4)))):
            at = self._random.randint(0, len(needed))
            before = first if at == 0 else _OTHER[_who(needed[at - 1])]
            needed[at:at] = [before, _OTHER[before]]
        return iter(needed)

    def _end(self) -> None:
        """The taker accepts the last offer, leaves, or nothing more is said."""
        if self.plot.deal:
            if self.turns[-1].who == "taker":
                self._between("giver")
            turn = Staged("taker", accepts=True)
            for slot in SLOTS:
                step = self._step("taker", "giver", slot)
                if step != self._said["taker"][slot]:
                    self._say(turn, Act("taking", slot, "concedes", step, carried=False))
            turn.lines.append(self._line("taker", "settled"))
            self.turns.append(turn)
        elif self.cell.extra == "threat_carried_out":
            if self.turns[-1].who == "taker":
                self._between("giver")
            self.turns.append(Staged("taker", leaves=True))

    # --- what is said in a turn ----------------------------------------------------------------

    def _open(self, who: Who) -> None:
        demand = self.plot.demand if who == "giver" else "demand"
        turn = Staged(who, [self._line(who, "courtesy")], offer=self._options(who))
        turn.lines += [self._line(who, demand, "x"), self._line(who, "demand", "y")]
        turn.lines += [self._reason(who), self._line(who, "demand", "z")]
        word = self._last_word()
        if word is not None and word[0] == who:
            phrase = "final_devious" if self.cell.devious else "final"
            self._say(turn, Act(phrase, word[1], "final"))
        self.turns.append(turn)

    def _last_word(self) -> tuple[Who, Slot] | None:
        """Who calls what its last word at the start, where that is to be; see
        :data:`~harness.planted.cells.EXTRAS`."""
        if not self.cell.extra.startswith("last_word"):
            return None
        moves = any(
            beat.who == "giver" and act.issue == "x" and act.event == "concedes" and act.carried
            for beat in self.plot.beats
            for act in beat.acts
        )
        if moves:
            return ("giver", "x")
        return ("giver", "z") if self.cell.extra == "last_word" else ("taker", "y")

    def _beat(self, beat: Beat) -> None:
        turn = Staged(beat.who)
        if self.cell.devious:
            turn.lines.append(self._line(beat.who, "note"))
        elif self._random.random() < 0.5:
            turn.lines.append(self._line(beat.who, "listen", beat.acts[0].issue))
        for act in beat.acts:
            self._say(turn, act)
        self._perhaps_reason(turn)
        if self.cell.devious and self._random.random() < 0.5:
            turn.lines.append(self._line(beat.who, "note"))
        self.turns.append(turn)

    def _between(self, who: Who) -> None:
        """A turn in which nothing is moved. In devious talks it holds words that could be taken for
        a move; they are on issues on which neither has moved."""
        open_ = [slot for slot in SLOTS if not self._moved & {("giver", slot), ("taker", slot)}]
        still = [slot for slot in SLOTS if (who, slot) not in self._moved]
        first = self._random.choice(("listen", "ask", "note"))
        about = self._random.choice(open_ or still or list(SLOTS))
        if first == "ask" and not open_:
            first = "listen"
        turn = Staged(who, [self._line(who, first, about)])
        if self.cell.devious and open_:
            decoys = (*_DECOYS, "theirs_final", "not_final")
            turn.lines.append(self._line(who, self._random.choice(decoys), about))
        elif still:
            turn.lines.append(self._line(who, "hold", self._random.choice(still)))
        self._perhaps_reason(turn)
        self.turns.append(turn)

    def _say(self, turn: Staged, act: Act) -> None:
        """Say a line that does something, and keep what is said and put."""
        who, slot = turn.who, act.issue
        turn.lines.append(self._line(who, act.phrase, slot, act))
        if act.to is None:
            return
        self._moved.add((who, slot))
        self._said[who][slot] = act.to
        if act.carried:
            self._put[who][slot] = act.to
            turn.offer = self._options(who)
            if act.asks and act.back is not None:
                turn.offer[self.issue[act.back]] = self._back(who, act.back)
            turn.commitment = act.commitment

    def _line(
        self, who: Who, phrase: str, slot: Slot | None = None, act: Act | None = None
    ) -> Line:
        chosen = self._phrase(phrase)
        if slot is None:
            return Line(chosen, act=act)
        ladder, other = self.ladder[who][slot], _OTHER[who]
        line = Line(
            chosen,
            issue=self.issue[slot],
            want=ladder[self._said[who][slot]],
            theirs=self.ladder[other][slot][self._said[other][slot]],
            act=act,
        )
        if act is None or act.to is None:
            return line
        line = replace(line, give=ladder[act.to])
        if act.event == "takes_back":  # what was given, and what is asked for again
            line = replace(line, give=line.want, want=ladder[act.to])
        if act.back is not None:
            line = replace(line, back=(self.issue[act.back], self._back(who, act.back)))
        return line

    def _back(self, who: Who, slot: Slot) -> str:
        """What the speaker asks for on another issue."""
        return self.ladder[who][slot][self._said[who][slot]]

    def _options(self, who: Who) -> dict[str, str]:
        return {self.issue[slot]: self.ladder[who][slot][self._put[who][slot]] for slot in SLOTS}

    def _step(self, who: Who, of: Who, slot: Slot) -> int:
        """The step of one delegation's ladder at which what another puts stands."""
        return self.ladder[who][slot].index(self.ladder[of][slot][self._put[of][slot]])

    # --- which words ---------------------------------------------------------------------------

    def _phrase(self, act: str) -> Phrase:
        """One that has been said least in these talks."""
        return self._bank[act][self._fresh(act, len(self._bank[act]))]

    def _reason(self, who: Who) -> Line:
        return Line(None, reason=self._fresh(f"says {who}", 3))

    def _perhaps_reason(self, turn: Staged) -> None:
        if self._random.random() < 0.6:
            turn.lines.append(self._reason(turn.who))

    def _fresh(self, of: str, count: int) -> int:
        left = self._used.setdefault(of, [])
        if not left:
            left += self._random.sample(range(count), count)
        return left.pop()


def _who(one: Beat | Who) -> Who:
    return one.who if isinstance(one, Beat) else one


def _ladder(scenario: Scenario, party: str, issue: str) -> tuple[str, ...]:
    """The options of an issue, from the best for a party to its worst."""
    values = scenario.terms(party).values[issue]
    return tuple(sorted(values, key=lambda option: -values[option]))
