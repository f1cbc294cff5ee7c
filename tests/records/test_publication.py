"""What determines an article, and what is read from its text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.disputes.scenario import Twin
from harness.incentives.profiles import Role
from harness.records.publication import (
    Author,
    Publication,
    PublicationSpec,
    ScriptedAuthor,
    paragraphs_of,
    words_in,
)

SCRIPT = Author(seat="u", principal="a", role=Role.UNOFFICIAL, script=ScriptedAuthor())


def spec(**changes: Any) -> PublicationSpec:
    fields = {
        "inputs": {"talks": "0" * 16},
        "scenario": "small",
        "scenario_hash": "0" * 16,
        "twin": Twin.NONE,
        "seed": 1,
        "author": SCRIPT,
        "article": "own",
        "words": 600,
    }
    return PublicationSpec(**{**fields, **changes})


def test_what_is_asked_for_is_in_the_id_and_nothing_that_is_unset_is_in_the_spec() -> None:
    kinds = ("own", "balanced", "minutes", "disclosed")
    ids = {kind: spec(article=kind).id for kind in kinds}
    assert len(set(ids.values())) == 4
    one, other = (spec(article=kind).model_dump(mode="json") for kind in ("own", "balanced"))
    assert {key for key in one if one[key] != other[key]} == {"article"}
    assert not {"outlet", "audience", "token_limit", "time_limit"} & one.keys()
    assert "home" not in one["author"]
    assert PublicationSpec.model_validate_json(spec().model_dump_json(by_alias=True)) == spec()


def test_an_article_reads_the_talks_alone() -> None:
    for inputs in ({}, {"article": "0" * 16}, {"talks": "0" * 16, "more": "1" * 16}):
        with pytest.raises(ValidationError, match="and no more"):
            spec(inputs=inputs)


def test_a_model_or_a_script_writes() -> None:
    who: dict[str, Any] = {"seat": "u", "principal": "a", "role": "unofficial"}
    for wrong in ({"kind": "model"}, {"model": "openai/x", "script": {}}):
        with pytest.raises(ValidationError, match="a model writes"):
            Author(**who, **wrong)
    for wrong in ({}, {"kind": "model", "model": "openai/x", "script": {}}):
        with pytest.raises(ValidationError, match="a script has what drives it"):
            Author(**who, **wrong)
    assert Author(**who, kind="model", model="openai/x").script is None
    with pytest.raises(ValidationError):
        ScriptedAuthor(echo=1.1)


def test_text_is_read_in_paragraphs_and_words() -> None:
    text = "One -- two, three.\r\n\r\n  \n\n- a list\n- of *four* words\n \t\nlast"
    assert paragraphs_of(text) == ("One -- two, three.", "- a list\n- of *four* words", "last")
    assert words_in(text) == 3 + 2 + 3 + 1
    body = Publication(title="A B", text=text, plan={"well": "half", "fence": None})
    assert (body.paragraphs, body.words) == (paragraphs_of(text), 9)
    assert body.advised == {"well": "half"}
    assert (Publication().paragraphs, Publication().words, Publication().advised) == ((), 0, {})


@given(st.lists(st.text(alphabet="ab. \n\t-", max_size=20), max_size=6))
def test_paragraphs_joined_are_the_same_paragraphs(parts: list[str]) -> None:
    found = paragraphs_of("\n\n".join(parts))
    assert paragraphs_of("\n\n".join(found)) == found
    assert words_in("\n\n".join(found)) == words_in(" ".join(parts))
