"""What the doctor says is what a run does: it plays by the same code, and the same prompts."""

from __future__ import annotations

import socket
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.seating import seat_delegations
from harness.doctor.checkup import Checkup, Finding
from harness.doctor.target import Target, choose_target
from harness.doctor.visit import examine
from harness.models.address import parse_address
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.settings import EndpointSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.prompting.talks import Prompts
from harness.talks.table import Table
from tests.support import bargainer as faults
from tests.support.bargainer import Bargainer, Fault, counted, length
from tests.support.disputes import write
from tests.support.mock_server import Answer, Body, MockServer, completion, error, payload
from tests.support.runs import tiny_suite


@lru_cache(maxsize=1)
def templates() -> Prompts:
    """The shipped ones, compiled once."""
    return Prompts()


def dialogue(folder: Path, address: str, sampling: dict[str, Any] | None = None) -> Target:
    """What the doctor would try of a small suite, with the model in both seats."""
    prompts = templates()
    roles = ("official", "unofficial")
    changes = Overrides(
        models=dict.fromkeys(roles, address), sampling={role: sampling or {} for role in roles}
    )
    plan = make_plan(
        tiny_suite(write(folder), protocol={"rounds": 2, "turns": 3}), changes, prompts.hashes()
    )
    return choose_target(plan, prompts, address)


async def visited(
    server: MockServer, folder: Path, *, load: int = 0, patience: float = 60, **sampling: Any
) -> Checkup:
    address = parse_address(f"openai/m@{server.base_url}")
    checkup = Checkup(str(address))
    tried = dialogue(folder, str(address), sampling)
    await examine(checkup, address, tried, EndpointSettings(), load=load, patience=patience)
    return checkup


async def played(server: MockServer, folder: Path, **sampling: Any) -> str:
    """The status of a whole dialogue of a run."""
    address = parse_address(f"openai/m@{server.base_url}")
    tried = dialogue(folder, str(address), sampling)
    async with EndpointPool(retry=RetryPolicy(retries=0)) as pool:
        seats = seat_delegations(tried.spec, lambda _: pool.chat(address), tried.prompts)
        table = Table(tried.spec, tried.scenario, seats)
        return (await table.play()).record.status


def row(checkup: Checkup, name: str) -> Finding:
    return next(finding for finding in checkup.findings if finding.name == name)


def chats(server: MockServer) -> list[Body]:
    return [body for body in server.bodies if "messages" in body]


SERVERS: dict[str, tuple[tuple[Fault, ...], dict[str, Any]]] = {
    "able": ((), {}),
    "no schema": ((faults.no_schema,), {}),
    "a schema that is too large": ((faults.large_schema,), {}),
    "no system role": ((faults.no_system,), {}),
    "no call although asked": ((faults.no_schema, faults.no_call), {}),
    "temperature refused, none sent": ((faults.no_temperature,), {}),
    "temperature refused, one sent": ((faults.no_temperature,), {"temperature": 0.5}),
    "short by default": ((faults.short_by_default,), {}),
    "short by default, but told": ((faults.short_by_default,), {"max_tokens": 900}),
    "all thinking": ((faults.all_thinking,), {"max_tokens": 512}),
    "the answer among the thoughts": ((faults.answers_in_thoughts,), {}),
    "broken off": ((faults.breaks_off,), {}),
    "chatter": ((faults.chatters,), {}),
    "too long at once": ((faults.refuses_longer_than(500),), {}),
    "too long at once, 413": ((faults.refuses_longer_than(500, 413),), {}),
    "too long at the second": ((faults.refuses_longer_than(1560),), {}),
    "full at once": ((faults.full_after(500),), {}),
}


@pytest.mark.kind("S1")
@pytest.mark.kind("S2")
@pytest.mark.parametrize("name", SERVERS)
async def test_it_can_play_exactly_if_a_run_plays(name: str, tmp_path: Path) -> None:
    how, sampling = SERVERS[name]
    with MockServer(Bargainer(*how)) as server:
        status = await played(server, tmp_path, **sampling)
    with MockServer(Bargainer(*how)) as server:
        checkup = await visited(server, tmp_path, **sampling)
    assert checkup.usable == (status == "done"), checkup.findings
    if not checkup.usable:
        (fault,) = [finding for finding in checkup.findings if finding.state == "bad"]
        assert fault.said
        assert fault.change, "what helps is said"


