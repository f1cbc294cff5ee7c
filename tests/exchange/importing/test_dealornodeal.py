"""DealOrNoDeal: words only, and every dialogue read once though it stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.importing import import_file
from harness.errors import InputError
from harness.evaluators.case import case_of
from harness.evaluators.settlement import Settlement
from harness.exchange.importing.dealornodeal import DealOrNoDeal
from tests.support.corpora import corpus
from tests.support.negotiations import MIRRORED, SHARED_OUT

DISAGREE = SHARED_OUT.split("<output>")[0] + (
    "<output> " + "<disagree> " * 6 + "</output> <partner_input> 1 2 2 3 1 2 </partner_input>"
)


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_dialogue_that_stands_twice_is_read_once(tmp_path: Path) -> None:
    path = written(tmp_path / "d.txt", SHARED_OUT, MIRRORED)
    first, second = DealOrNoDeal().read(path)
    assert first.negotiation is not None
    assert (second.repeats, second.negotiation) == (True, None)
    turned = list(DealOrNoDeal().read(written(tmp_path / "e.txt", MIRRORED, SHARED_OUT)))
    assert [one.repeats for one in turned] == [False, True]
    # The same talks a second time, with both views, are another dialogue.
    again = written(tmp_path / "f.txt", SHARED_OUT, MIRRORED, SHARED_OUT, MIRRORED)
    assert [one.repeats for one in DealOrNoDeal().read(again)] == [False, True, False, True]


def test_its_shares_are_worth_what_they_say(tmp_path: Path) -> None:
    done = import_file("dealornodeal", written(tmp_path / "d.txt", SHARED_OUT), log_dir=tmp_path)
    (record,) = done.folder.transcripts()
    found = Settlement().score(case_of(record, done.folder.info)).values
    assert found["u_o"] == pytest.approx(0.6)
    assert found["u_u"] == pytest.approx(0.8)
    assert record.spec.seat("o").model == "person"
    assert [turn.words for turn in record.body.turns] == ["the book ?", "then the rest", "yes"]
    assert record.body.outcome.offer is None


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("<disagree> " * 6, "no_deal"),
        ("<no_agreement> " * 6, "no_deal"),
        ("<disconnect> " * 6, "failed"),
    ],
)
def test_ways_to_end_without_a_deal(tmp_path: Path, output: str, kind: str) -> None:
    line = DISAGREE.replace("<disagree> " * 6, output)
    (found,) = DealOrNoDeal().read(written(tmp_path / "d.txt", line))
    assert found.negotiation is not None
    assert found.negotiation.outcome.kind == kind


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("item1=2 item2=1 </output>", "item1=1 item2=1 </output>"), "0 and 1 of 2 hats"),
        (("item2=1 </output>", "item3=1 </output>"), "neither a share"),
        (("<input> 1 6", "<input> 0 6"), "not three"),
        (("<input> 1 6", "<input> x 6"), "invalid literal"),
        (("YOU: the book", "HIM: the book"), "neither with YOU: nor with THEM:"),
        ((" <partner_input> 1 2 2 3 1 2 </partner_input>", ""), "the other side's values"),
        (("<partner_input> 1 2", "<partner_input> 2 2"), "different items"),
        (("<output>", "<out>"), "lacks <input>, <dialogue>, <output>"),
    ],
)
def test_a_line_that_is_not_as_it_should_be(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    path = written(tmp_path / "d.txt", SHARED_OUT, SHARED_OUT.replace(*change))
    good, bad = DealOrNoDeal().read(path)
    assert good.negotiation is not None
    assert words in bad.problem
    assert bad.where == f"{path}:2"


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file of DealOrNoDeal") as found:
        list(DealOrNoDeal().read(written(tmp_path / "d.txt", '{"a": 1}')))
    assert found.value.where == f"{tmp_path / 'd.txt'}:1"


def test_the_sample_of_the_corpus_is_read(tmp_path: Path) -> None:
    path = corpus("dealornodeal-sample", "val-200.txt")
    done = import_file("dealornodeal", path, log_dir=tmp_path)
    assert (done.read, done.repeats, done.refused) == (103, 97, 0)
    endings = [one.body.outcome.kind for one in done.folder.transcripts()]
    assert (endings.count("deal"), endings.count("no_deal")) == (79, 24)
