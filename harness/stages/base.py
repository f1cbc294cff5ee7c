"""The interface of a kind of stage, and the resources that stages are played with.

A kind is one object: which spec determines its stages, which record they leave, how one is played.
Everything else - ids, resuming, replies that are kept, budgets, workers - is the same for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from harness.asking.asking import Asker
from harness.delegations.base import Delegation, MadeCall
from harness.disputes.scenario import Scenario, Twin
from harness.models.chat import Chat
from harness.records.finished import Played
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import StageRecord, Timing, VoidReason, status_of
from harness.suite.influence import Influence, Then
from harness.suite.parts import ModelSettings

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts
    from harness.view import View

ChatOf = Callable[[str], Chat]
"""Address, or name of a runnable -> its chat."""
ScenarioOf = Callable[[str, Twin], Scenario]
"""Id and twin -> the scenario."""
Inputs = Mapping[str, StageRecord]
"""Name -> the record that is read under it."""
SpecT = TypeVar("SpecT", bound=StageSpec)


def no_chats(name: str) -> Chat:
    """For stages that ask no model.

    Raises:
        AssertionError: One does.
    """
    raise AssertionError(f"nobody has opened {name}")


def twins_of(scenarios: Mapping[str, Scenario]) -> ScenarioOf:
    """Finds the twin of a scenario; each is made once.

    Args:
        scenarios: Id -> scenario as written.
    """
    made: dict[tuple[str, Twin], Scenario] = {}

    def twin(name: str, which: Twin) -> Scenario:
        if (name, which) not in made:
            made[name, which] = scenarios[name].twin(which)
        return made[name, which]

    return twin


@dataclass(frozen=True)
class Bench:
    """The resources with which stages are played in one process.

    Attributes:
        scenario: Id and twin -> the scenario.
        seats: Fresh delegations for a dialogue.
        chats: A stage -> its models; what it was answered already comes from where it is kept.
        on_call: Called after every model call.
        prompts: What models read at the table; None where none plays.
    """

    scenario: ScenarioOf
    seats: Callable[[TalksSpec], Mapping[str, Delegation]]
    chats: Callable[[StageSpec], ChatOf] = lambda _: no_chats
    on_call: Callable[[MadeCall], None] = lambda _: None
    prompts: Prompts | None = None


def _no_later_talks(talks: TalksSpec, arm: str) -> TalksSpec:
    raise AssertionError(f"nobody has planned what follows the talks of {arm}")


@dataclass(frozen=True)
class Planning:
    """What is known when a run is planned.

    Attributes:
        suite: Id of the suite.
        models: Role -> address, or name of a delegation of the user's own. A script plays a role
            that is left out.
        settings: Role -> how its model is sampled.
        then: Arm -> what follows its talks; an arm that is left out ends with them.
        influence: What the arms have in common of that.
        later: The first talks of an episode, and an arm -> the real talks that follow in it, on the
            same scenario, twin and seed, with the same opener.
        estimates: Whether those who are probed are asked what the other sides need.
    """

    suite: str
    models: Mapping[str, str]
    settings: Mapping[str, ModelSettings] = field(default_factory=dict)
    then: Mapping[str, Then] = field(default_factory=dict)
    influence: Influence = field(default_factory=Influence)
    later: Callable[[TalksSpec, str], TalksSpec] = _no_later_talks
    estimates: bool = False


@dataclass(frozen=True)
class Foreseen:
    """What a stage takes of a model at most: nothing is asked again.

    Attributes:
        calls: Questions.
        prompt, completion: Tokens.
    """

    calls: int = 0
    prompt: int = 0
    completion: int = 0


class Kind(Generic[SpecT]):
    """One kind of stage.

    A new kind defines the three attributes, :meth:`play` and :meth:`empty_body`.

    Attributes:
        name: As it stands in specs and records; its file in a run is called so, too.
        spec: What determines a stage.
        record: What it leaves.
    """

    name: str
    spec: type[SpecT]
    record: type[StageRecord]

    async def play(self, spec: SpecT, inputs: Inputs, bench: Bench) -> Played:
        """Play a stage. Never raises for what a model or an endpoint does: that is a void. What it
        raises is taken for a mistake in it, and ends the run.

        Args:
            inputs: What it reads, as far as that has a result.
        """
        raise NotImplementedError

    def empty_body(self, spec: SpecT, why: VoidReason) -> Any:
        """The body of a stage that could not be played."""
        raise NotImplementedError

    def can_play(self, spec: SpecT, missing: Collection[str]) -> bool:
        """Whether a stage can be played though some of its inputs have no result. A kind that asks
        for a quorum says how many, and counts those that are missing."""
        return not missing

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, SpecT]]:
        """What is to be played of this kind after what an episode holds already.

        Args:
            arm: Of the episode. What is the same for two arms is played once for both.
            before: Name -> stage, of what comes before.

        Yields:
            What the suite calls the stage, and its spec.
        """
        return iter(())

    def foreseen(self, spec: SpecT) -> Mapping[str, Foreseen]:
        """Address of a model -> what the stage takes of it at most."""
        return {}

    def view(self, spec: SpecT, scenarios: ScenarioOf) -> View | None:
        """What a delegate sees whose briefing at the table stands before every question of the
        stage, each in a conversation of its own. None where no such briefing is read. Its tokens
        come on top of :meth:`foreseen`."""
        return None


class InPlay:
    """A stage in play, timed from the moment in which this is made.

    Args:
        kind, spec: Of the stage.
    """

    def __init__(self, kind: Kind[Any], spec: StageSpec) -> None:
        self._kind = kind
        self._spec = spec
        self._started = datetime.now(UTC)
        self._clock = time.perf_counter()

    def over(
        self, body: object, void: VoidReason | None = None, asker: Asker | None = None
    ) -> Played:
        """What the stage leaves.

        Args:
            body: What the kind records of it.
            void: Why it has no result; None where it has one.
            asker: Who asked the models; None where none was asked.
        """
        kind, spec = self._kind, self._spec
        record = kind.record(
            id=spec.id,
            status=status_of(void),
            kind=kind.name,
            spec=spec,
            void=void,
            calls=() if asker is None else tuple(asker.calls),
            body=body,
        )
        timing = Timing(
            id=spec.id,
            started=self._started.isoformat(timespec="milliseconds"),
            seconds=round(time.perf_counter() - self._clock, 6),
            calls=() if asker is None else tuple(asker.timings),
        )
        return Played(record, timing, {} if asker is None else asker.messages())


def unplayed(kind: Kind[Any], spec: StageSpec, why: VoidReason) -> Played:
    """A stage that was not played, with the reason."""
    return InPlay(kind, spec).over(kind.empty_body(spec, why), why)
