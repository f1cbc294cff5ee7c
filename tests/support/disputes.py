"""A small sound dispute as a person would write it, and ways to load and break it."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.disputes.scenario import Scenario
from harness.files.yamlfile import load_model

SMALL = """\
id: small
title: A small dispute
summary: $a and $b discuss the $a_adj well.
seats: {o: b, u: a}
issues:
  - id: well
    name: The well
    question: Who draws from the well?
    options:
      - {id: mine, text: $a draws all of it}
      - {id: half, text: each draws half}
      - {id: yours, text: $b draws all of it}
  - id: fence
    name: The fence
    question: Who mends the fence?
    options:
      - {id: them, text: $b mends it}
      - {id: us, text: $a mends it}
principals:
  a:
    name: Arden
    adjective: Ardenese
    description: $a farms the hill.
    reservation: 0.3
    weights: {well: 0.6, fence: 0.4}
    values:
      well: {mine: 1, half: 0.7, yours: 0}
      fence: {them: 1, us: 0}
    costs:
      well: {material: 0.5, political: 0.3, emotional: 0.2}
      fence: {material: 1, political: 0, emotional: 0}
    red_lines:
      - {issue: well, options: [yours], why: $a needs water.}
    public:
      opening: {well: mine, fence: them}
      talking_points: [Water is life.]
      stereotype:
        reservation: 0.5
        weights: {well: 0.5, fence: 0.5}
        values:
          well: {mine: 1, half: 0.2, yours: 0}
  b:
    name: Boral
    adjective: Boralian
    description: $b farms the valley.
    reservation: 0.25
    weights: {well: 0.3, fence: 0.7}
    values:
      well: {mine: 0, half: 0.5, yours: 1}
      fence: {them: 0, us: 1}
    costs:
      well: {material: 0.2, political: 0.2, emotional: 0.6}
      fence: {material: 0.4, political: 0.6, emotional: 0}
    public:
      opening: {well: yours, fence: us}
      talking_points: [Good fences make good neighbours.]
      stereotype:
        reservation: 0.2
        weights: {well: 0.4, fence: 0.6}
  heirs:
    name: Corin
    adjective: Corinian
    description: $heirs will farm both.
    at_table: false
    reservation: 0.4
    weights: {well: 0.9, fence: 0.1}
    values:
      well: {mine: 0, half: 1, yours: 0}
      fence: {them: 0, us: 1}
    costs:
      well: {material: 1, political: 0, emotional: 0}
      fence: {material: 1, political: 0, emotional: 0}
realities:
  - id: drought
    after_round: 1
    text: The well runs low.
    changes:
      a:
        reservation: 0.2
        weights: {well: 0.8, fence: 0.2}
        values:
          well: {mine: 1, half: 0.4, yours: 0}
  - id: rain
    after_round: 2
    text: It rains on $a and $b alike.
    changes:
      b: {reservation: 0.35}
"""

HOMES = """\
homes:
  uplands:
    name: Erstia
    adjective: Erstian
    description: $uplands is an ally of $a and buys from both.
    policy: [The well is shared or it runs dry., $uplands_adj aid goes to $a alone.]
    sends: a
"""
"""A third state beside the small dispute: ``SMALL + HOMES`` is sound."""


def write(folder: Path, text: str = SMALL, name: str = "small.yaml") -> Path:
    """``text`` as a file in ``folder``."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def small(folder: Path) -> Scenario:
    """The small dispute, loaded."""
    return load_model(write(folder), Scenario)


def utilities(scenario: Scenario, principal: str, round_: int = 1) -> NDArray[np.float64]:
    """u of every package in row-major order, worked out from the terms alone."""
    terms = scenario.terms(principal, round_)
    contributions = [
        np.array([terms.weights[i.id] * terms.values[i.id][o] for o in i.option_ids()])
        for i in scenario.issues
    ]
    return reduce(np.add.outer, contributions).ravel()


def acceptable(scenario: Scenario, round_: int = 1) -> NDArray[np.bool_]:
    """Which packages both seated principals prefer to no deal, in row-major order."""
    masks = [
        utilities(scenario, pid, round_) >= scenario.terms(pid, round_).reservation
        for pid in (scenario.seats.o, scenario.seats.u)
    ]
    return masks[0] & masks[1]
