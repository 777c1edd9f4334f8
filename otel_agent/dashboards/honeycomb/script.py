"""The script that makes the boards: package data, copied as it is, for it runs without the package."""

from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).with_name("apply")


def text() -> str:
    """Return the script."""
    return SCRIPT.read_text(encoding="utf-8")
