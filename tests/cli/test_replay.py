"""`replay` sends journals to the endpoint of the environment and says when it cannot."""

from pathlib import Path

from typer.testing import CliRunner

from otel_agent.cli.app import build
from otel_agent.settings import Signal
from otel_agent.sink.report import total
from otel_agent.sink.server import Sink

RECORDINGS = Path(__file__).parent.parent / "recordings"


def _environment(sink: Sink) -> dict[str, str]:
    """Return an environment that leads to the sink."""
    return {"OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_OTLP_ENDPOINT": sink.grpc_url}


def test_replayed_recordings_arrive_at_the_real_endpoint() -> None:
    """Two files are two writers; what each delivers is said."""
    files = [str(RECORDINGS / "run_commit.ndjson"), str(RECORDINGS / "run_edit.ndjson")]
    with Sink() as sink:
        done = CliRunner().invoke(build(), ["replay", *files], env=_environment(sink))
        commits = total(sink.metric_points(), "opencode.commit.count")

    assert (0, 1) == (done.exit_code, commits)
    assert 2 == done.output.count("delivered, 0 dropped")


def test_replay_twice_doubles_nothing() -> None:
    """Cumulative series have the ids and times of the recording: sent again they are the same points."""
    file = str(RECORDINGS / "run_simple.ndjson")
    with Sink() as sink:
        for _ in range(2):
            CliRunner().invoke(build(), ["replay", file], env=_environment(sink))
        tokens = total(sink.metric_points(), "opencode.token.usage")
        uids = [record.attributes["log.record.uid"] for record in sink.log_records()]

    assert (1280, 2 * len(set(uids))) == (tokens, len(uids))


def test_unreachable_backend_is_an_error_that_says_why() -> None:
    """After the time-out the last error and what was not delivered are shown."""
    with Sink() as sink:
        environment = _environment(sink)
    arguments = ["replay", "--timeout", "0.5", str(RECORDINGS / "run_simple.ndjson")]
    done = CliRunner().invoke(build(), arguments, env=environment)

    assert 1 == done.exit_code
    assert "requests were not delivered" in str(done.exception)


def test_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    """The message says what was expected."""
    file = tmp_path / "notes.txt"
    file.write_text("hello\n")
    with Sink() as sink:
        done = CliRunner().invoke(build(), ["replay", str(file)], env=_environment(sink))

        assert "notes.txt: expected a journal" in str(done.exception)
        assert [] == sink.attempts(Signal.LOGS)
