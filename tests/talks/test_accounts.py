"""docs/record.md says how each failure is recorded; every line of its table is played here."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.base import Answer as Given
from harness.delegations.base import Delegation
from harness.delegations.custom import CustomDelegation
from harness.delegations.language_model import LanguageModelDelegation
from harness.disputes.scenario import Scenario
from harness.errors import ModelError, PersonLeftError
from harness.models import keys
from harness.models.address import parse_address
from harness.models.keys import use_keys
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.budget import Budget
from harness.models.limits.retry import RetryPolicy
from harness.orchestrator.run import play_plan
from harness.prompting.talks import Prompts
from harness.records.writer import RunWriter
from harness.suite.parts import ModelSettings, Protocol
from harness.talks.table import PlayedTalks, Table
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support import mock_server as mock
from tests.support.bargainer import Bargainer
from tests.support.disputes import small, write
from tests.support.endpoints import OpenAIEndpoint, openai_endpoint
from tests.support.mock_server import Answer, Body, MockServer, Script
from tests.support.player import plays
from tests.support.puppets import Puppet, passing, scripted
from tests.support.runs import bench_of, run_info, tiny_plan
from tests.support.views import track

DOCUMENT = Path(__file__).parents[2] / "docs" / "record.md"
KEY = "key-0a1B2c3D4e5F6g7H"


def table() -> dict[str, str]:
    """What happened -> its account, as the document says."""
    text = DOCUMENT.read_text(encoding="utf-8").split("## How each failure is recorded")[1]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return dict(rows[1:]) if rows[0] == ("what happened", "account") else {}


@dataclass
class Case:
    """How a line of the table is played: by a server in seat u, or by a delegation there.

    Attributes:
        answers: What the server gives first, one a request; then it plays.
        always: What it gives instead of playing.
        debrief: The same, to the private questions.
    """

    answers: Sequence[Answer | str] = ()
    always: Answer | str | None = None
    debrief: Answer | None = None
    player: Callable[[Body], Answer] = plays
    growing: bool = False
    protocol: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 60.0
    budget: int | None = None
    retries: int = 2
    listens: bool = True
    delegation: Callable[[], Delegation] | None = None

    def script(self) -> Script:
        calls = 0

        def answer(body: Body) -> str | Answer:
            nonlocal calls
            calls += 1
            schema = body.get("response_format", {}).get("json_schema", {})
            if self.debrief is not None and schema.get("name") == "debrief":
                return self.debrief
            if self.always is not None:
                return self.always
            played = self.player(body)
            if self.growing:
                said = played.body.decode().replace('"prompt_tokens": 11', '"prompt_tokens": 1024')
                return Answer(body=said.encode())
            return played

        return answer


class Broken(Puppet):
    """Somebody's own delegation, with a mistake in it."""

    def __init__(self) -> None:
        super().__init__(lambda view, complaint: {}["no such thing"])


class Hanging(Puppet):
    """One that never answers."""

    def __init__(self) -> None:
        super().__init__(lambda view, complaint: Given(move=passing()))

    async def move(self, view: Any, complaint: str | None) -> Given:
        await asyncio.Event().wait()
        raise AssertionError


class Mute(Puppet):
    """One that gives what is no answer."""

    def __init__(self) -> None:
        super().__init__(lambda view, complaint: "Well ...")  # type: ignore[arg-type,return-value]


def leaves() -> Delegation:
    """A person who is asked, and ends the sitting."""

    def leave(view: Any, complaint: str | None) -> Given:
        raise PersonLeftError

    return Puppet(leave)


def own(factory: Callable[[], Delegation]) -> Callable[[], Delegation]:
    return lambda: CustomDelegation(
        factory, seat="u", seed=1, settings=ModelSettings(), name="x:Y", timeout=0.2
    )


REFUSED = [mock.error(status) for status in (401, 403, 404, 400)]
LONG = mock.error(400, "This model's maximum context length is 4096 tokens.")
FILTERED = mock.error(400, "The response was filtered: content_filter")
BUSY = [mock.error(status) for status in (408, 409, 429, 500, 502, 503, 529)]
USELESS = [
    mock.completion(""),
    mock.completion(None, refusal="I would rather not."),
    mock.completion("{", finish_reason="length"),
    mock.completion("", finish_reason="content_filter"),
]

WHOLE = json.dumps(
    {
        "private_thoughts": "",
        "move": {"action": "pass", "position": None},
        "public_words": "We wait.",
    }
)
INSIDE = [mock.payload({"error": {"message": "upstream", "code": code}}) for code in (429, 502)]
BROKEN_OFF = mock.payload(
    {
        "choices": [
            {
                "message": {"role": "assistant", "content": ""},
                "finish_reason": "error",
                "error": {"code": 502, "message": "Provider disconnected"},
            }
        ]
    }
)
ONLY_THOUGHT = mock.payload(
    {
        "choices": [
            {
                "message": {"role": "assistant", "content": None, "reasoning_content": WHOLE},
                "finish_reason": "stop",
            }
        ]
    }
)
NOT_OF_FORM = mock.payload(
    {
        "error": {
            "message": "Failed to generate JSON. See 'failed_generation'.",
            "type": "invalid_request_error",
            "code": "json_validate_failed",
            "failed_generation": '{"private_thoughts": "We hold, this grammar is not supported',
        }
    },
    status=400,
)

