"""The mock in a process of its own, which never outlives this one."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from types import FrameType, TracebackType

TOKEN_VARIABLE = "GENESIS_TUI_MOCK_TOKEN"  # noqa: S105 - the name under which the client finds it
SECONDS_TO_END = 3.0


class MockProcess:
    """A fresh mock on a free loopback port, for as long as the `with` lasts.

    The port listens before the process has even loaded, so `url` and `token` are known at once and the first request
    waits in line. The mock ends when its standard input does: by `__exit__`, and by the death of this process too.
    When the mock ends by itself, this process gets a SIGTERM, and `complaint` says why.
    """

    def __init__(self, *options: str) -> None:
        self.token = secrets.token_urlsafe(24)
        self.url = ""
        self.complaint = ""
        self._options = options
        self._leaving = False

    def __enter__(self) -> "MockProcess":
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self._process = self._start(listener.fileno())
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self.token}\n".encode())
        self._process.stdin.flush()
        self._before = signal.signal(signal.SIGTERM, _exit)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        signal.signal(signal.SIGTERM, self._before)
        self._watcher.join(SECONDS_TO_END)
        if self._watcher.is_alive():
            self._process.kill()
            self._watcher.join()

    def _start(self, listener: int) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-P", "-m", "genesis_tui.mock_backend.server.serve"]
        return subprocess.Popen(
            [*program, "--fd", str(listener), "--with-parent", *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(listener,),
            start_new_session=True,
        )

    def _watch(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            said = stderr.read().decode(errors="replace").strip()
        code = self._process.wait()
        if not self._leaving:
            self.complaint = said.rpartition("\n")[2] or f"The mock ended with exit code {code}."
            os.kill(os.getpid(), signal.SIGTERM)


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
