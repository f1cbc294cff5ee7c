"""Which models meet: what lists of models, a matrix and a fixed opponent mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.models.lineups import lineups_of, one_by_one
from harness.models.named import NamedModel, choose

A, B, C, D = (f"vllm/{name}" for name in "abcd")
COLD = NamedModel(address=A, temperature=0.0)
KNOWN = {"cold": COLD, "other": NamedModel(address=B)}


def pairs(*texts: str, **more: Any) -> list[tuple[str | None, str | None]]:
    """(Official, unofficial) of every line-up, by the names of the models."""
    found = lineups_of(texts, KNOWN, **more)
    return [(_name(one.get("official")), _name(one.get("unofficial"))) for one in found]


def _name(chosen: Any) -> str | None:
    return None if chosen is None else chosen.address.split("@")[0].removeprefix("vllm/")


@pytest.mark.parametrize(
    "texts", [[], [A], [f"official={A}"], [A, f"unofficial={B}"], ["cold", f"judge={C}"]]
)
def test_a_single_model_of_each_seat_is_what_it_was(texts: list[str]) -> None:
    assert lineups_of(texts, KNOWN) == (choose(texts, KNOWN),)


@pytest.mark.parametrize("texts", [[f"unofficial={A},{B}"], [f"unofficial={A}", f"unofficial={B}"]])
def test_a_list_meets_whoever_is_in_the_other_seat(texts: list[str]) -> None:
    assert pairs(*texts) == [(None, "a"), (None, "b")]
    assert pairs(*texts, f"official={C}") == [("c", "a"), ("c", "b")]
    assert pairs(*texts, C) == [("c", "a"), ("c", "b")]


def test_a_list_without_a_role_plays_both_seats_one_by_one() -> None:
    assert pairs(f"{A},{B}") == [("a", "a"), ("b", "b")]
    assert pairs(f"{A},{B}", f"official={C}") == [("c", "a"), ("c", "b")]


def test_a_matrix_pairs_each_with_each() -> None:
    both = (f"official={A},{B}", f"unofficial={C},{D}")
    assert pairs(*both, matrix=True) == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    assert len(pairs(f"{A},{B}", matrix=True)) == 4


def test_an_opponent_takes_the_seat_that_is_left_open() -> None:
    assert pairs(f"unofficial={A},{B}", opponent=C) == [("c", "a"), ("c", "b")]
    assert pairs(f"official={A}", opponent="cold") == [("a", "a")]
    assert pairs(f"unofficial={A},{B}", opponent="scripted") == [
        ("scripted", "a"),
        ("scripted", "b"),
    ]
    assert pairs(opponent=C, brought=["unofficial"]) == [("c", None)]


def test_settings_of_a_name_go_with_it() -> None:
    cold, other = lineups_of(["unofficial=cold,other"], KNOWN)
    assert cold["unofficial"].sampling == {"temperature": 0.0}
    assert other["unofficial"].sampling == {}


@pytest.mark.parametrize(
    ("texts", "more", "where", "what"),
    [
        ([f"official={A},{B}", f"unofficial={C},{D}"], {}, "--model", "which of them meet"),
        ([f"{A},{B}", f"official={C},{D}"], {}, "--model", "which of them meet"),
        ([f"unofficial={A},{A}"], {}, "--model", "given twice for unofficial"),
        ([f"unofficial=cold,{A}"], {}, "--model", "given twice for unofficial"),
        ([A, A], {}, "--model", "given twice for all roles"),
        ([f"judge={A},{B}"], {}, "--model", "judge given twice"),
        ([f"unofficial={A},"], {}, "--model", "an address is"),
        ([f"unofficial={A},nobody"], {}, "--model", "neither an address nor the name of a model"),
        ([f"unofficial={A}"], {"matrix": True}, "--matrix", "nothing is to be paired"),
        ([A], {"opponent": B}, "--opponent", "no seat is named"),
        ([], {"opponent": B}, "--opponent", "no seat is named"),
        ([f"official={A}", f"unofficial={B}"], {"opponent": C}, "--opponent", "both seats are"),
        ([f"official={A}"], {"opponent": f"{B},{C}"}, "--opponent", "an opponent is one"),
    ],
)
def test_what_is_not_clear_is_refused(
    texts: list[str], more: dict[str, Any], where: str, what: str
) -> None:
    with pytest.raises(UsageError, match=what) as error:
        lineups_of(texts, KNOWN, **more)
    assert error.value.where == where
    assert error.value.fix


def test_there_is_a_most() -> None:
    many = ",".join(f"vllm/m{n}" for n in range(11))
    with pytest.raises(UsageError, match="121 line-ups"):
        lineups_of([f"official={many}", f"unofficial={many}"], {}, matrix=True)


def test_a_list_with_a_fault_says_that_commas_part_models() -> None:
    with pytest.raises(UsageError) as error:
        lineups_of([f"unofficial={A},x y"], {})
    assert "a comma separates models" in str(error.value.fix)


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=7, unique=True), st.booleans())
@example(["a"], True)
@example(["a", "b"], False)
def test_a_list_and_the_flag_again_say_the_same(names: list[str], apart: bool) -> None:
    addresses = [f"vllm/{name}" for name in names]
    if apart:
        texts = [f"unofficial={address}" for address in addresses]
    else:
        texts = [f"unofficial={','.join(addresses)}"]
    found = [one["unofficial"].address for one in lineups_of(texts, {})]
    assert [_name(choose([a], {})["unofficial"]) for a in addresses] == [
        address.split("@")[0].removeprefix("vllm/") for address in found
    ]
    assert one_by_one(texts) == tuple(f"unofficial={address}" for address in addresses)
