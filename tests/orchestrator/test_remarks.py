"""What was asked for and changes nothing is said before it is played (F12)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.delegations.plugins import UserDelegation
from harness.incentives.tracks import MECHANISMS
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.orchestrator.remarks import LISTED, remarks
from tests.support import disputes
from tests.support.runs import tiny_suite

pytestmark = pytest.mark.kind("F12")

QUIET = disputes.SMALL[: disputes.SMALL.index("realities:")]
"""The small dispute, in which nothing happens between rounds."""
RAIN = "  - {{id: {}, after_round: {}, text: It rains., changes: {{a: {{reservation: 0.5}}}}}}\n"
MODEL = "openai/m@http://127.0.0.1:9/v1"
ARMS = {"t1": {"track": "1"}, "t15": {"track": "1.5"}}
PROMPTS = Path("prompts")


def said(
    folder: Path,
    *,
    scenario: str = QUIET,
    prompts: Path | None = None,
    plays: bool = True,
    arms: dict[str, Any] = ARMS,
    suite: dict[str, Any] | None = None,
    **changes: Any,
) -> list[str]:
    made = tiny_suite(
        disputes.write(folder, scenario), arms=arms, contrasts=None, twins=["none"], **(suite or {})
    )
    overrides = Overrides(**changes)
    return remarks(make_plan(made, overrides), overrides, prompts, plays=plays)


def own(kind: Any) -> UserDelegation:
    return UserDelegation("mine.py:Mine", kind, None, "mine.py:Mine", value=None, file=None)


def late(*rounds: int) -> str:
    """The small dispute with rain after these rounds."""
    return QUIET + "realities:\n" + "".join(RAIN.format(f"rain_{n}", n) for n in rounds)


def test_nothing_is_said_where_everything_counts(tmp_path: Path) -> None:
    assert said(tmp_path) == []


# --- flags ---------------------------------------------------------------------------------------


def test_flags_of_models_are_lost_on_scripts(tmp_path: Path) -> None:
    assert said(tmp_path, temperature=0.0) == [
        "Scripted delegations are not models: --temperature changes nothing here."
    ]
    models, tokens = said(tmp_path, temperature=0.5, max_tokens=100, effort="low", token_limit=5)
    assert models.endswith(": --temperature, --max-tokens, --effort change nothing here.")
    assert tokens == (
        "Scripted delegations take no tokens: --dialogue-token-limit changes nothing here."
    )


def test_flags_of_models_count_for_a_model_and_for_code_that_may_heed_them(tmp_path: Path) -> None:
    flags: dict[str, Any] = {"temperature": 0.5, "max_tokens": 100, "token_limit": 5}
    assert said(tmp_path, models={"official": MODEL}, **flags) == []
    assert said(tmp_path, delegations={"official": own("custom")}, **flags) == []


@pytest.mark.parametrize(
    ("players", "told"),
    [
        ({}, "Scripted delegations read no prompts: --prompts changes nothing here."),
        (
            {"delegations": {"official": own("custom")}},
            "Delegations of your own class read no prompts: --prompts changes nothing here.",
        ),
        ({"delegations": {"official": own("runnable")}}, ""),
        ({"models": {"official": MODEL}}, ""),
        ({"models": {"official": MODEL}, "delegations": {"unofficial": own("custom")}}, ""),
    ],
)
def test_who_reads_no_prompts(tmp_path: Path, players: dict[str, Any], told: str) -> None:
    assert said(tmp_path, prompts=PROMPTS, **players) == ([told] if told else [])


def test_a_model_that_nobody_asks_is_said(tmp_path: Path) -> None:
    (told,) = said(tmp_path, models={"judge": MODEL})
    assert told == "No part of this suite asks a judge: --model judge=... changes nothing here."
    everybody = dict.fromkeys(("official", "unofficial", "judge"), MODEL)
    assert said(tmp_path, models=everybody) == [], "one flag gave it to everybody"
    (told,) = said(tmp_path, models={**everybody, "judge": f"{MODEL}2"})
    assert "asks a judge" in told


# --- what the suite says -------------------------------------------------------------------------


def test_words_that_only_a_model_reads(tmp_path: Path) -> None:
    lawyer = {"id": "lawyer", "title": "adviser", "remit": "the law"}
    arms = {
        "t1": {"track": "1", "o": {"members": [lawyer]}},
        "t15": {"track": "1.5", "u": {"stance": "Be bold.", "members": [lawyer]}},
    }
    (told,) = said(tmp_path, arms=arms)
    assert told == (
        "Scripted delegations read no words: the members of t1.o, the stance of t15.u, "
        "the members of t15.u change nothing here."
    )
    half = said(tmp_path, arms=arms, models={"unofficial": MODEL})
    assert half == [
        "Scripted delegations read no words: the members of t1.o changes nothing here."
    ], "the model reads its own"
    assert said(tmp_path, arms=arms, models={"official": MODEL, "unofficial": MODEL}) == []


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_counts_only_where_the_track_has_it_otherwise(
    tmp_path: Path, mechanism: str
) -> None:
    moved = {
        "a": {"track": "1", "with": [mechanism]},
        "b": {"track": "1.5", "without": [mechanism]},
    }
    assert said(tmp_path, arms=moved) == []
    idle = {
        "a": {"track": "1", "without": [mechanism]},
        "b": {"track": "1.5", "with": [mechanism]},
    }
    (told,) = said(tmp_path, arms=idle)
    assert told == (
        f"The track already has this, or never had it: without: {mechanism} in a, with: "
        f"{mechanism} in b "
        "change nothing."
    )


def test_a_principal_at_the_table_without_a_seat_is_said(tmp_path: Path) -> None:
    public = (
        "    public: {opening: {well: half, fence: us}, talking_points: [x], "
        "stereotype: {reservation: 0.3, weights: {well: 0.5, fence: 0.5}}}\n"
    )
    seated = QUIET.replace("    at_table: false\n", public)
    (told,) = said(tmp_path, scenario=seated)
    assert told.startswith("No arm seats heirs of small, though 'at_table' is true: ")
    also = {"t1": {"track": "1", "also": [{"principal": "heirs"}]}, "t15": {"track": "1.5"}}
    assert said(tmp_path, scenario=seated, arms=also) == [], "one arm that does is enough"


@pytest.mark.parametrize("plays", [True, False])
def test_realities_after_the_last_round_are_said(tmp_path: Path, plays: bool) -> None:
    assert said(tmp_path, scenario=late(2), plays=plays) == [
        "At most 2 rounds are played, so these never happen: rain_2 of small."
    ]
    assert said(tmp_path, scenario=late(1), rounds=1, plays=plays) == [
        "At most 1 round is played, so these never happen: rain_1 of small."
    ]
    assert said(tmp_path, scenario=late(1), plays=plays) == []
    assert said(tmp_path, scenario=late(2), rounds=3, plays=plays) == []


def test_a_reality_for_longer_talks_is_passed_over_in_play(tmp_path: Path) -> None:
    """A scenario is written for talks of any length: who plays short ones knows that."""
    assert said(tmp_path, scenario=late(1, 2), plays=True) == []
    (told,) = said(tmp_path, scenario=late(1, 2), plays=False)
    assert told.endswith("never happen: rain_2 of small.")


@pytest.mark.parametrize("more", [0, 1, 3])
def test_of_many_the_first_are_named(tmp_path: Path, more: int) -> None:
    arms = {f"arm-{n}": {"track": "1", "u": {"stance": "Be bold."}} for n in range(LISTED + more)}
    (told,) = said(tmp_path, arms=arms)
    assert told.count("the stance of") == LISTED
    assert (f" and {more} more change nothing here." in told) is (more > 0)


@pytest.mark.parametrize(
    ("twins", "epochs", "compared", "said"),
    [(["none"], 1, True, 1), (["none"], 2, True, 0), (["none"], 1, False, 0)],
)
def test_chairs_that_open_unequally_are_said(
    twins: list[str], epochs: int, compared: bool, said: int, tmp_path: Path
) -> None:
    made = tiny_suite(
        disputes.write(tmp_path, QUIET),
        twins=twins,
        epochs=epochs,
        **({} if compared else {"contrasts": None}),
    )
    found = remarks(make_plan(made, Overrides()), Overrides(), None, plays=True)
    assert [text[:20] for text in found] == ["One chair opens more"] * said
