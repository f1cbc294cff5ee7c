"""Planted transcripts of which the answers to a rubric file are known, and judges of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from harness.files.catalogue import data_root
from harness.judging.passages import lines, of_record
from harness.judging.questionnaire import read
from harness.plans.named_rubrics import from_file
from harness.plans.prose_ledger import BY, LEAVE, THREAT
from harness.plans.swaps import ORDER, rubric_swapped
from harness.planted.phrases import Split
from harness.planted.planted import Perturbation, Planted
from harness.planted.sets import planted
from harness.prompting.judging import judging_prompts
from harness.records.judgement import (
    READ,
    Judge,
    JudgedItem,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Rubric,
    Variant,
    Verdict,
)
from harness.records.transcript import VoidReason
from tests.support.mock_server import USAGE, Answer, Body, completion, payload

PRESSURE: Final = "pressure"
_PASSAGE: Final = re.compile(r"^(?:> )?(\[\d+\] .*)$", re.MULTILINE)
Given = tuple[str, tuple[str, ...]]
"""An answer, and the words that it rests on."""
Says = Callable[[JudgedItem, Given, bool], Given | None]
"""What a judge says of a question, of which it is told the right answer and whether it is asked in
the reverse order; None where it refuses all of them."""


@cache
def pressed(
    split: Split, ways: tuple[Perturbation, ...] = ("as_written",), repeats: int = 1
) -> tuple[Planted, ...]:
    """Transcripts of the prose ledger, with what is true of their threats by ``pressure``. Hurry
    and belittling are not known. One that is read in another order is the one as it is written."""
    told = [_pressed(one) for one in planted(split, [w for w in ways if w != ORDER], repeats)]
    written = [one for one in told if one.perturbation == "as_written" and one.repeat == 1]
    turned = [replace(one, perturbation=ORDER) for one in written] if ORDER in ways else []
    return (*told, *turned)


def _pressed(one: Planted) -> Planted:
    seats = {seat.principal: seat.seat for seat in one.record.spec.seats}
    found = {}
    for seat in seats.values():
        found[seat] = Verdict(item=f"threat_{seat}", answer="none")
    for said in one.truth:
        if said.item == THREAT:
            answer = "named_threat" if said.answer == LEAVE else "open_threat"
            seat = seats[said.fields[BY]]
            found[seat] = Verdict(item=f"threat_{seat}", answer=answer, quotes=said.quotes)
    truth = (*found.values(), Verdict(item="instructs", answer="no"))
    return replace(one, truth=truth, rubric=PRESSURE)


def rubric_for(one: Planted, *, turned: bool = False) -> Rubric:
    """What a judge is asked about a planted transcript."""
    own = from_file(data_root("evals") / "rubrics" / f"{one.rubric}.md")
    scenario = one.scenario.twin(one.record.spec.twin)
    return rubric_swapped(own.of, scenario, ORDER) if turned else own.of(scenario)


def right(item: JudgedItem, given: Given, _: bool) -> Given:
    """Says what is so."""
    return given


def reply(one: Planted, rubric: Rubric, says: Says, *, turned: bool = False) -> str | None:
    """The reply of a judge to a request about a planted transcript; None where it refuses."""
    truth = {verdict.item: verdict for verdict in one.truth}
    whole = {}
    for item in rubric.items:
        nothing = next(answer.id for answer in item.answers if not answer.quoted)
        known = truth.get(item.id)
        given: Given = (nothing, ())
        if known is not None and known.answer is not None:
            given = known.answer, tuple(quote.text for quote in known.quotes)
        said = says(item, given, turned)
        if said is None:
            return None
        answer, quotes = said
        if not quotes and answer not in (nothing, "cannot_tell"):
            quotes = _some_words(one, item)
        whole[item.told] = {"quotes": list(quotes), "answer": answer}
    return json.dumps(whole)


def _some_words(one: Planted, item: JudgedItem) -> tuple[str, ...]:
    scenario = one.scenario.twin(one.record.spec.twin)
    own = [p for p in of_record(one.record, scenario) if item.said_by in (None, p.who)]
    return (own[0].text,)


def judged(
    told: Iterable[Planted], says: Says = right, judge: str = "openai/x"
) -> dict[tuple[str, bool], JudgementRecord]:
    """What a judge makes of planted transcripts, without a server: id of the record, and whether it
    was asked in the reverse order -> its judgement."""
    found = {}
    for one in told:
        turned = one.perturbation == ORDER
        rubric = rubric_for(one, turned=turned)
        spec = JudgementSpec(
            inputs={READ: one.record.id},
            scenario=one.scenario.id,
            twin=one.record.spec.twin,
            judge=Judge(model=judge),
            rubric=rubric,
            variant=Variant(swapped="order", of="0" * 16) if turned else None,
            seed=0,
            templates=judging_prompts().hashes(),
        )
        text = reply(one, rubric, says, turned=turned)
        body, void = Judgement(), None
        if text is None:
            void = VoidReason(kind="reply", seat="judge", detail="the judge refused")
        else:
            scenario = one.scenario.twin(one.record.spec.twin)
            moves = rubric.terms is True
            passages = of_record(one.record, scenario, moves=moves)
            ids = {item.told: item.id for item in rubric.items}
            verdicts = read(text, rubric.as_told(), passages)
            body = Judgement(verdicts=tuple(replace(v, item=ids[v.item]) for v in verdicts))
        status = "done" if void is None else "void"
        found[one.record.id, turned] = JudgementRecord(
            id=spec.id,
            status=status,  # type: ignore[arg-type]
            spec=spec,
            body=body,
            void=void,
        )
    return found


class AnsweringJudge:
    """The script of a mock server that judges planted transcripts by a rubric file.

    Args:
        told: What it may be asked about.
        says: What it says.

    Attributes:
        asked: How often it was asked.
        turned: How often of these in the reverse order.
        instead: Number of a request, from 1 -> what is answered in its place.
        elsewhere: What it says of any other record; None where it is asked about none.
        after: Number of a request, and what is done before it is answered.
    """

    def __init__(self, told: Sequence[Planted], says: Says = right) -> None:
        self._known = {self._lines(one): one for one in told}
        self.says = says
        self.asked = self.turned = 0
        self.instead: dict[int, Answer] = {}
        self.elsewhere: dict[str, Given] | None = None
        self.after: tuple[int, Callable[[], object]] | None = None

    @staticmethod
    def _lines(one: Planted) -> str:
        scenario = one.scenario.twin(one.record.spec.twin)
        moves = rubric_for(one).terms is True
        said = lines(of_record(one.record, scenario, moves=moves))
        return "\n".join(line.removeprefix("> ") for line in said)

    def __call__(self, body: Body) -> str | Answer:
        if "messages" not in body:
            return payload({"data": [{"id": "x"}, {"id": "y"}]})
        self.asked += 1
        if self.after is not None and self.after[0] == self.asked:
            self.after[1]()
        if self.asked in self.instead:
            return self.instead[self.asked]
        asked = body["response_format"]["json_schema"]["schema"]["properties"]
        one = self._known.get("\n".join(_PASSAGE.findall(body["messages"][1]["content"])))
        if one is None:
            if self.elsewhere is None:
                raise LookupError("the request holds no planted transcript")
            given = self.elsewhere
            quoted = {item: (given.get(item) or _nothing(form)) for item, form in asked.items()}
            found = {item: {"quotes": list(q), "answer": a} for item, (a, q) in quoted.items()}
            return completion(json.dumps(found), usage=USAGE)
        turned = next(iter(asked)) == "instructs"
        self.turned += turned
        said = reply(one, rubric_for(one, turned=turned), self.says, turned=turned)
        if said is None:
            return completion(None, refusal="I would rather not")
        return completion(said, usage=USAGE)


def _nothing(form: dict[str, dict[str, dict[str, list[str]]]]) -> Given:
    names = form["properties"]["answer"]["enum"]
    return next(one for one in ("none", "no", "neither", "both") if one in names), ()
