"""The findings of ``doctor --delegation`` about an agent, and the remarks made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

from harness.delegations.seating import thread_id
from harness.doctor.private_words import holders
from harness.models import tracing
from harness.models.reply import AgentUse
from harness.models.usercode import too_long
from harness.records.spec import TalksSpec

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation
    from harness.models.endpoint import Endpoint
    from harness.models.providers.agents.runnable import RunnableProvider

State = Literal["good", "warn", "bad"]
_APART: Final = (
    "keep the state of each dialogue apart by thread_id, or name a factory that makes an agent "
    "for each dialogue and seat"
)


class Begun(Protocol):
    """One of the two dialogues: its name, its private word, and which seat the agent has."""

    @property
    def name(self) -> str: ...

    @property
    def canary(self) -> str: ...

    @property
    def spec(self) -> TalksSpec: ...

    @property
    def seat(self) -> str: ...


@dataclass(frozen=True)
class Remark:
    """Something found.

    Attributes:
        name: What it is about.
        state: ``good``: as it should be; ``warn``: it can play all the same; ``bad``: it cannot.
        said: What was seen.
        fix: What to do about it; None where there is nothing to do.
    """

    name: str
    state: State
    said: str
    fix: str | None = None


@dataclass(frozen=True)
class Step:
    """One question.

    Attributes:
        name: Which dialogue, what was asked for, and at which attempt.
        sent: What was sent, in short.
        came: What came back, in short.
        problem: Why that cannot be used; None where it can.
        fix: What to do about the problem, where that is known.
    """

    name: str
    sent: str
    came: str
    problem: str | None = None
    fix: str | None = None

    @property
    def asked(self) -> str:
        """What was asked for, whichever attempt it was."""
        return self.name.partition(" (asked again")[0]


@dataclass
class AgentCheck:
    """What was found out about a delegation.

    Attributes:
        name: As it would stand in a record.
        steps: In the order they were asked.
        remarks: What is right, and what is not.
        uses: What the agent did for its answers.
        heard: Dialogue -> all that the agent said in it.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    uses: list[AgentUse] = field(default_factory=list)
    heard: dict[str, str] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether it could play: it made a legal move in both dialogues, and leaked nothing from
        one to the other."""
        if any(remark.name == "leak" for remark in self.remarks):
            return False
        moved = {s.name.split(",")[0] for s in self.steps if ", move" in s.name and not s.problem}
        return len(moved) == 2

    def note(self, name: str, state: State, said: str, fix: str | None = None) -> None:
        """Add a remark; the arguments are the fields of :class:`Remark`."""
        self.remarks.append(Remark(name, state, said, fix))


def judge(
    found: AgentCheck,
    own: UserDelegation,
    tables: Sequence[Begun],
    chat: Endpoint[RunnableProvider] | None,
    prompts: Mapping[str, list[str]],
    longest: tuple[float, str],
) -> None:
    """Add the remarks to ``found``: what is right with the agent, and what is not.

    Args:
        own: The agent.
        tables: The two dialogues.
        chat: How it is asked; None for a delegation of the user's own that is no runnable.
        prompts: Thread -> what its models were asked.
        longest: Seconds that the agents' loop was blocked, and by which line; no line: never.
    """
    _say_problems(found)
    if chat is not None:
        _say_models(found, chat)
    took, place = longest
    if place:
        said = f"{place} blocked it for {took:.1f} s; all agents wait"
        found.note("event loop", "warn", said, too_long("it", took, place)[1])
    _say_leaks(found, own, tables, prompts)
    if traced := tracing.unheeded():
        verb = "is" if len(traced) == 1 else "are"
        said = f"{', '.join(traced)} {verb} ignored, because briefs are private"
        found.note("tracing", "warn", said, f"to trace all the same, set {tracing.TRACING}=1")
    if own.environ:
        read = ", ".join(f"{name}={value}" for name, value in own.environ.items())
        found.note("environment", "good", f"part of what determines a dialogue: {read}")


def _say_problems(found: AgentCheck) -> None:
    """One remark a question, however often it was asked."""
    questions: dict[str, list[Step]] = {}
    for step in found.steps:
        questions.setdefault(step.asked, []).append(step)
    for name, steps in questions.items():
        problems = [step.problem for step in steps if step.problem is not None]
        if not problems:
            continue
        state: State = "bad" if not found.usable and ", move" in name else "warn"
        said = problems[-1]
        if len(steps) > 1:
            end = "no usable answer" if steps[-1].problem else "a usable answer"
            said = f"{end} in {len(steps)} attempts; the last complaint: {said}"
        found.note(name, state, said, steps[-1].fix)


def _say_models(found: AgentCheck, chat: Endpoint[RunnableProvider]) -> None:
    uses = found.uses
    models = list(dict.fromkeys(model for use in uses for model in use.models))
    calls = sum(use.calls for use in uses)
    if calls:
        made = f"{_many(calls, 'call')} in {_many(len(uses), 'answer')}"
        found.note("models", "good", f"{made}, of {', '.join(models) or 'unnamed models'}")
        if uncounted := sum(use.uncounted for use in uses):
            said = f"those of {uncounted} of {_many(calls, 'call')} were not counted"
            found.note("tokens", "warn", said)
    elif found.usable:
        said = "no model call was seen, so its tokens are not counted and no limit can stop it"
        found.note("models", "warn", said)
    ignored = sorted({name for use in uses for name in use.ignored})
    if ignored:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in ignored)
        found.note("settings", "warn", f"offered and not used: {flags}")
    if chat.provider.systems > 1:
        found.note(
            "system messages",
            "warn",
            f"its model got {chat.provider.systems} at once, its own and the briefing; some "
            "servers refuse that, and then get the briefing in the first question",
        )


def _say_leaks(
    found: AgentCheck,
    own: UserDelegation,
    tables: Sequence[Begun],
    prompts: Mapping[str, list[str]],
) -> None:
    clean = True
    for table, other in (tables, reversed(tables)):
        asked = prompts.get(thread_id(table.spec, table.seat), ())
        said = found.heard.get(table.name, "")
        if any(other.canary in text for text in asked) or other.canary in said:
            clean = False
            found.note(
                "leak",
                "bad",
                f"{table.name} was told what only {other.name} may know",
                f"the agent keeps something that all its dialogues share: {_APART}",
            )
    for name in holders(own.module, [table.canary for table in tables]):
        clean = False
        found.note(
            "shared state",
            "warn",
            f"{name} holds private words of both dialogues",
            _APART,
        )
    if clean and found.usable:
        found.note("memory", "good", "nothing of one dialogue was found in the other")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
