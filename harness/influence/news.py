"""News as a kind of stage: what the press tells of a meeting with former officials (claim C12).

The item is written from templates, and no model takes part: it is a stimulus. It is made of what is
public, and of whether the talks ended in an outline. No word, thought, brief, value or term of them
is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority, Role
from harness.prompting.news import news_prompts
from harness.records.finished import Played
from harness.records.news import NEWS, News, NewsFacts, NewsRecord, NewsSpec
from harness.records.spec import TALKS, StageSpec, TalksSpec
from harness.records.transcript import Transcript, VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, InPlay, Inputs, Kind, Planning
from harness.suite.parts import SeatSpec

NOT_PRIVATE: Final = "those in seat u are not former officials without a mandate and a line home"
NO_HOME: Final = (
    "the former officials come from no third state that they could be said to speak for"
)


class NewsKind(Kind[NewsSpec]):
    """A news item is written about the talks of an arm."""

    name = NEWS
    spec = NewsSpec
    record = NewsRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, NewsSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`."""
        then, talks = planning.then.get(arm), before.get(TALKS)
        if then is None or then.news is None or not isinstance(talks, TalksSpec):
            return
        yield (
            NEWS,
            NewsSpec(
                inputs={TALKS: talks.id},
                scenario=talks.scenario,
                scenario_hash=talks.scenario_hash,
                twin=talks.twin,
                seed=derive(talks.seed, NEWS),
                framing=then.news,
                templates=news_prompts().told_by(then.news),
            ),
        )

    def empty_body(self, spec: NewsSpec, why: VoidReason) -> News:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return News()

    async def play(self, spec: NewsSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`.

        Where the facts of an item would be untrue there is none, and the body says why: where
        those in seat u hold a mandate, and where nobody comes from a home to be spoken for.
        """
        stage = InPlay(self, spec)
        talks = inputs[TALKS]
        assert isinstance(talks, Transcript)
        assert isinstance(talks.spec, TalksSpec)
        scenario = bench.scenario(spec.scenario, spec.twin)
        facts = facts_of(talks, scenario)
        if not is_private(talks.spec.seat("u")):
            return stage.over(News(facts=facts, missing=NOT_PRIVATE))
        if spec.framing == "for_home" and facts.home is None:
            return stage.over(News(facts=facts, missing=NO_HOME))
        met = talks.spec.seat("o").role
        headline, text = news_prompts().item(scenario, facts, spec.framing, met)
        return stage.over(News(headline=headline, text=text, facts=facts))


def facts_of(talks: Transcript, scenario: Scenario) -> NewsFacts:
    """What is told of talks.

    Args:
        talks: Done, and played here.
        scenario: The twin that was played.
    """
    assert isinstance(talks.spec, TalksSpec)
    seats = talks.spec.seats
    chairs = {seat.seat: seat.principal for seat in seats}
    two = (chairs["o"], chairs["u"])
    third = next((one for one in scenario.principals if one not in two), None)
    return NewsFacts(
        o=chairs["o"],
        u=chairs["u"],
        home=talks.spec.seat("u").home,
        third=third,
        third_heard=third in chairs.values(),
        outline=talks.body.outcome.kind == "deal",
    )


def is_private(seat: SeatSpec) -> bool:
    """Whether a delegate is a former official who holds no mandate and asks no capital."""
    bound = seat.authority not in (None, Authority.PRIVATE)
    return seat.role is Role.UNOFFICIAL and not bound and not seat.profile.consults_capital
