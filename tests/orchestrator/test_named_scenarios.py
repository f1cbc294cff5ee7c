"""Scenarios that a suite names: found from its folder, with errors that name its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.files.yamlfile import Document, load_document
from harness.orchestrator.named_scenarios import named_scenarios
from tests.support.disputes import write

SUITE = """\
scenarios: [opning]
arms:
  a: {scenarios: [elsewhere]}
"""


def document(folder: Path) -> Document:
    path = folder / "suite.yaml"
    path.write_text(SUITE)
    return load_document(path)


def test_a_path_starts_where_the_suite_stands(tmp_path: Path) -> None:
    path = write(tmp_path)
    (found,) = named_scenarios(path.name, document(tmp_path))
    assert found.id == "small"


@pytest.mark.parametrize(("ref", "line"), [("elsewhere", 3), ("opning", 1)])
def test_an_error_names_the_line_that_names_the_scenario(
    ref: str, line: int, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        named_scenarios(ref, document(tmp_path))
    assert str(caught.value.where).endswith(f"suite.yaml:{line}: scenarios")


def test_what_the_command_line_names_stands_in_no_file() -> None:
    with pytest.raises(InputError) as caught:
        named_scenarios("elsewhere", None)
    assert "suite" not in str(caught.value.where)
