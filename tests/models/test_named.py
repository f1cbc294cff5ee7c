"""Models by name: what they say reaches the plan, the pool and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import InputError, ModelError, UsageError
from harness.models.address import PROVIDERS, parse_address
from harness.models.credentials import key_for
from harness.models.named import choose, endpoints, load_models
from harness.models.presets import PRESETS

GOOD = """\
schema: track15/models/1
models:
  qwen:
    address: vllm/Qwen/Qwen3-8B
    temperature: 0.7
    effort: low
    extra: {min_p: 0.05}
    max_connections: 64
    requests_per_minute: 600
    price: {prompt: 0.05, cached: 0.01, completion: 0.2}
  big:
    address: openai/gpt-x
    key: MY_KEY
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_name_stands_for_address_settings_limits_and_prices(tmp_path: Path) -> None:
    known = load_models(written(tmp_path, GOOD))
    chosen = choose(["official=qwen", "openai/other@http://127.0.0.1:9/v1"], known)
    assert chosen["official"].address == "vllm/Qwen/Qwen3-8B@http://127.0.0.1:8000/v1"
    assert chosen["official"].sampling == {
        "temperature": 0.7,
        "effort": "low",
        "extra": {"min_p": 0.05},
    }
    assert chosen["unofficial"].address == "openai/other@http://127.0.0.1:9/v1"
    assert chosen["unofficial"].sampling == {}
    own = endpoints(known)[chosen["official"].address]
    assert (own.max_connections, own.requests_per_minute) == (64, 600)
    assert (own.prompt_price, own.cached_price, own.completion_price) == (0.05, 0.01, 0.2)
    assert own.priced
    assert not endpoints(known)["openai/gpt-x"].priced


def test_a_name_for_everyone_gives_everyone_its_settings(tmp_path: Path) -> None:
    known = load_models(written(tmp_path, GOOD))
    chosen = choose(["qwen", "official=big"], known)
    assert chosen["official"].sampling == {}
    assert chosen["unofficial"].sampling["effort"] == "low"


def test_without_a_file_there_are_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_models(None) == {}
    with pytest.raises(UsageError, match=r"(?s)'qwen' is neither an address .*models\.yaml"):
        choose(["official=qwen"], {})
    written(tmp_path, GOOD)
    assert set(load_models(None)) == {"qwen", "big"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("temperature: 0.7", "temperatur: 0.7"), "temperature"),
        (("0.05, cached", "-1, cached"), "price"),
        (("vllm/Qwen/Qwen3-8B", "vlm/Qwen"), "unknown provider"),
        (("vllm/Qwen/Qwen3-8B", "scripted"), "no model"),
        (("key: MY_KEY", "key: sk-secret"), "key"),
        (("{min_p: 0.05}", "{seed: 5}"), "'seed' is set by track15"),
        (("track15/models/1", "track15/models/2"), "schema"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    path = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(InputError) as caught:
        load_models(path)
    assert said in str(caught.value)
    assert "models.yaml:" in str(caught.value)
    assert "sk-secret" not in str(caught.value)


def test_one_address_has_one_set_of_limits(tmp_path: Path) -> None:
    twice = GOOD + "  again:\n    address: vllm/Qwen/Qwen3-8B\n    max_connections: 3\n"
    with pytest.raises(InputError, match="same address"):
        load_models(written(tmp_path, twice))


def test_openais_key_cannot_be_named_for_another_host(tmp_path: Path) -> None:
    text = GOOD.replace("    temperature: 0.7\n", "    key: OPENAI_API_KEY\n")
    with pytest.raises(InputError, match="a host that is not OpenAI's"):
        load_models(written(tmp_path, text))
    elsewhere = parse_address("openai/m@http://127.0.0.1:1/v1")
    with pytest.raises(ModelError, match="only to OpenAI's own host"):
        key_for(elsewhere, {"OPENAI_API_KEY": "sk-secret"}, variable="OPENAI_API_KEY")


def test_a_named_key_is_used_or_missed() -> None:
    address = parse_address("vllm/m")
    assert key_for(address, {"MINE": "k", "TRACK15_API_KEY": "other"}, variable="MINE") == "k"
    with pytest.raises(ModelError, match="MINE is not set"):
        key_for(address, {"TRACK15_API_KEY": "other"}, variable="MINE")


@pytest.mark.parametrize("name", PRESETS)
def test_a_local_server_is_found_by_its_name(name: str) -> None:
    usual = parse_address(f"{name}/some/model")
    assert usual.base_url == f"http://127.0.0.1:{PRESETS[name].port}/v1"
    assert usual.speaks_openai
    assert usual.is_loopback
    assert not usual.is_openai_itself
    assert parse_address(str(usual)) == usual
    moved = parse_address(f"{name}/m@http://127.0.0.1:9/v1")
    assert moved.base_url == "http://127.0.0.1:9/v1"
    assert name in PROVIDERS


def test_presets_differ_in_name_and_port() -> None:
    assert len({preset.port for preset in PRESETS.values()}) == len(PRESETS)


def test_the_example_of_the_documents_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (block,) = [block for block in blocks if "schema: track15/models/1" in block]
    known = load_models(written(tmp_path, block))
    assert {"qwen", "big", "elsewhere"} == set(known)
    assert known["elsewhere"].key == "ELSEWHERE_KEY"
