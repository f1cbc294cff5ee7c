"""Templates are compiled once, and what is kept is what compiling anew would give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.prompting import compiled as module
from harness.prompting.bounds import BoundedEnvironment, OwnEnvironment
from harness.prompting.compiled import KEPT, CompiledLoader, compiled
from harness.prompting.talks import Prompts

KINDS = (OwnEnvironment, BoundedEnvironment)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_known", type(module._known)())


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that Jinja compiles from here on."""
    names: list[str] = []
    compiles = OwnEnvironment.compile

    def counted(self: Any, source: Any, name: str, *more: Any, **options: Any) -> Any:
        names.append(name)
        return compiles(self, source, name, *more, **options)

    monkeypatch.setattr(OwnEnvironment, "compile", counted)
    return names


def test_the_shipped_templates_are_compiled_once_in_a_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = counting(monkeypatch)
    first, second = Prompts(), Prompts()
    assert sorted(names) == sorted(f"{name}.md.j2" for name in first.hashes())
    assert first.complaint("Say what.") == second.complaint("Say what.")


@pytest.mark.parametrize("kind", KINDS)
def test_another_text_name_file_or_kind_is_another_template(
    kind: type[OwnEnvironment], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = counting(monkeypatch)
    environment = kind()
    one = compiled(environment, "a", "f", "{{ x }}")
    assert compiled(kind(), "a", "f", "{{ x }}") is one
    assert names == ["a"]
    for changed in (("b", "f", "{{ x }}"), ("a", "g", "{{ x }}"), ("a", "f", "{{ y }}")):
        assert compiled(environment, *changed) is not one
    (other,) = set(KINDS) - {kind}
    assert compiled(other(), "a", "f", "{{ x }}") is not one
    assert len(names) == 5


def test_a_template_that_was_edited_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "complaint.md.j2"
    path.write_text("One: {{ problem }}")
    before = Prompts(tmp_path)
    path.write_text("Two: {{ problem }}")
    assert Prompts(tmp_path).complaint("x") == "Two: x"
    assert before.complaint("x") == "One: x"


def test_a_mistake_is_named_every_time(tmp_path: Path) -> None:
    path = tmp_path / "complaint.md.j2"
    for text, line in {
        "a\n{% if %}": 2,
        "{{ a | nosuchfilter }}": 1,
        "\n\n{{ unheard }}": 3,
    }.items():
        path.write_text(text)
        for _ in range(2):
            with pytest.raises(InputError) as caught:
                Prompts(tmp_path)
            assert caught.value.where == f"{path}:{line}"


def test_a_piece_is_included_with_its_suffix_or_without() -> None:
    for name in ("piece.md.j2", "piece"):
        loaded = CompiledLoader({"piece": compiled(OwnEnvironment(), "piece", "f", "Again.").code})
        assert OwnEnvironment(loader=loaded).get_template(name).render() == "Again."
    with pytest.raises(jinja2.TemplateNotFound):
        OwnEnvironment(loader=CompiledLoader({})).get_template("piece")


def test_the_last_ones_used_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    assert 2 * len(Prompts().hashes()) < KEPT  # both kinds of a run's templates
    environment = OwnEnvironment()
    a, b = (compiled(environment, name, "f", "x") for name in "ab")
    assert compiled(environment, "a", "f", "x") is a
    compiled(environment, "c", "f", "x")
    assert compiled(environment, "a", "f", "x") is a
    assert compiled(environment, "b", "f", "x") is not b


PARTS = ("{{ a }}", "{% for b in a %}{{ b }}{{ c }}{% endfor %}", "{% set d = 1 %}{{ d }}", "words")


@example(["{{ a }}"])
@given(
    st.lists(st.sampled_from((*PARTS, "{% include 'e.md.j2' %}", "{% include a %}")), max_size=4)
)
def test_what_is_known_of_a_template_is_what_jinja_says(parts: list[str]) -> None:
    text = "".join(parts)
    for kind in KINDS:
        environment = kind()
        tree = OwnEnvironment().parse(text)
        for _ in range(2):
            found = compiled(environment, "t", "f", text)
            assert found.variables == jinja2.meta.find_undeclared_variables(tree)
            assert found.others == set(jinja2.meta.find_referenced_templates(tree))
