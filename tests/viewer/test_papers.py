"""Articles and news are found by their words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.papers import FILES
from harness.viewer.searching import PaperHit, search
from tests.support.episodes import changed_run, indexed
from tests.support.hostile import ATTACK
from tests.support.viewer import client_of


@pytest.fixture(scope="module")
def index(chain_run: Path) -> Index:
    made = Index(RunFolder(chain_run))
    assert made.complete().complete
    return made


def hits(index: Index, text: str) -> list[PaperHit]:
    return [hit for hit in search(index, text).hits if isinstance(hit, PaperHit)]


def test_an_article_is_found_with_the_arms_that_have_it(index: Index) -> None:
    found = hits(index, '"What it is about"')
    assert {hit.paper.what for hit in found} == {"article"}
    assert {hit.paper.scenario for hit in found} == {"nuclear", "supply"}
    assert set(found[0].paper.arms) == {"chain", "no-hand", "unmoved"}
    assert "<mark>What it is about</mark>" in found[0].excerpt
    assert found[0].paper.text.startswith(found[0].paper.text.splitlines()[0])
    assert search(index, '"What it is about"').total == len(found)


def test_a_page_leads_from_the_words_to_the_article(chain_run: Path) -> None:
    client = client_of(indexed(chain_run).parent)
    page = client.get(f"/runs/{chain_run.name}/search", params={"q": '"What it is about"'}).text
    (address, *_) = [part.split('"')[0] for part in page.split('<a href="') if "#article" in part]
    assert client.get(address.partition("#")[0]).status_code == 200


def test_what_a_stranger_wrote_is_escaped_and_lines_that_are_none_are_counted(
    chain_run: Path, tmp_path: Path
) -> None:
    def attacked(record: dict[str, object]) -> dict[str, object]:
        return record | {"body": {"title": ATTACK, "text": f"alpha {ATTACK}"}}

    copy = changed_run(chain_run, tmp_path, "publication.jsonl", attacked)
    with (copy / "publication.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": 3}\n[]\n')
    assert Index(RunFolder(copy)).complete().damaged == 2
    page = client_of(tmp_path).get(f"/runs/{copy.name}/search", params={"q": "alpha"}).text
    assert "<mark>alpha</mark>" in page
    assert "<script>window" not in page


def test_a_file_that_changed_since_is_no_other_text(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    index = Index(RunFolder(copy))
    index.complete()
    path = copy / FILES[0]
    path.write_text("\n" * 10 + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RecordError, match="has changed"):
        search(index, '"What it is about"')
