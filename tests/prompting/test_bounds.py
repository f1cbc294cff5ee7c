"""Templates that somebody else wrote: nothing outside the folder, and bounded (X9, F12)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.prompting.talks import Prompts

pytestmark = pytest.mark.kind("X9")


def complaint(folder: Path, text: str, **others: str) -> str:
    """What a template of one's own says when it asks again."""
    for name, content in {"complaint": text, **others}.items():
        (folder / f"{name}.md.j2").write_text(content)
    return Prompts(folder).complaint("Say what.")


LARGE = {
    "times": '{{ "a" * 3000000000 }}',
    "times, turned round": '{{ 3000000000 * "a" }}',
    "times of a variable": "{{ problem * 300000000 }}",
    "a list of them": "{{ ([1] * 300000000) | length }}",
    "nested loops": "".join(f"{{% for a{n} in range(1000) %}}" for n in range(6))
    + "{{ a5 }}"
    + "{% endfor %}" * 6,
    "nested loops that say nothing": "".join(f"{{% for a{n} in range(9000) %}}" for n in range(4))
    + "{% if false %}x{% endif %}"
    + "{% endfor %}" * 4,
    "loops whose condition never holds": "{% for a in range(90000) %}"
    "{% for b in range(90000) if false %}{% endfor %}{% endfor %}",
    "a long range": "{% for a in range(10000000000) %}x{% endfor %}",
    "a range as a list": "{{ range(99999) | list | map('string') | join | length * 9**99 }}"
    "{% for a in range(99999) %}{{ range(99999) | list | length }}{% endfor %}",
    "format": '{{ "%3000000000d" % 1 }}',
    "format of a width": '{{ "%*d" % (3000000000, 1) }}',
    "the filter format": '{{ "%3000000000d" | format(1) }}',
    "the method format": '{{ "{:3000000000}".format(1) }}',
    "format_map": '{{ "{a:3000000000}".format_map({"a": 1}) }}',
    "center": '{{ "a" | center(3000000000) }}',
    "the method center": '{{ "a".center(3000000000) }}',
    "ljust": '{{ "a".ljust(3000000000) }}',
    "zfill": '{{ "a".zfill(3000000000) }}',
    "expandtabs": '{{ "\\t".expandtabs(3000000000) }}',
    "the method join": "{% set x = 'a' * 100000 %}{{ x.join(x) }}",
    "the filter join": "{% set x = 'a' * 100000 %}{{ x | join(x) }}",
    "replace": "{% set x = 'a' * 100000 %}{{ x | replace('a', x) }}",
    "the method replace": "{% set x = 'a' * 100000 %}{{ x.replace('a', x) }}",
    "indent": "{% set x = 'a\\n' * 100000 %}{{ x | indent('b' * 100000) }}"
    "{% for a in range(3000) %}{{ x | indent(100) }}{% endfor %}",
    "wordwrap": '{{ "a" | wordwrap(1, wrapstring="b") }}',
    "batch": "{{ [1] | batch(3000000000, 0) | list }}",
    "slice": "{{ [1] | slice(3000000000) | list }}",
    "xmlattr": "{{ {'a': 1} | xmlattr }}",
    "lipsum": "{{ lipsum(n=100000) }}",
    "power": "{{ 9 ** (9 ** 9) }}",
    "squares": "{% set x = 9 ** 900 %}" + "{% set x = x * x %}" * 40 + "{{ x }}",
    "round": "{{ 1.5 | round(3000000000) }}",
    "round down": "{{ 1.5 | round(-3000000000, 'floor') }}",
    "doubling with ~": "{% set x = 'ab' %}" + "{% set x = x ~ x %}" * 60 + "{{ x | length }}",
    "doubling with +": "{% set x = 'ab' %}" + "{% set x = x + x %}" * 60 + "{{ x | length }}",
    "doubling lists": "{% set x = [1] %}" + "{% set x = x + x %}" * 60 + "{{ x | length }}",
    "doubling a block": "{% set x = 'ab' %}"
    + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60
    + "{{ x | length }}",
    "lists of one list": "{% set x = ['ab'] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}",
    "tuples as keys": "{% set x = ('ab', 1) %}" + "{% set x = (x, x) %}" * 60 + "{{ {x: 1}[x] }}",
    "equal lists": "{% set x = [1] %}{% set y = [1] %}"
    + "{% set x = [x, x] %}{% set y = [y, y] %}" * 60
    + "{{ x == y }}",
    "dicts of one dict": "{% set x = {'a': 1} %}"
    + "{% set x = {'a': x, 'b': x} %}" * 60
    + "{{ x }}",
    "a macro that calls itself twice": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}"
    "{% endif %}{% endmacro %}{{ f(60) }}",
    "a macro that calls itself for ever": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a recursive loop": "{% for x in [1, 2] recursive %}{% if loop.depth < 60 %}"
    "{{ loop([1, 2]) }}{% endif %}{% endfor %}",
    "long comparisons": "{% set x = 'a' * 1000000 %}{% set y = 'a' * 1000000 %}"
    "{% for a in range(90000) %}{% if x == y %}{% endif %}{% endfor %}",
    "long searches": "{% set x = 'a' * 1000000 %}"
    "{% for a in range(90000) %}{% if 'b' in x %}{% endif %}{% endfor %}",
    "long selections": "{% set x = 'a' * 1000000 %}"
    "{{ range(90000) | map('string') | select('in', x) | list | length }}",
    **{
        f"long tests: {test}": "{% set x = 'a' * 1000000 %}{% set y = 'a' * 1000000 %}"
        f"{{% for a in range(90000) %}}{{% if x is {test} %}}{{% endif %}}{{% endfor %}}"
        for test in ("lower", "upper", "in(y)", "eq(y)", "==(y)", "lt(y)", "ne(y)")
    },
    "a test by its name": "{% set x = 'a' * 1000000 %}"
    "{{ ([x] * 90000) | select('lower') | list | length }}",
    "trimming by a book": "{% set x = 'b' * 400000 %}{% set y = 'c' * 400000 ~ 'b' %}"
    "{{ x | trim(y) }}",
    "a cycler of nothing": "{{ cycler() }}",
    "long slices": "{% set x = 'a' * 1000000 %}"
    "{% for a in range(90000) %}{% set y = x[1:] %}{% endfor %}",
    "a book in a loop": "{% for a in range(90000) %}" + "book " * 15000 + "{% endfor %}",
    "a book in a macro": "{% macro f() %}" + "book " * 15000 + "{% endmacro %}"
    "{% for a in range(9000) %}{% set b = f() %}{% endfor %}",
    "loops in loops": "{% for a in [1] %}" * 60 + "x" + "{% endfor %}" * 60,
    "a huge number": "{{ " + "9" * 9000 + " }}",
    "hexadecimal": "{% set x = 'f' * 1000000 %}{{ x | int(0, 16) }}",
}


