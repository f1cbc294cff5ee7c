"""Finding a run folder by path, by name, by the start of a name, or the latest."""

from __future__ import annotations

from pathlib import Path

from harness.catalogue import data_root
from harness.errors import RecordError
from harness.records.store import RUN, RunFolder


def run_folders(log_dir: Path) -> list[Path]:
    """Run folders below ``log_dir``, the latest first, then the examples that ship."""
    own = _own(log_dir)
    shipped = sorted(p.parent for p in (data_root("transcripts") / "examples").glob(f"*/{RUN}"))
    return own + [path for path in shipped if path not in own]


def _own(log_dir: Path) -> list[Path]:
    own = [path.parent for path in log_dir.glob(f"*/{RUN}")]
    return sorted(own, key=lambda folder: (folder / RUN).stat().st_mtime, reverse=True)


def open_run(name: str | None, log_dir: Path) -> RunFolder:
    """The run called ``name``; the latest one when no name is given.

    Raises:
        RecordError: There is none, or several fit.
    """
    if name is not None and (Path(name) / RUN).is_file():
        return RunFolder(Path(name))
    folders = run_folders(log_dir)
    if name is None or name == "latest":
        if not folders:
            raise RecordError(
                "no run yet", where=str(log_dir), fix="play one: track15 run quickstart"
            )
        return RunFolder(folders[0])
    if Path(name).is_dir():
        return RunFolder(Path(name))  # says what is missing there
    # The user's own runs hide the shipped examples.
    groups = [_own(log_dir), folders]
    matches = [
        [f for f in group if fits(f.name)]
        for fits in (name.__eq__, lambda known: known.startswith(name))
        for group in groups
    ]
    fitting = next((found for found in matches if found), [])
    if len(fitting) == 1:
        return RunFolder(fitting[0])
    if fitting:
        names = ", ".join(folder.name for folder in fitting)
        raise RecordError(f"{name!r} fits several runs", fix=f"name one of: {names}")
    known = ", ".join(folder.name for folder in folders[:8]) or "none yet"
    raise RecordError(
        f"no run {name!r}", where=str(log_dir), fix=f"known: {known}; or give a run folder's path"
    )
