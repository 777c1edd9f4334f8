"""What a dry run says about each step."""

from pathlib import Path

import pytest

from otel_agent.installer.steps import (
    InstallPackage,
    RemoveEmptyFolder,
    RemoveFile,
    Say,
    Step,
    WriteFile,
    describe,
)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (WriteFile(path=Path("a.js"), text="text", done="done"), "write a.js"),
        (RemoveFile(path=Path("a.js")), "remove a.js"),
        (RemoveEmptyFolder(path=Path("plugin")), "remove plugin if it is empty then"),
        (Say(text="nothing"), "nothing"),
    ],
)
def test_step_is_described(step: Step, expected: str) -> None:
    """A step says what it will do and never shows a file's text."""
    assert expected == describe(step)


def test_npm_command_can_be_pasted() -> None:
    """A folder with a blank in it is quoted."""
    text = describe(InstallPackage(folder=Path("my config"), npm=Path("npm"), version="1.18.33"))

    assert text.startswith("run npm install --save ")
    assert text.endswith("--prefix 'my config' @opencode-ai/plugin@1.18.33")
