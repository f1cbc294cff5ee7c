"""JSON Schemas of the files people write, so that an editor completes and checks them.

``python -m harness.app.schemas`` writes them to ``evals/schemas/``; a test keeps them in step with
the models. That of rubrics is of the head of the file. A file names its schema in its first line::

    # yaml-language-server: $schema=../schemas/scenario.schema.json

A schema knows types and ranges; what must agree across fields (weights, references, names) is
checked on loading only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def models() -> dict[str, type[BaseModel]]:
    """The model behind every schema, by the name of the schema."""
    from harness.disputes.games.family import GameFamily
    from harness.disputes.scenario import Scenario
    from harness.exchange.importing.negotiation import Negotiation
    from harness.models.named import ModelsFile
    from harness.plans.rubric_file import RubricHead
    from harness.suite.suite import Suite

    return {
        "scenario": Scenario,
        "games": GameFamily,
        "suite": Suite,
        "models": ModelsFile,
        "rubric": RubricHead,
        "negotiation": Negotiation,
    }


def schema_text(model: type[BaseModel]) -> str:
    """JSON Schema of ``model`` as it stands in the file, ending in a newline."""
    schema: dict[str, Any] = {"$schema": DIALECT, **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema as ``NAME.schema.json`` into ``folder``, which is made if need be.

    Returns:
        The files, in the order of :func:`models`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in models().items():
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(model), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    from harness.files.catalogue import data_root

    for written_file in write_schemas(data_root("evals") / "schemas"):
        sys.stdout.write(f"{written_file}\n")
