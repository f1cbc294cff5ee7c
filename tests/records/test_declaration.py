"""What was declared in a run, and what tells two declarations apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.records.checking import info_contradiction
from harness.records.declaration import Declaration, declared_now, hash_of
from harness.records.run import RunInfo
from harness.suite.contrasts import Check, Contrast, Contrasts
from harness.suite.suite import Suite
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_plan, tiny_suite


@pytest.fixture
def suite() -> Suite:
    return tiny_suite("small")


def other(suite: Suite) -> Suite:
    primary = Contrast(name="half", treatment="one", control="half")
    return suite.model_copy(update={"contrasts": Contrasts(primary=primary)})


def test_the_hash_is_of_every_question(suite: Suite) -> None:
    check = Check(name="low", arm="one", measure="settlement.skew", max=0.5)
    contrasts = suite.contrasts
    hashes = {
        hash_of(None, ()),
        hash_of(contrasts, ()),
        hash_of(contrasts, (check,)),
        hash_of(contrasts, (check.model_copy(update={"max": 0.6}),)),
        hash_of(other(suite).contrasts, ()),
    }
    assert len(hashes) == 5
    assert hash_of(suite.contrasts, suite.checks) == hash_of(contrasts, ())


def test_a_declaration_asks_what_its_suite_asks(suite: Suite) -> None:
    made = declared_now(suite, time="now", finished=3, dialogues=8)
    assert made.asks(suite)
    assert made.asks(suite.model_copy(update={"title": "another", "epochs": 9}))
    assert not made.asks(other(suite))
    assert Declaration.model_validate_json(made.model_dump_json()) == made


def test_what_is_not_known_is_left_out(suite: Suite) -> None:
    bare = suite.model_copy(update={"contrasts": None})
    made = declared_now(bare, time=None, finished=None, dialogues=8)
    assert made.model_dump(mode="json").keys() == {"hash", "dialogues"}


def test_a_run_holds_its_declarations_against_its_questions(tmp_path: Path) -> None:
    plan = tiny_plan(write(tmp_path))
    info: RunInfo = run_info(plan)
    assert (info.declarations, info.declared[0].finished) == ((), None)
    assert info.declared[0].asks(plan.suite)
    made = declared_now(plan.suite, time="now", finished=0, dialogues=8)
    sound = info.model_copy(update={"declarations": (made,)})
    assert sound.declared == (made,)
    assert info_contradiction(sound) is None
    forged = made.model_copy(update={"hash": "0" * 16})
    why = info_contradiction(info.model_copy(update={"declarations": (forged,)}))
    assert why == "declaration 1 does not match its hash"
    edited = sound.model_copy(update={"suite": other(plan.suite)})
    assert "not those that were declared last" in (info_contradiction(edited) or "")
