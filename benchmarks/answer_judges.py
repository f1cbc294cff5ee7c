"""Does the account of a judge of questions find judges as good as they are?

    python benchmarks/judges.py --write docs/validity.md

writes these tables with its own. Each simulated judge reads the planted transcripts of a rubric
file, in memory. How good it is follows from how it errs, and from what is planted. The second table
repeats the readings of judges that err by chance, and counts how often the interval holds the true
figure. The third counts how often such judges may be used.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from benchmarks.simulated_answers import (
    JUDGES,
    AnsweringJudge,
    Put,
    known_reads,
    put,
    readings,
    wrong,
)
from harness.analysis.agreement import Agreed
from harness.analysis.answer_account import (
    AnswerAccount,
    alpha,
    answer_account,
    error,
    kappa,
    right,
    sensitivity,
    specificity,
)
from harness.analysis.answer_leanings import lean_to_name, pull_to_first
from harness.analysis.answer_reads import AnswerRead
from harness.analysis.answer_usable import answer_verdicts
from harness.analysis.judge_usable import shown
from harness.analysis.known_readings import first_of
from harness.planted.phrases import Split
from harness.planted.planted import Perturbation
from harness.planted.sets import planted

RUBRIC: Final = "pressure"
ITEM: Final = "threat"
WAYS: Final[tuple[Perturbation, ...]] = ("as_written", "label", "order")
SHARES_WRONG: Final = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Of judges that give another answer by chance, whose verdicts are counted."""
SPLITS: Final[tuple[Split, ...]] = ("test", "dev")
LEANINGS: Final = ("names", "order of answers", "speaking order", "seats")
"""Criteria of the leanings, of which such judges have none."""
_BY_NAME: Final = {judge.name: judge for judge in JUDGES}
Find = Callable[[AnswerAccount], Agreed]


@dataclass(frozen=True)
class Truth:
    """What is true of a judge on transcripts that are known.

    Attributes:
        judge: Who reads.
        told: What it reads, told in every way.
    """

    judge: AnsweringJudge
    told: Sequence[AnswerRead]

    def _asked(self, way: str = "as_written", item: str | None = None) -> Iterator[Put]:
        for read in self.told:
            if read.told == way and not self.judge.refuses(read):
                yield from (one for one in put(read) if item in (None, one.asked.item))

    def share(
        self,
        of: Callable[[Put], bool],
        so: Callable[[Put, str | None], bool],
        item: str | None = None,
    ) -> float:
        """The expected share, of the answers to questions of a sort, of which something is so."""
        some = whole = 0.0
        for one in self._asked(item=item):
            if of(one):
                for given, chance in self.judge.takes(one).items():
                    whole += chance * (given is not None)
                    some += chance * (given is not None and so(one, given))
        return some / whole if whole else math.nan

    def right(self, item: str | None = None) -> float:
        """Of right answers."""
        return self.share(lambda one: True, lambda one, given: given == one.true, item)

    def sensitivity(self, item: str | None = None) -> float:
        """Of answers that see that something is there."""
        return self.share(
            lambda one: one.true != one.asked.nothing,
            lambda one, given: given != one.asked.nothing,
            item,
        )

    def specificity(self, item: str | None = None) -> float:
        """Of answers that see that nothing is there."""
        return self.share(
            lambda one: one.true == one.asked.nothing,
            lambda one, given: given == one.asked.nothing,
            item,
        )

    def missing_there(self, item: str) -> float:
        """Of questions without a verdict where something is there."""
        asked = [one for one in self._asked(item=item) if one.true != one.asked.nothing]
        return sum(self.judge.takes(one).get(None, 0.0) for one in asked) / len(asked)

    def unusable(self) -> float:
        """Of readings without a usable reply."""
        return sum(map(self.judge.refuses, self.told)) / len(self.told)

    def table(self, item: str) -> Mapping[tuple[float, float], float]:
        """How often each place is expected to be given where each is true."""
        found: defaultdict[tuple[float, float], float] = defaultdict(float)
        for one in self._asked(item=item):
            for given, chance in self.judge.takes(one).items():
                true, place = one.asked.place(one.true), one.asked.place(given)
                if true is not None and place is not None:
                    found[true, place] += chance
        return found

    def kappa(self, item: str) -> float:
        """Cohen's kappa of the expected table."""
        table = self.table(item)
        whole = math.fsum(table.values())
        same = math.fsum(count for (a, b), count in table.items() if a == b) / whole
        rows, columns = _margins(table)
        chance = math.fsum(rows[one] * columns[one] for one in rows) / whole**2
        return (same - chance) / (1 - chance)

    def alpha(self, item: str) -> float:
        """Krippendorff's alpha (interval) of the expected table, of many transcripts."""
        table = self.table(item)
        rows, columns = _margins(table)
        whole = math.fsum(table.values())
        both = {one: (rows[one] + columns[one]) / (2 * whole) for one in {*rows, *columns}}
        observed = math.fsum(n * (a - b) ** 2 for (a, b), n in table.items()) / whole
        expected = math.fsum(p * q * (a - b) ** 2 for a, p in both.items() for b, q in both.items())
        return 1 - observed / expected

    def error(self, item: str) -> float:
        """How far up the scale the answers are expected to be from the truth."""
        table = self.table(item)
        return math.fsum(n * (b - a) for (a, b), n in table.items()) / math.fsum(table.values())

    def lean(self, way: str, favoured: Callable[[Put], bool]) -> float:
        """How much further up a party is expected to be put than the other, in one telling; a mean
        over questions."""
        sums, count = 0.0, 0
        for one in self._asked(way):
            far = math.fsum(
                chance * (_place(one, given) - _place(one, one.true))
                for given, chance in self.judge.takes(one).items()
            )
            sums += far if favoured(one) else -far
            count += 1
        return 2 * sums / count

    def lean_to_name(self) -> float:
        """Over both tellings."""
        return (
            sum(self.lean(way, lambda one: one.first_name) for way in ("as_written", "label")) / 2
        )

    def pull(self) -> float:
        """How far answers are expected to be drawn towards the one that is listed first."""
        means = []
        for way in ("as_written", "order"):
            places = [
                math.fsum(
                    chance * one.asked.answers.index(given) / (len(one.asked.answers) - 1)
                    for given, chance in self.judge.takes(one).items()
                    if given is not None
                )
                for one in self._asked(way)
            ]
            means.append(math.fsum(places) / len(places))
        return (means[1] - means[0]) / 2


