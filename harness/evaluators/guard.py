"""Protects the loop over dialogues from a user's own evaluator.

What the evaluator prints goes to stderr. What it raises is an error of that evaluator alone. What
it returns becomes plain values, or null with the reason. What it is given is its own copy.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, SupportsFloat

from pydantic_core import from_json, to_json

from harness.disputes.scenario import Scenario
from harness.errors import told
from harness.evaluators.base import Evaluator, Found, Measure, Value, nothing
from harness.evaluators.case import Case
from harness.plugins import users_code
from harness.records.spec import TALKS
from harness.records.transcript import StageRecord
from harness.visible import writable


@dataclass
class Guarded:
    """A wrapper around an evaluator that is not built in. Implements
    :class:`~harness.evaluators.base.Evaluator`.

    Args:
        inner: The user's object.
        name, version, measures: As they were when it was loaded.
        where: The flag and what the user named with it, or the entry point.
        kind: The kind of record that it reads.
        record: What it reads them as.
        fooled_by: What it says that fools it.
    """

    inner: Evaluator
    name: str
    version: int
    measures: tuple[Measure, ...]
    where: str
    kind: str = TALKS
    record: type[StageRecord] = StageRecord
    fooled_by: tuple[str, ...] = ()
    _scenario: tuple[Scenario, Scenario] | None = field(default=None, repr=False)

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. Never raises but for Ctrl-C."""
        try:
            with users_code():
                given: object = self.inner.score(self._copy(case))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - sys.exit and all: its own missing value
            return nothing(self.measures, f"the evaluator failed: {told(error)}")
        if not isinstance(given, Found):  # mypy believes what it promised
            if inspect.iscoroutine(given):
                given.close()
            return nothing(self.measures, f"score() gave a {type(given).__name__}, not a Found")
        return self._plain(given)

    def _copy(self, case: Case) -> Case:
        """A case of its own: what it changes in it, nobody else sees."""
        return Case(
            record=case.record.model_copy(deep=True),
            scenario=self._own(case.scenario),
            spec=None if case.spec is None else case.spec.model_copy(deep=True),
            inputs={name: read.model_copy(deep=True) for name, read in case.inputs.items()},
        )

    def _own(self, scenario: Scenario) -> Scenario:
        """A copy of the scenario; the same one for as long as the same scenario comes."""
        if self._scenario is None or self._scenario[0] is not scenario:
            self._scenario = (scenario, scenario.model_copy(deep=True))
        return self._scenario[1]

    def _plain(self, given: Found) -> Found:
        values = given.values if isinstance(given.values, Mapping) else {}
        reasons = given.why_null if isinstance(given.why_null, Mapping) else {}
        found = Found()
        for measure in self.measures:
            raw = values.get(measure.name)
            value, why = plain_value(raw)
            if raw is None:
                said = reasons.get(measure.name)
                why = writable(said) if isinstance(said, str) else "the evaluator gave no value"
            found.put(measure.name, value, why)
        found.detail = plain_detail(given.detail)
        return found


def plain_value(raw: object) -> tuple[Value, str]:
    """A value as a record holds it, and why it is None where it is.

    Numbers of any library (numpy's, fractions, decimals) become floats. NaN and the infinities are
    None: JSON has no such numbers.
    """
    if raw is None or isinstance(raw, bool):
        return raw, ""
    if isinstance(raw, str):
        if writable(raw) != raw:
            return None, "the value has half a character in it (a lone surrogate)"
        return raw, ""
    if type(raw).__name__ in ("bool_", "bool"):  # numpy's
        return bool(raw), ""
    if isinstance(raw, Real | SupportsFloat):
        try:
            number = float(raw)
        except Exception as error:  # noqa: BLE001 - whatever the library's number raises
            return None, f"the value is no number that fits: {told(error)}"
        if number - number != 0:
            return None, f"the value was {number}"
        return number, ""
    return None, f"the value is a {type(raw).__name__}, not a number, yes or no, or a text"


def plain_detail(raw: object) -> dict[str, object]:
    """Detail as plain JSON values that can be written and read again."""
    if not raw:
        return {}
    try:
        with users_code():
            detail: Any = from_json(to_json(raw))
    except Exception as error:  # noqa: BLE001 - whatever its objects raise when they are written
        return {"problem": f"the detail cannot be written: {told(error)}"}
    return detail if isinstance(detail, dict) else {"detail": detail}
