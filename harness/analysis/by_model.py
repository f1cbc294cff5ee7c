"""The questions of a suite put to each line-up by itself, where several models take turns in a run.

A mean over models says nothing of any of them. So the answer of such a run has a line for each, and
so has every other thing that the suite asks. What is tested several times is corrected for it
(Holm): the primary question over the line-ups, the others over all questions and line-ups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.account import Account, account_of
from harness.analysis.chain_cells import chain_parts
from harness.analysis.chain_finding import LinkFinding, links_of
from harness.analysis.checks import CheckResult, evaluate_check, of_complete_twins
from harness.analysis.contrast import corrected, evaluate
from harness.analysis.courses import Courses, with_courses
from harness.analysis.decomposition import Chain
from harness.analysis.dose import DoseCurve, dose_curves
from harness.analysis.effect import Effect
from harness.analysis.factorial_effects import FactorialFinding
from harness.analysis.factorial_effects import corrected as corrected_factorials
from harness.analysis.families import families
from harness.analysis.mechanisms import MechanismFinding, factorial_of, mechanism_findings
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.sentence import answer
from harness.analysis.twopart import TwoPart, two_part
from harness.analysis.unheard import with_unheard
from harness.analysis.values import Values
from harness.evaluators.base import Measure
from harness.records.episodes import lineup_name
from harness.records.run import RunInfo
from harness.suite.contrasts import Contrast
from harness.suite.suite import Suite

_Labelled = TypeVar("_Labelled", Effect, CheckResult, DoseCurve, MechanismFinding)


class ModelFinding(BaseModel):
    """What a run shows of one line-up.

    Attributes:
        label: The roles in which line-ups differ, and who plays them.
        models: Role -> who plays it.
        account: What became of its dialogues. ``planned`` is what the suite means without a limit.
        primary: Answer to the primary question, Holm-corrected over the line-ups; None where the
            suite has none.
        short: The label without the places of models, where nothing is lost by it.
        secondary: Answers to the other questions, Holm-corrected over all of them and all line-ups.
        checks: Controls, in the suite's order.
        doses: What follows more of one incentive.
        mechanisms: Incentives that the suite switches one at a time.
        factorial: As of a run of one line-up; corrected over all line-ups.
        two_part: Agreement and terms, by family of scenarios.
        links: The links of the chain that the suite asks about, where it asks about more than
            talks.
        chain_parts: What of the later talks is the article's doing, and what the revealed hand's.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    models: dict[str, str]
    account: Account
    primary: Effect | None
    short: str = ""
    secondary: tuple[Effect, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    doses: tuple[DoseCurve, ...] = ()
    mechanisms: tuple[MechanismFinding, ...] = ()
    factorial: FactorialFinding | None = None
    two_part: TwoPart | None = None
    links: tuple[LinkFinding, ...] = Field(default=(), exclude_if=lambda found: not found)
    chain_parts: Chain | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def line(self) -> str:
        """The answer in a line, with how many talks ended in a deal and how many are void."""
        arms = self.account.arms
        compared = None
        if self.primary is not None:
            compared = {self.primary.contrast.treatment, self.primary.contrast.control}
        shown = [
            f"{name} {arm.deals:,} of {arm.done:,}"
            for name, arm in arms.items()
            if arm.settled and (compared is None or name in compared)
        ]
        counts = f"Deals: {', '.join(shown)}. " if shown else ""
        if void := self.account.total("void"):
            counts += f"Void: {void:,} of {self.account.total('settled'):,}. "
        return f"{self.label}: {counts}{answer(self.account, self.primary)}"


def by_model(
    info: RunInfo,
    values: Values,
    definitions: Mapping[str, Measure],
    courses: Courses | None = None,
    measure: str = "settlement.skew",
) -> tuple[ModelFinding, ...]:
    """What a run shows of each of its line-ups, in their order; empty for a run of one.

    Args:
        definitions: ``evaluator.measure`` -> its definition.
        courses: Of the dialogues, where something is asked of voids.
        measure: The measure that the run is about.
    """
    if not info.lineups:
        return ()
    own = [values.of_lineup(lineup_name(models)) for models in info.lineups]
    shorts = shortened_labels(info.lineups)
    asked = info.suite.contrasts
    known = (own, definitions, courses or {}, info.suite)
    firsts = _answers([] if asked is None else [asked.primary], *known)
    others = _answers([] if asked is None else asked.secondary, *known)
    each = info.model_copy(
        update={"dialogues": (info.dialogues + info.cut) // len(info.lineups), "limited": False}
    )
    found = [
        _finding(
            each, models, part, short, definitions, measure, first, list(_of(secondary, short))
        )
        for models, part, short, first, secondary in zip(
            info.lineups, own, shorts, firsts, others, strict=True
        )
    ]
    whole = iter(corrected_factorials([one.factorial for one in found if one.factorial]))
    return tuple(
        one.model_copy(update={"factorial": next(whole)}) if one.factorial else one for one in found
    )


def _finding(
    info: RunInfo,
    models: dict[str, str],
    values: Values,
    short: str,
    definitions: Mapping[str, Measure],
    measure: str,
    first: Sequence[Effect],
    secondary: Sequence[Effect],
) -> ModelFinding:
    """What a run shows of one line-up, whose dialogues alone are in ``values``."""
    suite = info.suite
    played = {dialogue.scenario for dialogue in values.dialogues.values()}
    kinds = families({name: one for name, one in info.scenarios.items() if name in played})
    primary = None if suite.contrasts is None else suite.contrasts.primary
    # It enters what mechanisms read.
    parts = two_part(values, kinds, primary, measure)
    found = asked_of(suite, values, secondary, definitions, measure)
    answers = list(_of(first, short))
    return ModelFinding(
        label=label_of(models, info.lineups),
        models=models,
        account=_account(info, values),
        primary=next(iter(answers), None),
        links=links_of([*answers, *secondary], values),
        chain_parts=chain_parts(suite, values),
        short=short,
        two_part=parts,
        factorial=found.pop("factorial"),
        **{name: tuple(_of(own, short)) for name, own in found.items()},
    )


def _account(info: RunInfo, values: Values) -> Account:
    """What became of what a line-up has played."""
    if not values.dialogues:
        return account_of(info, {})
    return account_of(info, values.proceedings, values.followed)


def asked_of(
    suite: Suite,
    values: Values,
    secondary: Sequence[Effect],
    definitions: Mapping[str, Measure],
    measure: str,
) -> dict[str, Any]:
    """What a suite asks besides its primary question, answered: the fields of findings.

    Args:
        values: After :func:`~harness.analysis.twopart.two_part`.
        secondary: Answers to its secondary questions.
        measure: The measure that the run is about.
    """
    arms = list(values.proceedings)
    scale = scale_of(definitions[measure].range) if measure in definitions else UNKNOWN
    checks = [
        evaluate_check(
            check,
            {
                arm: of_complete_twins(values, check.measure, arm, suite.twins_of(arm))
                for arm in arms
                if check.extreme is not None or arm == check.arm
            },
        )
        for check in suite.checks
    ]
    return {
        "secondary": tuple(secondary),
        "mechanisms": mechanism_findings(suite, values, measure, secondary, dict(definitions)),
        "factorial": factorial_of(suite, values.observations(measure), scale),
        "doses": dose_curves(suite, values.observations, measure),
        "checks": tuple(checks),
    }


def called(lineups: Iterable[ModelFinding]) -> dict[str, str]:
    """Name of a line-up -> what it is called."""
    return {lineup_name(one.models): one.short for one in lineups}


def together(lineups: Sequence[ModelFinding]) -> dict[str, Any]:
    """The same of every line-up, in one list each, question by question; empty for none."""
    if not lineups:
        return {}
    lists = ("secondary", "mechanisms", "doses", "checks")
    each = {name: zip(*(getattr(one, name) for one in lineups), strict=True) for name in lists}
    found = {name: tuple(chain.from_iterable(rows)) for name, rows in each.items()}
    return {**found, "factorial": None}


def _of(found: Iterable[_Labelled], short: str) -> Iterator[_Labelled]:
    """The same, each saying whom it is of."""
    return (one.model_copy(update={"lineup": short}) for one in found)


def label_of(models: Mapping[str, str], lineups: Sequence[Mapping[str, str]]) -> str:
    """A line-up by those who do not play in all: ``unofficial MODEL``."""
    own = [
        f"{role} {model}"
        for role, model in models.items()
        if any(other.get(role) != model for other in lineups)
    ]
    return ", ".join(own)


def shortened_labels(lineups: Sequence[Mapping[str, str]]) -> list[str]:
    """The labels of line-ups without the places of models; with them where two would be alike."""
    bare = [{role: model.partition("@")[0] for role, model in models.items()} for models in lineups]
    if len({tuple(sorted(one.items())) for one in bare}) < len(bare):
        return [label_of(models, lineups) for models in lineups]
    return [label_of(models, bare) for models in bare]


def words_of(definitions: Mapping[str, Measure]) -> tuple[dict[str, str], dict[str, Scale]]:
    """Titles and scales of measures."""
    titles = {name: measure.title for name, measure in definitions.items()}
    return titles, {name: scale_of(measure.range) for name, measure in definitions.items()}


def _answers(
    asked: Sequence[Contrast],
    own: Sequence[Values],
    definitions: Mapping[str, Measure],
    courses: Courses,
    suite: Suite,
) -> list[list[Effect]]:
    """The questions within each line-up, corrected over all of them and all line-ups."""
    titles, scales = words_of(definitions)
    found = [
        evaluate(
            contrast,
            with_courses(values.observations(contrast.measure), courses),
            titles,
            scales.get(contrast.measure, UNKNOWN),
            planned={arm: suite.twins_of(arm) for arm in suite.arms},
        )
        for values in own
        for contrast in asked
    ]
    whole = corrected(found)
    by_lineup = [whole[i * len(asked) : (i + 1) * len(asked)] for i in range(len(own))]
    return [
        [with_unheard(effect, values) for effect in effects]
        for effects, values in zip(by_lineup, own, strict=True)
    ]
