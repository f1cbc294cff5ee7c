"""Finished stages of other runs are taken instead of played: the same ones, whole ones, and no
others."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.kinds import load_kind
from harness.models.limits.budget import Budget
from harness.models.replies.journal import CALLS, Journal
from harness.models.reply import ModelReply
from harness.models.settings import PoolSettings
from harness.orchestrator.replay import Recording
from harness.orchestrator.reuse import Reuse, is_shareable, same_service
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.folder import MESSAGES, PLAN, RUN, TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.spend import paid_calls
from harness.workers.backend import Backend
from tests.support import llama, questions
from tests.support.disputes import small
from tests.support.later import later
from tests.support.mock_server import MockServer, error
from tests.support.questions import KIND, QUESTIONS, Model, lines, sit
from tests.support.transcripts import make_spec

FORMER = Path(__file__).parents[1] / "records" / "golden" / "schema-1"
Edit = tuple[str, str, str]
"""File, what stands there, what stands there instead."""


_prompts = cache(Prompts)


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    load_kind(f"{KIND}:KIND")
    for support in (questions, llama):
        monkeypatch.setattr(support, "Prompts", _prompts)  # to read them takes most of the time


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def session(tmp_path: Path, server: MockServer, said: list[str]) -> Callable[..., Session]:
    """Sessions of one plan - talks, and two questions about them - in folders beside each other."""

    def made(name: str, **more: Any) -> Session:
        return questions.session(tmp_path, server, name, notify=said.append, **more)

    return made


def asked(model: Model) -> tuple[int, int]:
    return model.moves, len(model.questions)


def edit(run: Path, change: Edit) -> None:
    name, old, new = change
    text = (run / name).read_text()
    assert old in text
    (run / name).write_text(text.replace(old, new, 1))


def test_what_another_run_has_is_taken_byte_for_byte(
    tmp_path: Path, session: Callable[..., Session], model: Model, said: list[str]
) -> None:
    sit(session("first"))
    before = asked(model)
    progress = sit(session("second", reuse=tmp_path))
    assert asked(model) == before
    assert (progress.taken, progress.done, progress.planned, progress.finished) == (3, 0, 3, 3)
    assert said == ["Took 3 stages from first (3)."]
    first, second = tmp_path / "first", tmp_path / "second"
    for name in (TRANSCRIPTS, QUESTIONS, PLAN):
        assert (second / name).read_bytes() == (first / name).read_bytes()
    texts, shown = RunFolder(first).messages(), RunFolder(second).messages()
    stages = [*lines(second, TRANSCRIPTS), *lines(second, QUESTIONS)]
    wanted = {key for one in stages for call in one["calls"] for key in call["prompt"]}
    assert wanted
    assert shown == {key: texts[key] for key in wanted}
    assert RunFolder(second).finished() == 2


def test_it_is_timed_as_it_was_played_and_paid_by_nobody(
    tmp_path: Path, session: Callable[..., Session]
) -> None:
    sit(session("first"))
    sit(session("second", reuse=tmp_path))
    old = {timing.id: timing for timing in RunFolder(tmp_path / "first").timings()}
    new = list(RunFolder(tmp_path / "second").timings())
    assert len(new) == 3
    for timing in new:
        was = old[timing.id]
        assert timing.taken_from == "first"
        assert was.taken_from is None
        assert (timing.started, timing.seconds) == (was.started, was.seconds)
        assert [call.seconds for call in timing.calls] == [call.seconds for call in was.calls]
        assert {call.attempts for call in was.calls} == {1}
        assert {call.attempts for call in timing.calls} == {0}
    assert list(paid_calls(tmp_path / "second")) == []
    assert "taken_from" not in (tmp_path / "first" / TIMINGS).read_text()


def test_only_what_is_new_is_asked(
    tmp_path: Path, session: Callable[..., Session], model: Model, said: list[str]
) -> None:
    sit(session("first"))
    moves, questions = asked(model)
    progress = sit(session("second", epochs=2, reuse=tmp_path))
    assert asked(model) == (2 * moves, 2 * questions)
    assert (progress.taken, progress.done) == (3, 3)
    assert said == ["Took 3 stages from first (3)."]
    again = sit(session("second", epochs=2, reuse=tmp_path))
    assert (again.resumed, again.taken, again.done) == (6, 0, 0)
    assert asked(model) == (2 * moves, 2 * questions)


def test_it_is_off_by_default(
    tmp_path: Path, session: Callable[..., Session], model: Model, said: list[str]
) -> None:
    sit(session("first"))
    moves, questions = asked(model)
    assert sit(session("second")).taken == 0
    assert asked(model) == (2 * moves, 2 * questions)
    assert said == []


def test_a_run_of_taken_stages_replays(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    sit(session("first"))
    sit(session("second", reuse=tmp_path))
    before = asked(model)
    recording = Recording(RunFolder(tmp_path / "second"))
    sit(session("second-replay", recording=recording))
    assert asked(model) == before
    again, second = tmp_path / "second-replay", tmp_path / "second"
    assert (again / TRANSCRIPTS).read_bytes() == (second / TRANSCRIPTS).read_bytes()
    assert (again / QUESTIONS).read_bytes() == (second / QUESTIONS).read_bytes()


def test_a_replay_is_not_taken_from(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    sit(session("first"))
    (tmp_path / "first").rename(tmp_path / "first-replay")
    assert sit(session("second", reuse=tmp_path)).taken == 0
    assert said == ["Took no stage from another run."]


def test_workers_play_what_is_left(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    sit(session("first"))
    moves, questions = asked(model)
    more = {"epochs": 2, "reuse": tmp_path, "backend": Backend(workers=2)}
    progress = sit(session("second", **more))
    assert (progress.taken, progress.done) == (3, 3)
    assert asked(model) == (2 * moves, 2 * questions)


def test_a_run_that_has_spent_all_still_takes_what_is_free(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    sit(session("first"))
    before = asked(model)
    wire = PoolSettings(max_connections=1, max_retries=0)
    budget = Budget(tokens=1)
    progress = sit(session("second", wire=wire, budget=budget, reuse=tmp_path))
    assert (progress.taken, progress.stopped) == (3, None)
    assert budget.spent == (0, 0.0)
    assert asked(model) == before


# --- void, failed, begun -------------------------------------------------------------------------


def babbled(session: Callable[..., Session], model: Model) -> None:
    """A run whose talks are void."""
    model.babbles = True
    assert sit(session("first")).void == 3
    model.babbles = False


def test_a_void_is_a_result_and_taken(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    babbled(session, model)
    before = asked(model)
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.taken, progress.failed) == (3, 0), "the questions have nothing to ask about"
    assert asked(model) == before
    (talks,) = lines(tmp_path / "second", TRANSCRIPTS)
    assert talks["status"] == "void"


def test_no_void_is_taken_where_they_are_to_be_played_again(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    babbled(session, model)
    progress = sit(session("second", reuse=tmp_path, retry_void=True))
    assert (progress.taken, progress.done) == (0, 3)


def test_a_void_of_its_own_that_is_to_be_played_again_may_be_taken_where_it_is_done(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    babbled(session, model)
    sit(session("second"))
    before = asked(model)
    assert sit(session("first", reuse=tmp_path)).taken == 0, "it has a result"
    progress = sit(session("first", reuse=tmp_path, retry_void=True))
    assert (progress.taken, progress.done) == (3, 0)
    assert asked(model) == before
    statuses = [t.status for t in RunFolder(tmp_path / "first").transcripts()]
    assert statuses == ["done"]


def test_a_failed_one_is_not_taken(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    model.spoil = lambda number: error(500) if number == 2 else None
    wire = PoolSettings(max_connections=1, max_retries=0)
    assert sit(session("first", wire=wire)).failed == 1
    model.spoil = lambda _: None
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.taken, progress.done) == (2, 1)


def test_what_failed_here_may_be_taken(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    sit(session("first"))
    model.spoil = lambda number: error(500) if number == 4 else None
    wire = PoolSettings(max_connections=1, max_retries=0)
    assert sit(session("second", wire=wire)).failed == 1
    paid, before = len(list(paid_calls(tmp_path / "second"))), asked(model)
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.resumed, progress.taken, progress.failed) == (2, 1, 0)
    assert asked(model) == before
    assert len(list(paid_calls(tmp_path / "second"))) == paid


def test_what_it_has_begun_and_paid_for_it_finishes_itself(
    tmp_path: Path, session: Callable[..., Session], model: Model
) -> None:
    sit(session("first"))
    (talks,) = lines(tmp_path / "first", TRANSCRIPTS)
    second = session("second", reuse=tmp_path)
    with second.opened():
        journal = Journal(tmp_path / "second")
        reply = ModelReply(text="Hm.", attempts=1)
        asyncio.run(journal.keep(talks["id"], "digest/openai/x", reply))
        journal.leave()
    moves = model.moves
    progress = sit(second)
    assert model.moves == 2 * moves
    assert (progress.done, progress.taken) == (1, 2), (
        "questions about the very same talks are taken"
    )
    assert not (tmp_path / "second" / CALLS).exists()


# --- what is not the same, or not whole ----------------------------------------------------------


def test_it_is_taken_only_with_what_it_has_read(
    tmp_path: Path, session: Callable[..., Session], model: Model, said: list[str]
) -> None:
    sit(session("first"))
    sit(session("second", talkers=True))
    (tmp_path / "second" / QUESTIONS).unlink()
    edit(tmp_path / "second", (TRANSCRIPTS, "Let us settle this.", "Let us part."))
    questions = len(model.questions)
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.resumed, progress.taken, progress.done) == (1, 0, 2)
    assert len(model.questions) == questions + 2
    taken, passed = said
    assert taken == "Took no stage from another run."
    assert passed.startswith("Passed over in first: ")
    assert passed.endswith("it read other stages than those here (and 1 more)")


DAMAGE: dict[str, tuple[Edit, int, str]] = {
    "a line that is none": ((TRANSCRIPTS, '{"id"', '{"di"'), 2, "transcripts.jsonl:1: damaged"),
    "a line cut short": ((TRANSCRIPTS, ',"debriefs":', ',"debriefs"'), 2, "damaged line"),
    "another spec": ((TRANSCRIPTS, '"rounds":1', '"rounds":3'), 2, "not that of its spec"),
    "another seat": ((TRANSCRIPTS, '"turns":[{"index":0', '"turns":[{"index":7'), 2, "turn 7"),
    "a newer version": ((TRANSCRIPTS, '"schema_version":2', '"schema_version":3'), 2, "version 3"),
    "a question's status": (
        (
            QUESTIONS,
            '"void":null',
            '"void":{"kind":"reply","seat":null,"detail":"no","repairs":[]}',
        ),
        2,
        "how it ended",
    ),
    "a question's calls": (
        (QUESTIONS, '"calls":[{"index":0', '"calls":[{"index":4'),
        2,
        "numbered",
    ),
    "a question's id": ((QUESTIONS, '"asked_of":"left"', '"asked_of":"else"'), 2, "of its spec"),
    "a question's body": (
        (QUESTIONS, '"body":{"gave_more":"u"', '"body":{"gave_more":7'),
        2,
        "damaged line",
    ),
    "a message": ((MESSAGES, "# The dispute", "# A dispute"), 2, "does not match its hash"),
    "no timings": ((TIMINGS, '{"id"', '{"di"'), 2, "timings"),
    "timings of other calls": ((TIMINGS, '"call":0', '"call":9'), 2, "does not time the calls"),
    "endless timings": ((TIMINGS, '"attempts":1', '"attempts":-1'), 2, "out of range"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_damaged_is_passed_over_and_played(
    tmp_path: Path, session: Callable[..., Session], said: list[str], what: str
) -> None:
    change, taken, why = DAMAGE[what]
    sit(session("first"))
    edit(tmp_path / "first", change)
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.taken, progress.done, progress.failed) == (taken, 3 - taken, 0)
    assert len(said) == 2
    assert said[1].startswith("Passed over in first: ")
    assert why in said[1]
    assert RunFolder(tmp_path / "second").finished() == 2


def test_models_that_its_run_does_not_name_are_not_taken_for_the_same(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    sit(session("first"))
    path = tmp_path / "first" / RUN
    path.write_text(path.read_text().replace("openai/x@", "openai/y@"))
    assert sit(session("second", reuse=tmp_path)).taken == 0
    assert said[1].endswith("its models are served differently here (and 2 more)")


def test_a_message_that_is_missing(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    sit(session("first"))
    (tmp_path / "first" / MESSAGES).write_text("")
    assert sit(session("second", reuse=tmp_path)).taken == 0
    assert "messages.jsonl: message " in said[1]
    assert said[1].endswith(" is missing (and 2 more)")


def test_where_one_run_has_it_damaged_another_is_asked(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    sit(session("first"))
    sit(session("other", reuse=tmp_path))
    edit(tmp_path / "other", (TRANSCRIPTS, '"rounds":1', '"rounds":3'))
    said.clear()
    assert sit(session("second", reuse=tmp_path)).taken == 3
    assert said[0] == "Took 3 stages from first (1), other (2)."


@pytest.mark.parametrize("what", ["no run.json", "a link"])
def test_a_folder_that_is_no_run_is_passed_over(
    tmp_path: Path, session: Callable[..., Session], said: list[str], what: str
) -> None:
    sit(session("first"))
    if what == "a link":
        (tmp_path / "first" / PLAN).rename(tmp_path / "elsewhere")
        (tmp_path / "first" / PLAN).symlink_to(tmp_path / "elsewhere")
    else:
        (tmp_path / "first" / RUN).write_text("{}")
    progress = sit(session("second", reuse=tmp_path))
    assert (progress.taken, progress.done) == (0, 3)
    assert said[1].startswith("Passed over in first: ")


def test_version_1_is_not_taken_from(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    shutil.copytree(FORMER, tmp_path / "old")
    assert sit(session("second", reuse=tmp_path)).taken == 0
    assert said == ["Took no stage from another run."], "and nothing is wrong with it"


# --- a run in play -------------------------------------------------------------------------------


def test_a_run_in_play_is_read_as_far_as_it_is(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    first = session("first")
    with first.opened() as writer:
        asyncio.run(first.play(writer))
        before = (tmp_path / "first" / QUESTIONS).read_bytes()
        with (tmp_path / "first" / QUESTIONS).open("r+b") as file:
            file.truncate(len(before) - 40)  # its last line is being written
        torn = (tmp_path / "first" / QUESTIONS).read_bytes()
        progress = sit(session("second", reuse=tmp_path))
    assert (progress.taken, progress.done) == (2, 1)
    assert said == ["Took 2 stages from first (2)."]
    assert (tmp_path / "first" / QUESTIONS).read_bytes() == torn


# --- who may be taken ----------------------------------------------------------------------------


@dataclass
class Identity:
    """What a server told of itself; 0 stands for nothing."""

    digest: int

    def differences(self, other: Identity) -> dict[str, tuple[int, int]]:
        both = (self.digest, other.digest)
        return {"digest": both} if all(both) and self.digest != other.digest else {}


class Served(RunInfo):
    """A run that says what served its models, one after the other."""

    served: dict[str, Any]


def info(*digests: int) -> RunInfo:
    """A run of two models; the first was served by what has these digests."""
    models = {"official": "openai/x", "unofficial": "openai/y"}
    served = {"openai/x": tuple(map(Identity, digests))} if digests else {}
    return Served.model_construct(models=models, served=served)


def test_the_same_addresses_are_the_same_service() -> None:
    plain = RunInfo.model_construct(models={"official": "openai/x", "unofficial": "scripted"})
    other = RunInfo.model_construct(models={"official": "openai/z"})
    assert same_service(plain, plain, {"openai/x"})
    assert same_service(plain, other, ())
    assert not same_service(plain, other, {"openai/x"})
    assert not same_service(other, plain, {"openai/x"})


@pytest.mark.parametrize(
    ("other", "own", "same"),
    [
        ([1], [1], True),
        ([1], [2], False),
        ([1], [], True),
        ([], [1], True),
        ([0], [1], True),
        ([1], [2, 1], True),
        ([1], [1, 2], False),
        ([1, 2], [2], False),
    ],
)
def test_what_a_server_says_of_itself_counts_where_both_runs_tell(
    other: list[int], own: list[int], *, same: bool
) -> None:
    assert same_service(info(*other), info(*own), {"openai/x", "openai/y"}) is same
    assert same_service(info(*other), info(*own), {"openai/y"}), "of that one nothing is told"


@pytest.mark.parametrize(("serves", "taken"), [("Q4_K - Medium", 1), ("Q8_0", 0)])
def test_what_the_server_says_that_it_serves_decides(
    tmp_path: Path, said: list[str], serves: str, taken: int
) -> None:
    server = llama.Llama()
    with server:
        sit(llama.session(tmp_path, server))
        server.taken()
        server.props = {"model_ftype": serves, "build_info": "b1"}
        second = llama.session(tmp_path, server, reuse=tmp_path, notify=said.append)
        second.folder = tmp_path / "second"
        progress = sit(second)
        was_asked = "/v1/chat/completions" in server.taken()
    assert (progress.taken, progress.done, was_asked) == (taken, 1 - taken, not taken)
    took, *passed = said
    assert took == ("Took 1 stage from run (1)." if taken else "Took no stage from another run.")
    assert len(passed) == 1 - taken
    assert all(line.endswith("its models are served differently here") for line in passed)


@pytest.mark.parametrize(
    ("kind", "shared"),
    [("scripted", True), ("model", True), ("runnable", False), ("custom", False)],
)
def test_code_of_users_is_never_taken(tmp_path: Path, kind: str, *, shared: bool) -> None:
    spec = make_spec(small(tmp_path))
    seat = spec.seat("u").model_copy(update={"kind": kind, "model": "mine.py:Mine"})
    spec = spec.model_copy(update={"seats": (spec.seat("o"), seat)})
    assert is_shareable(spec) is shared
    assert is_shareable(later(talks=spec)) is shared, "nor in talks that follow others"


def test_what_users_code_has_answered_is_not_taken(
    tmp_path: Path, session: Callable[..., Session], said: list[str]
) -> None:
    sit(session("first", talkers=False))
    second = session("second", talkers=False)
    with second.opened() as writer:
        reuse = Reuse(tmp_path, writer.path, writer.info, ())  # the plan speaks to nobody
        list(reuse.look(second.plan.stages()))
        talks, question, _ = second.plan.stages()
        assert question.id in reuse
        (line,) = (tmp_path / "first" / TRANSCRIPTS).read_bytes().splitlines()
        assert reuse.take(question.id, {"talks": line}) is None
        assert reuse.take(talks.id, {}) is not None, "scripts play alike everywhere"


def test_nothing_is_looked_for_that_is_there_already(
    tmp_path: Path, session: Callable[..., Session]
) -> None:
    sit(session("first"))
    with session("second").opened() as writer:
        reuse = Reuse(tmp_path, writer.path, writer.info, ())
        list(reuse.look(()))
        assert not any(node.id in reuse for node in session("second").plan.stages())
