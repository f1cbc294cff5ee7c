"""A small run that several tests export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.evaluators.case import case_of
from harness.exchange.inspect_material import Material
from harness.exchange.inspect_sample import sample_of
from harness.exchange.inspect_types import inspect
from harness.exchange.public import public_reading, public_row
from harness.records.folder import MESSAGES, PLAN, TIMINGS
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import (
    Call,
    CallTiming,
    Debrief,
    Repair,
    Timing,
    Transcript,
    Turn,
    Usage,
    VoidReason,
    changed,
)
from harness.report.layout import read
from harness.report.rows import row_of
from tests.support.disputes import small
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)

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


SECRET = "known-to-one"
"""In every text of :func:`secret_run` that was not heard at the table."""
MODEL = "openai/quiet@http://127.0.0.1:9/v1"


def secret_run(folder: Path) -> RunFolder:
    """A deal between a model and a script with something private of every kind, and a void dialogue
    whose reason quotes a reply; scored."""
    scenario = small(folder)
    debrief = Debrief(gave_more="u", margin=3, words=f"{SECRET} in a debrief", calls=(2,))
    made = with_model(deal(scenario, "lean", LOPSIDED, debriefs={"u": debrief}), "lean")
    offered, taken = made.body.turns
    caucus = Turn(
        index=1, round=1, step=1, seat="u", kind="caucus", words=f"{SECRET} in a caucus", calls=(0,)
    )
    taken = changed(
        taken,
        index=2,
        words="We take it.",
        thoughts=f"{SECRET} in a thought",
        calls=(1,),
        repairs=(Repair(error=f"{SECRET} in a complaint", call=1),),
    )
    outcome = made.body.outcome
    body = made.body.model_copy(
        update={"turns": (offered, caucus, taken), "outcome": changed(outcome, turn=2)}
    )
    calls = tuple(
        Call(
            index=number,
            seat="u",
            purpose=purpose,
            model=MODEL,
            prompt=("ab12",),
            reply=f"{SECRET} in a raw reply",
            usage=Usage(prompt=10, completion=number),
        )
        for number, purpose in enumerate(("caucus", "turn", "debrief"))
    )
    made = Placed.of(made.model_copy(update={"body": body, "calls": calls}), "lean")
    why = VoidReason(kind="reply", seat="u", detail=f"the last: {SECRET} in a reason")
    void = with_model(dialogue(scenario, "plain", [("o", MIDDLE)], void=why), "plain")
    run = make_run(folder / "run", make_suite(), {"small": scenario}, [made, void])
    text = {"hash": "ab12", "role": "system", "content": f"{SECRET} in a briefing"}
    (run.path / MESSAGES).write_text(json.dumps(text, separators=(",", ":")) + "\n")
    times = [CallTiming(call=n, seconds=n + 0.5, attempts=1) for n in range(3)]
    timing = Timing(id=made.id, started="2020-01-01T00:00:00", seconds=9.0, calls=tuple(times))
    (run.path / TIMINGS).write_text(timing.model_dump_json() + "\n")
    return RunFolder(run.path)


def with_model(placed: Placed, arm: str, model: str = MODEL) -> Placed:
    """The same with a model in seat u."""
    seats = tuple(
        seat.model_copy(update={"kind": "model", "model": model}) if seat.seat == "u" else seat
        for seat in placed.spec.seats
    )
    spec = placed.spec.model_copy(update={"seats": seats})
    return Placed.of(placed.model_copy(update={"spec": spec, "id": spec.id}), arm)


def kept() -> tuple[RunFolder, list[Transcript]]:
    """A run of models, with void dialogues and replies that were asked again."""
    from tests.records.test_golden import KEPT

    folder = RunFolder(KEPT)
    return folder, list(folder.transcripts())


def material(folder: RunFolder, transcript: Transcript, *, public: bool = False) -> Material:
    """What the sample of a dialogue is made of."""
    case, place = case_of(transcript, folder.info), placement_of(folder, transcript)
    scores = {} if public else folder.score_lines().of(transcript.id)
    timing = next((one for one in folder.timings() if one.id == transcript.id), None)
    row, reading = row_of(transcript, place, scores), read(case, scores, place)
    if public:
        row, reading = public_row(row), public_reading(reading)
    texts = {} if public else folder.messages()
    return Material(case, row, reading, scores, texts, timing, folder.info.created, public)


def sampled(folder: RunFolder, transcript: Transcript, *, public: bool = False) -> Any:
    """A dialogue as a sample of Inspect."""
    return sample_of(material(folder, transcript, public=public), inspect())
