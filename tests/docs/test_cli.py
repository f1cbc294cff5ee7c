"""The reference of the command line is the one that the commands make."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import click
import pytest

from harness.cli.main import COMMANDS, cli
from tests.support.command import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cli_reference", DOCS / "cli.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert page == script.page(), "type: python docs/cli.py"


def test_every_command_and_option_is_on_the_page(script: ModuleType) -> None:
    page = script.page()
    with click.Context(cli, info_name="track15", **cli.context_settings) as top:
        for name in COMMANDS:
            command = cli.get_command(top, name)
            assert command is not None
            section = page.partition(f"## track15 {name}\n")[2].partition("\n## ")[0]
            for option in command.params:
                if isinstance(option, click.Option) and not option.hidden:
                    assert option.opts[0] in section, (name, option.name)


def test_what_is_special_in_markdown_stays_a_word(script: ModuleType) -> None:
    assert script._cell("a | b\n  c") == r"a \| b c"
    assert script._prose("a * b\n <c>") == r"a \* b \<c>"
