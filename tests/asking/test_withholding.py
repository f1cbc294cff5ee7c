"""What is left of answers, calls, failures and texts that hold a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from harness.asking.answer import MadeCall
from harness.asking.withholding import HIDDEN, UNTOLD, readable, told, without_keys
from harness.models import keys
from harness.models.keys import WITHHELD, use_keys
from harness.records.transcript import Call, Repair

KEY = "key-0a1B2c3D4e5F6g7H"


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    use_keys([KEY])


@dataclass(frozen=True)
class Article:
    """An answer with parts of every kind."""

    title: str | None = None
    paragraphs: tuple[str, ...] = ()
    sources: Mapping[str, tuple[Repair, ...]] | None = None
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


def call(**changed: str) -> MadeCall:
    parts: dict[str, Any] = {"model": "m", "reply": "fine", **changed}
    made = Call(index=-1, seat="author", purpose="move", prompt=("a",), **parts)
    return MadeCall(call=made, seconds=1.0, attempts=1)


@pytest.mark.parametrize(
    "held",
    [
        Article(title=f"Of {KEY}"),
        Article(title="Talks", paragraphs=("They met.", f"They said {KEY}.")),
        Article(sources={"it": (Repair(error=f"it said {KEY}"),)}),
        Article(sources={KEY: ()}),
        Article(problem=f"it said {KEY}"),
        Article(problem="it was cut off", hint=f"try {KEY}"),
    ],
)
def test_nothing_is_left_of_an_answer_that_holds_a_key_but_its_calls(held: Article) -> None:
    made = call()
    answer = Article(
        held.title, held.paragraphs, held.sources, held.problem, held.hint, calls=[made]
    )
    assert without_keys(answer) == Article(problem=UNTOLD, calls=(made,))


def test_an_answer_without_one_stays_as_it_is() -> None:
    sources = {"it": (Repair(error="no JSON"),)}
    answer = Article("Talks", ("They met.",), sources, calls=(call(),))
    assert without_keys(answer) == answer


def test_a_call_that_holds_a_key_keeps_what_it_took() -> None:
    calls = (call(reply=f"I am {KEY}"), call(model=KEY, how="schema"), call(reasoning=KEY))
    said, named, thought = without_keys(Article("Talks", calls=calls)).calls
    assert (thought.call.reasoning, thought.call.finish_reason) == (None, WITHHELD)
    assert (said.call.reply, said.call.finish_reason) == ("", WITHHELD)
    assert (said.call.model, said.seconds) == ("m", 1.0)
    assert (named.call.model, named.call.how, named.call.reply) == (HIDDEN, None, "")


def test_a_failure_and_a_text_that_hold_a_key_are_not_told() -> None:
    assert told("connection refused") == "connection refused"
    assert KEY not in told(f"refused {KEY}")
    texts = {"a": ("system", f"Use {KEY}."), "b": ("user", "Hello.")}
    assert readable(texts) == {"a": ("system", HIDDEN), "b": ("user", "Hello.")}
