"""What a user chooses on a board."""

from otel_agent.dashboards.boards.overview import OVERVIEW
from otel_agent.dashboards.boards.sessions import SESSIONS
from otel_agent.dashboards.choices import choices, variable
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)


def test_sessions_are_chosen_on_their_own_board() -> None:
    """Other boards have too many of them."""
    assert {"model", "user.id", "vcs.repository.name"} == set(choices(OVERVIEW, OPENCODE))
    assert "session.id" in choices(SESSIONS, OPENCODE)


def test_project_tells_agents_apart() -> None:
    """Only beside Claude Code is there a choice of the project."""
    assert "project.id" not in choices(OVERVIEW, OPENCODE)
    assert "project.id" in choices(OVERVIEW, BESIDE)


def test_names_of_choices_have_no_dots() -> None:
    """A query names a choice by letters, digits and underscores."""
    assert "vcs_repository_name" == variable("vcs.repository.name")
