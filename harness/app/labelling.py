"""People label turns of a run: which are drawn, what is shown of them, and what is kept.

A person sees the words and the talks before them, and who says them. What a judge found, the arms,
profiles and values are not shown: they would tell what is expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.judge_known import counted_judgements
from harness.analysis.label_pairs import LABELLED, LabelsRead, labels_read
from harness.analysis.label_sample import Drawn, Turn, draw, shuffled
from harness.disputes.scenario import Scenario
from harness.errors import UsageError, suggest
from harness.evaluators.case import case_of
from harness.evaluators.word_events import listed
from harness.files.paths import shown_path
from harness.plans.prose_ledger import (
    AUTHORISED,
    BY,
    COMMITMENT,
    CONDITION,
    IN_RETURN,
    NOTHING,
    UNSAID,
    WAS,
    prose_ledger_rubric,
)
from harness.records.judgement import Quote, Rubric, Verdict
from harness.records.labels import LONGEST_NAME, Label, add_labels, read_labels
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.visible import visible

LONGEST_QUOTE: Final = 1000
"""Characters of a turn that are kept with a label."""


@dataclass(frozen=True)
class Said:
    """Words of a turn, and the party that they are said for."""

    who: str
    words: str


@dataclass(frozen=True)
class AskedTurn:
    """A turn as a person is shown it.

    Attributes:
        drawn: Which one it is.
        title: Of the dispute.
        summary: Of the dispute.
        before: The words before it, the first one first.
        said: Its words.
        principal: Id of the party that they are said for.
        rubric: What may be marked.
        issues: Id and name of each issue, with id and text of each of its options.
    """

    drawn: Drawn
    title: str
    summary: str
    before: tuple[Said, ...]
    said: Said
    principal: str
    rubric: Rubric
    issues: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


class Labelling:
    """A person's labelling of a run. The same again goes on where it was left.

    Args:
        folder: The run.
        rubric: By what it is labelled.
        who: What the person calls himself or herself.
        turns: How many are drawn.
        seed: Of the draw: the same for all who are to label the same turns.

    Attributes:
        asked: The turns in the order in which this person is asked.
        judged: Whether a judge has read the run by the rubric, so that half of the turns are of
            those in which it found something.

    Raises:
        UsageError: The rubric cannot be labelled by, the name is none, or there is nothing to
            label.
        RecordError: A file of the run is damaged.
    """

    def __init__(
        self, folder: RunFolder, *, rubric: str, who: str, turns: int, seed: int = 0
    ) -> None:
        if rubric not in LABELLED:
            raise UsageError(
                f"nobody can label turns by {rubric[:60]!r}",
                where="--rubric",
                fix=suggest(rubric, LABELLED),
            )
        name = name_of(who)
        self.folder, self.rubric, self.who = folder, rubric, name
        there, self.judged = candidates(folder, rubric)
        if not there:
            raise UsageError(
                "no finished talks of this run have words that could be labelled",
                where=str(folder.path),
                fix="play the run first, with models or people at the table",
            )
        self.asked: Sequence[Drawn] = shuffled(draw(there, turns, seed), seed, name)
        labels = (one for one in read_labels(folder.path) if one.whole is None)
        own = (one for one in labels if one.who == name and one.rubric == rubric)
        self._answered = {(one.record, one.turn): one for one in own}
        self._talks: dict[str, Transcript] = {}

    def answer(self, drawn: Drawn) -> Label | None:
        """What this person has said of a turn; None for nothing yet."""
        return self._answered.get((drawn.turn.record, drawn.turn.turn))

    @property
    def answered(self) -> int:
        """How many of the turns have an answer, those that were left out among them."""
        return sum(self.answer(one) is not None for one in self.asked)

    @property
    def skipped(self) -> int:
        """How many of them were left out."""
        found = (self.answer(one) for one in self.asked)
        return sum(one is not None and one.skipped for one in found)

    def turn(self, drawn: Drawn) -> AskedTurn:
        """A turn as it is shown."""
        record = drawn.turn.record
        if record not in self._talks:
            self._talks = {record: next(self.folder.read([record]))}
        talks = self._talks[record]
        scenario = self.folder.info.scenario(talks.spec.scenario, talks.spec.twin)
        principals = {seat.seat: seat.principal for seat in talks.spec.seats}
        said = [
            (turn.index, principals[turn.seat], turn.words.strip())
            for turn in talks.body.turns
            if turn.kind == "statement" and turn.words.strip()
        ]
        names = {one: scenario.principals[one].name for one in principals.values()}
        at = next(number for number, (index, _, _) in enumerate(said) if index == drawn.turn.turn)
        _, principal, words = said[at]
        return AskedTurn(
            drawn=drawn,
            title=scenario.say(scenario.title),
            summary=scenario.say(scenario.summary),
            before=tuple(Said(names[one], text) for _, one, text in said[:at]),
            said=Said(names[principal], words),
            principal=principal,
            rubric=prose_ledger_rubric(scenario),
            issues=_issues(scenario),
        )

    def keep(self, asked: AskedTurn, verdicts: Iterable[Verdict] | None) -> None:
        """Keep what the person found in a turn; None where it is left out. It is on disk when this
        returns."""
        turn = asked.drawn.turn
        label = Label(
            record=turn.record,
            rubric=self.rubric,
            version=asked.rubric.version,
            who=self.who,
            at=(turn.turn,),
            sampled={turn.turn: asked.drawn.chance},
            verdicts=tuple(verdicts or ()),
            skipped=verdicts is None,
        )
        add_labels(self.folder.path, [label])
        self._answered[turn.record, turn.turn] = label


def name_of(who: str) -> str:
    """A person's name as labels are filed under it.

    Raises:
        UsageError: It is none.
    """
    name = who.strip()
    if not 0 < len(name) <= LONGEST_NAME or visible(name) != name or "\n" in name:
        raise UsageError(
            "this is no name to file labels under",
            where="--who",
            fix=f"use 1 to {LONGEST_NAME} plain characters",
        )
    return name


def agreement_of(folder: RunFolder) -> LabelsRead:
    """What the labels of a run come to.

    Raises:
        UsageError: Nobody has labelled it.
        RecordError: A file of the run is damaged.
    """
    found = labels_read(folder)
    if found is None:
        raise UsageError(
            "nobody has labelled this run",
            where=shown_path(folder.path),
            fix="label it: track15 label RUN",
        )
    return found


def verdict_of(asked: AskedTurn, item: str, answer: str, commitment: str) -> Verdict:
    """An event that a person marks in a turn. It rests on the turn as a whole."""
    fields = {
        BY: asked.principal,
        WAS: UNSAID,
        COMMITMENT: commitment,
        CONDITION: "",
        IN_RETURN: NOTHING,
        AUTHORISED: UNSAID,
    }
    quote = Quote(text=asked.said.words[:LONGEST_QUOTE], at=asked.drawn.turn.turn)
    return Verdict(item=item, answer=answer, quotes=(quote,), fields=fields)


def candidates(folder: RunFolder, rubric: str) -> tuple[list[Turn], bool]:
    """Every turn of the finished talks of a run that has words, and whether a judge has read any of
    them. Where one has, talks that it has not read are left out.

    Raises:
        RecordError: A file of the run is damaged.
    """
    by_record = {key: one for (key, _), one in counted_judgements(folder, rubric).items()}
    found = []
    for talks in folder.transcripts():
        if talks.status != "done" or (by_record and talks.id not in by_record):
            continue
        place = folder.place(talks.id)
        there: set[int] = set()
        if (judgement := by_record.get(talks.id)) is not None:
            events = listed(case_of(talks, folder.info), judgement).events
            there = {one.turn for one in events}
        found += [
            Turn(talks.id, turn.index, place.arms, place.scenario, turn.index in there)
            for turn in talks.body.turns
            if turn.kind == "statement" and turn.words.strip()
        ]
    return found, bool(by_record)


def _issues(scenario: Scenario) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    return tuple(
        (
            one.id,
            scenario.say(one.name),
            tuple((option.id, scenario.say(option.text)) for option in one.options),
        )
        for one in scenario.issues
    )
