"""A small run, made once for all tests of this folder: nothing in them writes to it."""

from __future__ import annotations

import pytest

from harness.records.reader import RunFolder
from tests.support.exported import secret_run, small_run


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return small_run(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="package")
def secret(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Something private of every kind, with a model in a seat."""
    return secret_run(tmp_path_factory.mktemp("secret"))
