"""A small run that several tests export."""

from __future__ import annotations

from pathlib import Path

from harness.records.folder import PLAN
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason, changed
from tests.support.disputes import small
from tests.support.run_folders import LOPSIDED, MIDDLE, deal, dialogue, make_run, make_suite

FORMULA = '=HYPERLINK("http://there", "it")\nand on, "so"'
"""Words of a stranger that mean something to a spreadsheet."""


def small_run(folder: Path) -> RunFolder:
    """A deal that two arms share, a dialogue without one, and a void one; scored."""
    scenario = small(folder)
    shared = deal(scenario, "lean", LOPSIDED)
    turns = list(shared.body.turns)
    turns[0] = changed(turns[0], words=FORMULA)
    body = shared.body.model_copy(update={"turns": tuple(turns)})
    shared = type(shared).of(shared.model_copy(update={"body": body}), "lean")
    apart = dialogue(scenario, "lean", [("o", LOPSIDED), ("u", MIDDLE)], epoch=2)
    why = VoidReason(kind="reply", seat="u", detail="no usable reply")
    void = dialogue(scenario, "plain", [("o", MIDDLE)], void=why, epoch=2)
    run = make_run(
        folder / "run", make_suite(), {"small": scenario}, [shared, apart, void], dialogues=4
    )
    with (run.path / PLAN).open("a") as plan:
        other = shared.episode.model_copy(update={"arm": "plain"})
        plan.write(other.model_dump_json() + "\n")
    return RunFolder(run.path)
