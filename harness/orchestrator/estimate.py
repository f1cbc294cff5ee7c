"""What a plan will take: dialogues, calls and tokens.

Calls and tokens are upper bounds by the protocol: every turn is used, no deal comes early, and
nothing has to be asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import counted
from harness.orchestrator.plan import Plan
from harness.orchestrator.plan_graph import GraphCount, GraphRow
from harness.orchestrator.tokens import (
    Briefing,
    Later,
    Tokens,
    briefing_of,
    longest_prompt,
    seat_tokens,
)
from harness.stages.base import twins_of

if TYPE_CHECKING:
    from harness.models.settings import EndpointSettings
    from harness.prompting.talks import Prompts


@dataclass(frozen=True)
class ArmCost:
    """One arm of the plan."""

    arm: str
    track: str
    scenarios: int
    dialogues: int
    calls: int


@dataclass(frozen=True)
class ModelCost:
    """What one of several models takes; ``cost`` in US dollars, None without a price."""

    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None

    def __str__(self) -> str:
        text = (
            f"{self.model}: at most {counted(self.calls, 'call')}, about {self.prompt_tokens:,} "
            f"prompt and {self.completion_tokens:,} reply tokens"
        )
        return text if self.cost is None else f"{text}, ${self.cost:,.2f}"


@dataclass(frozen=True)
class Estimate:
    """The cost of a plan; ``compared`` counts the scenarios of the primary contrast and
    ``per_scenario`` its pairs on each, of one line-up."""

    arms: tuple[ArmCost, ...]
    dialogues: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    scenarios: int
    compared: int
    per_scenario: int
    models: dict[str, str]
    cached_within: float | None = None
    """Share of prompt tokens that a prefix cache can serve within a dialogue; None without any."""
    cached_across: float | None = None
    """The same, other dialogues of the arm, scenario, twin and seat included."""
    cost: float | None = None
    """US dollars; None where a price is not known."""
    unpriced: tuple[str, ...] = ()
    """Models without a price."""
    longest_prompt: int | None = None
    """Tokens of the longest prompt; None where no model plays."""
    brought: tuple[str, ...] = ()
    """Delegations of the user's own. A runnable counts as one call a reply."""
    by_model: tuple[ModelCost, ...] = ()
    """What each model takes, where several take turns in a seat."""
    lineups: int = 1
    """How often the whole suite is played, each time by other models."""
    graph: tuple[GraphRow, ...] = ()
    """The stages, where more than talks are played: what each reads, and how far it is shared."""

    def as_json(self) -> dict[str, Any]:
        whole = asdict(self)
        if self.lineups == 1:
            del whole["by_model"], whole["lineups"]
        if not self.graph:
            del whole["graph"]
        return whole

    def sentences(self) -> list[str]:
        """The estimate in words."""
        dialogues = counted(self.dialogues, "dialogue")
        lines = [f"{dialogues} on {counted(self.scenarios, 'scenario')}."]
        if self.lineups > 1:
            lines.append(f"The suite is played by {self.lineups} line-ups of models, side by side.")
        if self.calls:
            names = ", ".join(f"{role}: {model}" for role, model in self.models.items())
            lines.append(
                f"At most {counted(self.calls, 'model call')} ({names}), about "
                f"{self.prompt_tokens:,} prompt and {self.completion_tokens:,} reply tokens, "
                "repairs not counted."
            )
            lines += [f"{one}." for one in self.by_model]
            if self.longest_prompt is not None:
                lines.append(
                    f"The longest prompt has about {self.longest_prompt:,} tokens: the server's "
                    "context must hold it and a reply (track15 doctor tries it)."
                )
            lines += self._cached_and_cost()
            if self.brought:
                lines.append(
                    f"Calls that {' and '.join(self.brought)} makes to its own models are not "
                    "included."
                )
        elif self.brought:
            lines.append(
                f"Calls that {' and '.join(self.brought)} makes to its own models cannot be "
                "planned."
            )
        else:
            lines.append(
                "Scripted delegations play: no model calls. "
                "Name a model with --model to plan for it."
            )
        return lines

    def _cached_and_cost(self) -> list[str]:
        lines = []
        if self.cached_within and self.cached_across is not None:
            lines.append(
                f"Prompts only grow: a prefix cache can serve {self.cached_within:.0%} of the "
                f"prompt tokens within a dialogue, {self.cached_across:.0%} across dialogues too."
            )
        if self.cost is not None:
            lines.append(f"At most ${self.cost:,.2f} at the prices of models.yaml.")
        elif self.unpriced and any(m in ", ".join(self.models.values()) for m in self.unpriced):
            lines.append(f"No price is known for {', '.join(self.unpriced)} (see models.yaml).")
        return lines


