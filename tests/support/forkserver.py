"""Commands in processes of their own that need not load the libraries: forked from one that has.

Starting an interpreter and importing the libraries takes ten times as long as what most commands of
the tests do. So one process imports them, and forks for each command; a fork has its own folder,
environment, arguments, outputs, signals and exit code, and shares nothing that it changes.

``python -m tests.support.forkserver SOCKET loaded`` is that process. It ends when its stdin does.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Final, Self

from tests.support.disk import to_no_disk
from tests.support.owned_time import Held, own_time_of_the_process

ROOT: Final = Path(__file__).parents[2]
LIBRARIES: Final = (
    "aiohttp",
    "click",
    "httpx2",
    "jinja2",
    "langchain_core.runnables",
    "langchain_openai",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "numpy",
    "openai",
    "pydantic",
    "rich.console",
    "rich.progress",
    "rich.table",
    "scipy.stats",
    "tenacity",
    "yaml",
)
AT_START: Final = ("PYTHON", "LC_", "LANG=", "LANGUAGE=", "MPL", "OPENBLAS", "TZ")
"""Beginnings of ``NAME=`` of variables that an interpreter or a library reads when it starts: a
command under other values of these needs an interpreter of its own."""


class Forked:
    """A command that was forked, as :class:`subprocess.Popen` has it.

    Args:
        line: To the process that waits for it: it says the id, and then how it ended.
        arguments: Of the command.

    Attributes:
        pid: Its process.
        returncode: How it ended; None until that was asked for.
    """

    def __init__(self, line: socket.socket, arguments: list[str]) -> None:
        self._line = line
        self._arguments = arguments
        self._said = line.makefile("rb", buffering=0)  # else poll() would not see what was read
        self.pid = int(self._said.readline())
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None and select.select([self._line], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended.

        Raises:
            subprocess.TimeoutExpired: It took longer than ``timeout`` seconds; it still runs.
        """
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                assert timeout is not None
                raise subprocess.TimeoutExpired(self._arguments, timeout)
            self.returncode = int(self._said.readline())
            self.close()
        return self.returncode

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Ask no more of it."""
        self._said.close()
        self._line.close()


class Running(Forked):
    """A forked command whose outputs are read while it runs.

    Args:
        line: As of :class:`Forked`.
        arguments: Of the command.
        outputs: The ends of its stdout and its stderr that are read.

    Attributes:
        stdout: What it writes there.
        stderr: What it writes there.
    """

    def __init__(self, line: socket.socket, arguments: list[str], outputs: list[int]) -> None:
        self.stdout, self.stderr = (os.fdopen(end, encoding="utf-8") for end in outputs)
        super().__init__(line, arguments)

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it still writes to stdout and stderr, once it has ended.

        Raises:
            subprocess.TimeoutExpired: It took longer than ``timeout`` seconds; it still runs.
        """
        said = {"out": "", "err": ""}

        def read(name: str, stream: IO[str]) -> None:
            said[name] = stream.read()

        streams = {"out": self.stdout, "err": self.stderr}
        readers = [
            threading.Thread(target=read, args=item, daemon=True) for item in streams.items()
        ]
        for reader in readers:
            reader.start()
        self.wait(timeout)
        for reader in readers:
            reader.join()
        return said["out"], said["err"]

    def __exit__(self, *error: object) -> None:
        """It is gone at the end of the block, however that ends."""
        self.kill()
        self.wait()
        self.stdout.close()
        self.stderr.close()


class Meeting:
    """A folder where the workers of a session meet one process that forks for all of them: each
    would else load the libraries for its own. The first that needs the process starts it, and it
    ends with the session that made the folder, and not with the worker.
    """

    def __init__(self) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="track15-forks-")
        self.folder = Path(self._made.name)
        os.mkfifo(self.folder / "stdin")
        # Open for reading too: opened for writing alone, it would wait for a reader.
        self._held = os.open(self.folder / "stdin", os.O_RDWR)

    def close(self) -> None:
        """End the process, if one was started."""
        os.close(self._held)
        self._made.cleanup()


