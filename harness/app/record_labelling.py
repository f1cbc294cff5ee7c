"""People answer a rubric's questions about whole records of a run: which are drawn, what is shown
of them, and what is kept.

A person reads what a judge reads, and is asked what a judge is asked. What a judge answered, the
arms, profiles and values are not shown: they would tell what is expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.answer_agreement import split_seat
from harness.analysis.judge_known import counted_judgements
from harness.analysis.label_sample import DrawnRecord, Readable, draw_records, shuffled
from harness.app.labelling import name_of
from harness.disputes.scenario import Scenario, Twin
from harness.errors import UsageError
from harness.evaluators.scales import place_of
from harness.files.paths import shown_path
from harness.judging.passages import lines, of_record
from harness.plans.named_rubrics import FLAG, rubrics_named
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.plans.rubrics import RunRubric
from harness.records.judgement import JudgedItem, Rubric, Verdict
from harness.records.labels import (
    MOST_ANSWERS,
    Label,
    Whole,
    add_labels,
    asked_digest,
    read_labels,
)
from harness.records.publication import PUBLICATION, PublicationRecord
from harness.records.reader import RunFolder
from harness.seeds import stream

EACH: Final = 12
"""Records of each arm that are drawn where nobody says how many: a few more than the fewest by
which an arm is corrected, since some answers will be missing."""
CANNOT_TELL: Final = "the person cannot tell"
LEFT_OUT: Final = "the person left the question out"


@dataclass(frozen=True)
class AskedRecord:
    """A record as a person is shown it.

    Attributes:
        drawn: Which one it is.
        title, summary: Of the dispute, as everybody knows it.
        rubric: What is asked, as a judge is asked it.
        passages: What is read, as a judge reads it, one line a passage.
        items: The questions, in the order in which this person is asked.
    """

    drawn: DrawnRecord
    title: str
    summary: str
    rubric: Rubric
    passages: tuple[str, ...]
    items: tuple[JudgedItem, ...]


class RecordLabelling:
    """A person's answers about records of a run. The same again goes on where it was left.

    Args:
        folder: The run.
        rubric: By what it is labelled: a name, or the path of a rubric file.
        who: What the person calls himself or herself.
        records: How many are drawn, of all arms together; None for :data:`EACH` of every arm.
        seed: Of the draw: the same for all who are to answer about the same records.

    Attributes:
        asked: The records in the order in which this person is asked.
        judged: Whether a judge has read the run by the rubric.
        reworded: Records about which this person has answered the rubric in other words. They are
            asked again.

    Raises:
        UsageError: There is no such rubric, it asks no questions or too many, the name is none,
            or there is nothing to label.
        InputError: The rubric file is wrong.
        RecordError: A file of the run is damaged.
    """

    def __init__(
        self, folder: RunFolder, *, rubric: str, who: str, records: int | None, seed: int = 0
    ) -> None:
        self._rubric = _questions(folder, rubric)
        self.folder, self.rubric, self.who, self._seed = folder, self._rubric.id, name_of(who), seed
        there = list(readable(folder, self._rubric))
        if not there:
            raise UsageError(
                f"no finished record of this run could be read by the rubric {self.rubric!r}",
                where=shown_path(folder.path),
                fix="play the run first, or name another rubric",
            )
        count = records or EACH * len({one.arms for one in there})
        self.asked: Sequence[DrawnRecord] = shuffled(
            draw_records(there, count, seed), seed, self.who
        )
        self.judged = bool(counted_judgements(folder, self.rubric))
        self._asks: dict[tuple[str, Twin], Rubric] = {}
        own = {
            one.record: one
            for one in read_labels(folder.path)
            if one.who == self.who and one.rubric == self.rubric and one.whole is not None
        }
        drawn = [one.of.record for one in self.asked]
        self._answered = {
            record: self._said(own[record])
            for record in drawn
            if record in own and self._is_worded(own[record])
        }
        self.reworded = sum(record in own and record not in self._answered for record in drawn)

    def answers(self, drawn: DrawnRecord) -> Mapping[str, Verdict]:
        """Item -> what this person has said of a record so far."""
        return self._answered.get(drawn.of.record, {})

    def is_complete(self, drawn: DrawnRecord) -> bool:
        """Whether every question about a record has been put."""
        asks = {one.id for one in self._asked_of(drawn.of.record)[1].items}
        return asks <= self.answers(drawn).keys()

    @property
    def complete(self) -> int:
        """About how many records every question has been put."""
        return sum(self.is_complete(one) for one in self.asked)

    @property
    def missing(self) -> int:
        """Questions that this person has left open."""
        told = (one for drawn in self.asked for one in self.answers(drawn).values())
        return sum(one.answer is None for one in told)

    def record(self, drawn: DrawnRecord) -> AskedRecord:
        """A record as it is shown."""
        scenario, rubric = self._asked_of(drawn.of.record)
        read, _ = self.folder.stage(drawn.of.record)
        passages = of_record(read, scenario, moves=rubric.terms is True)
        return AskedRecord(
            drawn=drawn,
            title=scenario.say(scenario.title),
            summary=scenario.say(scenario.summary),
            rubric=rubric,
            passages=tuple(lines(passages)),
            items=self._order(drawn.of.record, rubric),
        )

    def keep(self, asked: AskedRecord, verdict: Verdict) -> None:
        """Keep what the person says to a question. It is on disk when this returns.

        Args:
            verdict: With one of the item's answers; without one it says why.
        """
        record = asked.drawn.of.record
        told = self._answered.setdefault(record, {})
        told[verdict.item] = verdict
        items = {one.id: one for one in asked.rubric.items}
        places = {
            item: place
            for item, one in told.items()
            if items[item].scale and (place := place_of(items[item], one.answer)) is not None
        }
        label = Label(
            record=record,
            rubric=self.rubric,
            version=asked.rubric.version,
            who=self.who,
            at=(),
            sampled={},
            verdicts=tuple(told[item] for item in items if item in told),
            whole=Whole(
                chance=asked.drawn.chance, digest=asked_digest(asked.rubric), places=places
            ),
        )
        add_labels(self.folder.path, [label])

    def _asked_of(self, record: str) -> tuple[Scenario, Rubric]:
        """The dispute of a record, and what is asked about it."""
        place = self.folder.place(record)
        scenario = self.folder.info.scenario(place.scenario, place.twin)
        key = (place.scenario, place.twin)
        if key not in self._asks:
            asks = self._rubric.of(scenario)
            if len(asks.items) > MOST_ANSWERS:
                raise UsageError(
                    f"the rubric {self.rubric!r} asks {len(asks.items):,} questions about each "
                    f"record of {place.scenario!r}; {MOST_ANSWERS} is the limit",
                    where=FLAG,
                    fix="name another rubric",
                )
            self._asks[key] = asks
        return scenario, self._asks[key]

    def _is_worded(self, label: Label) -> bool:
        """Whether a label is by the rubric as it is now."""
        assert label.whole is not None
        return label.whole.digest == asked_digest(self._asked_of(label.record)[1])

    def _said(self, label: Label) -> dict[str, Verdict]:
        """Item -> what is said of it in a label. What the rubric does not ask, and an answer that
        it does not offer, are left out: whoever wrote the file, these are asked again."""
        told = label.items
        return {
            item.id: told[item.id]
            for item in self._asked_of(label.record)[1].items
            if item.id in told
            and told[item.id].answer in (None, *(answer.id for answer in item.answers))
        }

    def _order(self, record: str, rubric: Rubric) -> tuple[JudgedItem, ...]:
        """The questions, those on the one seat or those on the other first, as it falls for this
        person and record: else the answer on the first would lead that on the second."""
        random = stream(self._seed, "labels", "seats", self.who, record)
        first = "ou"[int(random.integers(2))]
        order: dict[str, int] = {}
        for item in rubric.items:
            order.setdefault(split_seat(item.id)[0], len(order))

        def place(item: JudgedItem) -> tuple[int, bool]:
            what, seat = split_seat(item.id)
            return order[what], seat != first

        return tuple(sorted(rubric.items, key=place))


def readable(folder: RunFolder, rubric: RunRubric) -> Iterator[Readable]:
    """Every finished record of a run that a rubric is for, and in which there is something to read.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if PUBLICATION in rubric.kinds:
        articles = folder.records(PUBLICATION, PublicationRecord)
        found = [one.id for one in articles if one.status == "done" and one.body.text.strip()]
    else:
        found = [
            talks.id
            for talks in folder.transcripts()
            if talks.status == "done"
            and any(one.kind == "statement" and one.words.strip() for one in talks.body.turns)
        ]
    for record in found:
        place = folder.place(record)
        yield Readable(record, place.arms, place.scenario)


def _questions(folder: RunFolder, name: str) -> RunRubric:
    """The rubric of that name.

    Raises:
        UsageError: There is none, or it makes a list.
        InputError: The file is wrong.
    """
    found = rubrics_named([name])
    scenario = next(iter(folder.info.scenarios.values()))
    if len(found) == 1 and found[0].of(scenario).listed is None:
        return found[0]
    raise UsageError(
        f"the rubric {name!r} asks no questions that a person could answer: a judge makes a list",
        where=FLAG,
        fix=f"name one that asks questions (track15 list rubrics); {PROSE_LEDGER!r} is labelled "
        "turn by turn",
    )
