"""A chat that is listened to: every question is kept, and goes to the account of a checkup."""

from __future__ import annotations

import pytest

from harness.doctor.checkup import Checkup
from harness.doctor.listening import Exchange, HeardChat
from harness.errors import ModelError
from harness.models.reply import ModelReply
from harness.models.usage import Usage
from tests.support.chats import in_turn
from tests.support.exchanges import asked, refusal, refused


def heard(*answers: str | ModelReply | Exception) -> tuple[HeardChat, Checkup]:
    checkup = Checkup("openai/m")
    return HeardChat(in_turn(*answers), checkup), checkup


async def test_a_reply_is_passed_on_kept_and_booked() -> None:
    usage = Usage(prompt=100, completion=20, cached=90, reasoning=15)
    given = ModelReply(text="said", usage=usage, attempts=2)
    chat, checkup = heard(given, given)
    first, second = asked(400), asked(800)
    assert await chat.complete(first) is given
    await chat.complete(second)
    assert chat.exchanges == [Exchange(first, reply=given), Exchange(second, reply=given)]
    assert (checkup.requests, checkup.tokens, checkup.estimated) == (4, 240, False)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (Usage(completion=20), 101 + 20),
        (Usage(prompt=0, completion=20), 101 + 20),
        (Usage(prompt=90), 90 + 2),
        (Usage(), 101 + 2),
    ],
    ids=["no prompt", "a prompt of nothing", "no completion", "nothing"],
)
async def test_what_the_server_did_not_count_goes_by_length(usage: Usage, tokens: int) -> None:
    chat, checkup = heard(ModelReply(text="words", usage=usage))
    await chat.complete(asked(401))
    assert (checkup.tokens, checkup.estimated) == (tokens, True)


async def test_a_reply_without_a_token_is_counted_as_that() -> None:
    chat, checkup = heard(ModelReply(text="", usage=Usage(prompt=90, completion=0)))
    await chat.complete(asked())
    assert (checkup.tokens, checkup.estimated) == (90, False)


class OddError(ModelError):
    attempts = status = "many"


@pytest.mark.parametrize(
    ("error", "requests"), [(refusal(attempts=3), 3), (ModelError("no"), 1), (OddError("no"), 1)]
)
async def test_a_failure_is_raised_kept_and_booked(error: ModelError, requests: int) -> None:
    chat, checkup = heard(error)
    question = asked()
    with pytest.raises(ModelError) as caught:
        await chat.complete(question)
    assert caught.value is error
    assert chat.exchanges == [Exchange(question, error=error)]
    assert (checkup.requests, checkup.tokens) == (requests, 0)


async def test_what_is_no_failure_of_the_endpoint_is_nobodys_exchange() -> None:
    chat, checkup = heard(KeyError("ours"))
    with pytest.raises(KeyError):
        await chat.complete(asked())
    assert (chat.exchanges, checkup.requests) == ([], 0)


def test_the_status_of_an_exchange() -> None:
    assert refused(refusal(422)).status == 422
    assert refused(ModelError("no")).status is None
    assert refused(OddError("no")).status is None
    assert Exchange(asked(), reply=ModelReply(text="said")).status is None
