"""The board of trouble: errors, retries, how long answers take, tools that fail, people who wait."""

from otel_agent.dashboards.board import Board, Limit, Section, Target, Unit
from otel_agent.dashboards.panels import bars, lines, logs, number, ranking
from otel_agent.dashboards.queries import Amount, Growth, Latest, Measured, Occurrences, Quantile, Ratio, Told
from otel_agent.signals.logs import API_ERROR, SESSION_ERROR
from otel_agent.signals.logs_work import API_RETRIES_EXHAUSTED
from otel_agent.signals.metrics import MODEL_USAGE, RETRY_COUNT, TOOL_DURATION
from otel_agent.signals.metrics_tools import MCP_CALL_COUNT, PERMISSION_WAIT
from otel_agent.signals.metrics_turns import COMPACTION_COUNT, CONTEXT_USAGE, TIME_TO_FIRST_TOKEN

FAILED = {"success": ("false",)}
HALF, MOST = 0.5, 0.95

RELIABILITY = Board(
    name="reliability",
    title="Reliability",
    description="Errors, retries, latency, tools that fail and people who wait",
    sections=(
        Section(
            title="In this time range",
            panels=(
                number("Model calls", "Failed ones too", Amount(of=MODEL_USAGE)),
                number(
                    "Retries per call",
                    "Attempts after the first, by model call",
                    Ratio(part=Amount(of=RETRY_COUNT), whole=Amount(of=MODEL_USAGE)),
                    unit=Unit.SHARE,
                    limit=Limit(warning=0.05, bad=0.2),
                ),
                number(
                    "Tool calls that failed",
                    "Share of the finished tool calls; a test that fails is one, too",
                    Ratio(part=Measured(of=TOOL_DURATION, where=FAILED), whole=Measured(of=TOOL_DURATION)),
                    unit=Unit.SHARE,
                    limit=Limit(warning=0.1, bad=0.3),
                ),
                number("Permission questions", "That were answered", Measured(of=PERMISSION_WAIT)),
                number(
                    "MCP calls that failed",
                    "Finished calls without success",
                    Amount(of=MCP_CALL_COUNT, where=FAILED),
                ),
                number("Compactions", "Summaries that replaced a history", Amount(of=COMPACTION_COUNT)),
            ),
        ),
        Section(
            title="Model calls",
            panels=(
                lines(
                    "Time to first token",
                    "From the request to the first streamed content; half of the calls, and 95 of 100",
                    Target(
                        query=Quantile(of=TIME_TO_FIRST_TOKEN, quantile=HALF, by=("model",)),
                        legend="{model} p50",
                    ),
                    Target(
                        query=Quantile(of=TIME_TO_FIRST_TOKEN, quantile=MOST, by=("model",)),
                        legend="{model} p95",
                    ),
                    unit=Unit.SECONDS,
                ),
                bars("Retries by model", "Attempts after the first", Growth(of=RETRY_COUNT, by=("model",))),
                bars(
                    "Errors by model",
                    "Calls that failed, from the log events",
                    Occurrences(of=API_ERROR, by=("model",)),
                ),
                lines(
                    "Context in use",
                    "Largest share of the model's context window that a call used",
                    Target(query=Latest(of=CONTEXT_USAGE, by=("model",), is_largest=True), legend="{model}"),
                    unit=Unit.SHARE,
                ),
            ),
        ),
        Section(
            title="Tools",
            panels=(
                lines(
                    "Duration by tool",
                    "95 of 100 calls were faster; the wait for a permission is included",
                    Target(
                        query=Quantile(of=TOOL_DURATION, quantile=MOST, by=("tool_name",)),
                        legend="{tool_name}",
                    ),
                    unit=Unit.MILLISECONDS,
                ),
                lines(
                    "Wait for a permission",
                    "Half of the questions were open for less time, and 95 of 100",
                    Target(query=Quantile(of=PERMISSION_WAIT, quantile=HALF), legend="p50"),
                    Target(query=Quantile(of=PERMISSION_WAIT, quantile=MOST), legend="p95"),
                    unit=Unit.MILLISECONDS,
                ),
                ranking(
                    "Failures by tool",
                    "Finished calls",
                    Measured(of=TOOL_DURATION, by=("tool_name",), where=FAILED),
                    width=12,
                ),
                ranking(
                    "Calls by tool", "Finished calls", Measured(of=TOOL_DURATION, by=("tool_name",)), width=12
                ),
            ),
        ),
        Section(
            title="What went wrong",
            panels=(
                logs(
                    "Errors",
                    "Failed calls and sessions, newest first",
                    Told(of=(API_ERROR, SESSION_ERROR, API_RETRIES_EXHAUSTED)),
                ),
            ),
        ),
    ),
)
