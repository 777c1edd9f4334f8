"""`otel-agent install` and `uninstall` as a user sees them, on a machine without OpenCode and npm."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from otel_agent import plugin
from otel_agent.cli import app
from otel_agent.errors import InstallError
from otel_agent.installer.survey import plugin_in


class Machine:
    """A home folder and a PATH on which there is nothing."""

    def __init__(self, home: Path) -> None:
        """Use an empty folder."""
        self.home = home
        self.plugin = plugin_in(home / ".config" / "opencode")

    def run(self, *arguments: str) -> Result:
        """Run `otel-agent` with arguments."""
        environ = {"HOME": str(self.home), "PATH": "", "XDG_CONFIG_HOME": None, "OPENCODE_CONFIG_DIR": None}
        return CliRunner(env=environ).invoke(app.build(), arguments)

    def files(self) -> dict[str, str]:
        """Give every file below the home with its text."""
        return {
            path.relative_to(self.home).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.home.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with an empty home."""
    return Machine(tmp_path)


def test_install_writes_the_plugin_and_says_what_is_next(machine: Machine) -> None:
    """One command, one file, and what to set."""
    result = machine.run("install")

    assert 0 == result.exit_code
    assert [".config/opencode/plugin/opencode-otel.js"] == list(machine.files())
    assert "installed the plugin: ~/.config/opencode/plugin/opencode-otel.js" in result.stdout
    assert "export OPENCODE_ENABLE_TELEMETRY=1" in result.stdout


def test_install_without_opencode_says_what_the_next_start_costs(machine: Machine) -> None:
    """What costs something is said once, with the way out."""
    result = machine.run("install")

    assert 1 == result.stdout.count("npm_config_fetch_retries=0")


def test_second_install_changes_nothing(machine: Machine) -> None:
    """Installing is idempotent."""
    machine.run("install")
    before = machine.files(), machine.plugin.stat().st_mtime_ns

    result = machine.run("install")

    assert before == (machine.files(), machine.plugin.stat().st_mtime_ns)
    assert "the plugin is installed already" in result.stdout


def test_dry_run_changes_nothing(machine: Machine) -> None:
    """The steps are shown and not done."""
    result = machine.run("install", "--dry-run")

    assert "- write ~/.config/opencode/plugin/opencode-otel.js" in result.stdout
    assert {} == machine.files()
    assert [] == list(machine.home.iterdir())


def test_uninstall_leaves_nothing(machine: Machine) -> None:
    """After an uninstall there is no file of ours, and no folder of the plugin."""
    machine.run("install")

    result = machine.run("uninstall")

    assert 0 == result.exit_code
    assert {} == machine.files()
    assert not machine.plugin.parent.exists()


def test_uninstall_dry_run_changes_nothing(machine: Machine) -> None:
    """What would be removed is shown and stays."""
    machine.run("install")

    result = machine.run("uninstall", "--dry-run")

    assert "- remove ~/.config/opencode/plugin/opencode-otel.js" in result.stdout
    assert machine.plugin.exists()


def test_project_gets_the_plugin_for_itself(machine: Machine) -> None:
    """With --project the plugin is below DIR, kept out of git, and not in the global folder."""
    project = machine.home / "project"
    project.mkdir()

    machine.run("install", "--project", str(project))

    folder = "project/.opencode/plugin"
    assert [f"{folder}/.gitignore", f"{folder}/opencode-otel.js"] == list(machine.files())
    assert plugin.FILE_NAME in machine.files()[f"{folder}/.gitignore"].splitlines()


def test_project_is_left_as_it_was(machine: Machine) -> None:
    """Uninstalling takes the folders away that installing made."""
    project = machine.home / "project"
    project.mkdir()
    machine.run("install", "--project", str(project))

    machine.run("uninstall", "--project", str(project))

    assert [] == list(project.iterdir())


def test_missing_project_is_a_usage_error(machine: Machine) -> None:
    """A misspelt DIR is not made."""
    result = machine.run("install", "--project", str(machine.home / "none"))

    assert 2 == result.exit_code
    assert [] == list(machine.home.iterdir())


def test_file_of_the_user_is_never_changed(machine: Machine) -> None:
    """A plugin of the same name without our mark stops the command."""
    machine.plugin.parent.mkdir(parents=True)
    machine.plugin.write_text("export const Mine = async () => ({})\n", encoding="utf-8")
    before = machine.files()

    result = machine.run("install")

    assert isinstance(result.exception, InstallError)
    assert before == machine.files()
