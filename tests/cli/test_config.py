"""`config show` tells what holds and who says so; `config init` writes a file to begin with."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from otel_agent import effective
from otel_agent.cli.config import shown_settings
from otel_agent.entries import entries_of
from otel_agent.variables import Scope
from tests.configurations import NAMES, merge

PROGRAM = (sys.executable, "-m", "otel_agent", "config")


def config(
    home: Path, *arguments: str, folder: Path | None = None, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command of the group in a home."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder or home,
        env={
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **environ,
        },
    )


def write(path: Path, text: str) -> Path:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def own_file(home: Path) -> Path:
    """Return the user's file."""
    return home / ".config" / "otel-agent" / "config.toml"


def test_each_setting_is_shown_with_where_it_came_from(tmp_path: Path) -> None:
    """From a file, from the environment, from the project; no secret is shown."""
    headers = 'OPENCODE_OTLP_HEADERS = "key=se-cret"\n'
    second = f'[destination.second]\nOPENCODE_OTLP_ENDPOINT = "http://second:4317"\n{headers}'
    own = write(own_file(tmp_path), f"OPENCODE_ENABLE_TELEMETRY = true\n{headers}{second}")
    project = write(tmp_path / "p" / ".opencode" / "otel-agent.toml", 'OTEL_SERVICE_NAME = "its"\n')

    done = config(
        tmp_path,
        "show",
        folder=tmp_path / "p",
        OPENCODE_OTLP_ENDPOINT="https://host/otlp?token=query",
        OPENCODE_OTLP_PROTOCOL="http/json",
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert [
        ["setting", "value", "from"],
        ["OPENCODE_ENABLE_TELEMETRY", "true", str(own)],
        ["OPENCODE_OTLP_ENDPOINT", "https://host/otlp?***", "environment"],
        ["OPENCODE_OTLP_PROTOCOL", "http/json", "environment"],
        ["OPENCODE_OTLP_HEADERS", "***", str(own)],
        ["OTEL_SERVICE_NAME", "its", str(project)],
        ["second.OPENCODE_OTLP_ENDPOINT", "http://second:4317", str(own)],
        ["second.OPENCODE_OTLP_HEADERS", "***", str(own)],
    ] == [line.split() for line in done.stdout.splitlines()]


def test_problems_and_what_is_ignored_are_shown_below(tmp_path: Path) -> None:
    """Every problem at once, and exit code 2, as in every command; what a project may not do is none."""
    own = write(own_file(tmp_path), 'OPENCODE_OTLP_ENDPONT = "x"\nOPENCODE_OTLP_ENDPOINT = "host:4317"\n')
    write(tmp_path / "p" / ".opencode" / "otel-agent.toml", "OPENCODE_LOG_PROMPTS = true\n")

    done = config(tmp_path, "show", folder=tmp_path / "p")

    problems = [line for line in done.stdout.splitlines() if line.startswith("problem: ")]
    ignored = [line for line in done.stdout.splitlines() if line.startswith("ignored: ")]
    assert 2 == done.returncode
    assert f"problem: {own}: 'OPENCODE_OTLP_ENDPONT'" in problems[0]
    assert "problem: OPENCODE_OTLP_ENDPOINT: expected a URL" in problems[1]
    assert (2, 1) == (len(problems), len(ignored))
    assert "OPENCODE_LOG_PROMPTS: a project's file may not set it" in ignored[0]


def test_problem_of_a_destination_is_shown(tmp_path: Path) -> None:
    """Also where it is the only one that is on; how the generic one would send does not matter then."""
    ambient = {"OTEL_EXPORTER_OTLP_ENDPOINT": "no-scheme"}
    phoenix = {"PHOENIX_ENDPOINT": "http://localhost:6006"}

    good = config(tmp_path, "show", **ambient, **phoenix)
    wrong = config(tmp_path, "show", **ambient, **phoenix, PHOENIX_API_KEY="se-cret\nse-cret")

    assert (0, 2) == (good.returncode, wrong.returncode)
    assert "problem: PHOENIX_API_KEY: expected" in wrong.stdout
    assert "se-cret" not in wrong.stdout


def test_json_is_for_programs(tmp_path: Path) -> None:
    """The same, with its parts apart."""
    own = write(own_file(tmp_path), 'OTEL_SERVICE_NAME = "[x]"\nNO = 1\n')

    done = config(tmp_path, "show", "--json")

    told = json.loads(done.stdout)
    row = {"name": "OTEL_SERVICE_NAME", "value": "[x]", "place": "user", "file": str(own), "locked": False}
    assert ([row], []) == (told["settings"], told["ignored"])
    assert (2, 1) == (done.returncode, len(told["problems"]))


def test_defaults_are_shown_when_asked_for(tmp_path: Path) -> None:
    """One line a setting, of the ones that are not set."""
    write(own_file(tmp_path), "OPENCODE_OTLP_PROTOCOL = 'http/json'\n")

    told = json.loads(config(tmp_path, "show", "--json", "--all").stdout)["settings"]

    defaults = {row["name"]: row["value"] for row in told if row["place"] == "default"}
    assert len(effective.rows()) - 1 == len(defaults)
    assert ("info", "60000") == (
        defaults["OPENCODE_OTEL_LOG_LEVEL"],
        defaults["OPENCODE_OTLP_METRICS_INTERVAL"],
    )


def test_nothing_is_said_to_be_set(tmp_path: Path) -> None:
    """Where there is no file and no variable."""
    assert "Nothing is set.\n" == config(tmp_path, "show").stdout


def test_what_is_locked_says_so() -> None:
    """Also what is unset for everybody, and what means the same."""
    managed = 'OPENCODE_OTLP_HEADERS = "a=b"\nlocked = ["OPENCODE_OTLP_HEADERS", "OPENCODE_LOG_PROMPTS"]'

    shown = {row.name: (row.value, row.source) for row in shown_settings(merge({"managed": managed}, {}))}

    assert ("***", "/managed, locked") == shown["OPENCODE_OTLP_HEADERS"]
    assert ("unset", "/managed, locked") == shown["OPENCODE_LOG_PROMPTS"]
    assert ("unset", "/managed, locked") == shown["OTEL_LOG_USER_PROMPTS"]


def test_file_to_begin_with_sets_nothing_and_has_everything(tmp_path: Path) -> None:
    """Every setting that a file may have stands in it as a comment, with an example that is no problem."""
    done = config(tmp_path, "init")
    text = own_file(tmp_path).read_text("utf-8")

    assert (0, f"{own_file(tmp_path)}: written; it sets nothing yet\n") == (done.returncode, done.stdout)
    assert 0o600 == own_file(tmp_path).stat().st_mode & 0o777
    assert {} == tomllib.loads(text) == entries_of(text).values
    names = [line[1:].partition(" ")[0] for line in text.splitlines() if re.match("#[A-Z]", line)]
    assert [row.names[0] for row in effective.rows() if row.scope is not Scope.ENVIRONMENT] == names
    assert "Nothing is set.\n" == config(tmp_path, "show").stdout


def test_every_example_of_the_file_is_taken(tmp_path: Path) -> None:
    """With the mark before its name taken away each line is a setting of the file."""
    config(tmp_path, "init")
    text = own_file(tmp_path).read_text("utf-8")

    found = merge({"user": re.sub("\n#(?=[A-Z])", "\n", text)}, {})

    assert () == found.problems
    assert {row.names[0] for row in effective.rows() if row.scope is not Scope.ENVIRONMENT} == set(
        found.environ
    )
    assert {"true"} == {found.environ[name] for name in ("OTEL_SDK_DISABLED", "OPENCODE_LOG_PROMPTS")}


def test_projects_file_has_what_is_harmless(tmp_path: Path) -> None:
    """It is that of the work tree, whichever folder of it one is in."""
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    (tmp_path / "tree" / "sub").mkdir()

    done = config(tmp_path, "init", "--project", folder=tmp_path / "tree" / "sub")
    text = (tmp_path / "tree" / ".opencode" / "otel-agent.toml").read_text("utf-8")
    found = merge({"directory": re.sub("\n#(?=[A-Z])", "\n", text)}, {})

    assert 0 == done.returncode
    assert () == found.ignored
    assert {"OTEL_SERVICE_NAME", "OPENCODE_DISABLE_LOGS"} < set(found.environ)
    assert {NAMES.scope(name) for name in found.environ} == {Scope.OFF, Scope.PROJECT}


def test_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Unless that is asked for."""
    write(own_file(tmp_path), "# mine\n")

    refused = config(tmp_path, "init")
    kept = own_file(tmp_path).read_text("utf-8")
    forced = config(tmp_path, "init", "--force")

    assert (2, "# mine\n") == (refused.returncode, kept)
    assert "expected no file, got one" in refused.stderr
    assert 0 == forced.returncode
    assert "# mine" not in own_file(tmp_path).read_text("utf-8")


def test_deleted_folder_is_no_project(tmp_path: Path) -> None:
    """A shell may stand in one: what holds elsewhere is shown, and nothing is written."""
    (tmp_path / "gone").mkdir()
    command = f'rmdir ../gone; "{sys.executable}" -m otel_agent config show; '
    command += f'"{sys.executable}" -m otel_agent config init --project'
    environ = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path / "gone", env=environ, capture_output=True, text=True, check=False
    )

    assert (2, "Nothing is set.\n") == (done.returncode, done.stdout)
    assert "--project: expected a folder, got one that has been deleted" in done.stderr


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """With the system's words."""
    (tmp_path / ".config").touch()

    done = config(tmp_path, "init")

    assert 2 == done.returncode
    assert "expected a file that can be written" in done.stderr


def test_files_of_the_user_hold_in_every_command(tmp_path: Path) -> None:
    """A prefix that stands in the file is the one of the dashboards, and a wrong file stops a command."""
    export = [
        sys.executable,
        "-m",
        "otel_agent",
        "dashboards",
        "export",
        "--backend",
        "grafana",
        "--out",
        "b",
    ]
    environ = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(export, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    write(own_file(tmp_path), "OPENCODE_METRIC_PREFIX = 'acme.'\n")
    good = run()
    write(own_file(tmp_path), "OPENCODE_METRIC_PREFX = 'acme.'\n")
    wrong = run()

    assert (0, 2) == (good.returncode, wrong.returncode)
    assert "prefix acme." in good.stdout
    assert "did you mean OPENCODE_METRIC_PREFIX?" in wrong.stderr
