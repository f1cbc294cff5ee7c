"""Which records a person is asked about, what is shown of them, and what is kept of the answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.record_labelling import EACH, AskedRecord, RecordLabelling, readable
from harness.errors import UsageError
from harness.plans.named_rubrics import rubrics_named
from harness.records.judgement import Verdict
from harness.records.labels import asked_digest, read_labels
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.record_labels import answer_all, nothing
from tests.support.rubric_files import BOTH, MINE, ScaleJudge, judged_run, write
from tests.support.run_articles import with_articles
from tests.support.run_folders import MIDDLE, copies, deal, make_run, make_suite

WORDS = "We could live with half."


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    games = copies(small(tmp_path), 3)
    played = [
        deal(game, arm, MIDDLE, epoch=epoch, words=WORDS)
        for game in games.values()
        for arm in ("plain", "lean")
        for epoch in range(1, 7)
    ]
    return make_run(tmp_path / "run", make_suite(), games, played, ())


@pytest.fixture
def mine(tmp_path: Path) -> str:
    return str(write(tmp_path / "rubrics"))


def labelling(
    run: RunFolder, rubric: str, who: str = "ann", records: int | None = None
) -> RecordLabelling:
    return RecordLabelling(run, rubric=rubric, who=who, records=records)


def test_arms_have_as_many_records_each_and_people_another_order(run: RunFolder, mine: str) -> None:
    ann, ben = labelling(run, mine), labelling(run, mine, "ben")
    assert len(ann.asked) == 2 * EACH
    assert {one.chance for one in ann.asked} == {EACH / 18}
    assert sum(one.of.arms == ("plain",) for one in ann.asked) == EACH
    assert set(ann.asked) == set(ben.asked)
    assert list(ann.asked) != list(ben.asked)
    assert len(labelling(run, mine, records=6).asked) == 6
    assert not ann.judged


def test_a_person_reads_and_is_asked_what_a_judge_is(tmp_path: Path) -> None:
    """To the letter: the passages, the questions, their answers, and what to look at."""
    judge = ScaleJudge(1)
    path = str(write(tmp_path / "rubrics", BOTH, "both.md"))
    folder = judged_run(tmp_path / "run", judge, [path])
    own = labelling(folder, path)
    assert own.judged
    read = sorted("\n".join(own.record(one).passages) for one in own.asked)
    given = [body["messages"][1]["content"] for body in judge.asked]
    shown = ["\n".join(line for line in one.splitlines() if line.startswith("[")) for one in given]
    assert read == sorted(shown)
    assert "(" in read[0].split(":")[0], "with the terms, as this rubric reads them"
    asked = own.record(own.asked[0])
    told = [body["messages"][0]["content"] for body in judge.asked]
    held = [text for text in told if asked.rubric.about in text]
    assert held
    assert all(one.question in held[0] for one in asked.items)
    assert asked.summary in asked.rubric.about


def test_the_seats_are_asked_about_in_random_order_and_other_questions_stay(
    run: RunFolder, mine: str
) -> None:
    own = labelling(run, mine)
    orders = [[item.id for item in own.record(one).items] for one in own.asked]
    assert {tuple(one) for one in orders} == {
        ("loud_o", "loud_u", "instructs"),
        ("loud_u", "loud_o", "instructs"),
    }
    first = [one[0] == "loud_o" for one in orders]
    assert 4 <= sum(first) <= 20
    again = [[item.id for item in labelling(run, mine).record(one).items] for one in own.asked]
    assert again == orders
    asked = own.record(own.asked[0])
    assert all(asked.items[n].said_by in asked.items[n].question for n in (0, 1))


def test_answers_are_kept_one_by_one_with_their_places(run: RunFolder, mine: str) -> None:
    own = labelling(run, mine)
    asked = own.record(own.asked[0])
    own.keep(asked, Verdict(item="loud_u", answer="some"))
    assert (own.complete, own.is_complete(own.asked[0])) == (0, False)
    own.keep(asked, Verdict(item="loud_o", problem="the person cannot tell"))
    own.keep(asked, Verdict(item="instructs", answer="no"))
    assert (own.complete, own.missing) == (1, 1)
    (label,) = read_labels(run.path)
    assert label.whole is not None
    assert [one.item for one in label.verdicts] == ["loud_o", "loud_u", "instructs"]
    assert label.whole.places == {"loud_u": 0.5}
    assert label.whole.digest == asked_digest(asked.rubric)
    assert (label.version, label.chance) == (3, EACH / 18)
    lines = (run.path / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    assert [len(json.loads(line)["verdicts"]) for line in lines] == [1, 2, 3]

    again = labelling(run, mine)
    assert again.complete == 1
    assert again.answers(own.asked[0])["loud_u"].answer == "some"
    again.keep(asked, Verdict(item="loud_u", answer="much"))
    assert labelling(run, mine).answers(own.asked[0])["loud_u"].answer == "much"
    assert labelling(run, mine, "ben").complete == 0


def test_where_the_rubric_asks_in_other_words_it_is_asked_again(
    run: RunFolder, mine: str, tmp_path: Path
) -> None:
    answer_all(run, mine, "ann", nothing, records=4)
    path = write(tmp_path / "rubrics", MINE.replace("It shouts.", "It yells."))
    changed = labelling(run, str(path), records=4)
    assert (changed.complete, changed.reworded) == (0, 4)


def test_articles_are_read_by_rubrics_for_them(tmp_path: Path) -> None:
    folder = with_articles(tmp_path / "run", small(tmp_path))
    own = labelling(folder, "article")
    (drawn,) = own.asked
    assert drawn.of.arms == ("plain", "lean")
    asked = own.record(drawn)
    assert asked.passages[0].startswith("[0] What a peace would take")
    what = [item.id.rsplit("_", 1)[0] for item in asked.items]
    assert len(what) == len(asked.rubric.items)


@pytest.mark.parametrize(
    ("rubric", "said"),
    [
        ("private-facts", "asks no questions"),
        ("article-claims", "asks no questions"),
        ("prose-ledger", "asks no questions"),
        ("presure", "did you mean 'pressure'"),
        ("article", "no finished record"),
    ],
)
def test_other_rubrics_are_refused_with_a_reason(run: RunFolder, rubric: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        labelling(run, rubric)
    assert said in str(error.value)


@pytest.mark.parametrize("rubric", ["pressure", "one-sidedness", "talks-claims", "realism"])
def test_those_that_ship_can_be_answered(run: RunFolder, rubric: str) -> None:
    own = labelling(run, rubric, records=2)
    asked = own.record(own.asked[0])
    assert asked.items
    assert {one.id for one in asked.items} == {one.id for one in asked.rubric.items}


def test_talks_without_a_word_are_not_drawn(tmp_path: Path) -> None:
    game = small(tmp_path)
    silent = deal(game, "plain", MIDDLE, words="")
    said = deal(game, "plain", MIDDLE, epoch=2, words=WORDS)
    folder = make_run(tmp_path / "run", make_suite(), {"small": game}, [silent, said], ())
    (rubric,) = rubrics_named(["pressure"])
    assert [one.record for one in readable(folder, rubric)] == [said.id]


def test_what_the_judge_answered_is_no_part_of_what_is_shown(tmp_path: Path) -> None:
    path = str(write(tmp_path / "rubrics"))
    folder = judged_run(tmp_path / "run", ScaleJudge(2), [path])
    own = labelling(folder, path)
    shown: list[AskedRecord] = [own.record(one) for one in own.asked]
    assert len(shown) == 3
    assert "openai" not in repr(shown)
    assert "quotes=" not in repr(shown)


def test_a_rubric_of_too_many_questions_is_refused_before_anything_is_asked(
    run: RunFolder, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.app.record_labelling.MOST_ANSWERS", 2)
    own = labelling(run, mine)
    with pytest.raises(UsageError, match="asks 3 questions about each record"):
        own.record(own.asked[0])


def test_what_a_file_says_beyond_the_rubric_is_asked_again(run: RunFolder, mine: str) -> None:
    """A run of somebody else's may hold labels under one's own name with questions and answers
    that the rubric does not have."""
    first = labelling(run, mine)
    drawn = first.asked[0]
    asked = first.record(drawn)
    kept, other = asked.rubric.items[:2]
    for item in (kept, other):
        first.keep(asked, Verdict(item=item.id, answer=nothing(asked, item)))
    file = run.path / "labels.jsonl"
    line = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    line["verdicts"][1]["answer"] = "no_answer_of_it"
    line["verdicts"].append({"item": "no_item_of_it", "answer": "yes"})
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    again = labelling(run, mine)
    assert again.answers(drawn).keys() == {kept.id}
    assert not again.is_complete(drawn)
    again.keep(asked, Verdict(item=other.id, answer=nothing(asked, other)))
    (label,) = read_labels(run.path)
    assert label.items.keys() == {kept.id, other.id}
