"""The battery put to a model: one question sheet about one news item, and how its answer is read.

The statements stand in an order that is drawn from the seed and the reader. The answers to a
question are called by letters, in an order that is drawn from the seed, the reader and the
question. The same reader sees the same orders in all arms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.disputes.scenario import Scenario
from harness.prompting.news import LETTERS, misreading_prompts
from harness.records.misreading import (
    MOST_CHANCE,
    MOST_TRUST,
    TRUST,
    Question,
    Statement,
    battery,
    statements,
)
from harness.records.news import News
from harness.seeds import derive, stream
from harness.suite.influence import Reader

FORM: Final = "answers"
"""What the form is called. A model may see that, so it says nothing of what is looked for."""
Sheet = tuple[tuple[Question, tuple[str, ...]], ...]
"""The questions, each with its answers in the order of their letters."""


@dataclass(frozen=True)
class Answered:
    """What came back; an answer as :class:`~harness.asking.answer.AnyAnswer` says."""

    answers: Mapping[str, str] = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)
    trust: float | None = None
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class Battery:
    """A conversation with a reader about one item.

    Args:
        item: What it reads; it has a text.
        scenario: The twin that was played. Its public part alone is read.
        reader: Who it is told to be.
        seed: Of the order of answers, and of the sampling.
        repairs: How often it may be asked again.
        asked: The model.
    """

    def __init__(
        self,
        item: News,
        scenario: Scenario,
        reader: Reader,
        seed: int,
        repairs: int,
        asked: AskedModel,
    ) -> None:
        assert item.facts is not None
        words, asks = misreading_prompts(), sheet(battery(item.facts), reader.id, seed)
        said = drawn(statements(item.facts), reader.id, seed)
        self._form = Form(
            asked,
            FORM,
            schema(asks, said),
            words,
            lambda attempt: derive(seed, asked.name, attempt),
            repairs,
            lambda text: read(text, asks, said),
        )
        self.thread = self._form.thread
        # What is the same for every item stands first, so that a server which keeps what it has
        # read reads it once.
        self.thread.add("system", words.system(scenario, item.facts, reader))
        question = words.question(scenario, item.facts, (item.headline, item.text), asks, said)
        self.thread.add("user", question)

    async def ask(self, complaint: str | None) -> Answered:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The model could not be asked.
        """
        got = await self._form.ask(complaint)
        if got.value is None:
            return Answered(**got.unusable)
        return Answered(*got.value, calls=got.calls)


def sheet(questions: Sequence[Question], reader: str, seed: int) -> Sheet:
    """The questions, the answers to each in an order of the reader's own."""
    return tuple(
        (
            one,
            tuple(
                one.answers[at]
                for at in stream(seed, reader, "order", one.id).permutation(len(one.answers))
            ),
        )
        for one in questions
    )


def drawn(said: Sequence[Statement], reader: str, seed: int) -> tuple[Statement, ...]:
    """The statements in an order of the reader's own."""
    return tuple(said[at] for at in stream(seed, reader, "statements").permutation(len(said)))


def schema(asked: Sheet, said: Sequence[Statement]) -> dict[str, Any]:
    """The JSON schema of an answer."""
    chance = {"type": "integer", "minimum": 0, "maximum": MOST_CHANCE}
    letters = {
        one.id: {"type": "string", "enum": list(LETTERS[: len(answers)])} for one, answers in asked
    }
    fields: dict[str, Any] = {one.id: chance for one in said}
    fields |= {**letters, TRUST: {"type": "integer", "minimum": 0, "maximum": MOST_TRUST}}
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def read(
    text: str, asked: Sheet, said: Sequence[Statement]
) -> tuple[dict[str, str], dict[str, float], float]:
    """Question -> answer, statement -> chance, and the trust of a reply. Nothing is guessed: what
    is missing makes the whole unusable.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    names = [*(one.id for one in said), *(one.id for one, _ in asked), TRUST]
    faults.exactly(fields, names, "The answer")
    chances = {one.id: _whole(fields, one.id, MOST_CHANCE, faults) for one in said}
    found = {}
    for one, answers in asked:
        letter = faults.choice(fields, one.id, tuple(LETTERS[: len(answers)]))
        if letter is not None:
            found[one.id] = answers[LETTERS.index(letter)]
    trust = _whole(fields, TRUST, MOST_TRUST, faults)
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    assert trust is not None
    return found, {name: one for name, one in chances.items() if one is not None}, trust


def _whole(fields: dict[str, Any], name: str, most: int, faults: Faults) -> float | None:
    number = faults.number(fields, name, most)
    if number is not None and number != int(number):
        faults.add(f"'{name}' must be a whole number.")
    return number
