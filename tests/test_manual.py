"""The manual page: made of the commands' rows, as man and mandoc want it, and shipped with the package."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from otel_agent import effective
from otel_agent.cli.commands import COMMANDS, GROUPS
from tools import manual

ROOT = Path(__file__).parents[1]
READERS = {
    "mandoc": ("mandoc", "-T", "lint"),
    "groff": ("groff", "-man", "-ww", "-T", "utf8"),
}
"""What complains about a page that is not as it has to be."""


@pytest.mark.parametrize("program", [name for name in READERS if shutil.which(name)])
def test_page_is_as_its_readers_want_it(program: str) -> None:
    """Not one complaint, wherever one of them is installed."""
    ended = subprocess.run([*READERS[program], manual.PAGE], capture_output=True, text=True, check=False)
    said = ended.stderr + (ended.stdout if program == "mandoc" else "")

    assert (0, "") == (ended.returncode, said)


def test_no_text_is_taken_for_a_macro() -> None:
    """A line that begins with a dot or a quote is one of the macros that are meant."""
    macros = {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".RS", ".RE", ".EX", ".EE"}
    lines = [line for line in manual.roff().splitlines() if line.startswith((".", "'"))]

    assert [] == [line for line in lines if line.partition(" ")[0] not in macros]


def test_every_command_option_and_setting_is_there() -> None:
    """Nothing that can be said is left out."""
    page = manual.roff()
    names = [row.name for row in (*COMMANDS, *(row for group in GROUPS for row in group.commands))]
    options = [name for entry in manual.entries() for option in entry.options for name in option.names]
    settings = [row.templates[0].replace("{SIGNAL}", "<SIGNAL>") for row in effective.rows()]

    assert [] == [word for word in (*names, *options, *settings) if manual.escaped(word) not in page]


def test_backslashes_and_quotes_are_only_shown() -> None:
    """Whatever a row says cannot write roff."""
    assert "\\-\\(dq\\(aq\\e\\(ti" == manual.escaped("-\"'\\~")


def test_wheel_has_the_page(tmp_path: Path) -> None:
    """`pip install` puts it where man looks beside the command."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")

    names = zipfile.ZipFile(wheel).namelist()
    assert 1 == sum(name.endswith(".data/data/share/man/man1/otel-agent.1") for name in names)
