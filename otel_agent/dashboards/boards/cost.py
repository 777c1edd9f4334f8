"""The board of money: where it goes, what one gets for it, and where the month ends at this pace."""

from otel_agent.dashboards.board import Board, Section, Unit
from otel_agent.dashboards.panels import bars, daily, number, ranking, shares
from otel_agent.dashboards.queries import Amount, Distinct, Growth, PerMonth, Ratio
from otel_agent.signals.metrics import (
    COMMIT_COUNT,
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    TOKEN_USAGE,
)
from otel_agent.signals.metrics_tools import SUBTASK_COUNT

SPEND = Amount(of=COST_USAGE)

COST = Board(
    name="cost",
    title="Cost",
    description="Where the money goes, what one gets for it, and where the month ends at this pace",
    sections=(
        Section(
            title="In this time range",
            panels=(
                number("Spend", "What all model calls cost", SPEND, unit=Unit.DOLLARS),
                number(
                    "Per month at this pace",
                    "The range's spend, scaled to 30 days; choose a range of whole weeks",
                    PerMonth(of=SPEND),
                    unit=Unit.DOLLARS,
                ),
                number(
                    "Per session",
                    "Spend by session that used tokens; a sub-agent works in a session of its own",
                    Ratio(part=SPEND, whole=Distinct(of=TOKEN_USAGE, attribute="session.id")),
                    unit=Unit.DOLLARS,
                ),
                number(
                    "Per person",
                    "Spend by installation that used tokens",
                    Ratio(part=SPEND, whole=Distinct(of=TOKEN_USAGE, attribute="user.id")),
                    unit=Unit.DOLLARS,
                ),
                number(
                    "Per commit",
                    "All spend by the commits that OpenCode made; empty where it made none",
                    Ratio(part=SPEND, whole=Amount(of=COMMIT_COUNT)),
                    unit=Unit.DOLLARS,
                ),
                number(
                    "Per changed line",
                    "All spend by the lines added and removed; empty where none was",
                    Ratio(part=SPEND, whole=Amount(of=LINES_OF_CODE_COUNT)),
                    unit=Unit.DOLLARS,
                ),
            ),
        ),
        Section(
            title="Over time",
            panels=(
                daily(
                    "Spend a day",
                    "US dollars, by model",
                    Growth(of=COST_USAGE, by=("model",)),
                    unit=Unit.DOLLARS,
                    width=24,
                ),
                bars("By model", "US dollars", Growth(of=COST_USAGE, by=("model",)), unit=Unit.DOLLARS),
                bars(
                    "By kind of work",
                    "Main: the session itself; subagent: its sub-agents; auxiliary: summaries",
                    Growth(of=COST_USAGE, by=("query_source",)),
                    unit=Unit.DOLLARS,
                ),
            ),
        ),
        Section(
            title="Where it goes",
            panels=(
                ranking("By model", "US dollars", Amount(of=COST_USAGE, by=("model",)), unit=Unit.DOLLARS),
                ranking(
                    "By provider", "US dollars", Amount(of=COST_USAGE, by=("provider",)), unit=Unit.DOLLARS
                ),
                ranking(
                    "By person", "By installation", Amount(of=COST_USAGE, by=("user.id",)), unit=Unit.DOLLARS
                ),
                ranking(
                    "By repository",
                    "US dollars",
                    Amount(of=COST_USAGE, by=("vcs.repository.name",)),
                    unit=Unit.DOLLARS,
                ),
                ranking(
                    "By branch",
                    "Needs vcs.ref.head.name in OPENCODE_METRICS_INCLUDE; else it is one row without a name",
                    Amount(of=COST_USAGE, by=("vcs.ref.head.name",)),
                    unit=Unit.DOLLARS,
                    width=8,
                ),
                ranking(
                    "By agent", "US dollars", Amount(of=COST_USAGE, by=("agent",)), unit=Unit.DOLLARS, width=8
                ),
                shares(
                    "Sub-agents' part",
                    "Main: the session itself; subagent: its sub-agents; auxiliary: summaries",
                    Amount(of=COST_USAGE, by=("query_source",)),
                    unit=Unit.DOLLARS,
                    width=8,
                ),
                ranking(
                    "Sub-agents by agent",
                    "How often each was started",
                    Amount(of=SUBTASK_COUNT, by=("agent",)),
                    width=12,
                ),
                shares(
                    "Tokens by type",
                    "The types are disjoint",
                    Amount(of=TOKEN_USAGE, by=("type",)),
                    unit=Unit.TOKENS,
                    width=12,
                ),
            ),
        ),
    ),
)
