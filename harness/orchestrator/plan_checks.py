"""What has to hold of a suite before it is planned: its size, its texts, and who can be seated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.yamlfile import Document, input_error
from harness.suite.absent import ABSENT
from harness.suite.checks import never_paired, unsound_texts
from harness.suite.suite import Suite

MAX_DIALOGUES = 1_000_000
"""Dialogues of one run. The ids of those that were played are kept in memory."""


def hold_size(
    suite: Suite, played: Mapping[str, Sequence[str]], limit: int | None, lineups: int
) -> None:
    """Hold that the plan has no more dialogues than a run can.

    Args:
        played: Arm -> scenarios.
        limit: Of dialogues; None for none.
        lineups: How many play the whole suite.

    Raises:
        InputError: It has more.
    """
    epoch = lineups * sum(
        len(set(ids)) * len(set(suite.twins_of(arm))) for arm, ids in played.items()
    )
    total = epoch * suite.epochs
    if epoch <= MAX_DIALOGUES and min(total, limit or total) <= MAX_DIALOGUES:
        return
    raise InputError(
        f"the suite has {total:,} dialogues; one run has at most {MAX_DIALOGUES:,}",
        where=f"suite {suite.id}",
        fix="ask for fewer with --epochs, --limit, --arm or --scenario"
        if epoch <= MAX_DIALOGUES
        else "split the suite",
    )


def hold_sound(
    suite: Suite,
    scenarios: Mapping[str, Scenario],
    played: Mapping[str, Sequence[str]],
    file: Document | None,
) -> None:
    """Hold that nothing is asked that no outcome could answer, and that every text fits.

    Args:
        file: Where the suite stands, whose lines an error names.

    Raises:
        InputError: Something is.
    """
    found = [*unsound_texts(suite, scenarios, played), *never_paired(suite, played)]
    if found and file is not None:
        raise input_error(file, found)
    if found:
        where = ".".join(str(part) for part in found[0].path)
        raise InputError(found[0].what, where=where, fix=found[0].fix)


def hold_seatable(arm: str, principal: str, scenario: Scenario) -> None:
    """Hold that a further delegation can sit at the table of a scenario.

    Raises:
        InputError: Its principal sits there already, or never does.
    """
    if principal == ABSENT and ABSENT not in scenario.principals:
        return
    if principal in (scenario.seats.o, scenario.seats.u):
        raise InputError(
            f"arm {arm!r} seats {principal!r} twice on scenario {scenario.id!r}",
            fix="'also' is for principals that are not in seat o or u",
        )
    if principal not in scenario.table_principals():
        known = ", ".join(scenario.table_principals())
        raise InputError(
            f"arm {arm!r} seats {principal!r}, who cannot sit at the table of {scenario.id!r}",
            fix=f"principals with at_table: true: {known}",
        )
