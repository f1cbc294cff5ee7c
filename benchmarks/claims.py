"""What scripted runs say to every claim of the theory: the table of docs/claims.md.

    python benchmarks/claims.py

Plays the suites that ask about claims, between scripts. Scripts are instruments: a row says
whether the instrument gives the sign that the theory predicts for these incentives, and nothing
about people or models. Evidence takes models: ``track15 run SUITE --model ...``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.analysis.findings import Findings
from harness.app import run
from harness.report.wording import verdict, within
from harness.suite.contrasts import CLAIMS, Contrast
from harness.suite.loading import load_suite

SUITES: Final = ("claims", "influence", "laundering", "misreading", "mitigations")
"""The suites that ask about claims, in the order of their rows."""
HEADINGS: Final = ("claim", "question", "measure", "arms", "suite", "scripts")


def questions() -> Iterator[tuple[str, Contrast]]:
    """Every comparison that names a claim: (suite, comparison), by claim."""
    asked = [
        (suite, contrast)
        for suite in SUITES
        if (contrasts := load_suite(suite).contrasts) is not None
        for contrast in contrasts.all()
        if contrast.claim
    ]
    yield from sorted(asked, key=lambda one: CLAIMS.index(one[1].claim))


def against(contrast: Contrast) -> str:
    """The arms that are compared."""
    control = contrast.control
    return f"{contrast.treatment} − {control}" if control else f"{contrast.treatment}, against 0"


def rows(found: dict[str, Findings]) -> Iterator[tuple[str, ...]]:
    """The rows of the table.

    Args:
        found: Suite -> what its run shows.
    """
    for suite, contrast in questions():
        findings = found[suite]
        effects = [e for e in (findings.primary, *findings.secondary) if e is not None]
        (effect,) = [e for e in effects if e.contrast == contrast]
        figure = f"{within(effect.estimate, effect.interval)}, {verdict(effect)}"
        yield (
            contrast.claim,
            contrast.name,
            f"`{contrast.measure}`",
            against(contrast),
            f"`{suite}`",
            figure,
        )


def table(found: dict[str, Findings]) -> Iterator[str]:
    """The lines of the table in Markdown."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|" + "---|" * len(HEADINGS)
    for row in rows(found):
        yield f"| {' | '.join(row)} |"


def main() -> None:
    """Play the suites and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = {suite: run(suite, log_dir=Path(place)).findings for suite in SUITES}
    print("\n".join(table(found)))


if __name__ == "__main__":
    sys.exit(main())
