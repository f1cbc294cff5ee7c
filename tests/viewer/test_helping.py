"""The documents as pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harness.viewer.helping import rendered, slug

FOLDER = Path(__file__).parents[2] / "docs"
DOCS = sorted(path.stem for path in FOLDER.glob("*.md"))
INNER = sorted(f"measures/{path.stem}" for path in (FOLDER / "measures").glob("*.md"))


def test_every_document_is_listed(client: TestClient) -> None:
    text = client.get("/help").text
    assert DOCS
    for name in DOCS:
        assert f'"/help/{name}"' in text


def test_the_pages_of_the_evaluators_are_listed_by_a_document(client: TestClient) -> None:
    all_documents, of_measures = client.get("/help").text, client.get("/help/measures").text
    assert INNER
    for name in INNER:
        assert f'"/help/{name}"' in of_measures
        assert f'"/help/{name}"' not in all_documents


@pytest.mark.parametrize("name", [*DOCS, *INNER])
def test_every_document_is_a_page_whose_links_lead_somewhere(client: TestClient, name: str) -> None:
    answer = client.get(f"/help/{name}")
    assert answer.status_code == 200
    assert "<h1" in answer.text
    assert " style=" not in answer.text
    for link in re.findall(r'(?:href|src)="(/help/[^"#]+)', answer.text):
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "..%2fREADME",
        "%2e%2e",
        "architecture.py",
        "method.md",
        "measures/none",
        "measures/..%2f..%2fREADME",
        "measures/",
    ],
)
def test_nothing_else_is(client: TestClient, name: str) -> None:
    assert client.get(f"/help/{name}").status_code == 404


def test_html_in_a_document_is_text() -> None:
    assert "<script" not in rendered("<script>x</script>\n\n[a](javascript:alert(1))")
    assert "javascript" not in rendered("[a](<javascript:alert(1)>)").replace(
        "[a]", ""
    ).lower() or ("href" not in rendered("[a](<javascript:alert(1)>)"))


def test_links_stay_in_the_viewer() -> None:
    text = rendered("[a](models.md#keys) [b](../README.md) [c](https://a.example/) [d](#here)")
    assert re.findall('href="([^"]*)"', text) == [
        "/help/models#keys",
        "/help",
        "https://a.example/",
        "#here",
    ]


def test_a_document_in_a_folder_leads_out_of_it_and_no_further() -> None:
    text = rendered("[a](../claims.md#x) [b](later.md) [c](../../README.md)", folder="measures")
    assert re.findall('href="([^"]*)"', text) == ["/help/claims#x", "/help/measures/later", "/help"]
    from_above = rendered("[a](measures/later.md) [b](measures/more/later.md)")
    assert re.findall('href="([^"]*)"', from_above) == ["/help/measures/later", "/help"]


def test_a_table_scrolls_in_its_own_box_and_headings_have_ids() -> None:
    text = rendered("# Rules of the table\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert '<h1 id="rules-of-the-table">' in text
    assert '<div class="scroll"' in text
    assert slug("`track15 run` & more: 1.5") == "track15-run--more-15"
