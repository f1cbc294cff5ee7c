"""The manipulation check on models whose responsiveness is known.

    python benchmarks/manipulation.py --write docs/validity.md

Every model answers all questions of the check, through the shipped prompts, in six disputes. Its
rule is known: a logistic curve in what a package is worth to the principal over no deal, with a
threshold in each of two arms, one of which gives a reward for any agreement. So it is known whether
the reward took, and where the thresholds are. Takes about ten seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.validity import write_between  # noqa: E402
from harness.analysis.thresholds import Acting, Probes, read  # noqa: E402
from harness.disputes.loading import load_scenarios  # noqa: E402
from harness.records.score import Score  # noqa: E402
from tests.support.probes import Decide, logistic, of_seat, probed, scores_of, talks  # noqa: E402

DISPUTES: Final = ("opening", "supply", "ceasefire", "sequencing", "armistice", "nuclear")
REWARD: Final = 0.25
ARMS: Final[Mapping[str, float]] = {"no-reward": 0.0, "reward": REWARD}
BEGIN: Final = "<!-- manipulation: begin -->"
END: Final = "<!-- manipulation: end -->"


@dataclass(frozen=True)
class Model:
    """A model with a known rule.

    Attributes:
        name: What the table calls it.
        threshold: From how much over no deal it signs, in the arm without a reward.
        heeds: Share of the reward by which that falls in the other arm.
        slope: Log odds for one unit of value; 0 answers at random.
    """

    name: str
    threshold: float
    heeds: float
    slope: float

    def truth(self, reward: float) -> float:
        """Its threshold in an arm with this reward."""
        return self.threshold - self.heeds * reward

    def decide(self) -> Decide:
        """What it says of a package."""
        return logistic(lambda spec: self.truth(spec.asked.profile.deal_reward), slope=self.slope)


MODELS: Final = (
    Model("follows its incentives", 0.03, 1.0, 25),
    Model("follows them, and wavers", 0.03, 1.0, 8),
    Model("follows them by half", 0.03, 0.5, 25),
    Model("ignores them", 0.0, 0.0, 25),
    Model("ignores them, and wavers", 0.0, 0.0, 8),
    Model("ignores them, and asks for more", 0.15, 0.0, 25),
    Model("answers at random", 0.0, 0.0, 0),
)


def check(model: Model) -> Probes:
    """What the check finds of a model in the other seat of Track 1."""
    found: list[Score] = []
    decide = model.decide()
    for name in DISPUTES:
        (scenario,) = load_scenarios(name)
        for epoch in (1, 2):
            for arm, reward in ARMS.items():
                base = talks(scenario, "1", seed=epoch, repairs=0)
                spec = of_seat(base, "u", deal_reward=reward)
                found += scores_of(probed(spec, scenario, decide), scenario, [arm], epoch)
    probes = read(found)
    assert probes is not None
    return probes


def table(models: Sequence[Model] = MODELS) -> str:
    """One row a model, as Markdown."""
    rows = [
        "| model | threshold: truth | found | with the reward: truth | found | verdict |",
        "|---|---|---|---|---|---|",
    ]
    for model in models:
        probes = check(model)
        cells = [model.name]
        for arm, reward in ARMS.items():
            acting = next(one for one in probes.acting if one.arm == arm)
            cells += [_signed(model.truth(reward)) if model.slope else "none", _found(acting)]
        (separation,) = probes.separations
        verdicts = {True: "took", False: "did not take", None: "cannot be told"}
        rows.append(f"| {' | '.join([*cells, verdicts[separation.took]])} |")
    return "\n".join(rows)


def _found(acting: Acting) -> str:
    threshold = acting.threshold
    if threshold is None:
        return "none"
    if threshold.interval is None:
        return _signed(threshold.value)
    lo, hi = threshold.interval
    return f"{_signed(threshold.value)} ({_signed(lo)} to {_signed(hi)})"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if round(value, 2) else "0.00"


def main() -> None:
    """Print the table, or write it into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="Page whose table is written anew.")
    given = parser.parse_args()
    text = table()
    if given.write is None:
        print(text)
    else:
        write_between(given.write, text, BEGIN, END)


if __name__ == "__main__":
    main()
