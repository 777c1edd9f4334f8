"""The distributions whose percentiles have to be switched on in Datadog, for the dashboards ask for them.

https://docs.datadoghq.com/metrics/distributions/
"""

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.datadog.names import name
from otel_agent.dashboards.queries import Quantile
from otel_agent.dashboards.variant import Variant


def percentile_metrics(variant: Variant) -> list[str]:
    """Return the metrics' names, sorted."""
    panels = (panel for board in boards(variant) for section in board.sections for panel in section.panels)
    queries = (target.query for panel in panels for target in panel.targets)
    return sorted({name(query.of, variant.prefix) for query in queries if isinstance(query, Quantile)})