CASES: dict[str, list[Case]] = {
    "the server answers 408, 409, 429 or 5xx, then better": [
        Case(answers=[plays_once, answer])
        for plays_once in [mock.payload({"data": []})]
        for answer in BUSY
    ],
    "the connection breaks, or no answer comes in `--timeout`, then one does": [
        Case(answers=[mock.reset()]),
        Case(answers=[mock.drop()]),
        Case(answers=[mock.hang()], timeout=0.3),
    ],
    "what comes is no chat completion, then one is": [
        Case(answers=[mock.html()]),
        Case(answers=[mock.truncated()]),
        Case(answers=[mock.payload({"id": 1})]),
    ],
    "the server answers 503 and has answered no question yet: it loads its model": [
        Case(answers=[mock.error(503, "Loading model")] * 9)
    ],
    "an answer with status 200 holds an error that may pass, or its provider broke off, then one "
    "is whole": [Case(answers=[answer]) for answer in (*INSIDE, BROKEN_OFF)],
    "one request is refused in a form that the server took before, then it is taken": [
        Case(answers=[WHOLE, mock.error(400, "xgrammar: the grammar matcher timed out")]),
        Case(answers=[WHOLE, mock.error(500, "xgrammar: the grammar matcher timed out")]),
    ],
    "a way of asking for structured replies is refused before it has worked once": [
        Case(answers=[mock.error(400, "response_format is not supported")], player=Bargainer())
    ],
    "the server says that what the model wrote does not have the form (`json_validate_failed`)": [
        Case(answers=[NOT_OF_FORM]),
        Case(answers=[WHOLE, NOT_OF_FORM]),
    ],
    "a reply holds two answers, or its answer stands in the thinking alone": [
        Case(answers=[WHOLE + WHOLE]),
        Case(answers=[ONLY_THOUGHT]),
    ],
    "a reply is no JSON of the form, or its move is not allowed": [
        Case(answers=["Let us talk."]),
        Case(answers=['{"private_thoughts": "", "move": {"action": "go"}, "public_words": "x"}']),
    ],
    "a reply is empty, refused, withheld or cut off": [Case(answers=[a]) for a in USELESS],
    "a reply holds a key in use, of whichever server": [Case(answers=[f"It is {KEY}."])],
    "as many unusable replies in a row as a turn may have": [Case(always="Let us talk.")],
    "the prompt is too long for the server, or its filter will not have it": [
        Case(always=LONG),
        Case(always=mock.error(413)),
        Case(always=FILTERED),
    ],
    "the server counts the same tokens three times for a prompt that grows: it cuts prompts": [
        Case(growing=True, protocol={"turns": 8})
    ],
    "the dialogue has used up its tokens": [Case(protocol={"token_limit": 30})],
    "the dialogue has used up its time, in a request or waiting for the next": [
        Case(always=mock.hang(), protocol={"time_limit": 0.2}),
        Case(always=mock.error(429, retry_after="60"), retries=100, protocol={"time_limit": 0.2}),
    ],
    "the server answers 429 or 5xx to every attempt": [
        Case(always=mock.error(429)),
        Case(always=mock.error(500)),
    ],
    "the connection breaks in every attempt, or nobody listens": [
        Case(always=mock.drop()),
        Case(listens=False),
    ],
    "the server answers 401, 403, 404 or another refusal, be it inside an answer with status 200": [
        Case(always=a)
        for a in (*REFUSED, mock.payload({"error": {"message": "No endpoints.", "code": 404}}))
    ],
    "the server asks to wait longer than a call may wait": [
        Case(always=mock.error(429, retry_after="25920"))
    ],
    "the code of a delegation of your own raises, gives no answer in time, or gives what is none": [
        Case(delegation=own(kind)) for kind in (Broken, Hanging, Mute)
    ],
    "the person in a seat ends the sitting": [Case(delegation=leaves)],
    "the run has spent what `--token-limit` or `--cost-limit` allow": [Case(budget=30)],
    "a server fails, or a limit is passed, in the private questions after the talks": [
        Case(debrief=mock.error(500)),
        Case(debrief=LONG),
        Case(debrief=mock.hang(), protocol={"time_limit": 20.0}, timeout=0.2),
    ],
    "the run's limit is reached in the private questions after the talks": [
        Case(budget=54, protocol={"turns": 3})
    ],
}


async def no_wait(seconds: float) -> None:
    """Waits are asked for, and not made."""


