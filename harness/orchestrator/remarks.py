"""Warns of options and settings that have no effect, before anything is played.

A setting without effect would otherwise look like a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from harness.incentives.tracks import TRACKS, SeatName, TrackName, move_mechanism
from harness.orchestrator.following import roles_of
from harness.orchestrator.openers import unbalanced
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import FOLLOWED, Plan
from harness.records.later import LATER
from harness.suite.influence import Influence
from harness.suite.parts import SeatSpec

LISTED = 6
"""Names that one remark lists."""
_OF_MODELS = {"temperature": "--temperature", "max_tokens": "--max-tokens", "effort": "--effort"}


def remarks(plan: Plan, changes: Overrides, prompts_dir: Path | None, *, plays: bool) -> list[str]:
    """One sentence for each option or setting that has no effect.

    Args:
        plan: With ``changes`` applied.
        changes: Flags.
        prompts_dir: Of ``--prompts``.
        plays: Whether the plan is about to be played. Realities that only longer talks would reach
            are then passed over where the scenario has others.
    """
    return [
        *_flags(plan, changes, prompts_dir),
        *_unplayed_words(plan),
        *_mechanisms(plan),
        *_unseated(plan),
        *_late(plan, plays=plays),
        *_links(plan),
        *_unmovable(plan),
        *_openers(plan),
    ]


def _links(plan: Plan) -> Iterator[str]:
    """Later talks that are to hear from readers, of whom none advises anybody."""
    influence = plan.suite.influence or Influence()
    hear = [
        name
        for name, arm in plan.suite.arms.items()
        if arm.then is not None and arm.then.later is not None and arm.then.later.readers
    ]
    if hear and not any(reader.advises for reader in influence.panel):
        yield (
            f"No reader of the panel advises anybody ('advises: true'), so the later talks of "
            f"{_listed(hear)} hear from none."
        )


def _unmovable(plan: Plan) -> Iterator[str]:
    """Arms whose later talks have a strength of their own, and somebody whom no number moves."""
    own = [
        name
        for name, arm in plan.suite.arms.items()
        if arm.then is not None and arm.then.later is not None and arm.then.later.has_own_strength
    ]
    ways = islice(plan.ways(), FOLLOWED) if own else iter(())
    without = {way.arm for way in ways if all(node.name != LATER for node in way.nodes)}
    if left := [name for name in own if name in without]:
        yield (
            "Whoever is told in words is moved by no number, so the persuadable or caution of "
            f"{_listed(left)} cannot be played: no later talks are, and what is asked of them has "
            "no value."
        )


def _openers(plan: Plan) -> Iterator[str]:
    """Arms in which one chair opens more often: who speaks first has an effect of its own."""
    arms = unbalanced(plan.suite, tuple(plan.arms))
    if arms and plan.suite.contrasts is not None:
        yield (
            f"One chair opens more dialogues than the other in {_listed(list(arms))}. Who speaks "
            "first has an effect of its own. An even number of epochs balances it, and so do the "
            "twins 'none' and 'seats'."
        )


def _flags(plan: Plan, changes: Overrides, prompts_dir: Path | None) -> Iterator[str]:
    asked = roles_of(plan.suite)
    seated = {model for role, model in changes.players if role in asked}
    for role, model in changes.players:
        if role not in asked and model not in seated:
            yield f"No part of this suite asks a {role}: --model {role}=... changes nothing here."
    kinds = {own.kind for own in plan.delegations.values()}
    models = bool(plan.addresses)
    if prompts_dir is not None and not models and "runnable" not in kinds:
        who = "Delegations of your own class" if kinds else "Scripted delegations"
        yield f"{who} read no prompts: --prompts changes nothing here."
    given = [flag for name, flag in _OF_MODELS.items() if getattr(changes, name) is not None]
    if given and not models and not kinds:
        yield f"Scripted delegations are not models: {_idle(given)} nothing here."
    if changes.token_limit is not None and not models and not kinds:
        yield "Scripted delegations take no tokens: --dialogue-token-limit changes nothing here."


def _unplayed_words(plan: Plan) -> Iterator[str]:
    """Words of the suite that only a model reads, where a script sits."""
    told = []
    for arm in plan.arms:
        for spec in _first_seats(plan, arm):
            if spec.kind == "scripted":
                told += [f"the stance of {arm}.{spec.seat}"] if spec.profile.stance else []
                told += [f"the members of {arm}.{spec.seat}"] if spec.members else []
    if told:
        yield f"Scripted delegations read no words: {_idle(told)} nothing here."


def _first_seats(plan: Plan, arm: str) -> Iterable[SeatSpec]:
    """Who sits at the first talks of an arm; at its others sit the same, for other principals."""
    played = plan.arms[arm]
    return plan.seats(arm, plan.scenarios[played[0]]) if played else ()


def _mechanisms(plan: Plan) -> Iterator[str]:
    """Mechanisms that an arm takes from a track whose preset it has."""
    idle = []
    for name, arm in plan.suite.arms.items():
        idle += [f"with: {one} in {name}" for one in arm.with_ if not _moves(arm.track, one, "1.5")]
        idle += [
            f"without: {one} in {name}" for one in arm.without if not _moves(arm.track, one, "1")
        ]
    if idle:
        yield f"The track already has this, or never had it: {_idle(idle)} nothing."


def _moves(track: TrackName | None, mechanism: str, donor: TrackName) -> bool:
    """Whether a track has a mechanism otherwise than ``donor``, from which it would be taken."""
    seats: tuple[SeatName, SeatName] = ("o", "u")
    presets = {} if track is None else {seat: TRACKS[track].seat(seat).profile for seat in seats}
    return any(
        move_mechanism(profile, seat, mechanism, donor) != profile
        for seat, profile in presets.items()
    )


def _unseated(plan: Plan) -> Iterator[str]:
    """Principals said to be at the table whom no arm seats."""
    seated = {
        (key, spec.principal)
        for arm, played in plan.arms.items()
        for key in played
        for spec in plan.seats(arm, plan.scenarios[key])
    }
    left = [
        f"{pid} of {key}"
        for key, scenario in plan.scenarios.items()
        for pid in scenario.table_principals()
        if (key, pid) not in seated
    ]
    if left:
        yield (
            f"No arm seats {_listed(left)}, though 'at_table' is true: add a seat with 'also', or "
            "write 'at_table: false'."
        )


def _late(plan: Plan, *, plays: bool) -> Iterator[str]:
    """Realities after the last round."""
    rounds = plan.suite.protocol.rounds
    reached = {
        key
        for key, scenario in plan.scenarios.items()
        if any(reality.after_round < rounds for reality in scenario.realities)
    }
    late = [
        f"{reality.id} of {key}"
        for key, scenario in plan.scenarios.items()
        for reality in scenario.realities
        if reality.after_round >= rounds and not (plays and key in reached)
    ]
    if late:
        noun = "1 round is" if rounds == 1 else f"{rounds} rounds are"
        yield f"At most {noun} played, so these never happen: {_listed(late)}."


def _idle(names: list[str]) -> str:
    """``a changes``, or ``a, b change``."""
    return f"{_listed(names)} {'changes' if len(names) == 1 else 'change'}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
