"""The board of the agent itself: what it folds, delivers and loses, and what waits."""

from otel_agent.dashboards.board import Board, Limit, Section, Target, Unit
from otel_agent.dashboards.panels import bars, lines, number, ranking
from otel_agent.dashboards.queries import Amount, Growth, Latest
from otel_agent.signals import metrics_agent as agent

HEALTH = Board(
    name="health",
    title="Agent health",
    description="What the telemetry agent folds, delivers and loses, and what waits for delivery",
    sections=(
        Section(
            title="In this time range",
            panels=(
                number("Events", "Of OpenCode, that agents folded", Amount(of=agent.EVENTS)),
                number(
                    "Requests delivered",
                    "That the backend has",
                    Amount(of=agent.REQUESTS, where={"outcome": ("delivered",)}),
                ),
                number(
                    "Lost",
                    "Lines, events and items that were given up: 0, or see the reasons below",
                    Amount(of=agent.DROPPED),
                    limit=Limit(warning=1, bad=100),
                ),
                number("Waiting", "Requests, as of each journal's last report", Latest(of=agent.OUTBOX_SIZE)),
                number("Waiting bytes", "Before compression", Latest(of=agent.OUTBOX_BYTES), unit=Unit.BYTES),
                number(
                    "Oldest waiting",
                    "How long the oldest request had waited at a report",
                    Latest(of=agent.OUTBOX_AGE, is_largest=True),
                    unit=Unit.SECONDS,
                    limit=Limit(warning=600, bad=3600),
                ),
            ),
        ),
        Section(
            title="Over time",
            panels=(
                bars("Events", "That agents folded", Growth(of=agent.EVENTS)),
                bars(
                    "Requests by outcome",
                    "Answers of the backend",
                    Growth(of=agent.REQUESTS, by=("outcome",)),
                ),
                bars("Lost, by reason", "Empty is good", Growth(of=agent.DROPPED, by=("reason",))),
                lines(
                    "Lag",
                    "Longest time from an event to its storing",
                    Target(query=Latest(of=agent.LAG, is_largest=True), legend="longest"),
                    unit=Unit.SECONDS,
                ),
            ),
        ),
        Section(
            title="Reasons",
            panels=(
                ranking(
                    "Lost, by reason",
                    "docs/metrics.md names them",
                    Amount(of=agent.DROPPED, by=("reason",)),
                    width=24,
                ),
            ),
        ),
    ),
)
