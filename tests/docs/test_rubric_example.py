"""The page on rubrics shows the example that is there, and tells what is so."""

from __future__ import annotations

import re

from harness.files.catalogue import list_files
from harness.plans.rubric_file import RubricHead, read_rubric
from tests.support.command import ROOT
from tests.support.injections import INJECTIONS

PAGE = (ROOT / "docs" / "rubrics.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "examples" / "patience.md"


def test_the_example_is_shown_whole() -> None:
    (block,) = re.findall(r"```markdown\n(.*?)```", PAGE, re.DOTALL)
    assert block == EXAMPLE.read_text(encoding="utf-8")
    assert read_rubric(EXAMPLE).head.id == "patience"


def test_every_field_and_every_rubric_is_told() -> None:
    head = PAGE.split("## The head")[1].split("## ")[0]
    fields = {one.alias or name for name, one in RubricHead.model_fields.items()}
    told = {name for cell in re.findall(r"^\| (`.*?`) \|", head, re.M) for name in cell.split(", ")}
    assert {name.strip("`") for name in told} == fields | {"scale", "directed"}
    shipped = PAGE.split("## Those that ship")[1]
    assert re.findall(r"^\| `([\w-]+)` \|", shipped, re.M) == [
        "one-sidedness",
        "firmness",
        "overstatement",
        "pressure",
        "reciprocity",
        "mandate-claims",
        "realism",
    ]
    assert len(list_files("rubrics")) == 7
    assert f"plays {len(INJECTIONS)} such attempts" in PAGE
