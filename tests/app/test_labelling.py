"""Which turns a person is asked about, and what is kept of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.labelling import Labelling, candidates, verdict_of
from harness.errors import UsageError
from harness.records.labels import read_labels
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.packages import HALF_US, MINE_THEM
from tests.support.run_folders import copies, dialogue, make_run, make_suite


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    games = copies(small(tmp_path), 2)
    talks = [("u", MINE_THEM), ("o", HALF_US), ("u", "accept")]
    played = [
        dialogue(game, arm, talks, words="We could live with half.")
        for game in games.values()
        for arm in ("plain", "lean")
    ]
    return make_run(tmp_path / "run", make_suite(), games, played, ())


def labelling(run: RunFolder, who: str = "ann", turns: int = 4) -> Labelling:
    return Labelling(run, rubric="prose-ledger", who=who, turns=turns)


def test_every_turn_with_words_may_be_drawn(run: RunFolder) -> None:
    there, judged = candidates(run, "prose-ledger")
    assert not judged
    said = [
        (talks.id, turn.index)
        for talks in run.transcripts()
        for turn in talks.body.turns
        if turn.words.strip()
    ]
    assert [(one.record, one.turn) for one in there] == said
    assert {one.arms for one in there} == {("plain",), ("lean",)}
    assert not any(one.found for one in there)


def test_a_turn_is_shown_with_what_was_said_before_it_and_answers_are_kept(
    run: RunFolder,
) -> None:
    own = labelling(run, turns=100)
    assert len(own.asked) == len(candidates(run, "prose-ledger")[0])
    last = max(own.asked, key=lambda one: one.turn.turn)
    asked = own.turn(last)
    assert len(asked.before) == last.turn.turn
    assert asked.said.words
    assert asked.said.who in {one.who for one in (*asked.before, asked.said)}
    assert {issue for issue, _, _ in asked.issues} == {"well", "fence"}
    assert own.answer(last) is None
    own.keep(asked, [verdict_of(asked, "concedes.well", "half", "binding")])
    own.keep(own.turn(next(one for one in own.asked if one != last)), None)
    assert (own.answered, own.skipped) == (2, 1)
    first, second = read_labels(run.path)
    assert (first.turn, first.chance, last.chance) == (last.turn.turn, 1, 1)
    assert (second.skipped, second.verdicts) == (True, ())

    again = labelling(run, turns=100)
    assert again.answered == 2
    assert labelling(run, who="ben", turns=100).answered == 0


def test_two_people_are_asked_about_the_same_turns_in_another_order(run: RunFolder) -> None:
    ann, ben = labelling(run, "ann", 6), labelling(run, "ben", 6)
    assert set(ann.asked) == set(ben.asked)
    assert len(ann.asked) == 6
    assert [one.chance for one in ann.asked] == [pytest.approx(6 / 12)] * 6


@pytest.mark.parametrize("who", ["", "  ", "x" * 61, "a\nb", "a\x1b[0m"])
def test_a_name_is_plain_and_short(run: RunFolder, who: str) -> None:
    with pytest.raises(UsageError, match="no name to file labels under"):
        labelling(run, who)


def test_other_rubrics_cannot_be_labelled_by(run: RunFolder) -> None:
    with pytest.raises(UsageError, match="nobody can label turns by 'article'"):
        Labelling(run, rubric="article", who="ann", turns=4)


def test_a_run_without_words_has_nothing_to_label(tmp_path: Path) -> None:
    games = copies(small(tmp_path), 1)
    empty = make_run(tmp_path / "run", make_suite(), games, [], ())
    with pytest.raises(UsageError, match="no finished talks"):
        labelling(empty)
