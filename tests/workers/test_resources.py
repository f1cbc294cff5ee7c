"""What plays in one process: it can be sent to another, and opens there as it was, or says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import kinds
from harness.delegations.custom import CustomDelegation
from harness.delegations.plugins import load
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.scenario import Twin
from harness.errors import InputError, ModelError, UsageError
from harness.models.endpoint import Endpoint
from harness.models.replies.journal import JournalChat
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.setup import setup_of
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.workers.replies import ReplyFiles
from harness.workers.resources import Resources, Setup
from tests.support.disputes import write
from tests.support.mock_server import MockServer, error
from tests.support.player import plays
from tests.support.runs import tiny_plan, tiny_suite

MODEL = "openai/m@http://127.0.0.1:9/v1"
WIRE = PoolSettings(max_connections=3, max_retries=0)
PATIENT = Path(__file__).parents[2] / "docs" / "examples" / "patient.py"
QUESTION = Path(__file__).parents[1] / "support" / "question.py"


def with_models(folder: Path, prompts: Prompts | None = None, address: str = MODEL) -> Plan:
    models = {"official": address, "unofficial": address}
    hashes = (prompts or Prompts()).hashes()
    return make_plan(tiny_suite(write(folder)), Overrides(models=models), hashes)


def with_delegation(folder: Path, target: str) -> Plan:
    own = load(target)
    overrides = Overrides(models={"official": own.name}, delegations={"official": own})
    return make_plan(tiny_suite(write(folder)), overrides)


def sent(setup: Setup) -> Setup:
    """As it arrives in another process."""
    return Setup.model_validate_json(setup.model_dump_json(by_alias=True))


def first(plan: Plan) -> TalksSpec:
    return next(plan.ways()).talks


async def test_scripts_are_seated_without_models(tmp_path: Path) -> None:
    plan = tiny_plan(write(tmp_path))
    async with Resources(sent(setup_of(plan, WIRE))) as resources:
        seated = resources.seats(first(plan))
        assert {type(one) for one in seated.values()} == {ScriptedDelegation}
        assert resources.notes() == {}
        with pytest.raises(KeyError):
            resources.chats(first(plan))("openai/m")
        bench = resources.bench(lambda _: None)
        assert bench.scenario("small", Twin.SEATS) == plan.scenarios["small"].twin(Twin.SEATS)


async def test_who_sits_down_can_be_said_otherwise(tmp_path: Path) -> None:
    plan, asked = tiny_plan(write(tmp_path)), []

    def seats(spec: TalksSpec, chat_of: Any) -> dict[str, Any]:
        asked.append(spec.id)
        return {}

    async with Resources(setup_of(plan, WIRE), seats=seats) as resources:
        assert resources.bench(lambda _: None).seats(first(plan)) == {}
    assert asked == [first(plan).id]


async def test_a_worker_of_another_version_plays_nothing(tmp_path: Path) -> None:
    setup = setup_of(tiny_plan(write(tmp_path)), WIRE)
    with pytest.raises(UsageError, match=r"the worker has version .*, the driver 0\.0"):
        await Resources(setup.model_copy(update={"version": "0.0"})).__aenter__()


async def test_kinds_of_ones_own_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    monkeypatch.setattr(kinds, "_TARGETS", {})
    kinds._KINDS.pop("question", None)
    setup = setup_of(tiny_plan(write(tmp_path)), WIRE)
    assert setup.kinds == ()
    async with Resources(sent(setup.model_copy(update={"kinds": (f"{QUESTION}:KIND",)}))):
        assert kinds.kind_of("question").name == "question"
    assert setup_of(tiny_plan(write(tmp_path)), WIRE).kinds == (f"{QUESTION}:KIND",)


# --- prompts -------------------------------------------------------------------------------------


def edited(folder: Path, words: str = "Nothing more.") -> Path:
    root = folder / "mine"
    root.mkdir(exist_ok=True)
    (root / "debrief.md.j2").write_text(words)
    return root


async def test_edited_prompts_travel_with_the_plan(tmp_path: Path) -> None:
    root = edited(tmp_path)
    plan = with_models(tmp_path, Prompts(root))
    setup = sent(setup_of(plan, WIRE, prompts=root))
    (root / "debrief.md.j2").write_text("Edited since.")
    async with Resources(setup) as resources:
        assert resources._prompts is not None
        assert resources._prompts.hashes() == plan.templates
        assert resources._prompts.root not in (None, root), "those that were sent are read"
        copy = resources._prompts.root
    assert copy is not None
    assert not copy.exists(), "nothing is left behind"


async def test_prompts_of_another_installation_are_refused(tmp_path: Path) -> None:
    setup = setup_of(with_models(tmp_path), WIRE)
    other = setup.model_copy(update={"templates": {**setup.templates, "system": "0" * 16}})
    with pytest.raises(InputError, match="not those of the plan"):
        await Resources(other).__aenter__()


# --- delegations of one's own --------------------------------------------------------------------


async def test_a_delegation_is_loaded_where_it_plays(tmp_path: Path) -> None:
    plan = with_delegation(tmp_path, f"{PATIENT}:Patient")
    setup = sent(setup_of(plan, WIRE))
    assert [own.kind for own in setup.delegations] == ["custom"]
    assert setup.players == (), "it is asked as no endpoint is"
    async with Resources(setup) as resources:
        seated = resources.seats(first(plan))
    assert isinstance(seated["o"], CustomDelegation)
    assert isinstance(seated["u"], ScriptedDelegation)


async def test_a_delegation_that_is_another_is_refused(tmp_path: Path) -> None:
    setup = setup_of(with_delegation(tmp_path, f"{PATIENT}:Patient"), WIRE)
    (own,) = setup.delegations
    other = own.model_copy(update={"source": "0" * 16})
    with pytest.raises(UsageError, match="differs from the one that the plan was made with"):
        await Resources(setup.model_copy(update={"delegations": (other,)})).__aenter__()
    unset = own.model_copy(update={"environ": {"PATIENCE": "7"}})
    with pytest.raises(UsageError, match="PATIENCE is not set here"):
        await Resources(setup.model_copy(update={"delegations": (unset,)})).__aenter__()


async def test_an_agent_is_asked_as_an_endpoint_is(tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text("def agent(messages):\n    return 'Yes.'\n")
    plan = with_delegation(tmp_path, f"{agent}:agent")
    setup = sent(setup_of(plan, WIRE))
    (own,) = setup.delegations
    assert (own.kind, setup.players, setup.slots) == ("runnable", (own.name,), 3)
    async with Resources(setup) as resources:
        assert isinstance(resources.chats(first(plan))(own.name), Endpoint)


# --- models --------------------------------------------------------------------------------------


async def test_endpoints_are_tried_before_anything_is_played(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        plan = with_models(tmp_path, address=f"openai/m@{server.base_url}")
        async with Resources(setup_of(plan, WIRE)) as resources:
            await resources.check()
    with MockServer(lambda body: error(401, "no such key")) as server:
        plan = with_models(tmp_path, address=f"openai/m@{server.base_url}")
        async with Resources(setup_of(plan, WIRE)) as resources:
            with pytest.raises(ModelError):
                await resources.check()


async def test_replies_are_kept_where_the_setup_says(tmp_path: Path) -> None:
    plan = with_models(tmp_path)
    async with Resources(setup_of(plan, WIRE)) as resources:
        assert resources.kept is None
        assert isinstance(resources.chats(first(plan))(MODEL), Endpoint)
    run = tmp_path / "run"
    run.mkdir()
    async with Resources(setup_of(plan, WIRE, keeping=ReplyFiles(run))) as resources:
        assert resources.kept is not None
        assert isinstance(resources.chats(first(plan))(MODEL), JournalChat)
