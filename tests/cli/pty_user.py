"""A user at a terminal: runs `otel-agent` in a pseudo-terminal and answers what it asks."""

import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from rich.text import Text

from otel_agent.destinations.catalogue import secret_names
from tests.e2e.terminal import Terminal

ROWS, COLUMNS = 60, 200
PATIENCE_S = 8.0
"""Longer than a command takes to end, also on a busy machine: a second Ctrl-C would hit its end."""
PROGRAM = (sys.executable, "-m", "otel_agent")


def environ_of(home: Path, **others: str) -> dict[str, str]:
    """Return the environment of a user with nothing but a home; no OpenCode and no npm is found."""
    return {"HOME": str(home), "PATH": "", "TERM": "xterm", "LANG": "C.UTF-8", **others}


def run(home: Path, *arguments: str, **others: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where nobody can be asked."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environ_of(home, **others),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


class User:
    """What was shown to the user, and how the command ended."""

    def __init__(self, home: Path, *arguments: str, **others: str) -> None:
        """Start a command at a terminal."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            env=environ_of(home, **others),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._terminal = Terminal(process, ours)
        self._descriptor = ours
        self._read = 0

    @property
    def shown(self) -> str:
        """All that was shown, without colours."""
        painted = self._terminal.painted.decode(errors="replace").replace("\r", "")
        return Text.from_ansi(painted).plain

    def answers(self, answers: Mapping[str, str]) -> "User":
        """Wait for each prompt in turn and type its answer; a TimeoutError says what did not come.

        What stands behind a # makes a prompt another one than the same before it.
        """
        for prompt, answer in answers.items():
            self.waits_for(prompt.partition("#")[0])
            if prompt.partition(" ")[0] in secret_names():
                # What is typed before the terminal hides it is thrown away.
                self._terminal.wait_until(self._is_hiding, what=f"hidden typing at {prompt!r}")
            self._terminal.type(f"{answer}\n".encode())
        return self

    def _is_hiding(self) -> bool:
        """Tell whether the terminal does not show what is typed."""
        return not termios.tcgetattr(self._descriptor)[3] & termios.ECHO

    def waits_for(self, prompt: str) -> None:
        """Wait until a prompt is shown behind what was answered last."""
        self._terminal.wait_until(
            lambda: prompt in self.shown[self._read :], what=f"{prompt!r} in {self.shown[self._read :]!r}"
        )
        self._read = self.shown.index(prompt, self._read) + len(prompt)

    def interrupts(self) -> None:
        """Do what Ctrl-C does, again where it is lost.

        Python sees a signal that comes right before it begins to read only once something was read.
        """
        process = self._terminal.process
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                self._terminal.wait_until(
                    lambda: process.poll() is not None, what="the end", timeout_s=PATIENCE_S
                )

    def goes(self) -> None:
        """End the command if it has not ended, and close the terminal."""
        self._terminal.process.kill()
        self._terminal.process.wait()
        os.close(self._descriptor)

    def ends(self) -> int:
        """Wait for the end, read the rest of what is shown, and return the exit code."""
        code = self._terminal.wait_exit()
        with contextlib.suppress(OSError):  # that is how Linux says that the other side is closed
            while data := os.read(self._descriptor, 65536):
                self._terminal.painted += data
        return code


class Sits(Protocol):
    """Starts a command at a terminal."""

    def __call__(self, *arguments: str, **others: str) -> User:
        """Return the user who sits there."""
        ...


def snapshot(home: Path) -> dict[str, str | None]:
    """Return everything below a home: the texts of files, None for folders."""
    return {
        path.relative_to(home).as_posix(): None if path.is_dir() else path.read_text(encoding="utf-8")
        for path in sorted(home.rglob("*"))
    }
