"""The figures in ``docs/instrument.md`` are those that its commands give."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.command import ROOT, track15

PAGE = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
Finder = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    """What a shipped suite finds with scripted delegations; each is played when it is asked for."""
    cwd = tmp_path_factory.mktemp("instrument")

    @functools.cache
    def play(suite: str) -> dict[str, Any]:
        done = track15("run", suite, "--json", "--display", "none", cwd=cwd)
        assert done.code == 0, done.err
        read: dict[str, Any] = json.loads(done.out)
        return read

    return play


def shown(value: float) -> str:
    if abs(value) < 0.0005:
        return "0.000"
    return f"{value:+.3f}".replace("-", "−")


def test_the_tracks_read_what_the_page_says(found: Finder) -> None:
    arms = {arm["arm"]: arm for arm in found("track-contrast")["arms"]}
    for name, arm in arms.items():
        skew = arm["measures"]["settlement.skew"]
        could = arm["measures"]["acceptability.all_accept"]["total"]
        low, high = map(shown, skew["interval"])
        predicted = shown(arm["measures"]["prediction.skew"]["mean"])
        row = f"| `{name}` | {shown(skew['mean'])} | {low} to {high} | {predicted} |"
        assert f"{row} {could:.0f} of {arm['dialogues']} |" in PAGE


def test_what_the_theory_predicts_of_the_instrument_holds(
    found: Finder,
) -> None:
    skews = {
        arm["arm"]: arm["measures"]["settlement.skew"] for arm in found("track-contrast")["arms"]
    }
    for name in ("track-1", "backchannel"):
        assert abs(skews[name]["mean"]) < 0.02, name
    low, high = skews["track-1"]["interval"]
    assert low <= 0 <= high or abs(skews["track-1"]["mean"]) < 0.01
    assert skews["track-1.5"]["interval"][0] > 0.1
    effect = found("track-contrast")["primary"]
    assert effect["shown"] is True
    assert effect["n_scenarios"] == 24
    assert effect["pairing_correlation"] is not None


def _effects(found: Finder) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for mechanism in found("mechanisms")["mechanisms"]:
        for which in ("alone", "last"):
            yield mechanism["title"], which, mechanism[which]


def test_the_mechanisms_read_what_the_page_says(found: Finder) -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in PAGE.splitlines()}
    for title, which, effect in _effects(found):
        low, high = map(shown, effect["interval"])
        cell = f"{shown(effect['estimate'])} ({low} to {high})"
        assert rows[title].split(" | ")[2 if which == "alone" else 3].removesuffix(" |") == cell


def test_every_control_holds(found: Finder) -> None:
    checks = found("controls")["checks"]
    assert len(checks) == 9
    assert all(check["held"] for check in checks)