@pytest.mark.parametrize("case", LARGE)
def test_what_grows_ends_with_one_message(tmp_path: Path, case: str) -> None:
    with pytest.raises(InputError) as caught:
        complaint(tmp_path, LARGE[case])
    assert (caught.value.where or "").startswith(str(tmp_path / "complaint.md.j2"))
    assert len(str(caught.value)) < 1500


INCLUDES = {
    "twice each": (
        "{% set n = n | default(60) %}{% include 'again.md.j2' %}",
        "{% if n %}{% set n = n - 1 %}" + "{% include 'again.md.j2' %}" * 2 + "{% endif %}",
    ),
    "itself": ("{% include 'again.md.j2' %}", "{% include 'again.md.j2' %}"),
    "in a loop": (
        "{% for a in range(90000) %}{% include 'again.md.j2' %}{% endfor %}",
        "book " * 15000,
    ),
    "extends itself": ("{% extends 'again.md.j2' %}", "{% extends 'again.md.j2' %}"),
    "blocks in a loop": (
        "{% extends 'again.md.j2' %}{% block b %}" + "book " * 15000 + "{% endblock %}",
        "{% for a in range(90000) %}{% block b scoped %}{% endblock %}{% endfor %}",
    ),
}


@pytest.mark.parametrize("case", INCLUDES)
def test_includes_are_counted(tmp_path: Path, case: str) -> None:
    text, again = INCLUDES[case]
    with pytest.raises(InputError):
        complaint(tmp_path, text, again=again)


FINE = {
    "{{ problem | upper }}": "SAY WHAT.",
    "{{ problem.upper() }} {{ problem.split() | join('-') }}": "SAY WHAT. Say-what.",
    "{% set x %}a {{ problem }}{% endset %}{{ x ~ 1 ~ '!' }}": "a Say what.1!",
    "{{ '-' * 10 }}": "----------",
    "{% for a in range(3) %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}": "1, 2, 3",
    "{{ [3, 1, 2] | sort | reverse | map('string') | join('/') }}": "3/2/1",
    "{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f('a') }}{{ f(x='b') }}": "<a><b>",
    "{% set ns = namespace(n=0) %}{% for a in [1, 2] %}{% set ns.n = ns.n + a %}{% endfor %}"
    "{{ ns.n }}": "3",
    "{{ {'a': 1} | tojson }}{{ {'b': 2}.items() | list }}": "{\"a\": 1}[('b', 2)]",
    "{{ 'a\nb' | indent(2) }}": "a\n  b",
    "{{ 1.25 | round(1) }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 8 }} {{ -3 | abs }}": "1.2 3 3 256 3",
    "{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% else %}none{% endfor %}": "a1",
    "{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}"
    "{% endif %}{% endfor %}": "1(2(3))",
    "{{ problem[:3] }}{{ (1, 2)[0] }}{{ problem is defined }}": "Say1True",
    "{% for a in [1, 2, 3] if a > 1 %}{{ a }}{% endfor %}": "23",
    "{% filter upper %}a{{ problem }}{% endfilter %}": "ASAY WHAT.",
    "{{ problem | replace('what', 'it') | default('x') }}": "Say it.",
    "{{ [{'a': 1}, {'a': 2}] | selectattr('a', '>', 1) | map(attribute='a') | list }}": "[2]",
    "{{ ['b', 'a', 'b'] | unique | sort | join }}{{ ['x'] | join(',', attribute=0) }}": "abx",
}


