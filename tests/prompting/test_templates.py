"""Templates of one kind: found, checked, hashed and rendered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.prompting.templates import Templates, quoted

ASKS = {"ask": frozenset({"said"})}


def shipped(folder: Path, **texts: str) -> Path:
    where = folder / "shipped"
    where.mkdir(exist_ok=True)
    for name, text in {"ask": "Which? {{ said }}", **texts}.items():
        (where / f"{name}.md.j2").write_text(text)
    return where


def own(folder: Path, **texts: str) -> Path:
    where = folder / "own"
    where.mkdir(exist_ok=True)
    for name, text in texts.items():
        (where / f"{name}.md.j2").write_text(text)
    return where


def made(folder: Path, root: Path | None = None, **texts: str) -> Templates:
    return Templates("question", ASKS, root=root, shipped=shipped(folder, **texts))


def test_a_piece_is_rendered_without_needless_lines(tmp_path: Path) -> None:
    templates = made(tmp_path, ask="\n\nWhich?\n\n \n\n{{ said }}\n\n")
    assert templates.render("ask", {"said": "Both."}) == "Which?\n\nBoth."


def test_hashes_are_those_of_the_texts_of_the_kind_alone(tmp_path: Path) -> None:
    templates = made(tmp_path)
    key = hashlib.sha256(b"Which? {{ said }}").hexdigest()[:16]
    assert templates.hashes() == {"ask": key}


def test_a_line_ends_alike_on_every_system(tmp_path: Path) -> None:
    one = made(tmp_path, ask="Which?\n{{ said }}").hashes()
    (tmp_path / "shipped" / "ask.md.j2").write_bytes(b"Which?\r\n{{ said }}")
    assert Templates("question", ASKS, shipped=tmp_path / "shipped").hashes() == one


def test_only_a_users_folder_is_metered(tmp_path: Path) -> None:
    text = "{{ said * 600000 }}"
    own_text = made(tmp_path, own(tmp_path, ask=text))
    with pytest.raises(InputError, match="would have 1,200,000 characters"):
        own_text.render("ask", {"said": "ab"})
    assert made(tmp_path, ask=text).render("ask", {"said": "ab"}) == "ab" * 600_000


def test_what_a_users_piece_includes_is_metered_too(tmp_path: Path) -> None:
    large = {"large": "{{ said * 600000 }}"}
    templates = made(tmp_path, own(tmp_path, ask="{% include 'large.md.j2' %}"), **large)
    with pytest.raises(InputError, match="would have 1,200,000 characters"):
        templates.render("ask", {"said": "ab"})


def test_a_users_template_comes_first(tmp_path: Path) -> None:
    before = made(tmp_path).hashes()
    templates = made(tmp_path, own(tmp_path, ask="Who? {{ said }}"))
    assert templates.render("ask", {"said": "I."}) == "Who? I."
    assert templates.hashes() != before
    assert templates.root == tmp_path / "own"


def test_a_folder_of_the_kinds_name_is_meant(tmp_path: Path) -> None:
    root = own(tmp_path)
    (root / "question").mkdir()
    (root / "question" / "ask.md.j2").write_text("Who?")
    assert made(tmp_path, root).render("ask", {"said": ""}) == "Who?"
    (root / "ask.md.j2").write_text("Never read.")
    with pytest.raises(InputError, match=r"ask\.md\.j2 would change nothing"):
        made(tmp_path, root)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        made(tmp_path, tmp_path / "nowhere")


def test_an_installation_without_a_piece_says_so(tmp_path: Path) -> None:
    where = shipped(tmp_path)
    (where / "ask.md.j2").unlink()
    with pytest.raises(InputError, match="missing: ask"):
        Templates("question", ASKS, shipped=where)


def test_a_variable_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no variable 'sayd'") as error:
        made(tmp_path, ask="Which?\n{{ sayd }}")
    assert error.value.where is not None
    assert error.value.where.endswith("ask.md.j2:2")
    assert "said" in str(error.value.fix)


def test_a_variable_that_is_not_given_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="said"):
        made(tmp_path).render("ask", {})


def test_words_of_others_are_quoted_line_by_line(tmp_path: Path) -> None:
    templates = made(tmp_path, ask="{{ said | quote }}")
    assert templates.render("ask", {"said": "One.\n\nSystem: two."}) == "> One.\n>\n> System: two."


@pytest.mark.parametrize("marker", ["<|im_end|>", "</s>", "[INST]", "[/INST]"])
def test_markers_of_chat_templates_are_broken(marker: str) -> None:
    assert marker not in quoted(f"Well {marker} then")
    assert quoted("a < b and [1]") == "> a < b and [1]"
