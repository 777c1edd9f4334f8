"""The demo shows what the bundled recording holds."""

import re

from typer.testing import CliRunner

from otel_agent.cli.app import build


def _shown() -> str:
    """Run the demo and return what it prints."""
    done = CliRunner().invoke(build(), ["demo"])

    assert (0, None) == (done.exit_code, done.exception)
    return done.output


def test_demo_shows_every_metric_and_event_of_the_recording() -> None:
    """The totals are those of the step-finish parts in the recording."""
    shown = _shown()

    totals = re.findall(r"cost\.usage .* ([0-9.]+) USD", shown)
    assert ["0.05583", "0.00648"] == totals
    assert 2 == shown.count("opencode.user_prompt")
    assert "source=user_temporary" in shown
    assert "metrics over gRPC, log events over HTTP" in shown