def play(scenario: Scenario, case: Case) -> PlayedTalks:
    protocol = Protocol.model_validate({"rounds": 1, "turns": 4, "repairs": 1, **case.protocol})
    spec = track(scenario, "1", protocol=protocol)

    async def main() -> PlayedTalks:
        if case.delegation is not None:
            return await Table(spec, scenario, {"o": scripted([]), "u": case.delegation()}).play()
        with MockServer(case.script()) as server:
            server.queue(*case.answers)
            url = server.base_url if case.listens else f"http://127.0.0.1:{free_port()}/v1"
            waits = asyncio.sleep if "time_limit" in case.protocol else no_wait
            chat = openai_endpoint(
                parse_address(f"openai/m@{url}"),
                retry=RetryPolicy(retries=case.retries, sleep=waits),
                timeout=case.timeout,
                limit=ConnectionLimit(4, budget=case.budget and Budget(tokens=case.budget)),
            )
            async with chat:
                if case.answers and case.answers[0].__class__ is Answer:
                    await _listed(chat, case)
                u = LanguageModelDelegation(
                    seat="u",
                    chat=chat,
                    prompts=Prompts(),
                    settings=ModelSettings(),
                    seed=1,
                    model_name="openai/m",
                )
                return await Table(spec, scenario, {"o": scripted([]), "u": u}).play()

    return asyncio.run(main())


async def _listed(chat: OpenAIEndpoint, case: Case) -> None:
    """Ask for the list of models first, where that is what the case begins with."""
    first = case.answers[0]
    if isinstance(first, Answer) and b'"data"' in first.body:
        await chat.check()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def account(played: PlayedTalks) -> str:
    """How a dialogue was booked, in the words of the table."""
    record, talks = played.record, played.record.body
    if record.void is not None:
        whose = "nobody's" if record.void.seat is None else "the seat's"
        assert record.void.seat in (None, "u")
        return f"{record.status} `{record.void.kind}`, {whose}"
    assert record.status == "done"
    if any(debrief.problem for debrief in talks.debriefs.values()):
        return "done"
    if any(turn.repairs for turn in talks.turns):
        assert all(turn.seat == "u" for turn in talks.turns if turn.repairs)
        return "unusable reply"
    if any(call.how != "schema" for call in record.calls):
        return "the next way is tried"
    if any(call.attempts > 1 for call in played.timing.calls):
        return "attempt"
    return "nothing"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    use_keys([KEY])
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


_RUN = {
    "three dialogues in a row are failed, but not for the run's limit",
    "at the start a server cannot be reached, refuses the key, or its proxy fails",
    "the environment names a proxy or certificates that cannot be used",
}
"""Lines that are about the run, not about a dialogue."""


@pytest.mark.kind("S4")
def test_every_line_is_played_and_every_play_is_a_line() -> None:
    assert set(table()) == set(CASES) | _RUN


@pytest.mark.kind("S4")
@pytest.mark.parametrize(
    ("happened", "number"),
    [(line, number) for line, cases in CASES.items() for number in range(len(cases))],
)
def test_a_failure_is_booked_as_the_document_says(
    happened: str, number: int, scenario: Scenario
) -> None:
    played = play(scenario, CASES[happened][number])
    said = table()[happened]
    assert re.split(r", (?!nobody|the seat)|[:;]", said)[0] == account(played), happened
    record = played.record.model_dump_json()
    assert KEY not in record
    void = played.record.void
    if "says when to go on" in said:
        assert void is not None
        assert "asks to wait for 7 h 12 min, until 20" in void.detail


@pytest.mark.kind("S4")
def test_three_failed_dialogues_in_a_row_stop_the_run(tmp_path: Path) -> None:
    assert "three dialogues in a row are failed, but not for the run's limit" in table()
    plan, progress = tiny_plan(write(tmp_path)), Progress()

    def seating(_: object) -> Mapping[str, Delegation]:
        return {seat: own(Broken)() for seat in ("o", "u")}

    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        executor = LocalExecutor(bench_of(plan.scenarios, seating, progress), progress, slots=1)
        with pytest.raises(ModelError, match="3 dialogues in a row could not be played"):
            asyncio.run(play_plan(plan, writer, executor, progress))
    assert progress.failed == 3


@pytest.mark.kind("S4")
@pytest.mark.parametrize("answer", [None, mock.error(401), mock.error(403), "proxy"])
async def test_a_server_that_cannot_be_used_stops_the_run_before_it_begins(
    answer: Answer | str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "at the start a server cannot be reached, refuses the key, or its proxy fails" in table()
    with MockServer(lambda _: answer if isinstance(answer, Answer) else mock.error(500)) as server:
        url = server.base_url if isinstance(answer, Answer) else f"http://127.0.0.1:{free_port()}"
        if answer == "proxy":
            monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
            monkeypatch.setenv("HTTPS_PROXY", url)
            url = "https://model.example/v1"
        async with openai_endpoint(parse_address(f"openai/m@{url}")) as chat:
            with pytest.raises(ModelError):
                await chat.check()


@pytest.mark.kind("S4")
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "SSL_CERT_FILE"])
async def test_an_environment_that_cannot_be_used_stops_the_run_before_it_begins(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the environment names a proxy or certificates that cannot be used" in table()
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    monkeypatch.setenv(name, "://x")
    async with openai_endpoint(parse_address("openai/m@https://model.example/v1")) as chat:
        with pytest.raises(ModelError) as caught:
            await chat.check()
    assert caught.value.where == name
