"""Run folders written by an earlier version stay readable, and measure what they measured.

Two are kept: the shipped example (``transcripts/README.md`` has the command that made it), and a
run of fake models that uses every part of the record (``tests/support/golden.py`` made it). If a
test here fails after a change to the record, old runs of users became unreadable: raise
``SCHEMA_VERSION``, read both, and put a golden run of the new schema beside the old one.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from harness.catalogue import data_root
from harness.evaluators.registry import registry
from harness.evaluators.scoring import scored
from harness.records.score import Score
from harness.records.store import RunFolder
from harness.records.transcript import Turn
from tests.support.golden import make_golden

KEPT = Path(__file__).parent / "golden" / "schema-1"
EXAMPLES = sorted(p.parent for p in (data_root("transcripts") / "examples").glob("*/run.json"))


@pytest.mark.parametrize("path", [KEPT, *EXAMPLES], ids=lambda path: path.name)
def test_a_golden_run_is_readable_and_scores_the_same(path: Path) -> None:
    folder = RunFolder(path)
    transcripts = list(folder.transcripts())
    assert len(transcripts) == folder.info.dialogues
    assert all(t.schema_version == 1 for t in transcripts)
    assert all(t.spec.id == t.id for t in transcripts), "the hash of a spec must not change"
    kept = {(score.id, score.evaluator): score for score in folder.scores()}
    fresh = list(scored(folder, registry()))
    assert kept.keys() <= {(score.id, score.evaluator) for score in fresh}
    for score in fresh:
        if (score.id, score.evaluator) in kept:  # an evaluator may be new
            _same(kept[score.id, score.evaluator], score)


def test_there_are_golden_runs() -> None:
    assert EXAMPLES
    assert RunFolder(KEPT).info.dialogues == 4


def test_every_part_of_the_record_is_read_back() -> None:
    folder = RunFolder(KEPT)
    played = {t.spec.arm: t for t in folder.transcripts()}
    assert {arm: t.status for arm, t in played.items()} == {
        "deal": "done",
        "apart": "done",
        "babble": "void",
        "dead": "failed",
    }
    talks = played["deal"].talks
    assert [turn.kind for turn in talks.turns].count("caucus") == 2
    (asked,) = [turn for turn in talks.turns if turn.kind == "consultation"]
    assert asked.capital is not None
    assert asked.capital.acceptable
    assert asked.capital.value == pytest.approx(0.42)
    assert talks.repairs_of("u") == 1
    assert talks.outcome.package == {"well": "half", "fence": "us"}
    assert talks.debriefs["u"].reservations == {"o": 0.3}
    texts = folder.messages()
    assert all(message in texts for call in talks.calls for message in call.prompt)
    assert any(role == "system" for role, _ in texts.values())
    assert talks.calls[0].usage.prompt == 11
    apart = played["apart"].talks
    assert apart.outcome.kind == "no_deal"
    assert "no JSON" in (apart.debriefs["u"].problem or "")
    rejected = apart.turns[-1].move
    assert rejected is not None
    assert rejected.position == {"fence": "them"}
    for arm, kind in (("babble", "reply"), ("dead", "endpoint")):
        void = played[arm].talks.void
        assert void is not None
        assert (void.kind, void.seat) == (kind, "u")
    assert [len(timing.calls) for timing in folder.timings()] == [
        len(t.talks.calls) for t in folder.transcripts()
    ]


def test_the_maker_of_the_golden_run_still_plays_it(tmp_path: Path) -> None:
    """Prompts change, hashes and the wording of complaints with them; what was said and done, and
    which calls were asked again, does not."""
    old, new = RunFolder(KEPT), make_golden(tmp_path / "new")
    for before, after in zip(old.transcripts(), new.transcripts(), strict=True):
        assert after.status == before.status
        assert [_said(turn) for turn in after.talks.turns] == [_said(t) for t in before.talks.turns]
        ended = [t.talks.outcome.model_copy(update={"reason": ""}) for t in (before, after)]
        assert ended[0] == ended[1]


def _said(turn: Turn) -> tuple[Turn, list[int | None]]:
    return turn.model_copy(update={"repairs": ()}), [repair.call for repair in turn.repairs]


def _same(old: Score, new: Score) -> None:
    assert old.values.keys() <= new.values.keys(), "a measure disappeared"
    for name, before in old.values.items():
        after = new.values[name]
        if isinstance(before, float) and isinstance(after, float):
            assert math.isclose(before, after, abs_tol=1e-9), (old.evaluator, name)
        else:
            assert before == after, (old.evaluator, name)