class ForkServer:
    """The process that forks, started when it is first needed, and gone with this one.

    Args:
        environ: Of the process; what its forks get is named anew each time.
        meeting: Folder of a :class:`Meeting`, to share the process of others. None: its own.
        loaded: Whether the process loads the libraries first. Else each command does.
    """

    def __init__(
        self, environ: dict[str, str], meeting: Path | None = None, *, loaded: bool = True
    ) -> None:
        self._environ = environ
        self._loaded = loaded
        self._meeting = meeting
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def run(
        self,
        arguments: list[str],
        *,
        cwd: Path,
        environ: dict[str, str],
        timeout: float,
        held: Path | None = None,
    ) -> tuple[int, str, str]:
        """Run ``track15 ARGUMENTS``; its exit code, stdout and stderr, with lines ended by \\n.

        Args:
            held: Of :mod:`tests.support.owned_time`, whose clock it then has.

        Raises:
            subprocess.TimeoutExpired: It took longer than ``timeout`` seconds; it was killed.
        """
        code, *said = self.run_bytes(
            arguments, cwd=cwd, environ=environ, timeout=timeout, held=held
        )
        out, err = (text.decode().replace("\r\n", "\n").replace("\r", "\n") for text in said)
        return code, out, err

    def run_bytes(
        self,
        arguments: list[str],
        *,
        cwd: Path,
        environ: dict[str, str],
        timeout: float,
        held: Path | None = None,
        into: IO[bytes] | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Run ``track15 ARGUMENTS``; its exit code, and every byte of its stdout and stderr.

        Args:
            held: Of :mod:`tests.support.owned_time`, whose clock it then has.
            into: A file that is its stdout, open for reading too.

        Raises:
            subprocess.TimeoutExpired: It took longer than ``timeout`` seconds; it was killed.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            out = into or out
            outputs = (out.fileno(), err.fileno())
            with self._forked(arguments, cwd, environ, outputs, held) as forked:
                try:
                    code = forked.wait(timeout)
                except subprocess.TimeoutExpired:
                    forked.kill()
                    raise
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read())
            return code, texts[0], texts[1]

    def start(self, arguments: list[str], *, cwd: Path, environ: dict[str, str]) -> Forked:
        """``track15 ARGUMENTS`` while it runs; what it says goes nowhere."""
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            return self._forked(arguments, cwd, environ, (nothing.fileno(), nothing.fileno()))

    def start_read(self, arguments: list[str], *, cwd: Path, environ: dict[str, str]) -> Running:
        """``track15 ARGUMENTS`` while it runs, and what it says."""
        ends = [os.pipe() for _ in range(2)]
        try:
            line = self._asked(arguments, cwd, environ, (ends[0][1], ends[1][1]))
        finally:
            for _, writing in ends:
                os.close(writing)
        return Running(line, arguments, [reading for reading, _ in ends])

    def _forked(
        self,
        arguments: list[str],
        cwd: Path,
        environ: dict[str, str],
        outputs: tuple[int, int],
        held: Path | None = None,
    ) -> Forked:
        return Forked(self._asked(arguments, cwd, environ, outputs, held), arguments)

    def _asked(
        self,
        arguments: list[str],
        cwd: Path,
        environ: dict[str, str],
        outputs: tuple[int, int],
        held: Path | None = None,
    ) -> socket.socket:
        """A line on which the process says the command's id, and then how it ended."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._place()))
        clock = None if held is None else str(held)
        asked = {"arguments": arguments, "cwd": str(cwd), "environ": environ, "held": clock}
        socket.send_fds(line, [b"2"], list(outputs))
        line.sendall(json.dumps(asked).encode() + b"\n")
        return line

    def _place(self) -> Path:
        """The socket of the process."""
        with self._starting:
            if self._meeting is not None:
                return self._met(self._meeting)
            if self._process is None or self._process.poll() is not None:
                self._folder = tempfile.TemporaryDirectory(prefix="track15-forks-")
                self._process = self._start(Path(self._folder.name) / "socket")
                atexit.register(self.close)
            assert self._folder is not None
            return Path(self._folder.name) / "socket"

    def _met(self, folder: Path) -> Path:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "socket").exists():
                with (folder / "stdin").open("rb") as stdin:
                    process = self._start(folder / "socket", stdin)
                assert process.stdout is not None
                process.stdout.close()
                process.returncode = 0  # nobody here waits for it
        return folder / "socket"

    def _start(
        self, place: Path, stdin: int | IO[bytes] = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.support.forkserver", str(place)),
                *(["loaded"] if self._loaded else []),
            ],
            cwd=ROOT,
            env=self._environ,
            stdin=stdin,
            stdout=subprocess.PIPE,
            start_new_session=stdin is not subprocess.PIPE,
        )
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            process.wait()
            raise RuntimeError("the fork server did not start; its stderr says why")
        return process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.stdout.close()
            process.wait()
        if self._folder is not None:
            self._folder.cleanup()


# --- in the process that forks ------------------------------------------------------------------


def serve(place: Path, *, loaded: bool) -> None:
    """Fork for each command until stdin ends."""
    os.fsync = to_no_disk
    if loaded:
        _load()
        _warm()
    # What the libraries made lives as long as this process. Unfrozen, each fork would look through
    # all of it when it collects its own garbage, and so copy the pages that it shares.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen(64)
        print("ready", flush=True)  # noqa: T201 - a word to the process that waits for it
        while True:
            ready, _, _ = select.select([sys.stdin.buffer, listening], [], [])
            if sys.stdin.buffer in ready:
                return
            line, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _attend(line)
            line.close()


def _load() -> None:
    import harness

    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for module in pkgutil.walk_packages(harness.__path__, "harness."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)


def _warm() -> None:
    """What each command would make anew out of files that ship. All of it is kept by the text that
    it was made of, so a command finds what it would have made itself."""
    from harness.disputes.loading import load_scenarios
    from harness.files.catalogue import data_root
    from harness.prompting.talks import Prompts
    from harness.report.templating import TEMPLATES, environment

    Prompts()
    for path in sorted((data_root("evals") / "scenarios").glob("*.yaml")):
        load_scenarios(str(path))
    for path in sorted(TEMPLATES.glob("*.j2")):
        environment().get_template(path.name)


def _attend(line: socket.socket) -> None:
    """Fork the command, wait for it, and say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, outputs, _, _ = socket.recv_fds(line, 1, 2)
    with line.makefile("rb") as said:
        asked = json.loads(said.readline())
    pid = os.fork()
    if pid == 0:
        line.close()
        _become(asked, outputs)
    line.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    line.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(asked: dict[str, Any], outputs: list[int]) -> None:
    """Be ``python -m harness.cli.main ARGUMENTS``."""
    from harness.cli import main as command

    code = 1
    try:
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 0)
        for descriptor, output in enumerate(outputs, start=1):
            os.dup2(output, descriptor)
            os.close(output)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["environ"])
        time.tzset()
        sys.argv = [str(command.__file__), *asked["arguments"]]
        sys.path[0] = asked["cwd"]
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(  # noqa: SIM115
            2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
        )
        if asked["held"] is not None:
            own_time_of_the_process(Held(Path(asked["held"])))
        try:
            command.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody caught
            sys.excepthook(*sys.exc_info())
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), loaded="loaded" in sys.argv[2:])
