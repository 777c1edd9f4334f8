"""Datadog's monitors: what they ask, and that their words and thresholds agree with it."""

import re
from typing import Any

import pytest

from otel_agent.dashboards.datadog.monitors import monitors
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality

Json = dict[str, Any]

ALL = dict(monitors(variant_of("acme.", "assistant", Temporality.DELTA)))


def test_each_watches_its_own() -> None:
    """Spend, failing calls, silence, and what the agents lose."""
    expected = {
        "spend": "sum(last_1d):sum:acme.cost.usage{*}.as_count() > 100",
        "errors": 'formula("failed / (failed + answered) * 100").last("1h") > 20',
        "silence": "sum(last_1d):default_zero(sum:acme.model.usage{*}.as_count()) < 1",
        "losses": "sum(last_1h):sum:otel_agent.dropped{*} by {reason}.as_count() > 0",
    }

    assert expected == {name: monitor["query"] for name, monitor in ALL.items()}


@pytest.mark.parametrize("monitor", ALL.values(), ids=ALL.keys())
def test_threshold_is_that_of_the_query(monitor: Json) -> None:
    """Datadog refuses a monitor whose query compares with another number than its critical threshold."""
    (compared,) = re.findall(r"[<>] (\d+)$", monitor["query"])

    assert float(compared) == monitor["options"]["thresholds"]["critical"]


def test_formula_has_its_queries() -> None:
    """The names in the formula are those of the counted log events."""
    variables = {
        variable["name"]: variable["search"]["query"] for variable in ALL["errors"]["options"]["variables"]
    }

    assert {
        "failed": "service:assistant @event.name:(api_error)",
        "answered": "service:assistant @event.name:(api_request)",
    } == variables
