"""What became of the dialogues of a run: planned, played, cut, void, failed, without agreement.

An answer is computed from what is left of a run. This says how much that is, before the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.proceedings import Proceedings
from harness.records.run import RunInfo

WORTH_A_WARNING: Final = 0.1
"""Share of void dialogues in an arm above which a warning is due."""
ARMS_BY_NAME: Final = 4
"""Up to so many arms are all named; of more, those that have something to tell."""
SCENARIOS_BY_NAME: Final = 4
_UNLIKE: Final = "Void rates differ between arms"
NOT_PLAYED: Final = {
    "endpoint": "because an endpoint failed",
    "budget": "because the run's token or cost limit was reached",
    "delegation": "because your delegation failed",
}
"""Kind of a failure -> why the dialogue was not played; other kinds go by their name."""


class ArmAccount(BaseModel):
    """What became of the dialogues of one arm.

    Attributes:
        finished: Recorded ones: ``done`` + ``void`` + ``failed``.
        done: Played to their end.
        no_agreement: Of ``done``, those without a deal.
        walk_outs: Of ``no_agreement``, those in which somebody left.
        unknown: Of ``done``, those held elsewhere of which nobody told how they ended.
        void: Without a result, and settled.
        void_kinds: Kind of the reason (``reply``, ``prompt``, ``limit``, ...) -> void dialogues.
        failed: Without a result, and played again on resuming.
        failed_kinds: Kind of the reason (``endpoint``, ``budget``, ...) -> failed dialogues.
    """

    model_config = ConfigDict(frozen=True)

    finished: int
    done: int
    no_agreement: int
    walk_outs: int
    unknown: int = Field(default=0, exclude_if=lambda number: not number)
    void: int
    void_kinds: dict[str, int]
    failed: int
    failed_kinds: dict[str, int]

    @property
    def deals(self) -> int:
        return self.done - self.no_agreement - self.unknown

    @property
    def settled(self) -> int:
        """Dialogues that need no more playing."""
        return self.done + self.void

    @property
    def void_share(self) -> float:
        """Void of the settled dialogues, in [0, 1]; 0 where there is none."""
        return self.void / self.settled if self.void else 0.0


class ArmEpisodes(BaseModel):
    """What became of the episodes of one arm that go on after their talks.

    Attributes:
        begun: Those that the plan has by now.
        whole: Of ``begun``, those of which every stage has a result.
        void: Of ``begun``, those with a void stage. What does not read that stage has values.
        unfinished: Of ``begun``, those that were not played to their end: interrupted, or a stage
            has failed. They have no values, and are played on resuming.
    """

    model_config = ConfigDict(frozen=True)

    begun: int
    whole: int
    void: int
    unfinished: int


class Account(BaseModel):
    """What became of all dialogues of a run.

    Attributes:
        planned: After ``--limit``.
        played: Settled ones, ``done`` or ``void``.
        missing: ``planned`` - ``played``; failed ones are among them.
        cut_by_limit: Dialogues of the suite that ``--limit`` left out of the plan; None where it
            left some out and the record, of an older version, does not tell how many.
        cut_scenarios: Scenarios of which ``--limit`` left out every dialogue.
        arms: Arm -> its dialogues, in the suite's order.
        episodes: Arm -> its episodes, of the arms in which anything follows the talks; else none.
        elsewhere: Whether the talks were held elsewhere, and nothing was planned or played here.
    """

    model_config = ConfigDict(frozen=True)

    planned: int
    played: int
    missing: int
    cut_by_limit: int | None
    cut_scenarios: tuple[str, ...]
    arms: dict[str, ArmAccount]
    episodes: dict[str, ArmEpisodes] = Field(default={}, exclude_if=lambda found: not found)
    elsewhere: bool = Field(default=False, exclude_if=lambda elsewhere: not elsewhere)

    def total(self, what: str) -> int:
        """Sum of a field of :class:`ArmAccount` over the arms."""
        return sum(getattr(arm, what) for arm in self.arms.values())

    def sentences(self) -> list[str]:
        """The whole in words, the plan first. What did not happen is left out."""
        said = [f"{self.played:,} of {_counted(self.planned, 'planned dialogue')} played."]
        if self.elsewhere:
            said = [f"{_counted(self.played, 'dialogue')} that others have held."]
        said += cut_by_limit(self.cut_by_limit, self.cut_scenarios)
        done, without = self.total("done"), self.total("no_agreement")
        untold = self.total("unknown")
        if without:
            said.append(f"No agreement: {_by_arm(self.arms, 'no_agreement', 'done')}.")
        elif done > untold:
            said.append(f"Deals: {done - untold:,} of {done:,}.")
        if untold:
            said.append(f"Nobody told how they ended: {_by_arm(self.arms, 'unknown', 'done')}.")
        if self.total("void"):
            said.append(f"Void: {_by_arm(self.arms, 'void', 'settled')}.")
        if self.total("failed"):
            kinds: dict[str, int] = {}
            for arm in self.arms.values():
                for kind, number in arm.failed_kinds.items():
                    kinds[kind] = kinds.get(kind, 0) + number
            said.append(
                f"Failed: {_by_arm(self.arms, 'failed', 'finished')}; "
                + "; ".join(not_played(kind, number) for kind, number in kinds.items())
                + "."
            )
        return said + self._followed()

    def _followed(self) -> list[str]:
        """What became of what follows the talks, in a sentence; none where nothing does."""
        if not self.episodes:
            return []
        begun, whole = (
            sum(getattr(arm, part) for arm in self.episodes.values()) for part in ("begun", "whole")
        )
        said = [f"What follows the talks: {whole:,} of {_counted(begun, 'episode')} complete"]
        for part, words in (("void", "with a void stage"), ("unfinished", "not played to the end")):
            if any(getattr(arm, part) for arm in self.episodes.values()):
                said.append(f"{words}: {_by_arm(self.episodes, part, 'begun')}")
        return ["; ".join(said) + "."]

    def warnings(self, answer: str = "") -> list[str]:
        """What weakens any answer: many voids, and more of them in one arm than in another.

        Args:
            answer: The answer that is shown beside them; what it says already is left out.
        """
        said = []
        many = [
            f"{name} {arm.void_share:.0%}"
            for name, arm in self.arms.items()
            if arm.void_share > WORTH_A_WARNING
        ]
        if many and self.total("done"):  # else nothing is left, and the answer says so
            said.append(
                f"Many dialogues are void ({', '.join(many)}): the dialogues that remain may not "
                "answer the question."
            )
        unlike = self.void_difference(self.arms)
        if unlike is not None and _UNLIKE not in answer:
            said.append(f"{unlike}: only the dialogues that came through are compared.")
        return said

    def void_difference(self, arms: Iterable[str]) -> str | None:
        """That the share of voids differs between these arms, in words; None where it does not."""
        played = [(name, arm) for name in arms if (arm := self.arms.get(name)) and arm.settled]
        if len({Fraction(arm.void, arm.settled) for _, arm in played}) < 2:
            return None
        if len(played) > ARMS_BY_NAME:
            played.sort(key=lambda pair: pair[1].void_share)
            played = [played[0], played[-1]]
        named = ", ".join(f"{name} {arm.void:,} of {arm.settled:,}" for name, arm in played)
        return f"{_UNLIKE} ({named})"


def _by_arm(arms: Mapping[str, BaseModel], part: str, whole: str) -> str:
    """``3 of 24 (lean 3 of 12, plain 0 of 12)``."""
    rows = [(name, getattr(arm, part), getattr(arm, whole)) for name, arm in arms.items()]
    rows = [row for row in rows if row[2]]
    total = f"{sum(row[1] for row in rows):,} of {sum(row[2] for row in rows):,}"
    if len(rows) < 2:
        return total + (f" ({rows[0][0]})" if rows and len(arms) > 1 else "")
    named = [row for row in rows if row[1]] if len(rows) > ARMS_BY_NAME else rows
    words = [f"{name} {number:,} of {of:,}" for name, number, of in named]
    if len(named) < len(rows):
        words.append(f"none in {_counted(len(rows) - len(named), 'other arm')}")
    return f"{total} ({', '.join(words)})"


def cut_by_limit(number: int | None, scenarios: Sequence[str]) -> list[str]:
    """What ``--limit`` cut, in a sentence; none where it cut nothing.

    Args:
        number: Dialogues; None where that is not known.
        scenarios: Those that were cut whole.
    """
    if number is None:
        return ["--limit cut the plan; the record does not say by how many dialogues."]
    if not number:
        return []
    text = f"--limit cut {_counted(number, 'dialogue')} of the suite"
    if scenarios:
        named = ", ".join(scenarios[:SCENARIOS_BY_NAME])
        if (more := len(scenarios) - SCENARIOS_BY_NAME) > 0:
            named += f" and {more} more"
        text += f", and {_counted(len(scenarios), 'scenario')} whole: {named}"
    return [text + "."]


def not_played(kind: str, number: int) -> str:
    """``3 not played because an endpoint failed``."""
    return f"{number:,} not played {NOT_PLAYED.get(kind, f'({kind})')}"


def account_of(
    info: RunInfo,
    proceedings: Mapping[str, Proceedings],
    episodes: Mapping[str, Proceedings] | None = None,
) -> Account:
    """What became of the dialogues of a run.

    Args:
        proceedings: Arm -> what happened in it.
        episodes: The same of the episodes that go on after their talks; None where none does.
    """
    arms = {
        name: ArmAccount(
            finished=went.dialogues,
            done=went.done,
            no_agreement=sum(went.endings.get(ending, 0) for ending in ("no_deal", "walk_out")),
            walk_outs=went.endings.get("walk_out", 0),
            unknown=went.endings.get("unknown", 0),
            void=went.void,
            void_kinds=dict(went.void_kinds.most_common()),
            failed=went.failed,
            failed_kinds=dict(went.failed_kinds.most_common()),
        )
        for name, went in proceedings.items()
    }
    played = sum(arm.settled for arm in arms.values())
    return Account(
        planned=info.dialogues,
        played=played,
        missing=max(0, info.dialogues - played),
        cut_by_limit=None if info.limited and not info.cut else info.cut,
        cut_scenarios=info.cut_scenarios,
        arms=arms,
        episodes={
            name: ArmEpisodes(
                begun=went.dialogues, whole=went.done, void=went.void, unfinished=went.failed
            )
            for name, went in (episodes or {}).items()
            if went.dialogues
        },
        elsewhere=info.elsewhere,
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
