"""Questions about log events in LogQL: Loki keeps an OTLP record's attributes as structured metadata.

https://grafana.com/docs/loki/latest/send-data/otel/
"""

from dataclasses import dataclass
from typing import Final

from otel_agent.dashboards.board import TOLD
from otel_agent.dashboards.grafana.promql import label
from otel_agent.dashboards.queries import Occurrences, Told

_LINE: Final = "{{.event_name}}" + "".join(
    f"{{{{if .{key}}}}} {key}={{{{.{key}}}}}{{{{end}}}}" for key in TOLD
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQL:
    """Writes questions for the log events of one service."""

    service: str
    session: str = "$session_id"
    step: str = "$__interval"

    def told(self, query: Told) -> str:
        """Return a query for the records themselves, each with the attributes that say most."""
        return f"{self._records(query)} | line_format `{_LINE}`"

    def occurrences(self, query: Occurrences) -> str:
        """Return a range query for how often an event was told."""
        by = f" by ({', '.join(label(key) for key in query.by)}) " if query.by else ""
        return f"sum{by}(count_over_time({self._records(Told(of=(query.of,)))} [{self.step}]))"

    def _records(self, query: Told) -> str:
        """Return the selector of records."""
        names = "|".join(row.name for row in query.of)
        chosen = f' | event_name=~"{names}"' if names else ""
        session = f' | session_id=~"{self.session}"' if query.is_of_session else ""
        return f'{{service_name="{self.service}"}}{chosen}{session}'