@pytest.mark.kind("S1")
async def test_it_sends_what_a_run_sends(tmp_path: Path) -> None:
    extra = {"top_k": 20}
    sampling = {"temperature": 0.3, "max_tokens": 700, "effort": "low", "extra": extra}
    with MockServer(Bargainer()) as server:
        await played(server, tmp_path, **sampling)
        run = chats(server)
    with MockServer(Bargainer()) as server:
        checkup = await visited(server, tmp_path, **sampling)
        asked = [body for body in chats(server) if "response_format" in body]
    assert checkup.usable, checkup.findings
    assert len(asked) == 4, "two moves, a debrief, and the longest prompt"
    first, second, debrief, longest = asked
    assert first["messages"][0] in [body["messages"][0] for body in run], "the briefing"
    for earlier, later in ((first, second), (second, debrief)):
        grown = later["messages"]
        assert grown[: len(earlier["messages"])] == earlier["messages"]
        assert len(grown) > len(earlier["messages"])
    for body in asked:
        sent = (body["temperature"], body["max_tokens"], body["reasoning_effort"], body["top_k"])
        assert sent == (0.3, 700, "low", 20)
        assert "seed" in body
    forms = [body["response_format"]["json_schema"] for body in run]
    assert [body["response_format"]["json_schema"] in forms for body in asked] == [True] * 4
    names = [body["response_format"]["json_schema"]["name"] for body in asked]
    assert names == ["move", "move", "debrief", "debrief"]
    assert longest["messages"][0] == first["messages"][0]


@pytest.mark.kind("S1")
async def test_the_longest_prompt_is_as_long_as_the_plan_foresees(tmp_path: Path) -> None:
    with MockServer(Bargainer()) as server:
        await played(server, tmp_path)
        most = max(map(length, chats(server)))
    with MockServer(Bargainer()) as server:
        checkup = await visited(server, tmp_path)
        sizes = sorted(map(length, chats(server)))
    assert checkup.longest_prompt is not None
    assert sizes[-1] == pytest.approx(4 * checkup.longest_prompt, rel=0.02)
    assert sizes[-1] > most, "no dialogue of the run had a longer one"
    assert f"about {checkup.longest_prompt:,} tokens" in row(checkup, "longest prompt").said


@pytest.mark.kind("S1")
async def test_a_server_that_can_do_everything_is_asked_seven_questions(tmp_path: Path) -> None:
    def caches(body: Body, text: str) -> Answer:
        usage = counted(body, text)
        return completion(text, usage={**usage, "prompt_tokens_details": {"cached_tokens": 1800}})

    with MockServer(Bargainer(caches)) as server:
        checkup = await visited(server, tmp_path)
        bodies = chats(server)
    assert {finding.state for finding in checkup.findings} == {"good"}
    assert [finding.name for finding in checkup.findings] == [
        *("reachable", "key", "model", "first move", "second move", "debrief", "replies"),
        *("longest prompt", "usage", "speed", "prompt cache", "seed"),
    ]
    assert checkup.requests == len(bodies) == 7
    assert checkup.how == "schema"
    assert checkup.verdict.startswith("It can play: by JSON schema, at most about ")
    assert f"Asked 7 questions, {checkup.tokens:,} tokens." in checkup.verdict


