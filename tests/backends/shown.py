"""Which panels show which sums of what happened."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from otel_agent.dashboards.variant import Variant
from tests.backends import truth
from tests.backends.filled import WEEK, Filled
from tests.backends.grafana import Board, Question, Range
from tests.backends.moved import DAY_MS
from tests.backends.truth import Key, Lived, Row
from tests.backends.week import HOUR_MS, MONDAY_MS

OPENCODE: Final = {"project_id": ".+"}
"""What a user chooses on the boards of both agents to see OpenCode alone."""
RANGES: Final[Mapping[str, Range]] = {
    "week": WEEK,
    "Tuesday": Range(start_s=(MONDAY_MS + DAY_MS) // 1000, end_s=(MONDAY_MS + 2 * DAY_MS) // 1000),
    "Wednesday afternoon to Friday noon": Range(
        start_s=(MONDAY_MS + 2 * DAY_MS + 14 * HOUR_MS) // 1000,
        end_s=(MONDAY_MS + 4 * DAY_MS + 11 * HOUR_MS) // 1000,
    ),
}
TOOLS: Final[Mapping[str, str]] = {
    "bash": "Bash",
    "edit": "Edit",
    "glob": "Glob",
    "grep": "Grep",
    "question": "AskUserQuestion",
    "read": "Read",
    "skill": "Skill",
    "task": "Task",
    "todowrite": "TodoWrite",
    "webfetch": "WebFetch",
    "write": "Write",
}
"""What Claude Code calls OpenCode's tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A panel's question (board/section/title), and what it has to show: the sums of rows by labels."""

    panel: str
    rows: Callable[[Iterable[Lived]], Iterable[Row]]
    by: Key = ()
    letter: str = "A"


def fresh(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the sessions that began."""
    return truth.only(truth.sessions(days), start_type="fresh")


def added_lines(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the lines that were added."""
    return truth.only(truth.lines(days), type="added")


def removed_lines(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the lines that were removed."""
    return truth.only(truth.lines(days), type="removed")


def failed_calls(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield the tool calls without success."""
    return truth.only(truth.tool_calls(days), success="false")


def people(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield everybody who used tokens, once."""
    return (Row(labels={}, number=1) for _ in truth.added(truth.tokens(days), "user_id"))


def active(days: Iterable[Lived]) -> Iterator[Row]:
    """Yield every session that used tokens, once."""
    return (Row(labels={}, number=1) for _ in truth.added(truth.tokens(days), "session_id"))


FIRST, WHERE = "In this time range", "Where it goes"
NUMBERS: Final = (
    Shown(panel=f"overview/{FIRST}/Spend", rows=truth.cost),
    Shown(panel=f"overview/{FIRST}/Tokens", rows=truth.tokens),
    Shown(panel=f"overview/{FIRST}/People", rows=people),
    Shown(panel=f"overview/{FIRST}/Active sessions", rows=active),
    Shown(panel=f"overview/{FIRST}/New sessions", rows=fresh),
    Shown(panel=f"overview/{FIRST}/Commits", rows=truth.commits),
    Shown(panel=f"overview/{FIRST}/Pull requests", rows=truth.pull_requests),
    Shown(panel=f"overview/{FIRST}/Lines added", rows=added_lines),
    Shown(panel=f"overview/{FIRST}/Lines removed", rows=removed_lines),
    Shown(panel=f"overview/{WHERE}/Spend by model", rows=truth.cost, by=("model",)),
    Shown(panel=f"overview/{WHERE}/Spend by agent", rows=truth.cost, by=("agent",)),
    Shown(panel=f"overview/{WHERE}/Spend by person", rows=truth.cost, by=("user_id",)),
    Shown(panel=f"overview/{WHERE}/Spend by repository", rows=truth.cost, by=("vcs_repository_name",)),
    Shown(panel=f"cost/{WHERE}/By branch", rows=truth.cost, by=("vcs_ref_head_name",)),
    Shown(panel=f"cost/{WHERE}/By provider", rows=truth.cost, by=("provider",)),
    Shown(panel=f"cost/{WHERE}/Tokens by type", rows=truth.tokens, by=("type",)),
    Shown(panel="code/By whom and in what/Lines by person", rows=truth.lines, by=("user_id",)),
    Shown(panel="code/By whom and in what/Commits by person", rows=truth.commits, by=("user_id",)),
    Shown(panel="reliability/Tools/Calls by tool", rows=truth.tool_calls, by=("tool_name",)),
    Shown(panel="reliability/Tools/Failures by tool", rows=failed_calls, by=("tool_name",)),
    Shown(panel="sessions/All sessions/Sessions", rows=truth.cost, by=("session_id",)),
    Shown(panel="sessions/All sessions/Sessions", rows=truth.tokens, by=("session_id",), letter="B"),
)
GROWTH: Final = (
    Shown(panel="overview/Over time/Spend by model", rows=truth.cost, by=("model",)),
    Shown(panel="overview/Over time/Tokens by type", rows=truth.tokens, by=("type",)),
    Shown(panel="overview/Over time/Sessions", rows=truth.sessions, by=("start_type",)),
    Shown(panel="code/Over time/Lines", rows=truth.lines, by=("type",)),
)


def question(made: Mapping[str, Board], shown: Shown) -> tuple[Board, Question]:
    """Find a panel's question."""
    board, section, title = shown.panel.split("/")
    wanted = (section, title, shown.letter)
    found = [one for one in made[board].questions if (one.section, one.title, one.letter) == wanted]
    assert 1 == len(found), f"{shown.panel}: expected one question, got {len(found)}"
    return made[board], found[0]


def happened(filled: Filled, shown: Shown, span: Range) -> dict[Key, float]:
    """Give what a panel has to show of a range."""
    days = truth.within(filled.days, span.start_s, span.end_s)
    return truth.added(told(filled.variant, shown.rows(days)), *shown.by)


def told(variant: Variant, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield what happened as a variant's profile tells it (docs/claude_code.md)."""
    if not variant.is_beside_claude_code:
        yield from rows
        return
    yield from in_claude_words(rows)


def in_claude_words(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield what happened in Claude Code's words: four types of tokens, its tools, no sub-agents."""
    for row in rows:
        labels = dict(row.labels)
        if labels.get("is_subagent") == "true":
            continue
        if labels.get("type") == "reasoning":
            labels["type"] = "output"
        if "tool_name" in labels:
            labels["tool_name"] = TOOLS.get(labels["tool_name"], labels["tool_name"])
        yield Row(labels=labels, number=row.number)


def exactly(expected: Mapping[Key, float]) -> object:
    """Give what equals the same whole numbers, and the same dollars but for the order of adding."""
    is_whole = all(float(value).is_integer() for value in expected.values())
    return expected if is_whole else pytest.approx(expected, rel=1e-9)
