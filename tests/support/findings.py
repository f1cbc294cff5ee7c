"""Findings made by hand, with what figures and tables read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.analysis.arm_finding import ArmFinding
from harness.analysis.by_model import ModelFinding
from harness.analysis.effect import Effect
from harness.analysis.findings import PRIMARY, Findings
from harness.analysis.mechanisms import MechanismFinding
from harness.analysis.values import Summary
from harness.evaluators.registry import builtin, measures
from harness.suite.contrasts import Contrast

Interval = tuple[float, float]


def summary(
    mean: float | None,
    interval: Interval | None = None,
    scenarios: Sequence[float] = (),
) -> Summary:
    """One measure in one arm; ``scenarios`` are their means."""
    return Summary(
        mean=mean,
        interval=interval,
        n=0 if mean is None else 4,
        missing=4 if mean is None else 0,
        scenarios=tuple((f"game-{i}", value) for i, value in enumerate(scenarios, start=1)),
        total=None if mean is None else 4 * mean,
        why_missing={},
    )


def arm(
    name: str, measured: Mapping[str, float | Summary | None], *, title: str = ""
) -> ArmFinding:
    """An arm and its measures, each a summary or just its mean."""
    counts = ("endings", "void_by_seat", "void_reasons", "failed_kinds", "repairs_by_seat")
    return ArmFinding.model_validate(
        {
            "arm": name,
            "title": title or name,
            "track": "1",
            "dialogues": 4,
            "done": 4,
            "void": 0,
            "failed": 0,
            "measures": {
                key: value if isinstance(value, Summary) else summary(value)
                for key, value in measured.items()
            },
            "unanswered_debriefs": {},
            **{name: {} for name in counts},
        }
    )


def mechanism(
    alone: Effect | None, last: Effect | None, title: str = "prestige"
) -> MechanismFinding:
    """An incentive alone and last."""
    return MechanismFinding(mechanism="prestige", title=title, claim="C3", alone=alone, last=last)


def effect(
    name: str,
    estimate: float | None,
    interval: Interval | None = None,
    scenarios: Sequence[float] = (),
    **contrast: Any,
) -> Effect:
    """The answer to a contrast of ``lean`` and ``plain``; ``scenarios`` are their differences."""
    asked = {"name": name, "treatment": "lean", "control": "plain", **contrast}
    numbers: dict[str, Any] = dict.fromkeys(
        ("sd", "p_t", "p_signflip", "signflip_draws", "min_p", "pairing_correlation")
    )
    return Effect(
        contrast=Contrast.model_validate(asked),
        estimate=estimate,
        interval=interval,
        n_scenarios=len(scenarios),
        n_pairs=len(scenarios),
        scenario_differences=tuple((f"game-{i}", d) for i, d in enumerate(scenarios, start=1)),
        **numbers,
        n_dialogues={},
        n_missing={},
        n_unpaired={},
    )


def lineup(models: Mapping[str, str], **fields: Any) -> ModelFinding:
    """What is known of a line-up, of which ``fields`` are known. Reading another is an error."""
    return ModelFinding.model_construct(**{"models": dict(models), **fields})


def findings(**fields: Any) -> Findings:
    """Findings of a run, of which ``fields`` are known. Reading another field is an error."""
    known: dict[str, Any] = {
        "arms": (),
        "primary_measure": PRIMARY,
        "primary": None,
        "secondary": (),
        "mechanisms": (),
        "measures": measures(builtin()),
    }
    return Findings.model_construct(**{**known, **fields})
