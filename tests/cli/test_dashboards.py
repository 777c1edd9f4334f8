"""`dashboards export`: files for one's own prefix, where one wants them."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = (sys.executable, "-m", "otel_agent", "dashboards", "export")


def export(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in an empty folder."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **environ,
        },
    )


def test_files_are_for_the_prefix_that_is_told(tmp_path: Path) -> None:
    """Every question asks for metrics of that prefix; what was written is printed."""
    done = export(tmp_path, "--backend", "grafana", "--prefix", "acme.", "--out", "boards")
    overview = json.loads((tmp_path / "boards" / "overview.json").read_text("utf-8"))

    assert (0, "") == (done.returncode, done.stderr)
    assert "acme_cost_usage_USD_total" in json.dumps(overview)
    assert "opencode_" not in json.dumps(overview)
    assert f"{Path('boards') / 'overview.json'}" in done.stdout
    assert "prefix acme., service opencode, cumulative temporality" in done.stdout


def test_prefix_is_that_of_the_shell_where_none_is_told(tmp_path: Path) -> None:
    """Who has set the agent up need not say it twice; Claude Code's prefix brings its service."""
    done = export(tmp_path, "--backend", "grafana", "--out", "b", OPENCODE_METRIC_PREFIX="claude_code.")

    assert 0 == done.returncode
    assert "prefix claude_code., service claude-code" in done.stdout


def test_temporality_and_service_are_taken(tmp_path: Path) -> None:
    """Delta points through a Collector are counted by other questions; logs are those of the service."""
    export(
        tmp_path,
        "--backend",
        "grafana",
        "--out",
        "b",
        "--temporality",
        "lowmemory",
        "--service",
        "our-opencode",
    )
    text = (tmp_path / "b" / "reliability.json").read_text("utf-8")

    assert "min_over_time" not in text
    assert 'service_name=\\"our-opencode\\"' in text


def test_file_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    """One message says which file it is and what to do; --force writes over it."""
    there = tmp_path / "b" / "overview.json"
    there.parent.mkdir()
    there.write_text("mine\n", encoding="utf-8")
    refused = export(tmp_path, "--backend", "grafana", "--out", "b")
    kept = there.read_text("utf-8")
    forced = export(tmp_path, "--backend", "grafana", "--out", "b", "--force")
    again = export(tmp_path, "--backend", "grafana", "--out", "b")

    assert (2, "mine\n", ["overview.json"]) == (refused.returncode, kept, [there.name])
    assert "expected no file or the same one" in refused.stderr
    assert "--force" in refused.stderr
    assert (0, 0) == (forced.returncode, again.returncode)
    assert "mine" not in there.read_text("utf-8")


def test_impossible_prefix_is_refused(tmp_path: Path) -> None:
    """The message says what a prefix is made of."""
    refused = export(tmp_path, "--backend", "grafana", "--prefix", "a b", "--out", "b")

    assert 2 == refused.returncode
    assert "expected a letter, then letters" in refused.stderr
    assert not (tmp_path / "b").exists()


def test_impossible_service_is_refused(tmp_path: Path) -> None:
    """A quote in it would end the texts of the questions."""
    refused = export(tmp_path, "--backend", "grafana", "--service", 'a"b', "--out", "b")

    assert 2 == refused.returncode
    assert "expected a name without quotes" in refused.stderr
    assert not (tmp_path / "b").exists()


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the place of the folder ends the command with one message."""
    (tmp_path / "b").write_text("", encoding="utf-8")
    refused = export(tmp_path, "--backend", "grafana", "--out", "b/c")

    assert 2 == refused.returncode
    assert "Traceback" not in refused.stderr


def test_temporality_that_a_backend_counts_wrong_is_refused(tmp_path: Path) -> None:
    """Datadog takes no cumulative points; the message says what to set."""
    refused = export(tmp_path, "--backend", "datadog", "--temporality", "cumulative", "--out", "b")

    assert 2 == refused.returncode
    assert "--temporality: expected delta for datadog, got cumulative" in refused.stderr
    assert not (tmp_path / "b").exists()
