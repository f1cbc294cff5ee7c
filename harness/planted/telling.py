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
from harness.planted.kinds import Who
from harness.planted.phrases import Phrase, Told, dispute_words, told
from harness.planted.planted import Perturbation, Planted, StagedCell
from harness.planted.planter import OfCell, Planter, Said
from harness.planted.staging import OTHER, Line, Stage, Staged
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


def tell(
    planter: Planter[OfCell],
    cell: OfCell,
    base: Scenario,
    perturbation: Perturbation,
    repeat: int = 1,
) -> Planted:
    """A transcript, told in one way.

    Args:
        planter: Of its rubric.
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
    acting = {who: parties[seat] for who, seat in seats.items()}
    stage = planter.stage(cell, base, acting)
    bank = planter.bank(cell.split)
    teller = _Teller(cell, scenario.twin(twin), perturbation, stage, seats, bank)
    turns, said = teller.told(stage.turns_of())
    truth = planter.truth(cell, said, acting, seats)
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
    return Planted(cell, perturbation, repeat, scenario, record, truth, planter.rubric)


class _Teller:
    """Fills phrases with names.

    Args:
        scenario: In the twin in which it is told.
        seats: Who -> seat.
        bank: Act -> its phrases.
    """

    def __init__(
        self,
        cell: StagedCell,
        scenario: Scenario,
        perturbation: Perturbation,
        stage: Stage,
        seats: Mapping[Who, str],
        bank: Mapping[str, Sequence[Phrase]],
    ) -> None:
        self._scenario, self._seats, self._bank = scenario, seats, bank
        self._verbose = perturbation == "verbosity"
        self._wording = int(perturbation == "paraphrase")
        self._parties = stage.parties
        self._words = dispute_words()[cell.scenario]
        self._random = random.Random(derive(0, "planted padding", cell.split, cell.name))

    def told(self, staged: Sequence[Staged]) -> tuple[list[Turn], list[Said]]:
        """The turns, and what is said in them."""
        turns: list[Turn] = []
        whole: list[Said] = []
        offers: dict[str, tuple[str, dict[str, str]]] = {}
        for index, one in enumerate(staged):
            said = [Said(one.who, line, self._line(one.who, line), index) for line in one.lines]
            whole += said
            texts = [own.words.text for own in said]
            if self._verbose and texts:
                texts = [*self._padding(one.who), *texts, *self._padding(one.who)]
            turns.append(self._turn(index, one, " ".join(texts), offers))
        return turns, whole

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
        slots = {
            "own": self._scenario.in_a_sentence(self._parties[who]),
            "other": self._scenario.in_a_sentence(self._parties[OTHER[who]]),
        }
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
        bank = [*self._bank["note"], *self._bank["courtesy"]]
        chosen = self._random.sample(bank, _PADDING)
        return [self._line(who, Line(one)).text for one in chosen]


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