def _place(one: Put, given: str | None) -> float:
    place = one.asked.place(given)
    assert place is not None
    return place


def _margins(
    table: Mapping[tuple[float, float], float],
) -> tuple[Mapping[float, float], Mapping[float, float]]:
    rows: defaultdict[float, float] = defaultdict(float)
    columns: defaultdict[float, float] = defaultdict(float)
    for (a, b), count in table.items():
        rows[a] += count
        columns[b] += count
    return rows, columns


_RIGHT, _THERE, _NOTHING = "right", "sees what is there", "sees nothing where nothing is"
_KAPPA, _ALPHA, _ERROR = f"kappa of {ITEM}", f"alpha of {ITEM}", f"too far up, {ITEM}"
_NAME, _OPENER, _PULL = "lean to a name", "lean to the opener", "pull to the first answer"
_MISSING, _UNUSABLE = f"no verdict where there is a {ITEM}", "readings without a reply"
_BY_CHANCE: Final = (_RIGHT, _THERE, _NOTHING, _KAPPA, _ALPHA, _ERROR, _NAME, _PULL)
_OF: Final[Mapping[str, Sequence[str]]] = {
    "perfect": (_RIGHT, _ALPHA),
    "noisy": _BY_CHANCE,
    "poor": _BY_CHANCE,
    "favours-first-answer": (_RIGHT, _PULL),
    "favours-name": (_RIGHT, _NAME),
    "favours-opener": (_OPENER, _NAME),
    "lazy": (_RIGHT, _THERE, _ALPHA),
    "shy": (_RIGHT, _MISSING),
    "squeamish": (_RIGHT, _UNUSABLE),
}
"""Judge -> figures that are shown of it."""
_TRUE: Final[Mapping[str, Callable[[Truth], float]]] = {
    _RIGHT: Truth.right,
    _THERE: Truth.sensitivity,
    _NOTHING: Truth.specificity,
    _KAPPA: lambda truth: truth.kappa(ITEM),
    _ALPHA: lambda truth: truth.alpha(ITEM),
    _ERROR: lambda truth: truth.error(ITEM),
    _NAME: Truth.lean_to_name,
    _OPENER: lambda truth: truth.lean("as_written", lambda one: one.speaks_first),
    _PULL: Truth.pull,
    _MISSING: lambda truth: truth.missing_there(ITEM),
    _UNUSABLE: Truth.unusable,
}
_FOUND: Final[Mapping[str, Find]] = {
    _RIGHT: lambda account: account.agreement["right"],
    _THERE: lambda account: account.agreement["sensitivity"],
    _NOTHING: lambda account: account.agreement["specificity"],
    _KAPPA: lambda account: account.items[ITEM]["kappa"],
    _ALPHA: lambda account: account.items[ITEM]["alpha"],
    _ERROR: lambda account: account.items[ITEM]["error"],
    _NAME: lambda account: account.bias["label"],
    _OPENER: lambda account: account.bias["speaker"],
    _PULL: lambda account: account.bias["order"],
    _MISSING: lambda account: account.items[ITEM]["missing.there"],
    _UNUSABLE: lambda account: _unusable(account),
}


