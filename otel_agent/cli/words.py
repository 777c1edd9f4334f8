"""Numbers as people read them, and the console that shows them."""

from rich.console import Console

KIB = 1024
PAGE_WIDTH = 132
"""How wide a table may be where no terminal says: in a file or a CI log."""


def wide_console() -> Console:
    """Return a console that does not squeeze tables into 80 columns where there is no terminal."""
    console = Console(soft_wrap=True)
    return console if console.is_terminal else Console(soft_wrap=True, width=PAGE_WIDTH)


def duration(seconds: float) -> str:
    """Return a duration with the unit that suits it."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:  # noqa: PLR2004 - two minutes are still read as seconds
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"  # noqa: PLR2004 - two hours


def size(size_bytes: float) -> str:
    """Return a size in bytes, KiB or MiB."""
    if size_bytes < KIB:
        return f"{size_bytes:.0f} B"
    return f"{size_bytes / KIB:.0f} KiB" if size_bytes < KIB**2 else f"{size_bytes / KIB**2:.1f} MiB"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
