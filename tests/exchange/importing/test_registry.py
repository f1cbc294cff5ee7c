from __future__ import annotations

import pytest

from harness.cli.importing import FORMATS as TYPED
from harness.errors import UsageError
from harness.exchange.importing.base import Importer
from harness.exchange.importing.registry import FORMATS, IMPORTERS, importer_of


def test_the_command_line_knows_the_formats() -> None:
    assert sorted(TYPED) == sorted(FORMATS)
    assert len(set(FORMATS)) == len(FORMATS)


@pytest.mark.parametrize("importer", IMPORTERS, ids=FORMATS)
def test_each_is_found_by_its_name(importer: Importer) -> None:
    assert importer_of(importer.name) is importer
    assert importer.title


def test_an_unknown_one_is_guessed_at() -> None:
    with pytest.raises(UsageError, match="no format is called 'casin'") as found:
        importer_of("casin")
    assert "'casino'" in (found.value.fix or "")
