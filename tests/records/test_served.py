"""The history of what served a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.models.identity import MOST_NAMES, Identity
from harness.records.run import RunInfo
from harness.records.served import Served, joined, sentences, warnings, with_replies

RUN = Path("transcripts/run")
A = "vllm/m@http://127.0.0.1:8000/v1"
OLD, NOW = "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00"
Q4 = Identity(model="m", quantization="Q4_K_M", context_length=4096)
BEFORE = {A: (Served(since=OLD, **Q4.model_dump()),)}


def then(found: Identity, *, allow: bool = False) -> dict[str, tuple[Served, ...]]:
    return joined(BEFORE, {A: found}, NOW, run=RUN, allow=allow)


def test_a_first_sitting_notes_what_it_finds_and_what_it_does_not() -> None:
    found = joined({}, {A: Q4, "b": Identity()}, OLD, run=RUN, allow=False)
    assert found == {**BEFORE, "b": (Served(since=OLD),)}


def test_the_same_again_changes_nothing() -> None:
    assert then(Q4) == BEFORE


@pytest.mark.parametrize("found", [Identity(), Identity(version="2"), Identity(model="m")])
def test_what_one_of_both_does_not_tell_is_taken_for_the_same(found: Identity) -> None:
    (last,) = then(found)[A]
    assert (last.since, last.quantization, last.version) == (OLD, "Q4_K_M", found.version)


def test_another_one_is_refused_with_the_field_both_values_and_what_to_do() -> None:
    found = Identity(model="m", quantization="Q8_0", context_length=8192)
    with pytest.raises(RecordError) as caught:
        then(found)
    error = caught.value
    assert error.where == str(RUN)
    assert error.what == (
        f"{A} serves another model than at the start of the run: its quantisation was 'Q4_K_M' in "
        "the run and is 'Q8_0' now; its context length was 4096 in the run and is 8192 now"
    )
    assert error.fix is not None
    assert "--log-dir" in error.fix
    assert "--allow-model-change" in error.fix


def test_where_it_is_allowed_both_stand_in_the_record_with_their_times() -> None:
    found = Identity(model="m", quantization="Q8_0")
    first, second = then(found, allow=True)[A]
    assert (first, second) == (BEFORE[A][0], Served(since=NOW, model="m", quantization="Q8_0"))


def test_the_last_one_is_what_counts() -> None:
    other = {A: (*BEFORE[A], Served(since=NOW, quantization="Q8_0"))}
    assert joined(other, {A: Identity(quantization="Q8_0")}, NOW, run=RUN, allow=False) == other
    with pytest.raises(RecordError):
        joined(other, {A: Q4}, NOW, run=RUN, allow=False)


def test_an_address_that_is_no_longer_asked_stays() -> None:
    assert joined(BEFORE, {}, NOW, run=RUN, allow=False) == BEFORE


def test_replies_are_kept_once_each_and_not_a_hundred() -> None:
    once = with_replies(BEFORE, {A: {"model": ("m",)}, "unknown": {"model": ("x",)}})
    more = {"model": ("m", *map(str, range(100))), "system_fingerprint": ("fp",)}
    (last,) = with_replies(once, {A: more})[A]
    assert last.replies["model"] == more["model"][:MOST_NAMES]
    assert last.replies["system_fingerprint"] == ("fp",)
    assert "unknown" not in once


def test_who_served_is_said() -> None:
    assert sentences({**BEFORE, "b": (Served(since=OLD),), "c": ()}) == [
        f"{A} served: m, Q4_K_M, 4,096 tokens of context.",
        "b did not report what it serves.",
        "c did not report what it serves.",
    ]
    assert warnings({**BEFORE, "b": (Served(since=OLD),)}) == []


def test_that_it_was_more_than_one_is_said() -> None:
    (warning,) = warnings(then(Identity(quantization="Q8_0"), allow=True))
    assert warning == (
        f"More than one model served {A}, and all its dialogues are counted together: "
        f"from {OLD}: m, Q4_K_M, 4,096 tokens of context; from {NOW}: Q8_0."
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("m",), ""),
        (("M-2025-01-31",), ""),
        (("x",), f"Replies of {A} name the model x; its server lists m."),
        (("m", "x"), f"Replies of {A} name more than one model: m, x."),
    ],
)
def test_replies_that_name_another_model_are_noted(names: tuple[str, ...], said: str) -> None:
    assert "".join(warnings(with_replies(BEFORE, {A: {"model": names}}))) == said


def test_replies_cannot_differ_from_what_is_not_known() -> None:
    assert warnings(with_replies({A: (Served(since=OLD),)}, {A: {"model": ("x",)}})) == []


def test_it_stands_in_run_json_only_where_a_model_was_asked() -> None:
    fields = RunInfo.model_fields["served"]
    assert fields.exclude_if is not None
    assert fields.exclude_if({})
    assert not fields.exclude_if(BEFORE)
    assert "replies" not in BEFORE[A][0].model_dump()
