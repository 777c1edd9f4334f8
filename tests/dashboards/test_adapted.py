"""What backends that count in steps show of the boards."""

from collections.abc import Iterator

from otel_agent.dashboards.adapted import adapted, changes_table, described, is_of_last_week
from otel_agent.dashboards.board import Panel, Shape, Target
from otel_agent.dashboards.panels import lines, number, numbers
from otel_agent.dashboards.queries import Amount, Latest, PerMonth
from otel_agent.signals.metrics import COST_USAGE, LINES_OF_CODE_TOTAL
from otel_agent.signals.metrics_agent import OUTBOX_SIZE

SPEND = Amount(of=COST_USAGE)


def nothing(_panel: Panel) -> Iterator[str]:
    """Say nothing more of a panel."""
    return iter(())


def test_sums_are_shown_as_they_are() -> None:
    """What a counter grew by adds up over steps."""
    panel = number("Spend", "What all model calls cost", SPEND)

    assert panel == adapted(panel).panel
    assert not adapted(panel).note


def test_sessions_last_values_are_absent() -> None:
    """They are of different times, and no step has all of them."""
    found = adapted(number("Net lines", "Now", Latest(of=LINES_OF_CODE_TOTAL)))

    assert found.panel is None
    assert found.note.startswith("absent")


def test_agents_last_values_stand_along_the_time_axis() -> None:
    """Each step has the values of the agents that ran in it."""
    found = adapted(number("Waiting", "Requests", Latest(of=OUTBOX_SIZE))).panel

    assert found
    assert (Shape.LINES, "Waiting") == (found.shape, found.title)


def test_lines_of_last_values_stay() -> None:
    """What is along the time axis already, is not changed."""
    panel = lines("Waiting", "Requests", Target(query=Latest(of=OUTBOX_SIZE), legend="all"))

    assert panel == adapted(panel).panel


def test_month_is_that_of_the_last_week() -> None:
    """The length of the chosen range is not known to a query, so the panel has a range of its own."""
    found = adapted(number("Per month", "Choose a range", PerMonth(of=SPEND))).panel

    assert found
    assert is_of_last_week(found)
    assert "7 days" in found.description


def test_several_numbers_become_a_table() -> None:
    """A number's panel shows one."""
    targets = (Target(query=SPEND, legend="one"), Target(query=SPEND, legend="other"))
    found = adapted(numbers("Spend", "Both", *targets)).panel

    assert found
    assert (Shape.TABLE, targets) == (found.shape, found.targets)


def test_notes_stand_in_the_description() -> None:
    """What a backend does otherwise, its panel says."""
    panel = described(number("Spend", "All", SPEND), lambda _: iter(["counted elsewhere"]))

    assert "All; counted elsewhere" == panel.description


def test_documentation_lists_every_change() -> None:
    """The table has each panel that is absent or other, by its board, section and title."""
    table = changes_table(nothing)

    assert "| Code | In this time range: Changed lines now | absent" in table
    assert "| Cost | In this time range: Per month at this pace |" in table
    assert "| Overview | Side by side: Spend |" in table
