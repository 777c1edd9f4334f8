"""All files for Datadog: the dashboards, and the monitors in a folder of their own."""

from collections.abc import Iterator
from pathlib import Path

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.datadog.asking import Json
from otel_agent.dashboards.datadog.dashboard import dashboard
from otel_agent.dashboards.datadog.monitors import monitors
from otel_agent.dashboards.variant import Variant


def datadog_files(variant: Variant) -> Iterator[tuple[Path, Json]]:
    """Yield the dashboards and monitors of a variant."""
    for board in boards(variant):
        yield Path(f"{board.name}.json"), dashboard(board, variant)
    for name, monitor in monitors(variant):
        yield Path("monitors") / f"{name}.json", monitor
