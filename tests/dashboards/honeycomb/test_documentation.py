"""The documentation names each panel that is absent or different, with the reason that the code has."""

from pathlib import Path

from otel_agent.dashboards.boards.catalogue import BOARDS
from otel_agent.dashboards.honeycomb.documentation import differences_table
from otel_agent.dashboards.honeycomb.questions import absent

PAGE = Path(__file__).parents[3] / "docs" / "honeycomb.md"


def test_page_has_the_differences() -> None:
    """The table is the code's."""
    assert differences_table() in PAGE.read_text("utf-8")


def test_each_absent_panel_has_its_row() -> None:
    """True or absent, and an absent one is said to be."""
    table = differences_table()
    rows = [
        f"| {board.title} | {panel.title} | absent: {why} |"
        for board in BOARDS
        for section in board.sections
        for panel, why in absent(section.panels, "opencode.")
    ]

    assert rows
    assert [] == [row for row in rows if row not in table]


def test_page_names_the_boards() -> None:
    """Each board's question is on the page."""
    assert [] == [board.title for board in BOARDS if f"| {board.title} | " not in PAGE.read_text("utf-8")]