def _priced(endpoints: Mapping[str, EndpointSettings] | None, model: str) -> bool:
    return endpoints is not None and model in endpoints and endpoints[model].priced


def _cost(tokens: Mapping[str, Tokens], endpoints: Mapping[str, EndpointSettings]) -> float:
    total = 0.0
    for model, taken in tokens.items():
        own = endpoints[model]
        assert own.prompt_price is not None
        assert own.completion_price is not None
        total += taken.cost(own.prompt_price, own.cached_price, own.completion_price)
    return total


def _by_model(
    tokens: Mapping[str, Tokens], endpoints: Mapping[str, EndpointSettings] | None
) -> tuple[ModelCost, ...]:
    return tuple(
        ModelCost(
            model=model,
            calls=counted.calls,
            prompt_tokens=counted.prompt,
            completion_tokens=counted.completion,
            cost=_cost({model: counted}, endpoints)
            if endpoints and _priced(endpoints, model)
            else None,
        )
        for model, counted in tokens.items()
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def estimate(
    plan: Plan, prompts: Prompts | None, endpoints: Mapping[str, EndpointSettings] | None = None
) -> Estimate:
    """Count a plan's dialogues and bound its calls, tokens and, where prices are known, cost."""
    dialogues: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    scenarios: dict[str, set[str]] = {}
    tokens: dict[str, Tokens] = {}
    briefings: dict[tuple[str, ...], Briefing] = {}
    later = Later(twins_of(plan.scenarios), prompts)
    longest = 0
    planned: set[str] = set()
    graph = GraphCount()
    first_lineup = plan.played_by[0].seated
    for way in plan.ways():
        spec = way.talks
        dialogues[way.arm] += 1
        # What is shown is shown of each line-up by itself.
        cells[way.arm, way.scenario] += way.models is None or way.models == first_lineup
        scenarios.setdefault(way.arm, set()).add(way.scenario)
        fresh = [node for node in way.nodes if node.id not in planned]
        planned.update(node.id for node in fresh)
        graph.add(way, {node.id for node in fresh})
        for node in fresh:
            for model, more in later.tokens(node.spec):
                tokens[model] = tokens.get(model, Tokens()) + more
                calls[way.arm] += more.calls
                graph.asked(node, more.calls)
        if spec not in [node.spec for node in fresh]:
            continue  # other arms have these talks too
        for seat in spec.seats:
            if seat.kind not in ("model", "runnable"):
                continue
            key = (way.arm, spec.scenario, spec.twin.value, seat.seat, seat.model or "")
            first = key not in briefings
            if first:
                twin = plan.scenarios[spec.scenario].twin(spec.twin)
                briefings[key] = briefing_of(spec, twin, seat.seat, prompts)
            asked = seat_tokens(seat, spec, briefings[key], first=first)
            longest = max(longest, longest_prompt(seat, spec, briefings[key]))
            calls[way.arm] += asked.calls
            graph.asked(way.nodes[0], asked.calls)
            played_by = seat.model or ""
            tokens[played_by] = tokens.get(played_by, Tokens()) + asked
    total = sum(tokens.values(), Tokens())
    unpriced = tuple(sorted(m for m in tokens if not _priced(endpoints, m)))
    found = {name for names in scenarios.values() for name in names}
    compared, per_scenario = _compared(plan, cells)
    return Estimate(
        arms=tuple(
            ArmCost(
                arm=arm,
                track=plan.suite.arms[arm].track or "",
                scenarios=len(scenarios[arm]),
                dialogues=dialogues[arm],
                calls=calls[arm],
            )
            for arm in dialogues
        ),
        dialogues=sum(dialogues.values()),
        calls=sum(calls.values()),
        prompt_tokens=total.prompt,
        completion_tokens=total.completion,
        cached_within=_share(total.within, total.prompt),
        cached_across=_share(total.across, total.prompt),
        cost=None if unpriced or not tokens else _cost(tokens, endpoints or {}),
        unpriced=unpriced,
        scenarios=len(found),
        compared=compared,
        per_scenario=per_scenario,
        models={role: ", ".join(models) for role, models in plan.players.items()},
        by_model=_by_model(tokens, endpoints) if plan.lineups else (),
        lineups=len(plan.played_by),
        longest_prompt=longest or None,
        brought=tuple(sorted(plan.brought)),
        graph=graph.rows() if plan.suite.goes_on else (),
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
