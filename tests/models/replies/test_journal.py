"""The journal: a dialogue that begins again pays for nothing it had been answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.errors import ModelError, RecordError
from harness.models.replies.journal import CALLS, Journal, JournalChat
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from tests.support.chats import FakeChat, in_turn

ASK: ChatMessage = {"role": "user", "content": "Your turn."}


def exists(path: Path) -> bool:
    return path.exists()


async def ask(chat: JournalChat, *, seed: int = 1, schema_name: str = "move") -> ModelReply:
    return await chat.complete(Request((ASK,), seed=seed, schema_name=schema_name))


async def test_a_reply_is_on_disk_before_it_is_used(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = FakeChat(lambda _: ModelReply(text="yes", attempts=2, seconds=3.0))
    reply = await ask(JournalChat(model, journal, "d1"))
    again = JournalChat(model, Journal(tmp_path), "d1")  # another process; the first still lives
    assert await ask(again) == reply
    assert len(model.asked) == 1
    assert reply.attempts == 2
    assert reply.seconds == 3.0


async def test_another_dialogue_or_another_request_is_asked(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = in_turn("a", "b", "c", "d")
    await ask(JournalChat(model, journal, "d1"))
    assert (await ask(JournalChat(model, journal, "d2"))).text == "b"
    assert (await ask(JournalChat(model, journal, "d1"), seed=2)).text == "c"
    assert (await ask(JournalChat(model, journal, "d1"), schema_name="debrief")).text == "d"
    assert journal.dialogues() == {"d1", "d2"}


async def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = in_turn(ModelError("down"), "up")
    chat = JournalChat(model, journal, "d1")
    with pytest.raises(ModelError):
        await ask(chat)
    assert (await ask(chat)).text == "up"


async def test_a_finished_dialogue_is_forgotten_and_an_empty_file_removed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = FakeChat(lambda _: "yes")
    await ask(JournalChat(model, journal, "d1"))
    await ask(JournalChat(model, journal, "d2"))
    journal.forget(["d1"])
    assert journal.dialogues() == {"d2"}
    journal.close()
    assert exists(tmp_path / CALLS), "d2 is not finished"
    journal = Journal(tmp_path)
    journal.forget(["d2"])
    journal.close()
    assert not exists(tmp_path / CALLS)


async def test_what_the_record_has_counted_is_not_counted_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    model = FakeChat(lambda _: ModelReply(text="yes", attempts=2, seconds=3.0))
    await ask(JournalChat(model, journal, "d1"))
    await ask(JournalChat(model, journal, "d2"))
    journal.settle("d1")
    ((dialogue, address, reply),) = journal.paid()
    assert (dialogue, address, reply.text) == ("d2", "openai/fake", "yes")
    known = await ask(JournalChat(model, journal, "d1"))
    assert (known.text, known.attempts, known.seconds) == ("yes", 0, 3.0)
    assert len(model.asked) == 2


async def test_replies_that_come_together_are_all_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    reply = ModelReply(text="yes")
    await asyncio.gather(*(journal.keep(f"d{n}", "r/m", reply) for n in range(50)))
    there = Journal(tmp_path)
    assert there.dialogues() == {f"d{n}" for n in range(50)}


async def test_a_reply_whose_dialogue_is_cancelled_is_kept_as_well(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, second = (
        asyncio.create_task(journal.keep(name, "r/m", ModelReply(text=name))) for name in "ab"
    )
    await asyncio.sleep(0)
    first.cancel()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert journal.dialogues() == {"a", "b"}


def test_what_has_come_when_the_run_ends_is_kept(tmp_path: Path) -> None:
    """Ctrl-C ends the event loop before it writes."""
    journal = Journal(tmp_path)

    async def interrupted() -> asyncio.Task[None]:
        keeping = asyncio.create_task(journal.keep("d1", "r/m", ModelReply(text="yes")))
        await asyncio.sleep(0)
        return keeping

    assert asyncio.run(interrupted()).cancelled()
    journal.close()
    assert Journal(tmp_path).dialogues() == {"d1"}


async def test_whoever_waits_is_told_that_nothing_can_be_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.leave()
    told = await asyncio.gather(
        *(journal.keep(name, "r/m", ModelReply(text="yes")) for name in "ab"),
        return_exceptions=True,
    )
    assert [type(error) for error in told] == [RecordError, RecordError]


async def test_half_a_character_is_not_kept_and_harms_no_other(tmp_path: Path) -> None:
    """Code of the user's may say one; the reply is complained of, as any that is unusable."""
    journal = Journal(tmp_path)
    replies = {"a": "fine", "b": "half \ud83d", "c": "fine too"}
    await asyncio.gather(
        *(journal.keep(name, "r/m", ModelReply(text=text)) for name, text in replies.items())
    )
    await journal.keep("d", "r/m", ModelReply(text="\ud83d"))
    assert journal.dialogues() == {"a", "c"}


def test_a_journal_outlives_its_event_loop(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    async def keep(name: str) -> None:
        await journal.keep(name, "r/m", ModelReply(text=name))

    loop = asyncio.new_event_loop()
    first = loop.create_task(keep("a"))
    loop.call_soon(loop.stop)  # before anything is written
    loop.run_forever()
    first.cancel()
    loop.run_until_complete(asyncio.wait([first]))
    loop.close()
    asyncio.run(asyncio.wait_for(keep("b"), 120))
    assert journal.dialogues() == {"a", "b"}
