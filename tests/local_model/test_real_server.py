"""A whole dialogue against a real llama.cpp server with a tiny random model.

It talks nonsense in valid moves: what the path from prompt to report has to survive.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.delegations.form import Form
from harness.delegations.replies import parse_debrief, parse_move
from harness.records.reader import RunFolder
from harness.records.transcript import Debrief
from harness.view import commitments_open_to
from tests.support.command import track15
from tests.support.disputes import write
from tests.support.tiny_server import TinyServer, is_available

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(not is_available(), reason="needs xllamacpp and gguf (make test installs)"),
]

SUITE = """\
schema: track15/suite/1
id: nonsense
title: Nonsense in valid moves
question: Does the whole path survive a model that says nothing sensible?
scenarios: [small.yaml]
seed: {seed}
protocol: {{rounds: 1, turns: 2, repairs: 5}}
arms:
  track-1: {{track: "1"}}
  track-1.5: {{track: "1.5"}}
contrasts:
  primary: {{name: half, treatment: track-1.5, control: track-1}}
"""


def test_a_random_model_plays_to_the_end_and_is_reported(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "nonsense.yaml").write_text(SUITE.format(seed=3))
    with TinyServer(slots=2) as server:
        arguments = (
            *("run", "nonsense.yaml", "--model", f"openai/{server.model}@{server.base_url}"),
            *("--max-tokens", "600", "--max-connections", "2"),
        )
        done = track15(*arguments, cwd=tmp_path)
        again = track15(*arguments, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "2 from before" in again.err
    assert " calls" not in again.err, "nothing is asked twice"
    assert again.out == done.out
    (run,) = (path.parent for path in tmp_path.glob("transcripts/*/run.json"))
    folder = RunFolder(run)
    transcripts = list(folder.transcripts())
    assert len(transcripts) == 2
    assert {t.status for t in transcripts} <= {"done", "void"}, "no endpoint failed"
    assert any(t.status == "done" for t in transcripts)
    moves = 0
    for transcript in transcripts:
        talks, calls = transcript.body, transcript.calls
        assert {call.how for call in calls} == {"schema"}
        assert all(call.usage.prompt and call.usage.completion for call in calls)
        shown = folder.messages(key for call in calls for key in call.prompt)
        assert {key for call in calls for key in call.prompt} == set(shown)
        scenario = folder.info.scenario(transcript.spec.scenario, transcript.spec.twin)
        for turn in talks.turns:
            seat, protocol = transcript.spec.seat(turn.seat), transcript.spec.protocol
            form = Form(
                issues={issue.id: issue.option_ids() for issue in scenario.issues},
                seat=turn.seat,
                others=tuple(s.seat for s in transcript.spec.seats if s.seat != turn.seat),
                offers=3,
                may_consult=seat.profile.consults_capital,
                commitments=commitments_open_to(seat.authority, protocol),
                sketches=bool(protocol.sketches),
                side_terms=bool(protocol.side_terms),
                alternatives=bool(protocol.alternatives),
                settling=bool(protocol.settling),
            )
            # The move in the record is exactly what the last reply says, nothing else.
            assert parse_move(calls[turn.calls[-1]].reply, form) == turn.move
            moves += 1
        for seat_name, debrief in talks.debriefs.items():
            if debrief.problem is None:
                form = Form(
                    issues={issue.id: issue.option_ids() for issue in scenario.issues},
                    seat=seat_name,
                    others=tuple({"o", "u"} - {seat_name}),
                    offers=3,
                    may_consult=False,
                )
                agreed = talks.outcome.kind == "deal"
                said = parse_debrief(calls[debrief.calls[-1]].reply, form, agreed=agreed)
                assert isinstance(said, Debrief)
                assert replace(said, repairs=debrief.repairs, calls=debrief.calls) == debrief
    assert moves >= 6
    assert (run / "report.html").stat().st_size > 10_000
