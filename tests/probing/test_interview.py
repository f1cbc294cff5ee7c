"""One question, and how its answer is read."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.asking.conversation import AskedModel
from harness.asking.jsonreply import UnreadableError
from harness.models.reply import ModelReply
from harness.probing.interview import MAX_WHY, Question, others_schema, read, read_others
from harness.probing.stage import view_of
from harness.suite.parts import ModelSettings
from tests.support.chats import in_turn
from tests.support.disputes import small
from tests.support.probes import PROMPTS, of_seat, talks


@example(why="Because.", decision="sign", more={})
@example(why="Because.", decision="leave", more={})
@example(why="Because.", decision="maybe", more={})
@example(why=1, decision="sign", more={})
@example(why="x" * (MAX_WHY + 1), decision="leave", more={})
@example(why="Because.", decision="sign", more={"sure": 0.4})
@given(
    why=st.text(max_size=20) | st.integers() | st.none(),
    decision=st.sampled_from(["sign", "leave", "SIGN", "", None, True, 1, ["sign"]]),
    more=st.dictionaries(st.sampled_from(["sure", "package"]), st.integers(), max_size=1),
)
def test_nothing_but_a_plain_decision_is_read(why: object, decision: object, more: object) -> None:
    assert isinstance(more, dict)
    text = json.dumps({"why": why, "decision": decision, **more})
    usable = isinstance(why, str) and len(why) <= MAX_WHY and not more
    if usable and decision in ("sign", "leave"):
        assert read(text) == (decision == "sign", str(why).strip())
    else:
        with pytest.raises(UnreadableError):
            read(text)


def test_all_faults_of_an_answer_are_named_at_once() -> None:
    with pytest.raises(UnreadableError) as caught:
        read('{"why": 1, "decision": "maybe", "sure": true}')
    assert str(caught.value) == (
        "It has 3 faults. (1) The answer must not have 'sure'. It has only 'why', 'decision'. "
        "(2) 'why' must be a string, not 1. "
        "(3) 'decision' must be one of 'sign', 'leave', not 'maybe'."
    )


@given(st.text(max_size=60))
def test_prose_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read(text)


def test_it_is_asked_again_in_the_same_conversation(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    spec = of_seat(talks(scenario, "1.5"), "u")
    view = view_of(spec, scenario)
    view = replace(view, protocol=view.protocol.model_copy(update={"repairs": 2}))
    package = {"well": "half", "fence": "them"}
    chat = in_turn(
        ModelReply(text="", refusal="I can't help with that."),
        "I would sign.",
        '{"why": "It is fair.", "decision": "sign"}',
    )
    asked = AskedModel("u", chat, "openai/fake", ModelSettings())
    question = Question(view, package, 3, PROMPTS, asked)
    refused = asyncio.run(question.ask(None))
    prose = asyncio.run(question.ask(refused.problem))
    last = asyncio.run(question.ask(prose.problem))
    assert (refused.signs, prose.signs) == (None, None)
    assert refused.problem is not None
    assert "refusal" in refused.problem
    assert (last.signs, last.why, last.problem) == (True, "It is fair.", None)
    complaints = [message["content"] for message in chat.asked[-1].messages[3::2]]
    assert "You may try up to 2 more times. If none of that can be used, you are" in complaints[0]
    assert "You may try once more. If that cannot be used either, you are" in complaints[1]
    assert all(one.endswith("and your answer is missing.") for one in complaints)
    prompts = [made.call.prompt for one in (refused, prose, last) for made in one.calls]
    assert all(b[: len(a)] == a for a, b in itertools.pairwise(prompts))
    assert len({request.seed for request in chat.asked}) == 3
    assert chat.asked[0].messages[0]["content"] == PROMPTS.system(view)
    assert chat.asked[0].messages[1]["content"].startswith(PROMPTS.opening(view))


ONE = {"no_deal": 40, "top_issue": "fence"}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"o": ONE}, ""),
        ({"o": {**ONE, "no_deal": 0}}, ""),
        ({}, "lacks 'o'"),
        ({"o": ONE, "u": ONE}, "must not have 'u'|has only"),
        ({"o": 3}, "'others.o' must be an object"),
        ({"o": {**ONE, "no_deal": 101}}, "'others.o.no_deal'"),
        ({"o": {**ONE, "no_deal": True}}, "'others.o.no_deal'"),
        ({"o": {**ONE, "top_issue": "sea"}}, "'others.o.top_issue' must be one of"),
        ({"o": {"no_deal": 3}}, "lacks 'top_issue'"),
        ([], "'others' must be an object"),
    ],
)
def test_what_the_others_need_is_read_whole_or_not_at_all(others: object, said: str) -> None:
    text = json.dumps({"others": others, "words": "So."})
    found, complaint = None, ""
    try:
        found = read_others(text, ["o"], ["well", "fence"])
    except UnreadableError as error:
        complaint = str(error)
    assert any(part in complaint for part in said.split("|"))
    assert (found is None) is bool(said)
    assert found is None or found.top_issues == {"o": "fence"}


def test_the_schema_of_it_has_every_seat_and_issue() -> None:
    others = others_schema(["o", "x1"], ["well", "fence"])["properties"]["others"]
    assert list(others["properties"]) == others["required"] == ["o", "x1"]
    assert others["properties"]["o"]["properties"]["top_issue"]["enum"] == ["well", "fence"]
