"""The manipulation check: what each model signs in private, and whether its incentives moved that.

Before a null effect is read, it must be known that the model acts on the incentives that it was
given. So each delegate was asked which packages it would sign (:mod:`harness.evaluators.probing`).
Here the answers of an arm become a threshold, beside that of its profile, and the two arms whose
profiles are furthest apart are held against each other, package by package.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.intervals import cluster_t
from harness.analysis.logistic import Curve, Estimate, fit, jackknifed
from harness.analysis.observations import Observation
from harness.analysis.pairing import single
from harness.records.probe import PACKAGES, PROBE
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.suite.contrasts import Contrast

APART: Final = 1 / (2 * PACKAGES)
"""Profiles whose stakes differ in a smaller share of the packages are not told apart: half a
package in nine."""
_SIGNED: Final = "probe.signed"
_EXPECTED: Final = "probe.expected"
_SEATS: Final = {"o": "official seat", "u": "other seat"}


@dataclass(frozen=True, slots=True)
class Put:
    """One package as it was put to a delegate.

    Attributes:
        scenario, pair: Where; arms have the pairs of a scenario in common.
        value: Believed value less that of no deal; None in a probe without a result.
        expected: Whether the delegate's own stake takes it; None likewise.
        signs: Its answer; None where there is none.
    """

    scenario: str
    pair: str
    value: float | None
    expected: bool | None
    signs: bool | None


class Number(BaseModel):
    """A number with its 95 % interval over scenarios; None where that cannot be computed."""

    model_config = ConfigDict(frozen=True)

    value: float
    interval: tuple[float, float] | None


class Acting(BaseModel):
    """What the delegates of one seat of an arm acted on.

    Attributes:
        arm, seat: Which.
        model: Address of the model, or ``scripted``.
        answers: Packages with a usable answer.
        missing: Packages without one; they enter nothing.
        scenarios: Scenarios with an answer.
        signed: Mean over scenarios of the share signed; None without an answer.
        expected: The same of what the own stakes of the profile sign.
        threshold: Value over no deal from which it is more likely to sign than to leave, on the
            scale of u_P; None where ``problem`` says why.
        slope: Change of the log odds of signing for one unit of value, of all scenarios together.
        separated: The answers are separated by value, so the slope is only the penalty's bound.
        own_threshold: The threshold of the profile: of the answers that its own stakes give to the
            same packages. None where these are all the same.
        problem: Why there is no threshold.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    seat: str
    model: str
    answers: int
    missing: int
    scenarios: int
    signed: float | None
    expected: float | None
    threshold: Number | None
    slope: Number | None
    separated: bool
    own_threshold: float | None
    problem: str = ""


class Separation(BaseModel):
    """Whether one seat's most different profiles separate what its model signs.

    Attributes:
        seat, model: Whose.
        more, less: Arms whose profiles sign the most and the least.
        expected: By how much, as a share of the packages: of those that were answered in both,
            where any was. None where no package was put in both.
        found: The same of the answers of the model.
        took: Whether the incentives took: the interval of ``found`` lies above 0. False where it
            does not and excludes ``expected`` as well. None where neither can be told.
        why: Why not, in words; empty where ``took`` is known.
    """

    model_config = ConfigDict(frozen=True)

    seat: str
    model: str
    more: str
    less: str
    expected: float | None
    found: Effect | None
    took: bool | None
    why: str = ""

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        who = f"{self.model} in the {_SEATS.get(self.seat, f'seat {self.seat}')}"
        if self.found is None or self.found.estimate is None or self.expected is None:
            return f"{who}: {self.why}."
        text = (
            f"{who} signs {_of_100(self.found.estimate)} of 100 packages more in {self.more} than "
            f"in {self.less}, where its profile says {_of_100(self.expected)}"
        )
        if self.found.interval is not None:
            lo, hi = self.found.interval
            text += f" (95% interval {_of_100(lo)} to {_of_100(hi)})"
        if lost := sum(self.found.n_missing.values()):
            text += f", {lost} answers missing"
        verdict = {True: "its incentives took", False: "its incentives did not take"}
        return f"{text}: {self.why if self.took is None else verdict[self.took]}."


class Probes(BaseModel):
    """The manipulation check of a run."""

    model_config = ConfigDict(frozen=True)

    acting: tuple[Acting, ...]
    separations: tuple[Separation, ...]


