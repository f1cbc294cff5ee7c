"""Makes the golden run of ``tests/records``: a small run that uses every part of the record.

    python -m tests.support.golden FOLDER

Four dialogues of fake models on the small dispute: a deal after a caucus, a consultation and a
reply that had to be asked again; one without a deal; one void for what a model replied; one that an
endpoint failed. The folder in ``tests/records/golden`` was made once and is never made again: it
stands for the runs that users keep. A change of the schema gets a golden run of its own beside it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from harness.delegations.base import Delegation
from harness.delegations.language_model import LanguageModelDelegation
from harness.errors import ModelError
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.models.request import Request
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.orchestrator.run import play_plan
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.writer import RunWriter
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support.chats import FakeChat, move_json
from tests.support.disputes import write
from tests.support.runs import bench_of, run_info, tiny_suite

MODEL = "openai/fake@http://127.0.0.1:9/v1"
ARMS = {
    "deal": {
        "track": "backchannel",
        "u": {
            "members": [{"id": "lawyer", "title": "legal adviser", "remit": "what the law allows"}]
        },
    },
    "apart": {"track": "1.5"},
    "babble": {"track": "2"},
    "dead": {"track": "1"},
}
# Any word from anybody, and nobody ratifies: as talks were when the run was made.
PROTOCOL = {
    "rounds": 1,
    "turns": 2,
    "repairs": 1,
    "commitments": "any",
    "ratification": False,
}
HALF = {"well": "half", "fence": "us"}
OPENING = {"well": "mine", "fence": "them"}


def make_golden(folder: Path) -> RunFolder:
    """Play, record and score the golden run in ``folder``."""
    with tempfile.TemporaryDirectory() as place:
        suite = tiny_suite(
            write(Path(place)),
            id="golden",
            twins=["none"],
            epochs=1,
            protocol=PROTOCOL,
            arms=ARMS,
            contrasts={"primary": {"name": "lean", "treatment": "deal", "control": "apart"}},
        )
        prompts = Prompts()
        models = {"official": MODEL, "unofficial": MODEL}
        plan = make_plan(suite, Overrides(models=models), prompts.hashes())
    info = run_info(plan).model_copy(update={"models": plan.models, "templates": plan.templates})
    # A run does not remember where a scenario was read from, only what it says.
    info = info.model_copy(
        update={"suite": suite.model_copy(update={"scenarios": ("small.yaml",)})}
    )

    arms = {way.talks.id: way.arm for way in plan.ways()}

    def seating(spec: TalksSpec) -> dict[str, Delegation]:
        arm = arms[spec.id]
        return {seat.seat: _delegation(arm, spec, seat.seat, prompts) for seat in spec.seats}

    with RunWriter(folder, info) as writer:
        progress = Progress()
        executor = LocalExecutor(bench_of(plan.scenarios, seating, progress), progress, slots=1)
        asyncio.run(play_plan(plan, writer, executor, progress))
    made = RunFolder(folder)
    made.write_scores(scored(made, builtin()))
    return made


def _delegation(arm: str, spec: TalksSpec, seat: str, prompts: Prompts) -> Delegation:
    moves = iter(_replies(arm, seat))

    def answer(asked: Request) -> str | Exception:
        if asked.schema_name == "caucus":
            return json.dumps({"advice": "Half the well is lawful."})
        if asked.schema_name == "debrief":
            if arm == "apart" and seat == "u":
                return "I would rather not say."
            other = "u" if seat == "o" else "o"
            terms = {"favours": other, "own_could_sign": True} if arm == "deal" else None
            estimate = {"no_deal": 30, "top_issue": "well", "learned": "It would not walk away."}
            return json.dumps(
                {
                    "gave_more": seat,
                    "margin": 4,
                    "terms": terms,
                    "others": {other: estimate},
                    "words": "We gave the well.",
                }
            )
        if (arm, seat) == ("dead", "u"):
            return ModelError("connection refused", where=MODEL, fix="start the server")
        return next(moves)

    return LanguageModelDelegation(
        seat=seat,
        chat=FakeChat(answer),
        prompts=prompts,
        settings=spec.seat(seat).settings,
        seed=spec.seed,
        model_name=MODEL,
    )


def _replies(arm: str, seat: str) -> list[str]:
    """What the lead of a seat replies, in turn."""
    if arm == "babble" and seat == "u":
        return ["We agree!", "We agree, really!"]
    if seat == "o":
        return [_propose(HALF), move_json({"action": "pass", "position": None})]
    agree = [
        "I would open with everything.",
        _propose(OPENING),
        move_json({"action": "consult", "package": HALF}),
        move_json({"action": "accept", "offer": "o-1", "commitment": "ad_referendum"}),
    ]
    refuse = [
        _propose(OPENING),
        move_json(
            {
                "action": "reject",
                "offer": "o-1",
                "position": {"fence": "them"},
            }
        ),
    ]
    return agree if arm == "deal" else refuse


def _propose(package: dict[str, str]) -> str:
    return move_json({"action": "propose", "package": package, "commitment": "ad_referendum"})


if __name__ == "__main__":
    make_golden(Path(sys.argv[1]))
