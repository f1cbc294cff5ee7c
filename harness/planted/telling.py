"""Tells a staged transcript: a record of talks, and the list of what is said in it.

The same talks can be told otherwise: with the parties' names exchanged, in other words, with more
words, or with issues and parties in another order. What is done in them stays the same.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from harness.disputes.scenario import Scenario, Twin
from harness.incentives.profiles import Role
from harness.plans.prose_ledger import (
    AUTHORISED,
    BINDING,
    BY,
    COMMITMENT,
    CONDITION,
    IN_RETURN,
    LEAVE,
    NOTHING,
    THREAT,
    UNSAID,
    WAS,
    WORSE,
    item_of,
)
from harness.planted.cells import Cell
from harness.planted.kinds import Who
from harness.planted.phrases import Told, dispute_words, phrases_of, told
from harness.planted.planted import Perturbation, Planted
from harness.planted.staging import Line, Stage, Staged
from harness.records.judgement import Quote, Verdict
from harness.records.spec import RECORDED, RecordedSeat, RecordedSpec
from harness.records.transcript import Action, Commitment, Move, Outcome, Talks, Transcript, Turn
from harness.seeds import derive

TURNED: Final = "-turned"
"""Follows the id of a scenario whose issues stand in the reverse order."""
_PADDING: Final = 2
"""Sentences that ``verbosity`` adds before and after what is said in a turn."""
_COMMITMENTS: Final[Mapping[str, Commitment]] = {
    "binding": Commitment.BINDING,
    "conditional": Commitment.AD_REFERENDUM,
    "hypothetical": Commitment.HYPOTHETICAL,
    "personal": Commitment.PERSONAL,
}


def turned(scenario: Scenario) -> Scenario:
    """A scenario with its issues in the reverse order. Nothing else changes."""
    return scenario.model_copy(
        update={"id": f"{scenario.id}{TURNED}", "issues": scenario.issues[::-1]}
    )


def tell(cell: Cell, base: Scenario, perturbation: Perturbation, repeat: int = 1) -> Planted:
    """A transcript, told in one way.

    Args:
        cell: What it is to be.
        base: Its dispute, as written.
        perturbation: How it is told.
        repeat: Which copy of it; copies differ in nothing but their ids.
    """
    scenario, twin = base, cell.twin
    if perturbation == "label":
        twin = Twin.NAMES if twin is Twin.NONE else Twin.NONE
    parties = {seat: getattr(base.seats, seat) for seat in ("o", "u")}
    giver = parties[cell.giver]
    if perturbation == "order":
        scenario = turned(base)
        twin = Twin.BOTH if twin is Twin.NAMES else Twin.SEATS
        parties = {"o": parties["u"], "u": parties["o"]}
    seats: dict[Who, str] = {
        "giver" if party == giver else "taker": seat for seat, party in parties.items()
    }
    stage = Stage(cell, base, {who: parties[seat] for who, seat in seats.items()})
    teller = _Teller(cell, scenario.twin(twin), perturbation, stage, seats)
    turns, truth = teller.told(stage.turns_of())
    mark = f"{cell.split}/{cell.name}/{perturbation}/{repeat}"
    spec = RecordedSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=twin,
        seats=tuple(
            RecordedSeat(seat=seat, principal=party, role=Role.DELEGATE)
            for seat, party in parties.items()
        ),
        source=hashlib.sha256(
            "\n".join([mark, *(turn.words for turn in turns)]).encode()
        ).hexdigest(),
    )
    first = turns[0].seat
    talks = Talks(
        order=(first, "u" if first == "o" else "o"),
        turns=tuple(turns),
        outcome=_outcome(turns),
    )
    record = Transcript(id=spec.id, status="done", kind=RECORDED, spec=spec, body=talks)
    return Planted(cell, perturbation, repeat, scenario, record, truth)


class _Teller:
    """Fills phrases with names.

    Args:
        scenario: In the twin in which it is told.
        seats: Who -> seat.
    """

    def __init__(
        self,
        cell: Cell,
        scenario: Scenario,
        perturbation: Perturbation,
        stage: Stage,
        seats: Mapping[Who, str],
    ) -> None:
        self._cell, self._scenario, self._seats = cell, scenario, seats
        self._verbose = perturbation == "verbosity"
        self._wording = int(perturbation == "paraphrase")
        self._parties = stage.parties
        self._words = dispute_words()[cell.scenario]
        self._random = random.Random(derive(0, "planted padding", cell.split, cell.name))

    def told(self, staged: Sequence[Staged]) -> tuple[list[Turn], tuple[Verdict, ...]]:
        """The turns, and what is said in them."""
        turns: list[Turn] = []
        truth: list[Verdict] = []
        offers: dict[str, tuple[str, dict[str, str]]] = {}
        for index, one in enumerate(staged):
            said = [(line, self._line(one.who, line)) for line in one.lines]
            truth += [
                self._verdict(one.who, line, words, index)
                for line, words in said
                if line.act is not None and line.act.event
            ]
            texts = [words.text for _, words in said]
            if self._verbose and texts:
                texts = [*self._padding(one.who), *texts, *self._padding(one.who)]
            turns.append(self._turn(index, one, " ".join(texts), offers))
        return turns, tuple(truth)

    def _turn(
        self,
        index: int,
        one: Staged,
        words: str,
        offers: dict[str, tuple[str, dict[str, str]]],
    ) -> Turn:
        seat, offer = self._seats[one.who], None
        if one.leaves:
            move = Move(action=Action.WALK_OUT)
        elif one.accepts:
            last = [key for key, (by, _) in offers.items() if by != seat][-1]
            move = Move(action=Action.ACCEPT, offer=last, commitment=Commitment.BINDING)
        elif one.offer is None:
            move = Move(action=Action.PASS)
        else:
            offer = f"{seat}-{sum(by == seat for by, _ in offers.values()) + 1}"
            package = self._package(one.offer)
            offers[offer] = (seat, package)
            commitment = _COMMITMENTS[one.commitment]
            move = Move(action=Action.PROPOSE, package=package, commitment=commitment)
        return Turn(
            index=index,
            round=1,
            step=index // 2 + 1,
            seat=seat,
            kind="statement",
            move=move,
            words=words,
            offer=offer,
        )

    def _package(self, contested: Mapping[str, str]) -> dict[str, str]:
        """A whole package. On what is not contested both put the same, from the middle."""
        return {
            issue.id: contested.get(issue.id) or issue.option_ids()[len(issue.options) // 2]
            for issue in sorted(self._scenario.issues, key=lambda one: one.id)
        }

    # --- words ---------------------------------------------------------------------------------

    def _line(self, who: Who, line: Line) -> Told:
        if line.phrase is None:
            party: Literal["a", "b"] = self._parties[who]  # type: ignore[assignment]
            return Told(self._scenario.say(self._words.says[party][line.reason]))
        other = self._parties["taker" if who == "giver" else "giver"]
        slots = {"other": self._scenario.in_a_sentence(other)}
        if line.issue is not None:
            words = self._words.issues[line.issue]
            slots["issue"] = words.called[self._wording]
            for slot, option in (("give", line.give), ("want", line.want), ("theirs", line.theirs)):
                if option is not None:
                    slots[slot] = words.options[option][self._wording]
        if line.back is not None:
            issue, option = line.back
            slots["back_issue"] = self._words.issues[issue].called[self._wording]
            slots["back"] = self._words.issues[issue].options[option][self._wording]
        filled = told(line.phrase.wording(self._wording), slots)
        return Told(self._scenario.say(filled.text), self._scenario.say(filled.condition))

    def _padding(self, who: Who) -> list[str]:
        bank = phrases_of(self._cell.split)
        chosen = self._random.sample([*bank["note"], *bank["courtesy"]], _PADDING)
        return [self._line(who, Line(one)).text for one in chosen]

    # --- the truth -----------------------------------------------------------------------------

    def _verdict(self, who: Who, line: Line, words: Told, at: int) -> Verdict:
        act = line.act
        assert act is not None
        fields = {
            BY: self._parties[who],
            WAS: UNSAID,
            COMMITMENT: BINDING,
            CONDITION: "",
            IN_RETURN: NOTHING,
            AUTHORISED: UNSAID,
        }
        quotes = (Quote(text=words.text, at=at),)
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


def _outcome(turns: Sequence[Turn]) -> Outcome:
    last = turns[-1]
    assert last.move is not None
    if last.move.action is Action.WALK_OUT:
        return Outcome(kind="walk_out", round=1, turn=last.index, by=last.seat)
    if last.move.action is Action.ACCEPT:
        put = next(turn for turn in turns if turn.offer == last.move.offer)
        assert put.move is not None
        return Outcome(
            kind="deal",
            package=put.move.package,
            offer=put.offer,
            proposer=put.seat,
            round=1,
            turn=last.index,
            commitment=Commitment.BINDING,
        )
    return Outcome(kind="no_deal", round=1, reason="no more was said")
