"""How long a run with very many finished dialogues takes to its first request when it is resumed.

    python benchmarks/resume.py --dialogues 100000

The run folder is written by hand: lines of the record that have the head of a real one and a body
of ``--body`` bytes that nobody reads, and the plan that the suite means. The run is resumed for one
more epoch, by the same session as ever, on a model whose server takes the first request and answers
no other: what is measured ends there. Processor time is of this process, start-up apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.files.jsonl import write_atomically
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.suite.suite import Suite


class _FirstRequest(Exception):  # noqa: N818 - it is what is waited for
    """The server was asked to play."""


def _plan(address: str, dialogues: int) -> Plan:
    """A plan of two arms and at least so many dialogues, and the one of one more epoch."""
    suite = Suite.model_validate(
        {
            "id": "resume",
            "title": "A run that is resumed",
            "question": "How long to its first request?",
            "scenarios": ["armistice"],
            "twins": ["none", "names"],
            "epochs": max(1, dialogues // 4),
            "arms": {"official": {"track": "1"}, "unofficial": {"track": "1.5"}},
            "contrasts": None,
        }
    )
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


def _records(plan: Plan, body: int) -> Iterator[bytes]:
    filling = "x" * body
    for node in plan.stages():
        yield (
            f'{{"id":"{node.id}","schema_version":2,"status":"done","kind":"talks",'
            f'"spec":{{}},"inputs_are":"none","body":"{filling}"}}\n'
        ).encode()


def written(folder: Path, plan: Plan, body: int) -> None:
    """The run folder of a plan that was played to its end."""
    with Session(plan, folder, prompts=Prompts()).opened():
        pass
    write_atomically(folder / TRANSCRIPTS, _records(plan, body))
    lines = (way.episode.model_dump_json().encode() + b"\n" for way in plan.ways())
    write_atomically(folder / PLAN, lines)


async def _until_asked(session: Session) -> dict[str, Any]:
    """Resume until the first request, and what that took."""
    from aiohttp import web

    asked, over = asyncio.Event(), asyncio.Event()

    async def answers(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/models"):
            return web.json_response({"data": [{"id": "m"}]})
        asked.set()
        await over.wait()
        return web.Response(status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(_port(session.plan)))
    await site.start()
    began, clock = time.process_time(), time.perf_counter()
    with session.opened() as writer:
        opened = time.process_time()
        playing = asyncio.create_task(session.play(writer))
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait([playing, waiting], return_when=asyncio.FIRST_COMPLETED)
        ended = time.process_time()
        waited = time.perf_counter() - clock
        if playing.done():
            playing.result()
        waiting.cancel()
        playing.cancel()
        over.set()
        await asyncio.wait([playing, waiting])
    await runner.cleanup()
    return {
        "opening_cpu_s": round(opened - began, 2),
        "first_request_cpu_s": round(ended - began, 2),
        "first_request_wall_s": round(waited, 2),
        "resumed": session.progress.resumed,
    }


def _port(plan: Plan) -> str:
    return plan.addresses[0].rpartition(":")[2].partition("/")[0]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measure, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=100_000)
    parser.add_argument("--body", type=int, default=2_000, help="bytes of a record, at least")
    options = parser.parse_args()
    address = f"openai/m@http://127.0.0.1:{_free_port()}/v1"
    with tempfile.TemporaryDirectory() as folder:
        plan = _plan(address, options.dialogues)
        written(Path(folder) / "run", plan, options.body)
        longer = replace(
            plan, suite=plan.suite.model_copy(update={"epochs": plan.suite.epochs + 1})
        )
        wire = PoolSettings(max_connections=16, max_retries=0)
        session = Session(longer, Path(folder) / "run", wire=wire, prompts=Prompts())
        found = asyncio.run(_until_asked(session))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"dialogues": plan.dialogues, **found, "peak_mb": round(peak)}))


if __name__ == "__main__":
    sys.exit(main())
