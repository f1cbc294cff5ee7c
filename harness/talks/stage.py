"""Talks as a kind of stage."""

from __future__ import annotations

from harness.records.finished import Played
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import Outcome, Talks, Transcript, VoidReason
from harness.stages.base import Bench, Inputs, Kind
from harness.talks.order import first_order
from harness.talks.table import Table


class TalksKind(Kind[TalksSpec]):
    """Delegations at a table."""

    name = TALKS
    spec = TalksSpec
    record = Transcript

    async def play(self, spec: TalksSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`."""
        scenario = bench.scenario(spec.scenario, spec.twin)
        return await Table(spec, scenario, bench.seats(spec), bench.on_call).play()

    def empty_body(self, spec: TalksSpec, why: VoidReason) -> Talks:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Talks(
            order=first_order(spec),
            outcome=Outcome(kind="void", round=1, reason=why.detail),
        )