def figures(truth: Truth) -> Sequence[tuple[str, float, Find]]:
    """Figures of a judge: what they are called, what they truly are, and where they are found."""
    return [(name, _TRUE[name](truth), _FOUND[name]) for name in _OF[truth.judge.name]]


def _unusable(account: AnswerAccount) -> Agreed:
    """The share of readings without a reply; it is counted, so that it has no interval."""
    whole = account.read * len(WAYS) + account.unusable  # as many are unusable in each telling
    return Agreed(account.unusable / whole, None, None, whole)


def holds(found: Agreed | None, true: float) -> bool:
    """Whether a figure is as it truly is: inside of its interval, or equal where it has none."""
    if found is None or found.value is None:
        return False
    if found.low is None or found.high is None:
        return abs(found.value - true) < 1e-9
    return found.low - 1e-9 <= true <= found.high + 1e-9


def known(split: Split = "test") -> list[AnswerRead]:
    """The transcripts with their true answers, told in every way. In the reverse order it is the
    questions and answers that stand otherwise."""
    return known_reads(planted(split, WAYS, rubric=RUBRIC))


def rows(told: Sequence[AnswerRead], seed: int = 1) -> Iterator[tuple[str, ...]]:
    """The first table: what is found of each judge."""
    for judge in JUDGES:
        reads = readings(judge, told, seed)
        account = answer_account(reads)
        verdicts = answer_verdicts(account, len(reads))
        said = {
            answer: ", ".join(n for n, one in verdicts.items() if one.usable == answer)
            for answer in ("yes", "no")
        }
        for number, (name, true, find) in enumerate(figures(Truth(judge, told))):
            one, first = find(account), number == 0
            yield (
                judge.name if first else "",
                judge.does if first else "",
                name,
                f"{true:.3f}".replace("-", "−"),
                shown(one, signed=one.value is not None and one.value < 0),
                "yes" if holds(one, true) else "**no**",
                (said["yes"] or "nothing") if first else "",
                (said["no"] or "nothing") if first else "",
            )


def coverage(told: Sequence[AnswerRead], seeds: Iterable[int]) -> Iterator[tuple[str, ...]]:
    """The second table: how often the interval holds the true figure."""
    numbers = list(seeds)
    for name in ("noisy", "poor", "favours-first-answer", "favours-name"):
        truth = Truth(_BY_NAME[name], told)
        true = {figure: _TRUE[figure](truth) for figure in _BY_CHANCE}
        inside = dict.fromkeys(true, 0)
        for seed in numbers:
            reads = readings(truth.judge, told, seed)
            base, others = first_of(reads), {way: first_of(reads, way) for way in WAYS[1:]}
            first = list(base.values())
            pairs = {
                way: [(one, own[transcript]) for transcript, one in base.items()]
                for way, own in others.items()
            }
            found = (
                right(first),
                sensitivity(first),
                specificity(first),
                kappa(first, ITEM),
                alpha(first, ITEM),
                error(first, ITEM),
                lean_to_name(pairs["label"]),
                pull_to_first(pairs["order"]),
            )
            for figure, one in zip(true, found, strict=True):
                inside[figure] += holds(one, true[figure])
        for figure, count in inside.items():
            value = f"{true[figure]:.3f}".replace("-", "−")
            yield (name, figure, value, f"{count / len(numbers):.3f}")


def verdicts(
    seeds: Iterable[int],
    splits: Sequence[Split] = SPLITS,
    wrong_in: Sequence[float] = SHARES_WRONG,
) -> Iterator[tuple[str, ...]]:
    """The third table: how often a question, and a leaning, is found usable, unclear and not."""
    numbers = list(seeds)
    for split, share in product(splits, wrong_in):
        judge, told = AnsweringJudge("wrong", "", wrong(share)), known(split)
        questions, leanings = Counter[str](), Counter[str]()
        for seed in numbers if share else numbers[:1]:
            account = answer_account(readings(judge, told, seed))
            found = answer_verdicts(account, len(told))
            questions.update(found[item].usable for item, own in account.items.items() if own)
            leanings.update(found[name].usable for name in LEANINGS)
        counted = [
            f"{of[answer] / of.total():.2f}"
            for of in (questions, leanings)
            for answer in ("yes", "unclear", "no")
        ]
        yield (split, f"{1 - share:.2f}", *counted)
