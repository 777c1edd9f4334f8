"""What the settings file is going to say, and what then holds."""

from pathlib import Path

import pytest

from otel_agent.capture import Level
from otel_agent.configuration import Configuration
from otel_agent.errors import InstallError
from otel_agent.installer.draft import Draft
from otel_agent.installer.steps import Say, WriteSettings
from otel_agent.installer.targets import TARGETS
from tests.configurations import merge

PATH = Path("/user")
PHOENIX = TARGETS["phoenix"]


def draft(text: str = "", environ: dict[str, str] | None = None, managed: str = "") -> Draft:
    """Return a draft of a file, beside an environment and a machine's file."""
    found = merge({"managed": managed, "user": text}, {"HOME": "/nowhere", **(environ or {})})
    return Draft(path=PATH, text=text, found=found, secrets={"PHOENIX_API_KEY"})


def test_secret_is_written_and_not_shown() -> None:
    """The step has the value in its text only."""
    (step,) = draft().also({"PHOENIX_API_KEY": "hidden"}).steps()

    assert isinstance(step, WriteSettings)
    assert 'PHOENIX_API_KEY = "hidden"' in step.text
    assert ("PHOENIX_API_KEY = ***",) == step.shown


def test_file_that_says_it_already_is_not_written() -> None:
    """Nothing new is nothing to do."""
    text = "OTEL_SERVICE_NAME = 'x'"

    assert (Say(text=f"the settings are complete: {PATH}"),) == draft(text).also(
        {"OTEL_SERVICE_NAME": "x"}
    ).steps()


def test_environment_wins_and_that_is_said() -> None:
    """What is written holds only where this shell's variable is not."""
    made = draft(environ={"OTEL_SERVICE_NAME": "shell"}).also({"OTEL_SERVICE_NAME": "file"})

    assert "shell" == made.environ["OTEL_SERVICE_NAME"]
    assert "OTEL_SERVICE_NAME: the environment has another value" in str(made.steps()[1])


def test_locked_name_cannot_be_set() -> None:
    """The machine's administrator has the word, and the message names the file."""
    made = draft(managed="locked = ['OTEL_SERVICE_NAME']")

    with pytest.raises(InstallError, match="got one that /managed locks"):
        made.also({"OTEL_SERVICE_NAME": "x"})


def test_replaced_names_are_those_with_other_values() -> None:
    """A new name and an equal value replace nothing."""
    made = draft("A = '1'\nB = true\n").also({"A": "2", "B": "true", "C": "3"})

    assert ("A",) == made.replaced(["A", "B", "C"])


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", Level.CONTENT),
        ("OPENCODE_CAPTURE_LEVEL = 'metadata'", Level.METADATA),
        ("OPENCODE_CAPTURE_LEVEL = 'x'", Level.CONTENT),
    ],
)
def test_level_is_what_holds(text: str, level: Level) -> None:
    """A word that is no level is told by others."""
    assert level is draft(text).level(PHOENIX)


def test_variables_of_this_shell_are_named() -> None:
    """OpenCode may start from another one."""
    made = draft("PHOENIX_API_KEY = 'x'", environ={"PHOENIX_ENDPOINT": "http://a:1"})

    assert ["PHOENIX_ENDPOINT"] == [said.partition(" ")[0] for said in made.inherited(PHOENIX)]


def test_arizes_own_file_counts(tmp_path: Path) -> None:
    """Who has been set up by Arize's tracing is not asked for what that file says."""
    file = tmp_path / "config.yaml"
    file.write_text("harnesses: {opencode: {target: phoenix, endpoint: http://a:6006}}", encoding="utf-8")
    environ = {"OPENCODE_ARIZE_HARNESS_FILE": str(file)}
    made = Draft(path=PATH, text="", found=Configuration(environ=environ), secrets=())

    assert "http://a:6006" == made.environ.get("PHOENIX_ENDPOINT")
