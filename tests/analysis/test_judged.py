"""What became of the judgements of a run, and what exchanging names or the order changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.judged import MOST_LISTED, NOT_JUDGED, Compared, judged_of
from harness.records.folder import TRANSCRIPTS, file_of
from harness.records.judgement import JUDGEMENT
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.mock_server import Answer, completion
from tests.support.rubric_files import BOTH, ScaleJudge, judged_run, write
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite

NAMES = ("labels", "order")


class Fond(ScaleJudge):
    """Finds that Boral comes out better, whoever is called so, and abstains in the second talks."""

    def __call__(self, body: dict[str, object]) -> Answer:
        if "messages" not in body:
            return completion("ok")
        system, question = (one["content"] for one in body["messages"])  # type: ignore[attr-defined]
        items = body["response_format"]["json_schema"]["schema"]["properties"]  # type: ignore[index]
        names = items["better"]["properties"]["answer"]["enum"]
        party, other = system.split("You look at ")[1].split(" as a whole")[0].split(" and ")
        assert {party, other} == {"Arden", "Boral"}
        self.place = names.index("party" if party == "Boral" else "other")
        if "last word" in question:
            self.place = None
        return super().__call__(body)


@pytest.fixture(scope="module")
def fond(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    path = tmp_path_factory.mktemp("fond")
    return judged_run(path / "run", Fond(), [str(write(path, BOTH))], swap=NAMES)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """By a judge that always takes the first answer."""
    path = tmp_path_factory.mktemp("first")
    return judged_run(path / "run", ScaleJudge(0), [str(write(path, BOTH))], swap=NAMES)


def compared(folder: RunFolder) -> dict[tuple[str, str], Compared]:
    return {(one.item, one.swapped): one for one in judged_of(folder).compared}


def test_a_judge_that_is_fond_of_a_name_does_not_negate(fond: RunFolder) -> None:
    labels = compared(fond)["better", "labels"]
    assert (labels.compared, labels.flipped, labels.turned) == (2, 2, 2)
    assert (labels.flip_rate, labels.off) == (1.0, 2.0)
    assert labels.lean == 1.0, "whole, and towards Boral in both twins"
    order = compared(fond)["better", "order"]
    assert (order.flipped, order.off, order.lean) == (0, 0.0, 0.0)


def test_a_judge_that_likes_the_first_answer_is_found_by_the_order(first: RunFolder) -> None:
    order = compared(first)["better", "order"]
    assert (order.compared, order.flipped, order.turned, order.off) == (3, 3, 3, 2.0)
    assert order.lean == -1.0
    labels = compared(first)["better", "labels"]
    assert (labels.flipped, labels.turned, labels.off, labels.lean) == (0, 0, 0.0, 0.0)
    instructs = compared(first)["instructs", "labels"]
    assert (instructs.compared, instructs.turned, instructs.off) == (3, None, None)


def test_an_abstention_is_counted_listed_and_compared_with_nothing(fond: RunFolder) -> None:
    found = judged_of(fond)
    usual = found.judged[0]
    assert (usual.swapped, usual.records, usual.void) == (None, 3, 0)
    assert (usual.questions, usual.undecided, usual.missing) == (6, 1, 1)
    assert usual.reasons == {"the judge cannot tell": 1}
    (listed,) = usual.listed
    assert listed.record in fond.index()
    assert (listed.item, listed.why) == ("better", "the judge cannot tell")
    assert [one.swapped for one in found.judged] == [None, "labels", "order"]
    assert compared(fond)["better", "labels"].missing == 1


def test_nobody_judged(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    talks = [deal(scenario, "plain", MIDDLE)]
    folder = make_run(tmp_path / "run", make_suite(), {"small": scenario}, talks, scores=())
    assert judged_of(folder) == NOT_JUDGED


class Refuses(ScaleJudge):
    """Says nothing that can be used."""

    def __call__(self, body: dict[str, object]) -> Answer:
        return completion("I would rather not.\nReally.")


def test_a_refusal_is_no_answer_and_what_was_played_again_does_not_count(tmp_path: Path) -> None:
    run = judged_run(tmp_path / "run", Refuses(), [str(write(tmp_path, BOTH))], swap="labels")
    usual, labels = judged_of(run).judged
    assert (usual.records, usual.void, usual.questions, usual.missing) == (3, 3, 0, 3)
    assert (labels.void, list(usual.reasons)) == (3, ["no usable reply"])
    assert {one.item for one in usual.listed} == {None}
    assert all("\n" not in one.why for one in usual.listed)
    assert len(usual.listed) <= MOST_LISTED
    ((item, _), (other, _)) = compared(run)
    assert (item, other) == ("better", "instructs")
    assert compared(run)["better", "labels"].missing == 3

    transcripts = run.path / TRANSCRIPTS
    lines = transcripts.read_bytes().split(b"\n")
    lines[0] = lines[0].replace(b"speak of the well", b"speak of a well")
    transcripts.write_bytes(b"\n".join(lines))
    assert (run.path / file_of(JUDGEMENT)).is_file()
    assert judged_of(RunFolder(run.path)).judged[0].records == 2
