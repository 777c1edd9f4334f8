"""Places where a state directory may lie: a small disk, a disk that is read-only, one without file locks."""

import contextlib
import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NUMBERS = {"x86_64": (0xC000003E, 73), "aarch64": (0xC00000B7, 32)}
"""The kernel's word for the machine, and its number of flock: linux/audit.h and the system call tables."""
WITHOUT_FLOCK = (
    "import json,sys; from pathlib import Path; from otel_agent import agent,settings;"
    "from tests.reliability.places import forbid_flock;"
    "forbid_flock();"
    "sys.exit(agent.run(Path(sys.argv[1]), settings.environ(), agent.Pace(**json.loads(sys.argv[2]))))"
)
PIECE_BYTES = 1024
ENOLCK = 37
"""What flock answers on a network file system without its lock service: linux/errno.h."""
NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2
"""Arguments of prctl(2)."""


class Instruction(ctypes.Structure):
    """One instruction of a filter: https://docs.kernel.org/networking/filter.html#structure."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class Program(ctypes.Structure):
    """A filter: https://docs.kernel.org/userspace-api/seccomp_filter.html."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(Instruction)))


def forbid_flock() -> None:
    """Let the kernel answer this process's flock calls from now on as a network file system without locks."""
    machine, number = NUMBERS[platform.machine()]
    load, jump, give = 0x20, 0x15, 0x06
    rows = (
        (load, 0, 0, 4),
        (jump, 0, 3, machine),
        (load, 0, 0, 0),
        (jump, 0, 1, number),
        (give, 0, 0, 0x00050000 | ENOLCK),
        (give, 0, 0, 0x7FFF0000),
    )
    made = (Instruction * len(rows))(*(Instruction(*row) for row in rows))
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(rows), made)
    if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def can_forbid_flock() -> bool:
    """Tell whether this machine lets a process do that."""
    if sys.platform != "linux" or platform.machine() not in NUMBERS:
        return False
    code = "from tests.reliability.places import forbid_flock; forbid_flock()"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, cwd=_root())
    return done.returncode == 0


def run_without_flock(folder: Path, **pace: float) -> tuple[int, str]:
    """Run the agent of a journal where files cannot be locked; return its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FLOCK, str(folder), json.dumps(pace)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=_root(),
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
    )
    return done.returncode, done.stderr.decode()


def _root() -> Path:
    """Return the repository's root, where tests are imported from."""
    return Path(__file__).parents[2]


@contextmanager
def small_disk(place: Path, size_kib: int) -> Iterator[Path]:
    """Mount a disk of a size in memory; skips the test where that is not allowed."""
    if shutil.which("mount") is None or sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs a disk of its own: only root on Linux can mount one")
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={size_kib}k,mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("needs a disk of its own: this container does not let root mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(place: Path, how: str) -> None:
    """Make a disk read-only (`ro`) or writable (`rw`)."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True, capture_output=True)


def fill(place: Path) -> Path:
    """Fill a disk with one file, also while others write to it; return the file."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):  # the disk is full then
        while file.write(bytes(PIECE_BYTES)):
            continue
    return ballast
