"""What is known of a metric's series."""

from otel_agent.dashboards.series import has, name
from otel_agent.signals.metrics import COMMIT_COUNT, TOKEN_USAGE
from otel_agent.signals.metrics_agent import DROPPED


def test_prefix_is_for_opencodes_metrics() -> None:
    """The agent's own metrics have none."""
    assert ("acme.token.usage", "otel_agent.dropped") == (name(TOKEN_USAGE, "acme."), name(DROPPED, "acme."))


def test_points_have_their_own_attributes_and_the_common_ones() -> None:
    """A commit has a person but no model; the agent's own points have neither."""
    assert (True, False) == (has(TOKEN_USAGE, "model"), has(COMMIT_COUNT, "model"))
    assert (True, False) == (has(COMMIT_COUNT, "user.id"), has(DROPPED, "user.id"))
