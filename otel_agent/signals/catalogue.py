"""The whole catalogue: every instrument and every log event, in the order of their tables."""

from otel_agent.signals import logs, logs_work, metrics, metrics_agent, metrics_tools, metrics_turns
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import LogEvent
from otel_agent.tables import rows

INSTRUMENTS: tuple[Instrument, ...] = tuple(
    row for table in (metrics, metrics_tools, metrics_turns, metrics_agent) for row in rows(table, Instrument)
)
EVENTS: tuple[LogEvent, ...] = tuple(row for table in (logs, logs_work) for row in rows(table, LogEvent))
