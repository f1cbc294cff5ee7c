"""How far the judgements of a run stand: refusals, abstentions, quotes that do not occur, and what
becomes of an answer when names or the order are exchanged.

What is missing is counted and listed, and is never taken for a mild answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.disputes.scenario import Twin
from harness.evaluators.scales import place_of, verdicts_of
from harness.records.finished import record_hash
from harness.records.folder import file_of
from harness.records.judgement import JUDGEMENT, READ, JudgementRecord, Rubric, Variant
from harness.records.judging import read_judgings
from harness.records.reader import RunFolder

MOST_LISTED: Final = 50
"""Missing verdicts that are listed of a judge and rubric; the rest are counted."""
NO_REPLY: Final = "no usable reply"
Swapped = Literal["labels", "order"]


class Without(BaseModel):
    """What has no verdict.

    Attributes:
        record: Id of the record that was judged.
        item: The question; None for all of them, where the judge refused or gave no usable answer.
        why: In words.
    """

    model_config = ConfigDict(frozen=True)

    record: str
    item: str | None
    why: str


class Judged(BaseModel):
    """The judgements of a run by one judge, rubric and form.

    Attributes:
        judge: Its address.
        rubric: By name.
        swapped: What was exchanged; None for the form that measures are taken from.
        records: Judged.
        void: Of these, without a usable answer.
        questions: Asked in the others; of a list, its entries.
        undecided: Of these, without a verdict; of a list, entries that were thrown away among them.
        rejected: Quotes thrown away; of a list, as many entries.
        reasons: Why -> how often, of the void and the undecided.
        listed: The first of them.
        of_list: Whether the rubric asks for a list.
    """

    model_config = ConfigDict(frozen=True)

    judge: str
    rubric: str
    swapped: Swapped | None
    records: int
    void: int
    questions: int
    undecided: int
    rejected: int
    reasons: dict[str, int]
    listed: tuple[Without, ...]
    of_list: bool = Field(default=False, exclude_if=lambda is_one: not is_one)

    @property
    def missing(self) -> int:
        """How many lines a whole list of what is missing has."""
        return self.void + self.undecided


class Compared(BaseModel):
    """The answers to one question, asked twice: as usual, and with something exchanged.

    Attributes:
        judge: Its address.
        rubric: By name.
        swapped: What was exchanged.
        item: The question.
        compared: Records with an answer both times.
        missing: Records with an answer only once, or never.
        flipped: Of the compared, those with another answer.
        flip_rate: That as a share; None where nothing was compared.
        turned: Of these, those that changed sign on a scale that runs from one party to the other;
            None on others.
        off: Mean distance of the two answers on the scale, in its units; 0 is how it should be.
            None without a scale, or where nothing was compared.
        lean: Half the mean of (as usual - exchanged). With the names exchanged it is how far a
            judge leans to the name that the party in question has in the scenario as it is
            written; on a scale between the parties, + to the name of the one that is written into
            the official seat. None as for ``off``.
    """

    model_config = ConfigDict(frozen=True)

    judge: str
    rubric: str
    swapped: Swapped
    item: str
    compared: int
    missing: int
    flipped: int
    flip_rate: float | None
    turned: int | None
    off: float | None
    lean: float | None


class JudgingFound(BaseModel):
    """What became of a run's judgements.

    Attributes:
        judged: By judge, rubric and form; empty where there are none.
        compared: What exchanging names or the order changed, question by question.
    """

    model_config = ConfigDict(frozen=True)

    judged: tuple[Judged, ...] = ()
    compared: tuple[Compared, ...] = ()


NOT_JUDGED: Final = JudgingFound()
"""Where nobody judged."""


@dataclass
class _Answers:
    """The answers of a judgement by item: place on the scale or None, and the answer itself."""

    answers: Mapping[str, str | None]
    places: Mapping[str, float | None]


@dataclass
class _Pairs:
    """Answers to one question as usual and otherwise."""

    compared: int = 0
    missing: int = 0
    flipped: int = 0
    turned: int = 0
    directed: bool = False
    scaled: int = 0
    off: float = 0.0
    lean: float = 0.0

    def add(self, item: str, first: _Answers | None, second: _Answers | None, sign: int) -> None:
        """Count a pair of judgements.

        Args:
            first: As usual.
            second: With something exchanged.
            sign: -1 where the parties have each other's names, or chairs, as usual already.
        """
        before = None if first is None else first.answers.get(item)
        after = None if second is None else second.answers.get(item)
        if first is None or second is None or before is None or after is None:
            self.missing += 1
            return
        self.compared += 1
        self.flipped += before != after
        one, other = first.places.get(item), second.places.get(item)
        if one is not None and other is not None:
            self.scaled += 1
            self.off += abs(one - other)
            self.lean += sign * (one - other)
            self.turned += one * other < 0


@dataclass(frozen=True)
class _Other:
    """A judgement with something exchanged."""

    judge: str
    rubric: str
    variant: Variant
    asked: Rubric
    twin: Twin | None
    answers: _Answers | None

    @property
    def sign(self) -> int:
        """See :meth:`_Pairs.add`."""
        if self.variant.swapped != "labels" or self.twin is None:
            return 1
        return -1 if self.twin.swaps_names != self.twin.swaps_seats else 1


@dataclass
class _Group:
    """Judgements of a judge, rubric and form, while they are counted."""

    records: int = 0
    void: int = 0
    questions: int = 0
    undecided: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    listed: list[Without] = field(default_factory=list)
    of_list: bool = False

    def add(self, record: JudgementRecord) -> None:
        """Count a judgement."""
        read = record.spec.inputs.get(READ, "")
        self.records += 1
        self.of_list = record.spec.rubric.listed is not None
        if record.status != "done":
            self.void += 1
            detail = "" if record.void is None else record.void.detail
            why = next(iter(detail.splitlines()), "") or NO_REPLY
            self._note(Without(record=read, item=None, why=why), NO_REPLY)
            return
        verdicts = verdicts_of(record)
        found = record.body.verdicts if self.of_list else verdicts.values()
        for one in found:
            self.questions += 1
            self.rejected += len(one.rejected)
            if one.answer is None:
                self.undecided += 1
                why = one.problem or "no verdict"
                self._note(Without(record=read, item=one.item, why=why), why)

    def _note(self, without: Without, reason: str) -> None:
        self.reasons[reason] += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(without)


def judged_of(folder: RunFolder) -> JudgingFound:
    """What became of a run's judgements, and what exchanging changed. A judgement of a record that
    was played again since does not count, nor does one that its judge was asked for again, in other
    words: the last with an answer does.

    Raises:
        RecordError: A judgement is damaged.
    """
    groups: dict[tuple[str, str, Swapped | None], _Group] = {}
    usual: dict[str, _Answers | None] = {}
    others: list[_Other] = []
    anew = _asked_anew(folder)
    for record in standing(folder):
        spec = record.spec
        swapped = None if spec.variant is None else spec.variant.swapped
        key = (spec.judge.model, spec.rubric.id, swapped)
        if record.id not in anew:
            groups.setdefault(key, _Group()).add(record)
        # The usual form stays the other half of one that was not asked for again.
        if spec.rubric.listed is not None or (record.id in anew and spec.variant is not None):
            continue
        found = _answers(record)
        if spec.variant is None:
            usual[record.id] = found
        else:
            others.append(_Other(*key[:2], spec.variant, spec.rubric, spec.twin, found))
    told = tuple(_told(key, group) for key, group in groups.items())
    return JudgingFound(judged=told, compared=tuple(_compared(usual, others)))


def _asked_anew(folder: RunFolder) -> frozenset[str]:
    """Judgements in whose place there is another one, by the same judge and rubric in the same
    form. Few runs have any: the judgements are read for it only where more were asked for than one.
    """
    asked: dict[tuple[str, str, str, str | None], set[str]] = {}
    for one in read_judgings(folder.path):
        key = (one.read, one.rubric, one.judge, one.swap)
        asked.setdefault(key, set()).add(one.judgement)
    several = {judgement for those in asked.values() if len(those) > 1 for judgement in those}
    counts: dict[tuple[str, str, str, Swapped | None], JudgementRecord] = {}
    for record in standing(folder) if several else ():
        if record.id in several:
            spec = record.spec
            swapped = None if spec.variant is None else spec.variant.swapped
            # The same model with other settings is another judge.
            of = (spec.inputs[READ], spec.rubric.id, spec.judge.model_dump_json(), swapped)
            if of not in counts or record.status == "done" or counts[of].status != "done":
                counts[of] = record
    return frozenset(several - {record.id for record in counts.values()})


def standing(folder: RunFolder) -> Iterator[JudgementRecord]:
    """The judgements of a run's records as they are now: one of what was played again since is left
    out.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if not (folder.path / file_of(JUDGEMENT)).is_file():
        return
    hashes: dict[str, str | None] = {}
    for record in folder.records(JUDGEMENT, JudgementRecord):
        stands = True
        for read in record.inputs.values():
            if read.id not in hashes:
                there = folder.stage_index.has((read.id,))
                line = folder.stage_index.line(read.id)[1] if there else None
                hashes[read.id] = None if line is None else record_hash(line)
            stands = stands and hashes[read.id] == read.hash
        if stands:
            yield record


