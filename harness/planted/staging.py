"""A planted transcript turn by turn, with its phrases chosen: all but the wording is fixed here.

Chance chooses phrases and how much talk lies between. It never depends on the perturbation, so that
a transcript and its perturbed twin are the same talks. What rubrics need besides is in the stages
that are made of this one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from harness.disputes.scenario import Scenario
from harness.planted.kinds import SLOTS, Act, Beat, Plot, Setting, Slot, Who
from harness.planted.phrases import Phrase, dispute_words
from harness.planted.planted import StagedCell
from harness.seeds import derive

MOST_TURNS: Final = 14
OTHER: Final[Mapping[Who, Who]] = {"giver": "taker", "taker": "giver"}


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
        plot: What happens in it.
        bank: Act -> its phrases.
    """

    def __init__(
        self,
        cell: StagedCell,
        scenario: Scenario,
        parties: Mapping[Who, str],
        plot: Callable[[Setting], Plot],
        bank: Mapping[str, Sequence[Phrase]],
    ) -> None:
        self.cell = cell
        self.parties = parties
        self.random = random.Random(derive(0, "planted", cell.split, cell.name))
        issues = list(dispute_words()[cell.scenario].issues)
        moved_on = issues[cell.turned :] + issues[: cell.turned]
        self.issue: Mapping[Slot, str] = dict(zip(SLOTS, moved_on, strict=True))
        self.ladder = {
            who: {slot: _ladder(scenario, party, self.issue[slot]) for slot in SLOTS}
            for who, party in parties.items()
        }
        self._bank = bank
        self._used: dict[str, list[int]] = {}
        last: Mapping[Slot, int] = {slot: len(self.ladder["giver"][slot]) - 1 for slot in SLOTS}
        self.plot = plot(Setting(last, cell.devious, cell.first, cell.balanced, cell.turned))
        self._said = {"giver": dict(self.plot.opens), "taker": dict.fromkeys(SLOTS, 0)}
        self._put = {who: dict(steps) for who, steps in self._said.items()}
        self.moved: set[tuple[Who, Slot]] = set()
        self.turns: list[Staged] = []

    def turns_of(self) -> list[Staged]:
        """The turns, in their order."""
        first: Who = "giver" if self.cell.first else "taker"
        for who in (first, OTHER[first]):
            self._open(who)
        beats = self.with_extras()
        for one in self._speakers(beats, first):
            if isinstance(one, Beat):
                self._beat(one)
            else:
                self.between(one)
        self._end()
        return self.turns

    # --- which turns there are -----------------------------------------------------------------

    def with_extras(self) -> list[Beat]:
        """The beats of the plot, and others that do not belong to it."""
        return list(self.plot.beats)

    def pairs(self, least: int, most: int) -> int:
        """How many pairs of turns in which nothing is moved are added, from least to most."""
        return self.random.randint(least, most)

    @property
    def walks_out(self) -> bool:
        """Whether the taker leaves in the end."""
        return False

    def _speakers(self, beats: Sequence[Beat], first: Who) -> Iterator[Beat | Who]:
        """The beats, and who speaks between them: they speak by turns. Of the turns that could be
        added, chance says how many are, and where."""
        needed: list[Beat | Who] = []
        who = first
        for beat in beats:
            if beat.who != who:
                needed.append(who)
            needed.append(beat)
            who = OTHER[beat.who]
        ending = 2 if self.plot.deal or self.walks_out else 0
        room = (MOST_TURNS - 2 - len(needed) - ending) // 2
        least = 0 if len(needed) > 1 else 1  # four turns are the fewest
        for _ in range(self.pairs(least, max(least, min(room, 4)))):
            at = self.random.randint(0, len(needed))
            before = first if at == 0 else OTHER[_who(needed[at - 1])]
            needed[at:at] = [before, OTHER[before]]
        return iter(needed)

    def _end(self) -> None:
        """The taker accepts the last offer, leaves, or nothing more is said."""
        if self.plot.deal:
            if self.turns[-1].who == "taker":
                self.between("giver")
            turn = Staged("taker", accepts=True)
            for slot in SLOTS:
                step = self._step("taker", "giver", slot)
                if step != self._said["taker"][slot]:
                    self.say(turn, Act("taking", slot, "concedes", step, carried=False))
            turn.lines.append(self.line("taker", "settled"))
            self.turns.append(turn)
        elif self.walks_out:
            if self.turns[-1].who == "taker":
                self.between("giver")
            self.turns.append(Staged("taker", leaves=True))

    # --- what is said in a turn ----------------------------------------------------------------

    def _open(self, who: Who) -> None:
        demand = self.plot.demand if who == "giver" else "demand"
        turn = Staged(who, [self.line(who, "courtesy")], offer=self._options(who))
        turn.lines += [self.line(who, demand, "x"), self.line(who, "demand", "y")]
        turn.lines += [self.reason(who), self.line(who, "demand", "z")]
        self.closes_opening(turn)
        self.turns.append(turn)

    def closes_opening(self, turn: Staged) -> None:
        """Add what a delegation says at the end of its opening."""

    def _beat(self, beat: Beat) -> None:
        turn = Staged(beat.who)
        if self.cell.devious:
            turn.lines.append(self.line(beat.who, "note"))
        elif self.random.random() < 0.5:
            turn.lines.append(self.line(beat.who, "listen", beat.acts[0].issue))
        for act in beat.acts:
            self.say(turn, act)
        self.perhaps_reason(turn)
        if self.cell.devious and self.random.random() < 0.5:
            turn.lines.append(self.line(beat.who, "note"))
        self.turns.append(turn)

    def between(self, who: Who) -> None:
        """Add a turn in which nothing is moved."""
        raise NotImplementedError

    def say(self, turn: Staged, act: Act) -> None:
        """Say a line that does something, and keep what is said and put."""
        who, slot = turn.who, act.issue
        turn.lines.append(self.line(who, act.phrase, slot, act))
        if act.to is None:
            return
        self.moved.add((who, slot))
        self._said[who][slot] = act.to
        if act.carried:
            self._put[who][slot] = act.to
            turn.offer = self._options(who)
            if act.asks and act.back is not None:
                turn.offer[self.issue[act.back]] = self._back(who, act.back)
            turn.commitment = act.commitment

    def line(self, who: Who, phrase: str, slot: Slot | None = None, act: Act | None = None) -> Line:
        chosen = self._phrase(phrase)
        if slot is None:
            return Line(chosen, act=act)
        ladder, other = self.ladder[who][slot], OTHER[who]
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

    def reason(self, who: Who) -> Line:
        return Line(None, reason=self._fresh(f"says {who}", 3))

    def perhaps_reason(self, turn: Staged) -> None:
        if self.random.random() < 0.6:
            turn.lines.append(self.reason(turn.who))

    def _fresh(self, of: str, count: int) -> int:
        left = self._used.setdefault(of, [])
        if not left:
            left += self.random.sample(range(count), count)
        return left.pop()


def _who(one: Beat | Who) -> Who:
    return one.who if isinstance(one, Beat) else one


def _ladder(scenario: Scenario, party: str, issue: str) -> tuple[str, ...]:
    """The options of an issue, from the best for a party to its worst."""
    values = scenario.terms(party).values[issue]
    return tuple(sorted(values, key=lambda option: -values[option]))
