"""What a stranger installs: the source distribution, and the wheel that is built from it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

import harness
from tests.support.command import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {  # folder of a checkout -> folder of the wheel
    "prompts": "harness/_data/prompts",
    "evals": "harness/_data/evals",
    "transcripts/examples": "harness/_data/transcripts/examples",
    "docs": "harness/_data/docs",
}

# One worker builds once, and the others go on with something else.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@dataclass(frozen=True)
class Built:
    """The two archives of one build, and the folder that the wheel is installed in."""

    sdist: Path
    wheel: Path
    site: Path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Runs the installed copy, which stands before the checkout on the path, in ``cwd``."""
        environment = os.environ | {"PYTHONPATH": str(self.site), "NO_COLOR": "1"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


def call(*arguments: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    site = folder / "site"
    call("build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    call("pip", "install", "--no-index", "--no-deps", "--target", site, wheel, cwd=folder)
    return Built(sdist, wheel, site)


def shipped_files(folder: str) -> list[Path]:
    """Files under a top-level folder, relative to it."""
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(p.relative_to(ROOT / folder) for p in files if "__pycache__" not in p.parts)


@pytest.mark.parametrize("folder", SHIPPED)
def test_the_wheel_carries_the_folder_unchanged(built: Built, folder: str) -> None:
    files = shipped_files(folder)
    assert files, f"{folder}/ is empty"
    with ZipFile(built.wheel) as archive:
        for file in files:
            held = archive.read(f"{SHIPPED[folder]}/{file.as_posix()}")
            assert held == (ROOT / folder / file).read_bytes(), file


@pytest.mark.parametrize("folder", SHIPPED)
def test_the_source_distribution_carries_the_folder(built: Built, folder: str) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"{folder}/{file.as_posix()}" for file in shipped_files(folder)} <= names


def test_the_wheel_holds_one_package_and_its_types(built: Built) -> None:
    with ZipFile(built.wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0] for name in names} == {
        "harness",
        f"track15-{harness.__version__}.dist-info",
    }
    assert "harness/py.typed" in names


def test_the_metadata_is_complete(built: Built) -> None:
    info = f"track15-{harness.__version__}.dist-info"
    with ZipFile(built.wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        licence = archive.read(f"{info}/licenses/LICENSE").decode()
    assert metadata["Name"] == "track15"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_payload(), "the readme is missing"
    assert "track15 = harness.cli.main:main" in entry_points
    assert "Version 2.0, January 2004" in licence


def test_the_installed_copy_reads_its_own_files(built: Built, tmp_path: Path) -> None:
    code = (
        "from harness.files.catalogue import data_root\n"
        "for kind in ('prompts', 'evals', 'transcripts'): print(data_root(kind))"
    )
    done = built.run("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    roots = [Path(line) for line in done.stdout.splitlines()]
    assert roots == [
        built.site / "harness" / "_data" / kind for kind in ("prompts", "evals", "transcripts")
    ]
    assert all(root.is_dir() for root in roots)


def test_help_works_from_another_folder(built: Built, tmp_path: Path) -> None:
    done = built.run("-m", "harness.cli.main", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout


def test_list_finds_the_shipped_suites_from_another_folder(built: Built, tmp_path: Path) -> None:
    done = built.run("-m", "harness.cli.main", "list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "quickstart" in done.stdout
