from __future__ import annotations

import re

import pytest

from harness.evaluators.base import Evaluator, Measure, fooled_by_of, kind_of, per_seat
from harness.evaluators.process import VOID_KINDS, Process
from harness.evaluators.registry import builtin, measures
from harness.records.transcript import VoidReason

SOME = Measure(name="some", title="some", definition="some number", range="0..1", undefined="never")


def test_every_measure_says_what_it_is() -> None:
    found = measures(builtin())
    assert "settlement.skew" in found
    for name, measure in found.items():
        for text in (measure.title, measure.definition, measure.range, measure.undefined):
            assert text, name
            assert "{}" not in text, name


def test_measure_for_both_seats() -> None:
    calm = Measure(
        name="calm", title="{}'s calm", definition="d", range="r", undefined="u", headline=True
    )
    one, two = per_seat(calm)
    assert (one.name, one.title) == ("calm_o", "official seat's calm")
    assert (two.name, two.title) == ("calm_u", "other seat's calm")
    assert one.definition == two.definition == "d"
    assert one.headline
    assert two.headline


def test_the_kinds_of_void_are_those_of_the_record() -> None:
    (kind,) = [measure for measure in Process.measures if measure.name == "void_kind"]
    assert {"reply", "prompt", "limit", "endpoint", "delegation", "budget"} <= set(VOID_KINDS)
    assert kind.range.split(", ") == list(VOID_KINDS)
    for name in VOID_KINDS:
        assert VoidReason(kind=name, seat="u", detail="why").kind == name  # type: ignore[arg-type]


class Silent:
    """An evaluator that does not say what it reads."""

    name = "silent"
    version = 1
    measures = (SOME,)


class Reader(Silent):
    """One that does."""

    kind = "publication"


def test_an_evaluator_reads_talks_where_it_does_not_say() -> None:
    assert kind_of(Silent()) == "talks"
    assert kind_of(Reader()) == "publication"
    others = {evaluator.name: kind_of(evaluator) for evaluator in builtin()}
    assert others.pop("probe") == "probe", "it reads what a delegate was asked before any talks"
    assert others.pop("judged") == "judgement"
    assert others.pop("reported") == "recorded", "it reads what others say of their own talks"
    assert set(others.values()) == {"talks", "chain"}


@pytest.mark.parametrize("evaluator", builtin(), ids=lambda one: one.name)
def test_every_built_in_evaluator_says_what_fools_it(evaluator: Evaluator) -> None:
    said = fooled_by_of(evaluator)
    assert isinstance(said, tuple), "write a tuple: a lone sentence needs a comma after it"
    assert said, (
        f"{evaluator.name} has no fooled_by: say in a sentence each what makes its measures say "
        "what is not so, as in harness/evaluators/settlement.py"
    )
    for sentence in said:
        assert re.fullmatch(r"[A-Z`].*\.", sentence), f"no whole sentence: {sentence!r}"
    known = measures(builtin())
    own = {name.partition(".")[2] for name in known if name.startswith(f"{evaluator.name}.")}
    for name in re.findall(r"`([^`]+)`", " ".join(said)):
        seats = {f"{name}_o", f"{name}_u"}
        found = name in own or name in known or seats & own or seats & known.keys()
        assert found or name in FIELDS, f"{name} is no measure"


FIELDS = {"persuadable", "caution"}
"""What such sentences name besides measures: fields of a suite."""


def test_an_evaluator_of_a_user_need_not_say_what_fools_it() -> None:
    assert fooled_by_of(Silent()) == ()
