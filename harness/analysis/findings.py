"""What a run shows: the answer to its question, and everything a reader needs to doubt it.

One pass over transcripts and one over scores; the result is small, JSON-dumpable, and all that is
said comes from it. Missing values are counted beside every mean and never enter one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.account import Account, account_of
from harness.analysis.anchored_arms import AnchoredArm
from harness.analysis.arm_finding import ArmFinding, arm_finding
from harness.analysis.asked import courses_for, effects_of
from harness.analysis.balance import BalanceEffect, balance_of
from harness.analysis.by_model import ModelFinding, asked_of, by_model, called, together
from harness.analysis.chain_cells import chain_parts
from harness.analysis.chain_finding import ChainOf, LinkFinding, links_of
from harness.analysis.chains import read_episodes
from harness.analysis.checks import CheckResult
from harness.analysis.declared import Declared, declared
from harness.analysis.decomposition import Chain
from harness.analysis.dose import DoseCurve
from harness.analysis.effect import Effect
from harness.analysis.factorial_effects import FactorialFinding
from harness.analysis.families import families
from harness.analysis.headline import LATER, LATER_AGREEMENT, headline, later_agreement
from harness.analysis.instruments import INSTRUMENT, after_talks
from harness.analysis.judge_known import NOTHING_KNOWN, JudgeKnown
from harness.analysis.judged import NOT_JUDGED, JudgingFound, judged_of
from harness.analysis.judged_measures import (
    JudgeCorrected,
    Labels,
    judged_findings,
    said_of_judges,
    without_errors,
)
from harness.analysis.mechanisms import MechanismFinding
from harness.analysis.prefix import PrefixShares, prefix_shares
from harness.analysis.run_values import read_values
from harness.analysis.so_far import AT_ITS_END, UNFINISHED, SoFar, so_far
from harness.analysis.thresholds import Probes, checked, probes_of
from harness.analysis.twopart import TwoPart, two_part
from harness.analysis.values import Brief, Known, Values
from harness.evaluators.base import Evaluator, Measure, kind_of
from harness.evaluators.chain import CHAIN, of_chains
from harness.evaluators.registry import builtin
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.served import sentences, warnings
from harness.suite.suite import Suite

PRIMARY: Final = "settlement.skew"
"""The measure of a run whose suite declares no contrast."""
TOGETHER: Final = (
    "Each line-up of models is answered by itself, with p corrected over all of them; so is every "
    "other question, dose and check. What is said of arms alone is over all line-ups together, and "
    "is no answer about any. To compare them, type: track15 compare RUN"
)


class Findings(BaseModel):
    """What a run shows.

    Attributes:
        account: What became of the dialogues: planned, played, cut, void, failed, without deal.
        instrument: Every seat of every dialogue was scripted: the run tests the instrument and is
            no evidence about models.
        primary_measure: Measure of the primary contrast, or :data:`PRIMARY`.
        primary: Answer to the primary question; None where the suite has none.
        declared: When the questions were declared: before the first result, or after how many.
        secondary: Holm-corrected together.
        mechanisms: Incentives that the suite switches one at a time.
        factorial: What combinations of mechanisms do to the primary measure; None where the suite
            does not switch two or more on one track.
        doses: What follows more of one incentive, in the suite's order.
        two_part: Agreement and terms of every arm and of the primary contrast, by family of
            scenarios; None in findings that were made without it.
        balance: What speaking first, the names and the chairs do by themselves, in the arms that
            the primary contrast compares; uncorrected.
        links: The links of the chain that the suite asks about, where it asks about more than talks
            and one line-up plays; else none. Each line-up of several has its own, in ``by_model``.
        chain_parts: What of the later talks is the article's doing and what the revealed hand's,
            where the suite plays the four cells of both, likewise; else None.
        anchored: What readers changed, corrected by people's answers, where these were given.
        judging: What became of judgements, and what exchanging names or the order changed.
        corrected: Figures by a judge whose errors are known, uncorrected and corrected; of each
            line-up by itself, where there are several.
        judge_warnings: Why what is kept of a judge's errors is not used, a sentence each.
        labels: Who labelled turns of the run, and how far they agree; None where nobody did.
        scripts_after: What has to be said of scripts that write or read in a run in which models
            take part; else empty.
        checks: Controls, in the suite's order.
        measures: Definition of every measure that occurs.
        all_measures: ``evaluator.measure`` -> arm -> the measure in short, of everything that was
            scored. Each arm of ``arms`` has more, of the measures that tables show.
        prompts: How much of the prompts a prefix cache could serve; None where no model played.
        probes: What each model signed when it was asked in private, and whether its incentives
            took; None where none was asked.
        served: What the models' servers said that they serve, a sentence each.
        by_model: What the run shows of each line-up of models; empty for a run of one. What the
            suite asks (``secondary``, ``mechanisms``, ``doses``, ``checks``), and ``corrected``, is
            then of each line-up too, as its ``lineup`` says. All else, ``primary`` and
            ``two_part`` among it, is over all of them together.
        so_far: What may be said of the primary question before the run is finished, of each
            line-up; none of a run that is.
        served_warnings: That an address was served by more than one model, a sentence each.
    """

    model_config = ConfigDict(frozen=True)

    account: Account
    suite: str
    title: str
    question: str
    version: str
    created: str
    instrument: bool
    models: dict[str, str]
    seed: int
    epochs: int
    twins: tuple[str, ...]
    planned: int
    dialogues: int
    limited: bool
    scenarios: tuple[str, ...]
    primary_measure: str
    primary: Effect | None
    declared: Declared | None = None
    secondary: tuple[Effect, ...]
    arms: tuple[ArmFinding, ...]
    mechanisms: tuple[MechanismFinding, ...]
    factorial: FactorialFinding | None
    doses: tuple[DoseCurve, ...] = ()
    two_part: TwoPart | None = None
    balance: tuple[BalanceEffect, ...] = ()
    checks: tuple[CheckResult, ...]
    measures: dict[str, Measure]
    all_measures: dict[str, dict[str, Brief]] = {}
    prompts: PrefixShares | None = None
    probes: Probes | None = None
    served: tuple[str, ...] = ()
    served_warnings: tuple[str, ...] = ()
    by_model: tuple[ModelFinding, ...] = Field(default=(), exclude_if=lambda found: not found)
    links: tuple[LinkFinding, ...] = Field(default=(), exclude_if=lambda found: not found)
    chain_parts: Chain | None = Field(default=None, exclude_if=lambda found: found is None)
    anchored: tuple[AnchoredArm, ...] = Field(default=(), exclude_if=lambda found: not found)
    judging: JudgingFound = Field(default=NOT_JUDGED, exclude_if=lambda one: not one.judged)
    corrected: tuple[JudgeCorrected, ...] = Field(default=(), exclude_if=lambda found: not found)
    judge_warnings: tuple[str, ...] = Field(default=(), exclude_if=lambda said: not said)
    labels: Labels | None = Field(default=None, exclude_if=lambda found: found is None)
    scripts_after: str = Field(default="", exclude_if=lambda said: not said)
    so_far: tuple[SoFar, ...] = Field(default=(), exclude_if=lambda said: not said)

    @property
    def primaries(self) -> tuple[Effect, ...]:
        """Answers to the primary question: of each line-up, where there are several."""
        if self.by_model:
            return tuple(one.primary for one in self.by_model if one.primary is not None)
        return () if self.primary is None else (self.primary,)

    @property
    def chains(self) -> tuple[ChainOf, ...]:
        """The chain, or that of each line-up; none where the suite asks about talks alone."""
        if not self.by_model:
            only = ChainOf(label="", links=self.links, parts=self.chain_parts)
            return (only,) if self.links else ()
        return tuple(
            ChainOf(label=one.short, links=one.links, parts=one.chain_parts)
            for one in self.by_model
            if one.links
        )

    @property
    def answer(self) -> str:
        """The answer in plain sentences, with what weakens it."""
        return " ".join(self.answer_in_parts)

    @property
    def answer_in_parts(self) -> tuple[str, ...]:
        """The same in the parts that it is read in: agreement, terms, their size, and that the
        question was changed, where it was. Of a run of several line-ups, a part for each."""
        changed = self.declared.changed if self.declared is not None else ()
        if self.so_far and any(one.interval is not None for one in self.primaries):
            changed = (*changed, AT_ITS_END)
        if self.by_model:
            return (*map(self._line, self.by_model), TOGETHER, *changed)
        parts = list(headline(self.account, self.primary, self.two_part))
        if not self.instrument:  # scripts are driven by their incentives
            terms = min(1, len(parts) - 1)
            parts[terms] = checked(parts[terms], self.primary, self.probes)
        parts += without_errors(self.corrected, self.primary)
        return (*parts, *self._later_agreement(), *changed)

    def _line(self, found: ModelFinding) -> str:
        """The answer of one line-up, and what it comes to without the errors of a judge."""
        own = [one for one in self.corrected if one.lineup == found.short]
        return " ".join((found.line, *without_errors(own, found.primary)))

    def _later_agreement(self) -> tuple[str, ...]:
        """Deals in the later talks, where the primary question is what these bring."""
        if self.primary is None or not self.primary.contrast.measure.startswith(LATER):
            return ()
        asked = (self.primary.contrast.treatment, self.primary.contrast.control)
        known = {arm.arm: arm.summary(LATER_AGREEMENT) for arm in self.arms}
        said = later_agreement({name: known.get(name) for name in asked if name is not None})
        return (said,) if said else ()

    @property
    def declaration(self) -> str:
        """When the questions were declared, in a sentence or two; empty where none is asked."""
        return " ".join(self.declared.said) if self.declared is not None else ""

    @property
    def warnings(self) -> list[str]:
        """What weakens the answer and does not stand in it."""
        so_far = [UNFINISHED, *(one.sentence for one in self.so_far)] if self.so_far else []
        unsure = (*self.served_warnings, *self.judge_warnings)
        return [*so_far, *self.account.warnings(self.answer), *unsure]

    @property
    def caveat(self) -> str | None:
        """What every output says first of a run in which scripts stand where models could; None
        where there is nothing to say."""
        said = [*[INSTRUMENT] * self.instrument, self.scripts_after]
        return " ".join(filter(None, said)) or None

    @property
    def failed_checks(self) -> tuple[CheckResult, ...]:
        """Checks that do not hold, those that cannot be computed among them."""
        return tuple(check for check in self.checks if not check.held)

    def title_of(self, measure: str) -> str:
        """What sentences call a measure; its name where no evaluator defines it."""
        found = self.measures.get(measure)
        return found.title if found else measure

    def as_json(self) -> dict[str, Any]:
        """The whole as plain JSON values; null is missing."""
        # What each line-up has for itself stands once, in the lists that it is collected in.
        own = dict.fromkeys(("secondary", "checks", "doses", "mechanisms"), True)
        hidden: dict[str, Any] = {"served_warnings": True, "by_model": {"__all__": own}}
        whole = self.model_dump(mode="json", exclude=hidden)
        warned = [*self.account.warnings(), *self.served_warnings]
        return {
            "account": {**whole.pop("account"), "warnings": warned},
            "answer": self.answer,
            "caveat": self.caveat,
            **whole,
            "failed_checks": [check.called for check in self.failed_checks],
        }


def find(
    folder: RunFolder,
    evaluators: Sequence[Evaluator] = (),
    known: Known | None = None,
    judges: JudgeKnown = NOTHING_KNOWN,
) -> Findings:
    """What the scored dialogues of a run show. No code that its suite names is loaded.

    Args:
        folder: The run. Scores of evaluators that are not at hand are read as they stand.
        evaluators: Those that define measures, besides the built-in ones.
        known: What was read of the run already.
        judges: What is known of the errors of its judges.

    Raises:
        RecordError: A file of the run is damaged.
        UsageError: The suite compares an arm with itself.
    """
    info, suite = folder.info, folder.info.suite
    ours, evaluators = (_at_hand(suite, some) for some in (builtin(), evaluators))
    defined = {f"{e.name}.{m.name}": m for e in (*ours, *evaluators) for m in e.measures}
    definitions = said_of_judges(defined, judges)
    names = {evaluator.name for evaluator in ours}
    asked = _asked(suite)
    values = _values(folder, dict.fromkeys((*definitions, *asked)), names, known)
    chained = of_chains((*ours, *evaluators))
    names_of = [f"{e.name}.{m.name}" for e in chained for m in e.measures]
    values.episodes = read_episodes(folder, names_of)
    went_on = None if values.episodes is None else values.episodes.proceedings
    everything = sorted(values.measures(), key=_by_place(definitions))
    others = [m for m in (*definitions, *everything) if m.split(".", 1)[0] not in names]
    headlines = [name for name, measure in definitions.items() if measure.headline]
    wanted = list(dict.fromkeys((*headlines, *asked, *others)))
    summaries = {
        arm: {measure: values.summary(measure, arm) for measure in wanted}
        for arm in values.proceedings
    }
    measure = suite.contrasts.primary.measure if suite.contrasts else PRIMARY
    courses = courses_for(folder, suite, values, None if known is None else known.courses)
    lineups = by_model(info, values, definitions, courses, measure)
    primary, secondary = effects_of(suite, values, definitions, courses, apart=bool(lineups))
    kinds = families({name: info.scenarios[name] for name in _in_order(info.scenarios, values)})
    parts = two_part(values, kinds, suite.contrasts.primary if suite.contrasts else None, measure)
    asked_for = together(lineups) or asked_of(suite, values, secondary, definitions, measure)
    instrument = _instrument(values, info)
    account = account_of(info, values.proceedings, went_on)
    return Findings(
        account=account,
        so_far=so_far(folder, values, definitions) if account.missing else (),
        suite=suite.id,
        title=suite.title,
        question=suite.question,
        version=info.version,
        created=info.created,
        instrument=instrument,
        scripts_after=after_talks(suite, info.players, instrument=instrument),
        models={role: ", ".join(models) for role, models in info.players.items()},
        seed=suite.seed,
        epochs=suite.epochs,
        twins=tuple(sorted({twin.value for arm in suite.arms for twin in suite.twins_of(arm)})),
        planned=info.dialogues,
        dialogues=sum(went.dialogues for went in values.proceedings.values()),
        limited=info.limited,
        scenarios=tuple(dict.fromkeys(d.scenario for d in values.dialogues.values())),
        primary_measure=measure,
        primary=primary,
        declared=declared(info),
        arms=tuple(arm_finding(arm, suite, values, found) for arm, found in summaries.items()),
        two_part=parts,
        balance=balance_of(suite, values, measure, definitions),
        measures={
            name: measure
            for name, measure in definitions.items()
            if name in wanted or name in everything
        },
        all_measures={
            name: {arm: values.brief(name, arm) for arm in values.proceedings}
            for name in everything
        },
        prompts=prefix_shares(folder),
        probes=probes_of(folder),
        served=tuple(sentences(info.served)),
        served_warnings=tuple(warnings(info.served)),
        by_model=lineups,
        chain_parts=None if lineups else chain_parts(suite, values),
        links=() if lineups or primary is None else links_of((primary, *secondary), values),
        **judged_findings(values, suite, definitions, judges, called(lineups)),
        judging=judged_of(folder),
        **asked_for,
    )


def _values(
    folder: RunFolder, wanted: Collection[str], built_in: Collection[str], known: Known | None
) -> Values:
    """The values of a run, as far as they are not known already."""
    if known is not None and known.whole:
        return known.values
    begun = None if known is None else known.values
    return read_values(folder, wanted, built_in=built_in, begun=begun)


def _at_hand(suite: Suite, evaluators: Sequence[Evaluator]) -> Sequence[Evaluator]:
    """Those that have something to measure: what follows talks has no value in a run in which
    nothing does."""
    return [one for one in evaluators if suite.goes_on or kind_of(one) != CHAIN]


def _in_order(scenarios: Iterable[str], values: Values) -> list[str]:
    """Those of the scenarios that some dialogue was played on."""
    played = {dialogue.scenario for dialogue in values.dialogues.values()}
    return [name for name in scenarios if name in played]


def _asked(suite: Suite) -> list[str]:
    """The measures that the suite asks for, and the one that a run is about where it does not."""
    asked = [c.measure for c in suite.contrasts.all()] if suite.contrasts else []
    return [PRIMARY, *asked, *(check.measure for check in suite.checks)]


def _by_place(definitions: Mapping[str, Measure]) -> Callable[[str], int]:
    """Measures in the order of their definitions, then those without one."""
    places = {name: place for place, name in enumerate(definitions)}
    return lambda name: places.get(name, len(places))


def _instrument(values: Values, info: RunInfo) -> bool:
    if values.players:
        return values.players == {"scripted"}
    return all(set(models) == {"scripted"} for models in info.players.values())