@pytest.mark.kind("S2")
async def test_what_no_dialogue_needs_is_a_warning_at_most(tmp_path: Path) -> None:
    def only_plays(body: Body, text: str) -> Answer | None:
        plain = "response_format" not in body
        return error(400, "no") if plain else completion(text)  # no usage, no cache, no story

    with MockServer(Bargainer(only_plays)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    states = {finding.name: finding.state for finding in checkup.findings}
    assert states["seed"] == "unknown"
    assert states["usage"] == "warn"
    assert states["prompt cache"] == "unknown"
    assert checkup.estimated, "tokens nobody counted are estimated, and said to be"
    assert ", about " in checkup.verdict.partition("Asked")[2]


@pytest.mark.kind("S2")
async def test_a_call_that_is_left_out_is_not_a_refusal(tmp_path: Path) -> None:
    with MockServer(Bargainer(faults.no_schema, faults.no_call)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    assert checkup.how == "text"
    said = row(checkup, "replies").said
    assert said.startswith("asked for by tool call, answered in words; the answer could be read")


@pytest.mark.kind("S2")
async def test_two_replies_must_be_read(tmp_path: Path) -> None:
    given = 0

    def once(body: Body, text: str) -> Answer | None:
        nonlocal given
        given += 1
        return None if given == 1 else completion("I would rather not.")

    with MockServer(Bargainer(once)) as server:
        checkup = await visited(server, tmp_path)
    assert not checkup.usable
    assert row(checkup, "first move").state == "good"
    assert "no usable reply" in row(checkup, "second move").said
    assert "It cannot play yet (see: second move)." in checkup.verdict


@pytest.mark.kind("S2")
async def test_a_model_that_leaves_at_once_is_asked_once_more(tmp_path: Path) -> None:
    def leaves(body: Body, text: str) -> Answer | None:
        if "move" not in text:
            return None
        said = (
            '{"private_thoughts": "", "move": {"action": "walk_out"}, "public_words": "Good bye."}'
        )
        return completion(said, usage=counted(body, said))

    with MockServer(Bargainer(leaves)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable, checkup.findings
    names = [finding.name for finding in checkup.findings]
    assert names.count("first move") == names.count("second move") == names.count("debrief") == 1


@pytest.mark.kind("S2")
async def test_replies_that_had_to_be_asked_again_are_said(tmp_path: Path) -> None:
    given = 0

    def first_in_vain(body: Body, text: str) -> Answer | None:
        nonlocal given
        given += 1
        return completion("Let me see.", usage=counted(body, text)) if given == 1 else None

    with MockServer(Bargainer(first_in_vain)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    assert row(checkup, "first move").state == "warn"
    assert "asked again once: There is no JSON object" in row(checkup, "first move").said


def refuses_all(body: Body, text: str) -> Answer:
    return error(400, "no")


def refuses_field(name: str) -> Fault:
    return lambda body, _: error(400, "no") if name in body else None


def refuses_filler_too(body: Body, text: str) -> Answer | None:
    return error(422, "no") if length(body) > 2000 else None


def refuses_the_dispute(body: Body, text: str) -> Answer | None:
    words = " ".join(message["content"] for message in body["messages"])
    return error(400, "no") if "Arden" in words else None


@pytest.mark.kind("S1")
@pytest.mark.parametrize(
    ("fault", "part", "change"),
    [
        (refuses_all, "every question", "settings"),
        (refuses_field("temperature"), "temperature 0.3", "--temperature"),
        (refuses_field("max_tokens"), "max_tokens 700", "--max-tokens"),
        (refuses_field("top_k"), "one of the fields top_k", "'extra'"),
        (refuses_filler_too, "a prompt of ", "a context of "),
        (refuses_the_dispute, "what the prompt says", "log"),
    ],
    ids=["all", "temperature", "max_tokens", "extra", "length", "words"],
)
async def test_the_part_that_is_refused_is_named(
    fault: Fault, part: str, change: str, tmp_path: Path
) -> None:
    with MockServer(Bargainer(fault)) as server:
        checkup = await visited(
            server, tmp_path, temperature=0.3, max_tokens=700, extra={"top_k": 20}
        )
    found = row(checkup, "first move")
    assert found.state == "bad"
    assert f"refused: {part}" in found.said
    assert change in found.change
    assert checkup.requests == len(chats(server)) <= 16


@pytest.mark.kind("S1")
async def test_a_prompt_that_grew_too_long_is_told_from_one_that_never_went(
    tmp_path: Path,
) -> None:
    address = "openai/m@http://127.0.0.1:9/v1"
    tokens = dialogue(tmp_path, address).longest
    for status, words in ((400, "no"), (422, "no"), (413, "no"), (500, "no")):
        with MockServer(Bargainer(faults.refuses_longer_than(tokens // 2, status, words))) as one:
            checkup = await visited(one, tmp_path)
        found = row(checkup, "longest prompt")
        assert row(checkup, "second move").state == "good"
        assert (found.state, checkup.usable) == ("bad", False), status
        assert f"about {tokens:,} tokens" in found.said
        assert "-c of llama.cpp" in found.change
        assert "--turns" in found.change


@pytest.mark.kind("S1")
async def test_a_server_that_is_busy_is_not_one_that_is_too_small(tmp_path: Path) -> None:
    with MockServer(Bargainer(faults.refuses_longer_than(3000, 429))) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    assert row(checkup, "longest prompt").state == "unknown"


@pytest.mark.kind("S1")
@pytest.mark.parametrize("room", [2048, 3500], ids=["from the first", "later"])
async def test_a_prompt_that_is_cut_without_a_word(room: int, tmp_path: Path) -> None:
    with MockServer(Bargainer(faults.reads_only(room))) as server:
        checkup = await visited(server, tmp_path)
    found = row(checkup, "longest prompt")
    assert (found.state, checkup.usable) == ("bad", False)
    assert f"it read {room:,} of about" in found.said
    assert "OLLAMA_CONTEXT_LENGTH" in found.change


@pytest.mark.kind("S1")
@pytest.mark.parametrize("tokens", [0, 11, 200])
async def test_a_count_that_is_made_up_is_no_context(tokens: int, tmp_path: Path) -> None:
    with MockServer(Bargainer(faults.reads_only(tokens))) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable
    assert row(checkup, "usage").state == "warn"
    assert row(checkup, "longest prompt").state == "good"


@pytest.mark.kind("S1")
async def test_what_was_cached_may_be_counted_apart(tmp_path: Path) -> None:
    def apart(body: Body, text: str) -> Answer:
        usage, whole = counted(body, text), length(body) // 4
        cached = max(0, whole - 2000)
        details = {"prompt_tokens_details": {"cached_tokens": cached}}
        return completion(text, usage={**usage, "prompt_tokens": whole - cached, **details})

    with MockServer(Bargainer(apart)) as server:
        checkup = await visited(server, tmp_path)
    assert checkup.usable, checkup.findings


@pytest.mark.kind("S1")
async def test_cut_off_replies_have_their_cause_found_out(tmp_path: Path) -> None:
    with MockServer(Bargainer(faults.short_by_default)) as server:
        checkup = await visited(server, tmp_path)
    assert row(checkup, "first move").change.startswith("--max-tokens 2000 helps")
    with MockServer(Bargainer(faults.full_after(500))) as server:
        checkup = await visited(server, tmp_path)
    assert "the context is full" in row(checkup, "first move").change
    with MockServer(Bargainer(faults.all_thinking)) as server:
        checkup = await visited(server, tmp_path, max_tokens=512)
    assert "--effort low" in row(checkup, "first move").change
    assert "enable_thinking: false" in row(checkup, "first move").change


async def test_a_seed_without_effect_and_one_that_is_not_kept(tmp_path: Path) -> None:
    count = 0

    def restless(body: Body, text: str) -> Answer | None:
        nonlocal count
        count += 1
        return completion(f"Story {count}.") if text.startswith("Story") else None

    def deaf(body: Body, text: str) -> Answer | None:
        return completion("The one story.") if text.startswith("Story") else None

    for fault, state in ((restless, "warn"), (deaf, "unknown")):
        with MockServer(Bargainer(fault)) as server:
            assert row(await visited(server, tmp_path), "seed").state == state


async def test_a_wrong_key_ends_the_visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", "a-very-wrong-key-0123456789")
    with MockServer(lambda _: error(401, "wrong key a-very-wrong-key-0123456789")) as server:
        checkup = await visited(server, tmp_path)
    assert not checkup.usable
    assert checkup.faults == ("key",), "the server answers"
    assert "TRACK15_API_KEY" in checkup.findings[0].change
    assert "a-very-wrong-key" not in repr(checkup)
    assert checkup.requests == 0


async def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"vllm/m@http://127.0.0.1:{unused.getsockname()[1]}/v1"
        checkup = Checkup(address)
        tried = dialogue(tmp_path, address)
        await examine(checkup, parse_address(address), tried, EndpointSettings(), patience=2.0)
    assert not checkup.usable
    assert len(checkup.findings) == 1
    assert "is the server running" in checkup.findings[0].change
    assert checkup.advice, "what a vLLM server needs is said all the same"


async def test_load_is_tried_only_if_asked_for_and_counted_in_full(tmp_path: Path) -> None:
    with MockServer(Bargainer()) as server:
        checkup = await visited(server, tmp_path, load=4)
        asked = len(chats(server))
    assert checkup.connections in (1, 2, 4)
    assert row(checkup, "at once").state == "good"
    assert 7 < checkup.requests == asked <= 7 + 4 * 4
    assert checkup.verdict.endswith(f"Asked {asked} questions, {checkup.tokens:,} tokens.")


async def test_a_server_that_breaks_under_load_gets_a_number_it_stands(tmp_path: Path) -> None:
    def fragile(body: Body, text: str) -> Answer | None:
        return error(429) if running.max_in_flight > 4 else None

    with MockServer(Bargainer(fragile), latency=0.05) as running:
        checkup = await visited(running, tmp_path, load=32)
    assert checkup.usable
    assert row(checkup, "at once").state == "warn"
    assert checkup.connections is not None
    assert checkup.connections <= 4


async def test_a_model_that_is_not_listed_and_a_server_that_lists_none(tmp_path: Path) -> None:
    lists: list[Answer] = [payload({"data": [{"id": "other"}]}), error(404)]
    for listed, state in zip(lists, ("warn", "unknown"), strict=True):
        bargainer = Bargainer()

        def script(body: Body, listed: Answer = listed, play: Bargainer = bargainer) -> Answer:
            return play(body) if "messages" in body else listed

        with MockServer(script) as server:
            checkup = await visited(server, tmp_path)
        assert row(checkup, "model").state == state
        assert checkup.usable
