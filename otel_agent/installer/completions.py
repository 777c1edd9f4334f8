"""What `otel-agent --install-completion`, which is typer's work, has put into a home; and its removal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from otel_agent.installer.steps import RemoveEmptyFolder, RemoveFile, Say, Step, WriteFile
from otel_agent.installer.survey import read

MARK: Final = "_OTEL_AGENT_COMPLETE"
"""Stands in every completion script of ours."""
BASH: Final = Path(".bash_completions/otel-agent.sh")
ZSH: Final = Path(".zfunc/_otel-agent")
XDG: Final = Path(".config")
"""Is never removed, as it is for every program."""
PLACES: Final = (BASH, ZSH, XDG / "fish/completions/otel-agent.fish")


def plan_removal(home: Path) -> Iterator[Step]:
    """Yield what takes our completion scripts out of a home, and the line of .bashrc that reads one."""
    for place in PLACES:
        file = read(home / place)
        if file.text is None or MARK not in file.text:
            continue
        yield RemoveFile(path=file.path)
        yield RemoveEmptyFolder(path=file.path.parent, top=home / XDG)
        if place == BASH:
            yield from _without_source(home)
        if place == ZSH:
            yield Say(text=f"left, since other programs may need it: what {home / '.zshrc'} says of .zfunc")


def _without_source(home: Path) -> Iterator[Step]:
    """Yield what takes the line that reads the script out of .bashrc, which may be a link."""
    file = read((home / ".bashrc").resolve())
    line = f"\nsource '{home / BASH}'\n"
    if file.text is None or line not in file.text:
        return
    text = file.text.replace(line, "")
    if not text:
        yield RemoveFile(path=file.path)
    else:
        yield WriteFile(path=file.path, text=text, done=f"took the completion out of {file.path}")
