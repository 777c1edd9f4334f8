"""Drives OpenCode's TUI in a pseudo-terminal."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.e2e.opencode import OpenCode

ROWS, COLUMNS = 40, 140
QUERIES = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x07",
}
"""What a program asks its terminal, and what a terminal answers: cursor position, kind, background colour."""


class Terminal:
    """The TUI's terminal: reads what it paints, answers its queries, types keys."""

    def __init__(self, process: "subprocess.Popen[bytes]", descriptor: int) -> None:
        """Take the TUI's process and the user's side of its terminal."""
        self.process = process
        self.painted = b""
        self._descriptor = descriptor

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._descriptor, keys)

    def wait_until(self, look: Callable[[], object], *, what: str, timeout_s: float = 40.0) -> None:
        """Keep the terminal going until a condition holds; else raise TimeoutError."""
        end = time.monotonic() + timeout_s
        while not look():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {timeout_s} s for {what}")
            self._read()

    def wait_exit(self) -> int:
        """Wait for the TUI's end and give its exit code."""
        self.wait_until(lambda: self.process.poll() is not None, what="the TUI's end", timeout_s=20.0)
        return self.process.wait()

    def _read(self) -> None:
        ready, _, _ = select.select([self._descriptor], [], [], 0.05)
        if not ready:
            return
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # the other side of the terminal is closed
            time.sleep(0.05)
            return
        self.painted += data
        for query, answer in QUERIES.items():
            if query in data:
                os.write(self._descriptor, answer)


@contextlib.contextmanager
def tui(opencode: OpenCode, folder: Path, prompt: str) -> Iterator[Terminal]:
    """Run OpenCode's TUI with a prompt that is typed but not yet sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [opencode.tools.opencode, "--prompt", prompt],
        cwd=folder,
        env=opencode.environ(folder, {}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
