"""What the shipped suites promise in their own words."""

from __future__ import annotations

from typing import Any

from harness.app.planning import plan

MODEL = {
    "official": "openai/x@http://127.0.0.1:9/v1",
    "unofficial": "openai/x@http://127.0.0.1:9/v1",
}


def test_smoke_takes_at_most_sixty_calls() -> None:
    found = plan("smoke", models=MODEL).estimate
    assert 0 < found.calls <= 60
    assert found.prompt_tokens < 300_000
    assert len(found.arms) == 2


def test_fair_asks_the_same_under_three_briefs() -> None:
    with_models = plan("fair", models=MODEL, epochs=1).plan
    briefs: dict[str, Any] = {}
    for way in with_models.ways():
        briefs.setdefault(way.arm, {seat.brief for seat in way.talks.seats})
    assert briefs == {
        "track-1": {"principal"},
        "track-1.5": {"principal"},
        "words-track-1": {"words"},
        "words-track-1.5": {"words"},
        "own-track-1": {"own"},
        "own-track-1.5": {"own"},
    }
    pairs = [way.talks for way in with_models.ways()][: len(briefs)]
    assert len({(spec.seed, spec.opener, spec.scenario) for spec in pairs}) == 1


def test_scripts_read_no_brief_so_fair_is_one_pair_of_arms() -> None:
    scripted = plan("fair", epochs=1).plan
    assert scripted.dialogues == 3 * scripted.stage_count
    assert all(seat.brief is None for way in scripted.ways() for seat in way.talks.seats)
