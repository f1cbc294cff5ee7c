"""Whatever form a dialogue has, two replies are read and the longest prompt is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.doctor.checkup import Checkup
from harness.doctor.target import Target, choose_target
from harness.doctor.visit import examine
from harness.models.address import parse_address
from harness.models.settings import EndpointSettings
from harness.orchestrator.estimate import estimate
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.prompting.talks import Prompts
from tests.support.bargainer import Bargainer, length
from tests.support.disputes import SMALL, write
from tests.support.mock_server import Answer as Sent
from tests.support.mock_server import Body, MockServer, completion
from tests.support.runs import tiny_suite

PROMPTS = Prompts()
MEMBER = {"id": "lawyer", "title": "legal adviser", "remit": "the law"}
HEIRS = """\
    public:
      opening: {well: half, fence: us}
      talking_points: [We shall live here.]
      stereotype: {reservation: 0.3, weights: {well: 0.5, fence: 0.5}}
"""
FORMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two rounds": ({}, ["move", "move", "debrief", "debrief"]),
    "no debrief": ({"protocol": {"turns": 3, "debrief": False}}, ["move", "move", "move"]),
    "one turn": (
        {"protocol": {"rounds": 1, "turns": 1}},
        ["move", "debrief", "move", "debrief", "debrief"],
    ),
    "one turn, no debrief": (
        {"protocol": {"rounds": 1, "turns": 1, "debrief": False}},
        ["move", "move"],
    ),
    "members": (
        {"arms": {"one": {"track": "1", "o": {"members": [MEMBER]}, "u": {"members": [MEMBER]}}}},
        ["caucus", "move", "caucus", "move", "debrief", "debrief"],
    ),
    "three seats": (
        {"arms": {"one": {"track": "1", "also": [{"principal": "heirs"}]}}},
        ["move", "move", "debrief", "debrief"],
    ),
}


def plan_of(folder: Path, address: str, roles: tuple[str, ...], **changes: Any) -> Plan:
    scenario = write(folder, SMALL.replace("    at_table: false\n", HEIRS))
    suite = tiny_suite(scenario, contrasts=None, **changes)
    models = dict.fromkeys(roles, address)
    return make_plan(suite, Overrides(models=models), PROMPTS.hashes())


async def looked_at(server: MockServer, tried: Target, address: str) -> Checkup:
    checkup = Checkup(address)
    await examine(checkup, parse_address(address), tried, EndpointSettings())
    return checkup


@pytest.mark.kind("S1")
@pytest.mark.parametrize("form", FORMS)
async def test_every_form_of_a_dialogue_is_tried(form: str, tmp_path: Path) -> None:
    changes, names = FORMS[form]
    with MockServer(Bargainer()) as server:
        address = f"openai/m@{server.base_url}"
        plan = plan_of(tmp_path, address, ("official", "unofficial"), **changes)
        tried = choose_target(plan, PROMPTS, address)
        checkup = await looked_at(server, tried, address)
        asked = [body for body in server.bodies if "response_format" in body]
    assert checkup.usable, checkup.findings
    assert [body["response_format"]["json_schema"]["name"] for body in asked] == names
    foreseen = estimate(plan, PROMPTS)
    assert foreseen.longest_prompt == tried.longest == checkup.longest_prompt
    assert f"about {tried.longest:,} tokens" in " ".join(foreseen.sentences())
    if form != "one turn, no debrief":  # its first prompt is its last
        assert max(map(length, asked)) == pytest.approx(4 * tried.longest, rel=0.1)


@pytest.mark.kind("S1")
async def test_a_limit_of_a_dialogue_that_leaves_no_room_is_said(tmp_path: Path) -> None:
    with MockServer(Bargainer()) as server:
        address = f"openai/m@{server.base_url}"
        rules = {"rounds": 1, "turns": 3, "token_limit": 1000}
        plan = plan_of(tmp_path, address, ("official",), protocol=rules)
        checkup = await looked_at(server, choose_target(plan, PROMPTS, address), address)
    assert not checkup.usable
    (fault,) = [finding for finding in checkup.findings if finding.state == "bad"]
    assert "it may take 1,000" in fault.said
    assert "--dialogue-token-limit" in fault.change


@pytest.mark.kind("S1")
async def test_no_word_of_the_other_seat_reaches_the_model(tmp_path: Path) -> None:
    with MockServer(Bargainer()) as server:
        address = f"openai/m@{server.base_url}"
        plan = plan_of(tmp_path, address, ("official",))
        tried = choose_target(plan, PROMPTS, address)
        await looked_at(server, tried, address)
        said = json.dumps([body for body in server.bodies if "response_format" in body])
    own = tried.scenario.principals[tried.seat.principal].red_lines
    others = [
        line.why
        for key, principal in tried.scenario.principals.items()
        if key != tried.seat.principal
        for line in principal.red_lines
    ]
    assert own or others
    assert not any(tried.scenario.say(why) in said for why in others)


@pytest.mark.kind("S2")
async def test_a_reply_by_consultation_counts_as_one_that_was_read(tmp_path: Path) -> None:
    asked = 0

    def consults(body: Body, text: str) -> Sent | None:
        nonlocal asked
        asked += "propose" in text
        if "propose" not in text or asked > 1:
            return None
        reply = json.loads(text)
        reply["move"] = {"action": "consult", "package": reply["move"]["package"]}
        return completion(json.dumps(reply))

    with MockServer(Bargainer(consults)) as server:
        address = f"openai/m@{server.base_url}"
        plan = plan_of(
            tmp_path, address, ("official",), arms={"one": {"track": "1"}}, brief="words"
        )
        checkup = await looked_at(server, choose_target(plan, PROMPTS, address), address)
    assert checkup.usable, checkup.findings
    said = [finding.said for finding in checkup.findings if "move" in finding.name]
    assert said == ["read: consult", "read: propose"]
