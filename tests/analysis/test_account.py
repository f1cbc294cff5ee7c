"""What became of the dialogues of a run, said before and within the answer."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.analysis.account import Account, ArmAccount, account_of, not_played
from harness.analysis.findings import Findings, find
from harness.analysis.proceedings import Proceedings
from harness.disputes.scenario import Scenario
from harness.records.run import RunInfo
from harness.records.transcript import Transcript, VoidReason
from harness.report.terminal import print_findings
from tests.support.disputes import small
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    copies,
    deal,
    dialogue,
    make_run,
    make_suite,
)

pytestmark = pytest.mark.kind("F10")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def walk_out(scenario: Scenario, arm: str, **more: Any) -> Transcript:
    return dialogue(scenario, arm, [("o", LOPSIDED), ("u", "walk_out")], **more)


def unsigned(scenario: Scenario, arm: str, **more: Any) -> Transcript:
    return dialogue(scenario, arm, [("o", LOPSIDED), ("u", MIDDLE)], **more)


def void(scenario: Scenario, arm: str, kind: Any = "reply", **more: Any) -> Transcript:
    reason = VoidReason(kind=kind, seat="u", detail="nothing usable")
    return dialogue(scenario, arm, [("o", MIDDLE)], void=reason, **more)


def found(path: Path, scenario: Scenario, played: list[Transcript], **fields: Any) -> Findings:
    games = {t.spec.scenario: scenario.model_copy(update={"id": t.spec.scenario}) for t in played}
    return find(make_run(path, make_suite(), games or {"small": scenario}, played, **fields))


def test_a_run_without_trouble_says_so_in_a_line(tmp_path: Path, scenario: Scenario) -> None:
    played = [deal(scenario, arm, MIDDLE) for arm in ("plain", "lean")]
    account = found(tmp_path / "run", scenario, played).account
    assert account.sentences() == ["2 of 2 planned dialogues played.", "Deals: 2 of 2."]
    assert account.warnings() == []


def test_everything_is_counted_by_arm(tmp_path: Path, scenario: Scenario) -> None:
    played = [
        deal(scenario, "plain", MIDDLE, epoch=1),
        walk_out(scenario, "plain", epoch=2),
        unsigned(scenario, "lean", epoch=1),
        deal(scenario, "lean", MIDDLE, epoch=2),
        void(scenario, "lean", epoch=3),
        void(scenario, "lean", "endpoint", epoch=4),
        void(scenario, "lean", "budget", epoch=5),
    ]
    account = found(tmp_path / "run", scenario, played, dialogues=9).account
    assert (account.planned, account.played, account.missing) == (9, 5, 4)
    lean = account.arms["lean"]
    assert (lean.finished, lean.done, lean.no_agreement, lean.walk_outs) == (5, 2, 1, 0)
    assert (lean.void, lean.void_kinds) == (1, {"reply": 1})
    assert (lean.failed, lean.failed_kinds) == (2, {"endpoint": 1, "budget": 1})
    assert account.arms["plain"].walk_outs == 1
    assert account.sentences() == [
        "5 of 9 planned dialogues played.",
        "No agreement: 2 of 4 (plain 1 of 2, lean 1 of 2).",
        "Void: 1 of 5 (plain 0 of 2, lean 1 of 3).",
        (
            "Failed: 2 of 7 (plain 0 of 2, lean 2 of 5); 1 not played because an endpoint failed; "
            "1 not played because the run's token or cost limit was reached."
        ),
    ]
    assert account.warnings() == [
        (
            "Many dialogues are void (lean 33%): the dialogues that remain may not answer the "
            "question."
        ),
        (
            "Void rates differ between arms (plain 0 of 2, lean 1 of 3): only the dialogues "
            "that came through are compared."
        ),
    ]


@pytest.mark.kind("F10")
def test_what_is_void_by_nobodys_doing_names_no_seat(tmp_path: Path, scenario: Scenario) -> None:
    reason = VoidReason(kind="limit", seat=None, detail="it took 9 tokens; it may take 8")
    played = [
        deal(scenario, "plain", MIDDLE),
        dialogue(scenario, "lean", [("o", MIDDLE)], void=reason),
    ]
    findings = found(tmp_path / "run", scenario, played)
    lean = next(arm for arm in findings.arms if arm.arm == "lean")
    assert lean.void_by_seat == {"nobody": 1}
    text = io.StringIO()
    print_findings(findings, Console(file=text, width=100, highlight=False))
    assert "lean: 1 void by nobody. Most often: it took 9 tokens" in text.getvalue()


def test_an_agents_own_exception_is_called_that() -> None:
    assert not_played("delegation", 2) == "2 not played because your delegation failed"
    assert not_played("sunspots", 1) == "1 not played (sunspots)"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, None),
        ({"limited": True, "cut": 1}, "--limit cut 1 dialogue of the suite."),
        (
            {"limited": True, "cut": 120, "cut_scenarios": ("a", "b", "c", "d", "e")},
            "--limit cut 120 dialogues of the suite, and 5 scenarios whole: a, b, c, d and 1 more.",
        ),
        (
            {"limited": True, "cut": 8, "cut_scenarios": ("a",)},
            "--limit cut 8 dialogues of the suite, and 1 scenario whole: a.",
        ),
        # A record of before this was kept.
        (
            {"limited": True},
            "--limit cut the plan; the record does not say by how many dialogues.",
        ),
    ],
)
def test_what_a_limit_cut_is_said(
    tmp_path: Path, scenario: Scenario, fields: dict[str, Any], sentence: str | None
) -> None:
    findings = found(tmp_path / "run", scenario, [deal(scenario, "lean", MIDDLE)], **fields)
    said = [text for text in findings.account.sentences() if "--limit" in text]
    assert said == ([sentence] if sentence else [])


def test_a_run_without_a_deal_does_not_average_the_same(tmp_path: Path, scenario: Scenario) -> None:
    games = copies(scenario, 2)
    played = [walk_out(game, arm) for game in games.values() for arm in ("plain", "lean")]
    played.append(unsigned(games["game-1"], "lean", epoch=2))
    answer = found(tmp_path / "run", scenario, played).answer
    assert answer == (
        "No deal was reached (4 walk-outs, 1 out of turns). So skew to the official seat cannot "
        "tell the arms apart."
    )
    assert "same" not in answer


def test_one_dialogue_without_a_deal_and_a_void_one(tmp_path: Path, scenario: Scenario) -> None:
    played = [walk_out(scenario, "plain"), void(scenario, "lean")]
    answer = found(tmp_path / "run", scenario, played).answer
    assert answer.startswith("No deal was reached (1 walk-out); 1 more dialogue is void.")


def test_all_void_is_the_answer(tmp_path: Path, scenario: Scenario) -> None:
    played = [void(scenario, arm) for arm in ("plain", "lean")]
    findings = found(tmp_path / "run", scenario, played)
    assert findings.answer == "Nothing can be said: all 2 dialogues are void."
    assert findings.account.warnings() == [], "nothing is left that could be something else"
    one = found(tmp_path / "one", scenario, played[:1])
    assert one.answer == "Nothing can be said: the only dialogue is void."
    failed = [*played, void(scenario, "lean", "endpoint", epoch=2)]
    assert found(tmp_path / "failed", scenario, failed).answer == (
        "Nothing can be said: no dialogue was played to its end (1 failed, 2 void)."
    )
    assert found(tmp_path / "none", scenario, [], dialogues=3).answer == (
        "Nothing can be said: no dialogue is finished."
    )


def test_an_arm_that_is_void_or_without_a_deal_is_named(tmp_path: Path, scenario: Scenario) -> None:
    games = copies(scenario, 2)
    plain = [deal(game, "plain", MIDDLE) for game in games.values()]
    left = [walk_out(game, "lean") for game in games.values()]
    answer = found(tmp_path / "left", scenario, plain + left).answer
    assert answer.startswith("Agreement is lower in lean (0 of 2 talks ended in a deal) than in ")
    assert " Each of the 2 dialogues of lean ended without a deal (2 walk-outs). " in answer
    lost = [void(game, "lean") for game in games.values()]
    findings = found(tmp_path / "lost", scenario, plain + lost)
    answer = findings.answer
    assert answer.startswith("Each of the 2 dialogues of lean is void. The difference between")
    assert answer.endswith(
        "Void rates differ between arms (lean 2 of 2, plain 0 of 2). "
        "Distance to the frontier: 0.000 in plain."
    )
    beside = findings.account.warnings(findings.answer)
    assert [text for text in beside if "differ" in text] == [], "once is enough"


def test_no_difference_in_voids_is_no_news(tmp_path: Path, scenario: Scenario) -> None:
    played = [deal(scenario, arm, MIDDLE) for arm in ("plain", "lean")]
    played += [void(scenario, arm, epoch=2) for arm in ("plain", "lean")]
    findings = found(tmp_path / "run", scenario, played)
    assert "differ" not in findings.answer
    assert len(findings.account.warnings()) == 1


def test_json_gives_the_account_first(tmp_path: Path, scenario: Scenario) -> None:
    played = [deal(scenario, "plain", MIDDLE), void(scenario, "lean")]
    document = json.loads(json.dumps(found(tmp_path / "run", scenario, played).as_json()))
    assert next(iter(document)) == "account"
    account = document["account"]
    assert (account["planned"], account["played"], account["cut_by_limit"]) == (2, 2, 0)
    assert account["arms"]["lean"]["void"] == 1
    assert account["warnings"]


def test_many_arms_are_told_in_a_line() -> None:
    arms = {f"arm-{i}": account_arm(done=4, no_agreement=int(i == 3)) for i in range(9)}
    account = Account(planned=36, played=36, missing=0, cut_by_limit=0, cut_scenarios=(), arms=arms)
    assert account.sentences()[1] == ("No agreement: 1 of 36 (arm-3 1 of 4, none in 8 other arms).")
    arms["arm-5"] = account_arm(done=2, void=2)
    arms["arm-6"] = account_arm(done=3, void=1)
    unlike = Account(**{**account.model_dump(), "arms": arms}).void_difference(arms)
    assert unlike == "Void rates differ between arms (arm-0 0 of 4, arm-5 2 of 4)"


def account_arm(**numbers: int) -> ArmAccount:
    names = ("finished", "done", "no_agreement", "walk_outs", "void", "failed")
    return ArmAccount(**{**dict.fromkeys(names, 0), **numbers}, void_kinds={}, failed_kinds={})


def test_no_arm_at_all(tmp_path: Path, scenario: Scenario) -> None:
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [])
    assert account_of(run.info, {}).warnings() == []
    assert account_of(run.info, {"lean": Proceedings()}).warnings() == []


def test_what_was_cut_is_recorded_only_where_something_was(
    tmp_path: Path, scenario: Scenario
) -> None:
    info = make_run(tmp_path / "run", make_suite(), {"small": scenario}, []).info
    assert "cut" not in info.model_dump_json()
    cut = info.model_copy(update={"cut": 3, "cut_scenarios": ("a",)})
    assert RunInfo.model_validate_json(cut.model_dump_json(by_alias=True)).cut == 3
