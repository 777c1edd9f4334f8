"""The board that answers first: what is spent, who uses OpenCode, and what comes of it."""

from otel_agent.dashboards.board import Board, Section, Unit
from otel_agent.dashboards.panels import bars, daily, number, ranking, shares
from otel_agent.dashboards.queries import Active, Amount, Distinct, Growth, Ratio
from otel_agent.signals.metrics import (
    CACHE_COUNT,
    COMMIT_COUNT,
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    MESSAGE_COUNT,
    SESSION_COUNT,
    TOKEN_USAGE,
)
from otel_agent.signals.metrics_tools import PULL_REQUEST_COUNT
from otel_agent.signals.metrics_turns import ACTIVE_TIME_TOTAL

FRESH = {"start_type": ("fresh",)}
READ = Amount(of=TOKEN_USAGE, where={"type": ("cacheRead",)})
PROMPT = Amount(of=TOKEN_USAGE, where={"type": ("input", "cacheRead", "cacheCreation")})

OVERVIEW = Board(
    name="overview",
    title="Overview",
    description="What OpenCode costs, who works with it, and what comes of it",
    sections=(
        Section(
            title="In this time range",
            panels=(
                number("Spend", "What all model calls cost", Amount(of=COST_USAGE), unit=Unit.DOLLARS),
                number("Tokens", "All types together", Amount(of=TOKEN_USAGE), unit=Unit.TOKENS),
                number(
                    "Cache hit rate",
                    "Share of the tokens that went in and were read from the prompt cache",
                    Ratio(part=READ, whole=PROMPT),
                    unit=Unit.SHARE,
                ),
                number(
                    "People", "Installations that used tokens", Distinct(of=TOKEN_USAGE, attribute="user.id")
                ),
                number(
                    "Active sessions",
                    "Sessions that used tokens, sub-agents' own ones too",
                    Distinct(of=TOKEN_USAGE, attribute="session.id"),
                ),
                number(
                    "New sessions",
                    "Sessions that were begun, sub-agents' own ones too",
                    Amount(of=SESSION_COUNT, where=FRESH),
                ),
                number("Commits", "Made by OpenCode's tools", Amount(of=COMMIT_COUNT)),
                number("Pull requests", "Opened by OpenCode's tools", Amount(of=PULL_REQUEST_COUNT)),
                number(
                    "Lines added",
                    "By edits, writes and patches",
                    Amount(of=LINES_OF_CODE_COUNT, where={"type": ("added",)}),
                ),
                number(
                    "Lines removed",
                    "By edits, writes and patches",
                    Amount(of=LINES_OF_CODE_COUNT, where={"type": ("removed",)}),
                ),
                number(
                    "Busy",
                    "Time in which OpenCode worked for people",
                    Amount(of=ACTIVE_TIME_TOTAL),
                    unit=Unit.SECONDS,
                ),
                number("Answers", "Assistant messages that were completed", Amount(of=MESSAGE_COUNT)),
            ),
        ),
        Section(
            title="Adoption",
            panels=(
                daily(
                    "People a day",
                    "Installations that used tokens",
                    Active(of=TOKEN_USAGE, attribute="user.id"),
                ),
                daily(
                    "Sessions a day",
                    "Sessions that used tokens, sub-agents' own ones too",
                    Active(of=TOKEN_USAGE, attribute="session.id"),
                ),
            ),
        ),
        Section(
            title="Over time",
            panels=(
                bars("Spend by model", "US dollars", Growth(of=COST_USAGE, by=("model",)), unit=Unit.DOLLARS),
                bars(
                    "Tokens by type",
                    "The types are disjoint",
                    Growth(of=TOKEN_USAGE, by=("type",)),
                    unit=Unit.TOKENS,
                ),
                bars(
                    "Sessions",
                    "New ones, and ones that went on",
                    Growth(of=SESSION_COUNT, by=("start_type",)),
                ),
                bars(
                    "Calls with a prompt cache",
                    "Model calls that read from it, and that wrote to it",
                    Growth(of=CACHE_COUNT, by=("type",)),
                ),
                bars(
                    "Busy time by repository",
                    "Seconds",
                    Growth(of=ACTIVE_TIME_TOTAL, by=("vcs.repository.name",)),
                    unit=Unit.SECONDS,
                    width=24,
                ),
            ),
        ),
        Section(
            title="Where it goes",
            panels=(
                shares(
                    "Spend by model", "US dollars", Amount(of=COST_USAGE, by=("model",)), unit=Unit.DOLLARS
                ),
                ranking(
                    "Spend by agent", "US dollars", Amount(of=COST_USAGE, by=("agent",)), unit=Unit.DOLLARS
                ),
                ranking(
                    "Spend by person",
                    "By installation",
                    Amount(of=COST_USAGE, by=("user.id",)),
                    unit=Unit.DOLLARS,
                ),
                ranking(
                    "Spend by repository",
                    "US dollars",
                    Amount(of=COST_USAGE, by=("vcs.repository.name",)),
                    unit=Unit.DOLLARS,
                ),
            ),
        ),
    ),
)
