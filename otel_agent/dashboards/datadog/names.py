"""Metrics' names as Datadog keeps them: letters, digits, underscores and dots.

https://docs.datadoghq.com/metrics/custom_metrics/#naming-custom-metrics
"""

import re

from otel_agent.dashboards import series
from otel_agent.signals.instruments import Instrument


def name(row: Instrument, prefix: str) -> str:
    """Return a metric's name; any other character becomes an underscore."""
    return re.sub(r"[^A-Za-z0-9_.]", "_", series.name(row, prefix))
