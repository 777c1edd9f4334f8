"""The board of what was written: lines, commits, pull requests, and how edits were received."""

from otel_agent.dashboards.board import Board, Section, Target, Unit
from otel_agent.dashboards.panels import bars, number, ranking, table
from otel_agent.dashboards.queries import Amount, Growth, Latest, Ratio
from otel_agent.signals.metrics import COMMIT_COUNT, LINES_OF_CODE_COUNT, LINES_OF_CODE_TOTAL
from otel_agent.signals.metrics_tools import CODE_EDIT_TOOL_DECISION, FILE_OPERATION_COUNT, PULL_REQUEST_COUNT

ADDED = {"type": ("added",)}
REMOVED = {"type": ("removed",)}
ACCEPTED = {"decision": ("accept",)}

CODE = Board(
    name="code",
    title="Code",
    description="Lines, commits and pull requests that OpenCode made, and how its edits were received",
    sections=(
        Section(
            title="In this time range",
            panels=(
                number(
                    "Lines added", "By edits, writes and patches", Amount(of=LINES_OF_CODE_COUNT, where=ADDED)
                ),
                number(
                    "Lines removed",
                    "By edits, writes and patches",
                    Amount(of=LINES_OF_CODE_COUNT, where=REMOVED),
                ),
                number("Commits", "Made by shell calls and MCP tools", Amount(of=COMMIT_COUNT)),
                number("Pull requests", "Opened by shell calls and MCP tools", Amount(of=PULL_REQUEST_COUNT)),
                number(
                    "Edits accepted",
                    "Share of the edit, write and patch calls that were allowed",
                    Ratio(
                        part=Amount(of=CODE_EDIT_TOOL_DECISION, where=ACCEPTED),
                        whole=Amount(of=CODE_EDIT_TOOL_DECISION),
                    ),
                    unit=Unit.SHARE,
                ),
                number(
                    "Changed lines now",
                    "Added plus removed lines of the sessions' changes as they stand now, after reverts;"
                    " a session that went on in another process counts in both",
                    Latest(of=LINES_OF_CODE_TOTAL),
                ),
            ),
        ),
        Section(
            title="Over time",
            panels=(
                bars("Lines", "Added and removed", Growth(of=LINES_OF_CODE_COUNT, by=("type",))),
                bars(
                    "Lines by language", "Added and removed", Growth(of=LINES_OF_CODE_COUNT, by=("language",))
                ),
                bars(
                    "Commits by repository", "Commits", Growth(of=COMMIT_COUNT, by=("vcs.repository.name",))
                ),
                bars(
                    "File operations",
                    "What tools did with files",
                    Growth(of=FILE_OPERATION_COUNT, by=("operation",)),
                ),
            ),
        ),
        Section(
            title="By whom and in what",
            panels=(
                ranking(
                    "Lines by language", "Added and removed", Amount(of=LINES_OF_CODE_COUNT, by=("language",))
                ),
                ranking("Lines by model", "Added and removed", Amount(of=LINES_OF_CODE_COUNT, by=("model",))),
                ranking(
                    "Lines by person", "By installation", Amount(of=LINES_OF_CODE_COUNT, by=("user.id",))
                ),
                ranking("Commits by person", "By installation", Amount(of=COMMIT_COUNT, by=("user.id",))),
                table(
                    "Acceptance by language",
                    "Edit, write and patch calls; a column is empty where none was allowed or refused",
                    Target(
                        query=Amount(of=CODE_EDIT_TOOL_DECISION, by=("language",), where=ACCEPTED),
                        legend="accepted",
                    ),
                    Target(
                        query=Amount(
                            of=CODE_EDIT_TOOL_DECISION, by=("language",), where={"decision": ("reject",)}
                        ),
                        legend="refused",
                    ),
                    height=7,
                ),
            ),
        ),
    ),
)
