"""What a plan will take: dialogues, calls and tokens.

Calls and tokens are upper bounds by the protocol: every turn is used, no deal comes early, and
nothing has to be asked again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.orchestrator.plan import Plan
from harness.records.spec import DialogueSpec

if TYPE_CHECKING:
    from harness.prompting import Prompts

CHARACTERS_PER_TOKEN = 4.0
"""Rule of thumb for English text; the servers' own counts are recorded when the suite is played."""
REPLY_TOKENS = 350
"""A statement, a move and private thoughts."""


@dataclass(frozen=True)
class ArmCost:
    """One arm of the plan."""

    arm: str
    track: str
    scenarios: int
    dialogues: int
    calls: int


@dataclass(frozen=True)
class Estimate:
    """The cost of a plan; ``compared`` counts the scenarios of the primary contrast and
    ``per_scenario`` its pairs on each."""

    arms: tuple[ArmCost, ...]
    dialogues: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    scenarios: int
    compared: int
    per_scenario: int
    models: dict[str, str]
    brought: tuple[str, ...] = ()
    """Delegations of the user's own. A runnable counts as one call a reply."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def sentences(self) -> list[str]:
        """The estimate in words."""
        lines = [f"{self.dialogues:,} dialogues on {self.scenarios} scenarios."]
        if self.calls:
            names = ", ".join(f"{role}: {model}" for role, model in self.models.items())
            lines.append(
                f"At most {self.calls:,} model calls ({names}), about "
                f"{self.prompt_tokens:,} prompt and {self.completion_tokens:,} reply tokens, "
                "repairs not counted."
            )
            if self.brought:
                lines.append(
                    f"What {' and '.join(self.brought)} asks of models of its own comes on top."
                )
        elif self.brought:
            lines.append(
                f"What {' and '.join(self.brought)} asks of models of its own cannot be planned."
            )
        else:
            lines.append(
                "Scripted delegations play: no model calls. "
                "Name a model with --model to plan for it."
            )
        return lines


def estimate(plan: Plan, prompts: Prompts | None) -> Estimate:
    """Count a plan's dialogues and bound its calls and tokens."""
    dialogues: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    scenarios: dict[str, set[str]] = {}
    prompt_tokens = completion_tokens = 0
    static: dict[tuple[str, str, str], int] = {}
    for spec in plan.specs():
        dialogues[spec.arm] += 1
        cells[spec.arm, spec.scenario] += 1
        scenarios.setdefault(spec.arm, set()).add(spec.scenario)
        for seat in spec.seats:
            if seat.kind not in ("model", "runnable"):
                continue
            protocol = spec.protocol
            moves = protocol.rounds * protocol.turns
            per_move = 1 + len(seat.members)
            asked = moves * per_move + (1 if protocol.debrief else 0)
            if seat.profile.consults_capital:
                asked += protocol.rounds * protocol.consultations
            calls[spec.arm] += asked
            key = (spec.arm, spec.scenario, seat.seat)
            if key not in static:
                static[key] = _static_tokens(plan, spec, seat.seat, prompts)
            # The k-th prompt holds the brief and everything said before: a growing prefix.
            growth = 2 * REPLY_TOKENS
            prompt_tokens += asked * static[key] + growth * moves * (moves - 1) // 2
            completion_tokens += asked * REPLY_TOKENS
    found = {name for names in scenarios.values() for name in names}
    compared, per_scenario = _compared(plan, cells)
    return Estimate(
        arms=tuple(
            ArmCost(
                arm=arm,
                track=plan.suite.arms[arm].track,
                scenarios=len(scenarios[arm]),
                dialogues=dialogues[arm],
                calls=calls[arm],
            )
            for arm in dialogues
        ),
        dialogues=sum(dialogues.values()),
        calls=sum(calls.values()),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        scenarios=len(found),
        compared=compared,
        per_scenario=per_scenario,
        models=plan.models,
        brought=tuple(sorted(plan.brought)),
    )


def _compared(plan: Plan, cells: Counter[tuple[str, str]]) -> tuple[int, int]:
    """Scenarios on which the arms of the primary contrast meet, and pairs on each (rounded down);
    zeros where nothing is compared."""
    if plan.suite.contrasts is None:
        return 0, 0
    primary = plan.suite.contrasts.primary
    arms = [arm for arm in (primary.treatment, primary.control) if arm is not None]
    pairs = {
        name: count
        for name in plan.scenarios
        if (count := min(cells[arm, name] for arm in arms)) > 0
    }
    return len(pairs), sum(pairs.values()) // len(pairs) if pairs else 0


def _static_tokens(plan: Plan, spec: DialogueSpec, seat: str, prompts: Prompts | None) -> int:
    """Length of what a model reads before anything is said, in estimated tokens."""
    if prompts is None:
        return 0
    from harness.talks.barrier import Barrier
    from harness.talks.rules import TableState

    scenario = plan.scenarios[spec.scenario].twin(spec.twin)
    order = tuple(s.seat for s in spec.seats)
    consult = {s.seat: s.profile.consults_capital for s in spec.seats}
    state = TableState(scenario, spec.protocol, order, consult)
    state.open_round(1)
    view = Barrier(spec, scenario).view(state, seat, ())
    text = prompts.system(view) + prompts.opening(view)
    return round(len(text) / CHARACTERS_PER_TOKEN)