def _answers(record: JudgementRecord) -> _Answers | None:
    """The answers of a judgement; None where it has none."""
    if record.status != "done":
        return None
    verdicts = verdicts_of(record)
    turned = record.spec.variant is not None and record.spec.variant.swapped == "order"
    places = {}
    for item in record.spec.rubric.items:
        if item.scale is None or item.id not in verdicts:
            continue
        usual = item.model_copy(update={"answers": item.answers[::-1]}) if turned else item
        places[item.id] = place_of(usual, verdicts[item.id].answer)
    return _Answers({name: one.answer for name, one in verdicts.items()}, places)


def _told(key: tuple[str, str, Swapped | None], group: _Group) -> Judged:
    judge, rubric, swapped = key
    return Judged(
        judge=judge,
        rubric=rubric,
        swapped=swapped,
        records=group.records,
        void=group.void,
        questions=group.questions,
        undecided=group.undecided,
        rejected=group.rejected,
        reasons=dict(group.reasons.most_common()),
        listed=tuple(group.listed),
        of_list=group.of_list,
    )


def _compared(
    usual: Mapping[str, _Answers | None],
    others: Iterable[_Other],
) -> Iterator[Compared]:
    """Question by question, in the order in which they are asked as usual."""
    pairs: dict[tuple[str, str, Swapped], dict[str, _Pairs]] = {}
    for one in others:
        of, swapped = one.variant.of, one.variant.swapped
        if of not in usual:  # it is not there yet, or is of what was played again since
            continue
        own = pairs.setdefault((one.judge, one.rubric, swapped), {})
        items = one.asked.items[::-1] if swapped == "order" else one.asked.items
        for item in items:
            pair = own.setdefault(item.id, _Pairs(directed=item.scale == "direction"))
            pair.add(item.id, usual[of], one.answers, one.sign)
    for (judge, rubric, swapped), questions in pairs.items():
        for name, pair in questions.items():
            yield Compared(
                judge=judge,
                rubric=rubric,
                swapped=swapped,
                item=name,
                compared=pair.compared,
                missing=pair.missing,
                flipped=pair.flipped,
                flip_rate=pair.flipped / pair.compared if pair.compared else None,
                turned=pair.turned if pair.directed else None,
                off=pair.off / pair.scaled if pair.scaled else None,
                lean=pair.lean / pair.scaled / 2 if pair.scaled else None,
            )
