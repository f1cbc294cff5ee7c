"""``run`` and ``arun``: the same as the command, wherever they are called."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.errors import LimitReachedError, Track15Error, UsageError
from harness.records.folder import PLAN, SCORES, TRANSCRIPTS
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.app.conftest import SHORT, process
from tests.support.inprocess import typed
from tests.support.mock_server import USAGE, MockServer
from tests.support.player import plays

COMMAND = ("run", "quickstart", "--scenario", "opening", "--epochs", "2", "--limit", "6")
COMMAND += ("--turns", "3", "--display", "none", "--no-report")


def record(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (PLAN, TRANSCRIPTS, SCORES)}


@pytest.fixture(scope="module")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The record and the JSON of the command line."""
    cwd = tmp_path_factory.mktemp("commanded")
    done = typed(*COMMAND, "--json", cwd=cwd)
    (run,) = (path.parent for path in cwd.glob("transcripts/*/run.json"))
    return record(run), json.loads(done.out)


@pytest.fixture
def unlike(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The process as it is at every dialogue that is played."""
    found: list[dict[str, Any]] = []
    play = LocalExecutor.play

    async def looked(self: LocalExecutor, *arguments: Any) -> Any:
        found.append(process())
        return await play(self, *arguments)

    monkeypatch.setattr(LocalExecutor, "play", looked)
    return found


def test_a_script_gets_what_the_command_gives(
    here: Path,
    commanded: tuple[dict[str, bytes], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = process()
    run = app.run("quickstart", **SHORT)
    assert process() == before
    assert capsys.readouterr() == ("", "")
    assert run.path.parent == Path("transcripts")
    assert record(run.path) == commanded[0]
    found, said = json.loads(json.dumps(run.findings.as_json())), commanded[1]
    assert {"run", "missing", "left_out"} == said.keys() - found.keys()
    times = [one["declared"]["history"][0].pop("time") for one in (found, said)]
    assert all(times), "the only thing that may differ beside"
    for name in found.keys() - {"created"}:
        assert found[name] == said[name], name
    assert (run.missing, run.progress.done, run.account.planned) == (0, 6, 6)
    assert "6 of 6 dialogues finished" in repr(run)


async def test_a_notebook_can_wait_for_it_or_call_it(
    here: Path, commanded: tuple[dict[str, bytes], dict[str, Any]], unlike: list[dict[str, Any]]
) -> None:
    before = process()
    called = app.run("quickstart", **SHORT, log_dir=here / "called")
    awaited = await app.arun("quickstart", **SHORT, log_dir=here / "awaited")
    assert record(called.path) == record(awaited.path) == commanded[0]
    assert unlike == [before] * 12
    assert process() == before


async def test_workers_are_started_from_a_notebook_too(
    here: Path, commanded: tuple[dict[str, bytes], dict[str, Any]]
) -> None:
    assert record(app.run("quickstart", **SHORT, workers=2).path) == commanded[0]


async def test_the_notebooks_loop_goes_on_while_it_plays(here: Path) -> None:
    with MockServer(plays) as server:
        playing = asyncio.create_task(
            app.arun("quickstart", **SHORT, models=f"openai/m@{server.base_url}")
        )
        turns = 0
        while not playing.done():
            turns += 1
            await asyncio.sleep(0)
    assert (await playing).progress.calls > 0
    assert turns > 10


def test_a_thread_plays_as_well(
    here: Path, commanded: tuple[dict[str, bytes], dict[str, Any]], unlike: list[dict[str, Any]]
) -> None:
    before, found = process(), []
    thread = threading.Thread(target=lambda: found.append(app.run("quickstart", **SHORT)))
    thread.start()
    thread.join()
    assert record(found[0].path) == commanded[0]
    assert unlike == [before] * 6
    assert process() == before


def of_nobody(work: Coroutine[Any, Any, None]) -> None:
    """As notebooks run their loop: it has no handler of Ctrl-C."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Without any loop."""
    work.send(None)


@pytest.mark.parametrize("runs", [asyncio.run, of_nobody, at_once])
def test_an_interrupt_keeps_what_is_finished(
    here: Path,
    commanded: tuple[dict[str, bytes], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    runs: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    """Ctrl-C in a notebook meets the thread that waits, while another plays."""
    before, play, begun = process(), LocalExecutor.play, []

    async def interrupted(self: LocalExecutor, *arguments: Any) -> Any:
        begun.append(1)
        if len(begun) == 4:
            main = threading.main_thread().ident
            assert main is not None
            signal.pthread_kill(main, signal.SIGINT)
            await asyncio.Event().wait()
        return await play(self, *arguments)

    monkeypatch.setattr(LocalExecutor, "play", interrupted)

    async def cell() -> None:
        app.run("quickstart", **SHORT, max_connections=1)

    with pytest.raises(KeyboardInterrupt):
        runs(cell())
    assert process() == before
    assert not [thread for thread in threading.enumerate() if thread.name == "track15"]
    assert len(list(app.load(log_dir="transcripts").transcripts())) == 3
    monkeypatch.setattr(LocalExecutor, "play", play)
    again = app.run("quickstart", **SHORT)
    assert (again.progress.resumed, again.progress.done) == (3, 3)
    assert record(again.path) == commanded[0]


async def test_what_is_wrong_comes_out_of_the_thread(here: Path) -> None:
    with pytest.raises(Track15Error, match="quickstrat"):
        app.run("quickstrat")


def test_the_command_in_the_record_goes_on_with_it(here: Path) -> None:
    models = {"official": "scripted"}
    run = app.run("quickstart", **SHORT, models=models, max_retries=3, adaptive=False)
    command = run.folder.info.command
    assert "--no-adaptive" in command
    assert "--model official=scripted" in command
    done = typed(*shlex.split(command)[1:], cwd=here)
    assert done.code == 0
    assert "6 from before" in done.err


def test_progress_is_shown_where_it_stands(here: Path) -> None:
    seen: list[tuple[int, int]] = []
    app.run(
        "quickstart",
        **SHORT,
        progress=lambda progress: seen.append((progress.done, progress.planned)),
    )
    assert seen[-1] == (6, 6)


def test_a_mistake_in_a_display_costs_no_dialogue(here: Path) -> None:
    def shown(progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        app.run("quickstart", **SHORT, progress=shown)
    assert len(app.load().index()) == 6


def test_what_a_user_should_know_is_told_and_kept(here: Path) -> None:
    told: list[str] = []
    run = app.run("quickstart", **SHORT, temperature=0.5, notify=told.append)
    assert told == ["Scripted delegations are not models: --temperature changes nothing here."]
    assert run.notes == tuple(told)


def test_a_limit_stops_a_run_and_is_told(here: Path) -> None:
    limit = 3 * USAGE["total_tokens"]
    with MockServer(plays) as server:
        options = {**SHORT, "models": f"openai/m@{server.base_url}", "token_limit": limit}
        run = app.run("quickstart", **options)
        assert run.progress.stopped is not None
        assert run.missing == 6
        assert any(note.startswith("Stopped at --token-limit") for note in run.notes)
        with pytest.raises(LimitReachedError, match="Stopped at --token-limit"):
            app.run("quickstart", **options)


def test_a_run_is_replayed_by_its_name(here: Path) -> None:
    with MockServer(plays) as server:
        models = f"openai/m@{server.base_url}"
        first = app.run("quickstart", **SHORT, models=models)
        sent = len(server.bodies)
        again = app.run("quickstart", **SHORT, models=models, replay=first.path.name)
        assert len(server.bodies) == sent
    assert again.path != first.path
    assert record(again.path)[TRANSCRIPTS] == record(first.path)[TRANSCRIPTS]


def test_nothing_is_played_by_options_that_are_none(here: Path) -> None:
    with pytest.raises(UsageError, match="epochs"):
        app.run("quickstart", epoch=1)  # type: ignore[call-arg]
    assert not (here / "transcripts").exists()
