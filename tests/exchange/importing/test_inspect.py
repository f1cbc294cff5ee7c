"""Logs of Inspect: our own come back whole, others as words between two speakers."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, MissingExtraError
from harness.exchange.importing import inspect as importing
from harness.exchange.importing.inspect import InspectLog
from harness.exchange.inspect_log import eval_chunks
from harness.exchange.negotiations import negotiation_from
from harness.exchange.tidy import Chosen
from harness.records.reader import RunFolder

# In one process: Inspect takes seconds to import.
pytestmark = pytest.mark.xdist_group("exchange")


def log_of(path: Path, *samples: list[tuple[str, str]], **more: Any) -> Path:
    """A log of somebody else's, with these messages in each sample."""
    import inspect_ai.log as logs
    import inspect_ai.model as model

    kinds: dict[str, Any] = {
        "system": model.ChatMessageSystem,
        "user": model.ChatMessageUser,
        "assistant": model.ChatMessageAssistant,
    }
    made = [
        logs.EvalSample(
            id=number,
            epoch=1,
            input="x",
            target="",
            messages=[kinds[role](content=text) for role, text in messages],
            **more,
        )
        for number, messages in enumerate(samples)
    ]
    spec = logs.EvalSpec(
        created="2026-01-01T00:00:00",
        task="t",
        dataset=logs.EvalDataset(),
        model="maker/one",
        config=logs.EvalConfig(),
    )
    log = logs.EvalLog(status="success", eval=spec, samples=made)
    logs.write_eval_log(log, str(path), format="json" if path.suffix == ".json" else "eval")
    return path


def test_a_log_of_our_own_comes_back_as_it_went(tmp_path: Path, run: RunFolder) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(b"".join(eval_chunks(run, Chosen())))
    found = {
        one.negotiation.id: one.negotiation for one in InspectLog().read(path) if one.negotiation
    }
    records = list(run.transcripts())
    assert found.keys() == {one.id for one in records}
    for one in records:
        arm = run.place(one.id).arm
        told = negotiation_from(one, run.info.scenarios, arm)
        assert found[one.id].model_copy(update={"format": None}) == told


@pytest.mark.parametrize("name", ["a.eval", "a.json"])
def test_another_log_is_words_between_two(tmp_path: Path, name: str) -> None:
    talk = [("system", "be hard"), ("user", "hello"), ("assistant", "3 for me?"), ("user", " ")]
    path = log_of(tmp_path / name, talk, [("user", "hello")])
    first, second = InspectLog().read(path)
    assert first.negotiation is not None
    assert [(one.who, one.text) for one in first.negotiation.turns] == [
        ("user", "hello"),
        ("assistant", "3 for me?"),
    ]
    assert first.negotiation.parties["assistant"].model == "maker/one"
    assert first.negotiation.outcome.kind == "unknown"
    assert "no two speakers" in second.problem
    assert second.where == f"{path}: sample 2"


def test_a_sample_with_an_error_has_failed(tmp_path: Path) -> None:
    from inspect_ai.log import EvalError

    error = EvalError(message="no", traceback="", traceback_ansi="")
    path = log_of(tmp_path / "a.eval", [("user", "hello"), ("assistant", "hi")], error=error)
    (found,) = InspectLog().read(path)
    assert found.negotiation is not None
    assert found.negotiation.outcome.kind == "failed"


@pytest.mark.kind("X8")
def test_what_is_no_log_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="No such file"):
        list(InspectLog().read(tmp_path / "none.eval"))
    with pytest.raises(InputError, match="folder"):
        list(InspectLog().read(tmp_path))
    for name, content in (("a.eval", b"{}"), ("a.txt", b"{}"), ("b.json", b"[]")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"log of Inspect|cannot read this log"):
            list(InspectLog().read(path))
    packed = tmp_path / "bomb.eval"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", b" " * 100_000)
    monkeypatch.setattr(importing, "MOST_UNPACKED", 10_000)
    with pytest.raises(InputError, match="holds more than"):
        list(InspectLog().read(packed))


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise MissingExtraError("inspect_ai", "inspect")

    monkeypatch.setattr(importing, "inspect", absent)
    with pytest.raises(MissingExtraError, match="inspect_ai") as found:
        list(InspectLog().read(tmp_path / "a.eval"))
    assert "inspect" in (found.value.fix or "")
