"""All files of SigNoz's boards: each board in both forms."""

from collections.abc import Iterator
from pathlib import Path

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.signoz import v5, v6
from otel_agent.dashboards.signoz.drawn import drawn
from otel_agent.dashboards.signoz.query import Json
from otel_agent.dashboards.variant import Variant


def signoz_files(variant: Variant) -> Iterator[tuple[Path, Json]]:
    """Yield the boards of a variant: in folder v6 as SigNoz has them since 0.135, in v5 as before."""
    for board in boards(variant):
        shown = drawn(board, variant)
        yield Path("v6") / f"{board.name}.json", v6.dashboard(shown)
        yield Path("v5") / f"{board.name}.json", v5.dashboard(shown)
