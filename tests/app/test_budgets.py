"""What a run may spend, and has spent before."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from harness.app.budgets import budget_of, spent
from harness.errors import UsageError
from harness.models.settings import EndpointSettings, PoolSettings
from harness.models.usage import CHARACTERS_PER_TOKEN
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.records.folder import MESSAGES, TIMINGS, TRANSCRIPTS
from tests.records.test_spend import A, call, timing, transcript, write
from tests.support.disputes import write as write_dispute
from tests.support.runs import tiny_suite

MODEL = "openai/m@http://127.0.0.1:9/v1"
PRICED = {"m": EndpointSettings(prompt_price=1e6, completion_price=2e6)}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    models = {"official": MODEL, "unofficial": MODEL}
    return make_plan(tiny_suite(write_dispute(tmp_path)), Overrides(models=models))


def test_without_a_limit_there_is_no_account(plan: Plan, tmp_path: Path) -> None:
    assert budget_of(plan, tmp_path / "run", PoolSettings(), tokens=None, usd=None) is None


def test_dollars_need_prices(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="price of openai/m@"):
        budget_of(plan, tmp_path / "run", PoolSettings(), tokens=None, usd=5)


def test_what_the_record_has_spent_counts(plan: Plan, tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0), call(1))])
    write(tmp_path / TIMINGS, [timing(A, (1, None), (1, None))])
    before = spent(tmp_path, PRICED)
    assert (before.tokens, before.usd) == (30, pytest.approx(2 * (10 + 2 * 5)))
    budget = budget_of(plan, tmp_path, PoolSettings(), tokens=30, usd=None)
    assert budget is not None
    assert budget.reached


def test_what_no_server_counted_is_told_by_its_length(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0, prompt=None, completion=None))])
    write(tmp_path / TIMINGS, [timing(A, (1, None))])
    texts = [{"hash": "p1", "role": "user", "content": "x" * 100}]
    write(tmp_path / MESSAGES, [*texts, {"hash": "p2", "role": "user", "content": "x" * 20}])
    prompt, reply = (math.ceil(n / CHARACTERS_PER_TOKEN) for n in (120, 40))
    assert spent(tmp_path, {}).tokens == prompt + reply
