"""Files and environment as one mapping: who wins, what is locked, what a repository may not do."""

from pathlib import Path

import pytest

from otel_agent import effective
from otel_agent.configuration import FILES, PROJECTS, Origin, Place, Source, merged
from otel_agent.destinations import catalogue
from otel_agent.variables import Scope
from tests.configurations import NAMES, VECTORS, Json, merge, project_names, texts_of

VALUE = "a text, a number, true or false"
OTHER = "expected the name of a setting, got another one"


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["name"])
def test_files_come_to_the_mapping_of_the_vectors(row: Json) -> None:
    """The plugin's tests read the same rows."""
    found = merge(texts_of(row), row["environ"])

    assert row["merged"] == (dict(found.environ) if found.is_usable else None)
    if found.is_usable:
        assert sorted(row.get("project", [])) == project_names(found)
    assert [] == [name for name in row.get("ignored", []) if f" {name}: " not in "\n".join(found.ignored)]


def test_file_that_cannot_be_used_is_a_problem() -> None:
    """It is said with the file and the line, and no value is shown."""
    found = merge({"managed": 'OTEL_SERVICE_NAME = "fine"\nOPENCODE_OTLP_HEADERS = key=secret\n'}, {})

    [problem] = found.problems
    assert problem.startswith("/managed: expected TOML, got: ")
    assert "line 2" in problem
    assert "secret" not in problem


def test_every_problem_is_said_at_once() -> None:
    """Names that no setting has, with the nearest that there is; tables; lists; wrong locks."""
    managed = 'locked = ["OPENCODE_LOG_PROMTS"]\nOPENCODE_DISABLE_METRICS = ["a"]\n'
    user = 'OPENCODE_OTLP_ENDPONT = "x"\nHTTPS_PROXY = "x"\nlocked = []\n[destinations.a]\n[other]\n'

    found = merge({"managed": managed, "user": user}, {})

    assert found.is_usable
    assert (
        f"/managed: OPENCODE_DISABLE_METRICS: expected {VALUE}, got a list; put it into quotes",
        f"/managed: locked: 'OPENCODE_LOG_PROMTS': {OTHER}; did you mean OPENCODE_LOG_PROMPTS?",
        f"/user: 'OPENCODE_OTLP_ENDPONT': {OTHER}; did you mean OPENCODE_OTLP_ENDPOINT?",
        "/user: HTTPS_PROXY: only the environment sets it; export it in the shell that starts OpenCode",
        "/user: locked: only the machine's file locks names; take it out",
        "/user: [destinations]: expected a table [destination.NAME], got another one; take it out",
        "/user: [other]: expected a table [destination.NAME], got another one; take it out",
    ) == found.problems


def test_problems_of_a_destinations_table_are_said_with_its_name() -> None:
    """What stands in it has the table's name before a dot, also where a name is meant that is near."""
    wrong = 'OPENCODE_OTLP_ENDPONT = "x"\nHTTPS_PROXY = "x"\nOTEL_SERVICE_NAME = ["x"]\n'
    user = f'[destination.a]\n{wrong}OPENCODE_OTEL_STATE_DIR = "/x"\n[destination]'

    found = merge({"user": user}, {})

    assert found.is_usable
    assert (
        f"/user: 'a.OPENCODE_OTLP_ENDPONT': {OTHER}; did you mean a.OPENCODE_OTLP_ENDPOINT?",
        "/user: a.HTTPS_PROXY: only the environment sets it; export it in the shell that starts OpenCode",
        f"/user: a.OTEL_SERVICE_NAME: expected {VALUE}, got a list; put it into quotes",
    ) == tuple(said for said in found.problems if "STATE_DIR': " not in said and "TOML" not in said)
    assert f"/user: 'a.OPENCODE_OTEL_STATE_DIR': {OTHER}; " in "\n".join(found.problems)


def test_projects_table_is_ignored_in_one_word() -> None:
    """However many names it has: nothing of it is taken, and nothing of it is repeated."""
    table = "[destination.a]\nOPENCODE_OTLP_ENDPOINT = 'https://evil'\nOTEL_SERVICE_NAME = 'evil'\n"

    found = merge({"directory": f"{table}{table.replace('.a', '.b')}"}, {})

    said = "/directory: destination: a project's file may not add one; put its table into your own file"
    assert ({}, (said,), ()) == (found.environ, found.ignored, found.problems)


def test_value_of_a_project_that_cannot_be_read_is_ignored() -> None:
    """Else a repository could turn telemetry off by a value that is wrong."""
    found = merge(
        {"user": 'OTEL_RESOURCE_ATTRIBUTES = "a=b"', "directory": 'OTEL_RESOURCE_ATTRIBUTES = "c"'}, {}
    )

    assert {"OTEL_RESOURCE_ATTRIBUTES": "a=b"} == found.environ
    assert ((), 1) == (found.problems, len(found.ignored))
    assert "entry 1 without `=`" in found.ignored[0]


