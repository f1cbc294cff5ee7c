"""The primary question put to each line-up by itself, in a run in which several models take turns.

A mean over models says nothing of any of them. So the answer of such a run has a line for each, and
what is tested several times is corrected for it (Holm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from harness.analysis.account import Account, account_of
from harness.analysis.contrast import answered, evaluate
from harness.analysis.courses import Courses, with_courses
from harness.analysis.effect import Effect
from harness.analysis.holm import holm
from harness.analysis.scale import UNKNOWN, Scale
from harness.analysis.sentence import answer
from harness.analysis.values import Values
from harness.records.episodes import lineup_name
from harness.records.run import RunInfo
from harness.suite.suite import Contrast


class ModelFinding(BaseModel):
    """What a run shows of one line-up.

    Attributes:
        label: The roles in which line-ups differ, and who plays them.
        models: Role -> who plays it.
        account: What became of its dialogues. ``planned`` is what the suite means without a limit.
        primary: Answer to the primary question, Holm-corrected over the line-ups; None where the
            suite has none.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    models: dict[str, str]
    account: Account
    primary: Effect | None

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
    titles: Mapping[str, str],
    scales: Mapping[str, Scale],
    courses: Courses,
) -> tuple[ModelFinding, ...]:
    """What a run shows of each of its line-ups, in their order; empty for a run of one.

    Args:
        titles: Measure -> what sentences call it.
        scales: Measure -> its scale.
        courses: Of the arms of the primary contrast, where there are voids to be looked into.
    """
    if not info.lineups:
        return ()
    asked = None if info.suite.contrasts is None else info.suite.contrasts.primary
    effects = _effects(info.lineups, values, asked, titles, scales, courses)
    each = info.model_copy(
        update={"dialogues": (info.dialogues + info.cut) // len(info.lineups), "limited": False}
    )
    return tuple(
        ModelFinding(
            label=label_of(models, info.lineups),
            models=models,
            account=account_of(each, values.by_lineup.get(lineup_name(models), {})),
            primary=effect,
        )
        for models, effect in zip(info.lineups, effects, strict=True)
    )


def label_of(models: Mapping[str, str], lineups: Sequence[Mapping[str, str]]) -> str:
    """A line-up by those who do not play in all: ``unofficial MODEL``."""
    own = [
        f"{role} {model}"
        for role, model in models.items()
        if any(other.get(role) != model for other in lineups)
    ]
    return ", ".join(own)


def _effects(
    lineups: Sequence[Mapping[str, str]],
    values: Values,
    asked: Contrast | None,
    titles: Mapping[str, str],
    scales: Mapping[str, Scale],
    courses: Courses,
) -> list[Effect | None]:
    """The primary contrast within each line-up, corrected over all of them."""
    if asked is None:
        return [None] * len(lineups)
    scale = scales.get(asked.measure, UNKNOWN)
    rows = (values.observations(asked.measure, lineup=lineup_name(models)) for models in lineups)
    found = [evaluate(asked, with_courses(own, courses), titles, scale) for own in rows]
    corrected = holm([e.p_signflip if e.p_t is None else e.p_t for e in found])
    return [answered(effect, holm_p=p) for effect, p in zip(found, corrected, strict=True)]
