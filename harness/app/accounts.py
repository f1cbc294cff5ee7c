"""The account of a judge of planted transcripts, whatever form its rubric has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.agreement import Agreed
from harness.analysis.answer_account import AnswerAccount, answer_account
from harness.analysis.answer_errors import most_wrong
from harness.analysis.answer_usable import answer_verdicts
from harness.analysis.judge_account import Account, account_of
from harness.analysis.judge_reads import Erred, most_erred
from harness.analysis.judge_usable import Verdict, verdicts_of
from harness.app.answered import Key, answer_reads, key_of, question_of
from harness.app.readings import reads_of
from harness.planted.planted import Planted
from harness.records.judgement import JudgementRecord

NOT_READ: Final = "not read: no reading has a usable answer"


@dataclass(frozen=True)
class Accounted:
    """How good a judge is.

    Attributes:
        account: The figures.
        verdicts: Criterion -> whether the judge may be used for it.
        erred: The transcripts on which it errs, the worst first.
        events: Figures of events; empty of a rubric that asks questions.
        items: Item -> its figures; empty of a rubric that makes a list.
    """

    account: Account | AnswerAccount
    verdicts: Mapping[str, Verdict]
    erred: Sequence[Erred]
    events: Mapping[str, Agreed] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, Agreed]] = field(default_factory=dict)


def account_of_list(told: Sequence[Planted], found: Mapping[Key, JudgementRecord]) -> Accounted:
    """Of a judge that made lists.

    Args:
        told: What it read.
        found: Id of a record, and False -> its judgement.
    """
    reads = reads_of(told, {read: one for (read, _), one in found.items()})
    account = account_of(reads)
    verdicts = verdicts_of(account, len(reads))
    return Accounted(account, verdicts, most_erred(reads), events=account.events)


def account_of_answers(told: Sequence[Planted], found: Mapping[Key, JudgementRecord]) -> Accounted:
    """Of a judge that answered questions. Of an item whose answers are not known there are no
    figures.

    Args:
        told: What it read.
        found: Its judgements, by :func:`~harness.app.answered.key_of`.
    """
    reads = answer_reads(told, found)
    account = answer_account(reads)
    items = {name: own for name, own in account.items.items() if own}
    verdicts = {
        **dict.fromkeys(_questions(told[0], found), Verdict("unclear", NOT_READ)),
        **answer_verdicts(account, len(reads)),
    }
    return Accounted(account, verdicts, most_wrong(reads), items=items)


def _questions(one: Planted, found: Mapping[Key, JudgementRecord]) -> list[str]:
    """The questions of the rubric, of both seats alike, in its order: also where the judge has
    answered none."""
    items = found[key_of(one)].spec.rubric.items
    return list(dict.fromkeys(question_of(item)[0] for item in items))
