"""Numbers as people read them, and the console that shows them."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

KIB = 1024
PAGE_WIDTH = 132
"""How wide a table may be where no terminal says: in a file or a CI log."""


class PlainConsole(Console):
    """A console on which no text moves the cursor, changes a title or hides other text.

    What a backend, a repository or a model has named may be shown; a terminal takes orders from such texts.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is shown, a space for each character in it that a terminal would not show."""
        for segment in super().render(renderable, options):
            text = segment.text
            if segment.control or text.replace("\n", "").isprintable():
                yield segment
            else:
                yield segment._replace(text="".join(map(_shown, text)))


def _shown(character: str) -> str:
    """Return a character as a terminal may have it."""
    return character if character == "\n" or character.isprintable() else " "


def in_one_line(text: str) -> str:
    """Return a text without line breaks: it cannot imitate a line of ours."""
    return "".join(character if character.isprintable() else " " for character in text)


def wide_console() -> Console:
    """Return a console that does not squeeze tables into 80 columns where there is no terminal."""
    console = PlainConsole(soft_wrap=True)
    return console if console.is_terminal else PlainConsole(soft_wrap=True, width=PAGE_WIDTH)


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


def with_tilde(text: str) -> str:
    """Return a text in which paths below the home folder begin with `~`."""
    return text.replace(f"{Path.home()}/", "~/")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
