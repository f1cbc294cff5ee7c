"""Local servers by name."""

from __future__ import annotations

import pytest

from harness.models.address import parse_address
from harness.models.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_a_server_is_found_on_its_own_port(name: str) -> None:
    preset = PRESETS[name]
    assert preset.base_url == f"http://127.0.0.1:{preset.port}/v1"
    assert parse_address(f"{name}/some-model").base_url == preset.base_url


def test_no_two_servers_share_a_port() -> None:
    assert len({preset.port for preset in PRESETS.values()}) == len(PRESETS)
