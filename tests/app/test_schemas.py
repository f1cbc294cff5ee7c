from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.app.schemas import models, schema_text, write_schemas
from harness.disputes.games.family import is_family
from harness.files.catalogue import data_root, list_files
from harness.files.heads import read_headed
from harness.files.yamlfile import load_document
from tests.disputes.games.test_family import FAMILY
from tests.support.disputes import SMALL

SHIPPED = data_root("evals") / "schemas"


@pytest.mark.parametrize("name", models())
def test_the_shipped_schema_is_the_models(name: str) -> None:
    text = (SHIPPED / f"{name}.schema.json").read_text(encoding="utf-8")
    assert text == schema_text(models()[name]), "run: python -m harness.app.schemas"
    Draft202012Validator.check_schema(json.loads(text))


def test_writing_makes_the_folder(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new" / "schemas")
    assert [path.name for path in written] == [f"{name}.schema.json" for name in models()]
    assert all(json.loads(path.read_text(encoding="utf-8"))["$schema"] for path in written)


@pytest.mark.parametrize(("name", "text"), [("scenario", SMALL), ("games", FAMILY)])
def test_a_schema_accepts_the_sound_and_refuses_the_unknown(name: str, text: str) -> None:
    validator = Draft202012Validator(json.loads(schema_text(models()[name])))
    data = yaml.safe_load(text)
    assert list(validator.iter_errors(data)) == []
    (error,) = validator.iter_errors({**data, "extra": 1})
    assert "extra" in error.message


@pytest.mark.parametrize("path", list_files("scenarios"), ids=lambda path: path.stem)
def test_every_scenario_file_names_its_schema_and_fits_it(path: Path) -> None:
    data = load_document(path).data
    name = "games" if is_family(data) else "scenario"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../schemas/{name}.schema.json"
    validator = Draft202012Validator(json.loads(schema_text(models()[name])))
    assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize("path", list_files("rubrics"), ids=lambda path: path.stem)
def test_the_head_of_every_rubric_fits_its_schema(path: Path) -> None:
    validator = Draft202012Validator(json.loads(schema_text(models()["rubric"])))
    data = read_headed(path).head.data
    assert list(validator.iter_errors(data)) == []
    (error,) = validator.iter_errors({**data, "extra": 1})
    assert "extra" in error.message
