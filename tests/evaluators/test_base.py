from __future__ import annotations

from harness.evaluators.base import Measure, kind_of, per_seat
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
