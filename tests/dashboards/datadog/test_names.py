"""Metrics' names in Datadog."""

from otel_agent.dashboards.datadog.names import name
from otel_agent.signals.metrics import TOKEN_USAGE
from otel_agent.signals.metrics_agent import DROPPED


def test_dash_becomes_an_underscore() -> None:
    """Datadog writes it so when a point arrives, and finds nothing under the name that was sent."""
    assert "acme_x.token.usage" == name(TOKEN_USAGE, "acme-x.")
    assert "otel_agent.dropped" == name(DROPPED, "acme-x.")