@pytest.mark.parametrize("text", FINE)
def test_what_prompts_need_is_there(tmp_path: Path, text: str) -> None:
    assert complaint(tmp_path, text) == FINE[text]


def test_each_rendering_is_counted_for_itself(tmp_path: Path) -> None:
    (tmp_path / "complaint.md.j2").write_text("{{ 'a' * 900000 }}{{ 'b' * 900000 }}")
    prompts = Prompts(tmp_path)
    for _ in range(12):
        assert len(prompts.complaint("x")) == 1_800_000


def test_the_message_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        complaint(tmp_path, "one\ntwo\n{{ 'a' * 3000000000 }}\nfour")
    assert caught.value.where == f"{tmp_path}/complaint.md.j2:3"


@pytest.mark.parametrize(
    "name", ["../secret.md.j2", "/etc/passwd", "sub/secret.md.j2", "../../etc/passwd", "secret.txt"]
)
@pytest.mark.parametrize("tag", ["include", "import", "extends", "from"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, name: str, tag: str) -> None:
    folder = tmp_path / "mine"
    (folder / "sub").mkdir(parents=True)
    for path in (tmp_path / "secret.md.j2", folder / "sub" / "secret.md.j2", folder / "secret.txt"):
        path.write_text("CANARY")
    tail = {"import": " as x", "from": " import x"}.get(tag, "")
    with pytest.raises(InputError) as caught:
        complaint(folder, f"{{% {tag} '{name}'{tail} %}}")
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("name", ["complaint", "extra"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str, relative: bool) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    target = os.path.relpath(secret, folder) if relative else secret
    (folder / f"{name}.md.j2").symlink_to(target)
    with pytest.raises(InputError, match="leads out of the folder") as caught:
        complaint(folder, "{% include 'extra.md.j2' %}") if name == "extra" else Prompts(folder)
    assert caught.value.where == str(folder / f"{name}.md.j2")


def test_links_within_the_folder_and_to_the_folder_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "mine.txt").write_text("Again.")
    (folder / "complaint.md.j2").symlink_to("texts/mine.txt")
    (tmp_path / "link").symlink_to(folder)
    assert Prompts(tmp_path / "link").complaint("x") == "Again."


def test_what_is_no_text_of_a_size(tmp_path: Path) -> None:
    path = tmp_path / "complaint.md.j2"
    path.write_text("x" * 200_000)
    with pytest.raises(InputError, match="larger than"):
        Prompts(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="not a regular file"):
        Prompts(tmp_path)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(InputError, match="cannot be read"):
        Prompts(tmp_path)


@pytest.mark.kind("F12")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("incentivs.md.j2", "incentives"),
        ("Incentives.md.j2", "incentives"),
        ("caucus-system.md.j2", "caucus_system"),
        ("incentives.md", "incentives"),
        ("incentives.j2", "incentives"),
        ("incentives.md.jinja2", "incentives"),
    ],
)
def test_a_misspelt_template_beside_a_right_one_is_refused(
    tmp_path: Path, name: str, meant: str
) -> None:
    (tmp_path / "brief.md.j2").write_text("Mine.")
    (tmp_path / name).write_text("Mine.")
    with pytest.raises(InputError) as caught:
        Prompts(tmp_path)
    assert f"{name} is no template" in caught.value.what
    assert caught.value.fix == f"did you mean {meant}.md.j2?"


@pytest.mark.kind("F12")
def test_a_template_that_nothing_includes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "brief.md.j2").write_text("Mine.")
    (tmp_path / "zzz.md.j2").write_text("Mine.")
    with pytest.raises(InputError, match=r"zzz\.md\.j2 is no template, and nothing includes it"):
        Prompts(tmp_path)


@pytest.mark.kind("F12")
def test_notes_and_pieces_to_include_may_lie_beside(tmp_path: Path) -> None:
    pieces: dict[str, Any] = {
        "README.md": "Notes.",
        "notes.txt": "Notes.",
        "brief.md.j2": "{% include 'a-piece.md.j2' %}",
        "a-piece.md.j2": "Mine.",
    }
    for name, text in pieces.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "older").mkdir()
    assert "a-piece" in Prompts(tmp_path).hashes()