def probes_of(folder: RunFolder) -> Probes | None:
    """What the scored probes of a run show; None where none was planned or scored.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if PROBE not in folder.info.later_kinds:
        return None
    return read(score for score in folder.scores() if score.evaluator == PROBE)


def read(scores: Iterable[Score]) -> Probes | None:
    """What scores of the evaluator ``probe`` show; None where there are none."""
    put: dict[tuple[str, str], dict[str, list[Put]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        detail: Mapping[str, Any] = score.detail
        if not {"seat", "model", "points"} <= detail.keys():
            continue  # the evaluator failed; its values are null with the reason
        points = list(_points(score, detail["points"]))
        for arm in score.arms:
            put[str(detail["seat"]), str(detail["model"])][arm] += points
    if not put:
        return None
    return Probes(
        acting=tuple(
            acting(arm, seat, model, points)
            for (seat, model), arms in put.items()
            for arm, points in arms.items()
        ),
        separations=tuple(
            separation(seat, model, arms) for (seat, model), arms in put.items() if len(arms) > 1
        ),
    )


def _points(score: Score, points: Sequence[Any]) -> Iterator[Put]:
    for number, point in enumerate(points):
        value, expected, signs = (None, None, None) if point is None else point
        pair = f"{score.twin}/{score.epoch}/{number}"
        yield Put(score.scenario or "", pair, value, expected, signs)


def acting(arm: str, seat: str, model: str, put: Sequence[Put]) -> Acting:
    """What a delegate acted on, from the packages that were put to it."""
    answered = [one for one in put if one.signs is not None]
    known = [one for one in put if one.expected is not None]
    clusters = _clusters((one, one.signs) for one in answered)
    whole = fit(*_flat(clusters))
    own = fit(*_flat(_clusters((one, one.expected) for one in known)))
    threshold = slope = None
    if whole is not None:
        slope = _exponential(jackknifed(clusters, _log_slope))
        threshold = _number(jackknifed(clusters, _threshold))
    problem = "" if whole is not None else _why_flat([one.signs for one in answered])
    if whole is not None and not _follows(clusters):
        threshold, problem = None, "what it signs does not depend on what a package is worth"
    return Acting(
        arm=arm,
        seat=seat,
        model=model,
        answers=len(answered),
        missing=len(put) - len(answered),
        scenarios=len(clusters),
        signed=_mean(arm, put, _SIGNED),
        expected=_mean(arm, put, _EXPECTED),
        threshold=threshold,
        slope=slope,
        separated=whole is not None and whole.separated,
        own_threshold=None if own is None else own.threshold,
        problem=problem,
    )


def separation(seat: str, model: str, arms: Mapping[str, Sequence[Put]]) -> Separation:
    """Hold the arm whose profile signs the most against the one whose profile signs the least.

    Args:
        arms: Arm -> the packages that were put; at least two arms.
    """
    shares = {arm: _mean(arm, put, _EXPECTED) for arm, put in arms.items()}
    known = {arm: share for arm, share in shares.items() if share is not None}
    more, less = (
        (max(known, key=lambda arm: known[arm]), min(known, key=lambda arm: known[arm]))
        if known
        else (next(iter(arms)),) * 2
    )

    def verdict(
        why: str,
        took: bool | None = None,
        expected: float | None = None,
        found: Effect | None = None,
    ) -> Separation:
        return Separation(
            seat=seat,
            model=model,
            more=more,
            less=less,
            expected=expected,
            found=found,
            took=took,
            why=why,
        )

    if more == less:
        return verdict("no two arms differ in what its profile signs")
    expected = _difference(arms, more, less, _EXPECTED).estimate
    if expected is None:
        return verdict("no package was put to it in both arms")
    if expected < APART:
        return verdict("no two arms differ in what its profile signs", expected=expected)
    found = _difference(arms, more, less, _SIGNED)
    if found.estimate is None:
        return verdict("no package has an answer in both arms", None, expected)
    heard = {arm: [one for one in arms[arm] if one.signs is not None] for arm in (more, less)}
    expected = _difference(heard, more, less, _EXPECTED).estimate  # of what was answered, as found
    if expected is None or expected < APART:
        return verdict("what they differ in has no answer in both arms", None, expected, found)
    if found.interval is None:
        why = "one scenario cannot show whether its incentives took"
        return verdict(why, None, expected, found)
    lo, hi = found.interval
    if lo > 0:
        return verdict("", True, expected, found)
    if hi < expected:
        return verdict("", False, expected, found)
    return verdict("too few scenarios to show whether its incentives took", None, expected, found)


def checked(answer: str, effect: Effect | None, probes: Probes | None) -> str:
    """The answer of a run with models, with what the manipulation check says of a null.

    "No effect shown" is left standing only where the incentives took, or where that was not
    checked, which is said.

    Args:
        answer: To the question of the run.
        effect: Of its primary contrast; None where there is none.
        probes: None where nobody was probed.
    """
    if effect is None or effect.shown is not False:
        return answer
    if probes is None:
        return f"{answer} Whether the incentives took was not checked."
    tested = [
        one for one in probes.separations if one.expected is not None and one.expected >= APART
    ]
    said = " ".join(one.sentence for one in tested)
    if not tested:
        reasons = dict.fromkeys(one.why for one in probes.separations)
        why = "; ".join(reasons) or "only one arm was asked"
        return f"{answer} Whether the incentives took could not be checked: {why}."
    if any(one.took for one in tested):
        return f"{answer} {said}"
    if all(one.took is False for one in tested):
        instead = "These incentives did not take on this model"
    else:
        instead = "It is not known whether these incentives took on this model"
    if "No effect shown" not in answer:
        return f"{answer} {instead}. {said}"
    return f"{answer.replace('No effect shown', instead, 1)} {said}"


def _difference(arms: Mapping[str, Sequence[Put]], more: str, less: str, measure: str) -> Effect:
    asked = Contrast(name="manipulation check", measure=measure, treatment=more, control=less)
    return evaluate(asked, [row for arm in (more, less) for row in _rows(arm, arms[arm], measure)])


def _rows(arm: str, put: Iterable[Put], measure: str) -> Iterator[Observation]:
    for one in put:
        answer = one.signs if measure == _SIGNED else one.expected
        yield Observation(one.scenario, one.pair, arm, None if answer is None else float(answer))


def _mean(arm: str, put: Iterable[Put], measure: str) -> float | None:
    means = single(_rows(arm, put, measure), arm).values()
    spread = cluster_t(means)
    return spread.mean if spread is not None else float(means[0]) if len(means) else None


def _clusters(
    answers: Iterable[tuple[Put, bool | None]],
) -> dict[str, tuple[list[float], list[bool]]]:
    """Scenario -> values and answers."""
    found: dict[str, tuple[list[float], list[bool]]] = {}
    for one, answer in answers:
        if one.value is not None and answer is not None:
            values, signed = found.setdefault(one.scenario, ([], []))
            values.append(one.value)
            signed.append(answer)
    return found


def _flat(
    clusters: Mapping[str, tuple[Sequence[float], Sequence[bool]]],
) -> tuple[list[float], list[bool]]:
    values = [value for one, _ in clusters.values() for value in one]
    return values, [answer for _, answers in clusters.values() for answer in answers]


def _why_flat(answers: Sequence[bool | None]) -> str:
    if not answers:
        return "there is no usable answer"
    if all(answers):
        return "it signs every package"
    if not any(answers):
        return "it leaves every package"
    return "it does not sign packages of more worth more often"


def _number(estimate: Estimate | None) -> Number | None:
    return None if estimate is None else Number(value=estimate.value, interval=estimate.interval)


def _threshold(curve: Curve) -> float:
    return curve.threshold


def _log_slope(curve: Curve) -> float:
    """Slopes are skewed: their logarithms are nearly not."""
    return math.log(curve.slope)


def _exponential(estimate: Estimate | None) -> Number | None:
    if estimate is None:
        return None
    span = estimate.interval
    ends = None if span is None else (math.exp(span[0]), math.exp(span[1]))
    return Number(value=math.exp(estimate.value), interval=ends)


def _follows(clusters: Mapping[str, tuple[Sequence[float], Sequence[bool]]]) -> bool:
    """Whether what is signed is worth more than what is left, over scenarios; true where fewer than
    two scenarios have both, since it cannot be tested there."""
    apart = []
    for values, signed in clusters.values():
        taken = [value for value, signs in zip(values, signed, strict=True) if signs]
        left = [value for value, signs in zip(values, signed, strict=True) if not signs]
        if taken and left:
            apart.append(math.fsum(taken) / len(taken) - math.fsum(left) / len(left))
    spread = cluster_t(apart)
    return spread is None or spread.lo > 0


def _of_100(share: float) -> str:
    return f"{100 * share:.0f}".replace("-", "\N{MINUS SIGN}")
