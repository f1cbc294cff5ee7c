"""What pydantic reports, in words for the person who wrote the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.files.problems import NAME_PATTERN, WRITTEN, Problem, Problems, problems_of, written


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=NAME_PATTERN)] = "x"
    rounds: int = Field(default=1, ge=1)
    track: Literal["1", "1.5", "backchannel"] = "1"


class File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    parts: dict[str, Part] = {}
    code: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "A"
    several: tuple[Part, ...] = Field(default=(Part(),), min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> File:
        if "bad" in self.parts:
            raise Problems([Problem(("parts", "bad"), "is bad", "drop it"), Problem((), "all is")])
        return self


def found(document: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as error:
        File.model_validate(document)
    return problems_of(error.value, File)


def test_a_misspelt_field_is_one_problem_and_not_two() -> None:
    assert found({"titel": "x"}) == [
        Problem(("titel",), "unknown field 'titel'", "did you mean 'title'?")
    ]


def test_a_list_is_not_called_too_short_for_an_item_that_is_wrong() -> None:
    (problem,) = found({"title": "x", "several": [{"rounds": 0}]})
    assert problem.path == ("several", 0, "rounds")
    assert found({"title": "x", "several": []})[0].fix == "add what is missing"


def test_a_missing_and_an_unknown_field() -> None:
    unknown, missing = sorted(found({"zzz": 1}), key=lambda p: -len(p.path))
    assert unknown == Problem(("zzz",), "unknown field 'zzz'", "remove it")
    assert missing == Problem((), "the field 'title' is missing", "add 'title:'")


def test_a_field_of_elsewhere_is_guessed_for() -> None:
    (one,) = found({"title": "x", "parts": {"a": {"round": 2}}})
    assert one == Problem(
        ("parts", "a", "round"), "unknown field 'round'", "did you mean 'rounds'?"
    )


@pytest.mark.parametrize(
    ("part", "what", "fix"),
    [
        ({"rounds": 0}, "(got 0)", "write a number in the range"),
        ({"rounds": "many"}, "(got 'many')", "write a whole number"),
        ({"track": 1}, "(got 1)", 'put it in quotes: "1"'),
        ({"track": "backchanel"}, "(got 'backchanel')", "did you mean 'backchannel'?"),
        ({"track": "zzzz"}, "(got 'zzzz')", "use one of the words listed"),
        ({"name": 7}, "(got 7)", 'put it in quotes: "7"'),
        ({"name": True}, "(got true)", 'put it in quotes: "true"'),
        ({"name": "My Name"}, "not a usable name", "lower-case letters, digits and '_'"),
        (["a"], "", "write one 'name: value' a line, indented"),
    ],
)
def test_the_fix_is_for_what_stands_there(part: Any, what: str, fix: str) -> None:
    (one,) = found({"title": "x", "parts": {"a": part}})
    assert one.path[:2] == ("parts", "a")
    assert what in one.what
    assert fix in one.fix
    assert one.what[0].islower()


def test_a_pattern_without_words_is_shown() -> None:
    (one,) = found({"title": "x", "code": "a"})
    assert one.fix == "it must match ^[A-Z]+$"


def test_what_is_too_long_is_not_repeated() -> None:
    (one,) = found({"title": "x", "parts": {"a": {"rounds": "x" * 200}}})
    assert "got" not in one.what
    (one,) = found({"title": 10**5_000})
    assert "got" not in one.what


def test_a_validators_problems_keep_their_fields() -> None:
    assert found({"title": "x", "parts": {"bad": {}}}) == [
        Problem(("parts", "bad"), "is bad", "drop it"),
        Problem((), "all is"),
    ]


def test_a_file_is_told_from_a_record() -> None:
    seen: list[bool] = []

    class Looks(BaseModel):
        @model_validator(mode="after")
        def _look(self, info: Any) -> Looks:
            seen.append(written(info))
            return self

    Looks.model_validate({}, context=dict(WRITTEN))
    Looks.model_validate({})
    assert seen == [True, False]