def test_project_tells_no_backend_what_to_do() -> None:
    """An attribute of a backend's own may make a trace public, or put it elsewhere; one's own file may."""
    line = 'OPENCODE_SPAN_ATTRIBUTES = "team=a,langfuse.trace.public=true"'

    assert {} == merge({"directory": line}, {}).environ
    assert "may not set 'langfuse.trace.public'" in merge({"directory": line}, {}).ignored[0]
    assert ["OPENCODE_SPAN_ATTRIBUTES"] == list(merge({"user": line}, {}).environ)


def test_each_value_knows_where_it_came_from() -> None:
    """A file by its path; what is locked says so, also where it is unset."""
    locked = 'locked = ["OTEL_SERVICE_NAME", "OPENCODE_LOG_PROMPTS"]'
    managed = f'OTEL_SERVICE_NAME = "m"\nOPENCODE_METRIC_PREFIX = "m."\n{locked}'

    found = merge(
        {"managed": managed, "user": "OPENCODE_GENAI_METRICS = true"}, {"OPENCODE_DISABLE_LOGS": "1"}
    )

    place = Path("/managed")
    assert {
        "OPENCODE_METRIC_PREFIX": Origin(place=Place.MANAGED, path=place),
        "OTEL_SERVICE_NAME": Origin(place=Place.MANAGED, path=place, is_locked=True),
        "OPENCODE_LOG_PROMPTS": Origin(place=Place.MANAGED, path=place, is_locked=True),
        "OTEL_LOG_USER_PROMPTS": Origin(place=Place.MANAGED, path=place, is_locked=True),
        "OPENCODE_GENAI_METRICS": Origin(place=Place.USER, path=Path("/user")),
        "OPENCODE_DISABLE_LOGS": Origin(place=Place.ENVIRONMENT),
    } == found.origins


@pytest.mark.parametrize(
    ("place", "is_usable"), [(Place.MANAGED, False), (Place.USER, False), (Place.PROJECT, True)]
)
def test_file_that_is_not_read_stops_only_its_own(place: Place, *, is_usable: bool) -> None:
    """Without the machine's or the user's file nobody knows what was wanted; a project's is not asked."""
    source = Source(
        place=place, path=Path("/file"), fault="expected x, got y", text='OTEL_SERVICE_NAME = "x"'
    )

    found = merged([source], {}, NAMES)

    assert (is_usable, {}) == (found.is_usable, found.environ)
    assert ("/file: expected x, got y",) == (found.ignored if is_usable else found.problems)


def test_names_have_one_scope_each() -> None:
    """A variable of two settings may be set by the same files for both."""
    scopes = {name: {row.scope for row in effective.rows() if name in row.names} for name in NAMES.rows}

    assert {} == {name: found for name, found in scopes.items() if len(found) > 1}


def test_no_secret_program_or_content_is_a_projects() -> None:
    """What is harmless is a short list, and none of these is on it."""
    harmless = {name for name in NAMES.rows if NAMES.scope(name) in PROJECTS}

    assert not harmless & set(catalogue.secret_names())
    assert not [
        name for name in harmless if "HELPER" in name or "ENDPOINT" in name or "PROXY" in name.upper()
    ]
    assert not [name for name in harmless if "LOG_" in name or "ENABLE" in name or "STATE" in name]
    assert FILES > PROJECTS
    assert Scope.ENVIRONMENT not in FILES


def test_what_is_locked_together_means_the_same() -> None:
    """Answers follow prompts where they are unset, but a lock on answers leaves prompts alone."""
    assert ("OTEL_LOG_ASSISTANT_RESPONSES",) == NAMES.aliases["OPENCODE_LOG_RESPONSES"]
    assert ("OTEL_LOG_USER_PROMPTS",) == NAMES.aliases["OPENCODE_LOG_PROMPTS"]
    assert 4 == len(NAMES.aliases["OPENCODE_OTLP_HEADERS"])


@pytest.mark.parametrize("value", ["false", "''", "'none of it'"])
@pytest.mark.parametrize("name", sorted(name for name in NAMES.rows if NAMES.scope(name) is Scope.OFF))
def test_project_turns_nothing_on_again(name: str, value: str) -> None:
    """What the user has turned off, or on, stays as it is, and that is said."""
    found = merge({"user": f"{name} = 'mine'", "directory": f"{name} = {value}"}, {})

    assert {name: "mine"} == found.environ
    assert 1 == len(found.ignored)
