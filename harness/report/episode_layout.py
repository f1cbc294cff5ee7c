"""Lays out an episode as an :class:`~harness.report.episode.EpisodeReading`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from harness.analysis.chain_finding import link_of
from harness.evaluators.base import Evaluator, Value, nothing
from harness.evaluators.case import Case
from harness.evaluators.chain import of_chains
from harness.evaluators.registry import builtin
from harness.records.spec import TALKS
from harness.records.transcript import StageRecord, Transcript
from harness.report.closing import ending_of
from harness.report.episode import EpisodeReading
from harness.report.episode_article import article_of, missing_of
from harness.report.episode_faults import readable
from harness.report.episode_later import Followed, later_of
from harness.report.episode_news import news_of
from harness.report.episode_readers import panel_of
from harness.report.episode_stages import Stages
from harness.report.own_stake import OwnStakes
from harness.report.reading import Number
from harness.report.wording import exact
from harness.report.writer import Writer

NOT_PLAYED: Final = "not on record yet"
JUDGED: Final = "published"
"""The evaluator of what judges found in articles."""
NO_DIFFERENCE: Final = 0.0005
"""Values closer to 0 are shown as 0."""


def lay_out(stages: Stages, followed: Sequence[Followed]) -> EpisodeReading:
    """Lay out an episode, as far as it is on record.

    Args:
        stages: Of the episode.
        followed: The later talks of all arms on the same scenario, twin, epoch and line-up.

    Raises:
        RecordError: A record does not go with the dispute of the run.
    """
    with readable(f"the episode {next(reversed(stages.episode.stages.values()))}"):
        return _laid_out(stages, followed)


def _laid_out(stages: Stages, followed: Sequence[Followed]) -> EpisodeReading:
    episode, scenario = stages.episode, stages.scenario
    case, talks = stages.case, stages.records.get(TALKS)
    told = isinstance(talks, Transcript)
    twin = "" if episode.twin.value == "none" else f", twin {episode.twin.value}"
    lineup = f", {episode.lineup}" if episode.lineup else ""
    return EpisodeReading(
        arm=episode.arm,
        key=next(reversed(episode.stages.values())),
        title=scenario.say(scenario.title),
        identity=f"scenario {episode.scenario}{twin}, epoch {episode.epoch}{lineup}",
        talks=talks.id if isinstance(talks, Transcript) else "",
        ending=_ending(talks, case) if told and case is not None else NOT_PLAYED,
        stages=tuple(
            (name, key, _became(stages.records.get(name))) for name, key in episode.stages.items()
        ),
        seats=tuple(
            (seat, scenario.principals[one].name)
            for seat, one in (("o", scenario.seats.o), ("u", scenario.seats.u))
        ),
        article=None if case is None else article_of(case),
        panel=None if case is None else panel_of(case),
        news=None if case is None else news_of(case),
        later=None if case is None else later_of(case, episode.arm, followed),
        numbers=_numbers(case, stages.asked)
        if stages.whole and not stages.stale and case is not None
        else {},
        stale=stages.stale,
    )


def _became(record: StageRecord | None) -> str:
    if record is None:
        return NOT_PLAYED
    missing = missing_of(record)
    return "done" if missing is None else missing.what


def _ending(talks: StageRecord | None, case: Case) -> str:
    assert isinstance(talks, Transcript)
    own = Case(talks, case.scenario, case.spec)
    return ending_of(Writer(own, (), OwnStakes(own)))


def _numbers(case: Case, asked: Collection[str]) -> dict[str, tuple[Number, ...]]:
    """What the measures of a chain that tables show, and those that the suite asks about, say of
    an episode: link -> its measures."""
    found: dict[str, list[Number]] = {}
    for evaluator in of_chains(builtin()):
        for number in _measured(evaluator, case, asked):
            found.setdefault(link_of(f"{evaluator.name}.x"), []).append(number)
    return {link: tuple(numbers) for link, numbers in found.items()}


def _measured(evaluator: Evaluator, case: Case, asked: Collection[str]) -> Iterator[Number]:
    try:
        scored = evaluator.score(case)
    except Exception as error:  # noqa: BLE001 - as where a run is scored
        scored = nothing(evaluator.measures, f"the evaluator failed: {type(error).__name__}")
    for measure in evaluator.measures:
        value = scored.values.get(measure.name)
        # What judges found stands in no table, and is shown wherever somebody has judged.
        more = evaluator.name == JUDGED or f"{evaluator.name}.{measure.name}" in asked
        if not measure.headline and (not more or value is None):
            continue
        why = scored.why_null.get(measure.name, "") if value is None else ""
        number = None if value is None or isinstance(value, str) else float(value)
        yield Number(measure.title, _in_words(value), why, number)


def _in_words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if value is not None and abs(value) < NO_DIFFERENCE:
        return "0"
    return exact(value)
