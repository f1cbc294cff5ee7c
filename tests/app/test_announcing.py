"""What a run may take is said before its first request, and never for scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.app.announcing import WHOLE, Takes, announcement, takes
from harness.app.options import RunOptions, checked
from harness.app.planning import plan
from harness.app.playing import session_of
from harness.orchestrator.session import Session

MODEL = "openai/x@http://127.0.0.1:9/v1"
OPTIONS: dict[str, Any] = {"scenarios": ("opening",), "arms": ("track-1", "track-1.5")}


def session(here: Path, **options: Any) -> Session:
    given = checked({**OPTIONS, "log_dir": str(here / "runs"), **options}, RunOptions)
    return session_of("quickstart", given, command="", notify=lambda _: None)


def test_the_bounds_are_those_of_the_plan(tmp_path: Path) -> None:
    made = session(tmp_path, models={"official": MODEL})
    whole = plan("quickstart", models={"official": MODEL}, **OPTIONS).estimate
    found = takes(made)
    assert (found.calls, found.prompt_tokens) == (whole.calls, whole.prompt_tokens)
    assert found.usd is None
    said = announcement(made, {})
    assert said is not None
    assert said.startswith(f"At most {whole.calls:,} model calls, about ")
    assert f"for {made.plan.dialogues} dialogues: every turn used" in said


def test_one_call_is_one_call() -> None:
    assert str(Takes(1, 10, 10, None)).startswith("At most 1 model call, about 10 prompt")
    assert str(Takes(2, 10, 10, None)).startswith("At most 2 model calls, about 10 prompt")


def test_of_a_long_plan_one_epoch_is_counted_for_all(tmp_path: Path) -> None:
    one = takes(session(tmp_path, models={"official": MODEL}, epochs=1))
    many = session(tmp_path, models={"official": MODEL}, epochs=WHOLE)
    assert takes(many).calls == WHOLE * one.calls


@pytest.mark.parametrize("options", [{}, {"models": {"official": "scripted"}}])
def test_scripts_take_nothing(tmp_path: Path, options: dict[str, Any]) -> None:
    assert announcement(session(tmp_path, **options), {}) is None


def test_what_is_finished_is_said_to_be_included(tmp_path: Path) -> None:
    made = session(tmp_path, models={"official": MODEL})
    said = announcement(made, {"0" * 16: "done"})
    assert said is not None
    assert "including what is already finished" in said


def test_where_nothing_is_left_nothing_is_said(tmp_path: Path) -> None:
    made = session(tmp_path, models={"official": MODEL})
    first, *others = made.plan.ids
    assert others
    rest = dict.fromkeys(others, "done")
    assert announcement(made, {**rest, first: "void"}) is None
    for left in (rest, {**rest, first: "failed"}):
        assert "including what is already finished" in (announcement(made, left) or "")
    again = session(tmp_path, models={"official": MODEL}, retry_void=True)
    assert "including what is already finished" in (
        announcement(again, {**rest, first: "void"}) or ""
    )


def test_a_price_is_said_where_it_is_known(tmp_path: Path) -> None:
    models = tmp_path / "models.yaml"
    models.write_text(
        "schema: track15/models/1\nmodels:\n  cheap:\n    address: openai/x@http://127.0.0.1:9/v1\n"
        "    price: {prompt: 1.0, completion: 2.0}\n"
    )
    made = session(tmp_path, models={"official": "cheap"}, models_file=str(models))
    found = takes(made)
    assert found.usd == pytest.approx((found.prompt_tokens + 2 * found.completion_tokens) / 1e6)
    assert f", ${found.usd:,.2f} for" in (announcement(made, {}) or "")


def test_each_of_several_models_has_its_own_bounds(tmp_path: Path) -> None:
    other = MODEL.replace("/x@", "/y@")
    made = session(tmp_path, models={"official": [MODEL, other]}, epochs=WHOLE)
    found = takes(made)
    assert set(found.by_model) == {MODEL, other}
    assert sum(one.calls for one in found.by_model.values()) == found.calls
    assert (
        found.by_model[MODEL].calls
        == takes(session(tmp_path, models={"official": MODEL}, epochs=WHOLE)).calls
    )
    said = announcement(made, {})
    assert said is not None
    assert [line.partition(": At most")[0] for line in said.splitlines()[1:]] == [
        f"  {MODEL}",
        f"  {other}",
    ]
