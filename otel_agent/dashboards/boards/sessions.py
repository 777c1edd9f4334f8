"""The board to drill down from: what each session cost and did, and everything that it told."""

from otel_agent.dashboards.board import Board, Panel, Section, Target, Unit
from otel_agent.dashboards.panels import bars, lines, logs, table, traces
from otel_agent.dashboards.queries import Amount, Growth, Quantile, Told
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.metrics import (
    COMMIT_COUNT,
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    MESSAGE_COUNT,
    SESSION_COST_TOTAL,
    SESSION_DURATION,
    SESSION_TOKEN_TOTAL,
    TOKEN_USAGE,
)

SESSION = ("session.id",)


def _grown(title: str, description: str, of: Instrument, unit: Unit) -> Panel:
    """Return what half of the sessions, and 95 of 100, had come to."""
    targets = [
        Target(query=Quantile(of=of, quantile=share), legend=name)
        for share, name in ((0.5, "p50"), (0.95, "p95"))
    ]
    return lines(title, f"{description}; measured at each turn's end", *targets, unit=unit, width=8)


SESSIONS = Board(
    name="sessions",
    title="Sessions",
    description="What each session cost and did; choose one to see what it told",
    sections=(
        Section(
            title="All sessions",
            panels=(
                table(
                    "Sessions",
                    "A sub-agent works in a session of its own; choose one to see what it told",
                    Target(query=Amount(of=COST_USAGE, by=SESSION), legend="US dollars", unit=Unit.DOLLARS),
                    Target(query=Amount(of=TOKEN_USAGE, by=SESSION), legend="tokens", unit=Unit.TOKENS),
                    Target(query=Amount(of=MESSAGE_COUNT, by=SESSION), legend="answers"),
                    Target(query=Amount(of=LINES_OF_CODE_COUNT, by=SESSION), legend="lines"),
                    Target(query=Amount(of=COMMIT_COUNT, by=SESSION), legend="commits"),
                ),
                bars(
                    "Spend by session",
                    "US dollars",
                    Growth(of=COST_USAGE, by=SESSION),
                    unit=Unit.DOLLARS,
                    width=24,
                ),
            ),
        ),
        Section(
            title="What sessions come to",
            panels=(
                _grown("Cost", "US dollars", SESSION_COST_TOTAL, Unit.DOLLARS),
                _grown("Tokens", "All types together", SESSION_TOKEN_TOTAL, Unit.TOKENS),
                _grown("Age", "Time since the session's creation", SESSION_DURATION, Unit.MILLISECONDS),
            ),
        ),
        Section(
            title="The chosen session",
            panels=(
                logs("Events", "Newest first", Told(is_of_session=True)),
                traces("Traces", "One for each prompt; a session's first prompt is the oldest"),
            ),
        ),
    ),
    is_by_session=True,
)
